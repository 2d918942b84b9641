"""``python eval/run.py --import-feedback FILE``: readers' thumbs become draft cases.

The file holds JSON lines ``{"question", "history", "answer", "status", "citations", "verdict": "up"|"down",
"comment"}`` as the page exports them (rag/ui/feedback.js); the answer and each citation may be as in the JSON
contract. A thumb up proposes what was cited as gold. A thumb down proposes nothing but the question: what was
wrong is for a person to say.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eval.drafts import append, draft
from rag.errors import RagError
from rag.language import detect


def import_feedback(file: Path, target: Path) -> int:
    """Append drafts to ``target`` and say how many. Returns the exit code; raises RagError naming the line."""
    drafts = []
    try:
        lines = file.read_text(encoding="utf-8").split("\n")  # not splitlines: a text may hold U+2028
    except (OSError, ValueError) as error:
        raise RagError(f"{file} cannot be read ({error}); give a file of JSON lines exported from the page") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                drafts.append(from_feedback(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise RagError(f"{file}, line {number}: not exported feedback ({error!r}); correct or remove it") from error
    added = append(target, drafts)
    print(f"{added} new of {len(drafts)} drafts in {target}: complete each, then remove its key 'draft'")
    return 0


def from_feedback(data: dict[str, Any]) -> dict[str, Any]:
    """One reader's verdict as a draft. Raises ValueError, KeyError, TypeError when it is not one."""
    question, verdict = data["question"], data["verdict"]
    if not isinstance(question, str) or not question.strip():
        raise ValueError("no question")
    if verdict not in ("up", "down"):
        raise ValueError(f"verdict {verdict!r} is not 'up' or 'down'")
    said = data.get("answer", "")
    status = (said.get("status") if isinstance(said, dict) else None) or data.get("status") or "answered"
    answer = said.get("text", "") if isinstance(said, dict) else str(said)
    comment = " ".join(str(data.get("comment") or "").split())
    history = [{"role": turn["role"], "content": turn["content"]} for turn in data.get("history") or []]
    fields: dict[str, Any] = {"draft": {"answer_given": answer}, "expect": status if verdict == "up" else "answered"}
    if history:
        fields |= {"history": history, "kind": "follow_up"}
    cited = (data.get("citations") or []) if verdict == "up" and status == "answered" else []
    gold = [{key: citation[key] for key in ("document", "start", "end", "quote")} for citation in cited]
    return draft(
        "feedback",
        question,
        detect(question),
        why=f"A reader's thumb {verdict}{': ' + comment if comment else ''}.",
        gold=gold,
        spoken=[citation.get("language") or detect(citation["quote"]) for citation in cited],
        apart=(verdict, json.dumps(history)),
        **fields,
    )
