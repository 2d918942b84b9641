"""The table of the benches: a size a column, and how what takes time grows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from eval.bench import Scale, growth, parser, table
from eval.bench_world import PER_DOCUMENT, comparing
from rag.comparison import DONE
from tests.shelf import Shelf, document_of

SMALL = Scale(1_000, 1_000, 2.0, 300.0, None, (20.0, 30.0), (2.0, 4.0), (1.0, 3.0), (5.0, 9.0), (8.0, 16.0), 400.0, 410.0, 5.0)
LARGE = replace(SMALL, sentences=10_000, build_s=20.0, compare_s=None, after_embedding_ms=(16.0, 24.0))


def row(text: str, label: str) -> list[str]:
    lines = text.splitlines()
    place = next(n for n, line in enumerate(lines) if label in line)
    return [cell.strip() for line in lines[place : place + 2] for cell in line.strip("|").split("|")]


def test_what_takes_time_is_set_against_the_size_before() -> None:
    told = table([SMALL, LARGE])
    assert row(told, "written to catalog") == [
        "written to catalog, words and vectors, s", "2.0", "20.0", "… against the size before", "", "×10.0",
    ]  # fmt: skip
    assert row(told, "all after the embedding")[3:] == ["… against the size before", "", "×2.0 / ×1.5"]
    assert "comparing" not in told, "not asked for"
    assert "against" not in table([SMALL])
    assert {line.count("|") for line in told.splitlines()} == {4}


def test_growth_where_a_figure_is_missing() -> None:
    assert growth([1.0, None, 3.0, 6.0]) == ["", "–", "–", "×2.0"]


def test_the_last_sentences_are_compared_and_no_others(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    with shelf.open() as library:
        for n in range(4):
            document, sentences = document_of(f"doc{n}", f"The bridge number {n} opened in May.")
            library.catalog.replace(document, sentences, shelf.embedder.encode_passages([sentences[0].text]))
        library.refresh()
        seen: list[str] = []
        between = library.catalog.documents_between
        library.catalog.documents_between = lambda since, until: seen.extend(between(since, until)) or between(since, until)  # type: ignore[method-assign]
        assert comparing(library, 2 * PER_DOCUMENT) > 0
        assert seen == ["doc2", "doc3"]
        assert library.catalog.meta(DONE) == str(library.catalog.revision())


def test_comparing_is_asked_for() -> None:
    assert not parser().parse_args([]).compare
    assert parser().parse_args(["--compare"]).compare
