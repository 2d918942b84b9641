"""Témoin as a llama-index retriever: ``python examples/llama_index_retriever.py "your question"``."""

import sys

from rag.library import Library
from rag.retrieval.evidence import Retriever
from rag.retrieval.llama import TemoinRetriever
from rag.settings import load_settings

with Library.open(load_settings()) as library:
    library.sync()
    retriever = TemoinRetriever(Retriever(library.catalog, library.vectors, library.lexical, library.embedder))
    for found in retriever.retrieve(" ".join(sys.argv[1:]) or "How many accounts did Meta disable in August?"):
        print(
            f"{found.score:.3f} {found.metadata['document']} [{found.node.start_char_idx}:{found.node.end_char_idx}] {found.text}"
        )
