"""HTML, PDF and Word files to text, through trafilatura, pypdf and python-docx. Vendor types end here.

Each function takes a file's bytes and gives an Extract; a damaged file raises UnreadableFile.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from dataclasses import dataclass

from rag.errors import UnreadableFile
from rag.ingestion.cards import is_date

#: A Word file is a zip; one that unpacks to more than this many bytes is a trap, not a document.
_UNPACKED_LIMIT = 250 * 1024 * 1024
_LINE_BREAKS = re.compile(r"\n+(?!- )")


@dataclass(frozen=True, slots=True)
class Extract:
    """What a file says, and what it says about itself."""

    text: str
    title: str | None = None
    publisher: str | None = None
    date: str | None = None
    url: str | None = None


def read_html(data: bytes) -> Extract:
    """The article of a page with its metadata; menus, scripts and comments are left out.

    Paragraphs are parted by blank lines. The date is taken only from metadata that name it as such, never
    guessed from the page.
    """
    from trafilatura import bare_extraction

    try:
        page = bare_extraction(
            data,
            with_metadata=True,
            include_comments=False,
            date_extraction_params={"extensive_search": False},
        )
    except Exception as error:  # a parser may raise anything on a damaged file
        raise UnreadableFile(f"damaged HTML ({_short(error)}); save the page again") from error
    if page is None or isinstance(page, dict) or not page.text:
        return Extract("")
    makers = [maker for maker in (page.author, page.sitename) if maker]
    return Extract(
        text=_LINE_BREAKS.sub("\n\n", page.text),
        title=page.title or None,
        publisher=", ".join(dict.fromkeys(makers)) or None,
        date=page.date if page.date and is_date(page.date) else None,
        url=page.url or None,
    )


def read_pdf(data: bytes) -> Extract:
    """The text of every page, in the order the file gives it; a sentence may run on over the page."""
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings on odd files mean nothing to a user
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile("protected by a password; save it without")
        text = "\n".join(page.extract_text().strip() for page in reader.pages)
        named = str(reader.metadata.title or "").strip() if reader.metadata else ""
    except UnreadableFile:
        raise
    except Exception as error:  # a parser may raise anything on a damaged file
        raise UnreadableFile(f"damaged PDF ({_short(error)}); save it again") from error
    text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates cannot be stored
    return Extract(text, title=_shown(named, text))


def read_docx(data: bytes) -> Extract:
    """Paragraphs and tables in order, parted by blank lines; the cells of a row by « | »."""
    from docx import Document as open_docx
    from docx.table import Table

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
        if unpacked > _UNPACKED_LIMIT:
            raise UnreadableFile(f"unpacks to {unpacked / 2**20:,.0f} MB; split it")
        word = open_docx(io.BytesIO(data))
        parts: list[str] = []
        title: str | None = None
        for block in word.iter_inner_content():
            if isinstance(block, Table):
                parts += [" | ".join(cell.text.strip() for cell in row.cells) for row in block.rows]
                continue
            if title is None and block.style is not None and block.style.name in ("Title", "Titre"):
                title = block.text.strip() or None
            parts.append(block.text)
        named = str(word.core_properties.title or "").strip()
    except UnreadableFile:
        raise
    except Exception as error:  # a parser may raise anything on a damaged file
        raise UnreadableFile(f"damaged Word file ({_short(error)}); save it again") from error
    text = "\n\n".join(part for part in parts if part.strip())
    return Extract(text, title=title or _shown(named, text))


def _shown(title: str, text: str) -> str | None:
    """A title from a file's properties, if the file's text shows it; programs leave others there."""
    return title if title and title in text else None


def _short(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:120]
