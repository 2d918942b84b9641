"""A Document becomes Sentences with exact offsets: ``sentence.text == document.text[start:end]``, always.

sentencex finds where sentences end; it keeps quotations whole and knows English abbreviations, but cuts after
French ones («M. | Torrez») and not after «…». pysbd, compared with it, also cuts after «p.» and glues a sentence to the
quotation before it. Two thin rules mend this: :func:`_keeps_going` undoes a cut, ``_ELLIPSIS`` adds one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.ingestion.layout import Piece, ends_sentence, pieces
from rag.ingestion.noise import noise_spans
from rag.language import FUNCTION_WORDS
from rag.text.terms import fold
from rag.types import Document, Language, Sentence, Span

#: Part of the index's fingerprint: raised whenever the same text would be split otherwise.
SPLITTER = "sentences-1"

#: A unit longer than this is cut: about 400 tokens of the embedder, whose window is 512.
_MOST_WORDS = 120
_MOST_CHARS = 1000

#: Always followed by the name or title they belong to.
_TITLES = frozenset(
    ["m", "mm", "mme", "mmes", "mlle", "mlles", "me", "mgr", "mr", "mrs", "ms", "mx", "dr", "drs", "pr", "prof", "st", "ste", "sts", "gov", "sen", "sens", "rep", "reps", "gen", "gén", "lt", "col", "cpt", "capt", "sgt", "cmdr", "adm", "hon", "rev", "fr", "sr", "messrs", "cf", "vs", "v", "c.-à-d", "i.e", "e.g", "al", "env"]
)
#: Followed by a number, or by another such abbreviation.
_COUNTED = frozenset(
    ["art", "al", "p", "pp", "pg", "n", "no", "nos", "num", "fig", "figs", "tab", "vol", "t", "ch", "chap", "sect", "sec", "§", "par", "para", "éd", "ed", "l", "r", "d", "c", "h", "janv", "févr", "fév", "avr", "juil", "sept", "oct", "nov", "déc", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "dec", "tél", "tel", "fax", "av", "bd", "boul", "rte", "apt", "app", "ann", "vers"]
)
_LAST_TOKEN = re.compile(r"[^\s«»“”\"()\[\]’']+$")
_INITIAL = re.compile(r"(?:[^\W\d_]\.-?)*[^\W\d_a-zà-ÿ]\.$")
_NEXT_WORD = re.compile(r"[\W_]*([^\W\d_]+)")
_ELLIPSIS = re.compile(r"(?:…|\.\.\.)[»”\"’')\]\s]*\s+(?=[«“\"‘'(\[\s]*[A-ZÀ-ÖØ-ÞŒ])")
_INNER_END = re.compile(r"[.!?…][»”\")\]]*\s+(?=[«“\"(]?\s?[A-ZÀ-ÖØ-ÞŒ])")
_LINE_OR_SEMICOLON = re.compile(r"[;\n\r]\s*")
_COMMA = re.compile(r"[,:]\s+|\s[–—-]\s+")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d_]+")
_PARTICLES = frozenset(["le", "la", "de", "du", "des", "van", "von", "el", "al", "d", "l"])


@dataclass(frozen=True, slots=True)
class _Unit:
    start: int
    end: int
    piece: Piece
    noise: bool


def split(document: Document) -> tuple[Sentence, ...]:
    """The sentences of a document, in order, never overlapping.

    Together they hold every character but white space and list marks. Noise, and headings (a short
    line alone in its paragraph, not ended as a sentence, with text below), are not searchable.
    """
    text, source = document.text, document.source
    units = list(_units(text, document.noise, source.language))
    headings = _headings(text, units, source.title)
    sentences: list[Sentence] = []
    for position, unit in enumerate(units):
        words = text[unit.start : unit.end]
        searchable = not unit.noise and position not in headings and _WORD.search(words) is not None
        sentences.append(
            Sentence(
                document_id=source.id,
                position=position,
                paragraph=unit.piece.paragraph,
                start=unit.start,
                end=unit.end,
                text=words,
                language=_language(words, source.language),
                searchable=searchable,
            )
        )
    return tuple(sentences)


def _units(text: str, noise: tuple[Span, ...], language: Language) -> Iterator[_Unit]:
    for piece in pieces(text):
        for part, quiet in _by_noise(piece, noise):
            for start, end in _sentences(text, part.start, part.end, language):
                for first, last in _short_enough(text, start, end):
                    yield _Unit(first, last, piece, quiet)


def _by_noise(piece: Piece, noise: tuple[Span, ...]) -> Iterator[tuple[Span, bool]]:
    """The piece cut where noise begins and ends; True marks the noise."""
    at = piece.start
    for span in noise:
        start, end = max(span.start, at), min(span.end, piece.end)
        if start >= end:
            continue
        if at < start:
            yield Span(at, start), False
        yield Span(start, end), True
        at = end
    if at < piece.end:
        yield Span(at, piece.end), False


def _sentences(text: str, start: int, end: int, language: Language) -> Iterator[tuple[int, int]]:
    """Sentence boundaries within one piece, white space trimmed."""
    from sentencex import segment

    part = re.sub(r"[^\S ]", " ", text[start:end])  # same length; line ends within a piece are only wraps
    cuts: set[int] = set()
    at = 0
    for found in segment(language, part):
        at += len(found)
        cuts.add(at)
    if at != len(part):  # the splitter lost characters: its offsets mean nothing
        cuts = set()
    cuts = {cut for cut in cuts if not _keeps_going(part, cut)}
    cuts |= {match.end() for match in _ELLIPSIS.finditer(part)}
    yield from _trimmed(part, start, sorted(cuts | {len(part)}))


def _keeps_going(part: str, cut: int) -> bool:
    """Whether a cut the splitter made is none: after an abbreviation or an initial, or within a word."""
    if cut >= len(part):
        return False
    before, after = part[max(0, cut - 40) : cut].rstrip(), part[cut : cut + 60].lstrip()
    if not before or not after:
        return False
    if after[0].islower() and before[-1] not in "!?…" and not before.endswith(("»", "”", '"')):
        return True
    if before[-1] != ".":
        return after[0] in ",;:.!?…)]»”"
    if not part[cut - 1].isspace() and not part[cut].isspace():
        return after[0] in "-,;:)" or _INITIAL.search(before) is not None
    token = _LAST_TOKEN.search(before)
    word = token.group().rstrip(".").casefold() if token else ""
    if word in _TITLES:
        return True
    if word in _COUNTED and (after[0].isdigit() or re.match(r"[A-Z]{1,2}\.|[IVXLC]+\b", after)):
        return True
    if word.isdigit() and before == part[:cut].strip():
        return True  # «1.» before an item
    return _INITIAL.fullmatch(token.group()) is not None and _names(after) if token else False


def _names(after: str) -> bool:
    """Whether what follows an initial is a name («J. Morel», «J. Le Goff») and not a new sentence («de A à Z. Dans»)."""
    words = [match for match in re.findall(r"[^\W\d_]+", after)[:2]]
    if not words or not words[0][0].isupper():
        return False
    first = fold(words[0])
    if first in _PARTICLES and len(words) > 1 and words[1][0].isupper():
        return True
    return first not in FUNCTION_WORDS["fr"] and first not in FUNCTION_WORDS["en"]


def _short_enough(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A unit cut, where it is too long, at inner sentence ends, semicolons and lines, commas, spaces, anywhere."""
    for pattern in (_INNER_END, _LINE_OR_SEMICOLON, _COMMA, _SPACE):
        if not _too_long(text, start, end):
            break
        cuts = [match.end() - start for match in pattern.finditer(text, start, end)]
        first = _furthest(text, start, [start + cut for cut in cuts if start + cut < end])
        if first is not None:
            yield from _trimmed(text[start:first], start, [first - start])
            yield from _short_enough(text, first, end)
            return
    if not _too_long(text, start, end):
        yield from _trimmed(text[start:end], start, [end - start])
        return
    yield from _trimmed(text[start : start + _MOST_CHARS], start, [_MOST_CHARS])
    yield from _short_enough(text, start + _MOST_CHARS, end)


def _furthest(text: str, start: int, cuts: list[int]) -> int | None:
    """The last cut that leaves a unit short enough before it; None when the first one is too far already."""
    best = None
    for cut in cuts:
        if _too_long(text, start, cut):
            break
        best = cut
    return best


def _too_long(text: str, start: int, end: int) -> bool:
    return end - start > _MOST_CHARS or len(text[start:end].split()) > _MOST_WORDS


def _trimmed(part: str, offset: int, cuts: list[int]) -> Iterator[tuple[int, int]]:
    at = 0
    for cut in cuts:
        words = part[at:cut]
        if words.strip():
            start = offset + at + len(words) - len(words.lstrip())
            yield start, start + len(words.strip())
        at = cut


def _headings(text: str, units: list[_Unit], title: str | None) -> frozenset[int]:
    """Positions of the title and of headings: they say what follows is about, they state nothing."""
    sizes: dict[int, int] = {}
    for unit in units:
        sizes[unit.piece.paragraph] = sizes.get(unit.piece.paragraph, 0) + 1
    found: set[int] = set()
    for position, unit in enumerate(units):
        words = text[unit.start : unit.end]
        if title is not None and words == title:
            found.add(position)
            continue
        if sizes[unit.piece.paragraph] > 1 or unit.noise or ends_sentence(words) or len(words.split()) > 14:
            continue
        after = next((other for other in units[position + 1 :] if not other.noise), None)
        if after is not None and ends_sentence(text[after.start : after.end]):
            found.add(position)
    return frozenset(found)


def _language(words: str, language: Language) -> Language:
    """The document's language, unless a sentence of eight words or more is clearly in the other."""
    tokens = [fold(word) for word in _WORD.findall(words)]
    if len(tokens) < 8:
        return language
    other: Language = "en" if language == "fr" else "fr"
    own_votes = sum(token in FUNCTION_WORDS[language] for token in tokens)
    other_votes = sum(token in FUNCTION_WORDS[other] for token in tokens)
    return other if other_votes >= 3 and other_votes > 3 * own_votes else language


__all__ = ["SPLITTER", "noise_spans", "split"]
