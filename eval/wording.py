"""Which words of a statement tell its language: those it says itself, or all that a reader has to read."""

from __future__ import annotations

import re

from eval.matching import without_marks
from rag.generation.phrases import phrase
from rag.language import NAMES
from rag.types import LANGUAGES, Statement

_QUOTATION_MARKS = re.compile('[«»“”"]')

#: What follows a quotation left in the other language: "(en anglais)". It is worded in the reader's, whatever is quoted.
_LABELS = tuple(
    phrase("in_source_language", language, quote="", named=NAMES[language][spoken]).strip()
    for language in LANGUAGES
    for spoken in LANGUAGES
)


def own(statement: Statement) -> str:
    """The statement's own words: ``detect`` leaves out what is quoted; in a translation that was worded with the rest."""
    text = without_marks(statement.text)
    return _unquoted(text) if statement.origin == "translated" else text


def bare(statement: Statement) -> str:
    """Its text without ``[n]`` marks and without the label that tells a quotation's language."""
    text = without_marks(statement.text).strip()
    for label in _LABELS:
        text = text.removesuffix(label)
    return text


def read(statement: Statement) -> str:
    """All it gives to read: quotations without their marks, so that ``detect`` does not pass over them, and no label."""
    return _unquoted(bare(statement))


def _unquoted(text: str) -> str:
    return _QUOTATION_MARKS.sub(" ", text)
