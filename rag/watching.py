"""Follow a folder: whatever changes in it, from the first moment on, is taken in.

The folder is watched before it is first read, so that no change falls between the two; what changes during a sync
is followed by another one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from rag.errors import CorpusError, RagError
from rag.index.lock import Busy

RETRY = 3.0  #: seconds after which a library that another process was writing is tried again
_LOOK = 200  #: milliseconds between looks at whether it is time for that


def follow(
    corpus: Path,
    sync: Callable[[], None],
    complain: Callable[[RagError], None],
    *,
    ready: Callable[[], None] = lambda: None,
    stop: Event | None = None,
) -> None:
    """Call ``sync`` now and after every change below ``corpus``, until interrupted or ``stop`` is set.

    ``ready`` is called once the folder is watched, before the first sync. A busy library is tried again, an empty
    folder waited for; both are complained of, the first once. Raises what else goes wrong with the first sync, and
    CorpusError when the folder is not there or goes away: nothing could be seen in its place.
    """
    if not corpus.is_dir():
        sync()  # says what is wrong with it
    due: float | None = None  # when to sync without a change
    synced = told_busy = False
    for first, changed in _looks(corpus, stop):
        if first:  # from here on nothing is missed
            ready()
            due = time.monotonic()
        if not changed and (due is None or time.monotonic() < due):
            continue
        due = None
        try:
            sync()
            synced, told_busy = True, False
        except Busy as error:
            due = time.monotonic() + RETRY
            if not told_busy:
                complain(error)
            told_busy = True
        except RagError as error:
            if not corpus.is_dir() or not (synced or isinstance(error, CorpusError)):
                raise
            synced = True
            complain(error)


def _looks(corpus: Path, stop: Event | None) -> Iterator[tuple[bool, bool]]:
    """Look at the watched folder again and again: (the first look, something changed since the last one)."""
    from watchfiles import watch

    seen = watch(corpus, watch_filter=_below(corpus), rust_timeout=_LOOK, yield_on_timeout=True, stop_event=stop)
    try:
        for number, changes in enumerate(seen):
            yield number == 0, bool(changes)
    except OSError as error:
        raise CorpusError(f"the folder {corpus} cannot be watched ({error.strerror or error}); ingest without --watch") from error


def _below(corpus: Path) -> Callable[[object, str], bool]:
    """Passes over what a scan passes over: hidden files and folders below ``corpus``."""
    top = corpus.absolute()

    def seen(_: object, path: str) -> bool:
        return not any(part.startswith(".") and part != ".." for part in Path(os.path.relpath(path, top)).parts)

    return seen
