"""Témoin as a llama-index query engine, so that a llama-index program can use it as it uses its own.

    engine = TemoinQueryEngine.open(Settings())
    print(engine.query("Que répond Meta ?"))

The response's source nodes are the citations, in the order of their labels, with the exact place in their
metadata; the whole answer by the JSON contract is in ``response.metadata["answer"]``. Query events fire as for
any query engine.
"""

from __future__ import annotations

from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.schema import NodeWithScore, TextNode
from pydantic import ConfigDict, PrivateAttr

from rag.assistant import Assistant
from rag.contract import to_json
from rag.settings import Settings
from rag.types import Answer, Citation


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
        return _response(self._assistant.answer(query_str))

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
