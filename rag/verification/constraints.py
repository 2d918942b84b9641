"""The question's own terms: months, numbers, places, persons and organisations that the evidence must meet."""

from __future__ import annotations

from collections.abc import Sequence

from rag.text.figures import Figure, figures, same
from rag.text.mentions import matches, mentions, translatable
from rag.text.names import names
from rag.text.places import places
from rag.types import Evidence, Language


def unmet(question: str, language: Language, evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """The question's terms, as written in it, that no evidence meets, in order; empty when all are met.

    Evidence meets a term with its sentence, neighbours, near-identical sentences, title, publisher or date.
    """
    texts = [text for item in evidence for text in told(item)]
    there = [figure for text, spoken in texts for figure in figures(text, spoken)]
    missing = [
        (figure.start, question[figure.start : figure.end])
        for figure in figures(question, language)
        if figure.certain and _constrains(figure) and all(same(figure, other) == "different" for other in there)
    ]
    found = mentions(texts)
    sought = list(names(question, language))
    taken = [(name.start, name.end) for name in sought]
    missing += [
        (name.start, name.text) for name in sought if name.certain and not matches(name, found) and not translatable(name, found)
    ]
    for place in places(question, language, any_case=True):
        written_small = all(place.end <= start or place.start >= end for start, end in taken)
        if written_small and question[place.start].islower() and len(place.keys) and not place.keys & found.keys:
            missing.append((place.start, question[place.start : place.end]))
    return tuple(text for _, text in sorted(set(missing)))


def told(item: Evidence) -> list[tuple[str, Language]]:
    """Everything an item of evidence says, with the language it is said in."""
    source, sentence = item.source, item.sentence
    around = [text for text in (sentence.text, item.before, item.after, source.title, source.publisher, source.date) if text]
    return [(text, source.language) for text in around] + [(other.text, other.language) for other in item.also]


def _constrains(figure: Figure) -> bool:
    """Ordinals and times of day in questions («en deuxième lieu») are turns of phrase more often than terms."""
    return figure.unit not in ("ordinal", "time", "fraction")
