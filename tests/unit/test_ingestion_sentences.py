"""Sentences: exact offsets on any text, whole on hard ones, short enough for the embedder."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ingestion.boundaries import MOST_CHARS, MOST_WORDS
from rag.ingestion.layout import pieces
from rag.ingestion.noise import noise_spans
from rag.ingestion.sentences import split
from rag.types import Document, Language, Sentence, Source, Span

TRICKY = "aA.!?…»«“”\"() \n\r\t\xa0\u202f\u2028\x0bM1,;:'’-#*é"
texts = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(TRICKY)), max_size=300)
fragments = st.lists(
    st.sampled_from(
        [
            "M. Morel",
            "art. 3.2",
            "le pont",
            "Il dit",
            "«\xa0Oui.\xa0»",
            "…",
            ". ",
            "? ",
            "\n",
            "\n\n",
            " - ",
            "1. ",
            "J.-P.",
            " Le ",
        ]
    ),
    max_size=60,
).map(" ".join)


def sentences_of(text: str, language: Language = "fr", noise: tuple[Span, ...] = ()) -> tuple[Sentence, ...]:
    return split(Document(Source("doc", "doc.txt", language), text, noise))


def cut(text: str, language: Language = "fr") -> list[str]:
    return [sentence.text for sentence in sentences_of(text, language)]


@settings(max_examples=250, deadline=None)
@given(st.one_of(texts, fragments), st.sampled_from(["fr", "en"]))
def test_any_text_is_cut_exactly(text: str, language: Language) -> None:
    found = sentences_of(text, language, noise_spans(text))
    end = 0
    for position, sentence in enumerate(found):
        assert sentence.text == text[sentence.start : sentence.end]
        assert sentence.text == sentence.text.strip() != ""
        assert sentence.start >= end
        assert sentence.position == position
        assert len(sentence.text) <= MOST_CHARS
        assert len(sentence.text.split()) <= MOST_WORDS
        end = sentence.end
    paragraphs = [sentence.paragraph for sentence in found]
    assert paragraphs == sorted(paragraphs)


@settings(max_examples=250, deadline=None)
@given(st.one_of(texts, fragments))
def test_nothing_is_lost_but_white_space_and_marks(text: str) -> None:
    held = {at for sentence in sentences_of(text) for at in range(sentence.start, sentence.end)}
    for match in re.finditer(r"\S+", text):
        lost = {at for at in range(*match.span()) if at not in held and not text[at].isspace()}
        if lost:  # only a list or heading mark at the start of a line
            assert re.fullmatch(r"[-*+•‣▪◦·–—>]|#{1,6}|\(?\d{1,3}[.)]|\(?[a-z]\)", text[min(lost) : max(lost) + 1])


@settings(max_examples=150, deadline=None)
@given(texts, st.lists(st.tuples(st.integers(0, 300), st.integers(1, 40)), max_size=4))
def test_noise_is_never_mixed_with_text(text: str, marks: list[tuple[int, int]]) -> None:
    noise: list[Span] = []
    for start, length in sorted(marks):
        begin, end = max(start, noise[-1].end if noise else 0), min(start + length, len(text))
        if begin < end:
            noise.append(Span(begin, end))
    for sentence in sentences_of(text, noise=tuple(noise)):
        inside = [span for span in noise if span.start < sentence.end and sentence.start < span.end]
        assert all(span.start <= sentence.start and sentence.end <= span.end for span in inside)
        assert not (inside and sentence.searchable)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Il est venu. | M. Torrez a parlé. | Mme. Dupont et M. le maire aussi. | Voir art. 3.2 et p. 12 du rapport."),
        ("fr", "Le taux est de 73,3 millions. | Il atteint 3.2 points, cf. l’art. L. 12 du code. | Fin."),
        ("fr", "«\xa0Ils étaient élèves, retraités ou LGBTQI+.\xa0» | Il a conclu."),
        ("fr", "Pourquoi\xa0? | Parce que la pluie est tombée… | C’est, là, la brèche. | De fait, rien… | Mais si."),
        ("fr", "Ils ont demandé aux voisins (boulangers, maçons)… et tous sont d’accord. | Fin... | Suite."),
        ("fr", "Le pont J.-P. Morel, dessiné par J. Le Goff et J. Morel en 1921, mesure 3.2 km. | L'O.N.U. a voté."),
        ("fr", "Elle s’occupe de tout de A à Z. | Dans la ville, on l’aime. | Robert J. Martin l’a vu."),
        ("fr", "« Le pont est ouvert. Il est sûr », a dit M. le maire. | « Vraiment ? » demande-t-elle. | Oui !"),
        ("fr", "« Le pont est ouvert. » | Il est sûr. | Le 1er janv. 2020, S. A. Dupont & Cie. a payé 3 000 €. | C'est tout."),
        ("fr", "Selon l’art. 12 al. 3 du C. civ., il doit livrer. | Il habite au 3 bd. Voltaire. | Rendez-vous le 5 sept. 2023."),
        ("fr", "Il l’a dit. | « Un texte de 30 % plus long, etc. », répond-il."),
        ("en", "She insisted, stating, “Our survey shows that bridges are safe.” | She further expressed it."),
        ("en", "Mr. Smith met Dr. J. R. Brown at 3 p.m. on Jan. 5. | They left for the U.S. | The U.S. Senate voted."),
        ("en", "He said \"The bridge is open. It is safe.\" | Then he left. | Acme Inc. paid $3.5 million. | It was e.g. good."),
        ("en", "Attorney Gen. Reed sued Acme Platforms Inc. and others v. Jones. | Gov. Jones agreed. | See fig. 3.2 and No. 5."),
        ("en", "He was told, \"you see that so many people are late.\" \""),
        ("en", "They ride at Boomers! in the park. | Really? | It closed."),
        ("en", "It runs from A to Z. | The rest is known. | J. K. Reed and George W. Lane met. | Vitamin C. | It helps."),
    ],
)  # fmt: skip
def test_hard_sentences(language: Language, text: str) -> None:
    expected = text.split(" | ")
    assert cut(" ".join(expected), language) == expected


def test_blank_lines_and_headings() -> None:
    text = "Le pont rouvre\n\nLe pont rouvre lundi. Il est neuf.\n\xa0\nCe que cela coûte\n\nIl coûte 3 millions."
    found = sentences_of(text)
    assert [(sentence.paragraph, sentence.searchable) for sentence in found] == [
        (0, False), (1, True), (1, True), (2, False), (3, True),
    ]  # fmt: skip


def test_the_last_line_and_lists_of_facts_stay_searchable() -> None:
    text = "La bibliothèque ouvre ainsi :\n- lundi de 9 h à 17 h\n- mardi de 9 h à 12 h\n\nEntrée libre le dimanche"
    found = sentences_of(text)
    assert [sentence.text for sentence in found][1:] == [
        "lundi de 9 h à 17 h", "mardi de 9 h à 12 h", "Entrée libre le dimanche",
    ]  # fmt: skip
    assert all(sentence.searchable for sentence in found)
    assert [sentence.paragraph for sentence in found] == [0, 0, 0, 1]


def test_wrapped_lines_run_on_and_short_lines_do_not() -> None:
    wrapped = (
        "The bridge over the river Lune was opened to walkers on\n"
        "Monday after three years of work by the county and its\n"
        "engineers. It cost more than\r\nanybody had thought."
    )
    assert [text.split()[-1] for text in cut(wrapped, "en")] == ["engineers.", "thought."]
    assert cut("Un titre sans point\nUne première ligne.\nUne seconde", "fr")[0] == "Un titre sans point"


def test_a_long_sentence_is_cut_at_its_seams() -> None:
    clause = "le conseil a voté la somme demandée pour la rue numéro {} du vieux quartier près du port"
    text = "Ce soir-là, " + " ; ".join(clause.format(number) for number in range(1, 30)) + "."
    found = cut(text)
    assert 3 <= len(found) <= 8
    assert all(piece.endswith((";", ".")) for piece in found)


def test_a_sentence_in_the_other_language_keeps_its_own() -> None:
    text = "Le maire a lu le message. “The bridge will be open to all of you by the end of the year.” Merci à tous."
    assert [sentence.language for sentence in sentences_of(text)] == ["fr", "en", "fr"]
    named = "Le maire cite le rapport de The Bridge and Road Institute of the North à propos du pont."
    assert [sentence.language for sentence in sentences_of(named)] == ["fr"]


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, '«“" ' * 20_000, "A. " * 50_000, "mot " * 100_000, "x\n" * 100_000, "! " * 100_000]
)
def test_odd_texts_take_no_unreasonable_time(text: str) -> None:
    began = time.perf_counter()
    found = sentences_of(text)
    assert time.perf_counter() - began < 10
    assert found


def test_pieces_skip_marks() -> None:
    text = "# Titre\n1. Un\n2) Deux\n• Trois"
    assert [text[piece.start : piece.end] for piece in pieces(text)] == ["Titre", "Un", "Deux", "Trois"]
