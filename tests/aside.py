"""What tests of coroutines share: a thread for their event loop, and work that shows whether the loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def apart(call: Callable[..., T], *given: Any) -> T:
    """Call in a thread of its own: this one has an event loop when browser tests ran before."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(call, *given).result()


class Standstill:
    """Work that calls :meth:`work` ends only once another coroutine has run beside it."""

    def __init__(self) -> None:
        self._begun = threading.Event()
        self._ticked = threading.Event()

    def work(self) -> None:
        self._begun.set()
        assert self._ticked.wait(10), "the event loop stood still meanwhile"

    def beside(self, working: Coroutine[Any, Any, T]) -> T:
        """What the coroutine gives, run beside one that ticks."""

        async def both() -> T:
            task = asyncio.create_task(working)
            while not self._begun.is_set() and not task.done():
                await asyncio.sleep(0.01)
            self._ticked.set()
            return await task

        return apart(asyncio.run, both())
