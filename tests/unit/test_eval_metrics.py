from __future__ import annotations

from dataclasses import replace

import pytest
from eval_world import TEXTS, answer, case, cite, gold, say, unanswerable, word_judge

from eval import metrics
from eval.bootstrap import Share
from rag.types import Citation, Disagreement, Statement

LONG = "Il mesure 340 mètres."
COST = "Selon le maire, il a coûté 12 millions d'euros."


def right():
    return answer(say(LONG, 1), citations=[cite(1, "pont", LONG)])


def silent(text="Les documents ne disent rien de cela."):
    return answer(status="not_found", text=text)


class TestCorrect:
    def test_all_facts_shown(self):
        assert metrics.correct(case(), right()) == Share(1)

    def test_one_of_two_facts_is_not_correct(self):
        assert metrics.correct(case(facts=[["340"], ["2019"]]), right()) == Share(0)

    def test_a_forbidden_fact_undoes_it(self):
        assert metrics.correct(case(forbidden=["mètres"]), right()) == Share(0)

    def test_a_fact_shown_only_in_a_note_on_a_disagreement_counts(self):
        noted = replace(right(), disagreements=(Disagreement((1,), "Ailleurs : ouvert en 2019."),))
        assert metrics.correct(case(facts=[["340"], ["2019"]]), noted) == Share(1)

    def test_closest_passages_of_an_abstention_do_not_count(self):
        closest = replace(silent(), closest=(cite(1, "pont", LONG),))
        assert metrics.correct(case(), closest) == Share(0)

    def test_an_unanswerable_case_does_not_qualify(self):
        assert metrics.correct(unanswerable(), silent()) is None

    def test_the_number_of_a_citation_mark_is_not_a_fact(self):
        one = answer(say("Le pont a ouvert.", 3), citations=[cite(3, "pont", LONG)])
        assert metrics.correct(case(facts=[["3"]]), one) == Share(0)


class TestTranslations:
    SOURCE = "Un ancien ministre accuse la ville."

    def told(self, text, origin="translated"):
        cited = Citation(1, "pont", None, None, "fr", 0, len(self.SOURCE), self.SOURCE)
        statement = replace(say(f"{text} [1]", 1, language="en"), origin=origin)
        return answer(statement, citations=[cited], language="en")

    def test_words_of_law_keep_their_sense(self):
        assert metrics.worded_soundly(self.told("A former minister accuses the city.")) == Share(1)
        assert metrics.worded_soundly(self.told("An old minister accuses the city.")) == Share(0)

    def test_what_is_quoted_is_worded_by_its_source(self):
        assert metrics.worded_soundly(self.told("An old minister accuses the city.", "quoted")) == Share(1)
        assert metrics.worded_soundly(silent()) is None


class TestAbstention:
    def test_due(self):
        assert metrics.kept_silent(unanswerable(), silent()) == Share(1)
        assert metrics.rightly_silent(unanswerable(), silent()) == Share(1)
        assert metrics.refused(unanswerable(), silent()) is None

    def test_undue(self):
        assert metrics.refused(case(), silent()) == Share(1)
        assert metrics.rightly_silent(case(), silent()) == Share(0)
        assert metrics.kept_silent(case(), silent()) is None

    def test_answered_all_the_same(self):
        assert metrics.kept_silent(unanswerable(), right()) == Share(0)
        assert metrics.rightly_silent(unanswerable(), right()) is None

    def test_an_accepted_answer_must_hold_the_facts(self):
        premise = unanswerable(accept=["answered"], facts=[["340"]])
        assert metrics.kept_silent(premise, right()) == Share(1)
        assert metrics.kept_silent(premise, answer(say("Oui."))) == Share(0)

    def test_a_request_to_decline(self):
        request = unanswerable(expect="declined", kind="declined")
        assert metrics.declined(request, answer(status="declined", text="Non.")) == Share(1)
        assert metrics.declined(request, silent()) == Share(0)
        assert metrics.kept_silent(request, silent()) == Share(1)


class TestGold:
    target = gold("pont", LONG)

    def span(self, start, end, document="pont"):
        return Citation(1, document, None, None, "fr", start, end, TEXTS[document][start:end])

    @pytest.mark.parametrize(
        ("start", "end", "covered"),
        [(0, 0, True), (-30, 30, True), (5, -5, True), (-10, -10, True), (-11, -11, False), (11, 11, False)],
    )
    def test_half_of_the_sentence_or_a_part_within(self, start, end, covered):
        # The gold sentence has 21 characters: shifted by 10 the overlap is 11, by 11 it is 10.
        citation = self.span(self.target.start + start, self.target.end + end)
        assert metrics.covers(citation, self.target) is covered

    def test_the_same_place_of_another_document_is_not_it(self):
        assert not metrics.covers(self.span(self.target.start, self.target.end, "bridge"), self.target)

    def test_a_citation_that_no_statement_uses_does_not_count(self):
        listed = answer(say(LONG), citations=[cite(1, "pont", LONG)])
        assert metrics.gold_cited(case(), listed) == Share(0)

    def test_every_part_where_the_case_wants_them_all(self):
        both = replace(case(), gold=(gold("pont", LONG), gold("pont", COST, part=2)), gold_all=True)
        assert metrics.gold_cited(both, right()) == Share(0)
        two = answer(say(LONG, 1), say(COST, 2), citations=[cite(1, "pont", LONG), cite(2, "pont", COST)])
        assert metrics.gold_cited(both, two) == Share(1)

    def test_an_alternative_of_a_part_will_do(self):
        either = replace(case(), gold=(gold("pont", COST), gold("pont", LONG)))
        assert metrics.gold_cited(either, right()) == Share(1)

    def test_refusing_cites_nothing(self):
        assert metrics.gold_cited(case(), silent()) == Share(0)


class TestValidity:
    def test_exact(self):
        # One quotation, the statement's label, the mark in the text.
        assert metrics.citations_valid(right(), TEXTS) == Share(3, 3)

    def test_an_edited_quotation(self):
        edited = replace(right(), citations=(replace(cite(1, "pont", LONG), quote="Il mesure 341 mètres."),))
        assert metrics.citations_valid(edited, TEXTS) == Share(2, 3)

    def test_labels_that_lead_nowhere_or_to_two_places(self):
        assert metrics.citations_valid(answer(say(LONG, 2), citations=[cite(1, "pont", LONG)]), TEXTS) == Share(1, 3)
        twice = answer(say(LONG, 1), citations=[cite(1, "pont", LONG), cite(1, "pont", COST)])
        assert metrics.citations_valid(twice, TEXTS) == Share(2, 4)

    def test_an_unknown_document(self):
        odd = replace(cite(1, "pont", LONG), document="nowhere")
        assert metrics.citations_valid(answer(citations=[odd], text="…"), TEXTS) == Share(0, 1)

    def test_nothing_cited_does_not_qualify(self):
        assert metrics.citations_valid(silent(), TEXTS) is None


class TestAlce:
    """Hand-worked: statement "a b", citations that hold a, b, both, or neither."""

    def score(self, *quotes, text="alpha beta"):
        cited = [Citation(n, "d", None, None, "en", 0, 1, quote) for n, quote in enumerate(quotes, start=1)]
        statement = Statement(text, tuple(range(1, len(quotes) + 1)), 1.0, False, "quoted", "en")
        (one,) = metrics.statement_scores(answer(statement, citations=cited), word_judge)
        return (one.check is not None and one.check.supported, one.precise, one.cited)

    def test_one_citation_that_supports(self):
        assert self.score("alpha beta") == (True, 1, 1)

    def test_one_citation_that_does_not(self):
        assert self.score("gamma") == (False, 0, 1)

    def test_two_that_are_both_needed(self):
        assert self.score("alpha", "beta") == (True, 2, 2)

    def test_an_irrelevant_one_beside_one_that_supports(self):
        assert self.score("alpha beta", "gamma") == (True, 1, 2)

    def test_two_that_both_support_alone(self):
        assert self.score("alpha beta", "beta alpha") == (True, 2, 2)

    def test_without_recall_nothing_is_precise(self):
        assert self.score("alpha", "gamma") == (False, 0, 2)

    def test_no_citation(self):
        assert self.score() == (False, 0, 0)

    def test_a_label_that_leads_nowhere_is_imprecise(self):
        statement = Statement("alpha", (1, 7), 1.0, False, "quoted", "en")
        cited = [Citation(1, "d", None, None, "en", 0, 1, "alpha")]
        (one,) = metrics.statement_scores(answer(statement, citations=cited), word_judge)
        assert (one.precise, one.cited) == (1, 2)

    def test_an_abstention_has_no_statements(self):
        assert metrics.statement_scores(silent(), word_judge) == ()


class TestDisagreement:
    one, two = "Selon le maire, il a coûté 12 millions d'euros.", "The mayor has not replied to our questions."
    case = replace(case(), disagreement=True, gold=(gold("pont", one), gold("bridge", two)))

    def shown(self, *labels):
        cited = [cite(1, "pont", self.one), cite(2, "bridge", self.two), cite(3, "pont", LONG)]
        return answer(say(self.one, 1), citations=cited, disagreements=[Disagreement(labels, "Ils diffèrent.")])

    def test_both_sides_on_the_gold(self):
        assert metrics.disagreement_shown(self.case, self.shown(1, 2)) == Share(1)

    def test_one_side_and_something_else(self):
        assert metrics.disagreement_shown(self.case, self.shown(3, 2)) == Share(0)
        assert metrics.disagreement_shown(self.case, self.shown(1, 3)) == Share(0)

    def test_not_at_all(self):
        assert metrics.disagreement_shown(self.case, right()) == Share(0)

    def test_a_case_without_one_does_not_qualify(self):
        assert metrics.disagreement_shown(case(), self.shown(1, 2)) is None


def test_the_speaker_is_named():
    asked = case(speaker=["le maire", "the mayor"])
    assert metrics.speaker_named(asked, answer(say(COST))) == Share(1)
    assert metrics.speaker_named(asked, right()) == Share(0)
    assert metrics.speaker_named(case(), right()) is None
