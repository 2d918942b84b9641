"""A believed witness's words, in the language of the question.

A sentence in the question's language is quoted as it stands; one in the other language is translated by the
model. Nothing here is trusted: the verifier checks every wording against its source before it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.generation.phrases import phrase
from rag.generation.prompts import load
from rag.models.llm import Completion, Llm
from rag.types import Citation, Evidence, Language, Origin

_QUOTE_PAIRS = {"en": ("“", "”"), "fr": ("« ", " »")}
_NESTING = ("“", "”")  # around French words that hold « » themselves
_TOKENS_PER_CHARACTER = 0.6  # a bound, not an estimate: a translation that runs away is cut and then rejected


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence offered as a statement, before it is checked."""

    text: str
    origin: Origin


def quote(evidence: Evidence) -> Wording:
    """The sentence word for word, on one line."""
    return Wording(" ".join(evidence.sentence.text.split()), "quoted")


def translate(llm: Llm, text: str, language: Language) -> Completion:
    """A sentence in ``language``, by the model. Raises ModelUnavailable."""
    source = " ".join(text.split())
    return llm.complete(
        load(f"to_{language}").messages(source=source),
        max_tokens=40 + int(len(source) * _TOKENS_PER_CHARACTER),
        stop=("\n",),
    )


def in_quotation_marks(text: str, language: Language) -> str:
    """``text`` between the quotation marks of ``language``, unless it already stands between some."""
    if text[:1] in '«“"' and text[-1:] in '»”"':
        return text
    opening, closing = _NESTING if language == "fr" and "«" in text else _QUOTE_PAIRS[language]
    return f"{opening}{text}{closing}"


def disagreement_line(difference: str, one: Citation, two: Citation, language: Language) -> str:
    """What the ``difference`` is, a sentence, and both sides quoted word for word, each with its date and label."""
    return phrase("disagreement", language, difference=difference, a=_dated(one), m=one.n, b=_dated(two), n=two.n)


def _dated(citation: Citation) -> str:
    quoted = in_quotation_marks(" ".join(citation.quote.split()), citation.language)
    return f"{quoted} ({citation.date})" if citation.date else quoted
