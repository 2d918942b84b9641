"""``python eval/run.py --retrieval``: is the sentence that answers among those shown, without a language model.

Asked are the answerable cases that need no conversation. A gold sentence is found when a piece of evidence
covers it as a citation would (``metrics.covers``); the rank is that of the first. Beside it, when the public
data are there: of news sentences and their translations (NTREX), how often the nearest of all is the right one.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval import gate
from eval.bootstrap import Estimate, mean, quantile
from eval.cases import Case
from eval.corpus import documents
from eval.figures import RETRIEVAL, Table
from eval.fingerprints import fingerprints
from eval.metrics import covers
from eval.screen import Screen
from eval.session import baseline_path, baseline_remedy, chosen, complain_of_misquotations
from eval.workshop import Workshop
from rag.settings import load_settings
from rag.types import Citation, Evidence

if TYPE_CHECKING:
    from rag.models.embedder import Embedder

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Found:
    """One question's retrieval. ``rank``: of the first gold sentence, 1-based; None: not among those shown."""

    case: Case
    rank: int | None
    parts: bool  #: every part the case wants is among those shown
    ms: float
    shown: tuple[str, ...]


def run_retrieval(options: argparse.Namespace) -> int:
    """Measure, compare with the baseline's suite "retrieval", write JSON. Raises RagError."""
    screen = Screen()
    settings = load_settings(corpus=options.corpus or ROOT / "corpus")
    cases = [case for case in chosen(options) if case.expect == "answered" and case.gold and not case.history]
    complain_of_misquotations(cases, documents(settings.corpus))
    with Workshop(settings, options.out, screen.say) as shop:
        found = retrieve_all(cases, shop)
        aligned = ntrex(options.data / "ntrex_fr_en.jsonl", shop.library().embedder)
    figures = {**measure(found), **aligned}
    marks = {name: mark for name, mark in fingerprints(settings, cases).items() if name != "model"}
    outcomes = {one.case.id: _outcome(one) for one in found}
    today = gate.Baseline(marks, figures, outcomes)
    whole = options.suite == "full" and options.split == "all" and options.kind is None and options.limit is None
    before = gate.load(baseline_path(options), "retrieval")
    verdict = gate.compare(before, today, baseline_remedy(options)) if whole else gate.only_flips(before, today)
    target = options.out / "retrieval" / "report.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    report = {"fingerprints": marks, "gate": asdict(verdict), "cases": [_plain(one) for one in found]}
    report["figures"] = {name: asdict(estimate) for name, estimate in figures.items()}
    target.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    missing = [f"{one.case.id} ({one.case.pair}): {one.case.question}" for one in found if one.rank is None]
    screen.table(f"retrieval: {len(found)} questions", figures, RETRIEVAL)
    screen.lines(f"{len(missing)} without their gold sentence", missing)
    screen.verdict(verdict)
    if options.update_baseline and whole:
        screen.lines("baseline", gate.difference(before, today))
        gate.save(baseline_path(options), "retrieval", today)
        return 0
    return 1 if verdict.passed is False else 0


def retrieve_all(cases: Sequence[Case], shop: Workshop) -> list[Found]:
    """Every question through the product's own retrieval, with the settings' depth."""
    import time

    from rag.retrieval.evidence import Retriever

    library = shop.library()
    retriever = Retriever(library.catalog, library.vectors, library.lexical, library.embedder)
    limit, tokens = shop.settings.evidence_sentences, shop.settings.evidence_tokens
    if cases:  # the first question pays for loading the model
        retriever.retrieve(cases[0].question, cases[0].language, limit=limit, tokens=tokens)
    found = []
    for case in cases:
        started = time.perf_counter()
        evidence = retriever.retrieve(case.question, case.language, limit=limit, tokens=tokens)
        found.append(placed(case, evidence, (time.perf_counter() - started) * 1000))
    return found


def placed(case: Case, evidence: Sequence[Evidence], ms: float = 0.0) -> Found:
    """Where the gold stands among the evidence."""
    shown = [as_citation(n, item) for n, item in enumerate(evidence, start=1)]
    hits = [citation.n for citation in shown if any(covers(citation, gold) for gold in case.gold)]
    parts = all(any(covers(citation, gold) for gold in part for citation in shown) for part in case.gold_parts)
    return Found(case, min(hits, default=None), parts, ms, tuple(citation.quote for citation in shown))


def measure(found: Sequence[Found]) -> Table:
    """The figures of ``figures.RETRIEVAL`` that the cases are about."""
    one_language = {"fr→fr", "en→en", "both"}
    parts = {
        "": found,
        "_same": [one for one in found if one.case.pair in one_language],
        "_other": [one for one in found if one.case.pair not in one_language],
        "_fr_en": [one for one in found if one.case.pair == "fr→en"],
        "_en_fr": [one for one in found if one.case.pair == "en→fr"],
    }
    table: dict[str, Estimate | None] = {}
    for name, part in parts.items():
        table[f"shown{name}"] = mean([float(one.rank is not None) for one in part])
        table[f"mrr{name}"] = mean([1 / one.rank if one.rank else 0.0 for one in part])
    for k in (1, 3):
        table[f"first_{k}"] = mean([float(one.rank is not None and one.rank <= k) for one in found])
    table["all_parts"] = mean([float(one.parts) for one in found if one.case.gold_all])
    table["retrieve_p50"] = quantile([one.ms for one in found], 0.5)
    table["retrieve_p95"] = quantile([one.ms for one in found], 0.95)
    return {name: estimate for name, estimate in table.items() if estimate is not None}


def ntrex(path: Path, embedder: Embedder) -> Table:
    """Translation search in both directions; nothing when the data are not there."""
    if not path.exists():
        return {}
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    table: Table = {}
    for asked, sought in (("en", "fr"), ("fr", "en")):
        queries = embedder.encode_queries([line[asked] for line in lines])
        passages = embedder.encode_passages([line[sought] for line in lines])
        nearest = (queries @ passages.T).argmax(axis=1)
        estimate = mean([float(place == best) for place, best in enumerate(nearest)])
        if estimate is not None:
            table[f"ntrex_{asked}_{sought}"] = estimate
    return table


def as_citation(n: int, item: Evidence) -> Citation:
    """A piece of evidence as an answer would cite it."""
    s = item.sentence
    return Citation(n, s.document_id, None, None, s.language, s.start, s.end, s.text)


def _outcome(one: Found) -> gate.Outcome:
    first = one.shown[0] if one.shown else "nothing"
    return gate.Outcome(one.rank is not None, f"rank {one.rank}" if one.rank else "not shown", first)


def _plain(one: Found) -> dict[str, object]:
    keep = {"id": one.case.id, "pair": one.case.pair, "question": one.case.question}
    return {**keep, "rank": one.rank, "parts": one.parts, "ms": round(one.ms, 2), "shown": list(one.shown)}
