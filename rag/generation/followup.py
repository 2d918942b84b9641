"""Follow-up questions made to stand alone.

Only a question that leans on the conversation (a pronoun without a name, «et …», "what about …") is rewritten,
by the model; the rewriting is taken only if it names nobody and nothing that neither the question nor the
conversation names, in whatever language. Otherwise what the previous questions were about is put after it, in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rag.generation.prompts import load
from rag.language import detect
from rag.models.llm import Completion, Llm
from rag.text.dates import date_text
from rag.text.figures import figures
from rag.text.mentions import Mentions, matches, mentions
from rag.text.names import WORD, Name, names
from rag.text.places import place_text
from rag.text.terms import STOP_WORDS, fold
from rag.types import Language, Turn

_OPENERS = re.compile(
    r"^(et|mais|and|but|or|ou bien|what about|how about|why|pourquoi|who|qui|when|quand|where|combien|how many|"
    r"lesquels|laquelle|lequel|which ones?|really|vraiment|dans quel|in which)\b"
)
_JOINED = re.compile(r"\W*(?:et|mais|and|but)\b[\s,]*", re.IGNORECASE)
#: «Et …» before another matter altogether.
_ABOUT = re.compile(r"\W*(?:(?:et|mais|and|but) )?(?:what about|how about|qu'en est-il|quid|que dire)\b")
#: What asks by itself after «et»; not where a place or time follows at once (“how many in Texas”).
_ASKS = re.compile(
    r"(?:who|whom|whose|what|which|when|where|why|how|did|does|do|is|are|was|were|has|have|can|could|will|qui|que|qu|quels?|quelles?"
    r"|combien|comment|pourquoi|quand|ou|est-ce|[ad]e? quoi|(?:dans|pour|par|avec|selon|de) quel\w*)\b"
    r"(?!(?: many| much)? (?:in|at|for|with|on|during|au|aux|a|en|dans|pour|chez|sur)\b)"
)
_PRONOUNS = re.compile(
    r"\b(?:he|she|they|him|them|hers|theirs|(?:this|those|these)(?! (?:documents?|articles?|texts?|sources?)\b)"
    r"|the (?:former|latter|same)|(?<!is )(?<!was )it(?! true)|(?:about|for|of|from|after|before|by|to|on|with) that(?=\W*$))\b"
    r"|(?<![-\w])(?:(?:il|elle|ils|elles|lui|celui|celle|ceux|celles|eux|cela|ca)\b(?! (?:y a|est vrai))"
    r"|y (?!a\b|a-t-il|avait|avait-il|aura|compris)|a ce (?:sujet|propos))"
    r"|^\W*c'(?:est|etait|sera)\b"
    r"|(?<!ou )\ben (?:a|ont|est|sont|avait|avaient|etait|dit|disent|pense|pensent|parle|parlent|sait|savent|resulte)\b"
)
#: They point back unless a name stands before them in the question itself («Meta et ses dirigeants»).
_POSSESSIVES = re.compile(r"\b(?:his|her|its|their|son|sa|ses|leurs?)\b")
#: Other words that point back, after «et»: "what else", "and then?".
_POINTING = re.compile(
    r"\b(?:else|others?|another|again|more|autres?|encore|non plus|same|meme)\b|\b(?:that|there|then|so|too|la-dessus)\W*$"
)
_INVERTED = re.compile(
    r"(?<!-t)(?<!y a)(?<!faut)(?<!existe)(?<!s'agit)-(t-)?(il|elle|ils|elles)\b(?! (?:vrai|exact|possible|question)\b)"
)
_SUBJECT = re.compile(r"\b(?:les?|la|l'|une?|ce|cet|cette|ces)(?:\b|(?<='))")
_TOKEN = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*['’]?")
_SHORT = 4  # content words: «Et au Montana ?», "Why?" cannot stand alone
_TURNS = 4  # messages of the conversation that the model is shown
_REPLY_CHARACTERS = 240  # of each earlier answer: enough to tell what a pronoun stands for


def leans_on_history(question: str, language: Language) -> bool:
    """Whether the question needs the conversation to be understood."""
    folded = _plain(question)
    if opening := _JOINED.match(question):
        return not _whole(question[opening.end() :], language)
    if _ABOUT.match(folded) or _points_back(question, language):
        return True
    if names(question, language):
        return False
    inverted = bool(_INVERTED.search(folded)) and len(folded.split()) <= 2 * _SHORT
    return inverted or (bool(_OPENERS.match(folded)) and len(folded.split()) <= _SHORT)


def stand_alone(
    question: str,
    language: Language,
    history: Sequence[Turn],
    llm: Llm | None,
    spent: Callable[[Completion], object] = lambda _: None,
) -> str:
    """The question as it can be understood without ``history``; unchanged where it already stands alone.

    ``spent`` is told what a rewriting cost, taken or not. Raises ModelUnavailable.
    """
    asked = [turn.content for turn in history if turn.role == "user"]
    if not asked or not leans_on_history(question, language):
        return question
    if llm is not None:
        shown = "\n".join(f"{'Q' if t.role == 'user' else 'A'}: {t.content[:_REPLY_CHARACTERS]}" for t in history[-_TURNS:])
        rewritten = llm.complete(load("followup").messages(history=shown, question=question), max_tokens=80, stop=("\n",))
        spent(rewritten)
        text = rewritten.text.strip()
        if text and _adds_nothing(text, language, [question, *(turn.content for turn in history)]):
            return text
    return _beside(question, language, asked)


def _plain(question: str) -> str:
    return fold(question).replace("’", "'").strip()


def _whole(question: str, language: Language) -> bool:
    """Whether what follows «et» is a question by itself: with a name, and nothing that points back."""
    folded = _plain(question)
    return (
        bool(_ASKS.match(folded))
        and bool(names(question, language))
        and len(folded.split()) > _SHORT
        and not _POINTING.search(folded)
        and not _points_back(question, language)
    )


def _points_back(question: str, language: Language) -> bool:
    """Whether a pronoun stands for somebody or something that the question does not name before it."""
    if _PRONOUNS.search(_plain(question)) or _pronoun_subject(question, language):
        return True
    first = min((name.end for name in names(question, language)), default=len(question))
    return bool(_POSSESSIVES.search(_plain(question[:first])))


def _pronoun_subject(question: str, language: Language) -> bool:
    """Whether an inverted pronoun is the subject itself («que reproche-t-il à»), not its echo («Meta a-t-elle»)."""
    inverted = _INVERTED.search(question.lower().replace("’", "'")) if language == "fr" else None
    if inverted is None:
        return False
    before = question[: inverted.start()]
    named = any(name.end <= inverted.start() for name in names(question, language))
    return not named and not _SUBJECT.search(_plain(before)) and any(name.certain for name in names(question, language))


def _adds_nothing(text: str, language: Language, known: Sequence[str]) -> bool:
    """Names and figures of ``text`` all stand in ``known``, and the question's language is kept."""
    if detect(text) != language:
        return False
    said, found = fold(" ".join(known)), mentions([(each, detect(each)) for each in known])
    values = {figure.value for each in known for side in ("fr", "en") for figure in figures(each, side)}
    return all(fold(name.text) in said or _named(name, found) for name in names(text, language)) and all(
        figure.value in values for figure in figures(text, language)
    )


def _named(name: Name, found: Mentions) -> bool:
    """Whether the name, each word of it, was mentioned: nobody may be given a first name."""
    if name.keys:
        return matches(name, found)
    words = [word for word in WORD.findall(name.text) if word[0].isupper()]
    return all(matches(replace(name, text=word), found) for word in words)


def _chain(asked: Sequence[str]) -> list[str]:
    """The last question and those before it that it leans on in turn, in order; none before one with a name or a figure."""
    chain: list[str] = []
    for previous in reversed(asked[-_TURNS:]):
        chain.insert(0, previous)
        spoken = detect(previous)
        if not leans_on_history(previous, spoken) or names(previous, spoken) or figures(previous, spoken):
            break
    return chain


def _beside(question: str, language: Language, asked: Sequence[str]) -> str:
    """The question and, in brackets, what those before it were about; alone where it changes the subject.

    An earlier question is not repeated as one, or it would be answered again. In another language it lends only
    its names and figures, as the question's language writes them.
    """
    chain = [(previous, detect(previous)) for previous in _chain(asked)]
    found = mentions(chain)
    if _ABOUT.match(_plain(question)) and any(name.certain and not matches(name, found) for name in names(question, language)):
        return question
    lent = (
        _content(previous, spoken) if spoken == language else ", ".join(_translated(previous, spoken, language))
        for previous, spoken in chain
    )
    matter = ", ".join(each for each in lent if each)
    concerning, end = ("concernant", " ?") if language == "fr" else ("concerning", "?")
    bare = question.rstrip("?\u0020\u00a0\u202f")
    return f"{bare} ({concerning} {matter}){end}" if matter else question


def _content(text: str, language: Language) -> str:
    """The text without its question words and other small words."""
    stop = STOP_WORDS[language]

    def kept(match: re.Match[str]) -> str:
        small = all(part in stop for part in re.findall(r"\w+", fold(match[0])))
        return "" if small else match[0]

    return " ".join(_TOKEN.sub(kept, text).split()).strip(" ?!.,;:")


def _translated(text: str, spoken: Language, language: Language) -> Iterator[str]:
    """Names, months and plain numbers of ``text``, in order, as ``language`` writes them."""
    found = [(name.start, place_text(name.keys, language) or name.text) for name in names(text, spoken) if name.certain]
    for figure in figures(text, spoken):
        written = text[figure.start : figure.end]
        if figure.certain and figure.unit in ("date", "month", "year"):
            found.append((figure.start, date_text(int(figure.value), language)))
        elif figure.certain and written.isdigit():
            found.append((figure.start, written))
    yield from (written for _, written in sorted(found))
