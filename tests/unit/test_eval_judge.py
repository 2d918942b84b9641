from __future__ import annotations

from types import SimpleNamespace

import pytest
from eval_world import LANGUAGE, TEXTS, cite

from eval.cache import Cache
from eval.judge import VerifierJudge, has_figure, has_name, quotes
from eval.metrics import Check
from eval.statements import judged, load
from eval.trust import agreement, balanced, kappa
from rag.errors import RagError
from rag.types import Document, Source

DOCUMENTS = {id: Document(Source(id, f"{id}.txt", LANGUAGE[id], date="2030"), text) for id, text in TEXTS.items()}
LONG = "Il mesure 340 mètres."


class Verifier:
    """Says what it is told to; keeps what it was asked."""

    def __init__(self, accepted, *faults):
        self.verdict = SimpleNamespace(
            accepted=accepted, support=0.7, faults=[SimpleNamespace(kind=kind, fatal=fatal) for kind, fatal in faults]
        )
        self.asked = []

    def check(self, statement, language, evidence, question):
        self.asked.append((statement, evidence))
        return self.verdict


def judge(verifier, tmp_path):
    return VerifierJudge(lambda: verifier, DOCUMENTS, Cache(tmp_path), "k")


def ask(verifier, tmp_path, statement="Ce pont fait 341 mètres."):
    return judge(verifier, tmp_path)(statement, "fr", [cite(1, "pont", LONG)], "?")


def test_accepted(tmp_path):
    check = ask(Verifier(True), tmp_path)
    assert check.strict and check.figures is True and check.support == 0.7


def test_a_wrong_figure_is_supported_but_not_strictly(tmp_path):
    check = ask(Verifier(False, ("figure", True)), tmp_path)
    assert check.supported and check.figures is False and not check.strict


def test_want_of_support(tmp_path):
    check = ask(Verifier(False, ("support", True)), tmp_path)
    assert not check.supported and check.figures is True


def test_opposite_polarity_is_want_of_support(tmp_path):
    assert not ask(Verifier(False, ("polarity", True), ("figure", True)), tmp_path).supported


def test_a_warning_is_no_fault(tmp_path):
    assert ask(Verifier(True, ("figure", False)), tmp_path).figures is True


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ("Selon le maire, il a coûté 12 millions.", True),
        ("Il a coûté 12 millions d'euros.", False),
        ("“Selon le maire, il a coûté 12 millions d'euros.” (en français)", True),
    ],
)
def test_a_claim_keeps_its_author_or_not_even_when_quoted_in_part(statement, kept, tmp_path):
    claim = cite(1, "pont", "Selon le maire, il a coûté 12 millions d'euros.")
    check = judge(Verifier(True), tmp_path)(statement, "fr", [claim], "?")
    assert check.attribution is check.strict is kept


def test_what_is_no_claim_needs_no_author(tmp_path):
    assert ask(Verifier(True), tmp_path).attribution is None


def test_the_same_question_is_asked_once(tmp_path):
    verifier = Verifier(True)
    first, second = ask(verifier, tmp_path), ask(verifier, tmp_path)
    assert first == second and len(verifier.asked) == 1


def test_another_statement_is_another_question(tmp_path):
    verifier = Verifier(True)
    ask(verifier, tmp_path)
    ask(verifier, tmp_path, "Ce pont fait 342 mètres.")
    assert len(verifier.asked) == 2


def test_evidence_comes_with_its_neighbours_and_its_card(tmp_path):
    verifier, cost = Verifier(True), "Selon le maire, il a coûté 12 millions d'euros."
    judge(verifier, tmp_path)("Il a coûté cher.", "fr", [cite(1, "pont", cost)], "?")
    (evidence,) = verifier.asked[0][1]
    assert evidence.before.endswith(LONG) and evidence.after == ""
    assert (evidence.sentence.text, evidence.source.date) == (cost, "2030")


@pytest.mark.parametrize(
    ("statement", "quoted"),
    [
        ("Il mesure 340 mètres", True),
        ("The text says, in French: « Il mesure 340 mètres. »", True),
        ("Il mesure 34", False),
        ("Il mesure 341 mètres.", False),
        ("The text says 12 times: « Il mesure 340 mètres. »", False),
        ("It is well known to everybody in the whole wide world that « Il mesure 340 mètres. »", False),
    ],
)
def test_quotations_and_short_frames_around_them(statement, quoted):
    assert quotes(statement, LONG) is quoted


def test_what_there_is_to_check():
    assert has_figure("Il mesure 340 mètres.", "fr") and not has_figure("Il est beau.", "fr")
    assert has_name("Le maire de Valmont a parlé.", "fr") and not has_name("Il est beau.", "fr")


class TestTrust:
    """Hand-worked: 10 statements, hand says 6 supported; the check accepts 5 of them and 1 of the others."""

    items = (
        [(f"a{i}", "supported", True) for i in range(5)]
        + [("a5", "supported", False), ("b0", "partly", True)]
        + [("b1", "partly", False), ("c0", "not", False), ("c1", "not", False)]
    )

    def test_agreement(self):
        found = agreement(self.items)
        assert found.accuracy.mean == pytest.approx(0.8)
        assert found.balanced.mean == pytest.approx((5 / 6 + 3 / 4) / 2)
        # Chance: .6 * .6 + .4 * .4 = .52; kappa (.8 - .52) / .48.
        assert found.kappa.mean == pytest.approx(0.28 / 0.48)
        assert found.wrong == ("a5", "b0")
        assert found.table["partly", True] == 1

    def test_undefined_stays_undefined(self):
        assert agreement([]) is None
        assert kappa([(True, True)]) is None and kappa([]) is None
        assert balanced([(True, True)]) is None
        assert agreement([("a", "supported", True)]).kappa is None


def test_labelled_statements_are_read_and_judged(tmp_path):
    file = tmp_path / "statements.jsonl"
    evidence = '[{"document": "pont", "start": 37, "end": 58, "quote": "Il mesure 340 mètres."}]'
    file.write_text(
        f'{{"id": "1", "statement": "Il mesure 340 m.", "language": "fr", "evidence": {evidence}, "label": "supported"}}\n'
        f'{{"id": "2", "statement": "Il mesure 1 m.", "language": "fr", "evidence": {evidence}, "label": "not"}}\n'
    )
    found = judged(file, lambda statement, *_: Check("340" in statement, 1.0))
    assert found.accuracy.mean == 1 and found.accuracy.n == 2
    assert judged(tmp_path / "none.jsonl", lambda *_: Check(True, 1.0)) is None


def test_a_wrong_label_names_its_line(tmp_path):
    file = tmp_path / "statements.jsonl"
    file.write_text('{"id": "1", "statement": "x", "language": "fr", "evidence": [], "label": "maybe"}\n')
    with pytest.raises(RagError, match=r"statements\.jsonl, line 1"):
        load(file)


def test_a_fault_of_a_kind_unknown_here_is_want_of_support(tmp_path):
    assert not ask(Verifier(False, ("direction", True)), tmp_path).supported
