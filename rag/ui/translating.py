"""A quotation in the reader's language, by the model. It is not checked, and the page says so beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rag.errors import ModelUnavailable
from rag.generation.prompts import load
from rag.types import Language

if TYPE_CHECKING:
    from rag.models.llm import Llm

_TOKENS_PER_CHARACTER = 0.6  # a bound that no translation of prose reaches


def translator(llm: Llm) -> Callable[[str, Language], str]:
    """A function from a text and a language to its translation; ModelUnavailable when there is none."""

    def translate(text: str, language: Language) -> str:
        source = " ".join(text.split())
        most = 40 + int(len(source) * _TOKENS_PER_CHARACTER)
        completion = llm.complete(load(f"to_{language}").messages(source=source), max_tokens=most, stop=("\n",))
        if not completion.text.strip():
            raise ModelUnavailable("the model gave no translation; try again")
        return completion.text.strip()

    return translate
