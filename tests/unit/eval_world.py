"""A small invented world for the tests of the evaluation: two documents on a bridge, cases, answers, a judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eval.cases import Case, Gold, from_dict
from eval.metrics import Check
from rag.types import Answer, Citation, Disagreement, Language, Statement, Status, Timings

TEXTS = {
    "pont": "Le pont de Valmont a ouvert en 2019. Il mesure 340 mètres. Selon le maire, il a coûté 12 millions d'euros.",
    "bridge": "The Valmont bridge is 340 metres long. The mayor has not replied to our questions.",
}
LANGUAGE: dict[str, Language] = {"pont": "fr", "bridge": "en"}


def gold(document: str, quote: str, part: int = 1) -> Gold:
    start = TEXTS[document].index(quote)
    return Gold(document, start, start + len(quote), quote, part)


def case(**fields: Any) -> Case:
    """A French question on the bridge's length, but for what is given."""
    quote = "Il mesure 340 mètres."
    start = TEXTS["pont"].index(quote)
    data: dict[str, Any] = {
        "id": "c1",
        "kind": "single",
        "split": "dev",
        "topic": "bridge",
        "language": "fr",
        "question": "Quelle est la longueur du pont ?",
        "expect": "answered",
        "facts": [["340"]],
        "gold": [{"document": "pont", "start": start, "end": start + len(quote), "quote": quote}],
        "pair": "fr→fr",
        "why": "test",
        **fields,
    }
    if not data["gold"]:
        data["pair"] = None
    return from_dict(data)


def unanswerable(**fields: Any) -> Case:
    return case(**{"expect": "not_found", "kind": "unanswerable_near", "facts": [], "gold": [], **fields})


def cite(n: int, document: str, quote: str) -> Citation:
    start = TEXTS[document].index(quote)
    return Citation(n, document, None, None, LANGUAGE[document], start, start + len(quote), quote)


def say(text: str, *labels: int, support: float = 0.9, language: Language = "fr") -> Statement:
    return Statement(text, labels, support, verbatim=False, origin="quoted", language=language)


def answer(
    *statements: Statement,
    citations: Sequence[Citation] = (),
    disagreements: Sequence[Disagreement] = (),
    status: Status = "answered",
    text: str | None = None,
    language: Language = "fr",
    timings: Timings | None = None,
) -> Answer:
    words = text if text is not None else " ".join(
        f"{s.text} " + "".join(f"[{n}]" for n in s.citations) for s in statements
    )
    return Answer(
        question="Quelle est la longueur du pont ?",
        language=language,
        status=status,
        text=words,
        statements=statements,
        citations=tuple(citations),
        disagreements=tuple(disagreements),
        timings=timings or Timings(),
    )


def word_judge(statement: str, language: Language, citations: Sequence[Citation], question: str) -> Check:
    """Supported when every word of the statement stands in one of the quotations."""
    there = " ".join(citation.quote for citation in citations).casefold()
    missing = [word for word in statement.casefold().strip(".").split() if word.strip(".,") not in there]
    digits = [word for word in missing if any(char.isdigit() for char in word)]
    has_digit = any(char.isdigit() for char in statement)
    return Check(not missing, 0.0 if missing else 1.0, figures=not digits if has_digit else None)
