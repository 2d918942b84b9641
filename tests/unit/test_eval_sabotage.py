"""Each fault of ``eval.sabotage`` takes effect, without a model; and only a figure that fell counts as red."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from eval import sabotage
from rag.assistant import Assistant
from rag.errors import RagError
from rag.generation import prompts, witness
from rag.settings import load_settings
from rag.speaking import Speaker
from rag.types import Evidence, FirstLook, Source
from tests.scripted import ScriptedLlm
from tests.shelf import document_of, synced

COST = "The works on the bridge cost four millions."
QUESTION = "How much did the works cost?"


@pytest.fixture
def evidence():
    document, sentences = document_of("d", COST)
    return Evidence(sentences[0], document.source, 1.0, 1.0, 1.0, 1.0)


def last_turn(evidence, look=witness.hear):
    llm = ScriptedLlm()
    look(llm, QUESTION, evidence)
    return llm.shown[0]


@pytest.mark.parametrize("look", [witness.hear, witness.second_look])
def test_the_broken_prompt_holds_the_source_and_not_the_question(evidence, look):
    with sabotage.broken_prompt():
        broken = last_turn(evidence, look)
    assert COST in broken and QUESTION not in broken
    assert QUESTION in last_turn(evidence, look)


def test_a_prompt_that_cannot_be_broken_is_told(monkeypatch):
    other = replace(prompts.load("witness"), pattern="{source}, asked: {question}")
    monkeypatch.setattr(prompts, "load", lambda name: other)
    with pytest.raises(RagError, match=r"correct PLACE in eval/sabotage\.py"):
        sabotage.broken_prompt()


def test_the_wrong_depth_shows_one_sentence(tmp_path):
    with synced(tmp_path) as library:
        shown = {}
        for name, fault in (("whole", None), ("broken", sabotage.wrong_depth())):
            if fault is None:
                settings = load_settings()
            else:
                with fault:
                    settings = load_settings()
            first = next(iter(Assistant(settings, library, ScriptedLlm()).ask("Which bridge reopened in May at Valmont?")))
            assert isinstance(first, FirstLook)
            shown[name] = len(first.evidence)
    assert shown["broken"] == 1 < shown["whole"]


def test_without_the_verifier_a_false_translation_is_shown(evidence):
    source = Source("d", "d.txt", "en")
    false = "Les travaux ont coûté neuf millions."

    def said():
        verifier = SimpleNamespace(check=lambda *_: SimpleNamespace(accepted=False, support=0.0, faults=()))
        meter = SimpleNamespace(spent=lambda _: None, spoke=lambda: None)
        speaker = Speaker(QUESTION, "fr", verifier, ScriptedLlm(replies={COST: false}), meter, lambda _: source)
        return speaker.speak(evidence).statement

    assert said().verbatim
    with sabotage.no_verifier():
        assert (said().text, said().verbatim) == (false, False)


@pytest.mark.parametrize(
    ("gate", "red"),
    [
        ({"passed": False, "worse": [["correct", {}, {}]], "message": "worse"}, True),
        ({"passed": True, "worse": [], "message": "no figure is worse"}, False),
        ({"passed": False, "worse": [], "message": "made on other cases"}, None),
        ({"passed": None, "worse": [], "message": "there is no baseline"}, None),
        (None, None),
    ],
)
def test_red_is_a_figure_that_fell_and_nothing_else(tmp_path, monkeypatch, gate, red):
    monkeypatch.setattr(sabotage, "OUT", tmp_path)
    report = tmp_path / "depth" / "smoke" / "report.json"
    report.parent.mkdir(parents=True)
    report.write_text(json.dumps({"gate": {"passed": False, "worse": [["an earlier run's"]]}}))

    def run_cases(arguments):
        assert arguments == ["--suite", "smoke", "--no-cache", "--out", str(tmp_path / "depth")]
        assert load_settings().evidence_sentences == 1
        if gate is not None:
            report.write_text(json.dumps({"gate": gate}))
        return 1

    monkeypatch.setattr(sabotage, "run_cases", run_cases)
    if red is None:
        with pytest.raises(RagError, match=gate["message"] if gate else "failed before its gate"):
            sabotage.seen("depth")
    else:
        assert sabotage.seen("depth") is red
    assert load_settings().evidence_sentences > 1
