"""The command line: what it refuses, and a whole run on a small invented corpus with a scripted assistant."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from eval_world import TEXTS, Scripted, good_answers, small_set

from eval import run as command
from eval.cases import KINDS, load
from eval.judge import VerifierJudge
from eval.metrics import Check
from eval.selection import even, smoke
from eval.workshop import Workshop

ROOT = Path(__file__).parents[2]


class Judge(VerifierJudge):
    """Accepts what it has never seen a reason to doubt."""

    def __call__(self, statement, language, citations, question):
        return Check(True, 0.9)


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A corpus, its cases, and an assistant whose answers a test may spoil."""
    corpus, cases = tmp_path / "corpus", tmp_path / "cases"
    corpus.mkdir(), cases.mkdir()
    for id, text in TEXTS.items():
        (corpus / f"{id}.txt").write_text(text, encoding="utf-8")
    entries = [f'[[document]]\nfile = "{id}.txt"\nid = "{id}"\n' for id in TEXTS]
    (corpus / "sources.toml").write_text("\n".join(entries))
    lines = [json.dumps({k: v for k, v in asdict(one).items() if v not in (None, ())}) for one in small_set()]
    (cases / "dev_all.jsonl").write_text("\n".join(lines))
    system = Scripted(good_answers())
    monkeypatch.setattr(Workshop, "assistant", lambda self: system)
    monkeypatch.setattr(Workshop, "judge", lambda self, documents, cache: Judge(None, documents, cache))
    arguments = ["--cases", str(cases), "--corpus", str(corpus), "--out", str(tmp_path / "out")]
    return system, arguments, tmp_path


def test_a_run_from_first_to_gate(world, capsys):
    system, arguments, folder = world
    assert command.main(arguments) == 0
    first = capsys.readouterr().out
    assert "no baseline to compare with" in first
    cases, corpus = folder / "cases", folder / "corpus"
    assert f"python eval/run.py --suite full --cases {cases} --corpus {corpus} --update-baseline" in first
    assert command.main([*arguments, "--update-baseline"]) == 0
    assert "new baseline of 7 cases" in capsys.readouterr().out
    assert command.main(arguments) == 0
    assert "gate passed" in capsys.readouterr().out
    assert len(system.asked) == 7  # asked once, answered by the cache since

    one, other = "Quand le pont a-t-il ouvert ?", "Quelle est la longueur du pont ?"
    system.answers[one], system.answers[other] = system.answers[other], system.answers[one]
    assert command.main([*arguments, "--no-cache"]) == 1
    told = capsys.readouterr().out
    assert "gate failed" in told and "c3: fails now" in told
    assert "Le pont de Valmont a ouvert en 2019." in told and "now (answered): Il mesure 340 mètres." in told

    report = json.loads((folder / "out" / "full" / "report.json").read_text())
    assert {flip["case"] for flip in report["gate"]["flips"]} == {"c1", "c3"}
    assert (folder / "out" / "full" / "report.html").exists() and (folder / "out" / "full" / "report.md").exists()


def test_rivals_stand_beside(world, capsys):
    _, arguments, folder = world
    assert command.main([*arguments, "--against", "blind", "--against", "liar"]) == 0
    assert "blind" in capsys.readouterr().out
    text = (folder / "out" / "full" / "report.md").read_text()
    assert "| blind | ratio | liar | ratio |" in text


def test_a_part_is_not_gated(world, capsys):
    _, arguments, folder = world
    assert command.main([*arguments, "--kind", "single", "--limit", "2"]) == 0
    assert "not gated" in capsys.readouterr().out
    assert len(json.loads((folder / "out" / "selection" / "report.json").read_text())["systems"][0]["cases"]) == 2


def test_a_held_out_part_is_asked_of_rivals_too(world):
    _, arguments, folder = world
    lines = (folder / "cases" / "dev_all.jsonl").read_text().replace('"split": "dev"', '"split": "test"').splitlines()
    (folder / "cases" / "test_all.jsonl").write_text("\n".join(lines))
    (folder / "cases" / "dev_all.jsonl").write_text("no case, and not to be opened")
    assert command.main([*arguments, "--split", "test", "--limit", "3", "--against", "blind", "--against", "liar"]) == 0
    systems = json.loads((folder / "out" / "selection" / "report.json").read_text())["systems"]
    asked = [[(one["id"], one["split"]) for one in system["cases"]] for system in systems]
    assert [system["name"] for system in systems] == ["temoin", "blind", "liar"]
    assert asked == [[("c1", "test"), ("c3", "test"), ("c5", "test")]] * 3


def test_changed_cases_shut_the_gate(world, capsys):
    _, arguments, folder = world
    command.main([*arguments, "--update-baseline"])
    file = folder / "cases" / "dev_all.jsonl"
    file.write_text("\n".join(file.read_text().splitlines()[1:]))
    assert command.main(arguments) == 1
    assert "other cases" in capsys.readouterr().out


def test_an_interruption_is_one_line_and_loses_nothing(world, capsys, monkeypatch):
    system, arguments, _ = world
    ask = system.answer

    def interrupted(question, history=()):
        if len(system.asked) == 3:
            raise KeyboardInterrupt
        return ask(question, history)

    monkeypatch.setattr(system, "answer", interrupted)
    assert command.main(arguments) == 1
    assert "kept" in capsys.readouterr().err
    monkeypatch.setattr(system, "answer", ask)
    assert command.main(arguments) == 0
    assert len(system.asked) == 7


@pytest.mark.parametrize(
    "wrong",
    [
        ["--suite", "smoke", "--split", "test"],
        ["--update-baseline", "--kind", "single"],
        ["--cases", "x"],
        ["--limit", "0"],
        ["--against", "nobody"],
        ["--public", "nomiracl", "--retrieval"],
        ["--nonsense"],
    ],
)
def test_wrong_usage_is_2(wrong, capsys):
    with pytest.raises(SystemExit) as stopped:
        command.main(wrong)
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--cases", "/nowhere", "--corpus", "/nowhere"], "no cases in /nowhere"),
        (["--public", "nomiracl", "--data", "/nowhere"], "--data"),
        (["--import-feedback", "/nowhere/f.jsonl"], "cannot be read"),
    ],
)
def test_what_can_be_foreseen_is_one_line_and_1(arguments, told, tmp_path, capsys):
    assert command.main([*arguments, "--out", str(tmp_path)]) == 1
    error = capsys.readouterr().err.strip()
    assert told in error and "Traceback" not in error and len(error.splitlines()) == 1


def test_gold_that_the_corpus_does_not_hold_stops_the_run(world, capsys):
    _, arguments, folder = world
    (folder / "corpus" / "pont.txt").write_text("Un autre texte sur un autre pont.")
    assert command.main(arguments) == 1
    assert "does not stand at" in capsys.readouterr().err


def test_as_a_script_from_the_root():
    done = subprocess.run(
        [sys.executable, "eval/run.py", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0 and "--update-baseline" in done.stdout


def test_the_smoke_suite_is_balanced_and_keeps_away_from_the_test_side():
    cases = load(ROOT / "eval" / "cases")
    few = smoke(cases)
    assert len(few) == 24 and {one.split for one in few} == {"dev"}
    assert {one.kind for one in few} == set(KINDS)
    assert abs(sum(one.language == "fr" for one in few) - 12) <= 1
    assert few == smoke(tuple(one for one in cases if one.split == "dev"))


def test_even_takes_from_everywhere():
    assert even(range(10), 3) == (0, 3, 6)
    assert even(range(3), 10) == (0, 1, 2) and even(range(3), None) == (0, 1, 2)
