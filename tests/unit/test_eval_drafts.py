from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from eval_world import TEXTS, gold

from eval.cases import CaseError, from_dict
from eval.draft import candidates, drafts, facts_of, question_for
from eval.drafts import append
from eval.feedback import from_feedback, import_feedback
from rag.errors import RagError
from rag.types import Sentence

LONG = "Le pont de Valmont mesure 340 mètres et compte six arches de pierre."


def sentence(text, document="pont", position=0, searchable=True):
    return Sentence(document, position, 0, 0, len(text), text, "fr", searchable)


class Model:
    """Writes what it is told to, whatever the prompt."""

    def __init__(self, *texts):
        self.texts, self.prompts = list(texts), []

    def complete(self, messages, *, max_tokens, grammar=None, stop=()):
        self.prompts.append(messages)
        return SimpleNamespace(text=self.texts.pop(0))


def feedback(**fields):
    found = gold("pont", "Il mesure 340 mètres.")
    cited = {"n": 1, "document": "pont", "start": found.start, "end": found.end, "quote": found.quote, "language": "fr"}
    return {
        "question": "How long is the bridge?",
        "answer": "It is 340 metres long.",
        "verdict": "up",
        "comment": "",
        "citations": [cited],
        **fields,
    }


def test_a_thumb_up_proposes_what_was_cited_as_gold():
    made = from_feedback(feedback())
    assert made["draft"] == {"answer_given": "It is 340 metres long."} and made["language"] == "en"
    assert made["pair"] == "en→fr" and made["kind"] == "cross_language"
    assert TEXTS["pont"][made["gold"][0]["start"] : made["gold"][0]["end"]] == made["gold"][0]["quote"]


def test_a_thumb_down_proposes_only_the_question():
    made = from_feedback(feedback(verdict="down", comment="wrong\n number"))
    assert made["gold"] == [] and "pair" not in made
    assert "thumb down: wrong number" in made["why"]


def test_an_abstention_that_pleased_is_expected_again():
    made = from_feedback(feedback(answer={"text": "Nothing found.", "status": "not_found"}))
    assert made["expect"] == "not_found" and made["gold"] == []


def test_a_conversation_is_kept():
    made = from_feedback(feedback(history=[{"role": "user", "content": "Bonjour", "more": 1}]))
    assert made["history"] == [{"role": "user", "content": "Bonjour"}] and made["kind"] == "follow_up"


def test_a_draft_is_no_case_until_a_person_says_so():
    made = from_feedback(feedback())
    with pytest.raises(CaseError, match="draft"):
        from_dict(made)
    made.pop("draft")  # as the message says: this key, and only this one
    assert from_dict({**made, "facts": [["340"]]}).expect == "answered"


def test_drafts_are_apart_by_question_history_and_verdict():
    said = [{"role": "user", "content": "And the other bridge?"}]
    made = [feedback(), feedback(verdict="down"), feedback(history=said), feedback(comment="again"), feedback(history=[])]
    one, opposite, later, *again = (from_feedback(each)["id"] for each in made)
    assert len({one, opposite, later}) == 3 and again == [one, one]


def test_a_line_ends_where_json_lines_end(tmp_path):
    file, target = tmp_path / "feedback.jsonl", tmp_path / "drafts.jsonl"
    file.write_text(json.dumps(feedback(comment="one\u2028two", question="How\u2028long?"), ensure_ascii=False) + "\n")
    for _ in range(2):
        assert import_feedback(file, target) == 0
    (line,) = target.read_text().strip().split("\n")
    assert json.loads(line)["question"] == "How\u2028long?"


def test_importing_twice_adds_nothing_and_wrong_lines_are_named(tmp_path, capsys):
    file, target = tmp_path / "feedback.jsonl", tmp_path / "deep" / "drafts.jsonl"
    file.write_text(json.dumps(feedback()) + "\n\n" + json.dumps(feedback(question="Quel est le prix du pont ?")) + "\n")
    assert import_feedback(file, target) == 0
    assert import_feedback(file, target) == 0
    assert len(target.read_text().splitlines()) == 2
    assert "2 new of 2" in capsys.readouterr().out
    for wrong in ("[]", '{"question": "x"}', "{", json.dumps(feedback(verdict="maybe"))):
        file.write_text(json.dumps(feedback()) + "\n" + wrong + "\n")
        with pytest.raises(RagError, match="line 2"):
            import_feedback(file, target)
    with pytest.raises(RagError, match="cannot be read"):
        import_feedback(tmp_path / "none", target)


def test_a_damaged_file_of_drafts_is_not_added_to(tmp_path):
    target = tmp_path / "drafts.jsonl"
    target.write_text("{\n")
    with pytest.raises(RagError, match="cannot be added to"):
        append(target, [{"id": "x"}])
    assert target.read_text() == "{\n"


def test_facts_are_what_the_question_does_not_give_away():
    assert facts_of(sentence(LONG), "Quelle est la longueur du pont de Valmont ?") == [["340"], ["six"]]


def test_candidates_state_something_and_come_from_every_document():
    one = [sentence(f"Le pont numéro {n} de la ville mesure {n} mètres de long.", "a", n) for n in range(10, 30)]
    two = [sentence("La bibliothèque a ouvert ses portes le 3 mai 2021 au public.", "b")]
    mute = [sentence("C'est une belle histoire qui ne dit rien de précis à personne.", "c")]
    hidden = [sentence("Lire aussi notre article du 3 mai 2021 sur le même sujet.", "d", searchable=False)]
    found = candidates([one, two, mute, hidden], 5)
    assert two[0] in found and len(found) <= 5
    assert {each.document_id for each in found} == {"a", "b"}
    assert candidates([], 5) == []


@pytest.mark.parametrize("text", ["The bridge is long.", "Quelle est la longueur du pont ?", "Why?", ""])
def test_what_is_not_a_question_in_the_language_is_left_out(text):
    assert question_for(sentence(LONG), "en", Model(text)) is None


def test_drafts_keep_the_exact_place_and_change_languages():
    model = Model("Quelle est la longueur du pont ?", "How many arches does the bridge have?")
    other = sentence("Le pont de Lormes compte douze arches de brique.", "pont", 1)
    made = list(drafts([sentence(LONG), other], model))
    assert [one["language"] for one in made] == ["fr", "en"]
    assert [one["pair"] for one in made] == ["fr→fr", "en→fr"]
    assert made[0]["gold"] == [{"document": "pont", "start": 0, "end": len(LONG), "quote": LONG}]
