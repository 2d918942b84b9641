"""BM25 over stemmed, accent-folded terms, one index a language, inside the catalog (SQLite FTS5).

Rows are added and removed in the catalog's own transactions, so the lexical index is never out of step.
Very common terms are set aside when rarer ones can lead: FTS5 scores every sentence that holds any of the
terms, and a term in a third of a million sentences costs hundreds of milliseconds and says little.
Method: Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond" (k1 1.2, b .75).
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import snowballstemmer

from rag.text.terms import STOP_WORDS, stems
from rag.types import LANGUAGES, Language

if TYPE_CHECKING:
    from rag.index.catalog import Catalog

#: Sentences FTS5 may score for one search.
BUDGET = 20_000

Row = tuple[int, Language, str]  # sentence id, its language, its text


class LexicalIndex:
    """Search by words. One instance serves any number of threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def search(self, query: str, language: Language, k: int) -> list[tuple[int, float]]:
        """The ``k`` best sentences of ``language``: (id, BM25), best first, scores above zero only."""
        terms = list(dict.fromkeys(stems(query, language)))
        chosen = self._leading(terms, language)
        if not chosen or k < 1:
            return []
        match = " OR ".join(_quoted(term) for term in chosen)
        rows = self._catalog.connection().execute(
            f"SELECT rowid, -rank FROM lexical_{language} WHERE lexical_{language} MATCH ? "  # noqa: S608
            "ORDER BY rank LIMIT ?",
            (match, k),
        )
        return [(int(number), float(score)) for number, score in rows if score > 0]

    def frequencies(self, terms: Sequence[str], language: Language) -> dict[str, int]:
        """In how many sentences of ``language`` each stemmed term stands; unknown terms are left out."""
        marks = ",".join("?" * len(terms))
        rows = self._catalog.connection().execute(
            f"SELECT term, sentences FROM terms WHERE language = ? AND term IN ({marks}) AND sentences > 0",
            (language, *terms),
        )
        return {str(term): int(count) for term, count in rows}

    def _leading(self, terms: Sequence[str], language: Language) -> list[str]:
        """The rarest terms whose sentences together stay within ``BUDGET``; always at least one."""
        known = sorted(self.frequencies(terms, language).items(), key=lambda item: item[1])
        chosen: list[str] = []
        total = 0
        for term, count in known:
            if chosen and total + count > BUDGET:
                break
            chosen.append(term)
            total += count
        return chosen


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
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")  # noqa: S608
    connection.execute("DELETE FROM terms")


def fingerprint() -> str:
    """What shapes the terms: stop words and stemmer. Another fingerprint, another index."""
    told = repr([(language, sorted(STOP_WORDS[language])) for language in LANGUAGES])
    probe = repr(
        [stems("L’été 2023, 6.1 millions d'œuvres; the schools’ filings", lang) for lang in LANGUAGES]
    )
    version = str(getattr(snowballstemmer, "__version__", ""))
    return hashlib.sha256("\n".join((told, probe, version)).encode()).hexdigest()[:12]


def _change(connection: sqlite3.Connection, rows: Iterable[Row], *, added: bool) -> None:
    counts: dict[Language, Counter[str]] = {language: Counter() for language in LANGUAGES}
    indexed: dict[Language, list[tuple[int, str]]] = {language: [] for language in LANGUAGES}
    for number, language, text in rows:
        terms = stems(text, language)
        indexed[language].append((number, " ".join(terms)))
        counts[language].update(set(terms))
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


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
