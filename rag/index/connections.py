"""Connections to the catalog for reading: one a thread, and what SQLite raises in our own words."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.errors import LibraryError
from rag.index import schema

REMEDY = "rebuild it with: python ingest.py --rebuild"


class Connections:
    """The catalog in a folder. Any number of threads may read; each has a connection of its own."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / schema.FILE
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._local = threading.local()

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, for reading."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = schema.connect(self.file)
            self._local.connection = connection
            with self._guard:
                self._connections.append(connection)
        return connection

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What a SELECT gives. Raises LibraryError."""
        with self._reading():
            return self.connection().execute(statement, values).fetchall()

    def row(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        """The first of them."""
        rows = self.rows(statement, *values)
        return rows[0] if rows else None

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Whatever SQLite raises, as a LibraryError."""
        try:
            yield
        except sqlite3.Error as error:
            raise LibraryError(f"the index in {self.file.parent} cannot be read ({error}); if that lasts, {REMEDY}") from error


def parts(items: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """A sequence in pieces that one statement has room for."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
