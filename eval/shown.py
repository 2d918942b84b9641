"""``python -m eval.shown [REPORT.json ...]``: of the statements that runs showed, how many are supported by what they cite.

The judge of a run is the product's own verifier; this asks the labels of ``eval/cases/shown.jsonl`` instead, given by reading
each statement beside what it cites. What stands word for word in all that it cites needs no reading. A statement that nobody
labelled is counted apart, and with ``--unlabelled FILE`` written there to be.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from eval.matching import without_marks
from eval.statements import load
from eval.trust import LABELS

ROOT = Path(__file__).resolve().parent.parent
SHOWN = ROOT / "eval" / "cases" / "shown.jsonl"

Told = Literal["supported", "partly", "not", "unlabelled"]
Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement as shown, without its labels, and the passages it cites, as the report has them."""

    text: str
    language: str
    cites: tuple[Mapping[str, Any], ...]

    @property
    def word_for_word(self) -> bool:
        """Whether its text, or what it quotes, is what each of its citations says."""
        return all(
            _plain(cited["quote"]) in _plain(self.text) or _plain(self.text) in _plain(cited["quote"]) for cited in self.cites
        )

    @property
    def key(self) -> Key:
        """What a label is kept under: a label holds for these words on these passages only."""
        return self.text, tuple(sorted(cited["quote"] for cited in self.cites))


def statements(cases: Iterable[Mapping[str, Any]]) -> Iterator[Shown]:
    """Every statement of a report's cases, once: an answer given to several questions is one."""
    seen = set()
    for answer in (case["answer"] for case in cases):
        cited = {each["n"]: each for each in answer["citations"]}
        for told in answer["statements"]:
            one = Shown(without_marks(told["text"]).strip(), answer["language"], tuple(cited[n] for n in told["citations"]))
            if one.key not in seen:
                seen.add(one.key)
                yield one


def labels(path: Path) -> dict[Key, Told]:
    """The labels of a file, by what they are kept under. Raises CaseError."""
    return {(one.statement, tuple(sorted(cited.quote for cited in one.evidence))): one.label for one in load(path)}


def table(shown: Iterable[Shown], known: Mapping[Key, Told]) -> str:
    """Markdown: statements word for word and others, by label, and the share that is supported of those labelled."""
    counts: dict[str, Counter[Told]] = {"word for word": Counter(), "translated, or with a second source": Counter()}
    quoted, other = counts.values()
    for one in shown:
        if one.word_for_word:
            quoted["supported"] += 1
        else:
            other[known.get(one.key, "unlabelled")] += 1
    lines = [f"| statements | {' | '.join(LABELS)} | unlabelled | supported |", "|---|" + "---|" * (len(LABELS) + 2)]
    for name, count in (*counts.items(), ("all", quoted + other)):
        labelled = sum(count[label] for label in LABELS)
        share = f"{count['supported'] / labelled:.3f}" if labelled else ""
        lines.append(f"| {name} | {' | '.join(str(count[label]) for label in LABELS)} | {count['unlabelled']} | {share} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table; write what wants a label."""
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    default = ROOT / "eval" / "out" / "full" / "report.json"
    made.add_argument("reports", type=Path, nargs="*", default=[default], help="of finished runs")
    made.add_argument("--unlabelled", type=Path, metavar="FILE", help="write the statements without a label there")
    options = made.parse_args()
    if missing := next((path for path in options.reports if not path.exists()), None):
        raise SystemExit(f"there is no report {missing}; make it with: python eval/run.py")
    reports = [json.loads(path.read_text("utf-8")) for path in options.reports]
    shown = list(statements(case for report in reports for case in report["systems"][0]["cases"]))
    known = labels(SHOWN)
    print(table(shown, known))
    if options.unlabelled:
        unread = [one for one in shown if not one.word_for_word and one.key not in known]
        options.unlabelled.write_text("".join(_row(n, one) + "\n" for n, one in enumerate(unread, start=1)), "utf-8")


def _row(number: int, one: Shown) -> str:
    evidence = [{name: cited[name] for name in ("document", "start", "end", "quote")} for cited in one.cites]
    row = {"id": f"sh-{number:03}", "statement": one.text, "language": one.language, "evidence": evidence, "label": "", "why": ""}
    return json.dumps(row, ensure_ascii=False)


def _plain(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
