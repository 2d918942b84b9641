"""BM25 over stemmed, accent-folded terms, one index a language, inside the catalog (SQLite FTS5).

Rows are added and removed in the catalog's own transactions, so the lexical index is never out of step.
FTS5 finds candidates; BM25 is worked out here for the best ``DEPTH`` of them, from the sentences' own terms
(FTS5's would look up the length of every match: 2 µs each, against 0.4). Only the rarest terms of a question
find candidates, as many as ``BUDGET`` allows; all of its terms count in the score. So a million sentences are
searched in the time of some ten thousand, and up to ``DEPTH`` matches are ranked exactly.
Method: Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond"; the idea of
leading terms is MaxScore's (Turtle & Flood 1995).
"""

from __future__ import annotations

import hashlib
import math
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import snowballstemmer

from rag.text.terms import STOP_WORDS, stems
from rag.types import LANGUAGES, Language

if TYPE_CHECKING:
    from rag.index.reading import CatalogReader

#: Matches FTS5 may go through for one search.
BUDGET = 5_000
#: Candidates whose BM25 is worked out, and at least twice what is asked for.
DEPTH = 100
#: Very common terms looked for together.
PARTNERS = 4
#: Sentences in which the spellings of a stem are looked for.
SPELT = 8
K1, B = 1.2, 0.75

_SENTENCES, _TERMS = "", " "  # rows of the table ``terms`` that are no terms; see rag.index.schema

_WORD = re.compile(r"[^\W\d_]+")

Row = tuple[int, Language, str]  # sentence id, its language, its terms


class LexicalIndex:
    """Search by words. One instance serves any number of threads."""

    def __init__(self, catalog: CatalogReader) -> None:
        self._catalog = catalog

    def search(self, query: str, language: Language, k: int) -> list[tuple[int, float]]:
        """The ``k`` best sentences of ``language``: (id, BM25), best first, scores above zero only."""
        return self.search_stems(stems(query, language), language, k)

    def search_stems(self, terms: Sequence[str], language: Language, k: int) -> list[tuple[int, float]]:
        """The same for terms that are stems already."""
        wanted = list(dict.fromkeys(terms))
        if not wanted or k < 1:
            return []
        known = self.frequencies([_SENTENCES, _TERMS, *wanted], language)
        sentences, length = known.pop(_SENTENCES, 0), known.pop(_TERMS, 0)
        if not known:
            return []
        weights = {term: math.log(1 + (sentences - count + 0.5) / (count + 0.5)) for term, count in known.items()}
        found = self._candidates(known, language, max(DEPTH, 2 * k))
        scored = [
            (number, _bm25(terms.split(), weights, length / sentences)) for number, terms in self._catalog.terms_by_id(found)
        ]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[:k]

    def frequencies(self, terms: Sequence[str], language: Language) -> dict[str, int]:
        """In how many sentences of ``language`` each stemmed term stands; unknown terms are left out."""
        marks = ",".join("?" * len(terms))
        rows = self._catalog.rows(
            f"SELECT term, sentences FROM terms WHERE language = ? AND term IN ({marks}) AND sentences > 0",
            language,
            *terms,
        )
        return {str(term): int(count) for term, count in rows}

    def size(self, language: Language) -> tuple[int, float]:
        """How many sentences of ``language`` there are, and how many terms they have on average."""
        known = self.frequencies([_SENTENCES, _TERMS], language)
        sentences = known.get(_SENTENCES, 0)
        return sentences, known.get(_TERMS, 0) / sentences if sentences else 0.0

    def beginning(self, letters: str, language: Language, shortest: int, longest: int) -> tuple[str, ...]:
        """The terms of ``shortest`` to ``longest`` characters that begin with ``letters``."""
        rows = self._catalog.rows(
            "SELECT term FROM terms WHERE language = ? AND term >= ? AND term < ? AND length(term) BETWEEN ? AND ? "
            "AND sentences > 0",
            language,
            letters,
            letters + "\U0010ffff",
            shortest,
            longest,
        )
        return tuple(str(term) for (term,) in rows)

    def spelt(self, stem: str, language: Language) -> tuple[str, ...]:
        """Words of the documents, as written there, that have the stem; not all where many sentences have it."""
        best = [number for number, _ in self.search_stems([stem], language, SPELT)]
        texts = (sentence.text for sentence in self._catalog.sentences_by_id(best).values())
        words = dict.fromkeys(word for text in texts for word in _WORD.findall(text))
        return tuple(word for word in words if stem in stems(word, language))

    def _candidates(self, known: dict[str, int], language: Language, depth: int) -> list[int]:
        """Sentences worth scoring, led by the rarest terms.

        The first term that would go over the budget still leads where the rarer ones find little, but among
        the newest sentences only, and first where it stands together with another of the question's terms.
        """
        rarest = sorted(known, key=lambda term: known[term])
        leading: list[str] = []
        total = 0
        while rarest and total + known[rarest[0]] <= BUDGET:
            total += known[rarest[0]]
            leading.append(rarest.pop(0))
        found = self._match(_any(leading), language, depth) if leading else []
        if rarest and len(found) < depth:
            share = min(1.0, BUDGET / known[rarest[0]])
            together = f"{_any(rarest[:1])} AND ({_any(rarest[1:PARTNERS])})" if rarest[1:] else ""
            for expression in (together, _any(rarest[:1])):
                if expression and len(found) < depth:
                    found += self._match(expression, language, depth - len(found), share)
        return list(dict.fromkeys(found))

    def _match(self, expression: str, language: Language, limit: int, share: float = 1.0) -> list[int]:
        """Ids of matches by FTS5's own rank, among the newest ``share`` of all sentences."""
        table = f"lexical_{language}"
        newest = self._catalog.rows("SELECT ifnull(max(id), 0) FROM sentences")[0][0]
        rows = self._catalog.rows(
            f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND rowid > ? ORDER BY rank LIMIT ?",
            expression,
            int(newest * (1 - share)),
            limit,
        )
        return [int(number) for (number,) in rows]


def terms_of(text: str, language: Language) -> str:
    """The terms of a sentence as they are stored: separated by spaces."""
    return " ".join(stems(text, language))


def add(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Index sentences, inside the caller's transaction."""
    _change(connection, rows, added=True)


def remove(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Forget sentences, given exactly as they were added, inside the caller's transaction."""
    _change(connection, rows, added=False)


def clear(connection: sqlite3.Connection) -> None:
    """Forget all sentences, inside the caller's transaction."""
    for language in LANGUAGES:
        table = f"lexical_{language}"
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
    connection.execute("DELETE FROM terms")


def fingerprint() -> str:
    """What shapes the terms: stop words and stemmer. Another fingerprint, another index."""
    told = repr([(language, sorted(STOP_WORDS[language])) for language in LANGUAGES])
    probe = repr([stems("L’été 2023, 6.1 millions d'œuvres; the schools’ filings", each) for each in LANGUAGES])
    version = str(getattr(snowballstemmer, "__version__", ""))
    return hashlib.sha256("\n".join((told, probe, version)).encode()).hexdigest()[:12]


def _change(connection: sqlite3.Connection, rows: Iterable[Row], *, added: bool) -> None:
    counts: dict[Language, Counter[str]] = {language: Counter() for language in LANGUAGES}
    indexed: dict[Language, list[tuple[int, str]]] = {language: [] for language in LANGUAGES}
    for number, language, terms in rows:
        each = terms.split()
        indexed[language].append((number, terms))
        counts[language].update({*each, _SENTENCES})
        counts[language][_TERMS] += len(each)
    for language in LANGUAGES:
        table = f"lexical_{language}"
        if added:
            statement = f"INSERT INTO {table} (rowid, terms) VALUES (?, ?)"
        else:
            statement = f"INSERT INTO {table} ({table}, rowid, terms) VALUES ('delete', ?, ?)"
        connection.executemany(statement, indexed[language])
        connection.executemany(
            "INSERT INTO terms (language, term, sentences) VALUES (?, ?, ?) "
            "ON CONFLICT (language, term) DO UPDATE SET sentences = sentences + excluded.sentences",
            [(language, term, count if added else -count) for term, count in counts[language].items()],
        )


def _bm25(terms: Sequence[str], weights: dict[str, float], average: float) -> float:
    """BM25 of one sentence for the question's terms; ``average``: terms of a sentence, over all."""
    norm = K1 * (1 - B + B * len(terms) / average)
    held = ((weight, terms.count(term)) for term, weight in weights.items())
    return sum(weight * times * (K1 + 1) / (times + norm) for weight, times in held if times)


def _any(terms: Sequence[str]) -> str:
    """FTS5 expression: any of the terms."""
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)
