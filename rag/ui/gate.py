"""How many questions one user may ask, and what the answers cost: a gate and a count around the assistant.

Every door (page, API, MCP) asks through the same ``Counted`` assistant, so that limits and figures cover all.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from rag.errors import RagError, SettingsError
from rag.types import Answer, Event, Turn
from rag.ui.chat import Asker

_SECONDS = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120)


class TooMany(RagError):
    """A user has asked more than the rate allows; ``seconds`` until the next question is taken."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many questions in a short time; try again in {seconds} s")
        self.seconds = seconds


class Gate:
    """A moving-window rate limit for each user, in memory."""

    def __init__(self, rate: str) -> None:
        """``rate`` as in "30/minute". Raises SettingsError for one that is none."""
        self._rate = _parsed(rate)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def enter(self, user: str) -> None:
        """Count one question of ``user``; TooMany when it is one too many."""
        if not self._limiter.hit(self._rate, user):
            free_at = self._limiter.get_window_stats(self._rate, user).reset_time
            raise TooMany(max(1, math.ceil(free_at - time.time())))


def _parsed(rate: str) -> RateLimitItem:
    try:
        return parse(rate)
    except ValueError as error:
        raise SettingsError(f"setting 'rate_limit' (TEMOIN_RATE_LIMIT): {rate!r} is no rate; write e.g. 30/minute") from error


class Figures:
    """What ``/metrics`` tells, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("status", "language")
        registry = self.registry
        self.answers = Counter("temoin_answers", "Answers by how they ended", labels, registry=registry)
        self.failures = Counter("temoin_failures", "Questions that ended in an error", registry=registry)
        self.cancelled = Counter("temoin_cancelled", "Answers stopped by the reader", registry=registry)
        self.fallbacks = Counter("temoin_fallbacks", "Answers given without the model", registry=registry)
        self.asking = Gauge("temoin_asking", "Questions being answered now", registry=registry)
        self.tokens = Counter("temoin_tokens", "Tokens of the language model", ("kind",), registry=registry)
        self.total = Histogram("temoin_answer_seconds", "Question to end", registry=registry, buckets=_SECONDS)
        self.first = Histogram("temoin_first_statement_seconds", "Question to first", registry=registry, buckets=_SECONDS)
        self.search = Histogram("temoin_search_seconds", "Finding evidence", registry=registry, buckets=_SECONDS)

    def text(self) -> bytes:
        """In the text format of Prometheus."""
        return generate_latest(self.registry)

    def count(self, answer: Answer) -> None:
        """Count a finished answer."""
        timings = answer.timings
        self.answers.labels(answer.status, answer.language).inc()
        self.fallbacks.inc("model_unavailable" in answer.notices)
        self.tokens.labels("read").inc(timings.prompt_tokens)
        self.tokens.labels("written").inc(timings.completion_tokens)
        self.total.observe(timings.total_ms / 1000)
        self.search.observe(timings.retrieve_ms / 1000)
        if answer.statements:
            self.first.observe(timings.first_statement_ms / 1000)


class Counted:
    """An assistant whose answers are counted; it answers exactly as the one inside does."""

    def __init__(self, asker: Asker, figures: Figures) -> None:
        self._asker = asker
        self._figures = figures

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """See ``Asker``."""
        figures = self._figures
        events = self._asker.ask(question, history)
        figures.asking.inc()
        try:
            for event in events:
                if isinstance(event, Answer):
                    figures.count(event)
                yield event
        except GeneratorExit:
            figures.cancelled.inc()
            raise
        except Exception:
            figures.failures.inc()
            raise
        finally:
            figures.asking.dec()
            close = getattr(events, "close", None)
            if close is not None:
                close()
