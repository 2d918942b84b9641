"""Bring a vector store into step with the catalog, from wherever it stopped, without embedding anything."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rag.index.catalog import Catalog, VectorRow
from rag.index.vectors import VectorIndex

#: Rows sent at once: about 8 MB of vectors.
BATCH = 5_000

#: Share of a store's rows that may be deleted before it is made anew.
WEAR = 0.25
#: Fewer deletions never count: making a store anew opens it, which takes a second.
WEAR_FROM = 50

Told = Callable[[int, int], None]  # rows done, rows in all


def follow(catalog: Catalog, index: VectorIndex, told: Told | None = None) -> int:
    """Forget what left and write what came since the store's last revision; return the rows written.

    The store's revision moves on only after the store has acknowledged, so a kill at any moment means no
    more than doing some of it again. The caller holds the writer's lock.
    """
    done = catalog.store_revision(index.store, index.token)
    until = catalog.revision()
    if done == until:
        return 0
    departed = catalog.departed_since(done)
    rows = catalog.rows_between(done, until)
    total = sum(rows.values())
    written = 0
    with index.bulk(rows):
        index.delete(departed)
        catalog.set_store_revision(index.store, index.token, done, deleted=len(departed))
        waiting: list[VectorRow] = []
        for row in catalog.rows_since(done, until):
            if len(waiting) >= BATCH:
                written += _send(catalog, index, waiting, row.revision - 1)
                waiting = []
                if told:
                    told(written, total)
            waiting.append(row)
        written += _send(catalog, index, waiting, until)
    if told:
        told(written, total)
    return written


def behind(catalog: Catalog, index: VectorIndex) -> bool:
    """Whether there is anything to follow."""
    return catalog.store_revision(index.store, index.token) != catalog.revision()


def worn(catalog: Catalog, index: VectorIndex) -> bool:
    """Whether so much was deleted from the store that its search may miss rows: then it should be made anew.

    Deletions leave gaps in the graph that Chroma searches (HNSW). Seen: the first row that was not found by its own
    vector when as many rows had been deleted as were left.
    """
    deleted = catalog.store_deleted(index.store, index.token)
    return deleted > WEAR_FROM and deleted > WEAR * index.count()


def in_step(catalog: Catalog, index: VectorIndex) -> bool:
    """Whether the store holds as many rows as the catalog says it should."""
    return index.count() == catalog.counts().searchable


def _send(catalog: Catalog, index: VectorIndex, rows: list[VectorRow], revision: int) -> int:
    """Write rows; ``revision``: everything up to it has now been written."""
    if rows:
        index.upsert(
            [row.id for row in rows],
            np.stack([row.vector for row in rows]),
            [row.language for row in rows],
            [row.document_id for row in rows],
        )
    if revision > catalog.store_revision(index.store, index.token):
        catalog.set_store_revision(index.store, index.token, revision)
    return len(rows)
