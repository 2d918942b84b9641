"""Verified files in the cache: written whole or not at all, checked by SHA-256, reused afterwards.

Beside a stored file or folder ``X`` stands ``X.verified``: what it was made from, and each file's size,
modification time and SHA-256. As long as size and time match, a check costs one ``stat`` a file; when they
do not, the whole file is hashed again. A file that fails is named, with the reason, and rebuilt by the caller.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ModelError

#: ``(label, done, total)``: what is being written or read, in bytes.
OnProgress = Callable[[str, int, int], None]

BLOCK = 4 << 20


@dataclass(frozen=True, slots=True)
class _Note:
    """The content of a ``.verified`` file."""

    stamp: str
    files: dict[str, tuple[int, int, str]]  #: size in bytes, modification time in nanoseconds, SHA-256


def quiet(label: str, done: int, total: int) -> None:
    """The progress of somebody who does not look."""


def blocks_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a few megabytes at a time."""
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block


def sha256_of(path: Path, on_progress: OnProgress = quiet) -> str:
    """SHA-256 of a file, in hexadecimal. Raises OSError."""
    digest, done, total = hashlib.sha256(), 0, path.stat().st_size
    for block in blocks_of(path):
        digest.update(block)
        done += len(block)
        on_progress(f"checking {path.name}", done, total)
    return digest.hexdigest()


def write_hashed(target: Path, blocks: Iterable[bytes], label: str, total: int, on_progress: OnProgress) -> str:
    """Write ``blocks`` and return their SHA-256."""
    digest, done = hashlib.sha256(), 0
    with target.open("wb") as stream:
        for block in blocks:
            stream.write(block)
            digest.update(block)
            done += len(block)
            on_progress(label, done, total)
    return digest.hexdigest()


def damage(target: Path, stamp: str, on_progress: OnProgress = quiet) -> str | None:
    """Why ``target`` must be built (again), in a few words, or None when it is what ``record`` saw.

    ``stamp`` names what the target must have been made from; for a single file it is its own SHA-256, so
    that a file without a ``.verified`` beside it (copied there by hand) can still be accepted.
    """
    try:
        return _damage(target, stamp, on_progress)
    except OSError as error:
        return f"cannot be read ({error.strerror or error})"


def _damage(target: Path, stamp: str, on_progress: OnProgress) -> str | None:
    if not target.exists():
        return "is missing"
    noted = _read_note(target)
    if noted is None:
        return _adopt(target, stamp, on_progress)
    if noted.stamp != stamp:
        return "was made from another model"
    stale = False
    for name, (size, mtime_ns, sha256) in noted.files.items():
        path = target.parent / name
        if not path.is_file():
            return f"lacks {name}"
        found = path.stat()
        if found.st_size != size:
            return f"is damaged: {name} has {found.st_size} bytes instead of {size}"
        if found.st_mtime_ns != mtime_ns:
            if sha256_of(path, on_progress) != sha256:
                return f"is damaged: {name} has other bytes than when it was written"
            stale = True
    if stale:
        record(target, stamp, recorded_hashes(target))
    return None


def _adopt(target: Path, stamp: str, on_progress: OnProgress) -> str | None:
    """Accept an unrecorded single file when its own bytes are the pinned ones."""
    if target.is_dir():
        return "was not finished"
    if sha256_of(target, on_progress) != stamp:
        return f"is damaged: its SHA-256 is not {stamp[:12]}…"
    record(target, stamp, {target.name: stamp})
    return None


def _note_of(target: Path) -> Path:
    return target.with_name(target.name + ".verified")


def _read_note(target: Path) -> _Note | None:
    try:
        noted = json.loads(_note_of(target).read_text("utf-8"))
        files = {name: (int(size), int(time), str(sha256)) for name, (size, time, sha256) in noted["files"].items()}
        return _Note(str(noted["stamp"]), files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # never written, or not by us


def record(target: Path, stamp: str, hashes: dict[str, str]) -> None:
    """Note what ``target`` was made from and what its files (relative to its folder) look like now.

    A cache that cannot be written (shared, read-only) is still good to read: then nothing is noted.
    """
    files = {}
    for name, sha256 in hashes.items():
        found = (target.parent / name).stat()
        files[name] = (found.st_size, found.st_mtime_ns, sha256)
    note = _note_of(target)
    temporary = note.with_name(f"{note.name}.{os.getpid()}")
    try:
        temporary.write_text(json.dumps({"stamp": stamp, "files": files}, indent=1), "utf-8")
        temporary.replace(note)
    except OSError:
        temporary.unlink(missing_ok=True)


def recorded_hashes(target: Path) -> dict[str, str]:
    """SHA-256 of each file of ``target`` as noted, without reading them; empty when nothing is noted."""
    noted = _read_note(target)
    return {name: sha256 for name, (_, _, sha256) in noted.files.items()} if noted else {}


@contextmanager
def building(target: Path) -> Iterator[Path]:
    """A temporary path beside ``target`` that takes its place when the block ends well, else vanishes.

    Raises ModelError with a remedy when the folder cannot be written or the disk is full.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _remove(temporary)
        yield temporary
        _settle(temporary)
        _note_of(target).unlink(missing_ok=True)
        _remove(target)
        temporary.replace(target)
    except OSError as error:
        raise ModelError(_trouble(target.parent, error)) from error
    finally:
        _remove(temporary)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Only one process at a time builds in ``folder``; the others wait and then find the work done."""
    from filelock import FileLock

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        lock.acquire()
    except OSError as error:
        raise ModelError(_trouble(folder, error)) from error
    try:
        yield
    finally:
        lock.release()


def _settle(path: Path) -> None:
    """Through to the disk before the name is given, and readable by the others who share the cache."""
    for file in [path] if path.is_file() else [inner for inner in path.rglob("*") if inner.is_file()]:
        file.chmod(0o644)
        with file.open("rb") as stream:
            os.fsync(stream.fileno())


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _trouble(folder: Path, error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return f"the disk is full while writing to {folder}; free some space, or set TEMOIN_CACHE to another folder"
    reason = error.strerror or str(error)
    return f"the model cache {folder} cannot be written ({reason}); set TEMOIN_CACHE to a folder of your own"
