"""The questions offered to begin with: they belong to a corpus, so they stand in its ``examples.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from rag.errors import CorpusError
from rag.language import detect
from rag.types import Language

Kind = Literal["crosses", "disagrees", "absent", "plain"]


@dataclass(frozen=True, slots=True)
class Example:
    """A question and what it shows."""

    question: str
    kind: Kind
    language: Language


def load_examples(corpus: Path) -> tuple[Example, ...]:
    """The examples of a corpus folder; none when it has no ``examples.toml``. CorpusError for a bad file."""
    path = corpus / "examples.toml"
    if not path.is_file():
        return ()
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("example", [])
        return tuple(_example(row["question"], row.get("kind", "plain")) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{path} cannot be read ({error}); correct it or remove it") from error


def _example(question: str, kind: str) -> Example:
    if kind not in get_args(Kind):
        raise ValueError(f"kind {kind!r} is none of {', '.join(get_args(Kind))}")
    return Example(question, cast("Kind", kind), detect(question))
