"""sources.toml: read as written, and wrong entries named in one line."""

from pathlib import Path

import pytest

from rag.errors import CorpusError
from rag.ingestion.cards import Card, card_of, load_cards


def write(folder: Path, content: str) -> Path:
    (folder / "sources.toml").write_text(content, encoding="utf-8")
    return folder


def test_no_file_means_no_cards(tmp_path: Path) -> None:
    assert load_cards(tmp_path) == {}
    assert load_cards(tmp_path / "missing") == {}


def test_a_card_as_written(tmp_path: Path) -> None:
    cards = load_cards(
        write(
            tmp_path,
            '[[document]]\nfile = "a/pont.txt"\nid = "pont"\ntitle = "Le pont"\nauthor = "J. Morel"\n'
            'publisher = "La Rive"\ndate = 2021-05-04\nlanguage = "fr"\nurl = "https://example.org/pont"\n',
        )
    )
    assert cards == {"a/pont.txt": Card("pont", "Le pont", "J. Morel, La Rive", "2021-05-04", "fr", "https://example.org/pont")}


def test_fingerprint_follows_the_card() -> None:
    assert Card().fingerprint == ""
    assert Card(title="Le pont").fingerprint == Card(title="Le pont").fingerprint
    assert len({Card(title="Le pont").fingerprint, Card(publisher="Le pont").fingerprint, ""}) == 3


def test_accents_composed_or_not_name_the_same_file() -> None:
    card = Card(title="L’été")
    assert card_of("e\u0301te\u0301.txt", {"été.txt": card}) is card
    assert card_of("autre.txt", {"été.txt": card}) == Card()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[[document]]\nfile = "a.txt"\ntitel = "x"\n', "document 1: unknown key 'titel'; known are file, id"),
        ('[[documents]]\nfile = "a.txt"\n', "unknown key 'documents'; known are document"),
        ('document = "a.txt"\n', "[[document]]"),
        ('[[document]]\ntitle = "x"\n', "'file' is missing"),
        ('[[document]]\nfile = "a.txt"\ndate = "2023-13"\n', "'2023-13' is not YYYY"),
        ('[[document]]\nfile = "a.txt"\nlanguage = "de"\n', "'de' is not one of fr, en"),
        ('[[document]]\nfile = "a.txt"\ntitle = 3\n', "title must be a text"),
        ('[[document]]\nfile = "a.txt"\nid = "a b"\n', "id 'a b'"),
        ('[[document]]\nfile = "a.txt"\n[[document]]\nfile = "a.txt"\n', "document 2 (a.txt): its file or id is used twice"),
        ('[[document]]\nfile = "a.txt"\nid = "x"\n[[document]]\nfile = "b.txt"\nid = "x"\n', "used twice"),
        ("[[document\n", "cannot be read"),
    ],
)  # fmt: skip
def test_wrong_entries_are_named(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(CorpusError) as caught:
        load_cards(write(tmp_path, content))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_invalid_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_bytes(b'[[document]]\nfile = "\xe9.txt"\n')
    with pytest.raises(CorpusError, match="cannot be read"):
        load_cards(tmp_path)
