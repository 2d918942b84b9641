"""A degenerate system: it never answers. Perfect restraint, useless; the figures must say both."""

from __future__ import annotations

from collections.abc import Sequence

from rag.language import detect
from rag.types import Answer, Language, Turn

_NOTHING: dict[Language, str] = {
    "fr": "Les documents ne contiennent pas de réponse à cette question.",
    "en": "The documents do not hold an answer to this question.",
}


class Blind:
    """Always ``not_found``, politely and in the question's language."""

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:  # noqa: ARG002
        """Nothing found, whatever the question."""
        language = detect(question)
        return Answer(question=question, language=language, status="not_found", text=_NOTHING[language])
