"""The extra that lets ragas judge a finished run: what it is given, and what it says when it cannot work."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from eval import ragas_metrics

REPORT = {
    "systems": [
        {
            "cases": [
                {
                    "answer": {
                        "question": "Who drew the bridge?",
                        "status": "answered",
                        "statements": [{"text": "Anna Berg drew it."}, {"text": "She chose stone."}],
                        "citations": [{"quote": "The bridge was drawn by Anna Berg, who chose stone."}],
                    }
                },
                {"answer": {"question": "Is there a pool?", "status": "not_found", "statements": [], "citations": []}},
            ]
        }
    ]
}


def test_answered_cases_alone_are_judged_by_what_they_cite() -> None:
    assert ragas_metrics.samples(REPORT, None) == [
        {
            "user_input": "Who drew the bridge?",
            "response": "Anna Berg drew it. She chose stone.",
            "retrieved_contexts": ["The bridge was drawn by Anna Berg, who chose stone."],
        }
    ]


def test_without_a_judge_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.json"
    report.write_text(json.dumps(REPORT), "utf-8")
    monkeypatch.delenv("TEMOIN_LLM_URL", raising=False)
    monkeypatch.setattr(sys, "argv", ["ragas_metrics.py", str(report)])
    assert ragas_metrics.main() == 1
    assert "TEMOIN_LLM_URL" in capsys.readouterr().err
