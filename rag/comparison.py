"""What the documents say otherwise: every new sentence is compared with those nearest to it, once.

How far this has come is kept in the catalog as a revision, so that a kill loses no comparison.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from rag.index.catalog import Catalog, Pair
from rag.index.exact import ExactVectors
from rag.index.vectors import VectorIndex
from rag.intake import OnProgress, Progress
from rag.types import Sentence
from rag.verification.disagreement import NEAR, judge
from rag.verification.response import tells_of_response

#: Sentences with which a new one is compared: the nearest, in either language together.
NEAREST = 32
#: The same for one that tells of a response, or of silence. The two are not worded alike: on the five documents 64 miss
#: half of what 200 find.
COMPARED = 200
#: Up to so many sentences all vectors are compared (a matrix product, 75 MB); above, the vector store is searched.
EXACT = 50_000
DONE = "compared"  #: the catalog's fact that holds the revision compared last


def compare(catalog: Catalog, index: VectorIndex, on_progress: OnProgress | None = None) -> int:
    """Find the disagreements of what was written since the last comparison; return how many. For the one writer."""
    done, until = int(catalog.meta(DONE) or 0), catalog.revision()
    if done == until:
        return 0
    exact = ExactVectors(catalog) if catalog.counts().searchable <= EXACT else None
    documents = catalog.documents_between(done, until)
    started, seen, found = time.perf_counter(), 0, 0
    for number, document_id in enumerate(documents, start=1):
        vectors = catalog.vectors_of(catalog.sentence_ids(document_id))
        if vectors:
            rows = np.stack(list(vectors.values()))
            near = exact.search_many(rows, COMPARED) if exact else [index.search(row, COMPARED) for row in rows]
            pairs = _judged(catalog, list(vectors), near)
            if pairs:
                catalog.set_disagreements(pairs, keep=True)
            seen, found = seen + len(vectors), found + len(pairs)
        if on_progress:
            rate = seen / max(time.perf_counter() - started, 1e-6)
            on_progress(Progress(number, len(documents), rate, "comparing"))
    catalog.set_meta(DONE, str(until))
    return found


def _judged(catalog: Catalog, ids: Sequence[int], near: Sequence[Sequence[tuple[int, float]]]) -> list[Pair]:
    """The pairs that disagree, among sentences and what is near each of them."""
    lowest = min(NEAR.values())
    close = [[(other, cosine) for other, cosine in each if cosine >= lowest] for each in near]
    wanted = {*ids, *(other for each in close for other, _ in each)}
    held: dict[int, Sentence] = catalog.sentences_by_id(list(wanted))
    seen: set[tuple[int, int]] = set()
    found: list[Pair] = []
    for number, others in zip(ids, close, strict=True):
        far = number in held and tells_of_response(held[number])
        for other, cosine in others[: COMPARED if far else NEAREST]:
            pair = (min(number, other), max(number, other))
            if pair in seen or number not in held or other not in held:
                continue
            seen.add(pair)
            kind = judge(held[pair[0]], held[pair[1]], cosine)
            if kind is not None:
                found.append(Pair(*pair, kind, ""))  # worded from its kind when shown, in the reader's language
    return found
