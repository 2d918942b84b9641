"""What a library tells of its sentences: found by words, and who says otherwise."""

from __future__ import annotations

import pytest

from rag.index.catalog import Pair
from tests.shelf import Shelf, fill


def test_find_sees_both_languages(shelf: Shelf) -> None:
    shelf.sync()
    with shelf.open() as library:
        found = library.find("Valmont")
    assert {each.source.path for each in found} == {"pont.txt", "bridge.txt", "library.txt"}
    assert {each.sentence.language for each in found[:2]} == {"fr", "en"}


def test_disagreements_are_found_when_a_document_comes_and_leave_with_it(shelf: Shelf) -> None:
    fill(shelf.corpus, {"one.txt": "The new bridge at Valmont was opened in May by the mayor and cost 4 million euros.\n"})
    shelf.sync()
    fill(shelf.corpus, {"two.txt": "The new bridge at Valmont was opened in May by the mayor and cost 9 million euros.\n"})
    shelf.sync()
    with shelf.open() as library:
        (told,) = library.disagreements_of(library.sentences("one.txt")[0])
        assert (told.source.id, told.kind) == ("two.txt", "figures")
        library.remove_document("two.txt")
        assert library.disagreements_of(library.sentences("one.txt")[0]) == ()


def test_a_comparison_that_was_interrupted_is_made_up_for(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "The new bridge at Valmont was opened in May by the mayor and cost {} million euros.\n"
    fill(shelf.corpus, {"one.txt": text.format(4), "two.txt": text.format(9)})

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("rag.library.compare", interrupted)
        with pytest.raises(KeyboardInterrupt):
            shelf.sync()
    assert shelf.sync().unchanged == 5
    with shelf.open() as library:
        assert len(library.catalog.disagreements()) == 1


def test_disagreements_are_told_from_either_side(shelf: Shelf) -> None:
    shelf.sync()
    with shelf.open() as library:
        one = library.catalog.sentence_ids("bridge.txt")[0]
        two = library.catalog.sentence_ids("pont.txt")[0]
        library.catalog.set_disagreements([Pair(one, two, "figure", "May or June")])
        (mine,) = library.disagreements_of(library.sentences("bridge.txt")[0])
        (theirs,) = library.disagreements_of(library.sentences("pont.txt")[0])
        assert (mine.source.id, theirs.source.id) == ("pont.txt", "bridge.txt")
        assert library.disagreements_of(library.sentences("bridge.txt")[1]) == ()
