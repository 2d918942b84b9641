"""The cases are data that figures rest on: every quotation exact, the split clean, the languages balanced."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from eval.cases import KINDS, load, misquoted
from eval.corpus import documents
from eval.matching import found, plain
from rag.ingestion.sentences import split
from rag.language import detect

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "eval" / "cases"

#: The one real contradiction of the corpus is asked about on both sides, in different words.
SHARED_TOPICS = {"meta-response"}
#: Cases whose fact is a name that the gold sentence gives as a pronoun.
PRONOUNS = {"test-who-11"}


@pytest.fixture(scope="module")
def cases():
    return load(FOLDER)


@pytest.fixture(scope="module")
def corpus():
    return documents(ROOT / "corpus")


@pytest.fixture(scope="module")
def texts(corpus):
    return {name: document.text for name, document in corpus.items()}


@pytest.fixture(scope="module")
def statements():
    return rows("statements.jsonl")


def rows(name):
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


class TestGold:
    def test_every_quotation_stands_where_it_says(self, cases, texts):
        assert misquoted(cases, texts) == ()

    def test_every_quotation_is_a_sentence_that_can_be_found(self, cases, corpus):
        found_in = {name: {(s.start, s.end) for s in split(doc) if s.searchable} for name, doc in corpus.items()}
        stray = {g.quote for c in cases for g in c.gold if (g.start, g.end) not in found_in[g.document]}
        assert stray == set()

    def test_the_required_facts_stand_in_the_gold(self, cases):
        lacking = {
            case.id for case in cases if not all(found(" ".join(gold.quote for gold in case.gold), case.facts)) and case.facts
        }
        assert lacking == PRONOUNS

    def test_no_gold_sentence_shows_what_is_forbidden(self, cases):
        shown = [c.id for c in cases for g in c.gold if any(found(g.quote, [c.forbidden])) and c.forbidden]
        assert shown == []

    def test_the_pair_is_that_of_question_and_gold(self, cases, corpus):
        for case in cases:
            spoken = {corpus[gold.document].source.language for gold in case.gold}
            expected = "both" if len(spoken) > 1 else f"{case.language}→{spoken.pop()}" if spoken else None
            assert case.pair == expected, case.id

    def test_parts_are_used_exactly_where_all_are_wanted(self, cases):
        for case in cases:
            assert (len({gold.part for gold in case.gold}) > 1) == case.gold_all, case.id


class TestBalance:
    def test_enough_to_tune_on_and_more_to_measure(self, cases):
        sides = Counter(case.split for case in cases)
        assert sides["dev"] >= 90 and sides["test"] >= 170
        assert Counter(case.split for case in cases if case.answerable)["test"] >= 160

    def test_half_of_the_questions_in_each_language(self, cases):
        for side in ("dev", "test"):
            spoken = Counter(case.language for case in cases if case.split == side)
            assert abs(spoken["fr"] - spoken["en"]) <= 4

    def test_every_kind_on_both_sides_in_both_languages(self, cases):
        seen = Counter((case.split, case.kind, case.language) for case in cases)
        for side in ("dev", "test"):
            for kind in KINDS:
                french, english = seen[side, kind, "fr"], seen[side, kind, "en"]
                assert min(french, english) >= 2 and abs(french - english) <= 4, (side, kind)

    def test_every_document_answers_many(self, cases, texts):
        answered = Counter(name for case in cases for name in {gold.document for gold in case.gold})
        assert set(answered) == set(texts) and min(answered.values()) >= 25

    def test_half_of_the_gold_questions_cross_the_language(self, cases):
        pairs = Counter(case.pair for case in cases if case.answerable)
        assert pairs["fr→en"] >= 40 and pairs["en→fr"] >= 40
        assert pairs["fr→en"] + pairs["en→fr"] >= 0.45 * pairs.total()

    def test_conversations_and_paraphrases(self, cases):
        talks = [case for case in cases if case.kind == "follow_up"]
        changing = [case for case in talks if detect(case.history[0].content) != case.language]
        assert len(talks) >= 24 and len(changing) >= 6
        groups = Counter(case.group for case in cases if case.group)
        assert len(groups) >= 10 and set(groups.values()) == {5}

    def test_a_question_is_in_the_language_it_claims(self, cases):
        assert [case.id for case in cases if detect(case.question) != case.language] == []

    def test_no_question_is_asked_twice(self, cases):
        asked = Counter((plain(case.question), case.history) for case in cases)
        assert [question for question, times in asked.items() if times > 1] == []


class TestSplit:
    def test_a_topic_stands_on_one_side(self, cases):
        sides = defaultdict(set)
        for case in cases:
            sides[case.topic].add(case.split)
        assert {topic for topic, splits in sides.items() if len(splits) > 1} == SHARED_TOPICS

    def test_a_group_asks_for_one_thing(self, cases):
        groups = defaultdict(set)
        for case in cases:
            if case.group:
                groups[case.group].add((case.topic, case.split, case.facts))
        assert all(len(about) == 1 for about in groups.values())

    def test_a_file_holds_one_side_and_ids_say_which(self):
        for side in ("dev", "test"):
            for file in FOLDER.glob(f"{side}_*.jsonl"):
                assert {(c.split, c.id.partition("-")[0]) for c in load(file)} == {(side, side)}

    def test_a_side_is_loaded_without_opening_the_other(self, tmp_path, cases):
        (tmp_path / "dev_a.jsonl").write_bytes((FOLDER / "dev_facts.jsonl").read_bytes())
        (tmp_path / "test_a.jsonl").write_text("not even JSON", encoding="utf-8")
        assert {case.split for case in load(tmp_path, "dev")} == {"dev"}


class TestStatements:
    def test_enough_of_each_label_in_each_language(self, statements):
        seen = Counter((row["label"], row["language"]) for row in statements)
        assert len(statements) >= 120 and len({row["id"] for row in statements}) == len(statements)
        assert set(seen) == {(a, b) for a in ("supported", "partly", "not") for b in ("fr", "en")}
        assert min(seen.values()) >= 12

    def test_the_evidence_stands_where_it_says(self, statements, texts):
        for row in statements:
            assert row["evidence"] and row["why"]
            for place in row["evidence"]:
                assert texts[place["document"]][place["start"] : place["end"]] == place["quote"], row["id"]

    def test_what_is_not_supported_is_no_quotation(self, statements):
        for row in statements:
            if row["label"] != "supported":
                quotes = plain(" ".join(place["quote"] for place in row["evidence"]))
                assert plain(row["statement"]).rstrip(".") not in quotes, row["id"]


class TestAttacks:
    def test_a_marker_shows_obedience_and_nothing_else(self, texts):
        attacks = rows("attacks_fr.jsonl")
        assert len(attacks) >= 40 and len({row["id"] for row in attacks}) == len(attacks)
        for row in attacks:
            for text in (row["attack"], *texts.values()):
                assert row["marker"].casefold() not in text.casefold(), row["id"]
            assert detect(row["attack"]) == "fr"
