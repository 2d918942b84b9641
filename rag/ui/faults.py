"""What went wrong, in the page's language: a short sentence of its own, the program's English message folded behind.

Reasons of unreadable files reach the page as text (a sync goes on after them), so they are known by how they begin.
"""

from __future__ import annotations

import re

from rag.errors import CorpusError, LibraryError, ModelUnavailable, QuestionError, UnreadableFile
from rag.index.lock import Busy
from rag.types import Language
from rag.ui.marks import esc
from rag.ui.texts import say

#: The first that fits: a class before its parents.
_ERRORS: tuple[tuple[type[Exception], str], ...] = (
    (QuestionError, "because_question"),
    (ModelUnavailable, "because_model"),
    (Busy, "because_busy"),
    (LibraryError, "because_library"),
    (CorpusError, "because_corpus"),
)
#: What a reader's message holds, and what the page says of it.
_READING: tuple[tuple[str, str], ...] = (
    (r"not a kind of file", "file_kind"),
    (r"larger than|over the limit|unpacks to", "file_large"),
    (r"holds no text|no text in it|is empty", "file_empty"),
    (r"protected by a password", "file_locked"),
    (r"damaged", "file_damaged"),
    (r"binary data|UTF-8|bytes announce", "file_encoding"),
    (r"cannot be opened|cannot be read", "file_rights"),
)


def because(error: Exception, language: Language) -> str:
    """Why, in a few words that fit after a colon."""
    if isinstance(error, UnreadableFile):
        return unread(str(error), language)
    return say(language, next((key for kind, key in _ERRORS if isinstance(error, kind)), "because_other"))


def unread(reason: str, language: Language) -> str:
    """Why a file could not be read, from what its reader said of it."""
    return say(language, next((key for pattern, key in _READING if re.search(pattern, reason)), "file_other"))


def folded(detail: str, language: Language) -> str:
    """The program's own message, behind a summary in the page's language; nothing for none."""
    if not detail:
        return ""
    label = esc(say(language, "detail"))
    return f'<details class="detail"><summary>{label}</summary><span lang="en">{esc(detail)}</span></details>'
