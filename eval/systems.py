"""The tiny protocol that everything under evaluation speaks, and a way to open it only when needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from rag.types import Answer, Turn


class System(Protocol):
    """Anything that answers questions: the assistant, a rival, a degenerate system."""

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """One whole answer. Raises RagError where the system cannot work at all."""
        ...


@dataclass
class Lazy:
    """A system that is opened at its first question, so that a run answered by the cache opens no model.

    ``key`` stands for everything that shapes its answers but the question (``fingerprints.system_key``).
    """

    name: str
    key: str
    opener: Callable[[], System]
    _system: System | None = None
    _lock: Lock = field(default_factory=Lock)

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Open where needed, then ask."""
        with self._lock:
            if self._system is None:
                self._system = self.opener()
        return self._system.answer(question, history)
