"""Both languages say everything, with the same values in it."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from rag.ui.notation import Cards, opening_words, written_date, written_number
from rag.ui.texts import TEXTS, say
from tests.town import DOCUMENTS, FakeLibrary, cite

UI = Path(__file__).parents[2] / "rag" / "ui"


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_are_complete(key: str) -> None:
    french, english = TEXTS[key]
    assert french.strip()
    assert english.strip()
    assert _fields(french) == _fields(english)


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_text_asked_for_exists_and_every_text_is_asked_for() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in UI.glob("*.py") if path.name != "texts.py").replace("'", '"')
    asked = set(re.findall(r'say\((?:[\w."]+, )?"([a-z_]+)"\s*[,)]', code))
    assert asked <= set(TEXTS), asked - set(TEXTS)
    for key in TEXTS:
        stem = key.rsplit("_", 1)[0] + "_"
        assert f'"{key}"' in code or f'"{stem}' in code or key == "model_unavailable", key


@pytest.mark.parametrize("path", sorted(UI.glob("*.js")), ids=lambda path: path.name)
def test_the_scripts_have_no_words_of_their_own(path: Path) -> None:
    script = path.read_text(encoding="utf-8")
    shown = re.findall(r'textContent = "([^"]+)"', script)
    assert shown == []


@pytest.mark.parametrize(
    ("iso", "french", "english"),
    [
        ("2023-12-06", "6 décembre 2023", "6 December 2023"),
        ("2023-12", "décembre 2023", "December 2023"),
        ("2023", "2023", "2023"),
        ("2023-13-40", None, None),
        ("yesterday", None, None),
        (None, None, None),
    ],
)
def test_dates_are_written_as_the_reader_writes_them(iso: str | None, french: str | None, english: str | None) -> None:
    assert written_date(iso, "fr") == french
    assert written_date(iso, "en") == english


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    assert written_number(1234.5, "fr", digits=1) == "1\u202f234,5"
    assert written_number(1234.5, "en", digits=1) == "1,234.5"


def test_an_untitled_document_is_called_by_its_first_words() -> None:
    from dataclasses import replace

    from rag.types import Document, Source, Span

    text = " date 2023-12 Le pont de la ville, long de trois cents mètres, a été ouvert à la circulation en mai."
    document = Document(Source("pont", "pont.txt", "fr"), text, (Span(0, 14),))
    assert opening_words(document) == "« Le pont de la ville, long de trois cents mètres, a été… »"
    assert opening_words(replace(document, text="  ")) == ""


def test_a_document_that_is_gone_keeps_the_title_it_was_cited_with() -> None:
    library = FakeLibrary({})
    citation = cite(1, "herald", "The bridge reopened in May 2021.")
    assert Cards(library, "en").where(citation) == "Valmont bridge: what we know, May 2021"
    assert Cards(library, "en").title("other") == "other"
    assert Cards(FakeLibrary(), "fr").line(DOCUMENTS["notes"].source) == "auteur inconnu · date inconnue · français"
    assert say("fr", "sentences_many", n=3) == "3 phrases"
