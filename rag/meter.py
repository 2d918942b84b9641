"""What one answer cost: milliseconds and tokens, counted as it is made."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rag.models.llm import Completion
from rag.types import Timings


class Meter:
    """Starts with the question; ``timings`` tells at any moment."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._retrieve_ms = 0.0
        self._first_statement_ms = 0.0
        self._prompt_tokens = 0
        self._completion_tokens = 0

    @contextmanager
    def retrieving(self) -> Iterator[None]:
        """Time the search for evidence."""
        start = time.perf_counter()
        yield
        self._retrieve_ms += (time.perf_counter() - start) * 1000

    def spent(self, completion: Completion | None) -> None:
        """Count what the model read and wrote."""
        if completion is not None:
            self._prompt_tokens += completion.prompt_tokens
            self._completion_tokens += completion.completion_tokens

    def spoke(self) -> None:
        """A statement is about to be shown."""
        self._first_statement_ms = self._first_statement_ms or self._elapsed()

    def timings(self) -> Timings:
        """The count so far."""
        return Timings(
            retrieve_ms=self._retrieve_ms,
            first_statement_ms=self._first_statement_ms,
            total_ms=self._elapsed(),
            prompt_tokens=self._prompt_tokens,
            completion_tokens=self._completion_tokens,
        )

    def _elapsed(self) -> float:
        return (time.perf_counter() - self._start) * 1000
