"""What a run shows while it goes on, and its table at the end (rich, on standard error and output)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import TimeRemainingColumn as TimeLeft
from rich.table import Table
from rich.text import Text

from eval.bootstrap import Estimate
from eval.figures import BY_NAME, FIGURES, Figure
from eval.gate import Verdict
from eval.report import ratio, shown
from eval.results import Run

_FLIPS = 10
_SILENCE = 20.0  #: seconds between lines where no bar can be drawn
_WIDTH = 150  #: columns of a log


@dataclass(frozen=True, slots=True)
class Follow:
    """Callbacks for one system's run."""

    progress: Progress
    answers: TaskID
    scores: TaskID
    told: list[float] = field(default_factory=lambda: [monotonic(), monotonic()])  #: start, last line

    def answer(self, done: int, total: int) -> None:
        """``done`` of ``total`` answers that the cache did not have."""
        self.progress.update(self.answers, completed=done, total=total, visible=total > 0)
        console, now = self.progress.console, monotonic()
        if done and not console.is_terminal and now - self.told[1] > _SILENCE:  # a log must not look dead
            self.told[1] = now
            spent = now - self.told[0]
            left = spent / done * (total - done)
            console.print(Text(f"{done} of {total} answers in {spent:.0f} s, about {left:.0f} s left"))

    def score(self, done: int, total: int) -> None:
        """``done`` of ``total`` answers scored."""
        self.progress.update(self.scores, completed=done, total=total, visible=True)


class Screen:
    """Progress goes to standard error, results to standard output."""

    def __init__(self) -> None:
        self._err = Console(stderr=True)
        self._out = Console(soft_wrap=True)
        if not self._out.is_terminal:
            self._out.width = _WIDTH

    def say(self, words: str) -> None:
        """One line of progress."""
        self._err.print(Text(f"{words} …", style="dim"))

    @contextmanager
    def following(self, name: str) -> Iterator[Follow]:
        """Bars for one system: answers with the time left, then scores."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, TextColumn("left"), TimeLeft(), console=self._err) as progress:
            answers = progress.add_task(f"{name}: answers", total=None, visible=False)
            yield Follow(progress, answers, progress.add_task(f"{name}: scores", total=None, visible=False))

    def lines(self, title: str, lines: Sequence[str]) -> None:
        """A title and plain lines."""
        self._out.print(Text(title, style="bold"))
        for line in lines:
            self._out.print(Text(f"  {line}"))

    def summary(self, run: Run, page: Path) -> None:
        """The table, the gate's word, the flips and where the report is."""
        table = Table(title=f"{run.suite}: {len(run.main.rows)} cases, {len(run.main.failed)} failed")
        table.add_column("figure")
        table.add_column(run.main.name)
        table.add_column("n", justify="right")
        for rival in run.systems[1:]:
            table.add_column(rival.name)
            table.add_column("ratio")
        for figure in FIGURES:
            mine = run.main.figures.get(figure.name)
            theirs = [rival.figures.get(figure.name) for rival in run.systems[1:]]
            if mine is not None or any(theirs):
                cells = [cell for other in theirs for cell in (shown(figure, other), ratio(mine, other))]
                table.add_row(figure.title, shown(figure, mine), str(mine.n) if mine else "", *cells)
        self._out.print(table)
        if run.trust is not None:
            trusted = shown(BY_NAME["correct"], run.trust.accuracy)
            self._out.print(Text(f"the check agrees with {run.trust.accuracy.n} hand labels: {trusted}"))
        for note in run.notes:
            self._out.print(Text(note))
        self.verdict(run.verdict)
        self._out.print(Text(f"report: {page}"))

    def table(self, title: str, figures: Mapping[str, Estimate], known: Sequence[Figure]) -> None:
        """One system's figures, those of ``known`` that were measured."""
        table = Table(title=title)
        for column in ("figure", "value", "n"):
            table.add_column(column)
        for figure in known:
            if figure.name in figures:
                estimate = figures[figure.name]
                table.add_row(figure.title, shown(figure, estimate), str(estimate.n))
        self._out.print(table)

    def verdict(self, verdict: Verdict) -> None:
        """The gate's word, what differs, what is worse, and the flips with both answers."""
        style = {True: "bold green", False: "bold red", None: "bold"}[verdict.passed]
        word = {True: "gate passed", False: "gate failed", None: "not gated"}[verdict.passed]
        self._out.print(Text(f"{word}: {verdict.message}", style=style))
        for name, was, now in verdict.differing:
            self._out.print(Text(f"  {name}: baseline {was}, now {now}"))
        for name, old, new in verdict.worse:
            figure = BY_NAME[name]
            self._out.print(Text(f"  {figure.title}: baseline {shown(figure, old)}, now {shown(figure, new)}"))
        for flip in verdict.flips[:_FLIPS]:
            self._out.print(Text(f"  {flip.case}: {'passes' if flip.after.passed else 'fails'} now"))
            self._out.print(Text(f"    before ({flip.before.status}): {_one_line(flip.before.answer)}"))
            self._out.print(Text(f"    now ({flip.after.status}): {_one_line(flip.after.answer)}"))
        if len(verdict.flips) > _FLIPS:
            self._out.print(Text(f"  and {len(verdict.flips) - _FLIPS} more flips, all in the report"))


def _one_line(text: str) -> str:
    return " ".join(text.split())
