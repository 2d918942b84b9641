"""``python eval/ragas_metrics.py REPORT.json``: ragas's own view of a finished run, as an extra.

Faithfulness (do the passages cited support each claim?) and response groundedness of every answered case of every system,
judged by the model server that ``TEMOIN_LLM_URL`` (with ``_API_KEY``, ``_MODEL``) names. Needs ``pip install -e
".[ragas]"``, nothing else of this project: it may live in an environment of its own. A small judge judges badly; none of
this is gated.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import statistics
import sys
from pathlib import Path
from typing import Any


def samples(report: dict[str, Any], limit: int | None, system: int = 0) -> list[dict[str, Any]]:
    """Question, answer and cited passages of the answered cases of one system of a report, by its place."""
    answers = [case["answer"] for case in report["systems"][system]["cases"]]
    return [
        {
            "user_input": answer["question"],
            "response": " ".join(statement["text"] for statement in answer["statements"]),
            "retrieved_contexts": [citation["quote"] for citation in answer["citations"]],
        }
        for answer in answers
        if answer["status"] == "answered" and answer["statements"]
    ][:limit]


def judge(url: str, key: str, model: str) -> Any:
    """The server's model as ragas wants it."""
    from openai import AsyncOpenAI
    from ragas.llms.base import llm_factory

    return llm_factory(model, client=AsyncOpenAI(base_url=url, api_key=key, timeout=600.0, max_retries=0), temperature=0.0)


async def scored(asked: list[dict[str, Any]], llm: Any) -> dict[str, list[float]]:
    """By metric, the scores in [0, 1]; an answer that the judge could not score is left out, and told."""
    from ragas.metrics.collections import Faithfulness, ResponseGroundedness

    found: dict[str, list[float]] = {"faithfulness": [], "response groundedness": []}
    for place, sample in enumerate(asked, start=1):
        grounded = {name: sample[name] for name in ("response", "retrieved_contexts")}
        for name, ask in (
            ("faithfulness", Faithfulness(llm=llm).ascore(**sample)),
            ("response groundedness", ResponseGroundedness(llm=llm).ascore(**grounded)),
        ):
            try:
                value = float((await ask).value)
                if math.isnan(value):
                    raise ValueError("no number")  # ragas's word for an answer without claims
                found[name].append(value)
            except Exception as error:  # ragas raises whatever its parser or the server raises
                told = " ".join(str(error).split())[:160]
                print(f"{sample['user_input'][:60]}: {name} not scored ({told})", file=sys.stderr)
        print(f"{place} of {len(asked)}", file=sys.stderr)
    return found


async def summed_up(report: dict[str, Any], limit: int | None, llm: Any) -> list[str]:
    """A line for each metric of each system: the mean, and how many answers could be scored."""
    lines = []
    for place, system in enumerate(report["systems"]):
        asked = samples(report, limit, place)
        print(f"{system['name']}: {len(asked)} answers", file=sys.stderr)
        for name, scores in (await scored(asked, llm)).items():
            mean = f"{statistics.mean(scores):.2f}" if scores else "none"
            lines.append(f"{system['name']}: {name} {mean} (scored {len(scores)} of {len(asked)})")
    return lines


def main() -> int:
    """Read, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("report", type=Path, help="report.json of a run of eval/run.py")
    parser.add_argument("--limit", type=int, help="at most so many answers of each system")
    options = parser.parse_args()
    url = os.environ.get("TEMOIN_LLM_URL")
    if not url:
        print("error: no judge; name a model server with TEMOIN_LLM_URL", file=sys.stderr)
        return 1
    try:
        llm = judge(url, os.environ.get("TEMOIN_LLM_API_KEY") or "none", os.environ.get("TEMOIN_LLM_MODEL") or "temoin")
    except ImportError:
        print('error: ragas is not installed; pip install -e ".[ragas]"', file=sys.stderr)
        return 1
    for line in asyncio.run(summed_up(json.loads(options.report.read_text("utf-8")), options.limit, llm)):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
