"""A finished run, told three ways: one self-contained page, a summary in Markdown, JSON for machines.

The page makes no request: styles, plots and its small script are inline, and jinja2 escapes every word that
comes from a document, a question or a model. It is readable without the script, which only filters the cases
and opens a document at a citation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.bootstrap import Estimate
from eval.figures import BY_NAME, FIGURES, Figure, Table
from eval.page import page
from eval.results import Run, SystemRun
from eval.scoring import Row
from rag.contract import to_json


def write(run: Run, folder: Path) -> Path:
    """Write report.html, report.md and report.json below ``folder``; return the page."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "report.html"
    target.write_text(page(run), encoding="utf-8")
    (folder / "report.md").write_text(markdown(run), encoding="utf-8")
    data = json.dumps(machine(run), ensure_ascii=False, indent=1)
    (folder / "report.json").write_text(data + "\n", encoding="utf-8")
    return target


def shown(figure: Figure, estimate: Estimate | None, *, interval: bool = True) -> str:
    """A figure for people: two decimals for shares, seconds for times, and its interval."""
    if estimate is None:
        return "–"
    scale, form = (1000.0, "{:.2f} s") if figure.unit == "ms" else (1.0, "{:.2f}")
    if figure.unit in ("tokens", "words"):
        form = "{:.0f}"
    text = form.format(estimate.mean / scale)
    if not interval:
        return text
    plain = form.removesuffix(" s")
    return f"{text} [{plain.format(estimate.low / scale)}, {plain.format(estimate.high / scale)}]"


def brief(figure: Figure, estimate: Estimate | None) -> str:
    """A figure in a narrow cell: the interval without its leading zeros, and the cases: ``0.92 [.87, .96] (110)``."""
    if estimate is None:
        return "–"
    value, interval = shown(figure, estimate).split(" [")
    ends = [end.removeprefix("0") if end.startswith("0.") else end for end in interval.removesuffix("]").split(", ")]
    return f"{value} [{', '.join(ends)}] ({estimate.n})"


def ratio(mine: Estimate | None, theirs: Estimate | None) -> str:
    """How many times theirs mine is; a dash where that says nothing."""
    if mine is None or theirs is None or theirs.mean == 0:
        return "–"
    return f"×{mine.mean / theirs.mean:.2f}"


def markdown(run: Run) -> str:
    """The summary for a pull request."""
    mark = {True: "✅", False: "❌", None: "➖"}[run.verdict.passed]
    lines = [f"## Eval: {run.suite}, {len(run.main.rows)} cases", "", f"{mark} {run.verdict.message}", ""]
    lines += [f"- {name}: baseline `{old}`, now `{new}`" for name, old, new in run.verdict.differing]
    lines += ["", *_table(run), "", "In brackets the 95 % interval, in parentheses the cases it was measured on.", ""]
    lines += [*_parts("Language pair", run.main.by_pair), "", *_parts("Kind", run.main.by_kind), ""]
    if run.trust is not None:
        lines += [
            f"The automatic check agrees with {run.trust.accuracy.n} statements labelled by hand in "
            f"{shown(BY_NAME['correct'], run.trust.accuracy)} of cases.",
            "",
        ]
    lines += _flips(run)
    failed = run.main.failed
    lines += [f"<details><summary>{len(failed)} cases failed</summary>", ""]
    lines += [f"- `{row.case.id}` {_one_line(row.case.question)}: {_one_line(row.score.reasons[0])}" for row in failed]
    lines += ["", "</details>", "", *(f"> {note}" for note in run.notes)]
    lines += [f"> {name}: `{value}`" for name, value in run.fingerprints.items()]
    return "\n".join(lines) + "\n"


def _table(run: Run) -> list[str]:
    rivals = run.systems[1:]
    head = ["figure", run.main.name, "n", *(cell for rival in rivals for cell in (rival.name, "ratio"))]
    lines = [_cells(head), _cells(["---"] * len(head))]
    for figure in FIGURES:
        mine = run.main.figures.get(figure.name)
        theirs = [rival.figures.get(figure.name) for rival in rivals]
        if mine is None and not any(theirs):
            continue
        row = [figure.title, shown(figure, mine), str(mine.n) if mine else "0"]
        row += [cell for other in theirs for cell in (shown(figure, other), ratio(mine, other))]
        lines.append(_cells(row))
    return lines


def _parts(name: str, parts: Mapping[str, Table]) -> list[str]:
    figures = [figure for figure in FIGURES if figure.headline]
    lines = [_cells([name, *(f.title for f in figures)]), _cells(["---"] * (len(figures) + 1))]
    for part, table in parts.items():
        lines.append(_cells([part, *(brief(f, table.get(f.name)) for f in figures)]))
    return lines


def _flips(run: Run) -> list[str]:
    if not run.verdict.flips:
        return []
    lines = ["### Flipped against the baseline", ""]
    for flip in run.verdict.flips:
        now = "passes" if flip.after.passed else f"fails ({_one_line(flip.after.reasons[0])})"
        lines += [
            f"- `{flip.case}` {now}",
            f"  - before ({flip.before.status}): {_one_line(flip.before.answer)}",
            f"  - now ({flip.after.status}): {_one_line(flip.after.answer)}",
        ]
    return [*lines, ""]


def _cells(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;")


def machine(run: Run) -> dict[str, Any]:
    """Everything, as plain values: figures with intervals, the gate's word, every case with its answer."""
    trust = None
    if run.trust is not None:
        table = [{"label": label, "accepted": ok, "n": n} for (label, ok), n in sorted(run.trust.table.items())]
        trust = {**asdict(run.trust), "table": table}
    return {
        "suite": run.suite,
        "made": run.made,
        "fingerprints": dict(run.fingerprints),
        "gate": asdict(run.verdict),
        "trust": trust,
        "notes": list(run.notes),
        "systems": [_system(system) for system in run.systems],
    }


def _system(system: SystemRun) -> dict[str, Any]:
    def plain(table: Table) -> dict[str, Any]:
        return {name: asdict(estimate) for name, estimate in table.items()}

    return {
        "name": system.name,
        "figures": plain(system.figures),
        "by_pair": {name: plain(table) for name, table in system.by_pair.items()},
        "by_kind": {name: plain(table) for name, table in system.by_kind.items()},
        "by_language": {name: plain(table) for name, table in system.by_language.items()},
        "risk_coverage": [asdict(point) for point in system.curve],
        "cached": system.cached,
        "cases": [_case(row) for row in system.rows],
    }


def _case(row: Row) -> dict[str, Any]:
    return {
        "id": row.case.id,
        "kind": row.case.kind,
        "split": row.case.split,
        "pair": row.case.pair,
        "expect": row.case.expect,
        "passed": row.score.passed,
        "reasons": list(row.score.reasons),
        "values": {name: [share.hits, share.of] for name, share in row.score.values.items()},
        "cached": row.cached,
        "answer": to_json(row.answer, row.case.id),
    }
