"""Who speaks and in what order, with the real belief and a scripted model: looks, comparisons, overviews, early ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rag.errors import ModelUnavailable
from rag.generation.belief import features, load_belief
from rag.meter import Meter
from rag.speaking import Speaker
from rag.testifying import STATEMENTS_BROAD, Hearing
from rag.types import Evidence, Reading, Source, Spoken
from rag.verification.verifier import Verifier
from tests.scripted import ScriptedLlm
from tests.stand import FakeEmbedder, evidence, plain_calibration

COST = "The bridge cost four million euros."
QUESTION = "How much did the bridge cost?"
#: What the search found on the way: hardly to the point.
ASIDES = tuple(
    replace(evidence(text, "en", document=text.split()[1]), dense=0.1, lexical=0.0, coverage=0.0)
    for text in (
        "The baker sells more bread.",
        "The mayor likes old trains.",
        "The library opens on Monday.",
        "The school has nine teachers.",
        "The river rises each spring.",
    )
)


def hearing(question: str, items: Sequence[Evidence], llm: ScriptedLlm, caution: str = "cautious") -> Hearing:
    belief, meter = load_belief(adapted=llm.adapted), Meter()
    verifier = Verifier(FakeEmbedder(), plain_calibration())
    speaker = Speaker(question, "en", verifier, llm, meter, lambda name: Source(name, f"{name}.txt", "en"))
    threshold = belief.thresholds[caution]
    return Hearing(question, "en", items, speaker, meter, llm, belief, threshold, lambda _: False, lambda _: "")


def told(heard: Hearing) -> list[str]:
    return [event.statement.text for event in heard.testify() if isinstance(event, Spoken)]


def test_a_certain_witness_ends_the_hearing() -> None:
    llm = ScriptedLlm(yes=[COST])
    assert told(hearing(QUESTION, (*ASIDES, evidence(COST, "en")), llm)) == [COST]
    assert len(llm.weighed) == 1 and COST in llm.weighed[0]


def test_without_one_the_first_three_are_heard_whatever_they_promise() -> None:
    llm = ScriptedLlm()
    assert told(hearing("What did the bridge cost?", ASIDES, llm)) == []
    assert len(llm.weighed) == 3


def test_what_ranks_next_is_heard_where_the_first_are_silent_and_only_there() -> None:
    llm, late = ScriptedLlm(yes=[COST]), (evidence(COST, "en"),)
    silent = replace(hearing(QUESTION, ASIDES, llm), further=lambda: late)
    assert told(silent) == [COST]
    answered = replace(hearing(QUESTION, (*late, *ASIDES), llm), further=lambda: pytest.fail("there is an answer"))
    assert told(answered) == [COST]


@pytest.mark.parametrize(("pointed", "expected"), [("four million euros", [COST]), ("NONE", [])])
def test_an_unsure_witness_is_believed_after_a_second_look_or_not(pointed: str, expected: list[str]) -> None:
    llm = ScriptedLlm(odds={COST: -1.2}, replies={COST: pointed})
    assert told(hearing(QUESTION, (evidence(COST, "en"), *ASIDES), llm)) == expected
    assert len(llm.shown) == len(llm.weighed) + 1, "one is looked at again"


def test_an_adapted_model_is_asked_once_about_each_witness() -> None:
    belief, items = load_belief(adapted=True), (evidence(COST, "en"), *ASIDES)

    def believed(odds: float) -> float:
        return belief.belief(features(QUESTION, items[0], items, odds))

    unsure = next(n / 10 for n in range(-60, 60) if belief.thresholds["cautious"] < believed(n / 10) < belief.certain)
    llm = ScriptedLlm(odds={COST: unsure}, replies={COST: "NONE"}, adapted=True)
    assert told(hearing(QUESTION, items, llm)) == [COST]
    assert len(llm.shown) == len(llm.weighed), "none is looked at again"
    doubted = ScriptedLlm(odds={COST: unsure - 3.0}, replies={COST: "four million euros"}, adapted=True)
    assert told(hearing(QUESTION, items, doubted)) == []


def test_what_is_being_done_is_told_between_two_witnesses_too() -> None:
    """A witness who only repeats what was said adds nothing; the reading then goes on."""
    other = "The bridge cost too many euros."
    items = [evidence(text, "en", document=f"paper{n}") for n, text in enumerate((COST, COST, other))]
    steps = []
    for event in hearing(QUESTION, items, ScriptedLlm(yes=[COST, other])).testify():
        steps.append(("checking" if event.checking else "reading", event.done) if isinstance(event, Reading) else "spoken")
    assert steps == [
        *(("reading", 1), ("checking", 1), "spoken"),
        *(("reading", 2), ("checking", 2), ("reading", 2)),
        *(("reading", 3), ("checking", 3), "spoken"),
    ]


def test_a_bolder_setting_answers_what_a_cautious_one_leaves_open() -> None:
    """An unsure witness of which the second look says little; each statement tells how far it is believed."""
    item, belief = evidence(COST, "en"), load_belief()

    def unsure(odds: float, none: float) -> bool:
        known = features(QUESTION, item, (item, *ASIDES), odds)
        doubted = belief.worth_pointing <= belief.belief(known) < belief.certain
        return doubted and belief.thresholds["bold"] < belief.second(known, none) < belief.thresholds["cautious"]

    odds, none = next((n / 10, m / 4) for n in range(-60, 60) for m in range(-16, 24) if unsure(n / 10, m / 4))
    said = {}
    for caution in ("cautious", "bold"):
        heard = hearing(QUESTION, (item, *ASIDES), ScriptedLlm(odds={COST: odds}, none=none), caution)
        said[caution] = told(heard), [statement.belief for statement in heard.speaker.statements]
    assert said["cautious"] == ([], [])
    assert said["bold"][0] == [COST] and belief.thresholds["bold"] < said["bold"][1][0] < belief.thresholds["cautious"]


def test_in_a_comparison_at_most_two_of_a_document_speak_the_most_believed_first() -> None:
    odds = {
        "The bridge is closed on Sundays.": 4.0,
        "The bridge has nine arches.": 3.0,
        "The bridge is made of local stone.": 2.0,
        "The bridge cost four million euros in all.": 1.0,
    }
    items = [evidence(text, "en", document="gazette" if place < 3 else "herald") for place, text in enumerate(odds)]
    said = told(hearing("Compare what the articles claim of the bridge.", items, ScriptedLlm(odds=odds)))
    assert said == [text for text in odds if "stone" not in text]


def test_a_comparison_looks_further_while_it_has_one_side_only() -> None:
    """A certain side does not end the hearing; with two believed, what ranks next is left alone."""
    question = "How do the articles differ about the bridge?"
    side, other = "The gazette says the bridge is safe.", "The herald says the bridge is rotten."
    items = [evidence(text, "en", document=text.split()[1]) for text in (side, other)]
    llm = ScriptedLlm(yes=[side, other])
    alone = replace(hearing(question, (items[0], *ASIDES), llm), further=lambda: items[1:])
    assert told(alone) == [side, other]
    both = replace(hearing(question, (items[0], *ASIDES, items[1]), llm), further=lambda: pytest.fail("both are there"))
    assert told(both) == [side, other]


def test_without_the_model_too_nothing_of_another_month_is_quoted() -> None:
    august = evidence("In August 200 carts crossed the bridge.", "en", document="august")
    september = evidence("In September 200 carts crossed the bridge.", "en", document="september")
    heard = hearing("How many carts crossed the bridge in August?", (september, august), ScriptedLlm())
    heard.speaker.quote_only()
    assert [event.statement.text for event in heard.quote() if isinstance(event, Spoken)] == [august.sentence.text]
    assert [witness.evidence for witness in heard.dropped] == [september]


def test_without_the_model_too_an_overview_takes_the_evidence_as_it_stands() -> None:
    heard = hearing("Summarise the documents.", ASIDES, ScriptedLlm())
    heard.speaker.quote_only()
    spoken = [event.statement.text for event in heard.quote() if isinstance(event, Spoken)]
    assert spoken == [item.sentence.text for item in ASIDES[:STATEMENTS_BROAD]]


def test_a_model_that_says_neither_yes_nor_no_is_as_good_as_none() -> None:
    with pytest.raises(ModelUnavailable, match="neither Yes nor No"):
        told(hearing(QUESTION, ASIDES, ScriptedLlm(odds={"": None})))
    once = ScriptedLlm(odds={ASIDES[0].sentence.text: None, COST: 4.0})
    assert told(hearing(QUESTION, (*ASIDES, evidence(COST, "en")), once)) == [COST]


def test_an_overview_takes_the_evidence_as_it_stands() -> None:
    llm = ScriptedLlm()
    items = (evidence(COST, "en"), *ASIDES)
    said = told(hearing("What are these documents about?", items, llm))
    assert said == [item.sentence.text for item in items[:STATEMENTS_BROAD]]
    assert llm.shown == []


def test_who_has_nothing_of_what_is_demanded_is_not_even_asked() -> None:
    """The model would say Yes to both; one of them tells no time."""
    late = "The bridge was closed on Tuesday."
    items = [evidence(text, "en", document=f"paper{n}") for n, text in enumerate(("The bridge was closed by the mayor.", late))]
    llm = ScriptedLlm(yes=[item.sentence.text for item in items])
    assert told(hearing("When was the bridge closed?", items, llm)) == [late]
    assert len(llm.weighed) == 1


def test_the_side_of_a_disagreement_must_be_about_whom_the_question_names() -> None:
    """Asked whether Berg replied, Roy's reply is none, though the documents differ on it and the same article names Berg."""
    reply = evidence("Paul Roy replied on Tuesday.", "en", document="paper")
    berg = evidence("Anna Berg drew the bridge.", "en", document="paper")
    for question, expected in (("Did Anna Berg reply?", []), ("Did Paul Roy reply?", [reply.sentence.text])):
        heard = hearing(question, [reply, berg], ScriptedLlm(yes=[reply.sentence.text]))
        heard.disputed = lambda sentence: sentence == reply.sentence
        assert told(heard) == expected


def test_what_is_alleged_at_large_takes_several_voices() -> None:
    """Beside a certain one, an unsure one that would not speak beside the answer to a precise question."""
    sure, unsure = "The complaint says the bridge is dangerous.", "The mayor is accused of hiding a report."
    items = [evidence(text, "en", document=f"paper{n}") for n, text in enumerate((sure, unsure))]
    for question, expected in (("What does the complaint allege?", [sure, unsure]), ("What is dangerous?", [sure])):
        llm = ScriptedLlm(yes=[sure], odds={unsure: -1.0})
        assert told(hearing(question, items, llm)) == expected
