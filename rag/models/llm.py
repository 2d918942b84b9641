"""The language model, embedded or remote, behind one small interface.

Both are OpenAI-compatible servers and are reached in the same way (``served.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from rag.settings import Settings

Message = tuple[Literal["system", "user", "assistant"], str]
#: What a health check says of a model. ``loading``: it is on its way; ``unavailable``: down, or it cannot be loaded.
State = Literal["loading", "ready", "unavailable"]


@dataclass(frozen=True)
class Completion:
    """What the model wrote, and what it cost."""

    text: str
    prompt_tokens: int  #: tokens read now, cached ones not counted
    cached_tokens: int  #: tokens of the prompt that were still known from earlier prompts
    completion_tokens: int
    prompt_ms: float  #: 0 on servers that do not tell: then all is in ``completion_ms``
    completion_ms: float
    yes_log_odds: float | None = None  #: natural log; only from ``yes_or_no``, None where the reply was neither
    log_probability: float | None = None  #: natural log; only from ``begins_with``


class Llm(Protocol):
    """A chat model. Calls may come from several threads at once."""

    @property
    def fingerprint(self) -> str:
        """Changes with anything that changes what it writes."""
        ...

    @property
    def state(self) -> State:
        """Whether it could answer now. Cheap, never waits for the model, raises nothing."""
        ...

    @property
    def adapted(self) -> bool:
        """Whether it was adapted to hearing witnesses: ``yes_or_no(…, adapted=True)`` then asks that adaptation."""
        ...

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None, stop: Sequence[str] = ()
    ) -> Completion:
        """The model's continuation. ``grammar`` (GBNF) binds it where the server knows grammars.

        Raises ModelUnavailable.
        """
        ...

    def yes_or_no(self, messages: Sequence[Message], *, adapted: bool = False) -> Completion:
        """One token, and the log-odds of Yes against No (French or English, any case) before it was chosen.

        ``adapted``: by the model as adapted to witnesses, where it is. The log-odds are None where the reply is neither:
        ``yes_no.weigh`` asks again. Raises ModelUnavailable.
        """
        ...

    def begins_with(self, messages: Sequence[Message], word: str) -> Completion:
        """One token, and the log-probability that the reply begins with ``word``.

        Raises ModelUnavailable.
        """
        ...

    def close(self) -> None:
        """Free the model; a call under way in another thread ends with ModelUnavailable."""
        ...


def open_llm(settings: Settings) -> Llm:
    """The model of the settings. The embedded one loads in the background and is waited for at first use.

    Raises ModelError when there is no model file.
    """
    from rag.models.embedded import EmbeddedServer
    from rag.models.qwen import ADAPTER
    from rag.models.served import ServedLlm, file_fingerprint, text_fingerprint
    from rag.models.wheels import model_file

    if settings.llm_url is not None:
        return ServedLlm(settings, None, text_fingerprint(f"{settings.llm_url} {settings.llm_model}"))
    path = model_file(settings)
    adapter = ADAPTER if settings.llm is None and settings.llm_adapter == "on" else None
    server = EmbeddedServer(path, context=settings.llm_context, threads=settings.llm_threads, adapter=adapter)
    return ServedLlm(settings, server, file_fingerprint(path, *([adapter] if adapter else [])))
