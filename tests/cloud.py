"""Chroma Cloud as far as the product can tell: a client in memory with its quotas, which can be made to refuse calls."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from chromadb.errors import NotFoundError, QuotaError, RateLimitError
from numpy.typing import NDArray

QUOTA = 300


class Cloud:
    """A client, and the account behind it. ``refusals``: so many of the next calls are one too many."""

    def __init__(self) -> None:
        self.account: dict[str, Any] = {}
        self.collections: dict[str, Drawer] = {}
        self.calls: list[tuple[str, int]] = []  #: (what, records) of every call that was taken
        self.refusals = 0

    def connect(self, *, tenant: str | None, database: str | None, api_key: str, settings: object) -> Cloud:
        """Stands where ``chromadb.CloudClient`` is called."""
        self.account = {"tenant": tenant, "database": database, "api_key": api_key}
        self.take("connect")
        return self

    def take(self, what: str, records: int = 0) -> None:
        if self.refusals:
            self.refusals -= 1
            raise RateLimitError("Rate limit exceeded.\nSlow down.")
        if records > QUOTA:
            raise QuotaError(f"'{what}' exceeds the quota: {records} of {QUOTA} records")
        self.calls.append((what, records))

    def get_collection(self, name: str, embedding_function: object) -> Drawer:
        self.take("get_collection")
        if name not in self.collections:
            raise NotFoundError(f"Collection [{name}] does not exist")
        return self.collections[name]

    def create_collection(
        self, name: str, *, metadata: dict[str, str], configuration: object, embedding_function: object, get_or_create: bool
    ) -> Drawer:
        self.take("create_collection")
        return self.collections.setdefault(name, Drawer(self, name, metadata))

    def delete_collection(self, name: str) -> None:
        self.take("delete_collection")
        del self.collections[name]

    def get_max_batch_size(self) -> int:
        return 5461

    def close(self) -> None:
        return


class Drawer:
    """One collection."""

    def __init__(self, cloud: Cloud, name: str, metadata: dict[str, str]) -> None:
        self.id = uuid.uuid4()
        self.name = name
        self.metadata = metadata
        self._cloud = cloud
        self._rows: dict[str, NDArray[np.float32]] = {}

    def upsert(self, *, ids: Sequence[str], embeddings: NDArray[np.float32], metadatas: Sequence[Mapping[str, str]]) -> None:
        self._cloud.take("upsert", len(ids))
        assert len(ids) == len(metadatas)
        self._rows.update(zip(ids, embeddings, strict=True))

    def get(self, *, ids: Sequence[str], include: Sequence[str]) -> dict[str, list[str]]:
        self._cloud.take("get", len(ids))
        return {"ids": [each for each in ids if each in self._rows]}

    def delete(self, *, ids: Sequence[str]) -> None:
        self._cloud.take("delete", len(ids))
        for each in ids:
            del self._rows[each]

    def query(self, *, query_embeddings: NDArray[np.float32], n_results: int, include: Sequence[str]) -> dict[str, Any]:
        self._cloud.take("query", n_results)
        far = {each: 1 - float(row @ query_embeddings[0]) for each, row in self._rows.items()}
        best = sorted(far, key=far.__getitem__)[:n_results]
        return {"ids": [best], "distances": [[far[each] for each in best]]}

    def count(self) -> int:
        self._cloud.take("count")
        return len(self._rows)
