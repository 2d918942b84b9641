"""One writer at a time: the lock on an index folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import LibraryError


class Busy(LibraryError):
    """Another process or thread is writing."""


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Be the one writer of the index in ``folder``. Raises LibraryError when somebody else is."""
    lock = FileLock(folder / "writer.lock", thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Busy(f"another process is writing the index in {folder}; wait until it is done") from error
    except OSError as error:
        raise LibraryError(
            f"the index folder {folder} cannot be written ({error.strerror or error}); check its rights"
        ) from error
    try:
        yield
    finally:
        lock.release()
