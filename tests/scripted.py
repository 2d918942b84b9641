"""A language model that follows a script, for tests of everything around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.errors import ModelUnavailable
from rag.models.llm import Completion, Llm, Message


class ScriptedLlm(Llm):
    """Says Yes where the last turn holds one of ``yes``; completes by the first key of ``replies`` it holds.

    ``fails_after``: the server goes away after so many calls. Remembers every turn it was shown.
    """

    fingerprint = "scripted"

    def __init__(self, yes: Sequence[str] = (), replies: Mapping[str, str] | None = None, fails_after: int | None = None) -> None:
        self._yes = yes
        self._replies = replies or {}
        self._fails_after = fails_after
        self.shown: list[str] = []
        self.closed = False

    def yes_or_no(self, messages: Sequence[Message]) -> Completion:
        turn = self._turn(messages)
        sure = 4.0 if any(words in turn for words in self._yes) else -4.0
        return Completion("Yes" if sure > 0 else "No", 40, 400, 1, 1.0, 1.0, sure)

    def begins_with(self, messages: Sequence[Message], word: str) -> Completion:
        turn = self._turn(messages)
        text = next((reply for words, reply in self._replies.items() if words in turn), "")
        return Completion(text, 40, 400, 1, 1.0, 1.0, log_probability=-0.05 if text.startswith(word) else -8.0)

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None, stop: Sequence[str] = ()
    ) -> Completion:
        turn = self._turn(messages)
        text = next((reply for words, reply in self._replies.items() if words in turn), "")
        return Completion(text, 40, 400, 20, 1.0, 1.0)

    def close(self) -> None:
        self.closed = True

    def _turn(self, messages: Sequence[Message]) -> str:
        if self._fails_after is not None and len(self.shown) >= self._fails_after:
            raise ModelUnavailable("the scripted model went away; nothing to do about it")
        self.shown.append(messages[-1][1])
        return messages[-1][1]
