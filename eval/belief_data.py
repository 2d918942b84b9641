"""What ``eval/fit_belief.py`` fits on: questions, the places that answer them, and what the model said of each witness.

Three kinds of questions: the dev cases on the five documents, those on the invented affairs of ``eval/calibration``, and,
on request, ClapNQ's. Every question is searched as in an answer; what the model said is kept in ``eval/out``, so that a
second run asks nothing again. The test split is never opened.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.cases import Case, load
from eval.corpus import documents
from eval.locate import locate
from rag.generation.belief import features, load_belief
from rag.generation.declined import is_declined
from rag.generation.hearing import AT_LEAST, by_promise
from rag.generation.witness import Testimony, hear, second_look
from rag.language import detect
from rag.library import Library
from rag.models.embedder import Embedder
from rag.models.llm import Llm
from rag.retrieval.broad import is_broad
from rag.retrieval.evidence import Retriever
from rag.settings import load_settings
from rag.testifying import LOOKED_AT
from rag.types import Evidence, Language, Sentence
from rag.verification.constraints import surroundings, unmet
from rag.verification.demands import fails

HERE = Path(__file__).parent
CALIBRATION = HERE / "calibration"
PUBLIC_QUESTIONS = 60
#: The affairs that the adapter is fitted on (``eval/fit_adapter.py``), pass by pass: what it says of them shows nothing.
ADAPTER_AFFAIRS = (
    (
        "laboratoire", "grue", "musee", "laiterie", "antenne", "batterie",
        "barrage", "loyers", "pneus", "jeux", "ferries", "semences",
    ),
    ("montres", "livreurs", "annonces", "courtier", "compteurs", "pari", "cantine"),
    ("piscines", "oreillettes", "trottinettes", "billets", "protheses", "credits", "voisins", "moissons"),
)  # fmt: skip
#: Those that belief is fitted on: for the adapted model the ones it has not seen, for others the first that there were.
BELIEF_AFFAIRS = {True: ("autobus", "canal", "tunnel", "ecoutes"), False: ("autobus", "canal", "laboratoire")}
LEFT_OUT = 3  #: every so many-th question of an affair is left out of the fit, which takes an hour as it is


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the places (document, start, end) that answer it."""

    question: str
    gold: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """One witness of one question: its features, and whether it holds the answer."""

    features: dict[str, float]
    good: bool
    asked: bool  #: whether the model was; the least promising are not heard in an answer either
    none: float | None = None  #: of a second look, which only the most believed get


class Memory:
    """What the model said of each (question, sentence) when ``asked``, kept in a file as it is said."""

    def __init__(self, path: Path, llm: Llm, asked: Callable[[Llm, str, Evidence], Testimony]) -> None:
        path.parent.mkdir(exist_ok=True)
        self._path, self._llm, self._asked = path, llm, asked
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        self._known = {(row["question"], row["sentence"]): row["log_odds"] for row in map(json.loads, lines)}

    def log_odds(self, question: str, evidence: Evidence) -> float:
        """As told by the model, asked only where not known yet."""
        key = (question, evidence.sentence.text)
        if key not in self._known:
            self._known[key] = self._asked(self._llm, question, evidence).log_odds
            with self._path.open("a", encoding="utf-8") as kept:
                row = {"question": key[0], "sentence": key[1], "log_odds": self._known[key]}
                kept.write(json.dumps(row, ensure_ascii=False) + "\n")
        return float(self._known[key])


class Court:
    """Hears questions on any corpus, with one model and one embedder."""

    def __init__(self, llm: Llm, embedder: Embedder, kept: Path) -> None:
        self._first = Memory(kept / f"witnesses-{'adapted' if llm.adapted else 'plain'}.jsonl", llm, hear)
        self._second = Memory(kept / "pointed.jsonl", llm, second_look)
        self._embedder = embedder
        self._shipped = load_belief(adapted=llm.adapted)

    def hear(self, corpus: Path, asked: Iterable[Asked]) -> Iterator[list[Heard]]:
        """The witnesses of each question that has some, in the order of the questions."""
        for item, evidence, library in searched(corpus, asked, self._embedder):
            group = self._group(item, evidence, library)
            print("".join("+" if heard.good else "." for heard in group), item.question[:90], flush=True)
            if group:
                yield group

    def _group(self, item: Asked, evidence: tuple[Evidence, ...], library: Library) -> list[Heard]:
        question, language, shipped = item.question, detect(item.question), self._shipped
        told_of = by_promise(question, _able(question, language, evidence, library), shipped)
        able = [one.evidence for one in told_of]
        heard = [one.evidence for place, one in enumerate(told_of) if place < AT_LEAST or one.belief >= shipped.least_promise]
        asked = {id(each) for each in heard}
        odds = {id(each): self._first.log_odds(question, each) if id(each) in asked else 0.0 for each in able}
        told = {id(each): features(question, each, evidence, odds[id(each)]) for each in able}
        looked = sorted(heard, key=lambda each: -shipped.belief(told[id(each)]))[: LOOKED_AT if shipped.pointed else 0]
        none = {id(each): self._second.log_odds(question, each) for each in looked}
        return [Heard(told[id(each)], is_gold(each.sentence, item), id(each) in asked, none.get(id(each))) for each in able]


def unheard(corpus: Path, asked: Iterable[Asked], embedder: Embedder) -> Iterator[list[Heard]]:
    """The witnesses of each question before a model is asked of them."""
    for item, evidence, library in searched(corpus, asked, embedder):
        able = _able(item.question, detect(item.question), evidence, library)
        yield [Heard(features(item.question, each, evidence), is_gold(each.sentence, item), asked=False) for each in able]


def _able(question: str, language: Language, evidence: tuple[Evidence, ...], library: Library) -> list[Evidence]:
    """The evidence about the question's own terms that has what it plainly demands."""
    around = surroundings(library.document)
    return [
        each
        for each in evidence
        if not unmet(question, language, [each], evidence, around)
        and not fails(question, language, each.sentence.text, each.sentence.language)
    ]


def searched(corpus: Path, asked: Iterable[Asked], embedder: Embedder) -> Iterator[tuple[Asked, tuple[Evidence, ...], Library]]:
    """Each question with the evidence that an answer to it begins with, and the library of ``corpus``, open meanwhile."""
    with TemporaryDirectory() as folder:
        settings = load_settings(corpus=corpus, index=Path(folder))
        with Library.open(settings, embedder=embedder) as library:
            library.sync()
            retriever = Retriever(library.catalog, library.vectors, library.lexical, library.embedder)
            limits = {"limit": settings.evidence_sentences, "tokens": settings.evidence_tokens}
            for item in asked:
                yield item, retriever.retrieve(item.question, detect(item.question), **limits), library


def of_dev() -> list[Asked]:
    """The dev cases that stand alone and ask for something precise."""
    return [_of_case(case) for case in load(HERE / "cases", "dev") if _qualifies(case)]


def affairs() -> tuple[str, ...]:
    """The names of the invented affairs."""
    return tuple(sorted(folder.name for folder in CALIBRATION.iterdir() if folder.is_dir()))


def to_fit(name: str) -> list[Asked]:
    """The questions of an affair that belief is fitted on. Raises CaseError."""
    return [asked for place, asked in enumerate(of_affair(name), start=1) if place % LEFT_OUT]


def of_affair(name: str) -> list[Asked]:
    """The questions of an affair, those that its documents do not answer among them. Raises CaseError."""
    folder = CALIBRATION / name
    held = {document.source.path: document for document in documents(folder).values()}
    asked = []
    for row in map(json.loads, (folder / "questions.jsonl").read_text("utf-8").splitlines()):
        golds = [(held[gold["document"]], gold["quote"]) for gold in row["gold"]]
        asked.append(Asked(row["question"], tuple((one.source.id, *locate(one.text, quote)) for one, quote in golds)))
    return asked


def of_clapnq(data: Path, corpus: Path) -> list[Asked]:
    """ClapNQ's first questions, their passages written as files of ``corpus``."""
    corpus.mkdir(parents=True)
    asked = []
    for number, line in enumerate((data / "clapnq_en.jsonl").read_text("utf-8").splitlines()[:PUBLIC_QUESTIONS]):
        row = json.loads(line)
        name, text = f"passage-{number}.txt", row["context"]
        (corpus / name).write_text(text, "utf-8")
        places = ((text.find(each), each) for each in row["gold_sentences"] or ())
        asked.append(Asked(row["question"], tuple((name, at, at + len(each)) for at, each in places if at >= 0)))
    return asked


def is_gold(sentence: Sentence, item: Asked) -> bool:
    """Whether the sentence is most of a place that answers."""
    return holds_gold(sentence.document_id, sentence.start, sentence.end, item)


def holds_gold(document: str, start: int, end: int, item: Asked) -> bool:
    """Whether ``document[start:end]`` is most of a place that answers."""
    places = ((first, last) for held, first, last in item.gold if held == document)
    return any(min(last, end) - max(first, start) > (last - first) / 2 for first, last in places)


def _qualifies(case: Case) -> bool:
    return not case.history and not is_declined(case.question) and not is_broad(case.question, case.language)


def _of_case(case: Case) -> Asked:
    return Asked(case.question, tuple((gold.document, gold.start, gold.end) for gold in case.gold))
