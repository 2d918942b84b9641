"""An embedder that is loaded only when it is first asked for a vector."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from rag.models.embedder import Embedder, FloatArray, fingerprint_of, open_embedder
from rag.settings import Settings


class DeferredEmbedder:
    """The Embedder of the settings. Its fingerprint is known at once; torch is imported with the first text."""

    def __init__(self, settings: Settings) -> None:
        """Raises ModelError when the model's files are not there."""
        self.fingerprint = fingerprint_of(settings)
        self._settings = settings
        self._loaded: Embedder | None = None
        self._guard = threading.Lock()

    @property
    def dimension(self) -> int:
        """See Embedder."""
        return self._embedder().dimension

    @dimension.setter
    def dimension(self, value: int) -> None:
        raise AttributeError(f"the dimension of a model is not set, not even to {value}")

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """See Embedder."""
        return self._embedder().encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """See Embedder."""
        return self._embedder().encode_passages(texts)

    def encode_tokens(self, text: str) -> FloatArray:
        """See Embedder."""
        return self._embedder().encode_tokens(text)

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """See Embedder."""
        return self._embedder().token_spans(text)

    def _embedder(self) -> Embedder:
        with self._guard:
            if self._loaded is None:
                self._loaded = open_embedder(self._settings)
            return self._loaded
