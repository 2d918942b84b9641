"""Statements that a run showed, against the labels that readers gave them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eval.shown import labels, statements, table

OPENED = "Le pont de Valmont a ouvert en 2019."
LENGTH = "Il mesure 340 mètres."


def case(*told: tuple[str, tuple[str, ...]]) -> dict[str, Any]:
    """A case of a report whose answer has these statements, each with the passages it cites."""
    quotes = list(dict.fromkeys(quote for _, cited in told for quote in cited))
    citations = [{"n": n, "document": "pont", "start": 0, "end": len(q), "quote": q} for n, q in enumerate(quotes, start=1)]
    said = [{"text": f"{text} [1]", "citations": [quotes.index(q) + 1 for q in cited]} for text, cited in told]
    return {"answer": {"language": "en", "citations": citations, "statements": said}}


def label(path: Path, text: str, quote: str, given: str) -> None:
    evidence = [{"document": "pont", "start": 0, "end": len(quote), "quote": quote}]
    row = {"id": "sh-1", "statement": text, "language": "en", "evidence": evidence, "label": given, "why": "read"}
    path.write_text(json.dumps(row) + "\n", "utf-8")


def test_a_statement_given_twice_is_one_and_its_marks_are_not_its_words():
    told = case(("It opened in 2019.", (OPENED,)))
    assert [one.text for one in statements([told, told])] == ["It opened in 2019."]


def test_word_for_word_is_what_every_citation_says():
    framed, second = case((f"«{OPENED}» (in French)", (OPENED,))), case((OPENED, (OPENED, LENGTH)))
    assert [one.word_for_word for one in statements([framed, second])] == [True, False]


def test_the_table_counts_labels_and_what_nobody_read(tmp_path):
    file = tmp_path / "shown.jsonl"
    label(file, "It opened in 2018.", OPENED, "not")
    shown = list(statements([case((OPENED, (OPENED,)), ("It opened in 2018.", (OPENED,)), ("It is long.", (LENGTH,)))]))
    lines = table(shown, labels(file)).splitlines()
    assert lines[2] == "| word for word | 1 | 0 | 0 | 0 | 1.000 |"
    assert lines[3] == "| translated, or with a second source | 0 | 0 | 1 | 1 | 0.000 |"
    assert lines[4] == "| all | 1 | 0 | 1 | 1 | 0.500 |"


def test_a_label_holds_for_its_passages_only(tmp_path):
    file = tmp_path / "shown.jsonl"
    label(file, "It opened in 2019.", OPENED, "supported")
    elsewhere = statements([case(("It opened in 2019.", (LENGTH,)))])
    assert table(elsewhere, labels(file)).splitlines()[4] == "| all | 0 | 0 | 0 | 1 |  |"
