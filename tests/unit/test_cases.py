"""The cases are data that figures rest on: every quotation exact, the split clean, the languages balanced."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from eval.cases import KINDS, CaseError, from_dict, load, misquoted
from eval.corpus import documents
from eval.locate import locate, main
from eval.matching import contains, found, plain
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


#: A case on an invented bridge.
EXAMPLE = {
    "id": "dev-x-01",
    "kind": "single",
    "split": "dev",
    "topic": "bridge",
    "language": "en",
    "question": "How long is the bridge?",
    "expect": "answered",
    "facts": [["340"]],
    "gold": [{"document": "pont", "start": 0, "end": 21, "quote": "Il mesure 340 mètres."}],
    "pair": "en→fr",
    "why": "an example",
}


class TestLoading:
    def test_a_case_by_its_fields(self):
        case = from_dict(EXAMPLE)
        assert case.answerable and case.gold_parts == (case.gold,) and case.history == ()

    def test_parts_are_groups_of_alternatives(self):
        gold = [{**EXAMPLE["gold"][0], "part": part} for part in (1, 1, 2)]
        case = from_dict({**EXAMPLE, "gold": gold, "gold_all": True})
        assert [len(part) for part in case.gold_parts] == [2, 1]

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": "unknown"},
            {"expect": "maybe"},
            {"facts": []},
            {"facts": [[]]},
            {"facts": ["340"]},
            {"gold": []},
            {"pair": "fr→fr"},
            {"why": " "},
            {"kind": "paraphrase"},
            {"kind": "follow_up"},
            {"disagreement": True},
            {"gold": [{"document": "pont", "start": 0, "end": 20, "quote": "Il mesure 340 mètres."}]},
            {"surprise": 1},
        ],
    )
    def test_a_wrong_line_is_named(self, change, tmp_path):
        file = tmp_path / "dev_x.jsonl"
        file.write_text("\n" + json.dumps({**EXAMPLE, **change}), encoding="utf-8")
        with pytest.raises(CaseError, match=r"dev_x\.jsonl, line 2"):
            load(file)

    def test_an_id_twice_is_named(self, tmp_path):
        (tmp_path / "dev_x.jsonl").write_text(2 * (json.dumps(EXAMPLE) + "\n"), encoding="utf-8")
        with pytest.raises(CaseError, match="dev-x-01"):
            load(tmp_path)

    def test_a_folder_without_cases_is_an_error(self, tmp_path):
        with pytest.raises(CaseError, match="no cases"):
            load(tmp_path)

    def test_a_moved_quotation_is_told(self):
        (line,) = misquoted([from_dict(EXAMPLE)], {"pont": "Le pont. Il mesure 340 mètres."})
        assert "dev-x-01" in line


class TestLocate:
    TEXT = "Le pont a ouvert. Selon le maire, « l’ouvrage\u00a0tient ». Il tient."

    def test_whatever_the_quotation_marks_and_spaces(self):
        start, end = locate(self.TEXT, "Selon le maire, « l'ouvrage tient ».")
        assert self.TEXT[start:end] == "Selon le maire, « l’ouvrage\u00a0tient »."

    @pytest.mark.parametrize(("quote", "why"), [("Il coule.", "is not in"), ("tient", "2 times"), (" ", "is not in")])
    def test_one_place_or_none(self, quote, why):
        with pytest.raises(CaseError, match=why):
            locate(self.TEXT, quote)

    def test_a_file_is_filled_in_and_stays_as_it_is_when_run_again(self, tmp_path):
        (tmp_path / "corpus").mkdir()
        (tmp_path / "corpus" / "pont.txt").write_text("Le pont a ouvert. Il mesure 340 mètres.", encoding="utf-8")
        (tmp_path / "corpus" / "sources.toml").write_text(
            '[[document]]\nfile = "pont.txt"\nid = "pont"\nlanguage = "fr"\n', encoding="utf-8"
        )
        draft = {**EXAMPLE, "gold": [{"document": "pont", "quote": "Il mesure 340 mètres."}]}
        del draft["pair"]
        file = tmp_path / "dev_x.jsonl"
        file.write_text(json.dumps(draft) + "\n", encoding="utf-8")
        assert main([str(file), "--corpus", str(tmp_path / "corpus")]) == 0
        (case,) = load(file)
        assert (case.gold[0].start, case.pair) == (18, "en→fr")
        before = file.read_bytes()
        assert main([str(file), "--corpus", str(tmp_path / "corpus")]) == 0
        assert file.read_bytes() == before

    def test_a_failure_leaves_the_file(self, tmp_path, capsys):
        file = tmp_path / "dev_x.jsonl"
        file.write_text(json.dumps({**EXAMPLE, "gold": [{"document": "no", "quote": "x"}]}), encoding="utf-8")
        before = file.read_bytes()
        assert main([str(file), "--corpus", str(ROOT / "corpus")]) == 1
        assert "line 1" in capsys.readouterr().err and file.read_bytes() == before


def test_an_alternative_with_a_star_takes_any_ending():
    assert contains(plain("Elle est addictive."), "addict*")
    assert not contains(plain("Elle est addictive."), "addict")
