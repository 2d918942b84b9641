"""The shape of a plain text: its lines, which of them run on, and its paragraphs. Offsets, no editing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.types import Span

#: Every line end that Unicode knows; the last line has none.
_LINE = re.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_LINE_END = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
#: A list mark or heading mark at the start of a line: not part of what the line says.
_MARK = re.compile(r"(?:[-*+•‣▪◦·–—>]|#{1,6}|\(?\d{1,3}[.)]|\(?[a-z]\))[ \t\xa0\u202f]+(?=\S)")
_FINAL = re.compile(r"[.!?…:;][»”\"’')\]\s]*$")
#: Texts are wrapped by hand or by a PDF at up to about this many characters; longer lines are paragraphs.
_WIDEST_WRAP = 130
_FIRST_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines that run on into one another, without the white space or list mark around them."""

    start: int
    end: int
    paragraph: int  #: 0-based; the items of a list share the paragraph of the line before them
    listed: bool = False  #: it began with a list or heading mark


def pieces(text: str) -> tuple[Piece, ...]:
    """The pieces of ``text``, in order. Every character that is neither white space nor a mark is in one."""
    found: list[Piece] = []
    paragraph = -1
    for block in _blocks(text):
        paragraph += 1
        width = max(line.end - line.start for line in block)
        start = block[0].start
        for position, line in enumerate(block):
            after = block[position + 1] if position + 1 < len(block) else None
            if after is not None and _runs_on(text, line, after, width):
                continue
            piece = _unmarked(text, start, line.end, paragraph)
            if start != block[0].start and not piece.listed:
                paragraph += 1
                piece = Piece(piece.start, piece.end, paragraph)
            found.append(piece)
            if after is not None:
                start = after.start
    return tuple(found)


def ends_sentence(text: str) -> bool:
    """Whether ``text`` ends as a sentence does, closing quotation marks and brackets aside."""
    return _FINAL.search(text[-20:]) is not None


def _blocks(text: str) -> Iterator[list[Span]]:
    """Runs of lines between blank ones; each line without its outer white space."""
    block: list[Span] = []
    last_end = 0
    for match in _LINE.finditer(text):
        line = match.group()
        breaks = len(_LINE_END.findall(text, last_end, match.start()))
        last_end = match.end()
        if block and (breaks > 1 or not line.strip()):
            yield block
            block = []
        if line.strip():
            start = match.start() + len(line) - len(line.lstrip())
            block.append(Span(start, start + len(line.strip())))
    if block:
        yield block


def _runs_on(text: str, line: Span, after: Span, width: int) -> bool:
    """Whether a line break is only a wrap: the next line's first word would not have fitted.

    ``width`` is that of the widest line of the block, in characters. A PDF's lines vary with its letters,
    hence the slack; a next line that begins in lower case runs on in any case.
    """
    if _MARK.match(text, after.start):
        return False
    if text[line.end - 1] in ".!?…:;" and line.end - line.start < 0.7 * width:
        return False
    if text[after.start].islower():
        return True
    if width > _WIDEST_WRAP:
        return False
    first = _FIRST_WORD.match(text, after.start)
    assert first is not None  # a line begins with a character that is not white space
    return width >= 40 and line.end - line.start + 1 + len(first.group()) > 0.9 * width


def _unmarked(text: str, start: int, end: int, paragraph: int) -> Piece:
    mark = _MARK.match(text, start, end)
    return Piece(mark.end() if mark else start, end, paragraph, listed=mark is not None)
