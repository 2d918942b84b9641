"""An ``Answer`` as JSON and back, without loss: what the cache and the report keep.

The JSON has the shape of the contract in DESIGN (``rag.contract``), plus each statement's language, so that
reading it back gives an equal ``Answer``.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rag.types import Answer, Citation, Disagreement, Statement, Timings


def to_dict(answer: Answer) -> dict[str, Any]:
    """Plain values only; ``from_dict(to_dict(answer)) == answer``."""
    return asdict(answer)


def from_dict(data: dict[str, Any]) -> Answer:
    """The answer again. Raises KeyError, TypeError or AttributeError when ``data`` is not one."""
    fields = dict(data)
    fields["statements"] = tuple(_tupled(Statement, item) for item in data["statements"])
    fields["disagreements"] = tuple(_tupled(Disagreement, item) for item in data["disagreements"])
    fields["citations"] = tuple(Citation(**item) for item in data["citations"])
    fields["closest"] = tuple(Citation(**item) for item in data["closest"])
    fields["notices"] = tuple(data["notices"])
    fields["timings"] = Timings(**data["timings"])
    return Answer(**fields)


def _tupled(kind: type, item: dict[str, Any]) -> Any:
    return kind(**{**item, "citations": tuple(item["citations"])})
