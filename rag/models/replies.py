"""What a server's reply tells: the text's cost, and how sure a Yes was."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from rag.models.llm import Completion

YES = frozenset({"yes", "oui"})
NO = frozenset({"no", "non"})
#: Log-odds given to a Yes in words (a No: the negative), where no log-probabilities say how sure it was: twenty to one.
PLAIN_LOG_ODDS = 3.0
#: Least probability of Yes and No together at which the first token weighs them; with less the reply begins otherwise.
_TOLD = 0.1
RAREST = -12.0
_AROUND = " \t\n.,;:!'\"«»“”*▁Ġ"
_ANSWER = re.compile(
    r"[\W_]*(?:(?:the|my|la|ma)\s+)?(?:(?:answer|reply|response|réponse)\W+(?:(?:is|est)\W+)?)?(yes|oui|no|non)(?![^\W_])"
)


def measured(text: str, raw: Any, seconds: float) -> Completion:
    """A completion with its cost: llama.cpp's ``timings``, else ``usage`` and the wall clock."""
    timings = getattr(raw, "timings", None)
    if isinstance(timings, dict) and "prompt_n" in timings:
        return Completion(
            text=text,
            prompt_tokens=int(timings["prompt_n"]),
            cached_tokens=int(timings.get("cache_n") or 0),
            completion_tokens=int(timings.get("predicted_n") or 0),
            prompt_ms=float(timings.get("prompt_ms") or 0.0),
            completion_ms=float(timings.get("predicted_ms") or 0.0),
        )
    usage = getattr(raw, "usage", None)
    details = getattr(usage, "prompt_tokens_details", None)
    cached = int(getattr(details, "cached_tokens", None) or 0)
    return Completion(
        text=text,
        prompt_tokens=max(0, int(getattr(usage, "prompt_tokens", None) or 0) - cached),
        cached_tokens=cached,
        completion_tokens=int(getattr(usage, "completion_tokens", None) or 0),
        prompt_ms=0.0,
        completion_ms=seconds * 1000,
    )


def first_token(raw: Any) -> dict[str, float]:
    """The likeliest first tokens and their log-probabilities; empty where the server gives none."""
    content = getattr(getattr(raw.choices[0], "logprobs", None), "content", None)
    if not content:
        return {}
    return {entry.token: float(entry.logprob) for entry in (content[0].top_logprobs or content[:1])}


def log_odds(likeliest: Mapping[str, float], text: str) -> float | None:
    """The natural log of P(Yes)/P(No), all spellings among the likeliest first tokens added up.

    A side that is not among them counts as likely as the last of them: its upper bound. Without log-probabilities
    the words are read (``plain_log_odds``). None where the reply is neither Yes nor No.
    """
    if not likeliest:
        return plain_log_odds(text)
    yes, no = ([value for token, value in likeliest.items() if _word(token) in side] for side in (YES, NO))
    if _sum([*yes, *no], -math.inf) < math.log(_TOLD):
        return None
    floor = min(likeliest.values())
    return _sum(yes, floor) - _sum(no, floor)


def plain_log_odds(text: str) -> float | None:
    """``PLAIN_LOG_ODDS`` for a reply that begins with Yes ("**Yes**", "Answer: yes"), its negative for No.

    None for anything else, a reply that says both among it.
    """
    folded = text.casefold()
    said = _ANSWER.match(folded)
    words = set(re.findall(r"[^\W_]+", folded))
    if said is None or (words & YES and words & NO):
        return None
    return PLAIN_LOG_ODDS if said[1] in YES else -PLAIN_LOG_ODDS


def log_probability(likeliest: Mapping[str, float], text: str, word: str) -> float:
    """The natural log of P(the reply begins with ``word``), from the first tokens that begin it.

    Without log-probabilities a reply that begins so counts as one of ``PLAIN_LOG_ODDS``. At least ``RAREST``.
    """
    wanted = word.casefold()
    if not likeliest:
        begins = bool(_word(text)) and wanted.startswith(_word(text))
        return -math.log1p(math.exp(-PLAIN_LOG_ODDS if begins else PLAIN_LOG_ODDS))
    logs = [value for token, value in likeliest.items() if _word(token) and wanted.startswith(_word(token))]
    return max(RAREST, _sum(logs, RAREST))


def _word(token: str) -> str:
    return token.strip(_AROUND).casefold()


def _sum(logs: list[float], floor: float) -> float:
    """The log of the sum of the probabilities; ``floor`` when there is none."""
    if not logs:
        return floor
    top = max(logs)
    return top + math.log(sum(math.exp(value - top) for value in logs))
