"""What ``eval/retrieval_study.py`` compares methods on: questions, sentences, and which of these answer.

Three sets. The dev cases on the five documents; questions about invented affairs, on which nothing of
the search was fitted;
and, when the public data are there, questions of CLAPNQ in English and put into French, on its encyclopaedia passages,
among French passages of NoMIRACL: matters that nothing here was written for.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from eval.belief_data import BELIEF_AFFAIRS, CALIBRATION, of_affair
from eval.cases import load
from eval.corpus import documents
from eval.misspelt import misspelt
from rag.ingestion.sentences import split
from rag.language import detect
from rag.types import Document, Language, Sentence, Source

HERE = Path(__file__).resolve().parent
_PASSAGE = re.compile(r"(?:^|\n\n)\[\d+\] ")
#: Every so many-th French question of NoMIRACL lends its ten passages.
_SHARE = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the sentences (places in ``Material.sentences``) any of which answers it."""

    text: str
    language: Language
    group: str  #: "same", "fr→en", "en→fr" or "both"
    gold: frozenset[int]


@dataclass(frozen=True, slots=True)
class Material:
    """``sentences``: the searchable ones of all documents, in order."""

    name: str
    documents: tuple[Document, ...]
    sentences: tuple[Sentence, ...]
    asked: tuple[Asked, ...]

    def source(self, place: int) -> Source:
        """The card of a sentence's document."""
        return next(d.source for d in self.documents if d.source.id == self.sentences[place].document_id)

    def neighbour(self, place: int, step: int) -> str:
        """The searchable sentence before (-1) or after (1) one in its paragraph, or nothing."""
        other, one = place + step, self.sentences[place]
        if not 0 <= other < len(self.sentences):
            return ""
        found = self.sentences[other]
        return found.text if (found.document_id, found.paragraph) == (one.document_id, one.paragraph) else ""


def of_cases(corpus: Path) -> Material:
    """The dev cases that stand alone, summaries left out: any sentence of a document may answer those."""
    held = documents(corpus)
    sentences = _sentences(held.values())
    asked = []
    for case in load(HERE / "cases", "dev"):
        gold = frozenset(
            place
            for place, one in enumerate(sentences)
            if any(one.document_id == g.document and one.start < g.end and g.start < one.end for g in case.gold)
        )
        if gold and case.pair and case.kind not in ("follow_up", "summary") and not case.history:
            group = case.pair if case.pair in ("fr→en", "en→fr", "both") else "same"
            asked.append(Asked(case.question, case.language, group, gold))
    return Material("the five documents, dev cases", tuple(held.values()), sentences, tuple(asked))


def of_affairs() -> Material:
    """The answerable questions about the invented affairs that are kept apart, each corpus for itself joined into one:
    nothing in retrieval was written for them or fitted on them.
    """
    held, sentences, asked = [], [], []
    for name in BELIEF_AFFAIRS[True]:
        own = {document.source.id: _renamed(document, name) for document in documents(CALIBRATION / name).values()}
        start = len(sentences)
        sentences += _sentences(own.values())
        spoken = {document.source.id: document.source.language for document in own.values()}
        for question in of_affair(name):
            places = [(f"{name}/{document}", begin, end) for document, begin, end in question.gold]
            gold = frozenset(
                place
                for place, one in enumerate(sentences[start:], start)
                if any(one.document_id == d and one.start < end and begin < one.end for d, begin, end in places)
            )
            if gold:
                language = detect(question.question)
                languages = {spoken[document] for document, _, _ in places}
                group = "both" if len(languages) > 1 else "same" if language in languages else f"{language}→{languages.pop()}"
                asked.append(Asked(question.question, language, group, gold))
        held += own.values()
    return Material("four invented affairs", tuple(held), tuple(sentences), tuple(asked))


def _renamed(document: Document, affair: str) -> Document:
    """Under a name of its own: the files of all affairs are called alike."""
    source = document.source
    return replace(document, source=replace(source, id=f"{affair}/{source.id}", path=f"{affair}/{source.path}"))


def mistyped(material: Material) -> Material:
    """The same, every question with slips, the same ones at each run."""
    order = random.Random(1)
    asked = tuple(replace(each, text=misspelt(each.text, order)) for each in material.asked)
    return replace(material, name=f"{material.name}, misspelt", asked=asked)


def of_clapnq(data: Path) -> Material:
    """CLAPNQ's answerable questions, in English and some in French."""
    french = dict(
        line.split("\t", 1) for line in (HERE / "clapnq_fr.tsv").read_text("utf-8").splitlines() if not line.startswith("#")
    )
    items = [item for item in _lines(data / "clapnq_en.jsonl") if item["answerable"]]
    held: dict[str, Document] = {}
    for item in items:
        title, text = str(item["context"]).split(": ", 1)
        held[item["id"]] = Document(Source(item["id"], item["id"], "en", title), text)
    for number, item in enumerate(_lines(data / "nomiracl_fr_en.jsonl")):
        if item["lang"] == "fr" and number % _SHARE == 0:
            for place, passage in enumerate(_PASSAGE.split(item["context"])[1:]):
                title, text = passage.split(": ", 1)
                identity = f"fr-{number}-{place}"
                held[identity] = Document(Source(identity, identity, "fr", title), text)
    sentences = _sentences(held.values())
    asked: list[Asked] = []
    for item in items:
        gold = frozenset(
            place
            for place, one in enumerate(sentences)
            if one.document_id == item["id"] and any(_is(one.text, told) for told in item["gold_sentences"])
        )
        if gold:
            asked.append(Asked(item["question"], "en", "same", gold))
            translated = french.get(str(item["id"]).removeprefix("clapnq-"))
            if translated:
                asked.append(Asked(translated, "fr", "fr→en", gold))
    return Material("CLAPNQ among NoMIRACL", tuple(held.values()), sentences, tuple(asked))


def of_ntrex(data: Path) -> Material:
    """News sentences, each asked for by its translation; every sentence is a document of its own."""
    held, asked = [], []
    for number, item in enumerate(_lines(data / "ntrex_fr_en.jsonl")):
        for step, language, other in ((0, "en", "fr"), (1, "fr", "en")):
            identity = f"{number}-{language}"
            spoken: Language = "en" if language == "en" else "fr"
            held.append(Document(Source(identity, identity, spoken), item[language]))
            group = f"{other}→{language}"
            asked.append(Asked(item[other], "en" if other == "en" else "fr", group, frozenset({2 * number + step})))
    sentences = tuple(Sentence(d.source.id, 0, 0, 0, len(d.text), d.text, d.source.language) for d in held)
    return Material("NTREX", tuple(held), sentences, tuple(asked))


def _sentences(held: Iterable[Document]) -> tuple[Sentence, ...]:
    return tuple(one for document in held for one in split(document) if one.searchable)


def _is(text: str, told: str) -> bool:
    return len(text) > 25 and fuzz.partial_ratio(text, told) >= 92


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)
