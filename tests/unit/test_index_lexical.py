"""BM25: known answers, the textbook formula, exact removal, and what happens to very common words."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.index import lexical
from rag.index.catalog import Catalog
from rag.index.lexical import LexicalIndex
from rag.text.terms import stems
from tests.shelf import document_of


@pytest.fixture
def catalog(tmp_path: Path):
    opened = Catalog.open(tmp_path)
    yield opened
    opened.close()


def put(catalog: Catalog, identity: str, *texts: str, language: str = "en") -> tuple[int, ...]:
    return catalog.replace(*document_of(identity, *texts, language=language))  # type: ignore[arg-type]


def bm25(query: str, texts: list[str]) -> list[float]:
    """The formula as the book has it, in floating point, over all texts."""
    held = [stems(text, "en") for text in texts]
    average = sum(map(len, held)) / len(held)
    scores = []
    for terms in held:
        score = 0.0
        for term in set(stems(query, "en")):
            count = sum(term in other for other in held)
            times = terms.count(term)
            weight = math.log(1 + (len(held) - count + 0.5) / (count + 0.5))
            score += weight * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * len(terms) / average))
        scores.append(score)
    return scores


def test_words_are_found_whatever_their_ending_and_accents(catalog: Catalog) -> None:
    ids = put(catalog, "fr", "Les écoles ont fermé.", "Le maire a déposé plainte.", language="fr")
    index = LexicalIndex(catalog)
    assert [n for n, _ in index.search("ecole fermée", "fr", 5)] == [ids[0]]
    assert [n for n, _ in index.search("PLAINTES déposées", "fr", 5)] == [ids[1]]


def test_terms_by_their_first_letters_and_length(catalog: Catalog) -> None:
    put(catalog, "en", "The bridge, the bridges and the brig broke.", "Bread from abroad.")
    index = LexicalIndex(catalog)
    assert set(index.beginning("br", "en", 1, 99)) == {*stems("bridge brig broke bread", "en")}
    assert set(index.beginning("br", "en", 5, 5)) == {term for term in stems("bridge broke bread", "en") if len(term) == 5}
    assert index.beginning("br", "fr", 1, 99) == ()


def test_the_spellings_of_a_stem_are_those_of_the_documents(catalog: Catalog) -> None:
    put(catalog, "a", "The Guardian asked seventy sources.", "Its source kept silent.")
    assert set(LexicalIndex(catalog).spelt("sourc", "en")) == {"sources", "source"}
    assert LexicalIndex(catalog).spelt("guardian", "en") == ("Guardian",)
    assert LexicalIndex(catalog).spelt("sourc", "fr") == LexicalIndex(catalog).spelt("harbour", "en") == ()


def test_each_language_is_searched_alone(catalog: Catalog) -> None:
    french = put(catalog, "fr", "Valmont et son pont.", language="fr")
    english = put(catalog, "en", "Valmont and its bridge.")
    index = LexicalIndex(catalog)
    assert [n for n, _ in index.search("Valmont", "fr", 5)] == list(french)
    assert [n for n, _ in index.search("Valmont", "en", 5)] == list(english)


def test_nothing_for_nothing(catalog: Catalog) -> None:
    index = LexicalIndex(catalog)
    assert index.search("bridge", "en", 5) == []
    put(catalog, "en", "The bridge.")
    assert index.search("", "en", 5) == []
    assert index.search("the and of", "en", 5) == []
    assert index.search("unheard", "en", 5) == []
    assert index.search("bridge", "en", 0) == []


def test_marks_of_the_query_language_are_only_characters(catalog: Catalog) -> None:
    ids = put(catalog, "en", 'He said "bridge" AND left.', "It cost 6.1 million.")
    index = LexicalIndex(catalog)
    assert [n for n, _ in index.search('"bridge" OR NOT (x* NEAR y)^2 terms:', "en", 5)][:1] == [ids[0]]
    assert [n for n, _ in index.search("6.1", "en", 5)] == [ids[1]]
    assert index.search("6", "en", 5) == []


def test_what_is_not_searchable_is_not_found(catalog: Catalog) -> None:
    from dataclasses import replace

    document, sentences = document_of("en", "Advertisement here.", "The bridge.")
    catalog.replace(document, (replace(sentences[0], searchable=False), sentences[1]))
    assert LexicalIndex(catalog).search("advertisement", "en", 5) == []


def test_scores_are_those_of_the_formula(catalog: Catalog) -> None:
    rng = random.Random(1)
    vocabulary = "bridge river mayor bread school stone water train garden letter".split()
    texts = [" ".join(rng.choices(vocabulary, k=rng.randint(1, 12))) for _ in range(200)]
    ids = put(catalog, "en", *texts)
    found = dict(LexicalIndex(catalog).search("bridges of the rivers, bread", "en", 500))
    expected = bm25("bridges of the rivers, bread", texts)
    assert len(found) == sum(score > 0 for score in expected)
    for number, score in zip(ids, expected, strict=True):
        assert found.get(number, 0.0) == pytest.approx(score)


@given(st.lists(st.sampled_from("bridge river mayor bread".split()), min_size=1, max_size=30))
@settings(max_examples=30, deadline=None)
def test_removal_leaves_no_trace(drawn: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog.open(Path(folder))
        put(catalog, "stays", "bridge stone", "bread water")
        before = LexicalIndex(catalog).search("bridge bread river", "en", 9)
        put(catalog, "goes", *drawn)
        catalog.remove("goes")
        assert LexicalIndex(catalog).search("bridge bread river", "en", 9) == before
        catalog.close()


def test_a_rare_word_leads_and_common_ones_still_count(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexical, "BUDGET", 50)
    common = [f"The bridge number {number}." for number in range(400)]
    ids = put(catalog, "en", *common, "The bridge of the baker.", "A baker with bread.")
    found = LexicalIndex(catalog).search("baker bridge", "en", 5)
    assert [number for number, _ in found][:1] == [ids[400]], "it holds both words"
    assert ids[401] in [number for number, _ in found]
    assert len(found) == 5, "sentences with only the common word fill up"


def test_only_common_words(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexical, "BUDGET", 50)
    texts = [f"The bridge number {n}." for n in range(300)] + [f"The river number {n}." for n in range(300)]
    ids = put(catalog, "en", *texts, "The bridge over the river.")
    found = LexicalIndex(catalog).search("bridge river", "en", 5)
    assert found[0][0] == ids[-1]
    assert all(score > 0 for _, score in found)
