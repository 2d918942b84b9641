"""Fit the belief model (``rag/generation/belief.json``) on the dev split and on public questions.

    python eval/fit_belief.py collect [--data DIR]   ask the model about every witness (slow, resumable)
    python eval/fit_belief.py fit                    fit the weights, print how well they separate, write them

A witness counts as good when it overlaps a gold sentence. The test split is never opened. With ``--data`` the
English questions of ClapNQ (question, passage, gold sentences) join: each passage becomes a document of a
small library, and the question is asked of all of them at once.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from eval.cases import Case, load
from rag.generation.belief import FEATURES, features
from rag.generation.declined import is_declined
from rag.generation.witness import hear
from rag.language import detect
from rag.library import Library
from rag.models.llm import Llm, open_llm
from rag.retrieval.broad import is_broad
from rag.retrieval.evidence import Retriever
from rag.settings import Settings, load_settings
from rag.shell import prepare
from rag.types import Evidence
from rag.verification.constraints import unmet

HERE = Path(__file__).parent
KEPT = HERE / "out" / "witnesses.jsonl"
WEIGHTS = HERE.parent / "rag" / "generation" / "belief.json"
PUBLIC_QUESTIONS = 60


@dataclass(frozen=True)
class Asked:
    """A question, and the places (document, start, end) that answer it."""

    id: str
    question: str
    gold: tuple[tuple[str, int, int], ...]


def main() -> int:
    """Collect or fit, as asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=("collect", "fit"))
    parser.add_argument("--data", type=Path, help="folder of the public data")
    options = parser.parse_args()
    prepare()
    return collect(options.data) if options.step == "collect" else fit()


def collect(data: Path | None) -> int:
    """Hear every witness of every question once; what is already kept is not asked again."""
    KEPT.parent.mkdir(exist_ok=True)
    known = {json.loads(line)["id"] for line in KEPT.read_text("utf-8").splitlines()} if KEPT.exists() else set()
    settings = load_settings()
    llm = open_llm(settings)
    try:
        _collect(settings, llm, (_of_case(case) for case in load(HERE / "cases", "dev") if _qualifies(case)), known)
        if data is not None:
            with tempfile.TemporaryDirectory() as folder:
                asked = _public(data, Path(folder) / "corpus")
                public = load_settings(corpus=Path(folder) / "corpus", index=Path(folder) / "index")
                _collect(public, llm, iter(asked), known)
    finally:
        llm.close()
    return 0


def _collect(settings: Settings, llm: Llm, asked: Iterator[Asked], known: set[str]) -> None:
    with Library.open(settings) as library, KEPT.open("a", encoding="utf-8") as kept:
        library.sync()
        retriever = Retriever(library.catalog, library.vectors, library.lexical, library.embedder)
        for item in asked:
            if item.id in known:
                continue
            language = detect(item.question)
            evidence = retriever.retrieve(item.question, language, limit=8, tokens=settings.evidence_tokens)
            heard = [_witness(llm, item, each, evidence) for each in evidence]
            kept.write(json.dumps({"id": item.id, "question": item.question, "witnesses": heard}, ensure_ascii=False) + "\n")
            kept.flush()
            print(item.id, *(f"{'*' if w['good'] else ' '}{w['features']['log_odds']:.1f}" for w in heard), flush=True)


def _witness(llm: Llm, item: Asked, evidence: Evidence, among: tuple[Evidence, ...]) -> dict[str, Any]:
    testimony = hear(llm, item.question, evidence)
    sentence = evidence.sentence
    good = any(
        document == sentence.document_id and min(end, sentence.end) - max(start, sentence.start) > (end - start) / 2
        for document, start, end in item.gold
    )
    return {
        "text": sentence.text,
        "good": good,
        "unmet": len(unmet(item.question, detect(item.question), [evidence])),
        "features": features(item.question, evidence, among, testimony.log_odds),
    }


def _qualifies(case: Case) -> bool:
    """A question that stands alone and asks for something precise."""
    return not case.history and not is_declined(case.question) and not is_broad(case.question, case.language)


def _of_case(case: Case) -> Asked:
    return Asked(case.id, case.question, tuple((gold.document, gold.start, gold.end) for gold in case.gold))


def _public(data: Path, corpus: Path) -> list[Asked]:
    """ClapNQ's first questions, their passages written as files of ``corpus``."""
    corpus.mkdir(parents=True)
    asked = []
    lines = (data / "clapnq_en.jsonl").read_text("utf-8").splitlines()[:PUBLIC_QUESTIONS]
    for number, line in enumerate(lines):
        row = json.loads(line)
        name, text = f"passage-{number}.txt", row["context"]
        (corpus / name).write_text(text, "utf-8")
        places = ((text.find(each), each) for each in row["gold_sentences"] or ())
        gold = tuple((name, start, start + len(each)) for start, each in places if start >= 0)
        asked.append(Asked(row["id"], row["question"], gold))
    return asked


def fit() -> int:
    """Logistic regression with and without the model's word; thresholds chosen by what they cost on dev."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    rows = [json.loads(line) for line in KEPT.read_text("utf-8").splitlines()]
    groups = [[witness for witness in row["witnesses"] if not witness["unmet"]] for row in rows]
    groups = [group for group in groups if group]
    flat = [witness for group in groups for witness in group]
    good = np.array([witness["good"] for witness in flat])
    shipped: dict[str, Any] = json.loads(WEIGHTS.read_text("utf-8"))
    for key, names in (("weights", FEATURES), ("unheard", tuple(name for name in FEATURES if name != "log_odds"))):
        table = np.array([[witness["features"][name] for name in names] for witness in flat])
        model = LogisticRegression(C=1.0, max_iter=5000).fit(table, good)
        shipped[key] = {name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0], strict=True)}
        shipped["intercept" if key == "weights" else "unheard_intercept"] = round(float(model.intercept_[0]), 4)
        scores = _grouped(groups, model.predict_proba(table)[:, 1])
        best = [max(score) for score in scores]
        answerable = [any(witness["good"] for witness in group) for group in groups]
        ranks = [_rank(group, score) for group, score in zip(groups, scores, strict=True) if any(w["good"] for w in group)]
        print(
            f"{key}: first {np.mean([r == 0 for r in ranks]):.2f}, among two {np.mean([r < 2 for r in ranks]):.2f}, "
            f"three {np.mean([r < 3 for r in ranks]):.2f} of {len(ranks)}; answerable AUC {roc_auc_score(answerable, best):.3f}"
        )
        if key == "weights":
            _print_thresholds(answerable, best)
    WEIGHTS.write_text(json.dumps(shipped, indent=2) + "\n", "utf-8")
    return 0


def _grouped(groups: list[list[dict[str, Any]]], flat: Any) -> list[list[float]]:
    scores, at = [], 0
    for group in groups:
        scores.append([float(score) for score in flat[at : at + len(group)]])
        at += len(group)
    return scores


def _rank(group: list[dict[str, Any]], scores: list[float]) -> int:
    """The place of the best good witness, 0 the first."""
    order = sorted(range(len(group)), key=lambda place: -scores[place])
    return next(rank for rank, place in enumerate(order) if group[place]["good"])


def _print_thresholds(answerable: list[bool], best: list[float]) -> None:
    for threshold in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7):
        kept = sum(score >= threshold for score, yes in zip(best, answerable, strict=True) if yes)
        wrong = sum(score >= threshold for score, yes in zip(best, answerable, strict=True) if not yes)
        print(f"  threshold {threshold:.2f}: answers {kept}/{sum(answerable)}, answers wrongly {wrong}/{len(answerable) - sum(answerable)}")


if __name__ == "__main__":
    sys.exit(main())
