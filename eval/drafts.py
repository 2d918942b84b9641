"""Draft cases: written by a program, worth nothing until a person has checked them.

A draft is a case with the key ``"draft"``, which the loader refuses: true, or an object that holds what only the
person needs, so that nothing but this one key has to go. The person completes the case, removes the key, and
moves the line into a file of cases. Drafts are appended, never written twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from rag.errors import RagError
from rag.types import Language


def draft(
    prefix: str,
    question: str,
    language: Language,
    *,
    why: str,
    gold: Sequence[dict[str, Any]] = (),
    spoken: Iterable[Language] = (),
    facts: Sequence[Sequence[str]] = (),
    apart: Iterable[str] = (),
    **fields: Any,
) -> dict[str, Any]:
    """A case's JSON object marked as a draft; ``gold`` as in a case file, ``spoken`` its languages.

    Its id is made of the question and of what else sets it ``apart``.
    """
    languages = set(spoken)
    pair = None if not gold else "both" if len(languages) > 1 else f"{language}→{languages.pop()}"
    identity = "\n".join((question, *apart))
    made: dict[str, Any] = {
        "draft": True,
        "id": f"{prefix}-{sha256(identity.encode()).hexdigest()[:8]}",
        "kind": "cross_language" if pair in ("fr→en", "en→fr") else "single",
        "split": "dev",
        "topic": "to be named",
        "language": language,
        "question": question,
        "expect": "answered",
        "facts": [list(fact) for fact in facts],
        "gold": list(gold),
        "why": why,
        **fields,
    }
    return made if pair is None else {**made, "pair": pair}


def append(target: Path, drafts: Iterable[dict[str, Any]]) -> int:
    """Add the drafts whose ids the file does not have; return how many. Raises RagError, one line."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = target.read_text(encoding="utf-8").split("\n") if target.exists() else []
        known = {json.loads(line).get("id") for line in lines if line.strip()}
        new = {one["id"]: one for one in drafts if one["id"] not in known}
        with target.open("a", encoding="utf-8") as stream:
            stream.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in new.values())
    except (OSError, ValueError, AttributeError) as error:
        raise RagError(f"{target} cannot be added to ({error}); choose another file, or repair it") from error
    return len(new)
