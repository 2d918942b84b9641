"""The rival: llama-index's own CitationQueryEngine with its defaults, on the same parts.

The same documents, the same embedder (queries and passages each with their prefix), the same language model
through the same server. Everything else is the engine's own: chunks of 512 tokens for citations, its top 2,
its prompt, its free text. It takes no history: a follow-up is asked as it stands.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eval.baselines.free_text import read
from rag.types import Answer, Citation, Document, Timings, Turn

if TYPE_CHECKING:
    from rag.library import Library
    from rag.models.embedder import Embedder
    from rag.models.llm import Llm

_MAX_TOKENS = 512


class CitationEngine:
    """llama-index's engine behind the evaluation's protocol."""

    def __init__(self, library: Library, llm: Llm) -> None:
        """Chunk and embed the library's documents. Raises RagError."""
        from llama_index.core import Document as Page
        from llama_index.core import VectorStoreIndex
        from llama_index.core.query_engine import CitationQueryEngine

        self._documents = {source.id: library.document(source.id) for source in library.sources()}
        self._model = _model(llm)
        pages = [Page(text=doc.text, id_=id) for id, doc in self._documents.items()]
        index = VectorStoreIndex.from_documents(pages, embed_model=_embedding(library.embedder))
        self._engine = CitationQueryEngine.from_args(index, llm=self._model)

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:  # noqa: ARG002
        """The engine's text, read with goodwill. Raises ModelUnavailable."""
        self._model.spent.clear()
        started = time.perf_counter()
        response = self._engine.query(question)
        total = (time.perf_counter() - started) * 1000
        spent = self._model.spent
        timings = Timings(
            first_statement_ms=total,  # it shows nothing before it has written everything
            total_ms=total,
            prompt_tokens=sum(done.prompt_tokens for done in spent),
            completion_tokens=sum(done.completion_tokens for done in spent),
        )
        sources = [
            citation
            for n, hit in enumerate(response.source_nodes, start=1)
            if (citation := _located(n, hit.node.get_content(), self._documents.get(hit.node.ref_doc_id or "")))
        ]
        return read(question, str(response), sources, timings)


def _located(n: int, chunk: str, document: Document | None) -> Citation | None:
    """A source node (a line "Source 1:", then its text) as an exact place in its document."""
    text = chunk.split("\n", 1)[-1].strip()
    if document is None or not text or text not in document.text:
        return None
    source, start = document.source, document.text.index(text)
    return Citation(n, source.id, source.title, source.date, source.language, start, start + len(text), text)


def _embedding(embedder: Embedder) -> Any:
    """Our embedder as llama-index's."""
    from llama_index.core.embeddings import BaseEmbedding

    class Embedding(BaseEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(x) for x in embedder.encode_queries([query])[0]]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return [float(x) for x in embedder.encode_passages([text])[0]]

    return Embedding(model_name=embedder.fingerprint)


def _model(llm: Llm) -> Any:
    """Our language model as llama-index's; ``spent`` lists what each call cost."""
    from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

    class Model(CustomLLM):
        spent: list[Any] = []  # noqa: RUF012  (a pydantic field: copied for each instance)

        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(context_window=4096, num_output=_MAX_TOKENS, model_name=llm.fingerprint)

        def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:  # noqa: ARG002
            done = llm.complete([("user", prompt)], max_tokens=_MAX_TOKENS)
            self.spent.append(done)
            return CompletionResponse(text=done.text)

        def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
            yield self.complete(prompt, formatted, **kwargs)

    return Model()
