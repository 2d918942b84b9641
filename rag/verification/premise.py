"""Whether a sentence contradicts what a question takes for granted: "Why did Meta admit it?" where Meta denies it.

Only what is plain by words: the same person or body, before verbs of ``premise.tsv`` that exclude each other or before
one verb of which only one of the two is negated, on the same matter. Where any of that is missing nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rapidfuzz import fuzz

from rag.text.glossary import translations
from rag.text.mentions import matches, mentions
from rag.text.names import names
from rag.text.terms import STOP_WORDS, fold, stems, words
from rag.types import Language
from rag.verification.polarity import negations

_Sides = tuple[dict[Language, re.Pattern[str]], dict[Language, re.Pattern[str]]]

#: Questions that take what they say for granted; "How many" and «est-ce que» do not.
_TAKES_FOR_GRANTED = re.compile(
    r"\W*(?:why|when|where|how(?! (?:many|much|old|long|often|far))|since when|for what reasons?|what made|pourquoi|quand|comment"
    r"|depuis quand|ou|pour quelles? raisons?|a quel moment|a quelle date|dans quelles circonstances)\b"
)
_WORD = re.compile(r"[^\W\d_]+")
_APART = 45  # characters between a negation and the verb it may govern
#: Verbs that leave the meaning to their object: "to issue a response".
_LIGHT = frozenset(
    stems("issue give make provide offer take", "en") + stems("donner fournir apporter faire formuler prendre", "fr")
)
#: Matters that stand for whatever is at issue: "denies the allegations".
_AT_ISSUE = frozenset(
    "accusation accusations allegation allegations charge charges claim claims grief griefs reproche reproches complaint plainte "
    "lawsuit poursuites fait faits everything tout any wrongdoing".split()
)


@dataclass(frozen=True, slots=True)
class _Act:
    """What somebody is said to do, at ``text[start:end]``: ``sign`` 1 for the first verb of a pair, -1 for the other."""

    start: int
    end: int
    sign: int


def contradicts_premise(question: str, language: Language, sentence: str, sentence_language: Language) -> bool:
    """Whether ``sentence`` plainly says the opposite of what ``question`` takes for granted of the same person or body."""
    if not _TAKES_FOR_GRANTED.match(fold(question)):
        return False
    found = [*_by_pairs(question, language, sentence, sentence_language)]
    found += _by_negation(question, language, sentence, sentence_language)
    return any(
        _same_actor(question, language, asked, sentence, sentence_language, told)
        and _same_matter(question[asked.end :], language, sentence[told.end :], sentence_language)
        for asked, told in found
    )


def _by_pairs(question: str, language: Language, sentence: str, spoken: Language) -> Iterator[tuple[_Act, _Act]]:
    """Acts of question and sentence that exclude each other; none where either text says both."""
    for mutual, sides in _pairs():
        asked = _acts(question, language, sides)
        told = _acts(sentence, spoken, sides)
        signs = ({act.sign for act in asked}, {act.sign for act in told})
        if signs == ({1}, {-1}) or (mutual and signs == ({-1}, {1})):
            yield asked[0], told[0]


def _acts(text: str, language: Language, sides: _Sides) -> list[_Act]:
    """The acts of one pair in ``text``; a negated one is its opposite."""
    flat = _flat(text)
    return [
        _Act(*match.span(), -sign if _negated(text, language, match) else sign)
        for sign, side in zip((1, -1), sides, strict=True)
        for match in side[language].finditer(flat)
    ]


def _by_negation(question: str, language: Language, sentence: str, spoken: Language) -> Iterator[tuple[_Act, _Act]]:
    """One verb, said in both texts, that only one of them negates."""
    for act, meanings in _denied(question, language, spoken):
        yield from ((act, other) for other in _said(sentence, spoken, meanings))
    for act, meanings in _denied(sentence, spoken, language):
        yield from ((other, act) for other in _said(question, language, meanings))


def _denied(text: str, language: Language, in_language: Language) -> Iterator[tuple[_Act, frozenset[str]]]:
    """What ``text`` denies by grammar, with the stems ``in_language`` of the verb; of a light verb, those of its objects."""
    for negation in negations(text, language):
        refuses = fold(text[negation.start : negation.end]).startswith("refus")  # "did refuse to": polarity doubts it
        if not (negation.hard or refuses) or not negation.governs:
            continue
        reach = 3 if negation.governs[0] in _LIGHT else 1
        heads = [
            word for word in _content(text[negation.start :], language) if _alike_any(word, negation.governs[:reach], language)
        ]
        meanings = _meanings(heads, language, in_language)
        verb = re.search(rf"\b{re.escape(heads[0])}\b", _flat(text[negation.start :])) if heads else None
        if verb:
            yield _Act(negation.start, negation.start + verb.end(), -1), frozenset(meanings)


def _said(text: str, language: Language, meanings: frozenset[str]) -> Iterator[_Act]:
    """Where ``text`` says one of ``meanings`` and does not negate it."""
    for match in _WORD.finditer(_flat(text)):
        stem = stems(match[0], language)
        if stem and any(_alike(stem[0], meaning) for meaning in meanings) and not _negated(text, language, match, soft=True):
            yield _Act(*match.span(), 1)


def _negated(text: str, language: Language, verb: re.Match[str], *, soft: bool = False) -> bool:
    """Whether a negation before the verb, in its clause, governs it."""
    own = stems(verb[0], language)[:1]
    return any(
        (negation.hard or soft)
        and negation.start < verb.start()
        and verb.start() - negation.end <= _APART
        and not re.search(r"[.;:!?,]", text[negation.end : verb.start()])
        and any(_alike(stem, governed) for stem in own for governed in negation.governs[:3])
        for negation in negations(text, language)
    )


def _same_actor(question: str, language: Language, asked: _Act, sentence: str, spoken: Language, told: _Act) -> bool:
    """Whether the name right before the question's verb is the one right before the sentence's."""
    actor = next((name for name in reversed(names(question, language)) if name.certain and name.end <= asked.start), None)
    if actor is None or _content(question[actor.end : asked.start], language):
        return False
    return any(
        name.end <= told.start
        and not _content(sentence[name.end : told.start], spoken)  # with a word between, the verb may be another's, or no verb
        and matches(actor, mentions([(name.text, spoken)]))
        for name in names(sentence, spoken)
    )


def _same_matter(asked: str, language: Language, told: str, spoken: Language) -> bool:
    """Whether what follows the two verbs shares a word, or one of them has whatever is at issue for its object."""
    ours, theirs = _content(asked, language), _content(told, spoken)
    if not ours or _AT_ISSUE & {*ours[:3], *theirs[:3]}:
        return True
    return bool(_meanings(ours, language, spoken) & set(stems(" ".join(theirs), spoken)))


def _content(text: str, language: Language) -> list[str]:
    return [word for word in words(text) if word not in STOP_WORDS[language]]


def _meanings(of: Sequence[str], language: Language, spoken: Language) -> set[str]:
    """Stems in ``spoken`` of words of ``language``."""
    if language == spoken:
        return set(stems(" ".join(of), language))
    return {stem for word in of for stem in translations(word, language)}


def _alike_any(word: str, governed: Sequence[str], language: Language) -> bool:
    return any(_alike(stem, other) for stem in stems(word, language) for other in governed)


def _alike(a: str, b: str) -> bool:
    return a == b or (len(a) > 4 and len(b) > 4 and fuzz.ratio(a, b) >= 82)


def _flat(text: str) -> str:
    """Folded, every character in its place."""
    return "".join(fold(char)[:1] or char for char in text)


@cache
def _pairs() -> tuple[tuple[bool, _Sides], ...]:
    """The lines of ``premise.tsv``: whether either side excludes the other, and both as patterns by language."""
    found = []
    for line in files("rag.verification").joinpath("premise.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            way, *sides = line.split("\t")
            one_en, one_fr, other_en, other_fr = map(_pattern, sides)
            both: _Sides = ({"en": one_en, "fr": one_fr}, {"en": other_en, "fr": other_fr})
            found.append((way == "both", both))
    return tuple(found)


def _pattern(forms: str) -> re.Pattern[str]:
    written = (re.escape(form).replace(r"\*", r"\w*").replace("_", r"\W+") for form in forms.split())
    return re.compile(rf"\b(?:{'|'.join(written)})\b")
