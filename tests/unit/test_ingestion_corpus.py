"""The five documents are shipped byte for byte, and every sentence of them is where it says."""

import hashlib
from pathlib import Path

import pytest

from rag.ingestion.cards import load_cards
from rag.ingestion.readers import read
from rag.ingestion.sentences import split
from rag.types import Document

CORPUS = Path(__file__).parents[2] / "corpus"

SHA256 = {
    "procureur-general-nouveau-mexique-poursuit-meta-et-zuckerberg.txt": (
        "fcef9c0dd9c8ead1f835aa3ea63ba0ca0b0f317f65a0ced84bac4e16cb817bb1"
    ),
    "nouveau-mexique-lourde-charge-contre-facebook-et-instagram.txt": (
        "509c3cc5b5d331c19b8304dcea7036b1fb05b1b3b42ba6983f64a820556e44f7"
    ),
    "nouveau-mexique-poursuit-meta-trafic-sexuel-enfants.txt": (
        "7a6786cf7fd60982f12e6658148b81b3be5bcc2a6a7e8aea96dec7bab794e8a5"
    ),
    "new-mexico-attorney-general-legal-action-against-meta.txt": (
        "ca414fe8ba51bc0364f99e78c2c6ca074d6a65bb47186bf5c13f9ce03ae452cc"
    ),
    "facebook-et-instagram-utilises-trafic-enfants.txt": ("cca1e0bff36b5d4175f73f2f833f5c95d7f5571e6d5083d4ab320f66426c13aa"),
}


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    cards = load_cards(CORPUS)
    return {name: read(CORPUS / name, CORPUS, cards) for name in SHA256}


def test_the_five_documents_are_byte_for_byte() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in CORPUS.glob("*.txt")}
    assert found == SHA256


def test_every_document_has_a_card_and_every_card_a_document() -> None:
    cards = load_cards(CORPUS)
    assert set(cards) == set(SHA256)
    assert len({card.id for card in cards.values()}) == 5


def test_cards_say_only_what_the_text_says(documents: dict[str, Document]) -> None:
    for document in documents.values():
        source = document.source
        for said in (source.title, source.publisher, source.date):
            assert said is None or said in document.text


def test_texts_are_exactly_the_files(documents: dict[str, Document]) -> None:
    for name, document in documents.items():
        assert document.text.encode() == (CORPUS / name).read_bytes()


def test_without_cards_language_date_and_title_are_found_all_the_same(documents: dict[str, Document]) -> None:
    for name, document in documents.items():
        alone = read(CORPUS / name, CORPUS, {}).source
        assert (alone.language, alone.title, alone.date) == (
            document.source.language,
            document.source.title,
            document.source.date,
        )


def test_sentences_are_where_they_say(documents: dict[str, Document]) -> None:
    for document in documents.values():
        for sentence in split(document):
            assert sentence.text == document.text[sentence.start : sentence.end]
            assert sentence.language == document.source.language


def test_what_is_not_searched(documents: dict[str, Document]) -> None:
    quiet = {
        name: [sentence.text for sentence in split(document) if not sentence.searchable] for name, document in documents.items()
    }
    assert list(quiet.values()) == [
        [],
        ["date 2023-12", "Meta se défend de ne rien faire"],
        [
            "Le Nouveau-Mexique poursuit Meta (Facebook) pour avoir facilité le trafic sexuel d’enfants",
            "trafic sexuel enfants Meta",
            "Meta ne parvient pas à supprimer le matériel pédopornographique",
            "Facebook\xa0: la plate-forme la plus utilisée par les trafiquants sexuels",
            "Aucune obligation légale de signaler le trafic sexuel d’enfants",
            "Clémentine Jallais",
        ],
        ["date 2023-12-06"],
        [
            "Facebook et Instagram utilisés pour du trafic d'enfants ?",
            "Choses à Savoir TECH - A podcast by Choses à Savoir",
            "Categories:",
            "Learn more about your ad choices.",
            "Visit megaphone.fm/adchoices",
        ],
    ]


@pytest.mark.parametrize(
    ("name", "count", "start", "end"),
    [
        ("procureur-general", 13, "M. Torrez a déclaré que M. Zuckerberg et", 'exploitation sexuelle des enfants".'),
        ("nouveau-mexique-lourde", 13, "« En un seul mois, nous avons", "a-t-il continué."),
        ("nouveau-mexique-poursuit", 42, "Pas vraiment, puisqu’il n’existe", "d’abus ou de nudité…"),
        ("nouveau-mexique-poursuit", 42, "C’est, là, la brèche.", "C’est, là, la brèche."),
        ("nouveau-mexique-poursuit", 42, "Un ancien procureur adjoint", "noires, Latino ou LGBTQI+.\xa0»"),
        ("nouveau-mexique-poursuit", 42, "Pourquoi\xa0?", "Pourquoi\xa0?"),
        ("new-mexico", 14, "Attorney General Torrez emphasized", "solicit minors for sex.”"),
        ("new-mexico", 14, "He further expressed his commitment", "over the safety of children."),
        ("facebook-et-instagram", 22, "Ayant la main mise", "des rencontres de A à Z."),
        ("facebook-et-instagram", 22, "La firme rappelle que Facebook a signalé plus de 73,3 millions", "sophistiquée »."),
    ],
)
def test_hard_sentences_are_whole(documents: dict[str, Document], name: str, count: int, start: str, end: str) -> None:
    document = next(document for path, document in documents.items() if path.startswith(name))
    sentences = [sentence.text for sentence in split(document)]
    assert len(sentences) == count
    assert any(text.startswith(start) and text.endswith(end) for text in sentences)
