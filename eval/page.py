"""The report as one HTML page: a jinja2 template (``report.html``) filled with plain, ready-made values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from eval import plots
from eval.figures import BY_NAME, FIGURES
from eval.results import Run, SystemRun
from eval.scoring import Row
from rag.types import Citation, Document

if TYPE_CHECKING:
    from jinja2 import Template

_AROUND = 240  #: characters of context around a quotation
_STYLES = ("first", "second", "third", "fourth", "fifth")


def page(run: Run) -> str:
    """The whole page as a string of HTML."""
    from eval.report import ratio, shown

    return _template().render(
        run=run,
        figures=[f for f in FIGURES if any(f.name in system.figures for system in run.systems)],
        headline=[f for f in FIGURES if f.headline and f.name in run.main.figures],
        by_name=BY_NAME,
        shown=shown,
        ratio=ratio,
        plots=_plots(run),
        cases=[_case(run, row) for row in run.main.rows],
        documents={id: {"title": _title(doc), "text": doc.text} for id, doc in run.documents.items()},
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")


def _plots(run: Run) -> list[tuple[str, str, Markup]]:
    """(title, how to read it, drawing); a plot without data is left out."""
    main = run.main
    found = []
    wanted = [
        ("correct", "language pair", main.by_pair),
        ("gold_cited", "language pair", main.by_pair),
        ("correct", "kind of question", main.by_kind),
        ("abstention_recall", "kind of question", main.by_kind),
    ]
    for figure, name, parts in wanted:
        items = [(part.replace("_", " "), table[figure]) for part, table in parts.items() if figure in table]
        if items:
            title = f"{BY_NAME[figure].title}, by {name}"
            found.append((title, "The line across a bar is its 95 % interval.", plots.bars(title, items)))
    curves = [(system.name, _STYLES[place], plots.risk_line(system.curve)) for place, system in enumerate(run.systems[:5])]
    if main.curve:
        title = "Risk against coverage"
        how = "Answers are added from the surest to the least sure: low and flat is good. The dot is what readers meet."
        found.append((title, how, plots.lines(title, curves, "share of cases answered", "share of those wrong")))
    drawing = _latency(main)
    if drawing:
        how = f"Median and slowest tenth are in the table. {main.cached} of {len(main.rows)} answers came from the cache."
        found.append(("Time to answer", how, drawing))
    return found


def _latency(system: SystemRun) -> Markup | None:
    times = [row.answer.timings for row in system.rows]
    first = plots.ready_line([time.first_statement_ms for time in times if time.first_statement_ms > 0])
    whole = plots.ready_line([time.total_ms for time in times if time.total_ms > 0])
    if not whole:
        return None
    series = [("first statement", "first", first), ("whole answer", "second", whole)]
    slowest = max(x for _, _, points in series for x, _ in points)
    right = 4.0 * max(1, ceil(slowest / 4))  # so that the quarters are whole seconds
    return plots.lines("Time to answer", series, "seconds", "share of answers there", right=right, legend="bottom")


@dataclass(frozen=True, slots=True)
class _Cited:
    """A citation with what stands around it in its document."""

    citation: Citation
    title: str
    before: str
    after: str
    exact: bool


def _case(run: Run, row: Row) -> dict[str, Any]:
    others = []
    for system in run.systems[1:]:
        other = next((other for other in system.rows if other.case.id == row.case.id), None)
        if other is not None:
            others.append((system.name, other))
    return {
        "row": row,
        "cited": [_cited(citation, run.documents) for citation in row.answer.citations],
        "closest": [_cited(citation, run.documents) for citation in row.answer.closest],
        "others": others,
        "verdicts": [
            (BY_NAME[name].title, share, share.hits >= share.of, BY_NAME[name].higher) for name, share in row.score.values.items()
        ],
    }


def _cited(citation: Citation, documents: Mapping[str, Document]) -> _Cited:
    document = documents.get(citation.document)
    if document is None:
        return _Cited(citation, citation.document, "", "", exact=False)
    text = document.text
    return _Cited(
        citation,
        _title(document),
        text[max(0, citation.start - _AROUND) : citation.start],
        text[citation.end : citation.end + _AROUND],
        exact=text[citation.start : citation.end] == citation.quote,
    )


def _title(document: Document) -> str:
    return document.source.title or document.source.id
