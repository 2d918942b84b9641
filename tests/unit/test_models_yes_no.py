"""A model that says neither Yes nor No is asked again, and is never half believed."""

from __future__ import annotations

import pytest

from rag.generation.belief import features, load_belief
from rag.generation.witness import hear
from rag.models.llm import Message, open_llm
from rag.models.yes_no import STRICTER, UNREADABLE, weigh
from rag.settings import Settings
from rag.verification.judges import ModelJudge
from tests.model_server import Server, said
from tests.scripted import ScriptedLlm
from tests.stand import evidence

BRIDGE = "The bridge cost four million euros."
QUESTION = "How much did the bridge cost?"
ASKED: tuple[Message, ...] = (("system", "Reply Yes or No."), ("user", "Is the bridge open?"))


def test_a_clear_reply_is_taken_as_it_is() -> None:
    llm = ScriptedLlm(yes=["bridge"])
    odds, completion = weigh(llm, ASKED)
    assert (odds, completion.completion_tokens, llm.tried) == (4.0, 1, 1)


@pytest.mark.parametrize(
    ("reply", "expected"), [("**Yes**", 3.0), ("Answer: yes", 3.0), ("No.", -3.0), ("The bridge", UNREADABLE), ("", UNREADABLE)]
)
def test_any_other_is_asked_once_more_and_more_strictly(reply: str, expected: float) -> None:
    llm = ScriptedLlm(odds={"bridge": None}, replies={STRICTER: reply})
    odds, completion = weigh(llm, ASKED)
    assert odds == expected
    assert llm.shown == ["Is the bridge open?", f"Is the bridge open?\n{STRICTER}"]
    assert (completion.prompt_tokens, completion.completion_tokens) == (80, 21), "both tries are counted"


def test_a_server_is_given_room_for_more_than_one_token_then() -> None:
    server = Server(lambda body: said("**Yes**" if body["max_tokens"] > 1 else "**"))
    llm = open_llm(Settings(llm_url=server.url))
    try:
        assert llm.yes_or_no(ASKED).yes_log_odds is None
        assert weigh(llm, ASKED)[0] == 3.0
        assert server.bodies[-1]["messages"][-1]["content"].endswith(STRICTER)
    finally:
        llm.close()
        server.close()


def test_a_witness_who_cannot_be_understood_is_not_believed_however_its_words_fit() -> None:
    item = evidence(BRIDGE, "en")
    told = hear(ScriptedLlm(odds={BRIDGE: None}, replies={STRICTER: "Hm."}), QUESTION, item)
    model = load_belief()
    best = {**features(QUESTION, item, [item], told.log_odds), "lexical": 1.0, "coverage": 1.0}
    assert told.log_odds == UNREADABLE
    assert model.belief(best) < model.worth_pointing
    assert model.belief({**best, "log_odds": 0.0}) > model.certain, "what an unread reply used to count as"


def test_nor_is_a_judge() -> None:
    assert ModelJudge(ScriptedLlm(odds={"Statement": None})).log_odds(BRIDGE, BRIDGE) == UNREADABLE
