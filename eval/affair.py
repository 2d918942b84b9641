"""``python -m eval.affair NAME…``: whole answers about invented affairs, and what stood in the way of those that are not right.

An answerable question is answered rightly when the first statement cites a sentence that answers, or such a sentence is cited
beside it (printed as ``right`` and ``beside``); otherwise it is answered ``wrong`` or refused. What refused it: ``search`` (no
sentence that answers was among the evidence), ``terms`` (a term of the question that it does not meet), ``demands`` (it lacks
what the question plainly demands, or contradicts what it takes for granted), ``belief``. Only affairs that the adapter has
not seen (``eval/belief_data.py``) show what readers can expect.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from eval.belief_data import CALIBRATION, Asked, affairs, holds_gold, is_gold, of_affair
from rag.assistant import Assistant
from rag.language import detect
from rag.settings import load_settings
from rag.shell import prepare
from rag.verification.constraints import surroundings, unmet
from rag.verification.demands import fails
from rag.verification.premise import contradicts_premise


def main() -> int:
    """Ask every question of the affairs; print each with its mark, then the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("affair", nargs="+", choices=affairs())
    options = parser.parse_args()
    prepare()
    for name in options.affair:
        rows = [json.loads(line) for line in (CALIBRATION / name / "questions.jsonl").read_text("utf-8").splitlines()]
        count: Counter[tuple[str, str]] = Counter()
        with (
            TemporaryDirectory() as index,
            Assistant.open(load_settings(corpus=CALIBRATION / name, index=Path(index))) as assistant,
        ):
            assistant.library.sync()
            for row, item in zip(rows, of_affair(name), strict=True):
                mark = mark_of(assistant, item)
                count[row["kind"], mark] += 1
                print(f"{mark:8} {row['kind']:10} {item.question}", flush=True)
        print(f"\n{name}")
        for (kind, mark), number in sorted(count.items()):
            print(f"  {kind:10} {mark:8} {number}")
    return 0


def mark_of(assistant: Assistant, item: Asked) -> str:
    """How one question was answered, in a word; see above."""
    answer = assistant.answer(item.question)
    if answer.status == "answered":
        cited = {citation.n: citation for citation in answer.citations}
        told = [
            any(holds_gold(cited[n].document, cited[n].start, cited[n].end, item) for n in statement.citations)
            for statement in answer.statements
        ]
        return "right" if told[0] else "beside" if any(told) else "wrong"
    return _refused_by(assistant, item) if item.gold else "silent"


def _refused_by(assistant: Assistant, item: Asked) -> str:
    question, language = item.question, detect(item.question)
    among = assistant.evidence(question, language, times=2)
    good = [each for each in among if is_gold(each.sentence, item)]
    if not good:
        return "search"

    around = surroundings(assistant.library.document)
    meeting = [each.sentence for each in good if not unmet(question, language, [each], among, around)]
    if not meeting or unmet(question, language, among):
        return "terms"
    rules = (fails, contradicts_premise)
    if all(any(rule(question, language, one.text, one.language) for rule in rules) for one in meeting):
        return "demands"
    return "belief"


if __name__ == "__main__":
    sys.exit(main())
