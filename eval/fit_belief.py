"""Fit the belief model (``rag/generation/belief.json``) on dev cases, invented affairs and, on request, ClapNQ.

    python eval/fit_belief.py [--promise] [--data DIR] [--dry-run]

A witness counts as good when it overlaps a gold sentence. Logistic models are fitted: before a witness is heard
(``--promise``: no model is asked), once it is, and after a second look. The shipped model as adapted to witnesses gets
weights of its own and no second look; those of a model as it came are fitted with ``TEMOIN_LLM_ADAPTER=off``. What is
printed of each corpus is told by models that saw none of its questions; the weights that are written come from all. See
``eval/belief_data.py`` for the questions.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from eval.belief_data import BELIEF_AFFAIRS, CALIBRATION, Court, Heard, of_affair, of_clapnq, of_dev, to_fit, unheard
from rag.generation.belief import HEARD, POINTED, PROMISE, BeliefModel, load_belief
from rag.models.embedder import open_embedder
from rag.models.llm import open_llm
from rag.settings import load_settings
from rag.shell import prepare
from rag.testifying import LOOKED_AT, STATEMENTS

HERE = Path(__file__).parent
KEPT = HERE / "out"
WEIGHTS = HERE.parent / "rag" / "generation" / "belief.json"
DEV, PUBLIC = "dev", "clapnq"

Groups = Mapping[str, list[list[Heard]]]  #: by corpus: the witnesses of each question
Scores = dict[int, float]  #: by id of the witness
#: Key of the weights, key of the intercept, features, which witnesses the model will be asked of.
Kind = tuple[str, str, tuple[str, ...], Callable[[Heard], bool]]
_MODELS: tuple[Kind, ...] = (
    ("unheard", "unheard_intercept", PROMISE, lambda _: True),
    ("weights", "intercept", HEARD, lambda heard: heard.asked),
    ("pointed", "pointed_intercept", POINTED, lambda heard: heard.none is not None),
)


def main() -> int:
    """Hear, fit, print how well the weights separate, write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--promise", action="store_true", help="the weights before a witness is heard, and only these")
    parser.add_argument("--data", type=Path, help="folder of the public data: ClapNQ's questions join")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    options = parser.parse_args()
    prepare()
    if options.promise and options.data:
        parser.error("--promise is fitted without the public data")
    if options.promise:
        fitted = promise(searched_only())
    else:
        found, adapted = heard(options.data)
        fitted = fit(found, adapted=adapted)
    if not options.dry_run:
        WEIGHTS.write_text(json.dumps(fitted, indent=2) + "\n", "utf-8")
    return 0


def searched_only() -> Groups:
    """The evidence of every question, by corpus, without asking a model."""
    settings = load_settings(corpus=HERE.parent / "corpus")
    embedder = open_embedder(settings)
    corpora = {DEV: (settings.corpus, of_dev())}
    corpora |= {name: (CALIBRATION / name, of_affair(name)) for name in BELIEF_AFFAIRS[True]}
    return {name: [group for group in unheard(*each, embedder) if group] for name, each in corpora.items()}


def heard(data: Path | None) -> tuple[Groups, bool]:
    """What the model says of every witness of every question, by corpus; whether it is adapted to that."""
    settings = load_settings(corpus=HERE.parent / "corpus")
    llm = open_llm(settings)
    try:
        court = Court(llm, open_embedder(settings), KEPT)
        found = {DEV: list(court.hear(settings.corpus, of_dev()))}
        for name in BELIEF_AFFAIRS[llm.adapted]:
            found[name] = list(court.hear(CALIBRATION / name, to_fit(name)))
        if data is not None:
            with tempfile.TemporaryDirectory() as folder:
                corpus = Path(folder) / "corpus"
                found[PUBLIC] = list(court.hear(corpus, of_clapnq(data, corpus)))
    finally:
        llm.close()
    return found, llm.adapted


def promise(found: Groups) -> dict[str, Any]:
    """``belief.json`` with new weights for the order in which witnesses are heard."""
    fitted: dict[str, Any] = json.loads(WEIGHTS.read_text("utf-8"))
    _weigh(_MODELS[0], fitted["promise"], found)
    return fitted


def fit(found: Groups, *, adapted: bool) -> dict[str, Any]:
    """The models of ``belief.json``, each on the witnesses it will be asked of; the shipped bounds are kept."""
    fitted: dict[str, Any] = json.loads(WEIGHTS.read_text("utf-8"))
    told: dict[str, Scores] = {}
    for kind in _MODELS[1:2] if adapted else _MODELS[1:]:
        told[kind[0]] = _weigh(kind, fitted["adapted" if adapted else "plain"], found)
    everything = [group for held in found.values() for group in held]
    scores = (told["weights"], told.get("pointed", told["weights"]))
    bounds = load_belief(adapted=adapted)
    for corpus, asked in (*found.items(), ("all", everything)):
        print(f"{corpus}: {_decisions(asked, *scores, bounds)}")
    for certain in (0.5, 0.6, 0.7, 0.8):
        for cautious in (0.15, 0.2, 0.25, 0.3):
            other = replace(bounds, certain=certain, thresholds={"cautious": cautious})
            print(f"certain {certain}, cautious {cautious}: {_decisions(everything, *scores, other)}")
    print(f"of the next two beside a certain one, answering by belief: {_voices(everything, told['weights'], bounds)}")
    until, most = _asked_of(everything, told["weights"], bounds)
    print(
        f"asked of {until:.1f} witnesses before the first statement or silence, of {most:.1f} where a certain one ends nothing:"
    )
    print(f"  {_decisions(everything, *scores, replace(bounds, certain=2.0))}")
    return fitted


def _voices(groups: list[list[Heard]], scores: Scores, bounds: BeliefModel) -> str:
    """How many of those that would speak second and third answer, from each belief on to the next."""
    beside: list[tuple[float, bool]] = []
    for group in groups:
        first, *others = sorted(((scores[id(each)], each.good) for each in group if each.asked), reverse=True) or [(0.0, False)]
        if first[0] >= bounds.certain:
            beside += others[: STATEMENTS - 1]
    edges = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    bands = ((low, [good for belief, good in beside if low <= belief < high]) for low, high in pairwise(edges))
    return ", ".join(f"from {low} {sum(band)} of {len(band)}" for low, band in bands)


def _asked_of(groups: list[list[Heard]], scores: Scores, bounds: BeliefModel) -> tuple[float, float]:
    """Witnesses of a question that the model is asked of until one is certain, and all of them, on average."""
    until, all_of_them = [], []
    for group in groups:
        asked = [scores[id(each)] for each in group if each.asked]
        all_of_them.append(len(asked))
        until.append(next((n for n, belief in enumerate(asked, start=1) if belief >= bounds.certain), len(asked)))
    return float(np.mean(until)), float(np.mean(all_of_them))


def _weigh(kind: Kind, place: dict[str, Any], found: Groups) -> Scores:
    """Fit one of the models into its ``place``; the scores by models that saw no question of a corpus."""
    key, intercept, names, reaches = kind
    model, told = _logistic(names, found, reaches)
    place[key] = {name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0], strict=True)}
    place[intercept] = round(float(model.intercept_[0]), 4)
    print(f"{key}: {place[key]} {place[intercept]}")
    for corpus, groups in found.items():
        _print_ranks(corpus, [[each for each in group if reaches(each)] for group in groups], told)
    return told


def _logistic(names: tuple[str, ...], found: Groups, reaches: Callable[[Heard], bool]) -> tuple[Any, Scores]:
    """The model fitted on all corpora, and each witness's score by one that saw no question of its corpus."""
    from sklearn.linear_model import LogisticRegression

    scores: Scores = {}
    for corpus, groups in found.items():
        others = [group for name, held in found.items() if name != corpus for group in held]
        model = LogisticRegression(max_iter=5000).fit(*_table(names, others, reaches))
        rows = [each for group in groups for each in group if reaches(each)]
        scores.update(zip(map(id, rows), model.predict_proba(_table(names, groups, reaches)[0])[:, 1].tolist(), strict=True))
    everything = [group for groups in found.values() for group in groups]
    return LogisticRegression(max_iter=5000).fit(*_table(names, everything, reaches)), scores


def _table(names: tuple[str, ...], groups: list[list[Heard]], reaches: Callable[[Heard], bool]) -> tuple[Any, Any]:
    rows = [each for group in groups for each in group if reaches(each)]
    told = [{**each.features, "none": max(-6.0, min(6.0, each.none or 0.0))} for each in rows]
    return np.array([[each[name] for name in names] for each in told]), np.array([each.good for each in rows])


def _print_ranks(corpus: str, groups: list[list[Heard]], scores: Scores) -> None:
    """How the good witnesses rank, and how the best score tells questions with a good one from the others."""
    from sklearn.metrics import roc_auc_score

    best = [max((scores[id(each)] for each in group), default=0.0) for group in groups]
    answerable = [any(each.good for each in group) for group in groups]
    ranks = np.array(
        [
            next(rank for rank, each in enumerate(sorted(group, key=lambda each: -scores[id(each)])) if each.good)
            for group in groups
            if any(each.good for each in group)
        ]
    )
    firsts = ", ".join(f"{(ranks < n).mean():.2f} among {n}" for n in (1, 2, 3))
    print(f"  {corpus}: {len(ranks)} with a good witness, {firsts}; answerable or not: AUC {roc_auc_score(answerable, best):.3f}")


def _decisions(groups: list[list[Heard]], first: Scores, second: Scores, bounds: BeliefModel) -> str:
    """What the bounds decide, question by question."""
    right = wrong = answered = 0
    answerable = sum(any(heard.good for heard in group) for group in groups)
    for group in groups:
        spoken = _spoken(group, first, second, bounds)
        if spoken and any(each.good for each in group):
            right, wrong = right + spoken.good, wrong + (not spoken.good)
        elif spoken:
            answered += 1
    refused, others = answerable - right - wrong, len(groups) - answerable
    told = f"of {answerable} answerable {right} rightly, {wrong} wrongly, {refused} refused"
    return f"{told}; of {others} others {answered} answered"


def _spoken(group: list[Heard], first: Scores, second: Scores, bounds: BeliefModel) -> Heard | None:
    """The witness whose statement would come first, as ``rag/testifying.py`` decides it; they come in order of promise."""
    heard = [each for each in group if each.asked]
    if certain := next((each for each in heard if first[id(each)] >= bounds.certain), None):
        return certain
    heard.sort(key=lambda each: -first[id(each)])
    doubted = [each for each in heard[:LOOKED_AT] if first[id(each)] >= bounds.worth_pointing and id(each) in second]
    best = max(doubted, key=lambda each: second[id(each)], default=None)
    return best if best and second[id(best)] >= bounds.thresholds["cautious"] else None


if __name__ == "__main__":
    sys.exit(main())
