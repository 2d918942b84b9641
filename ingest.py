"""Shell: the corpus folder into the index, with progress. ``python ingest.py --help``."""

from __future__ import annotations

import argparse
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from rag.errors import RagError

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from rag.library import Library, Progress, SyncReport
    from rag.models.embedder import Embedder
    from rag.settings import Settings

KINDS = 6  #: of files passed over that are named


def main(argv: list[str] | None = None) -> int:
    """Ingest once, or for as long as ``--watch`` runs; 0 done, 1 a failure or an unreadable file."""
    arguments = _arguments().parse_args(argv)
    try:
        from rag.settings import load_settings

        settings = load_settings(corpus=arguments.corpus, index=arguments.index)
        if arguments.watch:
            _watch(settings, rebuild=arguments.rebuild, quiet=arguments.quiet)
            return 0
        return int(_ingest(settings, rebuild=arguments.rebuild, quiet=arguments.quiet))
    except RagError as error:
        if arguments.debug:
            raise
        print(f"ingest: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0 if arguments.watch else 130


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ingest.py", description="Read the corpus folder into the index.")
    parser.add_argument("--corpus", type=Path, help="folder of documents (default: corpus, or TEMOIN_CORPUS)")
    parser.add_argument("--index", type=Path, help="folder of the index (default: .temoin, or TEMOIN_INDEX)")
    parser.add_argument("--rebuild", action="store_true", help="make the index anew; cached vectors are kept")
    parser.add_argument("--watch", action="store_true", help="stay, and follow the folder")
    parser.add_argument("--quiet", action="store_true", help="show nothing but failures")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    return parser


def _ingest(settings: Settings, *, rebuild: bool, quiet: bool, embedder: Embedder | None = None) -> bool:
    """One sync, with a progress bar on standard error; whether any file failed."""
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rate]}"))
    hidden = quiet or not sys.stderr.isatty()
    with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True, disable=hidden) as bar:
        tell = _teller(bar)
        with _opened(settings, rebuild=rebuild, embedder=embedder, tell=tell) as library:
            report = library.sync(tell)
    if not quiet:
        print(_summary(report), *_passed_over(report.ignored), sep="\n")
    for path, reason in report.failed:
        print(f"ingest: {path}: {reason}", file=sys.stderr)
    return bool(report.failed)


def _opened(settings: Settings, *, rebuild: bool, embedder: Embedder | None, tell: Callable[[Progress], None]) -> Library:
    """The library; made anew where an older version of this program made it."""
    from rag.errors import OutdatedIndex
    from rag.library import Library

    try:
        return Library.open(settings, rebuild=rebuild, embedder=embedder, on_progress=tell)
    except OutdatedIndex:
        print("ingest: the index is of an older version of this program; making it anew", file=sys.stderr)
        return Library.open(settings, rebuild=True, embedder=embedder, on_progress=tell)


def _teller(bar: Bar) -> Callable[[Progress], None]:
    tasks: dict[str, TaskID] = {}

    def tell(progress: Progress) -> None:
        if progress.label not in tasks:
            tasks[progress.label] = bar.add_task(progress.label, total=None, rate="")
        rate = f"{progress.rate:,.0f} sentences/s" if progress.rate >= 1 else ""
        bar.update(tasks[progress.label], completed=progress.done, total=progress.total, rate=rate)

    return tell


def _summary(report: SyncReport) -> str:
    counts = {
        "added": len(report.added),
        "changed": len(report.changed),
        "renamed": len(report.renamed),
        "removed": len(report.removed),
        "unreadable": len(report.failed),
    }
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing changed"
    return (
        f"{report.documents} documents, {report.sentences} sentences ({report.embedded} embedded) "
        f"in {report.seconds:.1f} s: {told}"
    )


def _passed_over(ignored: Sequence[str]) -> list[str]:
    """One line about the files of other kinds, the commonest kinds first; none where there are none."""
    if not ignored:
        return []
    kinds = [kind for kind, _ in Counter(PurePosixPath(path).suffix.lower() for path in ignored).most_common()]
    named = ", ".join(kind or "without an ending" for kind in kinds[:KINDS]) + (", …" if len(kinds) > KINDS else "")
    count = "1 file of another kind" if len(ignored) == 1 else f"{len(ignored):,} files of other kinds"
    return [f"{count} passed over: {named}"]


def _watch(settings: Settings, *, rebuild: bool, quiet: bool) -> None:
    """Follow the folder until interrupted. The index is opened for each change and let go of in between."""
    from rag.models.deferred import DeferredEmbedder
    from rag.watching import follow

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service manager's stop, too, ends in order
    embedder = DeferredEmbedder(settings)
    anew = rebuild

    def sync() -> None:
        nonlocal anew
        _ingest(settings, rebuild=anew, quiet=quiet, embedder=embedder)
        anew = False

    def ready() -> None:
        if not quiet:
            print(f"watching {settings.corpus}; stop with Ctrl-C")

    follow(settings.corpus, sync, lambda error: print(f"ingest: {error}", file=sys.stderr), ready=ready)


if __name__ == "__main__":
    sys.exit(main())
