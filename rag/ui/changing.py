"""Changing the documents from the page: add, delete, re-index. Each gives the report the page then shows.

What goes wrong with one file is said of that file, and the others go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rag.errors import RagError
from rag.types import Language
from rag.ui.faults import because, folded, unread
from rag.ui.marks import esc
from rag.ui.shelves import Collection
from rag.ui.texts import say

KINDS = [".txt", ".md", ".html", ".htm", ".pdf", ".docx"]
#: Why uploads.js did not send a file, and what is said of it.
_REFUSED = {"kind": "file_kind", "large": "file_large", "sum": "file_sum"}
_MOST_NAMED = 50


def adding(library: Collection, paths: list[Path], language: Language) -> Iterator[str]:
    """Add files one by one; the report so far, after each. What Gradio kept of them is deleted."""
    lines: list[str] = []
    for number, path in enumerate(paths, 1):
        progress = say(language, "adding", n=number, total=len(paths), name=path.name)
        yield "".join(lines) + line(progress)
        try:
            source = library.add_file(path.name, path.read_bytes())
            lines.append(line(say(language, "added", name=source.title or source.path)))
        except (RagError, OSError) as error:
            reason = f"{path.name} ({because(error, language)})"
            lines.append(_bad(say(language, "not_added", reason=reason), str(error), language))
        finally:
            path.unlink(missing_ok=True)
    yield "".join(lines)


def removing(library: Collection, document_id: str, language: Language) -> str:
    """Delete a document; the report."""
    try:
        library.remove_document(document_id)
    except (RagError, KeyError, OSError) as error:
        return _bad(say(language, "not_deleted", reason=because(error, language)), str(error), language)
    return line(say(language, "deleted", name=document_id))


def syncing(library: Collection, language: Language) -> str:
    """Bring the index into step with the folder; the report, with each file that was left out."""
    try:
        library.sync()
    except (RagError, OSError) as error:
        return _bad(say(language, "not_indexed", reason=because(error, language)), str(error), language)
    lines = [_bad(f"{path} ({unread(reason, language)})", f"{path}: {reason}", language) for path, reason in library.failed]
    return "".join([line(say(language, "reindexed", n=len(library.sources()))), *lines])


def render_refused(files: Sequence[Any], most_mb: int, language: Language) -> str:
    """The files that the browser did not send, ``[name, why]`` each; and for the browser what it may send."""
    named = [(str(file[0]), _REFUSED[file[1]]) for file in files[:_MOST_NAMED] if file[1] in _REFUSED]
    lines = "".join(
        line(say(language, "not_added", reason=f"{name} ({say(language, key, most=most_mb)})"), bad=True) for name, key in named
    )
    return f'<div class="refused" data-kinds="{" ".join(KINDS)}" data-most="{most_mb * 2**20}">{lines}</div>'


def line(text: str, *, bad: bool = False) -> str:
    """One line of a report."""
    return f'<p class="{"notice" if bad else "aside"}" role="status">{esc(text)}</p>'


def _bad(text: str, detail: str, language: Language) -> str:
    return line(text, bad=True) + folded(detail, language)
