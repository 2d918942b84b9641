"""A language model that follows a script, for tests of everything around it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rag.errors import ModelUnavailable, RagError
from rag.models.llm import Completion, Llm, Message, State


class ScriptedLlm(Llm):
    """Says Yes where the last turn holds one of ``yes``; completes by the first key of ``replies`` it holds.

    ``odds``: log-odds of Yes instead, by words of the turn; None for a reply that is neither Yes nor No.
    ``none``: log-odds that a reply begins with the word asked about, instead of by ``replies``.
    ``adapted``: hears witnesses without examples. ``fails_after``: the server goes away (``failure``) after so many
    calls. Remembers every turn it was shown, and how often it was tried.
    """

    fingerprint = "scripted"
    state: State = "ready"
    adapted: bool = False

    def __init__(
        self,
        yes: Sequence[str] = (),
        replies: Mapping[str, str] | None = None,
        fails_after: int | None = None,
        odds: Mapping[str, float | None] | None = None,
        failure: type[RagError] = ModelUnavailable,
        none: float | None = None,
        adapted: bool = False,
    ) -> None:
        self.adapted = adapted
        self._odds = {**(odds or {}), **dict.fromkeys(yes, 4.0)}
        self._replies = replies or {}
        self._fails_after = fails_after
        self._failure = failure
        self._none = none
        self.shown: list[str] = []
        self.weighed: list[str] = []
        self.tried = 0
        self.closed = False

    def yes_or_no(self, messages: Sequence[Message], *, adapted: bool = False) -> Completion:
        turn = self._turn(messages)
        self.weighed.append(turn)
        sure = next((odds for words, odds in self._odds.items() if words in turn), -4.0)
        text = "Hm" if sure is None else "Yes" if sure > 0 else "No"
        return Completion(text, 40, 400, 1, 1.0, 1.0, sure)

    def begins_with(self, messages: Sequence[Message], word: str) -> Completion:
        text = self._reply(self._turn(messages))
        told = -0.05 if text.startswith(word) else -8.0
        if self._none is not None:
            told = -math.log1p(math.exp(-self._none))
        return Completion(text, 40, 400, 1, 1.0, 1.0, log_probability=told)

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None, stop: Sequence[str] = ()
    ) -> Completion:
        return Completion(self._reply(self._turn(messages)), 40, 400, 20, 1.0, 1.0)

    def close(self) -> None:
        self.closed = True

    def _reply(self, turn: str) -> str:
        return next((reply for words, reply in self._replies.items() if words in turn), "")

    def _turn(self, messages: Sequence[Message]) -> str:
        self.tried += 1
        if self._fails_after is not None and len(self.shown) >= self._fails_after:
            raise self._failure("the scripted model went away; nothing to do about it")
        self.shown.append(messages[-1][1])
        return messages[-1][1]
