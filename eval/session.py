"""The usual run, step by step: choose cases, ask every system, score, compare, report, gate."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from eval import gate
from eval.cache import Cache
from eval.cases import Case, CaseError, Split, load, misquoted
from eval.corpus import documents
from eval.fingerprints import fingerprints
from eval.report import write
from eval.results import Run, SystemRun, summed_up
from eval.runner import run
from eval.screen import Screen
from eval.selection import even, smoke
from eval.statements import judged
from eval.workshop import Workshop
from rag.settings import Settings, load_settings
from rag.types import Document

HERE = Path(__file__).resolve().parent
CASES = HERE / "cases"


def run_cases(options: argparse.Namespace) -> int:
    """The whole of ``python eval/run.py``. Returns the exit code; raises RagError."""
    screen = Screen()
    settings = load_settings(corpus=options.corpus or HERE.parent / "corpus")
    cases = chosen(options)
    known = documents(settings.corpus)
    complain_of_misquotations(cases, known)
    suite = suite_name(options)
    with Workshop(settings, options.out, screen.say) as shop:
        cache = Cache(options.out / "cache", reading=not options.no_cache)
        judge = shop.judge(known, cache)
        texts = {id: document.text for id, document in known.items()}
        systems: list[SystemRun] = []
        for name in ("temoin", *dict.fromkeys(options.against)):
            with screen.following(name) as follow:
                rows = run(
                    cases,
                    shop.system(name),
                    cache,
                    judge,
                    texts,
                    jobs=options.jobs,
                    on_answer=follow.answer,
                    on_score=follow.score,
                )
            systems.append(summed_up(name, rows))
        trust = judged((options.cases or CASES) / "statements.jsonl", judge)
    marks = fingerprints(settings, cases)
    today = gate.baseline_of(systems[0].rows, systems[0].figures, marks)
    place = baseline_path(options)
    before = gate.load(place, suite or "full")
    verdict = gate.compare(before, today, baseline_remedy(options)) if suite else gate.only_flips(before, today)
    finished = Run(
        suite=suite or "selection",
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
        fingerprints=marks,
        systems=tuple(systems),
        verdict=verdict,
        trust=trust,
        documents=known,
        notes=tuple(notes(options, settings, systems)),
    )
    page = write(finished, options.out / finished.suite)
    screen.summary(finished, page)
    if options.update_baseline and suite:
        screen.lines("baseline", gate.difference(before, today))
        gate.save(place, suite, today)
        return 0
    return 1 if verdict.passed is False else 0


def chosen(options: argparse.Namespace) -> tuple[Case, ...]:
    """The cases of this run. Raises CaseError when none is left."""
    sides: dict[str, Split | None] = {"dev": "dev", "test": "test", "all": None}
    cases = load(options.cases or CASES, sides["dev" if options.suite == "smoke" else options.split])
    if options.suite == "smoke":
        cases = smoke(cases)
    cases = even([case for case in cases if options.kind in (None, case.kind)], options.limit)
    if not cases:
        raise CaseError(f"no case of kind {options.kind!r} in this selection; leave out --kind or --split")
    return cases


def suite_name(options: argparse.Namespace) -> str | None:
    """The suite whose baseline holds for this run; None for a part of one, which is not gated."""
    whole = options.kind is None and options.limit is None and options.split == "all"
    return str(options.suite) if whole else None


def baseline_path(options: argparse.Namespace) -> Path:
    """The project's baseline, or the one beside other cases."""
    return options.cases / "baseline.json" if options.cases else HERE / "baseline.json"


def baseline_remedy(options: argparse.Namespace) -> str:
    """How to make the baseline that this run found missing."""
    words = ["python eval/run.py"]
    words += ["--retrieval"] if options.retrieval else ["--suite", options.suite]
    if options.cases:
        words += ["--cases", str(options.cases), "--corpus", str(options.corpus)]
    return f"read the report, then make one of it: {' '.join(words)} --update-baseline"


def complain_of_misquotations(cases: Sequence[Case], known: dict[str, Document]) -> None:
    """Gold that is not in the corpus would make every figure wrong. Raises CaseError, one line."""
    wrong = misquoted(cases, {id: document.text for id, document in known.items()})
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise CaseError(f"{wrong[0]}{more}; correct the cases, or give the corpus they are about with --corpus")


def notes(options: argparse.Namespace, settings: Settings, systems: Sequence[SystemRun]) -> list[str]:
    """What a reader must know about how this run was made."""
    told = []
    if options.jobs > 1:
        told.append(f"{options.jobs} questions were asked at once: times are not those of one reader.")
    if settings.llm_url:
        told.append("The language model is a remote server: what it is cannot be checked from here.")
    for system in systems:
        silent = sum("model_unavailable" in row.answer.notices for row in system.rows)
        if silent:
            told.append(f"{system.name}: {silent} answers were given without the language model.")
    if any(system.name == "citation-query-engine" for system in systems):
        told.append("CitationQueryEngine takes no history: follow-ups are asked as they stand.")
    return told
