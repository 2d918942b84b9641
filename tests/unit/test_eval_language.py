"""In which language an answer speaks: its own words, or all it gives to read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eval_world import answer, case, cite, say, unanswerable

from eval.bootstrap import Share
from eval.metrics import language

LONG = "Il mesure 340 mètres."
# "en anglais" tells of the reader's language, not of the quotation's.
MARKED = "“The bridge will be closed until the end of May.” (en anglais) [1]"


def silent(text="Les documents ne disent rien de cela."):
    return answer(status="not_found", text=text)


def test_a_translation_into_the_questions_language():
    assert language(case(), answer(say("Le pont est long de 340 mètres."))) == Share(1, 1)


def test_an_answer_in_the_other_language():
    wrong = answer(say("The bridge is 340 metres long in all.", language="en"))
    assert language(case(), wrong) == Share(0, 1)


def test_a_verbatim_quotation_is_excused_only_here():
    quote = "The Valmont bridge is 340 metres long."
    quoted = answer(say(quote, 1, language="en"), citations=[cite(1, "bridge", quote)])
    assert language(case(), quoted) is None
    assert language(case(), quoted, quotations=True) == Share(0, 1)


def test_a_quotation_is_excused_with_the_label_of_its_language_and_with_quotations_inside():
    quote = "Il mesure 340 mètres."
    marked = replace(say(f"“{quote}” (in French) [1]", 1), origin="repaired")
    assert language(replace(case(), language="en"), answer(marked, citations=[cite(1, "pont", quote)])) is None
    nested = "“The mayor said “the bridge will be closed for repairs” until the end of May.” (en anglais)"
    cited = replace(cite(1, "pont", quote), quote="The mayor said “the bridge will be closed for repairs” until the end of May.")
    assert language(case(), answer(replace(say(nested, 1), origin="repaired"), citations=[cited])) is None


def test_the_flag_verbatim_is_not_believed():
    claimed = replace(say("The bridge is said to be rather long.", 1, language="en"), verbatim=True)
    assert language(case(), answer(claimed, citations=[cite(1, "pont", LONG)])) == Share(0, 1)


def test_an_abstention_speaks_the_questions_language():
    assert language(unanswerable(), silent()) == Share(1, 1)
    assert language(unanswerable(), silent("The documents do not say.")) == Share(0, 1)


def test_what_is_quoted_within_a_statement_counts():
    said = replace(say("“The bridge will be closed until the end of May,” said a spokesman."), origin="translated")
    assert language(replace(case(), language="en"), answer(said)) == Share(1, 1)
    marked = replace(say("“The bridge will be closed until the end of May.” (en anglais)"), origin="repaired")
    assert language(case(), answer(marked)) == Share(1, 1)


@pytest.mark.parametrize(
    ("text", "asked", "hits"),
    [
        (MARKED, "fr", 0),
        ("« Le pont sera fermé jusqu’à la fin de mai. » (in French) [1]", "en", 0),
        ("“Le maire parle du « vieux pont » dans sa lettre.” (in French)", "en", 0),
        ("Le maire répond : “The bridge will be closed until the end of May.” [1]", "fr", 0),
        ("“The bridge will be closed until the end of May,” said a spokesman.", "en", 1),
        ("Il parle du “Valmont bridge” dans la lettre qu’il a écrite aux habitants.", "fr", 1),
    ],
)
def test_quotations_included_a_quotation_counts_by_its_own_text(text, asked, hits):
    said = answer(replace(say(text), origin="repaired"))
    assert language(replace(case(), language=asked), said, quotations=True) == Share(hits, 1)


def test_one_translation_and_one_marked_quotation():
    both = answer(say("Le pont est long de 340 mètres."), replace(say(MARKED), origin="repaired"))
    assert language(case(), both) == Share(2, 2)
    assert language(case(), both, quotations=True) == Share(1, 2)


def test_a_label_lends_a_short_quotation_no_words():
    assert language(case(), answer(say("“340 metres.” (en anglais)")), quotations=True) is None


def test_two_words_tell_no_language():
    assert language(case(), answer(say("340 mètres."))) is None
