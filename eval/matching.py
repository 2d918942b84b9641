"""Whether a fact stands in a text, whatever its accents, case, spaces, dashes and digit grouping.

«500 000», "500,000" and "500000" are the same; so are «73,3» and "73.3", «40 %» and "40%". Everything
else (number words, synonyms, translations) is spelt out by a case as alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.text.terms import fold

_MARK = re.compile(r"\s*\[\d+\]")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ ,.]\d{3})+(?!\d)")
_DECIMAL = re.compile(r"(?<=\d),(?=\d)")
_JOINTS = re.compile(r"[-‐‑‒–—'’ʼ«»“”„\"()\[\]]")
_WORDS = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+|%")
_PERCENT = re.compile(r" ?(%|percent\b|per cent\b|pour cent\b|pourcent\b)")


def without_marks(text: str) -> str:
    """``text`` without its ``[n]`` marks."""
    return _MARK.sub("", text)


def plain(text: str) -> str:
    """The form in which texts and facts are compared."""
    folded = " ".join(_JOINTS.sub(" ", fold(without_marks(text))).split())
    folded = _GROUPED.sub(lambda found: re.sub(r"[ ,.]", "", found.group()), folded)
    return _PERCENT.sub("%", _DECIMAL.sub(".", folded))


def contains(plain_text: str, alternative: str) -> bool:
    """Whether ``alternative`` stands in an already plain text, as whole words and whole numbers.

    A word may go on with a plural or feminine ending, or in any way when the alternative ends in ``*``
    ("addict*"); a number may not go on at all.
    """
    wanted = plain(alternative.removesuffix("*"))
    if not wanted:
        return False
    if alternative.endswith("*"):
        tail = ""
    else:
        tail = r"(?!\d|[.,]\d)" if wanted[-1].isdigit() else r"(?:e?s|e)?(?!\w)" if wanted[-1].isalpha() else ""
    head = r"(?<!\w)(?<!\d[.,])" if wanted[0].isalnum() else ""
    return re.search(head + re.escape(wanted) + tail, plain_text) is not None


def found(text: str, facts: Sequence[Sequence[str]]) -> tuple[bool, ...]:
    """For each fact, whether any of its alternatives stands in ``text``."""
    haystack = plain(text)
    return tuple(any(contains(haystack, alternative) for alternative in fact) for fact in facts)


def words(text: str) -> str:
    """The words and numbers of ``text`` in plain form, one blank around each, so that ``in`` respects them."""
    return f" {' '.join(_WORDS.findall(plain(text)))} "


def stands_in(text: str, quote: str) -> bool:
    """Whether ``text`` stands word for word in ``quote``, punctuation and typography apart."""
    return words(text) in words(quote)
