"""The catalog's tables, and how a connection to them is opened.

One SQLite file in write-ahead mode: readers never wait for the writer, and a process killed at any moment
leaves the last committed transaction. ``VERSION`` changes with the tables.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

VERSION = 2
FILE = "catalog.sqlite3"

#: 8 KiB pages hold five vectors of 384 floats each without overflow pages. Sentence numbers are never
#: reused (AUTOINCREMENT): a stale number in Chroma can then never name another sentence.
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE documents (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL UNIQUE,
    language TEXT NOT NULL,
    title TEXT, publisher TEXT, date TEXT, url TEXT,
    text TEXT NOT NULL,
    noise TEXT NOT NULL,
    state TEXT NOT NULL,
    revision INTEGER NOT NULL
);
CREATE INDEX documents_revision ON documents (revision);

CREATE TABLE vectors (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    vector BLOB NOT NULL
);

CREATE TABLE sentences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    paragraph INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    language TEXT NOT NULL,
    searchable INTEGER NOT NULL,
    text TEXT NOT NULL,
    terms TEXT NOT NULL,
    vector INTEGER REFERENCES vectors (number),
    UNIQUE (document, position)
);
CREATE INDEX sentences_vector ON sentences (vector) WHERE vector IS NOT NULL;

-- Vectors whose sentence left: dropped at the end of a sync unless another sentence came to use them.
CREATE TABLE loose (vector INTEGER PRIMARY KEY);

-- Sentences that left, and at which revision: what a vector store has still to forget.
CREATE TABLE departed (sentence INTEGER PRIMARY KEY, revision INTEGER NOT NULL);
CREATE INDEX departed_revision ON departed (revision);

-- How far each vector store has followed the catalog, and how many rows were deleted from it on the way; another
-- token means that it was emptied or made anew.
CREATE TABLE stores (
    name TEXT PRIMARY KEY, token TEXT NOT NULL, revision INTEGER NOT NULL, deleted INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE disagreements (
    a INTEGER NOT NULL, b INTEGER NOT NULL, kind TEXT NOT NULL, note TEXT NOT NULL,
    PRIMARY KEY (a, b, kind)
) WITHOUT ROWID;
CREATE INDEX disagreements_b ON disagreements (b);

-- The searchable sentences' terms, one index a language, so that each has its own statistics. Content-less
-- and without a table of lengths: the sentence's row has the terms, and BM25 is worked out from there.
CREATE VIRTUAL TABLE lexical_fr
    USING fts5 (terms, content = '', columnsize = 0, tokenize = "ascii tokenchars '.,'");
CREATE VIRTUAL TABLE lexical_en
    USING fts5 (terms, content = '', columnsize = 0, tokenize = "ascii tokenchars '.,'");

-- In how many searchable sentences of a language a term stands. Term '' counts the sentences themselves,
-- term ' ' all their terms.
CREATE TABLE terms (
    language TEXT NOT NULL, term TEXT NOT NULL, sentences INTEGER NOT NULL, PRIMARY KEY (language, term)
) WITHOUT ROWID;
"""


def connect(file: Path) -> sqlite3.Connection:
    """A connection in autocommit mode; transactions are opened by hand. Raises sqlite3.Error."""
    connection = sqlite3.connect(file, timeout=60, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA page_size = 8192")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cache_size = -32768")
    return connection


def present(folder: Path) -> bool:
    """Whether a catalog lies in ``folder``; unlike opening it, looking makes none."""
    return (folder / FILE).is_file()


def create(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty file, in one transaction, unless another process just did."""
    try:
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
    except sqlite3.OperationalError:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if version(connection) != VERSION:
            raise


def version(connection: sqlite3.Connection) -> int:
    """The version of the tables in the file; 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
