"""ragas judges every system of a run: with a judge that follows a script, and without ragas."""

from __future__ import annotations

import asyncio
import json
import sys
from types import ModuleType, SimpleNamespace

import pytest

from eval import ragas_metrics
from tests.aside import apart


def case(question, *statements, quotes=("A passage.",)):
    answer = {"question": question, "statements": [{"text": text} for text in statements]}
    status = "answered" if statements else "not_found"
    return {"answer": {**answer, "status": status, "citations": [{"quote": quote} for quote in quotes]}}


REPORT = {
    "systems": [
        {"name": "temoin", "cases": [case("Length?", "It is long."), case("Cost?", "It cost much."), case("Pool?")]},
        {"name": "liar", "cases": [case("Length?", "It is short."), case("Pool?", "There is one.", quotes=())]},
    ]
}
SCORES = {"It is long.": 1.0, "It cost much.": 0.5, "It is short.": 0.0}


@pytest.fixture
def asked(monkeypatch):
    """A ragas that scores by ``SCORES``; what it was asked, metric by metric."""
    seen = []

    class Metric:
        def __init__(self, llm):
            self.llm = llm

        async def ascore(self, *, response, retrieved_contexts, **question):
            seen.append((type(self).__name__, self.llm, response, tuple(retrieved_contexts), tuple(question.values())))
            if not retrieved_contexts:
                raise ValueError("retrieved_contexts\nis missing")
            return SimpleNamespace(value=SCORES[response])

    class Faithfulness(Metric):
        pass

    class ResponseGroundedness(Metric):
        async def ascore(self, **sample):
            found = await super().ascore(**sample)
            return SimpleNamespace(value=float("nan")) if found.value == 0.5 else found

    collections = ModuleType("ragas.metrics.collections")
    collections.Faithfulness, collections.ResponseGroundedness = Faithfulness, ResponseGroundedness
    for name in ("ragas", "ragas.metrics"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "ragas.metrics.collections", collections)
    return seen


def test_every_system_is_judged_and_what_has_no_score_is_left_out_and_told(asked, capsys):
    assert apart(asyncio.run, ragas_metrics.summed_up(REPORT, None, "judge")) == [
        "temoin: faithfulness 0.75 (scored 2 of 2)",
        "temoin: response groundedness 1.00 (scored 1 of 2)",
        "liar: faithfulness 0.00 (scored 1 of 2)",
        "liar: response groundedness 0.00 (scored 1 of 2)",
    ]
    told = capsys.readouterr().err
    assert "Pool?: faithfulness not scored (retrieved_contexts is missing)" in told
    assert "Cost?: response groundedness not scored (no number)" in told


def test_a_metric_is_asked_what_it_needs(asked):
    apart(asyncio.run, ragas_metrics.scored(ragas_metrics.samples(REPORT, 1), "judge"))
    assert asked == [
        ("Faithfulness", "judge", "It is long.", ("A passage.",), ("Length?",)),
        ("ResponseGroundedness", "judge", "It is long.", ("A passage.",), ()),
    ]


def test_a_limit_holds_for_each_system(asked):
    lines = apart(asyncio.run, ragas_metrics.summed_up(REPORT, 1, "judge"))
    assert [line.rpartition(" of ")[2] for line in lines] == ["1)"] * 4


@pytest.fixture
def command(tmp_path, monkeypatch):
    report = tmp_path / "report.json"
    report.write_text(json.dumps(REPORT), "utf-8")
    monkeypatch.setenv("TEMOIN_LLM_URL", "http://localhost:9/v1")
    monkeypatch.delenv("TEMOIN_LLM_MODEL", raising=False)
    monkeypatch.setenv("TEMOIN_LLM_API_KEY", "secret")
    monkeypatch.setattr(sys, "argv", ["ragas_metrics.py", str(report)])


def test_the_judge_is_the_server_of_the_settings(asked, command, monkeypatch, capsys):
    openai, base = ModuleType("openai"), ModuleType("ragas.llms.base")
    openai.AsyncOpenAI = lambda **options: options
    base.llm_factory = lambda model, **options: (model, options["client"]["base_url"], options["client"]["api_key"])
    monkeypatch.setitem(sys.modules, "openai", openai)
    monkeypatch.setitem(sys.modules, "ragas.llms", ModuleType("ragas.llms"))
    monkeypatch.setitem(sys.modules, "ragas.llms.base", base)
    assert apart(ragas_metrics.main) == 0
    assert {llm for _, llm, *_ in asked} == {("temoin", "http://localhost:9/v1", "secret")}
    assert "liar: faithfulness 0.00 (scored 1 of 2)" in capsys.readouterr().out


def test_without_ragas_it_says_how_to_get_it(command, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ragas", None)
    monkeypatch.setitem(sys.modules, "ragas.llms.base", None)
    assert apart(ragas_metrics.main) == 1
    assert 'pip install -e ".[ragas]"' in capsys.readouterr().err
