"""A progress bar for the shells: what, how far, how fast, how long still. On standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[str, int, int], None]  #: (label, done, total)


@contextmanager
def bar(title: str) -> Iterator[Advance]:
    """Show a bar while the block runs; the block calls ``advance(label, done, total)``.

    Without a terminal each new label, and every tenth part of it, is one plain line, so that long work
    never looks dead in a log.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain_lines(console.print, title)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(show_speed=True),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        tasks: dict[str, object] = {}

        def advance(label: str, done: int, total: int) -> None:
            task = tasks.setdefault(label, progress.add_task(f"{title}: {label}", total=total or None))
            progress.update(task, completed=done, total=total or None)  # type: ignore[arg-type]

        yield advance


def _plain_lines(write: Callable[[str], None], title: str) -> Advance:
    shown: dict[str, int] = {}

    def advance(label: str, done: int, total: int) -> None:
        tenth = 10 * done // total if total else 0
        if shown.get(label) != tenth:
            shown[label] = tenth
            write(f"{title}: {label} {10 * tenth} %")

    return advance
