"""What stands in a document but says nothing: marked, never edited.

Dates put before the text by whoever collected it, picture captions left by a page's layout, bylines, and the
set phrases of podcasts and sites. The rules look at shape (place, length, capitals, function words), not at
any document in particular; in doubt a line is kept.
"""

from __future__ import annotations

import re

from rag.ingestion.cards import is_date
from rag.ingestion.layout import Piece, ends_sentence, pieces
from rag.language import FUNCTION_WORDS
from rag.text.terms import fold
from rag.types import Span

_LEADING_DATE = re.compile(r"\s*date\s*:?\s+(\d{4}(?:-\d{2}){0,2})(?![\d-])", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"---\r?\n(?:[^\n]*\n){0,40}?---[ \t]*(?:\r?\n|$)")

#: Set phrases, wherever they stand.
_SET_PHRASES = re.compile(
    r"Learn more about your ad(?:vertising)? choices\.?(?:\s+Visit\s+\S+)?"
    r"|(?:Visit|See)\s+(?:https?://)?\S+/(?:adchoices|privacy)\b\S*(?:\s+for\s+(?:more|privacy)\s+information\.?)?"
    r"|Voir Acast\.com/privacy pour plus d['’]informations\.?"
    r"|Hébergé par \w+\. Visitez \S+ pour plus d['’]informations\.?"
    r"|Hosted on \w+\. See \S+ for more information\.?",
    re.IGNORECASE,
)
#: Set phrases that fill a line.
_SET_LINES = re.compile(
    r"[^.!?…]{0,100}\b(?:a podcast by|un podcast (?:de|par))\b[^.!?…]{0,60}"
    r"|(?:categor(?:y|ies)|catégories?|tags?|mots[- ]clés|keywords|étiquettes|share|partager)\s*:?"
    r"|(?:lire|voir|à lire|écouter) aussi\s*:?.{0,160}|read (?:more|also)\s*:?.{0,160}"
    r"|(?:crédits?(?: photos?)?|photo(?: credit)?|image|©|\(c\)|copyright)\s*[:©]?.{0,100}"
    r"|all rights reserved\.?|tous droits réservés\.?|(?:page\s+)?\d{1,4}(?:\s*(?:/|of|sur)\s*\d{1,4})?",
    re.IGNORECASE,
)
_NAME_WORD = r"(?:(?:de|du|des|d['’]|von|van|le|la)\s*)?[A-ZÀ-ÖØ-Þ][\w’'.-]*"
_BYLINE = re.compile(rf"(?:(?:Par|By|De)\s+)?{_NAME_WORD}(?:\s+{_NAME_WORD}){{1,3}}")
_WORD = re.compile(r"[^\W\d_]+")
_TITLE_LIMIT = 160


def leading_date(text: str) -> tuple[str, Span] | None:
    """A ``date 2023-12-06`` put before the text: the date and where it stands. None when there is none."""
    match = _LEADING_DATE.match(text)
    if match is None or not is_date(match[1]):
        return None
    start = match.start() + len(match.group()) - len(match.group().lstrip())
    return match[1], Span(start, match.end())


def guess_title(text: str) -> str | None:
    """The first line, if it looks like a title: short, not ended as a statement, with longer text below."""
    front = _FRONT_MATTER.match(text)
    top = pieces(text[:4000])
    lines = [piece for piece in top if not _is_set(text, piece) and piece.start >= (front.end() if front else 0)]
    if len(lines) < 2:
        return None
    first = text[lines[0].start : lines[0].end]
    short = len(first) <= _TITLE_LIMIT and "\n" not in first and leading_date(text) is None
    if not short or first[-1] in ".!;:," or not (first[0].isupper() or first[0].isdigit() or first[0] in '«“"'):
        return None
    longest = max(line.end - line.start for line in lines[1:])
    return first if longest > len(first) and len(_WORD.findall(first)) >= 2 else None


def noise_spans(text: str, title: str | None = None) -> tuple[Span, ...]:
    """Where ``text`` says nothing, in order, without overlaps. ``title``, the document's, is never noise."""
    found = [Span(*match.span()) for match in _SET_PHRASES.finditer(text)]
    dated = leading_date(text)
    front = _FRONT_MATTER.match(text)
    found += [dated[1]] if dated else []
    found += [Span(0, front.end())] if front else []
    lines = pieces(text)
    for position, piece in enumerate(lines):
        if title is not None and text[piece.start : piece.end] == title:
            continue
        alone = _alone(lines, position)
        edge = position == len(lines) - 1 or (title is not None and position <= 3)
        if _is_set(text, piece) or (alone and (_is_caption(text, piece) or (edge and _is_byline(text, piece)))):
            found.append(Span(piece.start, piece.end))
    return _merged(found)


def _alone(lines: tuple[Piece, ...], position: int) -> bool:
    """Whether a piece is a whole paragraph, and no item of a list."""
    near = lines[max(0, position - 1) : position] + lines[position + 1 : position + 2]
    return not lines[position].listed and all(other.paragraph != lines[position].paragraph for other in near)


def _is_set(text: str, piece: Piece) -> bool:
    return piece.end - piece.start <= 200 and _SET_LINES.fullmatch(text, piece.start, piece.end) is not None


def _is_caption(text: str, piece: Piece) -> bool:
    """Key words without a function word or an end: «pont métal rivière», left by a picture."""
    line = text[piece.start : piece.end]
    if len(line) > 80 or ends_sentence(line) or any(char.isdigit() for char in line):
        return False
    words = [fold(word) for word in _WORD.findall(line)]
    lower = [word for word in _WORD.findall(line) if word.islower()]
    known = FUNCTION_WORDS["fr"] | FUNCTION_WORDS["en"]
    return 3 <= len(words) <= 8 and len(lower) >= 2 and not known.intersection(words)


def _is_byline(text: str, piece: Piece) -> bool:
    line = text[piece.start : piece.end]
    return len(line) <= 60 and _BYLINE.fullmatch(line) is not None and not line.isupper()


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(span.end, merged[-1].end))
        elif span.start < span.end:
            merged.append(span)
    return tuple(merged)
