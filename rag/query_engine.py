"""Témoin as a llama-index query engine, so that a llama-index program can use it as it uses its own.

    engine = TemoinQueryEngine.open(Settings())
    print(engine.query("Que répond Meta ?"))

The response's source nodes are the citations, in the order of their labels: the quotation as text, its exact place
as ``start_char_idx`` and ``end_char_idx``; the whole answer by the JSON contract is in ``response.metadata["answer"]``.

llama-index's tracers see a query start and end, in between the retrieval with its nodes (none where a request is
declined unsearched) and every call of the language model, whose events OpenAILike fires. CustomQueryEngine itself
fires none of them.
"""

from __future__ import annotations

import asyncio
from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.instrumentation import get_dispatcher  # type: ignore[attr-defined]
from llama_index.core.instrumentation.events.query import QueryEndEvent, QueryStartEvent
from llama_index.core.instrumentation.events.retrieval import RetrievalEndEvent, RetrievalStartEvent
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.schema import NodeWithScore, TextNode
from pydantic import ConfigDict, PrivateAttr

from rag.assistant import Assistant
from rag.contract import to_json
from rag.retrieval.llama import nodes
from rag.settings import Settings
from rag.types import Answer, Citation, Event, FirstLook

_dispatcher = get_dispatcher(__name__)


class TemoinQueryEngine(CustomQueryEngine):
    """See the module. Close it when done."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    _assistant: Assistant = PrivateAttr()

    def __init__(self, assistant: Assistant, **options: Any) -> None:
        super().__init__(**options)
        self._assistant = assistant

    @classmethod
    def open(cls, settings: Settings) -> TemoinQueryEngine:
        """Open an assistant for these settings. Raises RagError."""
        return cls(Assistant.open(settings))

    def custom_query(self, query_str: str) -> Response:
        """Answer one question. Raises QuestionError."""
        _dispatcher.event(QueryStartEvent(query=query_str))
        response = _response(self._answer(query_str))
        _dispatcher.event(QueryEndEvent(query=query_str, response=response))
        return response

    async def acustom_query(self, query_str: str) -> Response:
        """The same, in a thread: an answer takes seconds, in which the event loop goes on. Raises QuestionError."""
        return await asyncio.to_thread(self.custom_query, query_str)

    def _answer(self, question: str) -> Answer:
        """The assistant's answer; its first look is told as a retrieval."""
        asked = RetrievalStartEvent(str_or_query_bundle=question)  # keeps this moment, though it is told later
        event: Event | None = None
        for event in self._assistant.ask(question):
            if isinstance(event, FirstLook):
                _dispatcher.event(asked)
                _dispatcher.event(RetrievalEndEvent(str_or_query_bundle=question, nodes=nodes(event.evidence)))
        assert isinstance(event, Answer), "the answer comes last"
        return event

    def close(self) -> None:
        """Stop the model and close the library."""
        self._assistant.close()


def _response(answer: Answer) -> Response:
    support = {n: statement.support for statement in answer.statements for n in statement.citations}
    nodes = [_node(citation, support.get(citation.n, 0.0)) for citation in answer.citations]
    return Response(response=answer.text, source_nodes=nodes, metadata={"answer": to_json(answer)})


def _node(citation: Citation, support: float) -> NodeWithScore:
    metadata = {
        "label": citation.n,
        "document": citation.document,
        "title": citation.title,
        "date": citation.date,
        "language": citation.language,
    }
    node = TextNode(
        text=citation.quote,
        start_char_idx=citation.start,
        end_char_idx=citation.end,
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=list(metadata),
    )
    return NodeWithScore(node=node, score=support)
