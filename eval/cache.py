"""Finished work on disk, one small file each, written the moment it is finished.

A run that is interrupted loses only the case it was at; the next one goes on from there. A file that cannot
be read is as good as none: the work is done again.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class Cache:
    """A folder of JSON values by key. ``reading=False`` (``--no-cache``) still writes."""

    def __init__(self, folder: Path, *, reading: bool = True) -> None:
        self.folder = folder
        self.reading = reading

    def get(self, key: str) -> Any | None:
        """The value stored under ``key``, or None."""
        if not self.reading:
            return None
        try:
            return json.loads(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def put(self, key: str, value: Any) -> None:
        """Store ``value``, whole or not at all. Safe from several threads."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(3).hex()}")
        temporary.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        temporary.replace(path)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"
