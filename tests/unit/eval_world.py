"""A small invented world for the tests of the evaluation: two documents on a bridge, cases, answers, a judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eval.cases import Case, Gold, from_dict
from eval.metrics import Check
from rag.types import Answer, Citation, Disagreement, Language, Statement, Status, Timings, Turn

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


def say(text: str, *labels: int, support: float = 0.9, belief: float = 1.0, language: Language = "fr") -> Statement:
    return Statement(text, labels, support, verbatim=False, origin="quoted", language=language, belief=belief)


def answer(
    *statements: Statement,
    citations: Sequence[Citation] = (),
    disagreements: Sequence[Disagreement] = (),
    status: Status = "answered",
    text: str | None = None,
    language: Language = "fr",
    timings: Timings | None = None,
) -> Answer:
    words = text if text is not None else " ".join(f"{s.text} " + "".join(f"[{n}]" for n in s.citations) for s in statements)
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


class Scripted:
    """A system that answers from a table and counts how often it was asked."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        self.asked.append(question)
        return self.answers[question]


def small_set() -> list[Case]:
    """Six cases: two facts in French, one of them twice in other words, one in English, two without an answer."""
    opened, replied = "Le pont de Valmont a ouvert en 2019.", "The mayor has not replied to our questions."
    cost = "Selon le maire, il a coûté 12 millions d'euros."

    def where(document: str, quote: str) -> list[dict[str, Any]]:
        found = gold(document, quote)
        return [{"document": document, "start": found.start, "end": found.end, "quote": quote}]

    return [
        case(id="c1", group="length", question="Quelle est la longueur du pont ?"),
        case(id="c2", group="length", question="Le pont est long de combien ?"),
        case(id="c3", question="Quand le pont a-t-il ouvert ?", facts=[["2019"]], gold=where("pont", opened)),
        case(
            id="c4",
            kind="cross_language",
            language="en",
            question="How much did the bridge cost?",
            facts=[["12 million"]],
            gold=where("pont", cost),
            pair="en→fr",
        ),
        case(
            id="c5",
            language="en",
            question="Has the mayor replied?",
            facts=[["not replied"]],
            gold=where("bridge", replied),
            pair="en→en",
        ),
        unanswerable(id="u1", question="Qui a peint le pont ?"),
        unanswerable(id="u2", language="en", question="Who painted the bridge?"),
    ]


def good_answers() -> dict[str, Answer]:
    """What a good system would answer to ``small_set``."""
    length, opened = "Il mesure 340 mètres.", "Le pont de Valmont a ouvert en 2019."
    cost, replied = "Selon le maire, il a coûté 12 millions d'euros.", "The mayor has not replied to our questions."
    one = answer(say(length, 1), citations=[cite(1, "pont", length)])
    return {
        "Quelle est la longueur du pont ?": one,
        "Le pont est long de combien ?": one,
        "Quand le pont a-t-il ouvert ?": answer(say(opened, 1), citations=[cite(1, "pont", opened)]),
        "How much did the bridge cost?": answer(
            say("The mayor says that it cost 12 million euros.", 1, language="en"),
            citations=[cite(1, "pont", cost)],
            language="en",
        ),
        "Has the mayor replied?": answer(say(replied, 1, language="en"), citations=[cite(1, "bridge", replied)], language="en"),
        "Qui a peint le pont ?": answer(status="not_found", text="Les documents ne disent rien de cela."),
        "Who painted the bridge?": answer(status="not_found", text="The documents do not say.", language="en"),
    }


def fair_judge(statement: str, language: Language, citations: Sequence[Citation], question: str) -> Check:
    """Supported unless a number is not in the quotations; good enough for this world."""
    numbers = [word.strip(".,") for word in statement.split() if any(char.isdigit() for char in word)]
    quotes = " ".join(citation.quote for citation in citations)
    kept = all(number in quotes for number in numbers)
    return Check(kept, 0.9 if kept else 0.1, figures=kept if numbers else None)
