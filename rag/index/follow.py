"""Bring a vector store into step with the catalog, from wherever it stopped, without embedding anything."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rag.index.catalog import Catalog, VectorRow
from rag.index.vectors import VectorIndex

#: Rows sent at once: about 8 MB of vectors.
BATCH = 5_000

Told = Callable[[int, int], None]  # rows done, rows in all


def follow(catalog: Catalog, index: VectorIndex, told: Told | None = None) -> int:
    """Forget what left and write what came since the store's last revision; return the rows written.

    The store's revision moves on only after the store has acknowledged, so a kill at any moment means no
    more than doing some of it again. The caller holds the writer's lock.
    """
    done = catalog.store_revision(index.store)
    until = catalog.revision()
    if done == until:
        return 0
    departed = catalog.departed_since(done)
    total = catalog.rows_between(done, until)
    written = 0
    with index.bulk(total):
        index.delete(departed)
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


def in_step(catalog: Catalog, index: VectorIndex) -> bool:
    """Whether the store holds as many rows as the catalog says it should."""
    return index.count() == catalog.counts().searchable


def start_over(catalog: Catalog, index: VectorIndex) -> None:
    """Empty the store, so that :func:`follow` fills it from the beginning."""
    catalog.set_store_revision(index.store, 0)
    index.clear()


def _send(catalog: Catalog, index: VectorIndex, rows: list[VectorRow], revision: int) -> int:
    """Write rows; ``revision``: everything up to it has now been written."""
    if rows:
        index.upsert(
            [row.id for row in rows],
            np.stack([row.vector for row in rows]),
            [row.language for row in rows],
            [row.document_id for row in rows],
        )
    if revision > catalog.store_revision(index.store):
        catalog.set_store_revision(index.store, revision)
    return len(rows)
