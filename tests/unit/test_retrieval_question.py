"""A question's parts and what meets them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.question import RESPELT, SYNONYM, Question, read
from rag.retrieval.spelling import as_meant, speller
from rag.text.terms import stems
from rag.types import Language


def part(question: Question, written: str):
    return next(part for part in question.parts if part.written == written)


def test_each_content_word_is_a_part_in_both_languages() -> None:
    asked = read("Who closed the old bridge?", "en")
    assert [each.written for each in asked.parts] == ["closed", "old", "bridge"]
    assert part(asked, "bridge").stems["fr"]["pont"] == 1.0
    assert part(asked, "bridge").stems["en"]["bridg"] == 1.0


def test_a_repeated_word_counts_once() -> None:
    assert len(read("le pont, le pont et les ponts", "fr").parts) == 1


def test_a_synonym_earns_less_and_is_not_searched_for() -> None:
    asked = read("Did the mayor respond?", "en")
    answer = stems("answer", "en")[0]
    assert part(asked, "respond").stems["en"][answer] == SYNONYM
    assert answer not in asked.searches["en"]


def test_a_place_is_known_by_its_other_name() -> None:
    asked = read("What happened in New Mexico?", "en")
    assert set(stems("Nouveau-Mexique", "fr")) <= set(part(asked, "Mexico").stems["fr"])


def test_a_month_and_a_figure_are_figures() -> None:
    asked = read("How many of the 500,000 books were lent in August?", "en")
    assert part(asked, "500,000").figure is not None
    assert part(asked, "August").figure is not None
    assert part(asked, "books").figure is None


def test_a_question_may_ask_for_a_figure() -> None:
    assert read("Combien de livres ?", "fr").asks_figure
    assert read("Quel âge a le pont ?", "fr").asks_figure
    assert read("How long did it last?", "en").asks_figure
    assert not read("Who built the bridge?", "en").asks_figure


def test_a_question_of_stop_words_has_no_parts() -> None:
    asked = read("Qui est-ce ?", "fr")
    assert asked.parts == ()
    assert asked.searches == {"fr": (), "en": ()}


class Terms:
    """The terms of an imaginary library."""

    def __init__(self, **terms: str) -> None:
        self._text = terms
        self._terms = {language: stems(text, language) for language, text in terms.items()}  # type: ignore[arg-type]

    def spelt(self, stem: str, language: Language) -> tuple[str, ...]:
        return tuple(word for word in self._text.get(language, "").split() if stem in stems(word, language))

    def frequencies(self, terms: list[str], language: Language) -> dict[str, int]:
        return {term: 1 for term in terms if term in self._terms.get(language, ())}

    def beginning(self, letters: str, language: Language, shortest: int, longest: int) -> tuple[str, ...]:
        held = self._terms.get(language, ())
        return tuple(term for term in held if term.startswith(letters) and shortest <= len(term) <= longest)


def test_a_slip_of_the_pen_is_forgiven_for_less() -> None:
    respell = speller(Terms(fr="bibliothèque Valmont"))
    asked = read("bibliotèque de Valmnt", "fr", respell)
    assert part(asked, "bibliotèque").stems["fr"][stems("bibliothèque", "fr")[0]] == RESPELT
    assert "valmont" in part(asked, "Valmnt").stems["fr"]
    assert RESPELT < 1.0


def test_a_slip_is_also_forgiven_where_the_other_language_has_the_word() -> None:
    asked = read("wich libary opend", "en", speller(Terms(fr="bibliothèque")))
    assert stems("bibliothèque", "fr")[0] in part(asked, "libary").stems["fr"]


def meant(text: str, language: Language, **held: str) -> str:
    terms = Terms(**held)
    return as_meant(read(text, language, speller(terms)), terms)


def test_the_vector_is_of_the_question_as_it_was_meant() -> None:
    assert meant("combien de sourses a til vu", "fr", fr="sources") == "combien de sources a til vu"
    assert meant("who runs the Gardian", "en", fr="Guardian") == "who runs the Guardian"


def test_of_a_stem_the_spelling_that_is_nearest_is_meant() -> None:
    assert meant("how many acounts", "en", en="accountable accounts") == "how many accounts"


@pytest.mark.parametrize("written", ["Quels délits ?", "Quels delits ?"])
def test_a_word_that_a_dictionary_has_stays_though_the_documents_lack_it(written: str) -> None:
    assert meant(written, "fr", fr="débit") == written


def test_what_is_near_no_word_of_the_documents_stays() -> None:
    assert meant("who runs the Zorvian", "en", en="bridge") == "who runs the Zorvian"


def test_what_stands_in_the_documents_is_not_corrected() -> None:
    respell = speller(Terms(fr="pont ponte"))
    assert respell("pont", "fr") == ()
    assert respell("1999", "fr") == ()


@given(
    st.lists(st.text("abcde", min_size=3, max_size=11), min_size=1, max_size=60, unique=True),
    st.text("abcde", min_size=3, max_size=11),
)
def test_looking_only_at_words_of_fitting_lengths_misses_none(held: list[str], asked: str) -> None:
    class Held:
        everything = False

        def frequencies(self, terms: list[str], language: Language) -> dict[str, int]:
            return {}

        def spelt(self, stem: str, language: Language) -> tuple[str, ...]:
            return ()

        def beginning(self, letters: str, language: Language, shortest: int, longest: int) -> tuple[str, ...]:
            fits = (term for term in held if self.everything or shortest <= len(term) <= longest)
            return tuple(term for term in fits if term.startswith(letters))

    few, all_of_them = Held(), Held()
    all_of_them.everything = True
    assert speller(few)(asked, "en") == speller(all_of_them)(asked, "en")


def test_a_short_or_quite_different_word_is_left_alone() -> None:
    respell = speller(Terms(en="cat bridge"))
    assert respell("cab", "en") == ()
    assert "bridg" not in respell("brilliant", "en")
