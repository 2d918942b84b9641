"""Where sentences end within one run of text, in French and English.

sentencex does the work: it is linear, loses no character and keeps quotations whole. Compared on the five
documents and on two dozen hard cases, it cuts after French abbreviations and initials («M. | Torrez») and
not after «…». pysbd is right on «M.» but not on «p. 12» or «av. J.-C.», misses «…» too, and glues a sentence
to the quotation before it. Two thin rules therefore stand on sentencex: one undoes a cut, the other adds one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.language import FUNCTION_WORDS
from rag.text.terms import fold
from rag.types import Language

#: A unit longer than this is cut: about 400 tokens of the embedder, whose window is 512.
MOST_WORDS = 120
MOST_CHARS = 1000
#: sentencex takes the square of time on unbalanced quotation marks, so it is given no more at once.
_AT_ONCE = 20_000

#: Always followed by the name, the work or the street they belong to.
_OPENERS = frozenset(
    "m mm mme mmes mlle mlles me mgr mr mrs ms dr drs pr prof st ste sts gov sen sens rep reps gen gén lt "
    "col cpt capt sgt cmdr adm hon rev sr messrs cf vs v c.-à-d i.e e.g al env av bd boul rte".split()
)
#: Followed by a number, or by another such abbreviation.
_COUNTED = frozenset(
    "art p pp pg n no nos num fig figs tab vol t ch chap sect sec § par para éd ed l r d c h tél tel fax apt "
    "janv févr fév avr juil sept oct nov déc jan feb mar apr jun jul aug sep dec app ann vers arr".split()
)
_LAST_TOKEN = re.compile(r"[^\s«»“”\"()\[\]’']+$")
#: «J.», «J.-P.», «U.S.»: capital letters with points.
_INITIALS = re.compile(r"(?:[A-ZÀ-ÖØ-ÞŒ]\.-?)+")
_NUMBER = re.compile(r"\d|[A-Z]{1,2}\.|[IVXLC]+\b")
_WORD = re.compile(r"[^\W\d_]+")
_OPENING = r"[«“\"‘'(\[\s]*[A-ZÀ-ÖØ-ÞŒ]"
_ELLIPSIS = re.compile(rf"(?:…|\.\.\.)[»”\"’')\]\s]*\s+(?={_OPENING})")
_PARTICLES = frozenset(("le", "la", "de", "du", "des", "d", "l", "van", "von", "el", "al"))

#: Where a unit that is too long may be cut, best first.
_SEAMS = (
    re.compile(rf"[.!?…][»”\")\]]*\s+(?={_OPENING})"),
    re.compile(r"[;\n\r]\s*"),
    re.compile(r"[,:]\s+|\s[–—-]\s+"),
    re.compile(r"\s+"),
)


def sentence_spans(text: str, start: int, end: int, language: Language) -> Iterator[tuple[int, int]]:
    """The sentences of ``text[start:end]``, which holds no paragraph break, as (start, end) into ``text``.

    None is empty, begins or ends with white space, or is longer than MOST_WORDS or MOST_CHARS; together they
    hold every character but white space.
    """
    part = re.sub(r"[^\S ]", " ", text[start:end])  # same length; a line end here is only a wrap
    cuts: set[int] = set()
    at = 0
    while at < len(part):
        most = len(part) if len(part) - at <= _AT_ONCE else _seam(part, at, at + _AT_ONCE)
        cuts |= {at + cut for cut in _cuts(part[at:most], language)}
        at = most
    cuts = {cut for cut in cuts if not _goes_on(part, cut)}
    cuts |= {match.end() for match in _ELLIPSIS.finditer(part)}
    at = 0
    said = len(part)  # where the last letter or figure ends: a lone «"» after it belongs to its sentence
    while said and not part[said - 1].isalnum():
        said -= 1
    for cut in [*sorted(cut for cut in cuts if cut < said), len(part)]:
        for first, last in _short_enough(part, at, cut):
            yield start + first, start + last
        at = cut


def _cuts(part: str, language: Language) -> Iterator[int]:
    from sentencex import segment

    found = segment(language, part)
    if sum(map(len, found)) != len(part):  # characters were lost: its offsets would mean nothing
        return
    at = 0
    for sentence in found:
        at += len(sentence)
        yield at


def _goes_on(part: str, cut: int) -> bool:
    """Whether the sentence goes on at ``cut``: after an abbreviation or an initial, or within a word."""
    before, after = part[max(0, cut - 40) : cut].rstrip(), part[cut : cut + 60].lstrip()
    if not before or not after:
        return False
    if after[0] in ",;:!?…)]»”":
        return True
    if not before.endswith("."):
        return after[0].islower() and before[-1] in "!?…"
    match = _LAST_TOKEN.search(before)
    token = match.group() if match else "."
    word = token.rstrip(".").casefold()
    if not part[cut - 1].isspace() and not part[cut].isspace():
        return after[0] == "-" or _INITIALS.fullmatch(token) is not None
    if after[0].islower():
        return len(word) <= 4 or "." in word or word in _OPENERS
    if word in _OPENERS:
        return True
    if _NUMBER.match(after) and word in _COUNTED:
        return True
    if word.isdigit() and before == part[:cut].strip():
        return True  # «1.» before an item
    return _INITIALS.fullmatch(token) is not None and _begins_name(after)


def _begins_name(after: str) -> bool:
    """Whether a name follows an initial («J. Morel», «J. Le Goff»), not a sentence («de A à Z. Dans»)."""
    words = _WORD.findall(after)[:2]
    if not words or not words[0][0].isupper():
        return False
    first = fold(words[0])
    if first in _PARTICLES and len(words) > 1 and words[1][0].isupper():
        return True
    return first not in FUNCTION_WORDS["fr"] and first not in FUNCTION_WORDS["en"]


def _short_enough(part: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence, cut where it is too long at the best seam that leaves a unit of fair size before it."""
    while start < end:
        most = _furthest(part, start, end)
        cut = end if most == end else _seam(part, start, most)
        words = part[start:cut]
        if words.strip():
            first = start + len(words) - len(words.lstrip())
            yield first, first + len(words.strip())
        start = cut


def _furthest(part: str, start: int, end: int) -> int:
    """How far a unit that begins at ``start`` may go."""
    window = min(end, start + MOST_CHARS)
    if len(part[start:window].split()) <= MOST_WORDS:
        return window
    words = re.finditer(r"\S+", part[start:window])
    return start + next(word.start() for count, word in enumerate(words) if count == MOST_WORDS)


def _seam(part: str, start: int, most: int) -> int:
    """The last good place to cut in the second half of ``part[start:most]``; its end when there is none."""
    for pattern in _SEAMS:
        places = [match.end() for match in pattern.finditer(part, start, most)]
        fair = [place for place in places if place - start > (most - start) // 3 and not _goes_on(part, place)]
        if fair:
            return fair[-1]
    return most
