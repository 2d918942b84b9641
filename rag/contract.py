"""The JSON contract: an ``Answer`` as one plain object, the same from every door (command line, API, eval).

Beyond the fields every reader may rely on, each statement says how it was worded (``origin``) and how far its witness
was believed to answer (``belief``), and the answer says what happened around it (``notices``).
"""

from __future__ import annotations

from typing import Any

from rag.types import Answer, Citation, Disagreement, Statement


def to_json(answer: Answer, identifier: str = "") -> dict[str, Any]:
    """``answer`` as a JSON-ready dictionary; ``identifier`` is handed back as ``id``."""
    return {
        "id": identifier,
        "question": answer.question,
        "language": answer.language,
        "status": answer.status,
        "text": answer.text,
        "statements": [_statement(statement) for statement in answer.statements],
        "citations": [citation_json(citation) for citation in answer.citations],
        "disagreements": [_disagreement(disagreement) for disagreement in answer.disagreements],
        "closest": [citation_json(citation) for citation in answer.closest],
        "timings": {
            "retrieve_ms": round(answer.timings.retrieve_ms, 1),
            "first_statement_ms": round(answer.timings.first_statement_ms, 1),
            "total_ms": round(answer.timings.total_ms, 1),
            "prompt_tokens": answer.timings.prompt_tokens,
            "completion_tokens": answer.timings.completion_tokens,
        },
        "notices": list(answer.notices),
    }


def citation_json(citation: Citation) -> dict[str, Any]:
    """One citation; ``quote`` is exactly the document's text from ``start`` to ``end``."""
    return {
        "n": citation.n,
        "document": citation.document,
        "title": citation.title,
        "date": citation.date,
        "language": citation.language,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "text": statement.text,
        "citations": list(statement.citations),
        "support": round(statement.support, 4),
        "verbatim": statement.verbatim,
        "origin": statement.origin,
        "belief": round(statement.belief, 4),
    }


def _disagreement(disagreement: Disagreement) -> dict[str, Any]:
    return {"citations": list(disagreement.citations), "note": disagreement.note}
