"""Témoin's evidence for llama-index: a ``BaseRetriever`` whose nodes are sentences with exact places.

It fires llama-index's own retrieval events (BaseRetriever does), so existing tracers see it, and goes into any
of its query engines. Importing this module imports llama-index.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.language import detect
from rag.retrieval.evidence import Retriever
from rag.types import Evidence

#: Metadata that is of use to a program, not to a model that reads the node.
_FOR_PROGRAMS = ["document", "path", "language", "start", "end", "dense", "lexical", "coverage", "before", "after", "also"]


class TemoinRetriever(BaseRetriever):
    """Sentences found by a Retriever, best first, as nodes scored by the fused score.

    ``node.start_char_idx`` and ``end_char_idx`` (and ``start``, ``end`` in the metadata) are places in the text of
    the document ``metadata["document"]``: ``document.text[start:end] == node.text``. ``also`` lists where near-identical
    sentences stand: ``[document, start, end]``.
    """

    def __init__(self, retriever: Retriever, *, limit: int = 8, tokens: int = 320, **options: Any) -> None:
        """``limit`` sentences of about ``tokens`` tokens together; ``options`` are BaseRetriever's."""
        super().__init__(**options)
        self._retriever = retriever
        self._limit = limit
        self._tokens = tokens

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        question = query_bundle.query_str
        return nodes(self._retriever.retrieve(question, detect(question), limit=self._limit, tokens=self._tokens))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)  # the embedder would hold up the event loop


def nodes(evidence: Iterable[Evidence]) -> list[NodeWithScore]:
    """Evidence as llama-index's nodes, in the same order; see TemoinRetriever for what they hold."""
    return [NodeWithScore(node=_node(item), score=item.score) for item in evidence]


def _node(item: Evidence) -> TextNode:
    sentence, source = item.sentence, item.source
    metadata = {
        "title": source.title,
        "publisher": source.publisher,
        "date": source.date,
        "document": source.id,
        "path": source.path,
        "language": sentence.language,
        "start": sentence.start,
        "end": sentence.end,
        "dense": item.dense,
        "lexical": item.lexical,
        "coverage": item.coverage,
        "before": item.before,
        "after": item.after,
        "also": [[other.document_id, other.start, other.end] for other in item.also],
    }
    return TextNode(
        id_=f"{source.id}:{sentence.start}-{sentence.end}",
        text=sentence.text,
        start_char_idx=sentence.start,
        end_char_idx=sentence.end,
        metadata={key: value for key, value in metadata.items() if value is not None},
        excluded_llm_metadata_keys=_FOR_PROGRAMS,
        excluded_embed_metadata_keys=_FOR_PROGRAMS,
    )
