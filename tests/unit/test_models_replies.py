"""What a server's reply tells, by known answers."""

import math
from types import SimpleNamespace

import pytest

from rag.models.replies import first_token, log_odds, measured


def test_the_spellings_of_a_side_are_added_up() -> None:
    likeliest = {"Yes": math.log(0.5), " yes": math.log(0.1), "Oui": math.log(0.1), "No": math.log(0.2), "The": math.log(0.1)}
    assert log_odds(likeliest, "Yes") == pytest.approx(math.log(0.7 / 0.2))


def test_a_side_not_listed_counts_as_likely_as_the_last_listed() -> None:
    assert log_odds({"Yes": math.log(0.9), "Sure": math.log(0.01)}, "Yes") == pytest.approx(math.log(90))
    assert log_odds({"Non": math.log(0.9), "Sure": math.log(0.01)}, "Non") == pytest.approx(-math.log(90))


def test_a_reply_that_is_neither_is_no_opinion() -> None:
    assert log_odds({"Paris": math.log(0.9), "Sure": math.log(0.01)}, "Paris") is None


def test_words_that_merely_begin_like_it_do_not_count() -> None:
    assert log_odds({"Not": -0.1, "Yesterday": -2.0, "None": -3.0}, "Not") is None


def test_a_yes_among_the_unlikeliest_is_no_opinion_either() -> None:
    """The other side would count as likely as the last listed: even odds, of a reply that begins with "The"."""
    assert log_odds({"The": math.log(0.98), "Yes": math.log(0.001)}, "The") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((yes, 3.0) for yes in ("Yes.", " oui", "**Yes**", "Answer: yes")),
        *((no, -3.0) for no in ("No", "NON !", "La réponse est non.")),
        *((neither, None) for neither in ("Perhaps", "", "Yes and no", "Not sure", "It says yes")),
    ],
)
def test_without_probabilities_only_a_plain_word_counts(text: str, expected: float | None) -> None:
    assert log_odds({}, text) == expected


def test_costs_come_from_timings_where_there_are_any() -> None:
    raw = SimpleNamespace(
        timings={"prompt_n": 12, "cache_n": 30, "prompt_ms": 4.5, "predicted_n": 7, "predicted_ms": 70.0},
        usage=SimpleNamespace(prompt_tokens=42, completion_tokens=7),
    )
    done = measured("text", raw, 9.0)
    assert (done.prompt_tokens, done.cached_tokens, done.completion_tokens) == (12, 30, 7)
    assert (done.prompt_ms, done.completion_ms) == (4.5, 70.0)


def test_costs_come_from_usage_and_the_clock_elsewhere() -> None:
    details = SimpleNamespace(cached_tokens=30)
    usage = SimpleNamespace(prompt_tokens=42, completion_tokens=7, prompt_tokens_details=details)
    done = measured("text", SimpleNamespace(usage=usage), 0.25)
    assert (done.prompt_tokens, done.cached_tokens, done.completion_tokens) == (12, 30, 7)
    assert (done.prompt_ms, done.completion_ms) == (0.0, 250.0)
    bare = measured("text", SimpleNamespace(usage=None), 0.25)
    assert (bare.prompt_tokens, bare.completion_tokens) == (0, 0)


def test_the_first_token_is_read_where_it_is_given() -> None:
    entry = SimpleNamespace(token="Yes", logprob=-0.1, top_logprobs=[])
    with_logprobs = SimpleNamespace(choices=[SimpleNamespace(logprobs=SimpleNamespace(content=[entry]))])
    assert first_token(with_logprobs) == {"Yes": -0.1}
    assert first_token(SimpleNamespace(choices=[SimpleNamespace(logprobs=None)])) == {}
