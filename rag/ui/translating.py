"""A quotation in the reader's language, by the model. It is not checked, and the page says so beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rag.errors import ModelUnavailable
from rag.generation.composer import translate
from rag.types import Language

if TYPE_CHECKING:
    from rag.models.llm import Llm


def translator(llm: Llm) -> Callable[[str, Language], str]:
    """A function from a text and a language to its translation; ModelUnavailable when there is none."""

    def translated(text: str, language: Language) -> str:
        wording = translate(llm, text, language).text.strip()
        if not wording:
            raise ModelUnavailable("the model gave no translation; try again")
        return wording

    return translated
