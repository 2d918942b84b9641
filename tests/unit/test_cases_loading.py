"""Reading case files, and filling in where their quotations stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.cases import CaseError, from_dict, load, misquoted
from eval.locate import locate, main
from eval.matching import contains, plain

ROOT = Path(__file__).parents[2]

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

    def test_a_quotation_may_hold_a_line_separator(self, tmp_path):
        quote = "Il mesure\u2028340 mètres."
        file = tmp_path / "dev_x.jsonl"
        line = {**EXAMPLE, "gold": [{"document": "pont", "start": 0, "end": len(quote), "quote": quote}]}
        file.write_text(json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")
        assert load(file)[0].gold[0].quote == quote

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
