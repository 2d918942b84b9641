"""The glossary: words carried from one language to the other, well formed and both ways."""

from __future__ import annotations

from importlib.resources import files

import pytest

from rag.text.glossary import compounds, forms, known, stems_beginning, synonyms, translations
from rag.text.terms import stems
from rag.types import Language

LINES = [line for line in files("rag.text").joinpath("glossary.tsv").read_text("utf-8").splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(
    ("word", "language", "there"),
    [
        ("bridge", "en", "pont"),
        ("pont", "fr", "bridge"),
        ("bakers", "en", "boulanger"),
        ("holds", "en", "tient"),
        ("tenus", "fr", "held"),
        ("bibliotheques", "fr", "libraries"),
        ("august", "en", "août"),
        ("forty", "en", "quarante"),
        ("moderateurs", "fr", "moderators"),  # carried by its ending
        ("economical", "en", "économique"),
        ("meta", "fr", "Meta"),  # a name is itself
    ],
)
def test_a_word_is_found_in_the_other_language(word: str, language: Language, there: str) -> None:
    assert set(stems(there, "en" if language == "fr" else "fr")) <= translations(word, language)


def test_synonyms_share_a_translation_and_leave_the_word_itself_out() -> None:
    assert set(stems("answer reply", "en")) <= synonyms("respond", "en")
    assert not set(stems("respond", "en")) & synonyms("respond", "en")


def test_a_compound_is_read_as_one() -> None:
    assert dict(compounds(["le", "porte", "parole"], "fr")) == {1: frozenset(stems("spokesman spokesperson spokeswoman", "en"))}
    assert not list(compounds(["porte", "ouverte"], "fr"))


def test_irregular_forms_belong_together() -> None:
    assert {"tient", "tenu"} <= forms("tient", "fr") & forms("ten", "fr")
    assert stems("written", "en")[0] in forms(stems("wrote", "en")[0], "en")
    assert forms("pont", "fr") == frozenset()


def test_what_is_known_and_what_begins_so() -> None:
    assert known("bridges", "en")
    assert not known("zyzzyva", "en")
    assert "pont" in stems_beginning("p", "fr")
    assert all(stem.startswith("p") for stem in stems_beginning("p", "fr"))


def test_lines_are_sorted_unique_and_of_two_columns() -> None:
    english = [line.split("\t")[0] for line in LINES]
    assert english == sorted(set(english))
    assert all(len(line.split("\t")) == 2 and line == line.strip() and line.split("\t")[1] for line in LINES)
    assert len(english) > 2000
