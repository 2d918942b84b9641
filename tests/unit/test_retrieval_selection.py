"""Which sentences are shown: no repetitions, both languages, every part, within the budget."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.selection import AT_LARGE, NEAR, SAME_VECTOR, Ranked, choose, fitting, merged, says_same, tokens_of
from rag.text.terms import stems
from rag.types import Language, Sentence, Source

WEIGHTS = (1.0, 1.0)


def axis(place: int, towards: int | None = None, much: float = 0.0) -> np.ndarray:
    """A unit vector along one axis, leaning towards another."""
    vector = np.zeros(16, np.float32)
    vector[place] = 1.0
    if towards is not None:
        vector[towards] += much
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def ranked(
    number: int,
    text: str = "",
    score: float = 0.5,
    language: Language = "fr",
    document: str = "",
    vector: np.ndarray | None = None,
    met: tuple[float, ...] = (0.0, 0.0),
) -> Ranked:
    text = text or f"Une phrase numéro {number}."
    document = document or f"doc-{number}"
    return Ranked(
        number,
        Sentence(document, number, 0, 0, len(text), text, language),
        Source(document, f"{document}.txt", language),
        axis(number % 16) if vector is None else vector,
        frozenset(stems(text, language)),
        0.5,
        0.0,
        score,
        met,
        sum(met) / 2,
    )


BRIDGE = "Le pont de Valmont a rouvert en mai après deux ans de travaux."


def test_nearly_the_same_sentence_becomes_corroboration() -> None:
    first = ranked(1, BRIDGE, 0.9, vector=axis(1))
    again = ranked(2, BRIDGE.replace("Le pont", "« Le pont"), 0.8, vector=axis(1, 2, 0.1))
    other = ranked(3, "La bibliothèque ouvre lundi.", 0.7)
    kept = merged([first, again, other])
    assert [item.id for item in kept] == [1, 3]
    assert kept[0].also == (again.sentence,)
    assert kept[1].also == ()


def test_another_figure_or_a_negation_is_not_the_same() -> None:
    one = ranked(1, "Le pont a coûté 4 millions au village de Valmont.", vector=axis(1))
    for text in ("Le pont a coûté 6 millions au village de Valmont.", "Le pont n’a pas coûté 4 millions au village de Valmont."):
        assert not says_same(one, ranked(2, text, vector=axis(1)))


def test_a_translation_is_a_witness_of_its_own() -> None:
    assert not says_same(ranked(1, "Valmont", vector=axis(1)), ranked(2, "Valmont", language="en", vector=axis(1)))


def test_the_limit_and_the_budget_hold_and_the_best_is_always_shown() -> None:
    long = ranked(1, "mot " * 400, 0.9)
    assert [item.id for item in choose([long, ranked(2)], WEIGHTS, limit=8, tokens=60)] == [1]
    items = [ranked(n, score=1 - n / 100) for n in range(12)]
    assert len(choose(items, WEIGHTS, limit=5, tokens=9999)) == 5
    assert choose([], WEIGHTS, limit=5, tokens=100) == []


def test_what_is_too_long_gives_way_to_what_fits() -> None:
    items = [ranked(1, score=0.9), ranked(2, "mot " * 100, 0.89), ranked(3, score=0.88)]
    assert [item.id for item in choose(items, WEIGHTS, limit=8, tokens=40)] == [1, 3]


def test_neither_language_is_crowded_out_where_it_comes_near() -> None:
    french = [ranked(n, score=0.9 - n / 1000) for n in range(8)]
    near = ranked(9, "The bridge reopened.", 0.9 - NEAR / 2, "en")
    far = ranked(9, "The bridge reopened.", 0.9 - NEAR * 2, "en")
    assert near in choose([*french, near], WEIGHTS, limit=4, tokens=9999)
    assert far not in choose([*french, far], WEIGHTS, limit=4, tokens=9999)


def test_a_part_not_met_yet_is_looked_for() -> None:
    first = [ranked(n, score=0.9 - n / 1000, document="a", met=(1.0, 0.0)) for n in range(5)]
    second = ranked(9, score=0.88, document="a", met=(0.0, 1.0))
    assert second in choose([*first, second], WEIGHTS, limit=2, tokens=9999)


def test_copies_of_one_idea_give_way() -> None:
    copies = [ranked(n, score=0.9 - n / 1000, document="a", vector=axis(1, n, 0.1)) for n in range(2, 6)]
    other = ranked(9, score=0.87, document="a")
    chosen = choose([*copies, other], WEIGHTS, limit=2, tokens=9999)
    assert [item.id for item in chosen] == [2, 9]


def leaning(place: int, cosine: float) -> np.ndarray:
    """A unit vector at ``cosine`` to the first axis, in a direction of its own."""
    return axis(0, place, (1 / cosine**2 - 1) ** 0.5)


def test_asked_at_large_each_idea_is_heard_once_and_a_translation_repeats_it() -> None:
    first = ranked(1, score=0.9, document="a", vector=axis(0))
    copies = [ranked(n, "A sentence.", 0.89, "en", "b", leaning(n, 0.95)) for n in (2, 3)]
    others = [ranked(n, score=0.8 - n / 100, document="a", vector=leaning(n, 0.85)) for n in (4, 5)]
    ranking = [first, *copies, *others]
    assert {item.id for item in choose(ranking, WEIGHTS, limit=3, tokens=9999, taste=AT_LARGE)} == {1, 4, 5}
    assert {2, 3} & {item.id for item in choose(ranking, WEIGHTS, limit=3, tokens=9999)}


def test_asked_at_large_more_documents_speak() -> None:
    one = [ranked(n, score=0.9 - n / 1000, document="a", vector=leaning(n, 0.88)) for n in range(1, 9)]
    others = [ranked(n, score=0.885 - n / 1000, document=f"doc-{n}", vector=leaning(n, 0.88)) for n in (9, 10, 11)]

    def heard(**taste: object) -> set[str]:
        chosen = choose([*one, *others], WEIGHTS, limit=6, tokens=9999, **taste)  # type: ignore[arg-type]
        return {item.source.id for item in chosen}

    assert heard() == {"a"}
    assert heard(taste=AT_LARGE) == {"a", "doc-9", "doc-10", "doc-11"}


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 5), st.floats(0, 1)), max_size=20))
def test_asked_at_large_no_two_are_near_copies_and_the_best_is_there(rows) -> None:
    items = [ranked(n, score=score, vector=axis(place, 6, much)) for n, (score, place, much) in enumerate(rows)]
    items.sort(key=lambda item: -item.score)
    chosen = choose(items, WEIGHTS, limit=8, tokens=9999, taste=AT_LARGE)
    assert not items or items[0] in chosen
    for n, one in enumerate(chosen):
        assert all(float(one.vector @ other.vector) < SAME_VECTOR for other in chosen[:n])


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(1, 300), st.sampled_from(["fr", "en"])), max_size=20),
    st.integers(1, 8),
    st.integers(10, 400),
)
def test_whatever_is_ranked_the_promises_hold(rows, limit: int, tokens: int) -> None:
    items = [ranked(n, "a" * length, score, language) for n, (score, length, language) in enumerate(rows)]
    items.sort(key=lambda item: -item.score)
    chosen = choose(items, WEIGHTS, limit=limit, tokens=tokens)
    assert len(chosen) <= limit
    assert bool(chosen) == bool(items)
    assert sum(tokens_of(item.sentence.text, item.sentence.language) for item in chosen) <= tokens or len(chosen) == 1
    assert [item.score for item in chosen] == sorted((item.score for item in chosen), reverse=True)
    assert not items or items[0] in chosen


def test_fitting_keeps_the_order_and_skips_what_is_too_long() -> None:
    items = [ranked(1, "mot " * 20), ranked(2, "mot " * 200), ranked(3)]
    assert [item.id for item in fitting(items, limit=3, tokens=40)] == [1, 3]
