"""The retrieval study's arithmetic, by hand: four sentences, three questions."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from eval.retrieval_study import GROUPS, first, row, rrf
from eval.study_material import Asked, Material, mistyped, of_affairs

ASKED = (
    Asked("Où est le pont ?", "fr", "same", frozenset({0, 3})),
    Asked("Où est le pont ?", "fr", "fr→en", frozenset({1})),
    Asked("Where is the bridge?", "en", "en→fr", frozenset({2})),
)
STUDY = SimpleNamespace(material=Material("by hand", (), (), ASKED))


def cells(scores):
    """(share among the first eight, mean reciprocal rank) of each group, then of all; None where nobody asks."""
    _, name, *held, end = (cell.strip() for cell in row("a way", STUDY, np.array(scores, np.float32)).split("|"))
    assert (name, end) == ("a way", "")
    found = [tuple(map(float, cell.split())) if cell else None for cell in held]
    return dict(zip([*GROUPS, "all"], found, strict=True))


def test_the_rank_is_that_of_the_first_sentence_that_answers():
    """Ranks 2 (sentence 3, before sentence 0), 1 and 4: reciprocals 1/2, 1 and 1/4, their mean 0.583."""
    table = cells([[0.1, 0.9, 0.2, 0.5], [0.0, 0.9, 0.2, 0.5], [0.8, 0.9, 0.2, 0.5]])
    assert table == {"same": (1, 0.5), "fr→en": (1, 1), "en→fr": (1, 0.25), "both": None, "all": (1, 0.583)}


def test_a_sentence_that_was_never_scored_comes_nowhere():
    nowhere = -np.inf
    table = cells([[nowhere, 0.9, 0.2, nowhere], [nowhere, 0.9, nowhere, nowhere], [0.8, 0.9, 0.2, 0.5]])
    assert table["same"] == (0, 0) and table["fr→en"] == (1, 1)
    assert table["all"] == (0.67, 0.417)  # (0 + 1 + 1/4) / 3


def test_the_ninth_is_not_among_the_first_eight():
    scores = np.arange(9, 0, -1, dtype=np.float32)[None]
    study = SimpleNamespace(material=Material("by hand", (), (), (Asked("?", "fr", "same", frozenset({8})),)))
    assert "| 0.00 0.111 |" in row("a way", study, scores)


def test_fusion_by_reciprocal_ranks():
    """Ranks 1, 2, 3 and 3, 1, 2: 1/61 + 1/63, 1/62 + 1/61, 1/63 + 1/62, so the second sentence leads."""
    fused = rrf(np.array([[0.9, 0.5, 0.1]], np.float32), np.array([[0.1, 0.9, 0.5]], np.float32))
    assert fused[0] == pytest.approx([1 / 61 + 1 / 63, 1 / 62 + 1 / 61, 1 / 63 + 1 / 62])
    assert int(fused[0].argmax()) == 1


def test_how_often_the_first_is_the_translation():
    asked = (*ASKED, Asked("Who?", "en", "en→fr", frozenset({0})))
    study = SimpleNamespace(material=Material("by hand", (), (), asked))
    scores = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]], np.float32)
    assert first("a way", study, scores) == "a way: English to French 0.500, French to English 1.000"


def test_the_files_of_the_affairs_do_not_take_each_others_place():
    """All affairs call their files alike; an index keeps one document a path."""
    material = of_affairs()
    assert len({document.source.path for document in material.documents}) == len(material.documents) == 20
    assert {one.document_id for one in material.sentences} == {document.source.id for document in material.documents}
    assert all(asked.gold for asked in material.asked) and len(material.asked) > 200


def test_every_run_mistypes_the_questions_alike_and_little():
    material = Material(
        "by hand",
        (),
        (),
        tuple(Asked(f"Combien de bibliothèques ont fermé en {n} ?", "fr", "same", frozenset()) for n in range(40)),
    )
    once, again = mistyped(material), mistyped(material)
    assert once == again
    assert {len(each.text.split()) for each in once.asked} == {7}
    slips = sum("bibliotheques" not in each.text for each in once.asked)
    assert 2 <= slips <= 20
    assert all(each.text.split()[-1] == str(n) for n, each in enumerate(once.asked))
