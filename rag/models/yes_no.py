"""A Yes or No from a model, whatever it first replies: asked again where it said neither, then taken as No."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.models.llm import Completion, Llm, Message
from rag.models.replies import plain_log_odds

STRICTER = "Reply with one word: Yes or No."
#: Log-odds of a model that said neither, twice. It has not said Yes: what it does not say must never count as half a Yes.
UNREADABLE = -6.0
_TOKENS = 8  # room for "**Yes**" or "Answer: yes"


def weigh(llm: Llm, messages: Sequence[Message], *, adapted: bool = False) -> tuple[float, Completion]:
    """The log-odds of Yes against No (natural log), and what asking cost, a second time included.

    ``adapted``: see Llm. A Yes or No read from the words of the second reply counts ``PLAIN_LOG_ODDS``. Raises ModelUnavailable.
    """
    first = llm.yes_or_no(messages, adapted=adapted)
    if first.yes_log_odds is not None:
        return first.yes_log_odds, first
    *before, (role, asked) = messages
    again = llm.complete((*before, (role, f"{asked}\n{STRICTER}")), max_tokens=_TOKENS)
    told = plain_log_odds(again.text)
    return UNREADABLE if told is None else told, _both(first, again)


def _both(first: Completion, again: Completion) -> Completion:
    """The second reply at the cost of both."""
    return replace(
        again,
        prompt_tokens=first.prompt_tokens + again.prompt_tokens,
        cached_tokens=first.cached_tokens + again.cached_tokens,
        completion_tokens=first.completion_tokens + again.completion_tokens,
        prompt_ms=first.prompt_ms + again.prompt_ms,
        completion_ms=first.completion_ms + again.completion_ms,
    )
