"""What is new, changed, renamed or gone in a corpus folder since it was last ingested.

A file whose size and modification time are as remembered is unchanged and is not opened; otherwise its
SHA-256 decides. Hidden files, the corpus's own ``sources.toml`` and ``examples.toml``, and special files are passed over.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rag.errors import CorpusError
from rag.ingestion.cards import CARDS_FILE, Card, card_of
from rag.ingestion.readers import MAX_BYTES, SUFFIXES, too_large

#: A file written this recently may be written again within one tick of the file system's clock, so its
#: time is not trusted (stored as 0) and the next scan looks at its content. The trick is git's.
_SETTLING_NS = 100_000_000
#: Files at the top of a corpus that are about it: the cards, and the questions that the page offers.
_OWN = frozenset({CARDS_FILE, "examples.toml"})


@dataclass(frozen=True, slots=True)
class FileState:
    """What is remembered of an ingested file. ``card`` is the fingerprint of its ``sources.toml`` entry."""

    size: int  #: bytes
    mtime_ns: int
    sha256: str
    card: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """Relative paths, forward slashes, sorted. ``states`` has every path but the refused and ignored."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()  #: other content, or another card in ``sources.toml``
    renamed: tuple[tuple[str, str], ...] = ()  #: (old, new): same content, same card, new path
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()  #: (path, reason): cannot be ingested as it stands
    ignored: tuple[str, ...] = ()  #: not a kind of file that is read
    states: Mapping[str, FileState] = field(default_factory=dict)  #: to remember once a path is ingested

    @property
    def work(self) -> bool:
        """Whether the index has to be touched at all."""
        return bool(self.added or self.changed or self.renamed or self.removed)


def scan(
    corpus: Path,
    known: Mapping[str, FileState],
    *,
    cards: Mapping[str, Card] | None = None,
    max_bytes: int = MAX_BYTES,
) -> Changes:
    """Compare ``corpus`` with what is ``known`` of it.

    A file or folder that is refused (too large, not permitted) is neither removed nor changed: what the index
    holds of it stays. Raises CorpusError when the folder is missing, unreadable, or holds no document at all, so that
    a wrong path never empties an index.
    """
    cards = cards or {}
    found: dict[str, FileState] = {}
    refused: dict[str, str] = {}
    ignored: list[str] = []
    for path, entry in _files(corpus, refused):
        if Path(path).suffix.lower() not in SUFFIXES:
            ignored.append(path)
            continue
        try:
            found[path] = _state(entry, known.get(path), card_of(path, cards).fingerprint, max_bytes)
        except (OSError, ValueError) as error:
            refused[os.fsencode(path).decode("utf-8", "replace")] = _reason(error)
    if not found and not refused:
        kinds = " ".join(SUFFIXES)
        count = len(ignored)
        others = f" ({count} files of other kinds)" if count > 1 else " (1 file of another kind)" if count else ""
        raise CorpusError(f"no documents in {corpus}{others}; put {kinds} files there or name another folder")
    return _compare(found, known, refused, tuple(sorted(ignored)))


def _compare(
    found: Mapping[str, FileState],
    known: Mapping[str, FileState],
    refused: Mapping[str, str],
    ignored: tuple[str, ...],
) -> Changes:
    closed = tuple(path for path in refused if path.endswith("/"))
    gone = {
        path: state for path, state in known.items() if path not in found and path not in refused and not path.startswith(closed)
    }
    orphans: dict[tuple[str, str], list[str]] = {}
    for path in sorted(gone, reverse=True):
        orphans.setdefault((gone[path].sha256, gone[path].card), []).append(path)
    added, changed, renamed, unchanged = [], [], [], []
    for path, state in sorted(found.items()):
        before = known.get(path)
        if before is None:
            olds = orphans.get((state.sha256, state.card))
            if olds:
                renamed.append((olds.pop(), path))
            else:
                added.append(path)
        elif (before.sha256, before.card) == (state.sha256, state.card):
            unchanged.append(path)
        else:
            changed.append(path)
    moved = {old for old, _ in renamed}
    return Changes(
        added=tuple(added),
        changed=tuple(changed),
        renamed=tuple(renamed),
        removed=tuple(path for path in sorted(gone) if path not in moved),
        unchanged=tuple(unchanged),
        refused=tuple(sorted(refused.items())),
        ignored=ignored,
        states=dict(found),
    )


def _files(corpus: Path, refused: dict[str, str]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every visible regular file below ``corpus``, links followed, no folder entered twice.

    A folder that cannot be opened is put into ``refused`` as "folder/".
    """
    try:
        top = corpus.stat()
        with os.scandir(corpus):
            pass
    except FileNotFoundError as error:
        raise CorpusError(f"the corpus folder {corpus} does not exist; create it or name another") from error
    except NotADirectoryError as error:
        raise CorpusError(f"the corpus {corpus} is a file; name the folder it is in") from error
    except OSError as error:
        raise CorpusError(f"the corpus folder {corpus} cannot be read ({error.strerror}); check its rights") from error
    seen = {(top.st_dev, top.st_ino)}
    pending = [("", str(corpus))]
    while pending:
        prefix, folder = pending.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            refused[os.fsencode(prefix).decode("utf-8", "replace")] = _reason(error)
            continue
        for entry in entries:
            if entry.name.startswith(".") or (not prefix and entry.name in _OWN):
                continue
            try:
                is_folder, is_file = entry.is_dir(), entry.is_file()
            except OSError:
                continue  # a link that leads to itself
            if is_folder:
                info = entry.stat()
                if (info.st_dev, info.st_ino) not in seen:
                    seen.add((info.st_dev, info.st_ino))
                    pending.append((f"{prefix}{entry.name}/", entry.path))
            elif is_file:
                yield prefix + entry.name, entry


def _state(entry: os.DirEntry[str], before: FileState | None, card: str, max_bytes: int) -> FileState:
    entry.name.encode()  # a name that is not valid UTF-8 raises here, a ValueError
    info = entry.stat()
    if before is not None and (before.size, before.mtime_ns) == (info.st_size, info.st_mtime_ns):
        return replace(before, card=card)
    if info.st_size > max_bytes:
        raise ValueError(too_large(info.st_size, max_bytes))
    with Path(entry.path).open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    settled = time.time_ns() - info.st_mtime_ns > _SETTLING_NS
    return FileState(info.st_size, info.st_mtime_ns if settled else 0, digest, card)


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, UnicodeEncodeError):
        return "its name is not valid UTF-8; rename it"
    if isinstance(error, OSError):
        return f"it cannot be opened ({error.strerror or error}); check its rights"
    return str(error)
