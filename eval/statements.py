"""Statements labelled by hand, read from JSON lines, and what the automatic check says of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from eval.cases import CaseError
from eval.metrics import Judge
from eval.trust import LABELS, Agreement, Label, agreement
from rag.language import detect
from rag.types import Citation, Language


@dataclass(frozen=True, slots=True)
class Labelled:
    """A statement, what it is said to rest on, and the hand's label."""

    id: str
    statement: str
    language: Language
    evidence: tuple[Citation, ...]
    label: Label
    question: str = ""


def load(path: Path) -> tuple[Labelled, ...]:
    """The statements of a file; none when it does not exist. Raises CaseError naming the line."""
    if not path.exists():
        return ()
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                found.append(_parsed(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise CaseError(f"{path.name}, line {number}: not a labelled statement ({error!r})") from error
    return tuple(found)


def judged(path: Path, judge: Judge) -> Agreement | None:
    """The agreement of ``judge`` with the hand. None without statements."""
    items = [(one.id, one.label, judge(one.statement, one.language, one.evidence, one.question).strict) for one in load(path)]
    return agreement(items)


def _parsed(data: dict) -> Labelled:  # type: ignore[type-arg]
    if data["label"] not in LABELS or data["language"] not in get_args(Language):
        raise ValueError(f"unknown label {data['label']!r} or language {data['language']!r}")
    evidence = tuple(
        Citation(n, e["document"], None, None, detect(e["quote"]), e["start"], e["end"], e["quote"])
        for n, e in enumerate(data["evidence"], start=1)
    )
    return Labelled(data["id"], data["statement"], data["language"], evidence, data["label"], data.get("question", ""))
