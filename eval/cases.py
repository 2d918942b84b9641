"""Eval cases: what is asked, what a right answer holds, and where it stands. See ``eval/cases/README.md``.

A case is one line of a JSON file in ``eval/cases``. ``load`` reads a file or a folder, checks that every
field makes sense and that ids differ, and raises ``CaseError`` naming file and line. ``misquoted`` compares
the gold quotations with the documents. Nothing here knows the system that is measured.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from rag.errors import RagError
from rag.types import Language, Status, Turn

Split = Literal["dev", "test"]
Kind = Literal[
    "single",
    "two_documents",
    "cross_language",
    "several",
    "comparison",
    "attribution",
    "disagreement",
    "summary",
    "unanswerable_near",
    "unanswerable_far",
    "false_premise",
    "constraint_unmet",
    "follow_up",
    "paraphrase",
    "noisy",
    "planted",
    "declined",
]
#: Question's language → language of the gold sentences; "both": they stand in both languages.
Pair = Literal["fr→fr", "fr→en", "en→fr", "en→en", "both"]

KINDS: tuple[Kind, ...] = get_args(Kind)


class CaseError(RagError):
    """A line of a case file is not a case."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A sentence that answers: ``quote == text[start:end]`` of the document.

    Gold sentences with the same ``part`` are alternatives of each other.
    """

    document: str
    start: int
    end: int
    quote: str
    part: int = 1


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what is expected of the answer to it."""

    id: str
    kind: Kind
    split: Split
    topic: str  #: what is asked about; one topic stands on one side of the split only
    language: Language
    question: str
    expect: Status
    why: str  #: why this case exists
    history: tuple[Turn, ...] = ()
    accept: tuple[Status, ...] = ()  #: statuses that are right as well; "answered" only with all ``facts``
    facts: tuple[tuple[str, ...], ...] = ()  #: each fact a tuple of alternatives; see ``eval.matching``
    forbidden: tuple[str, ...] = ()  #: what must not be shown
    gold: tuple[Gold, ...] = ()
    gold_all: bool = False  #: every part must be cited, not just any
    speaker: tuple[str, ...] = ()  #: alternatives of who claims it
    disagreement: bool = False  #: both sides must be shown as differing
    group: str | None = None  #: paraphrases of one question share it
    pair: Pair | None = None  #: ``None``: no gold

    @property
    def gold_parts(self) -> tuple[tuple[Gold, ...], ...]:
        """What must be cited: one sentence of each part (one part where any gold sentence will do)."""
        if not self.gold_all:
            return (self.gold,) if self.gold else ()
        parts: dict[int, list[Gold]] = {}
        for gold in self.gold:
            parts.setdefault(gold.part, []).append(gold)
        return tuple(tuple(part) for part in parts.values())

    @property
    def answerable(self) -> bool:
        """The documents hold an answer."""
        return self.expect == "answered"


def load(path: Path, split: Split | None = None) -> tuple[Case, ...]:
    """The cases of a ``.jsonl`` file, or of the files named ``dev_*`` and ``test_*`` in a folder.

    With ``split``, files of the other side are not even opened. Raises CaseError.
    """
    cases: list[Case] = []
    for file in _files(path, split):
        # not splitlines: a quotation may hold U+2028, which ends no line of JSON
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
            if line.strip():
                cases.append(_parsed(line, f"{file.name}, line {number}"))
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise CaseError(f"the case id {case.id!r} is used twice in {path}: give one of them another")
        seen.add(case.id)
    return tuple(case for case in cases if split in (None, case.split))


def _files(path: Path, split: Split | None) -> list[Path]:
    if path.is_file():
        return [path]
    files = sorted(f for side in ((split,) if split else get_args(Split)) for f in path.glob(f"{side}_*.jsonl"))
    if not files:
        raise CaseError(f"no cases in {path}: expected files named dev_*.jsonl or test_*.jsonl")
    return files


def _parsed(line: str, where: str) -> Case:
    try:
        return from_dict(json.loads(line))
    except CaseError as error:
        raise CaseError(f"{where}: {error}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CaseError(f"{where}: not a case ({error}); see eval/cases/README.md") from error


def from_dict(data: Mapping[str, Any]) -> Case:
    """A case from its JSON object. Raises CaseError, or TypeError and KeyError on unknown or missing keys."""
    if data.get("draft"):
        raise CaseError(f"{data.get('id')!r} is a draft: check it, complete it, then remove its key 'draft'")
    fields = dict(data)
    fields["history"] = tuple(Turn(**turn) for turn in data.get("history", ()))
    fields["facts"] = tuple(tuple(_strings(fact)) for fact in data.get("facts", ()))
    fields["gold"] = tuple(Gold(**gold) for gold in data.get("gold", ()))
    for name in ("accept", "forbidden", "speaker"):
        fields[name] = tuple(_strings(data.get(name, ())))
    case = Case(**fields)
    for problem in problems(case):
        raise CaseError(f"case {case.id!r}: {problem}")
    return case


def _strings(values: Any) -> Iterable[str]:
    if isinstance(values, str) or not all(isinstance(value, str) and value.strip() for value in values):
        raise TypeError("a list of texts is expected")
    return cast("Iterable[str]", values)


def problems(case: Case) -> list[str]:
    """What is wrong with a case by itself, in plain words."""
    told = [
        (case.kind not in KINDS, f"unknown kind {case.kind!r}"),
        (case.split not in get_args(Split), f"unknown split {case.split!r}"),
        (case.language not in get_args(Language), f"unknown language {case.language!r}"),
        (not {case.expect, *case.accept} <= set(get_args(Status)), "unknown status in expect or accept"),
        (case.pair not in (None, *get_args(Pair)), f"unknown pair {case.pair!r}"),
        (not case.question.strip() or not case.why.strip(), "question and why must say something"),
        (not case.topic.strip(), "a topic is missing"),
        (any(not fact for fact in case.facts), "a fact has no alternatives"),
        (case.answerable and not (case.facts and case.gold), "an answerable case needs facts and gold"),
        ("answered" in case.accept and not case.facts, "accepting an answer needs facts that make it right"),
        (
            case.pair is not None and not case.pair.startswith((case.language, "both")),
            "pair and language differ",
        ),
        (bool(case.gold) != (case.pair is not None), "gold and pair go together"),
        (
            any(g.end - g.start != len(g.quote) or g.start < 0 for g in case.gold),
            "a gold quotation's length is off",
        ),
        (
            case.disagreement and len({g.document for g in case.gold}) < 2,
            "a disagreement needs two documents",
        ),
        (case.kind == "follow_up" and not case.history, "a follow-up needs a history"),
        (case.kind == "paraphrase" and not case.group, "a paraphrase needs a group"),
    ]
    return [text for wrong, text in told if wrong]


def misquoted(cases: Sequence[Case], documents: Mapping[str, str]) -> tuple[str, ...]:
    """One line for each gold sentence that is not what its document says there. ``documents``: id → text."""
    lines = []
    for case in cases:
        for gold in case.gold:
            if gold.document not in documents:
                lines.append(f"{case.id}: no document {gold.document!r}")
            elif documents[gold.document][gold.start : gold.end] != gold.quote:
                lines.append(f"{case.id}: {gold.quote[:40]!r} does not stand at {gold.start} of {gold.document}")
    return tuple(lines)
