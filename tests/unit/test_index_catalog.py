"""The catalog keeps what it is given, forgets it whole, and says so when it cannot be used."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import LibraryError
from rag.index.catalog import Catalog, Pair, set_aside_unusable, vector_key
from rag.types import Document, Sentence, Source, Span
from tests.shelf import document_of


def vectors_for(sentences: tuple[Sentence, ...]) -> np.ndarray:
    return np.array([[len(s.text), s.position + 1] for s in sentences], np.float32).reshape(-1, 2)


def put(catalog: Catalog, identity: str, *texts: str) -> tuple[int, ...]:
    document, sentences = document_of(identity, *texts)
    return catalog.replace(document, sentences, vectors_for(sentences))


@pytest.fixture
def catalog(tmp_path: Path):
    opened = Catalog.open(tmp_path, "rules 1")
    yield opened
    opened.close()


def test_a_document_comes_back_as_it_was(catalog: Catalog) -> None:
    source = Source("gazette", "a/gazette.txt", "fr", "Le pont", "La Gazette", "2021-05", "https://example.org/é")
    document = Document(source, "Pub.\u00a0« Été » 𝄞 ici.", (Span(0, 4),))
    sentences = (
        Sentence("gazette", 0, 0, 0, 4, "Pub.", "fr", searchable=False),
        Sentence("gazette", 1, 0, 5, 18, document.text[5:18], "fr"),
    )
    catalog.replace(document, sentences, vectors_for(sentences), "state of the file")
    assert catalog.document("gazette") == document
    assert catalog.sentences("gazette") == sentences
    assert catalog.sources() == (source,)
    assert catalog.states() == {"a/gazette.txt": "state of the file"}
    assert catalog.counts().searchable == 1


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_any_text_survives(texts: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog.open(Path(folder))
        document, sentences = document_of("one", *texts)
        ids = catalog.replace(document, sentences, vectors_for(sentences))
        assert catalog.document("one").text == document.text
        assert [catalog.sentences_by_id(ids)[n].text for n in ids] == texts
        catalog.remove("one")
        assert catalog.rows("SELECT * FROM terms WHERE sentences != 0") == []
        catalog.close()


def test_how_documents_begin(catalog: Catalog) -> None:
    put(catalog, "long", "L’été 𝄞 " + "x" * 10_000)
    put(catalog, "short", "Bref.")
    asked = ["long", *(f"missing-{n}" for n in range(1_200)), "short"]
    assert catalog.openings(asked, 9) == {"long": "L’été 𝄞 x", "short": "Bref."}
    assert catalog.openings([], 9) == {}


def test_a_document_that_is_not_there(catalog: Catalog) -> None:
    with pytest.raises(LibraryError, match="no document 'nowhere'"):
        catalog.document("nowhere")
    catalog.remove("nowhere")
    assert catalog.sentences("nowhere") == ()
    assert catalog.sentences_by_id([99]) == {}


def test_replacing_gives_new_sentence_numbers_and_leaves_no_old_ones(catalog: Catalog) -> None:
    old = put(catalog, "one", "A bridge.", "A river.")
    new = put(catalog, "one", "A bridge.")
    assert not set(old) & set(new)
    assert catalog.sentences_by_id([*old, *new]).keys() == set(new)
    assert set(catalog.departed_since(0)) == set(old)


def test_numbers_are_not_reused_after_everything_left(catalog: Catalog) -> None:
    old = put(catalog, "one", "A bridge.")
    catalog.remove("one")
    assert put(catalog, "one", "A bridge.")[0] > max(old)


def test_two_documents_on_one_path_replace_each_other(catalog: Catalog) -> None:
    put(catalog, "one", "A bridge.")
    document, sentences = document_of("two", "A river.")
    moved = Document(Source("two", "one.txt", "en"), document.text)
    catalog.replace(moved, sentences, vectors_for(sentences))
    assert [source.id for source in catalog.sources()] == ["two"]


def test_neighbours_stay_in_the_paragraph_and_are_searchable(catalog: Catalog) -> None:
    texts = ["Caption.", "One.", "Two.", "Three.", "Next paragraph."]
    document, plain = document_of("one", *texts)
    sentences = tuple(
        Sentence("one", s.position, int(s.position == 4), s.start, s.end, s.text, "en", searchable=s.position > 0) for s in plain
    )
    ids = catalog.replace(document, sentences, vectors_for(sentences))
    around = catalog.neighbours(ids[1:5])
    told = [(around[number].before, around[number].after) for number in ids[1:5]]
    assert told == [("", "Two."), ("One.", "Three."), ("Two.", ""), ("", "")]
    assert around[ids[2]].before_terms == dict(catalog.terms_by_id(ids))[ids[1]]


def test_a_vector_is_kept_once_and_goes_when_nobody_uses_it(catalog: Catalog) -> None:
    put(catalog, "one", "The same words.", "Only here.")
    put(catalog, "two", "The same words.")
    same, only = vector_key("rules 1", "The same words."), vector_key("rules 1", "Only here.")
    assert catalog.missing([same, only]) == set()
    assert catalog.rows("SELECT count(*) FROM vectors") == [(2,)]
    catalog.remove("one")
    assert catalog.prune() == 1
    assert catalog.missing([same, only]) == {only}
    assert catalog.vectors([same, only]).keys() == {same}


def test_a_vector_outlives_the_change_of_its_document(catalog: Catalog) -> None:
    put(catalog, "one", "Stays.", "Goes.")
    put(catalog, "one", "Stays.", "Comes.")
    catalog.prune()
    keys = [vector_key("rules 1", text) for text in ("Stays.", "Comes.", "Goes.")]
    assert catalog.missing(keys) == {keys[2]}


def test_rows_since_a_revision(catalog: Catalog) -> None:
    put(catalog, "one", "A bridge.", "A river.")
    seen = catalog.revision()
    ids = put(catalog, "two", "A bakery.")
    rows = list(catalog.rows_since(seen))
    assert [(row.id, row.document_id, row.language) for row in rows] == [(ids[0], "two", "en")]
    assert rows[0].vector.tolist() == [9.0, 1.0]
    assert catalog.rows_between(0, catalog.revision()) == {"en": 3}


def test_disagreements_leave_with_their_sentences(catalog: Catalog) -> None:
    one, two = put(catalog, "one", "It cost four."), put(catalog, "two", "It cost five.")
    catalog.set_disagreements([Pair(one[0], two[0], "figure", "four or five")])
    assert catalog.disagreements_of(two[0]) == catalog.disagreements_of(one[0]) == catalog.disagreements()
    catalog.remove("two")
    assert catalog.disagreements() == ()


def test_other_rules_are_an_error_with_a_remedy(tmp_path: Path) -> None:
    Catalog.open(tmp_path, "rules 1").close()
    with pytest.raises(LibraryError, match=r"python ingest\.py --rebuild"):
        Catalog.open(tmp_path, "rules 2")
    Catalog.open(tmp_path, "rules 1").close()
    Catalog.open(tmp_path).close()


def test_clearing_keeps_vectors_and_takes_the_new_rules(catalog: Catalog) -> None:
    ids = put(catalog, "one", "A bridge.")
    catalog.clear("rules 2")
    assert catalog.counts().sentences == 0
    assert catalog.missing([vector_key("rules 1", "A bridge.")]) == set()
    assert catalog.departed_since(0) == ids
    assert catalog.meta("fingerprint") == "rules 2"


def test_a_file_that_is_no_catalog(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite3"
    file.write_bytes(b"not a database at all" * 500)
    with pytest.raises(LibraryError, match=r"damaged.*--rebuild"):
        Catalog.open(tmp_path)
    set_aside_unusable(tmp_path)
    Catalog.open(tmp_path).close()
    assert file.with_name("catalog.sqlite3.damaged").exists()


def test_a_catalog_of_another_version(tmp_path: Path) -> None:
    Catalog.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "catalog.sqlite3") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match=r"another version.*--rebuild"):
        Catalog.open(tmp_path)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LibraryError, match="cannot be used"):
        Catalog.open(tmp_path / "file" / "index")


def test_a_failed_write_changes_nothing(catalog: Catalog) -> None:
    put(catalog, "one", "A bridge.")
    before = catalog.revision()
    document, sentences = document_of("one", "A river.")
    twice = (sentences[0], sentences[0])
    with pytest.raises(LibraryError):
        catalog.replace(document, twice, vectors_for(twice))
    assert [s.text for s in catalog.sentences("one")] == ["A bridge."]
    assert catalog.revision() == before


def test_threads_read_while_one_writes(catalog: Catalog) -> None:
    put(catalog, "one", "A bridge.")
    stop = threading.Event()
    seen: list[int] = []
    failures: list[Exception] = []

    def read() -> None:
        try:
            while not stop.is_set():
                seen.append(len(catalog.sentences("one")))
        except Exception as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(30):
        put(catalog, "one", *[f"Sentence {each}." for each in range(number % 3 + 1)])
    stop.set()
    for reader in readers:
        reader.join()
    assert not failures
    assert set(seen) <= {1, 2, 3}, "a reader saw a document half written"
