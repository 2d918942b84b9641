"""``python -m eval.sabotage prompt|depth|verifier``: does the gate see it when the product is broken?

The smoke suite is asked of a product with one fault, put in while it runs, and compared with the committed
baseline. Exit code 0 means that the gate turned red, as it should; 1 that it let the fault through.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from eval.run import main as run
from rag.generation import prompts, witness
from rag.generation.composer import Wording
from rag.speaking import Speaker
from rag.types import Evidence, Statement

OUT = Path(__file__).resolve().parent / "out" / "sabotage"


def broken_prompt() -> int:
    """The witnesses are heard without the question: its place in the prompt's last turn is lost."""

    def load(name: str) -> prompts.Prompt:
        whole = prompts.load(name)
        return replace(whole, pattern=whole.pattern.replace("\nQuestion: {question}", ""))

    with patch.object(witness, "load", load):
        return smoke("prompt")


def wrong_depth() -> int:
    """One sentence of evidence instead of eight."""
    with patch.dict(os.environ, {"TEMOIN_EVIDENCE_SENTENCES": "1"}):
        return smoke("depth")


def no_verifier() -> int:
    """Whatever the model words is shown, unchecked. The judge keeps its own verifier."""

    def unchecked(self: Speaker, wording: Wording, witness: Evidence, _: Sequence[Evidence]) -> Statement:
        return self._statement(wording.text, witness, wording.origin, 1.0)

    with patch.object(Speaker, "_checked", unchecked):
        return smoke("verifier")


def smoke(fault: str) -> int:
    """The smoke suite, with a cache of its own; the gate's exit code."""
    return run(["--suite", "smoke", "--no-cache", "--out", str(OUT / fault)])


FAULTS: dict[str, Callable[[], int]] = {"prompt": broken_prompt, "depth": wrong_depth, "verifier": no_verifier}


def main() -> int:
    """Break, run, say whether it was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("fault", choices=sorted(FAULTS))
    seen = FAULTS[parser.parse_args().fault]() != 0
    print("the gate turned red" if seen else "the gate let the fault through")
    return 0 if seen else 1


if __name__ == "__main__":
    sys.exit(main())
