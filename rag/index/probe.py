"""Whether a Chroma folder can be opened, counted and searched, tried where a crash does no harm.

A damaged folder does not always raise: ``count()`` may end the process. So the trial runs in one of its own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_TRIAL = """
import sys
from chromadb import PersistentClient
from chromadb.config import Settings
client = PersistentClient(path=sys.argv[1], settings=Settings(anonymized_telemetry=False))
for language in ("fr", "en"):
    collection = client.get_collection(sys.argv[2] + "-" + language, embedding_function=None)
    if collection.count():
        some = collection.get(limit=1, include=["embeddings"])
        collection.query(query_embeddings=some["embeddings"], n_results=1)
"""


def healthy(folder: Path, name: str, *, timeout: float = 600.0) -> bool:
    """Try the collections ``name``-fr and ``name``-en in ``folder``; seconds, more for a long log to replay."""
    if not folder.is_dir():
        return True
    try:
        done = subprocess.run(
            [sys.executable, "-c", _TRIAL, str(folder), name],
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
