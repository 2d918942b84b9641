"""The question's own terms: months, numbers, places, persons and organisations that the evidence must meet.

Asked about September when the text says August, or about Texas when only Montana appears, an answer would answer
another question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from rag.text.figures import Figure, figures, same
from rag.text.mentions import Mentions, matches, mentions, translatable
from rag.text.names import Name, names
from rag.text.places import places
from rag.types import Document, Evidence, Language

#: Keys that "the English article", «le texte français» carry: the language of a document meets them.
_LANGUAGES: dict[str, Language] = {"EN-lang": "en", "ENG": "en", "FR": "fr"}
#: Characters at the head of a document that tell what it is about, and right before a sentence that tell whom it means.
LEAD = 600
#: From this length on, a word all in capitals is an emphasis, not an acronym.
_EMPHASIS = 7
#: Before a small number that only counts what is meant: «lequel des trois taux», "the two appeals".
_COUNTED = re.compile(r"\b(?:les|des|ces|aux|leurs|ses|the|these|those|both|its|their)\s+$", re.IGNORECASE)
_SMALL = 10
#: Before and after a month or year by which a thing is called: «le jugement d'octobre», "the 2022 memo".
_NAMED_FR = re.compile(
    r"(?:\b(?:le|la|les|du|des|au|aux|ce|cet|cette|ces|sa|son|ses|leur|leurs)\s|\b[lL]['’])"
    r"(?!(?:mois|année|an|jour|nuit|semaine|fin|début|mi|cours|courant|seul|total|nombre|chiffre|montant)\b)"
    r"[^\W\d]+(?:\s(?!en\b|au\b|à\b|dans\b|pendant\b)[^\W\d]+)?\s(?:de |d['’]|du )$"
)
_NAMED_EN = re.compile(r"(?:\b(?:the|its|their|his|her|this)|['’]s)\s+$", re.IGNORECASE)
_THING_EN = re.compile(r"\s(?!(?:total|number|figure|amount|sum|count|and|or|to|of|in)\b)[a-z]+")
_CALENDAR = frozenset({"month", "year", "date"})
_END = re.compile(r"[.!?\n]")
#: Before a word of size that is itself what is asked for: «combien de millions», "how many thousands".
_HOW_MANY = re.compile(r"\b(?:combien (?:de |d['’])|how many\s+)$", re.IGNORECASE)
#: How far beyond a bound the figure meant may lie: "more than twelve million" of 12.3 million, not of 40.
_BEYOND = Decimal("0.25")


def unmet(
    question: str,
    language: Language,
    evidence: Sequence[Evidence],
    around: Sequence[Evidence] = (),
    surroundings_of: Callable[[Evidence], str] = lambda _: "",
) -> tuple[str, ...]:
    """The question's terms, as written in it, that no evidence meets, in order; empty when all are met.

    Evidence meets a term with its sentence, neighbours, near-identical sentences, title, publisher or date.
    A name, not a figure, is also met by evidence of the same document in ``around``, and by where the sentence stands
    (``surroundings_of``: see ``surroundings``): it answers "the New Mexico case" when the article is about New Mexico. So is
    a month or year by which a thing is called («le jugement d'octobre»).
    """
    texts = [text for item in evidence for text in told(item)]
    there = [figure for text, spoken in texts for figure in figures(text, spoken)]
    documents = {item.sentence.document_id for item in evidence}
    near = [text for item in around if item.sentence.document_id in documents for text in told(item)]
    nearby = [(surroundings_of(item), item.sentence.language) for item in evidence]
    beside = [figure for text, spoken in (*near, *nearby) for figure in figures(text, spoken) if figure.unit in _CALENDAR]
    found = mentions([*texts, *near, *nearby])
    spoken_in = {item.sentence.language for item in evidence}
    missing = [
        (figure.start, question[figure.start : figure.end])
        for figure in figures(question, language)
        if figure.certain
        and _constrains(figure, question)
        and all(
            same(figure, other) == "different" and not _admits(figure, other)
            for other in chain(there, beside if _names(figure, question, language) else ())
        )
    ]
    missing += [
        (name.start, name.text)
        for name in sought(question, language)
        if not _met(name, found) and not any(_LANGUAGES.get(key) in spoken_in for key in name.keys)
    ]
    return tuple(text for _, text in sorted(set(missing)))


def surroundings(document_of: Callable[[str], Document]) -> Callable[[Evidence], str]:
    """A function from evidence to the first lines of its document and those right before it: what is told of, who "she" is."""

    def around(item: Evidence) -> str:
        text, start = document_of(item.sentence.document_id).text, item.sentence.start
        if start <= 2 * LEAD:
            return text[: max(LEAD, start)]
        whole = _END.split(text[start - LEAD : start], maxsplit=1)[1:]  # half a name may be another: "New | Mexico"
        return "\n".join((text[:LEAD], *whole))

    return around


def told(item: Evidence) -> list[tuple[str, Language]]:
    """Everything an item of evidence says, with the language it is said in."""
    source, sentence = item.source, item.sentence
    around = [sentence.text, item.before, item.after, source.title or "", source.publisher or "", source.date or ""]
    return [(text, sentence.language) for text in around if text] + [(other.text, other.language) for other in item.also]


def sought(question: str, language: Language) -> Iterator[Name]:
    """The names that evidence must meet: the question's certain names, and known places written without capitals ("texas")."""
    certain = [name for name in names(question, language) if name.certain and not _emphasis(name)]
    yield from certain
    if question.isupper():
        return
    for place in places(question, language, any_case=True):
        if question[place.start].islower() and all(place.end <= n.start or place.start >= n.end for n in certain):
            written = question[place.start : place.end]
            yield Name(written, "place", place.start, place.end, language, place.keys)


def _emphasis(name: Name) -> bool:
    return not name.keys and name.text.isupper() and len(name.text) >= _EMPHASIS


def _met(name: Name, found: Mentions) -> bool:
    return matches(name, found) or translatable(name, found)


def _constrains(figure: Figure, question: str) -> bool:
    """Ordinals, times of day and fractions in questions («en deuxième lieu») are turns of phrase more often."""
    before = question[: figure.start]
    counts = figure.unit == "count" and figure.value <= _SMALL and _COUNTED.search(before)
    return figure.unit not in ("ordinal", "time", "fraction") and not counts and not _HOW_MANY.search(before)


def _admits(asked: Figure, told: Figure) -> bool:
    """Whether the question's loose figure can be the one ``told``: "over seventy million" where it is 71 million."""
    if asked.approximate == "exact" or told.approximate in ("more_than", "less_than"):  # another bound is another figure
        return False
    if same(replace(asked, value=told.value), told) == "different":
        return False
    beyond = asked.value * _BEYOND
    least = asked.value - (0 if asked.approximate == "more_than" else beyond)
    most = asked.value + (0 if asked.approximate == "less_than" else beyond)
    return least <= told.value <= most


def _names(figure: Figure, question: str, language: Language) -> bool:
    """Whether the month or year tells which thing is meant, and not when what is asked for happened."""
    if figure.unit not in _CALENDAR:
        return False
    before, after = question[: figure.start], question[figure.end :]
    if language == "fr":
        return bool(_NAMED_FR.search(before))
    return bool(_NAMED_EN.search(before) and _THING_EN.match(after))
