"""``python -m eval.sabotage prompt|depth|verifier``: does the gate see it when the product is broken?

The smoke suite is asked of a product with one fault, put in while it runs, and compared with the committed
baseline. Exit code 0 means that the gate turned red, as it should; 1 that it let the fault through, or that the run
failed before its gate: that is no proof either way.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from eval.run import main as run_cases
from rag.errors import RagError
from rag.generation import prompts, witness
from rag.generation.composer import Wording
from rag.shell import run
from rag.speaking import Speaker
from rag.types import Evidence, Statement

OUT = Path(__file__).resolve().parent / "out" / "sabotage"
#: The question's place in the witness's prompts.
PLACE = "\nQuestion: {question}"


def without_question(name: str) -> prompts.Prompt:
    """A prompt that has lost the question. Raises RagError where it stands elsewhere now: nothing would be broken."""
    whole = prompts.load(name)
    pattern = whole.pattern.replace(PLACE, "")
    if pattern == whole.pattern:
        raise RagError(f"the prompt {name!r} does not hold {PLACE!r} any more; correct PLACE in eval/sabotage.py")
    return replace(whole, pattern=pattern)


def broken_prompt() -> AbstractContextManager[object]:
    """The witnesses are heard without the question."""
    for name in ("witness", "witness_adapted"):
        without_question(name)  # now, not in the middle of the run
    return patch.object(witness, "load", without_question)


def wrong_depth() -> AbstractContextManager[object]:
    """One sentence of evidence instead of eight."""
    return patch.dict(os.environ, {"TEMOIN_EVIDENCE_SENTENCES": "1"})


@contextmanager
def no_verifier() -> Iterator[None]:
    """Whatever the model words is shown, unchecked; it is asked to word, too. The judge keeps its own verifier."""

    def unchecked(self: Speaker, wording: Wording, witness: Evidence, _: Sequence[Evidence]) -> Statement:
        return self._statement(wording.text, witness, wording.origin, 1.0)

    with patch.dict(os.environ, {"TEMOIN_TRANSLATIONS": "on"}), patch.object(Speaker, "_checked", unchecked):
        yield


FAULTS: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "prompt": broken_prompt,
    "depth": wrong_depth,
    "verifier": no_verifier,
}


def seen(fault: str) -> bool:
    """Whether a figure turns the smoke suite's gate red, asked anew. Raises RagError where it came to no comparison."""
    report = OUT / fault / "smoke" / "report.json"
    report.unlink(missing_ok=True)  # an earlier run's word must not pass for this one's
    with FAULTS[fault]():
        run_cases(["--suite", "smoke", "--no-cache", "--out", str(OUT / fault)])
    if not report.exists():
        raise RagError("the run failed before its gate; correct what it says above and try again")
    verdict = json.loads(report.read_text("utf-8"))["gate"]
    if verdict["passed"] or verdict["worse"]:
        return bool(verdict["worse"])
    raise RagError(f"no figure was compared ({verdict['message']})")


def main() -> int:
    """Break, run, say whether it was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("fault", choices=sorted(FAULTS))
    red = seen(parser.parse_args().fault)
    print("the gate turned red" if red else "the gate let the fault through")
    return 0 if red else 1


if __name__ == "__main__":
    sys.exit(run(main))
