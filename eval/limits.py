"""``python -m eval.limits [REPORT.json]``: what stood in the way of the answers that are not right.

Read from a finished run, without the language model: the evidence of each question is searched once more.

- search: a sentence that answers is not among the evidence (of several facts: of one of them);
- checking: it is, and all such sentences are turned away by what the question plainly demands, by its own terms, or by what it
  takes for granted;
- choosing: it is among the evidence and may speak, and is not cited: another sentence was taken, or none;
- wording: it is cited, and what is shown of it lacks a required fact or holds a forbidden one.

Follow-ups are counted apart: what was searched for there is the model's own rewriting. Questions are not printed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from eval.cases import Case, load  # noqa: E402
from eval.metrics import covers  # noqa: E402
from eval.retrieval import as_citation, retrieve_all  # noqa: E402
from eval.workshop import Workshop  # noqa: E402
from rag.generation.question import asks_of_agreement, compares, parts  # noqa: E402
from rag.library import Library  # noqa: E402
from rag.retrieval.broad import is_broad  # noqa: E402
from rag.retrieval.evidence import Retriever  # noqa: E402
from rag.settings import load_settings  # noqa: E402
from rag.types import Evidence  # noqa: E402
from rag.verification.constraints import surroundings, unmet  # noqa: E402
from rag.verification.demands import fails  # noqa: E402
from rag.verification.premise import contradicts_premise  # noqa: E402

Limit = Literal["search", "checking", "choosing", "wording", "follow-up"]
LIMITS: tuple[Limit, ...] = ("search", "checking", "choosing", "wording", "follow-up")


def limit_of(case: Case, told: Mapping[str, Any], found: bool, able: bool = True) -> Limit | None:
    """What kept an answerable case from being right; None where it is. ``told``: the case in the report.

    ``found``: all parts of its gold are among the evidence; ``able``: one of these sentences passes the checks.
    """
    values = told["values"]
    if "correct" not in values or values["correct"][0] == values["correct"][1]:
        return None
    if case.history:
        return "follow-up"
    if not found:
        return "search"
    hits, of = values.get("gold_cited", (0, 1))
    if hits == of:
        return "wording"
    return "choosing" if able else "checking"


def may_speak(case: Case, shop: Workshop) -> bool:
    """Whether one of the sentences that answer passes the checks that the product puts to a witness of such a question."""
    library, settings = shop.library(), shop.settings
    retriever = Retriever(library.catalog, library.vectors, library.lexical, library.embedder)
    limits = {"limit": settings.evidence_sentences, "tokens": settings.evidence_tokens}
    evidence = retriever.retrieve(case.question, case.language, **limits)
    gold = [item for item in evidence if any(covers(as_citation(1, item), place) for place in case.gold)]
    asked = (case.question,) if compares(case.question) else parts(case.question, case.language)
    return is_broad(case.question, case.language) or any(
        _passes(part, case, item, evidence, library) for part in asked for item in gold
    )


def _passes(part: str, case: Case, item: Evidence, evidence: Sequence[Evidence], library: Library) -> bool:
    """As ``rag/testifying.py`` puts them: a comparison only demands, who responded must be named by the sentence itself."""
    sentence, language = item.sentence, case.language
    if fails(part, language, sentence.text, sentence.language):
        return False
    if compares(case.question):
        return True
    around = () if asks_of_agreement(part) else evidence
    opposes = contradicts_premise(part, language, sentence.text, sentence.language)
    return not opposes and not unmet(part, language, [item], around, surroundings(library.document))


def table(limits: Sequence[tuple[Case, Limit | None]]) -> str:
    """Markdown: of the answerable cases of each language pair, the right ones and what kept the others from it."""
    lines = ["| language pair | cases | right | " + " | ".join(LIMITS) + " |", "|---|" + "---|" * (len(LIMITS) + 2)]
    pairs = sorted({case.pair for case, _ in limits})
    for name, part in [*((pair, [each for each in limits if each[0].pair == pair]) for pair in pairs), ("all", limits)]:
        count = Counter(limit for _, limit in part)
        cells = [len(part), count[None], *(count[limit] for limit in LIMITS)]
        lines.append(f"| {name} | " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> None:
    """Print the table, and the shares of those not right."""
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    made.add_argument(
        "report", type=Path, nargs="?", default=ROOT / "eval" / "out" / "full" / "report.json", help="of a finished run"
    )
    made.add_argument("--split", choices=("dev", "test"), help="only that side of the split")
    options = made.parse_args()
    if not options.report.exists():
        raise SystemExit(f"there is no report {options.report}; make it with: python eval/run.py")
    rows = json.loads(options.report.read_text("utf-8"))["systems"][0]["cases"]
    told = {row["id"]: row for row in rows if options.split in (None, row["split"])}
    cases = [case for case in load(ROOT / "eval" / "cases") if case.id in told and case.expect == "answered" and case.gold]
    with Workshop(load_settings(corpus=ROOT / "corpus"), ROOT / "eval" / "out") as shop:
        limits = []
        for one in retrieve_all(cases, shop):
            limit = limit_of(one.case, told[one.case.id], one.parts)
            able = limit != "choosing" or may_speak(one.case, shop)
            limits.append((one.case, limit_of(one.case, told[one.case.id], one.parts, able)))
    print(table(limits))
    if missed := Counter(limit for _, limit in limits if limit):
        print("\nof those not right:", ", ".join(f"{limit} {missed[limit] / missed.total():.0%}" for limit in LIMITS))


if __name__ == "__main__":
    main()
