"""Noise: what says nothing is marked, what says something is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingestion.noise import guess_title, leading_date, noise_spans

STORY = "Le pont rouvre lundi, a dit la mairie. Il a coûté 3 millions."
CHOICES = "Learn more about your ad choices. Visit example.fm/adchoices"
PODCAST = "Radio Rive - A podcast by Radio Rive"


def marked(text: str, title: str | None = None) -> list[str]:
    return [text[span.start : span.end] for span in noise_spans(text, title)]


@pytest.mark.parametrize(
    ("text", "date", "marks"),
    [
        (" date 2023-12 Le pont", "2023-12", "date 2023-12"),
        ("date 2023-12-06 The bridge", "2023-12-06", "date 2023-12-06"),
        ("\nDate: 2019\nThe bridge", "2019", "Date: 2019"),
    ],
)
def test_a_date_put_before_the_text(text: str, date: str, marks: str) -> None:
    found = leading_date(text)
    assert found is not None
    assert found[0] == date
    assert text[found[1].start : found[1].end] == marks
    assert marked(text) == [marks]


@pytest.mark.parametrize(
    "text", ["date 2023-13 Le pont", "date 2023-02-30 x", "Le pont date 2023-12", "date 20231 x", "dates 2023"]
)
def test_no_such_date(text: str) -> None:
    assert leading_date(text) is None


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        (f"{STORY} {CHOICES}", [CHOICES]),
        (f"Le pont\n{PODCAST}\nCategories:\n{STORY}", [PODCAST, "Categories:"]),
        (f"Le pont rouvre\n\npont métal rivière Lune\n\n{STORY}", ["pont métal rivière Lune"]),
        (f"{STORY}\n\nJeanne Morel", ["Jeanne Morel"]),
        (f"{STORY}\n\nPar Jean-Luc d’Arc", ["Par Jean-Luc d’Arc"]),
        (f"{STORY}\n\nTous droits réservés.", ["Tous droits réservés."]),
        (f"{STORY}\n\n12\n\n{STORY}", ["12"]),
        (f"{STORY}\n\nLire aussi : Le pont de bois\n\n{STORY}", ["Lire aussi : Le pont de bois"]),
        (f"---\ntitle: Pont\n---\n{STORY}", ["---\ntitle: Pont\n---\n"]),
    ],
)  # fmt: skip
def test_what_says_nothing(text: str, marks: list[str]) -> None:
    assert marked(text) == marks


@pytest.mark.parametrize(
    "text",
    [
        STORY,
        f"Ce que cela coûte\n\n{STORY}",
        f"{STORY}\n\nLe pont est sûr\n\n{STORY}",
        f"{STORY}\n\nJeanne Morel a dessiné le pont.",
        f"{STORY}\n\nJeanne Morel\n\n{STORY}",
        "- pont métal rivière Lune\n- bois pierre fer chaux",
        "Les photos du pont sont à la mairie. Une image du pont a été vendue.",
        "We learn more about your choices when you visit the library.",
        f"Les catégories : bois, fer et pierre.\n\n{STORY}",
    ],
)
def test_what_says_something_is_kept(text: str) -> None:
    assert marked(text) == []


def test_the_title_is_never_noise() -> None:
    assert marked(f"Jeanne Morel\n\n{STORY}", title="Jeanne Morel") == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"Le pont rouvre\n\n{STORY}", "Le pont rouvre"),
        (f"Le pont va-t-il rouvrir ?\n{STORY}", "Le pont va-t-il rouvrir ?"),
        (f"# The bridge opens\n\n{STORY}", "The bridge opens"),
        (f"---\ndate: 2020\n---\n\n# The bridge opens\n\n{STORY}", "The bridge opens"),
        (STORY, None),
        (f"Le pont rouvre.\n\n{STORY}", None),
        (f"{STORY}\n\n{STORY}", None),
        ("Le pont rouvre", None),
        ("", None),
        (f"le pont rouvre\n\n{STORY}", None),
        (f" date 2023-12 Le pont\n\n{STORY}", None),
    ],
)
def test_title(text: str, title: str | None) -> None:
    assert guess_title(text) == title


@given(st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("dateA \n-20231.:")), max_size=200))
def test_spans_are_in_order_within_the_text(text: str) -> None:
    end = 0
    for span in noise_spans(text, guess_title(text)):
        assert end <= span.start < span.end <= len(text)
        end = span.end
