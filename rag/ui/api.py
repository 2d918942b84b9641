"""HTTP for programs: ``/v1/ask`` (the JSON contract), search, documents, and an OpenAI-compatible chat.

Errors are ``{"error": "what happened; what to do"}`` with a fitting status. The streams end with the answer;
closing the connection stops the work.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Annotated, Any, Literal

import anyio.to_thread
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from rag.contract import to_json
from rag.errors import LibraryError, ModelUnavailable, QuestionError, RagError
from rag.generation.labels import marked, marks
from rag.generation.phrases import phrase
from rag.types import Answer, Event, Reading, Spoken, Statement, Turn
from rag.ui.door import USER
from rag.ui.gate import TooMany
from rag.ui.service import Service, event_json

MODEL = "temoin"


class Message(BaseModel):
    """A message of the conversation before the question."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=100_000)


class Question(BaseModel):
    """A question; ``history`` is the conversation before it, oldest first."""

    question: str
    history: list[Message] = Field(default=[], max_length=100)
    id: str = ""
    stream: bool = Field(False, description="server-sent events: first_look, reading, statement, answer")


class Part(BaseModel):
    """A part of a chat message; only text is read."""

    type: str
    text: str = ""


class ChatMessage(BaseModel):
    """A message of an OpenAI-compatible client."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[Part] | None = None

    def text(self) -> str:
        """Its text, whatever its form."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class Chat(BaseModel):
    """The part of a chat completion request that has a meaning here; the rest is ignored."""

    model: str = MODEL
    messages: list[ChatMessage] = Field(min_length=1, max_length=200)
    stream: bool = False


def build_api(service: Service) -> APIRouter:
    """The routes under ``/v1``."""
    api = APIRouter(prefix="/v1", tags=["Témoin"])

    @api.post("/ask", summary="Ask a question: the JSON contract, or server-sent events")
    async def ask(body: Question, request: Request, accept: Annotated[str, Header()] = "") -> Response:
        history = tuple(Turn(message.role, message.content) for message in body.history)
        events = await anyio.to_thread.run_sync(service.ask, _user(request), body.question, history)
        if body.stream or "text/event-stream" in accept:
            return _stream(_named(event_json(event, body.id)) async for event in _each(events) if not _aside(event))
        return JSONResponse(to_json(await _last(events), body.id))

    @api.get("/search", summary="Sentences that hold the words of q, in either language")
    async def search(request: Request, q: Annotated[str, Query(min_length=1, max_length=500)], limit: int = 20) -> Any:
        return await anyio.to_thread.run_sync(service.search, _user(request), q, limit)

    @api.get("/documents", summary="The documents' cards")
    def documents() -> list[dict[str, Any]]:
        return service.documents()

    @api.get("/documents/{document_id}", summary="A document's text; offsets of citations count its characters")
    def document(document_id: str) -> PlainTextResponse:
        return PlainTextResponse(service.document(document_id)["text"])

    @api.get("/models", summary="For chat clients: the one model there is")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}]}

    @api.post("/chat/completions", summary="OpenAI-compatible chat; citations are url_citation annotations")
    async def chat(body: Chat, request: Request) -> Response:
        said = [(message.role, message.text()) for message in body.messages if message.role in ("user", "assistant")]
        if not said or said[-1][0] != "user":
            raise QuestionError("the last message must be the user's question; add one")
        history = tuple(Turn("user" if role == "user" else "assistant", text) for role, text in said[:-1])
        events = await anyio.to_thread.run_sync(service.ask, _user(request), said[-1][1], history)
        if body.stream:
            return _stream(_chunks(events, str(request.base_url)))
        return JSONResponse(_completion(await _last(events), str(request.base_url)))

    return api


def failed(_request: Request, error: Exception) -> JSONResponse:
    """A RagError as a response."""
    if isinstance(error, TooMany):
        return JSONResponse({"error": str(error)}, 429, {"retry-after": str(error.seconds)})
    for kind, status in ((QuestionError, 400), (ModelUnavailable, 503), (LibraryError, 404)):
        if isinstance(error, kind):
            return JSONResponse({"error": str(error)}, status)
    return JSONResponse({"error": str(error)}, 500)


def _user(request: Request) -> str:
    return str(request.scope.get(USER, "program"))


def _aside(event: Event) -> bool:
    """Whether an event says nothing that programs were not told: it is for a reader who watches."""
    return isinstance(event, Reading) and event.checking


async def _each(events: Iterator[Event]) -> AsyncIterator[Event]:
    """The events of a blocking iterator, which is closed whatever happens."""
    try:
        while (event := await anyio.to_thread.run_sync(next, events, None)) is not None:
            yield event
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(close)


async def _last(events: Iterator[Event]) -> Answer:
    *_, last = [event async for event in _each(events)]
    assert isinstance(last, Answer)
    return last


def _stream(chunks: AsyncIterator[str]) -> StreamingResponse:
    async def told() -> AsyncIterator[str]:
        try:
            async for chunk in chunks:
                yield chunk
        except RagError as error:
            yield _named(("error", {"error": str(error)}))

    return StreamingResponse(told(), media_type="text/event-stream", headers={"cache-control": "no-store"})


def _named(event: tuple[str, dict[str, Any]]) -> str:
    return f"event: {event[0]}\ndata: {json.dumps(event[1], ensure_ascii=False)}\n\n"


def _annotations(answer: Answer, text: str, base: str) -> list[dict[str, Any]]:
    """The [n] marks of the text as OpenAI's url_citation, each leading to the document at the sentence (RFC 5147)."""
    cited = {citation.n: citation for citation in answer.citations}
    found = []
    for n, citation in cited.items():
        mark, at = f"[{n}]", text.find(f"[{n}]")
        while at >= 0:
            url = f"{base}v1/documents/{citation.document}#char={citation.start},{citation.end}"
            place = {"start_index": at, "end_index": at + len(mark), "title": citation.title or citation.document, "url": url}
            found.append({"type": "url_citation", "url_citation": place})
            at = text.find(mark, at + 1)
    return sorted(found, key=lambda one: one["url_citation"]["start_index"])


def _completion(answer: Answer, base: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.text, "annotations": _annotations(answer, answer.text, base)}
    return _head("chat.completion") | {
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": _usage(answer),
        "temoin": to_json(answer),
    }


def _usage(answer: Answer) -> dict[str, int]:
    read, written = answer.timings.prompt_tokens, answer.timings.completion_tokens
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _head(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


async def _chunks(events: Iterator[Event], base: str) -> AsyncIterator[str]:
    """Each checked statement as a delta; the last delta brings what the answer says beyond them, and the annotations."""
    head = _head("chat.completion.chunk")

    def chunk(delta: dict[str, Any], reason: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return f"data: {json.dumps(head | {'choices': [choice]}, ensure_ascii=False)}\n\n"

    yield chunk({"role": "assistant", "content": ""})
    told: list[Statement] = []
    text = ""
    async for event in _each(events):
        if isinstance(event, Spoken):
            piece = ("\n" if told else "") + marked(event.statement.text, event.statement.citations)
            told.append(event.statement)
            text += piece
            yield chunk({"content": piece})
        elif isinstance(event, Answer):
            rest = _beyond(told, event)
            yield chunk({"content": rest, "annotations": _annotations(event, text + rest, base)})
            yield chunk({}, "stop")
    yield "data: [DONE]\n\n"


def _beyond(told: Sequence[Statement], answer: Answer) -> str:
    """What an answer says beyond the statements already told, in its order: never a statement a second time.

    A statement may have gained labels since. What was sent cannot be changed: they follow the statement that was told
    last, those of an earlier one get a line of their own.
    """
    following, lines = "", []
    for place, (before, now) in enumerate(zip(told, answer.statements, strict=False)):
        gained = marks(n for n in now.citations if n not in before.citations)
        if gained and place == len(told) - 1:
            following = gained
        elif gained:
            lines.append(phrase("corroborated", answer.language, n=before.citations[0], others=gained))
    known = {marked(statement.text, statement.citations) for statement in answer.statements[: len(told)]}
    lines += [line for line in answer.text.split("\n") if line not in known]
    return following + "".join(f"\n{line}" for line in lines) if told else "\n".join(lines)
