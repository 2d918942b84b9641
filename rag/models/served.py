"""An ``Llm`` on an OpenAI-compatible server: the embedded one, llama-server, Ollama, vLLM, a cloud.

Reached through llama-index's OpenAILike, so that its tracers see every call. Temperature 0 and a fixed seed:
the same prompt, the same completion.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import ModelError, ModelUnavailable
from rag.models.embedded import Address, EmbeddedServer
from rag.models.llm import Completion, Message, State
from rag.models.reach import Reach
from rag.models.replies import first_token, log_odds, log_probability, measured
from rag.settings import Settings

if TYPE_CHECKING:
    import httpx
    import openai

SEED = 1
#: Beside an adapter: one slot for what goes through it and one for the rest. In the same slot the server would go on from
#: what it had read the other way.
_ADAPTED = {"lora": [{"id": 0, "scale": 1.0}], "id_slot": 0}
_AS_IT_CAME = {"id_slot": 1}
_REMEMBERED = 4096  #: replies through the adapter kept, a few hundred bytes each
#: Options that some servers refuse (status 400) instead of ignoring. Without them an answer is still possible.
_OPTIONAL = ("extra_body", "seed", "logprobs", "top_logprobs")


class ServedLlm:
    """See Llm. Several threads may call; the server gives each its turn."""

    def __init__(self, settings: Settings, server: EmbeddedServer | None, fingerprint: str) -> None:
        """Nothing is asked of the server yet. ``server``: the embedded one, else ``settings.llm_url`` is used."""
        self.fingerprint = fingerprint
        self._settings = settings
        self._server = server
        self._watched = server or Reach(str(settings.llm_url), _key(settings))
        self._guard = threading.Lock()
        self._address: Address | None = None
        self._client: Any = None
        self._http: httpx.Client | None = None
        self._plain = False  # whether the server refused our optional options
        self._closed = False
        self._told: dict[tuple[Message, ...], Completion] = {}

    @property
    def adapted(self) -> bool:
        """See Llm."""
        return self._server is not None and self._server.adapted

    @property
    def state(self) -> State:
        """See Llm."""
        return "unavailable" if self._closed else self._watched.state

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None, stop: Sequence[str] = ()
    ) -> Completion:
        """See Llm."""
        options: dict[str, Any] = {"stop": list(stop)} if stop else {}
        if grammar is not None:
            options["extra_body"] = {"grammar": grammar}
        return self._chat(messages, max_tokens=max_tokens, **options)[0]

    def yes_or_no(self, messages: Sequence[Message], *, adapted: bool = False) -> Completion:
        """See Llm. Through the adapter the same is asked once.

        Read again from what the server still knows, all but its last token, a prompt's log-odds differ by up to 0.3: other
        arithmetic, enough to tell a question asked twice two answers.
        """
        asked, adapted = tuple(messages), adapted and self.adapted
        if adapted and asked in self._told:
            return self._told[asked]
        completion, raw = self._chat(messages, adapted, max_tokens=1, logprobs=True, top_logprobs=20)
        completion = replace(completion, yes_log_odds=log_odds(first_token(raw), completion.text))
        if adapted:
            self._remember(asked, completion)
        return completion

    def begins_with(self, messages: Sequence[Message], word: str) -> Completion:
        """See Llm."""
        completion, raw = self._chat(messages, max_tokens=1, logprobs=True, top_logprobs=20)
        return replace(completion, log_probability=log_probability(first_token(raw), completion.text, word))

    def close(self) -> None:
        """See Llm."""
        self._closed = True
        if self._server is not None:
            self._server.close()
        if self._http is not None:
            self._http.close()

    def _remember(self, asked: tuple[Message, ...], completion: Completion) -> None:
        """The reply at no cost, for the next time; the oldest makes room."""
        read = completion.prompt_tokens + completion.cached_tokens
        self._told[asked] = replace(
            completion, prompt_tokens=0, cached_tokens=read, completion_tokens=0, prompt_ms=0.0, completion_ms=0.0
        )
        if len(self._told) > _REMEMBERED:
            self._told.pop(next(iter(self._told)), None)

    def _chat(self, messages: Sequence[Message], adapted: bool = False, **options: Any) -> tuple[Completion, Any]:
        import openai
        from llama_index.core.llms import ChatMessage

        if self.adapted:
            options["extra_body"] = {**options.get("extra_body", {}), **(_ADAPTED if adapted else _AS_IT_CAME)}
        client = self._connected()
        chat = [ChatMessage(role=role, content=content) for role, content in messages]
        started = time.perf_counter()
        try:
            response = self._ask(client, chat, {"seed": SEED, **options})
        except openai.OpenAIError as error:
            raise ModelUnavailable(self._trouble(error)) from error
        except RuntimeError as error:  # httpx: the client was closed meanwhile
            raise ModelUnavailable("the language model has been closed; start again") from error
        text = response.message.content or ""
        return measured(text, response.raw, time.perf_counter() - started), response.raw

    def _ask(self, client: Any, chat: list[Any], options: dict[str, Any]) -> Any:
        import openai

        plain = {name: value for name, value in options.items() if name not in _OPTIONAL}
        if self._plain:
            return client.chat(chat, **plain)
        try:
            return client.chat(chat, **options)
        except (openai.BadRequestError, openai.UnprocessableEntityError):
            if self._server is not None:
                raise
            response = client.chat(chat, **plain)
            self._plain = True
            return response

    def _connected(self) -> Any:
        """The client; a new one when the embedded server has been started anew."""
        with self._guard:
            if self._closed:
                raise ModelUnavailable("the language model has been closed; start again")
            address = self._where()
            if address != self._address:
                self._client, self._http = _client(self._settings, address, local=self._server is not None)
                self._address = address
            return self._client

    def _where(self) -> Address:
        if self._server is not None:
            return self._server.address(self._settings.llm_timeout)
        return Address(str(self._settings.llm_url), _key(self._settings))

    def _trouble(self, error: openai.OpenAIError) -> str:
        """One line: what happened, and what to do."""
        import openai

        settings = self._settings
        where = "the embedded model server" if self._server else f"the model server {settings.llm_url}"
        remedy = "set TEMOIN_LLM_URL to a server that answers, or unset it for the embedded model"
        if isinstance(error, openai.APITimeoutError):
            return f"{where} did not answer within {settings.llm_timeout:g} s; raise TEMOIN_LLM_TIMEOUT, or {remedy}"
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return f"{where} refuses the key; correct TEMOIN_LLM_API_KEY, or {remedy}"
        if isinstance(error, openai.NotFoundError):
            return f"{where} has no model {settings.llm_model!r} there; correct TEMOIN_LLM_URL (…/v1) or TEMOIN_LLM_MODEL"
        if isinstance(error, openai.APIStatusError):
            said = _said(error)
            if "context" in said:
                return f"{where} finds the prompt too long ({said}); raise TEMOIN_LLM_CONTEXT or lower TEMOIN_EVIDENCE_TOKENS"
            return f"{where} answered with status {error.status_code} ({said}); {remedy}"
        return f"{where} cannot be reached; start it, or {remedy}"


def _key(settings: Settings) -> str:
    """The remote server's key; a word where it wants none, because clients insist on one."""
    return settings.llm_api_key.get_secret_value() or "none"


def _said(error: openai.APIStatusError) -> str:
    """The server's own words, on one line."""
    body = error.body
    words = body.get("message", body) if isinstance(body, dict) else body
    return " ".join(str(words or error.message).split())[:160]


def _client(settings: Settings, address: Address, *, local: bool) -> tuple[Any, httpx.Client]:
    import httpx
    from llama_index.llms.openai_like import OpenAILike

    # A proxy of the environment has no business between us and loopback.
    http = httpx.Client(trust_env=not local, timeout=httpx.Timeout(settings.llm_timeout, connect=10.0))
    made: Any = OpenAILike
    client = made(
        model=settings.llm_model,
        api_base=address.url,
        api_key=address.key,
        is_chat_model=True,
        context_window=settings.llm_context,
        temperature=0.0,
        max_retries=0,
        timeout=settings.llm_timeout,
        http_client=http,
    )
    return client, http


def text_fingerprint(text: str) -> str:
    """A remote model's: its address and name; what the server does behind them cannot be known."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def file_fingerprint(*paths: Path) -> str:
    """GGUF files told from others by their sizes, their heads (which hold their descriptions) and their ends."""
    digest, edge = hashlib.sha256(), 1 << 20
    for path in paths:
        try:
            size = path.stat().st_size
            digest.update(str(size).encode())
            with path.open("rb") as stream:
                digest.update(stream.read(edge))
                stream.seek(max(0, size - edge))
                digest.update(stream.read())
        except OSError as error:
            raise ModelError(f"{path} cannot be read ({error.strerror}); check its permissions") from error
    return digest.hexdigest()[:16]
