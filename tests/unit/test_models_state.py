"""Whether a model could answer now, told without waiting for it: the embedded server and a remote one."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.errors import ModelError, ModelUnavailable
from rag.models import embedded, reach, wheels
from rag.models.embedded import EmbeddedServer
from rag.models.llm import open_llm
from rag.models.served import ServedLlm, file_fingerprint
from rag.settings import Settings

#: In the engine's place: loads until the "model" exists, then says what stands in it, or ends without a word («end»).
ENGINE = """
import json, pathlib, sys, time
model = pathlib.Path(json.loads(sys.stdin.readline())["model"])
while not model.exists():
    time.sleep(0.01)
if model.read_text() != "end":
    print(model.read_text(), flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the engine looks for its model."""
    (tmp_path / "engine.py").write_text(ENGINE, "utf-8")
    monkeypatch.setattr(embedded, "ENGINE", tmp_path / "engine.py")
    return tmp_path / "model.gguf"


@pytest.fixture
def server(model: Path) -> Iterator[EmbeddedServer]:
    opened = EmbeddedServer(model, context=1024, threads=1)
    yield opened
    opened.close()


def give(model: Path, content: str) -> None:
    """The whole content at once: the engine never reads half of it."""
    model.with_suffix(".part").write_text(content, "utf-8")
    model.with_suffix(".part").rename(model)


def until(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + 30
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(0.01)
    return held


def test_the_embedded_one_is_loading_until_it_has_said_its_address(model: Path, server: EmbeddedServer) -> None:
    llm = ServedLlm(Settings(), server, "fake")
    assert llm.state == "loading"
    give(model, "http://127.0.0.1:9")
    assert until(lambda: llm.state == "ready")
    llm.close()
    assert llm.state == "unavailable"


def test_one_that_ended_is_unavailable_and_comes_back_without_a_question(model: Path, server: EmbeddedServer) -> None:
    give(model, "http://127.0.0.1:9")
    assert server.address(30).url == "http://127.0.0.1:9/v1"
    server._child._process.kill()
    server._child._process.wait()
    assert server.state == "unavailable"
    assert until(lambda: server.state == "ready")


@pytest.mark.parametrize(("content", "error"), [("error: no tensors", ModelError), ("end", ModelUnavailable)])
def test_one_that_cannot_load_is_unavailable_and_is_not_loaded_for_ever(
    content: str, error: type[Exception], model: Path, server: EmbeddedServer
) -> None:
    give(model, content)
    child = server._child
    assert until(lambda: server.state == "unavailable")
    assert server._child is child
    with pytest.raises(error):
        server.address(30)


@pytest.mark.parametrize("settings", [{"llm": True}, {"llm_adapter": "off"}, {}])
def test_only_the_shipped_model_is_adapted_and_only_where_that_is_wanted(
    settings: dict[str, object], model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.write_bytes(b"GGUF and the rest")
    monkeypatch.setattr(wheels, "_obtain", lambda *_: model)
    llm = open_llm(Settings(**{**settings, **({"llm": model} if "llm" in settings else {})}))  # type: ignore[arg-type]
    try:
        assert llm.adapted == (not settings)
    finally:
        llm.close()


def test_an_adapter_changes_the_fingerprint(tmp_path: Path) -> None:
    for name in ("model", "adapter", "another"):
        (tmp_path / name).write_text(name, "utf-8")
    told = {
        file_fingerprint(tmp_path / "model", *(tmp_path / name for name in names)) for names in ((), ("adapter",), ("another",))
    }
    assert len(told) == 3


class Listing(http.server.ThreadingHTTPServer):
    """A remote server that only lists its models, with ``status``."""

    def __init__(self) -> None:
        self.status, self.asked = 200, 0
        listing = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listing.asked += 1
                self.send_response(listing.status if self.path == "/v1/models" else 418)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def listing() -> Iterator[Listing]:
    made = Listing()
    yield made
    made.shutdown()
    made.server_close()


@pytest.mark.parametrize(
    ("status", "state"), [(200, "ready"), (404, "ready"), (401, "unavailable"), (403, "unavailable"), (502, "unavailable")]
)
def test_a_remote_one_is_asked_once_in_some_seconds(status: int, state: str, listing: Listing) -> None:
    listing.status = status
    llm = open_llm(Settings(llm_url=f"http://127.0.0.1:{listing.server_port}/v1"))
    assert [llm.state for _ in range(5)] == [state] * 5
    assert listing.asked == 1


def test_and_then_again(listing: Listing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "FRESH", 0.0)
    llm = open_llm(Settings(llm_url=f"http://127.0.0.1:{listing.server_port}/v1"))
    assert llm.state == "ready"
    listing.status = 500
    assert llm.state == "unavailable"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "not an address"])
def test_where_nobody_is_there_is_no_model(url: str) -> None:
    assert open_llm(Settings(llm_url=url)).state == "unavailable"
