"""The nearest vectors: what any store of them offers, and which one the settings choose.

A store is a copy of the catalog's vectors, brought into step by rag.index.follow and made anew from there
whenever it is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.settings import Settings
from rag.types import Language

FloatArray = NDArray[np.float32]


class VectorIndex(Protocol):
    """Vectors by sentence id. Errors of the store, whatever they are, come as LibraryError, one line."""

    @property
    def store(self) -> str:
        """Its name, under which the catalog remembers how far it has followed."""
        ...

    @property
    def token(self) -> str:
        """Another one whenever it was emptied or made anew, by us or behind our back."""
        ...

    def search(self, vector: FloatArray, k: int, language: Language | None = None) -> list[tuple[int, float]]:
        """The ``k`` nearest: (sentence id, cosine), best first. Ids may have left the catalog since."""
        ...

    def upsert(
        self,
        ids: Sequence[int],
        vectors: FloatArray,
        languages: Sequence[Language],
        document_ids: Sequence[str],
    ) -> None:
        """Write rows, any number, over those of the same id; ``vectors``: (ids, dimension)."""
        ...

    def delete(self, ids: Sequence[int]) -> None:
        """Forget rows; unknown ids are ignored."""
        ...

    def count(self) -> int:
        """Rows held."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def bulk(self, rows: Mapping[Language, int]) -> AbstractContextManager[None]:
        """A context to write many rows in; ``rows``: how many of each language."""
        ...

    def close(self) -> None:
        """Let go of files, locks and connections."""
        ...


def open_vectors(settings: Settings, owner: str, *, fresh: bool = False) -> VectorIndex | None:
    """The vector store of the settings; ``None`` when another process owns the embedded one.

    ``owner``: the id of the catalog the vectors belong to. ``fresh``: the store is made anew, whatever state it is in.
    Raises LibraryError.
    """
    remote = _remote(settings, owner)
    if remote is None:
        from rag.index.embedded import EmbeddedVectors

        return EmbeddedVectors.own(settings.index, settings.collection, owner, fresh=fresh)
    if fresh:
        remote.clear()
    return remote


def _remote(settings: Settings, owner: str) -> VectorIndex | None:
    """The store in the cloud or on a server, where the settings name one."""
    key = settings.chroma_cloud_api_key.get_secret_value()
    if key:
        from rag.index.remote import CloudVectors

        tenant, database = settings.chroma_cloud_tenant, settings.chroma_cloud_database
        return CloudVectors(key, tenant, database, settings.collection, owner)
    if settings.chroma_url:
        from rag.index.remote import ServerVectors

        token = settings.chroma_token.get_secret_value()
        return ServerVectors(settings.chroma_url, token, settings.collection, owner)
    return None
