"""Bytes to text, with care: UTF-8 first, another encoding only where the result reads like text."""

from __future__ import annotations

import codecs
import re

from rag.errors import UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_SAMPLE = 64 * 1024
_OLDER = ("cp1252", "iso8859_15", "mac_roman", "cp850")
#: What French and English texts hold beyond ASCII.
_WESTERN = frozenset("àâäçéèêëîïôöùûüÿœæñáíóúÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆÑÁÍÓÚ«»“”‘’–—…€°·•§©®£™½¼¾²³ºª\xa0\xad")
#: A capital after a small letter, or a sign between letters, tells a wrong encoding.
_MISPLACED = re.compile(r"(?<=[a-zà-ÿœ])[À-ÖØ-ÞŒŸ]|(?<=[^\W\d_])[½¼¾²³ºª€§©®£™°•](?=[^\W\d_])")


def decode(data: bytes) -> str:
    """The text of ``data``. A byte-order mark is not part of the text; everything else is kept as it is.

    Order: byte-order mark, UTF-8, then the older encodings of French and English, each only if what it gives
    are their letters in their places: a wrong guess would be quoted as the document's own words, which
    is why general guessing (charset_normalizer takes «fête» for «fźte») is not used. Raises
    UnreadableFile for binary data and for UTF-8 with damaged bytes.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(data, encoding)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _other_encoding(data, error)
    if _binary(text):
        raise UnreadableFile("binary data, not text; remove it or give it its real suffix")
    return text


def _checked(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"its first bytes announce {encoding}, but byte {error.start} is not; save it as UTF-8") from error
    if _binary(text) or not _latin(text):
        raise UnreadableFile("binary data, not text; remove it or give it its real suffix")
    return text


def _other_encoding(data: bytes, error: UnicodeDecodeError) -> str:
    sample = data[:_SAMPLE].decode("latin-1")
    if _binary(sample):
        raise UnreadableFile("binary data, not text; remove it or give it its real suffix") from error
    replaced = data.decode("utf-8", errors="replace")
    wrong = replaced.count("\ufffd")
    right = sum(char > "\x7f" for char in replaced) - wrong
    if right > 2 * wrong:
        raise UnreadableFile(f"byte {error.start} is not valid UTF-8; save it as UTF-8 again") from error
    for encoding in _OLDER:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _plausible(text):
            return text
    raise UnreadableFile(f"byte {error.start} is not UTF-8 nor another known encoding; save it as UTF-8") from error


def _plausible(text: str) -> bool:
    """Whether what lies beyond ASCII is little, and is what French and English write, where they write it."""
    beyond = [char for char in text if char > "\x7f"]
    fitting = sum(char in _WESTERN for char in beyond) - len(_MISPLACED.findall(text))
    return len(beyond) < 0.3 * len(text) and fitting > 0.95 * len(beyond)


def _binary(text: str) -> bool:
    sample = text[:_SAMPLE]
    return len(_CONTROLS.findall(sample)) > 0.002 * len(sample)


def _latin(text: str) -> bool:
    """Whether the letters are mostly those of French and English."""
    letters = [char for char in text[:_SAMPLE] if char.isalpha()]
    return sum(char < "\u0250" for char in letters) >= 0.5 * len(letters)
