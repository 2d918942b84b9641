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
#: What French and English texts hold beyond ASCII.
_WESTERN = frozenset("àâäçéèêëîïôöùûüÿœæñáíóúÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆÑÁÍÓÚ«»“”‘’–—…€°·•§©®£™½¼¾²³ºª\xa0\xad")


def decode(data: bytes) -> str:
    """The text of ``data``. A byte-order mark is not part of the text; everything else is kept as it is.

    Order: byte-order mark, UTF-8, Windows-1252 when what it gives are French or English letters, then
    charset_normalizer's best guess. Raises UnreadableFile for binary data and for UTF-8 with damaged bytes.
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
        raise UnreadableFile(
            f"its first bytes announce {encoding}, but byte {error.start} is not; save it as UTF-8"
        ) from error
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
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    beyond = [char for char in text if char > "\x7f"]
    if (
        text
        and len(beyond) < 0.2 * len(text)
        and sum(char in _WESTERN for char in beyond) > 0.9 * len(beyond)
    ):
        return text
    return _guess(data, error)


def _guess(data: bytes, error: UnicodeDecodeError) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[: 4 * _SAMPLE]).best()
    if best is not None:
        try:
            text = data.decode(best.encoding)
        except (UnicodeDecodeError, LookupError):
            text = ""
        if text and not _binary(text) and _latin(text):
            return text
    raise UnreadableFile(
        f"byte {error.start} is not UTF-8 nor another known encoding; save it as UTF-8"
    ) from error


def _binary(text: str) -> bool:
    sample = text[:_SAMPLE]
    return len(_CONTROLS.findall(sample)) > 0.002 * len(sample)


def _latin(text: str) -> bool:
    """Whether the letters are mostly those of French and English."""
    letters = [char for char in text[:_SAMPLE] if char.isalpha()]
    return sum(char < "\u0250" for char in letters) >= 0.5 * len(letters)
