"""``python -m eval.floor [--limit N]``: an answer's time against the least the model itself needs for it.

The floor of an answer is (tokens read anew / prefill rate) + (tokens written / decode rate); both rates are measured in
the same run, before and after the questions, on a prompt and a reply of several hundred tokens. What is above the
floor is search, embedding, checking, and the calls themselves. Questions: dev, evenly spaced, after one to warm up.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean, median

from eval.cases import load
from eval.screen import Screen
from eval.selection import even
from eval.workshop import Workshop
from rag.generation.prompts import load as load_prompt
from rag.models.llm import Llm
from rag.settings import load_settings
from rag.shell import prepare, run

ROOT = Path(__file__).resolve().parent.parent
_ENDLESS = "root ::= [a-z ] root"
_WRITTEN = 128  #: tokens


def rates(llm: Llm, salt: int) -> tuple[float, float]:
    """Tokens a second, read and written. ``salt`` makes the prompt one that no cache knows."""
    text = " ".join(f"{salt}{number} boats left the harbour before noon." for number in range(40))
    read = llm.complete((("user", text),), max_tokens=1)
    written = llm.complete((("user", f"{salt}"),), max_tokens=_WRITTEN, grammar=_ENDLESS)
    return 1000 * read.prompt_tokens / read.prompt_ms, 1000 * written.completion_tokens / written.completion_ms


def at_once(llm: Llm, questions: Sequence[str], passages: Sequence[str]) -> float:
    """Seconds to hear witnesses two at a time, which the server reads in one batch, over seconds one after the other."""
    prompt = load_prompt("witness")
    asked = [prompt.messages(question=question, source=text) for question in questions for text in passages]
    spent = []
    for workers, part in ((1, asked[::2]), (2, asked[1::2])):
        begun = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(llm.yes_or_no, part))
        spent.append(time.perf_counter() - begun)
    return spent[1] / spent[0]


def main() -> int:
    """Ask, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=24, help="questions")
    options = parser.parse_args()
    prepare()
    screen = Screen()
    dev = [case for case in load(ROOT / "eval" / "cases", "dev") if case.expect != "declined"]
    with Workshop(load_settings(corpus=ROOT / "corpus"), ROOT / "eval" / "out", screen.say) as shop:
        llm, assistant = shop.llm(), shop.assistant()
        assistant.answer("What is this about?")
        before = rates(llm, 3)
        answers = [assistant.answer(case.question, case.history) for case in even(dev, options.limit)]
        after = rates(llm, 7)
        passages = [sentence.text for source in shop.library().sources() for sentence in shop.library().sentences(source.id)]
        batched = None if llm.adapted else at_once(llm, [case.question for case in even(dev, 4)], even(passages, 6))
    prefill, decode = (mean(pair) for pair in zip(before, after, strict=True))
    times = [answer.timings for answer in answers if answer.timings.prompt_tokens]
    floors = [1000 * (t.prompt_tokens / prefill + t.completion_tokens / decode) for t in times]
    ratios = [t.total_ms / floor for t, floor in zip(times, floors, strict=True)]
    first = [t.first_statement_ms for t in times if t.first_statement_ms]
    screen.lines(
        f"{len(times)} answers that asked the model",
        [
            f"read {prefill:.0f} tokens/s, written {decode:.0f} tokens/s (before: {before[0]:.0f}, {before[1]:.0f})",
            f"tokens read anew, written: median {median(t.prompt_tokens for t in times):.0f}, "
            f"{median(t.completion_tokens for t in times):.0f}",
            f"time / floor: median {median(ratios):.2f}, all together {sum(t.total_ms for t in times) / sum(floors):.2f}",
            "witnesses heard two at once against one after the other: "
            + (f"{batched:.2f} of the time" if batched else "with TEMOIN_LLM_ADAPTER=off only"),
            f"first statement, median {median(first) / 1000:.1f} s; whole answer, median "
            f"{median(t.total_ms for t in times) / 1000:.1f} s; search, median {median(t.retrieve_ms for t in times):.0f} ms",
        ],
    )
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
