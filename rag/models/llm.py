"""The language model, embedded or remote, behind one small interface.

Both are OpenAI-compatible servers and are reached through llama-index's OpenAILike, so its tracers see every
call. Temperature 0 and a fixed seed: the same prompt, the same completion. Token counts and milliseconds come
from llama.cpp's ``timings`` where the server gives them, else from ``usage`` and the wall clock.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from rag.errors import ModelError, ModelUnavailable
from rag.models.embedded import Address, EmbeddedServer
from rag.models.wheels import model_file
from rag.settings import Settings

Message = tuple[Literal["system", "user", "assistant"], str]

YES = frozenset({"yes", "oui"})
NO = frozenset({"no", "non"})
#: Log-odds given to a plain Yes or No of a server that offers no log-probabilities.
PLAIN_LOG_ODDS = 3.0
SEED = 1


@dataclass(frozen=True)
class Completion:
    """What the model wrote, and what it cost."""

    text: str
    prompt_tokens: int  #: tokens read now, cached ones not counted
    cached_tokens: int  #: tokens of the prompt that were still known from earlier prompts
    completion_tokens: int
    prompt_ms: float
    completion_ms: float
    yes_log_odds: float | None = None  #: natural log; only from ``yes_or_no``


class Llm(Protocol):
    """A chat model. Calls may come from several threads."""

    fingerprint: str  #: changes with anything that changes what it writes

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None, stop: Sequence[str] = ()
    ) -> Completion:
        """The model's continuation. ``grammar`` (GBNF) binds it where the server knows grammars.

        Raises ModelUnavailable.
        """
        ...

    def yes_or_no(self, messages: Sequence[Message]) -> Completion:
        """One token, and the log-odds of Yes against No (French or English, any case) before it was chosen.

        Raises ModelUnavailable.
        """
        ...

    def close(self) -> None:
        """Free the model; a call under way in another thread ends with ModelUnavailable."""
        ...


class ServedLlm:
    """An Llm on an OpenAI-compatible server: ours (``server``) or another (``remote``)."""

    def __init__(self, settings: Settings, server: EmbeddedServer | None, fingerprint: str) -> None:
        """Connect lazily: nothing is asked of the server yet."""
        self.fingerprint = fingerprint
        self._settings = settings
        self._server = server
        self._client: Any = None
        self._http: Any = None

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None, stop: Sequence[str] = ()
    ) -> Completion:
        """See Llm."""
        extra: dict[str, Any] = {"cache_prompt": True} if self._server else {}
        if grammar:
            extra["grammar"] = grammar
        options: dict[str, Any] = {"stop": list(stop)} if stop else {}
        return self._chat(messages, max_tokens=max_tokens, extra_body=extra, **options)[0]

    def yes_or_no(self, messages: Sequence[Message]) -> Completion:
        """See Llm."""
        extra = {"cache_prompt": True} if self._server else {}
        done, raw = self._chat(messages, max_tokens=1, extra_body=extra, logprobs=True, top_logprobs=20)
        return Completion(**{**vars(done), "yes_log_odds": log_odds(first_token(raw), done.text)})

    def close(self) -> None:
        """See Llm."""
        if self._http is not None:
            self._http.close()
        if self._server is not None:
            self._server.close()

    def _chat(self, messages: Sequence[Message], **options: Any) -> tuple[Completion, Any]:
        import openai
        from llama_index.core.llms import ChatMessage

        client = self._connected()
        chat = [ChatMessage(role=role, content=content) for role, content in messages]
        started = time.perf_counter()
        try:
            response = client.chat(chat, seed=SEED, **options)
        except (openai.OpenAIError, RuntimeError) as error:
            raise ModelUnavailable(self._trouble(error)) from error
        return measured(response.message.content or "", response.raw, time.perf_counter() - started), response.raw

    def _connected(self) -> Any:
        if self._client is not None and (self._server is None or self._server.address(0)):
            return self._client
        if self._server is not None:
            address = self._server.address(self._settings.llm_timeout)
        else:
            key = self._settings.llm_api_key.get_secret_value()
            address = Address(str(self._settings.llm_url), key or "none")
        import httpx
        from llama_index.llms.openai_like import OpenAILike

        # trust_env only for a remote server: a proxy has no business between us and loopback
        self._http = httpx.Client(trust_env=self._server is None, timeout=self._settings.llm_timeout)
        self._client = OpenAILike(
            model=self._settings.llm_model,
            api_base=address.url,
            api_key=address.key,
            is_chat_model=True,
            context_window=self._settings.llm_context,
            temperature=0.0,
            max_retries=0,
            timeout=self._settings.llm_timeout,
            http_client=self._http,
        )
        return self._client

    def _trouble(self, error: Exception) -> str:
        import openai

        where = "the embedded model server" if self._server else f"the model server {self._settings.llm_url}"
        remedy = "set TEMOIN_LLM_URL to a server that answers, or unset it for the embedded model"
        if isinstance(error, openai.APITimeoutError):
            return f"{where} did not answer within {self._settings.llm_timeout:g} s; raise TEMOIN_LLM_TIMEOUT, or {remedy}"
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return f"{where} refuses the key; correct TEMOIN_LLM_API_KEY for TEMOIN_LLM_URL"
        if isinstance(error, openai.NotFoundError):
            return f"{where} knows no such address or model ({self._settings.llm_model}); correct TEMOIN_LLM_URL (…/v1) or TEMOIN_LLM_MODEL"
        if isinstance(error, openai.APIStatusError):
            return f"{where} answered with status {error.status_code}; look at its log, or {remedy}"
        return f"{where} cannot be reached; start it, or {remedy}"


def open_llm(settings: Settings) -> Llm:
    """The model of the settings. The embedded one loads in the background and is waited for at first use.

    Raises ModelError when there is no model file.
    """
    if settings.llm_url is not None:
        told = f"{settings.llm_url} {settings.llm_model}"
        return ServedLlm(settings, None, hashlib.sha256(told.encode()).hexdigest()[:16])
    path = model_file(settings)
    server = EmbeddedServer(path, context=settings.llm_context, threads=settings.llm_threads)
    return ServedLlm(settings, server, file_fingerprint(path))


def file_fingerprint(path: Path) -> str:
    """A GGUF file told from another by its size, its head (which holds its description) and its end."""
    digest = hashlib.sha256()
    try:
        size = path.stat().st_size
        digest.update(str(size).encode())
        with path.open("rb") as stream:
            digest.update(stream.read(1 << 20))
            stream.seek(max(0, size - (1 << 20)))
            digest.update(stream.read())
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}); check its permissions") from error
    return digest.hexdigest()[:16]


def measured(text: str, raw: Any, seconds: float) -> Completion:
    """A completion with its cost: llama.cpp's timings, or usage and the wall clock."""
    timings = getattr(raw, "timings", None)
    if isinstance(timings, dict) and "prompt_n" in timings:
        return Completion(
            text=text,
            prompt_tokens=int(timings["prompt_n"]),
            cached_tokens=int(timings.get("cache_n", 0)),
            completion_tokens=int(timings.get("predicted_n", 0)),
            prompt_ms=float(timings.get("prompt_ms", 0.0)),
            completion_ms=float(timings.get("predicted_ms", 0.0)),
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
    logprobs = getattr(raw.choices[0], "logprobs", None)
    content = getattr(logprobs, "content", None)
    if not content:
        return {}
    return {entry.token: entry.logprob for entry in (content[0].top_logprobs or [content[0]])}


def log_odds(likeliest: dict[str, float], text: str) -> float:
    """ln P(Yes) - ln P(No) over all spellings among the likeliest first tokens.

    A side that is not among them is taken to be as likely as the last of them, its upper bound. Without
    log-probabilities a plain Yes or No counts ±3, anything else 0.
    """
    if not likeliest:
        word = text.strip(" .,!\n\"'«»*").casefold()
        return PLAIN_LOG_ODDS * ((word in YES) - (word in NO))
    floor = min(likeliest.values())
    sides = []
    for words in (YES, NO):
        found = [value for token, value in likeliest.items() if token.strip(" .,!\n\"'«»*").casefold() in words]
        sides.append(_logsumexp(found) if found else floor)
    return sides[0] - sides[1]


def _logsumexp(values: list[float]) -> float:
    top = max(values)
    return top + math.log(sum(math.exp(value - top) for value in values))
