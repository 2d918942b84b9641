"""The whole application around a fake assistant, served for real in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rag.shell import prepare
from rag.ui.server import Access, build_app, claim
from tests.town import FakeAssistant

prepare()


@contextmanager
def served(
    assistant: FakeAssistant,
    desk: Any,
    access: Access | None = None,
    rate: str = "1000/second",
    health: Callable[[], dict[str, Any]] = lambda: {"ready": True},
) -> Iterator[str]:
    """The address of a running page; it is stopped at the end."""
    import uvicorn

    from rag.ui.gate import Counted, Figures, Gate
    from rag.ui.page import build_page, look
    from rag.ui.service import Service

    figures = Figures()
    service = Service(Counted(assistant, figures), assistant.library, Gate(rate))
    access = access or Access(upload_mb=2)
    app = build_app(build_page(desk), look(), service, figures, health, access)
    listener = claim("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def contention() -> float:
    """How many times longer work takes here and now than it would alone: wall-clock over processor time."""
    wall, work = time.perf_counter(), time.process_time()
    while time.process_time() - work < 0.2:
        sum(range(1000))
    return max(1.0, (time.perf_counter() - wall) / (time.process_time() - work))
