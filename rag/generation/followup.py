"""Follow-up questions made to stand alone.

Only a question that leans on the conversation (a pronoun without a name, «et …», "what about …") is rewritten,
by the model; the rewriting is taken only if it names nobody and nothing that neither the question nor the
conversation names. Otherwise the previous question is put before it, word for word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.generation.prompts import load
from rag.language import detect
from rag.models.llm import Llm
from rag.text.figures import figures
from rag.text.names import names
from rag.text.terms import fold
from rag.types import Language, Turn

_OPENERS = re.compile(
    r"^(et|mais|and|but|or|ou bien|what about|how about|why|pourquoi|who|qui|when|quand|where|combien|how many|"
    r"lesquels|laquelle|lequel|which ones?|really|vraiment|dans quel|in which)\b"
)
_PRONOUNS = re.compile(
    r"\b(he|she|they|him|them|his|hers?|their|theirs|its|those|this|these|the (former|latter|same))\b|"
    r"\b(?<!is )(?<!was )it\b(?! true)|(?<![-\w])(il|elle|ils|elles|lui|leur|leurs|celui|celle|ceux|celles|eux|cela|ca|"
    r"son|sa|ses|y|en)\b(?! (y a|est vrai))"
)
_INVERTED = re.compile(r"-(t-)?(il|elle|ils|elles)\b")
_SHORT = 4  # content words: «Et au Montana ?», "Why?" cannot stand alone
_TURNS = 4  # messages of the conversation that the model is shown
_REPLY_CHARACTERS = 240  # of each earlier answer: enough to tell what a pronoun stands for


def leans_on_history(question: str, language: Language) -> bool:
    """Whether the question needs the conversation to be understood."""
    folded = fold(question).replace("’", "'").strip()
    named = bool(names(question, language))
    if re.match(r"(et|mais|and|but|what about|how about)\b", folded):
        return True
    if _PRONOUNS.search(folded):
        return True
    if named:
        return False
    inverted = bool(_INVERTED.search(folded)) and len(folded.split()) <= 2 * _SHORT
    return inverted or (bool(_OPENERS.match(folded)) and len(folded.split()) <= _SHORT)


def stand_alone(question: str, language: Language, history: Sequence[Turn], llm: Llm | None) -> str:
    """The question as it can be understood without ``history``; unchanged where it already stands alone."""
    asked = [turn.content for turn in history if turn.role == "user"]
    if not asked or not leans_on_history(question, language):
        return question
    joined = f"{asked[-1]} {question}"
    if llm is None:
        return joined
    shown = "\n".join(f"{'Q' if turn.role == 'user' else 'A'}: {turn.content[:_REPLY_CHARACTERS]}" for turn in history[-_TURNS:])
    rewritten = llm.complete(load("followup").messages(history=shown, question=question), max_tokens=80, stop=("\n",))
    text = rewritten.text.strip()
    known = " ".join([question, *(turn.content for turn in history)])
    return text if text and _adds_nothing(text, language, known) else joined


def _adds_nothing(text: str, language: Language, known: str) -> bool:
    """Names and figures of ``text`` all stand in ``known``, and the question's language is kept."""
    if detect(text) != language:
        return False
    said = fold(known)
    new_name = any(fold(name.text) not in said for name in names(text, language))
    values = {figure.value for side in ("fr", "en") for figure in figures(known, side)}
    return not new_name and all(figure.value in values for figure in figures(text, language))
