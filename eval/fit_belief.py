"""Fit the belief model (``rag/generation/belief.json``) on the dev split and on public questions.

    python eval/fit_belief.py [--data DIR] [--dry-run]

Every question is searched as in an answer, and the model is asked about each witness; what it said is kept in
``eval/out/witnesses.jsonl``, so that a second run asks nothing again. A witness counts as good when it overlaps a
gold sentence. The test split is never opened. With ``--data`` the English questions of ClapNQ (question, passage,
gold sentences) join: each passage becomes a document of a small library, asked of all of them at once.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from eval.cases import Case, load
from rag.generation.belief import HEARD, POINTED, PROMISE, features, load_belief
from rag.generation.declined import is_declined
from rag.generation.hearing import AT_LEAST, by_promise
from rag.generation.witness import Testimony, hear, second_look
from rag.language import detect
from rag.library import Library
from rag.models.llm import Llm, open_llm
from rag.retrieval.broad import is_broad
from rag.retrieval.evidence import Retriever
from rag.settings import Settings, load_settings
from rag.shell import prepare
from rag.testifying import LOOKED_AT
from rag.types import Evidence, Sentence
from rag.verification.constraints import LEAD, unmet

HERE = Path(__file__).parent
KEPT, KEPT_POINTED = HERE / "out" / "witnesses.jsonl", HERE / "out" / "pointed.jsonl"
WEIGHTS = HERE.parent / "rag" / "generation" / "belief.json"
PUBLIC_QUESTIONS = 60


@dataclass(frozen=True)
class Asked:
    """A question, and the places (document, start, end) that answer it."""

    question: str
    gold: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
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


def main() -> int:
    """Hear, fit, print how well the weights separate, write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the public data")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    options = parser.parse_args()
    prepare()
    settings = load_settings(corpus=HERE.parent / "corpus", index=HERE / "out" / "index" / "fit")
    llm = open_llm(settings)
    try:
        memories = Memory(KEPT, llm, hear), Memory(KEPT_POINTED, llm, second_look)
        dev = [_of_case(case) for case in load(HERE / "cases", "dev") if _qualifies(case)]
        groups = list(_heard(settings, memories, dev))
        public: list[list[Heard]] = []
        if options.data is not None:
            with tempfile.TemporaryDirectory() as folder:
                asked = _public(options.data, Path(folder) / "corpus")
                elsewhere = load_settings(corpus=Path(folder) / "corpus", index=Path(folder) / "index")
                public = list(_heard(elsewhere, memories, asked))
    finally:
        llm.close()
    fitted = fit(groups, public)
    if not options.dry_run:
        WEIGHTS.write_text(json.dumps(fitted, indent=2) + "\n", "utf-8")
    return 0


def _heard(settings: Settings, memories: tuple[Memory, Memory], asked: Iterable[Asked]) -> Iterator[list[Heard]]:
    first, second = memories
    shipped = load_belief()
    with Library.open(settings) as library:
        library.sync()
        retriever = Retriever(library.catalog, library.vectors, library.lexical, library.embedder)
        lead_of = lambda each: library.document(each.sentence.document_id).text[:LEAD]  # noqa: E731
        for item in asked:
            question, language = item.question, detect(item.question)
            evidence = retriever.retrieve(question, language, limit=settings.evidence_sentences, tokens=settings.evidence_tokens)
            able = [each for each in evidence if not unmet(question, language, [each], evidence, lead_of)]
            told_of = enumerate(by_promise(question, able, shipped))
            heard = [one.evidence for place, one in told_of if place < AT_LEAST or one.belief >= shipped.least_promise]
            asked = {id(each) for each in heard}
            odds = {id(each): first.log_odds(question, each) if id(each) in asked else 0.0 for each in able}
            told = {id(each): features(question, each, evidence, odds[id(each)]) for each in able}
            looked = sorted(heard, key=lambda each: -shipped.belief(told[id(each)]))[:LOOKED_AT]
            none = {id(each): second.log_odds(question, each) for each in looked}
            group = [Heard(told[id(each)], _is_gold(each.sentence, item), id(each) in asked, none.get(id(each))) for each in able]
            print("".join("+" if heard.good else "." for heard in group), question[:90], flush=True)
            if group:
                yield group


def _is_gold(sentence: Sentence, item: Asked) -> bool:
    return any(
        document == sentence.document_id and min(end, sentence.end) - max(start, sentence.start) > (end - start) / 2
        for document, start, end in item.gold
    )


def _qualifies(case: Case) -> bool:
    """A question that stands alone and asks for something precise."""
    return not case.history and not is_declined(case.question) and not is_broad(case.question, case.language)


def _of_case(case: Case) -> Asked:
    return Asked(case.question, tuple((gold.document, gold.start, gold.end) for gold in case.gold))


def _public(data: Path, corpus: Path) -> list[Asked]:
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


def fit(dev: list[list[Heard]], public: list[list[Heard]]) -> dict[str, Any]:
    """The three models, each on the witnesses it will be asked of; the shipped thresholds are kept."""
    fitted: dict[str, Any] = json.loads(WEIGHTS.read_text("utf-8"))
    asked_of: tuple[tuple[str, str, tuple[str, ...], Callable[[Heard], bool]], ...] = (
        ("unheard", "unheard_intercept", PROMISE, lambda _: True),
        ("weights", "intercept", HEARD, lambda heard: heard.asked),
        ("pointed", "pointed_intercept", POINTED, lambda heard: heard.none is not None),
    )
    told: dict[str, dict[int, float]] = {}
    for key, intercept, names, reaches in asked_of:
        sides = [[[heard for heard in group if reaches(heard)] for group in groups] for groups in (dev, public)]
        model, scores = _logistic(names, [group for side in sides for group in side], len(dev))
        fitted[key] = {name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0], strict=True)}
        fitted[intercept] = round(float(model.intercept_[0]), 4)
        print(f"{key}: {fitted[key]} {fitted[intercept]}")
        told[key] = dict(zip((id(heard) for side in sides for group in side for heard in group), scores, strict=True))
        for title, groups in zip(("dev", "public"), sides, strict=True):
            if groups:
                _print(f"{title}, cross-validated by question", groups, [[scores.pop(0) for _ in group] for group in groups])
    _print_decisions(dev, told["weights"], told["pointed"])
    return fitted


def _print_decisions(groups: list[list[Heard]], first: dict[int, float], second: dict[int, float]) -> None:
    """What the cautious bounds of the shipped model decide, question by question; scores by id of the witness."""
    shipped = load_belief()
    right = wrong = answered = 0
    answerable = sum(any(heard.good for heard in group) for group in groups)
    for group in groups:
        heard = sorted((each for each in group if each.asked), key=lambda each: -first[id(each)])
        spoken = heard[0] if first[id(heard[0])] >= shipped.certain else None
        doubted = [each for each in heard[:LOOKED_AT] if first[id(each)] >= shipped.worth_pointing and id(each) in second]
        if spoken is None and doubted:
            best = max(doubted, key=lambda each: second[id(each)])
            spoken = best if second[id(best)] >= shipped.thresholds["cautious"] else None
        if spoken and any(each.good for each in group):
            right, wrong = right + spoken.good, wrong + (not spoken.good)
        elif spoken:
            answered += 1
    refused, others = answerable - right - wrong, len(groups) - answerable
    print(f"decided: of {answerable} answerable {right} rightly, {wrong} wrongly, {refused} refused")
    print(f"         of {others} others {answered} answered")


def _logistic(names: tuple[str, ...], groups: list[list[Heard]], dev: int) -> tuple[Any, list[float]]:
    """The fitted model, and each witness's score by models that did not see its question. The first ``dev`` weigh double."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    place = np.array([number for number, group in enumerate(groups) for _ in group])
    told = [{**heard.features, "none": max(-6.0, min(6.0, heard.none or 0.0))} for group in groups for heard in group]
    table = np.array([[each[name] for name in names] for each in told])
    good = np.array([heard.good for group in groups for heard in group])
    weights = np.where(place < dev, 1.0, 0.5)
    scores = np.zeros(len(good))
    for known, unknown in GroupKFold(10).split(table, good, place):
        model = LogisticRegression(max_iter=5000).fit(table[known], good[known], weights[known])
        scores[unknown] = model.predict_proba(table[unknown])[:, 1]
    return LogisticRegression(max_iter=5000).fit(table, good, weights), [float(score) for score in scores]


def _print(title: str, groups: list[list[Heard]], scores: list[list[float]]) -> None:
    """How the good witnesses rank, and what each threshold would answer."""
    from sklearn.metrics import roc_auc_score

    best = np.array([max(each, default=0.0) for each in scores])
    answerable = np.array([any(heard.good for heard in group) for group in groups])
    ranks = np.array(
        [
            next(rank for rank, place in enumerate(np.argsort(each)[::-1]) if group[place].good)
            for group, each in zip(groups, scores, strict=True)
            if any(heard.good for heard in group)
        ]
    )
    firsts = ", ".join(f"{(ranks < n).mean():.2f} among {n}" for n in (1, 2, 3))
    print(f"{title}: {len(ranks)} with a good witness, {firsts}; answerable or not: AUC {roc_auc_score(answerable, best):.3f}")
    for threshold in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7):
        kept, wrong = (best[answerable] >= threshold).mean(), (best[~answerable] >= threshold).mean()
        print(f"  belief {threshold:.2f}: {kept:.2f} of the answerable speak, {wrong:.2f} of the others")


if __name__ == "__main__":
    sys.exit(main())
