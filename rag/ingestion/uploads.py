"""Files that come from a page or a program: a safe name, and a place in the corpus folder of its own."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from rag.errors import CorpusError, UnreadableFile
from rag.ingestion.readers import SUFFIXES

#: Not allowed in a file name here, on Windows or in a shell's good manners; controls and formats besides.
_UNSAFE = re.compile(r'[<>:"|?*\\/\s]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_MOST_BYTES = 180


def safe_name(name: str) -> str:
    """A file name without folders, controls or marks that mean something elsewhere; letters stay as they are.

    Raises UnreadableFile when its kind is not one that is read.
    """
    plain = unicodedata.normalize("NFC", name.encode(errors="replace").decode())
    plain = re.split(r"[/\\]", plain)[-1]
    plain = "".join(char for char in plain if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"})
    stem, suffix = Path(plain).stem, Path(plain).suffix
    if suffix.lower() not in SUFFIXES:
        raise UnreadableFile(f"{plain or name!r}: not a kind of file that is read; save it as {' '.join(SUFFIXES)}")
    stem = _UNSAFE.sub("-", stem).strip(".- ") or "document"
    if _RESERVED.fullmatch(stem):
        stem = f"document-{stem}"
    return stem.encode()[:_MOST_BYTES].decode(errors="ignore") + suffix.lower()


def place(corpus: Path, name: str, content: bytes) -> str:
    """Write a new file in ``corpus``, whole or not at all; return its name. No other file is overwritten.

    Where the name is taken, "-2", "-3"… is put behind it. Raises CorpusError, UnreadableFile.
    """
    safe = Path(safe_name(name))
    part = corpus / f".{os.getpid()}-{os.urandom(4).hex()}.part"
    try:
        corpus.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(content)
            for number in range(1, 10_000):
                target = corpus / (safe.name if number == 1 else f"{safe.stem}-{number}{safe.suffix}")
                try:
                    target.touch(exist_ok=False)  # the name is ours from here on
                except FileExistsError:
                    continue
                part.replace(target)
                return target.name
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise CorpusError(f"{safe} cannot be written in {corpus} ({error.strerror or error}); check its rights") from error
    raise CorpusError(f"{corpus} holds too many files named {safe}; rename the new one")


def discard(corpus: Path, path: str) -> None:
    """Delete a document's file, given by its path below ``corpus``; gone already: nothing. Raises CorpusError."""
    file = corpus / path
    if ".." in Path(path).parts or Path(path).is_absolute():
        raise CorpusError(f"{path} is not below {corpus}; nothing was deleted")
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise CorpusError(f"{file} cannot be deleted ({error.strerror or error}); check its rights") from error
