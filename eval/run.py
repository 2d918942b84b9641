"""``python eval/run.py``: cases → system → figures → gate → report.

Exit code 0: done and not worse than the baseline, or without one to compare with, and it says so; 1: worse, or a
RagError (one line on standard error); 2: wrong usage. Stopped half-way, it keeps every finished answer: the same
command goes on from there.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":  # as a script, eval/ itself is on the path and its parent is not
    sys.path[0] = str(ROOT)

from eval.names import KINDS, PUBLIC, RIVALS  # noqa: E402

DATA = ROOT.parent / "shared" / "data"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python eval/run.py", description="Ask the cases, measure the answers, compare with the baseline."
    )
    made.add_argument("--suite", choices=("full", "smoke"), default="full", help="all cases (default), or 24 of them")
    made.add_argument("--split", choices=("dev", "test", "all"), default="all", help="which side of the split")
    made.add_argument("--kind", choices=KINDS, help="only cases of this kind")
    made.add_argument("--limit", type=_positive, metavar="N", help="at most N cases, evenly spaced")
    made.add_argument("--against", action="append", choices=RIVALS, default=[], help="a rival in the same run")
    made.add_argument("--retrieval", action="store_true", help="measure retrieval alone (no language model)")
    made.add_argument("--public", choices=PUBLIC, help="a public set instead of the cases")
    made.add_argument("--data", type=Path, default=DATA, metavar="DIR", help="folder of the public sets")
    made.add_argument("--cases", type=Path, metavar="DIR", help="other cases (with their own baseline.json)")
    made.add_argument("--corpus", type=Path, metavar="DIR", help="the corpus they are about")
    made.add_argument("--update-baseline", action="store_true", help="make this run the baseline; print what changed")
    made.add_argument("--no-cache", action="store_true", help="ask everything again")
    made.add_argument("--out", type=Path, default=ROOT / "eval" / "out", metavar="DIR", help="reports and cache")
    made.add_argument("--jobs", type=_positive, default=1, metavar="N", help="questions asked at once")
    made.add_argument("--import-feedback", type=Path, metavar="FILE", help="turn exported feedback into draft cases")
    made.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    made = parser()
    options = made.parse_args(arguments)
    for wrong, why in _contradictions(options):
        if wrong:
            made.error(why)
    from rag.errors import RagError

    try:
        return _dispatch(options)
    except RagError as error:
        if options.debug:
            raise
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; finished answers are kept, the same command goes on from there", file=sys.stderr)
        return 1


def _contradictions(options: argparse.Namespace) -> list[tuple[bool, str]]:
    partial = options.kind is not None or options.limit is not None or options.split != "all"
    return [
        (options.suite == "smoke" and options.split == "test", "the smoke suite is taken from dev only"),
        (options.update_baseline and partial, "a baseline is made of a whole suite: leave out --kind, --limit, --split"),
        (bool(options.cases) != bool(options.corpus), "--cases and --corpus go together"),
        (bool(options.public) and bool(options.against), "--public compares with published figures, not --against"),
        (bool(options.public) and options.retrieval, "--public or --retrieval, not both"),
    ]


def _dispatch(options: argparse.Namespace) -> int:
    if options.import_feedback:
        from eval.feedback import import_feedback

        return import_feedback(options.import_feedback, options.out / "drafts" / "feedback.jsonl")
    if options.public:
        from eval.public import run_public

        return run_public(options)
    if options.retrieval:
        from eval.retrieval import run_retrieval

        return run_retrieval(options)
    from eval.session import run_cases

    return run_cases(options)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
