"""A file becomes a Document: its text as it stands, its card, and where it says nothing.

The text of a ``.txt`` or ``.md`` file is exactly its decoded bytes. The text of an HTML, PDF or Word file is
what the extractor gives, once and for all: nothing edits it afterwards.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from rag.errors import UnreadableFile
from rag.ingestion.cards import Card, card_of
from rag.ingestion.decoding import decode
from rag.ingestion.formats import Extract, read_docx, read_html, read_pdf
from rag.ingestion.noise import guess_title, leading_date, noise_spans
from rag.language import detect
from rag.types import Document, Source

#: Largest file read unless told otherwise, in bytes.
MAX_BYTES = 50 * 1024 * 1024

#: The language of a document is that of its first characters.
_LANGUAGE_SAMPLE = 20_000
_TRIES = 3
_WAIT_SECONDS = 0.05


def _read_text(data: bytes) -> Extract:
    return Extract(decode(data))


_READERS: dict[str, Callable[[bytes], Extract]] = {
    ".txt": _read_text,
    ".md": _read_text,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
}
SUFFIXES: tuple[str, ...] = tuple(_READERS)


def read(path: Path, root: Path, cards: Mapping[str, Card], *, max_bytes: int = MAX_BYTES) -> Document:
    """Read one file below ``root`` into a Document.

    What its card says goes before what the file says about itself; unknown stays None. The id is the card's,
    else the path relative to ``root``. Raises UnreadableFile, one line with the reason: too large, binary,
    damaged, protected, without text, not permitted, gone, or written to again and again while it is read.
    """
    name = path.relative_to(root).as_posix()
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableFile(f"{name}: not a kind of file that is read; save it as {' '.join(SUFFIXES)}")
    try:
        extract = reader(_stable_bytes(path, max_bytes))
    except UnreadableFile as error:
        raise UnreadableFile(f"{name}: {error}") from error
    if not re.search(r"[^\W\d_]{2}", extract.text):
        remedy = "is it a scan? run text recognition on it" if path.suffix.lower() == ".pdf" else "put some in or remove it"
        raise UnreadableFile(f"{name}: holds no text; {remedy}")
    return _document(name, extract, card_of(name, cards))


def too_large(size: int, max_bytes: int) -> str:
    """The reason given for a file of ``size`` bytes over the limit."""
    return f"{size / 2**20:,.1f} MB is over the limit of {max_bytes / 2**20:,.0f} MB a file; split it or raise TEMOIN_FILE_MB"


def _document(name: str, extract: Extract, card: Card) -> Document:
    text = extract.text
    title = card.title or extract.title or guess_title(text)
    dated = leading_date(text)
    source = Source(
        id=card.id or name,
        path=name,
        language=card.language or detect(text[:_LANGUAGE_SAMPLE]),
        title=title,
        publisher=card.publisher or extract.publisher,
        date=card.date or extract.date or (dated[0] if dated else None),
        url=card.url or extract.url,
    )
    return Document(source, text, noise_spans(text, title))


def _stable_bytes(path: Path, max_bytes: int) -> bytes:
    """The file's bytes, read while nobody wrote to it."""
    try:
        for _ in range(_TRIES):
            with path.open("rb") as stream:
                before = path.stat()
                if before.st_size > max_bytes:
                    raise UnreadableFile(too_large(before.st_size, max_bytes))
                data = stream.read(max_bytes + 1)
            after = path.stat()
            same = (before.st_size, before.st_mtime_ns, before.st_ino) == (
                after.st_size,
                after.st_mtime_ns,
                after.st_ino,
            )
            if same and len(data) == after.st_size:
                return data
            time.sleep(_WAIT_SECONDS)
    except FileNotFoundError as error:
        raise UnreadableFile("it is gone; ingest again") from error
    except OSError as error:
        raise UnreadableFile(f"it cannot be opened ({error.strerror or error}); check its rights") from error
    raise UnreadableFile("it keeps changing while it is read; ingest again once it is written")
