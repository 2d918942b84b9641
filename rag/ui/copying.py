"""An answer as text to take away: plain, Markdown, or with footnotes that hold the exact quotations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rag.types import Answer, Citation, Disagreement, Language
from rag.ui.chat import Exchange
from rag.ui.notation import Cards, quoted, written_date
from rag.ui.texts import say

Form = Literal["plain", "markdown", "footnotes"]
FORMS: tuple[Form, ...] = ("plain", "markdown", "footnotes")


def copied(exchange: Exchange, cards: Cards, language: Language, form: Form) -> str:
    """All that the page shows of an exchange, with its marks, then what the marks stand for.

    ``plain``: [1] and a list of titles. ``markdown``: a quotation block under each source.
    ``footnotes``: Markdown footnotes [^1] with title, publisher, date and the exact quotation.
    """
    copy = _Copy(exchange, cards, language, form)
    question = f"> {exchange.question}" if form == "markdown" else exchange.question
    gap = "\n" if form == "plain" else "\n\n"
    blocks = [question, gap.join(copy.statements()), *copy.outcome(), gap.join(copy.notes())]
    return "\n\n".join(block for block in blocks if block)


def refused(answer: Answer, language: Language) -> str:
    """What an answer that has no statements says instead; the page's own words where it says nothing itself.

    Of a not-found answer its last line: notices come before.
    """
    if answer.status == "declined":
        return answer.text.strip() or say(language, "declined")
    return answer.text.strip().split("\n")[-1] or say(language, "not_found")


def remark(one: Disagreement, sides: Sequence[Citation]) -> str:
    """A disagreement's note; nothing where it would only quote both sides a second time."""
    return "" if all(_flat(citation) in one.note for citation in sides) else one.note


@dataclass(frozen=True, slots=True)
class _Copy:
    """One exchange being written in one form."""

    exchange: Exchange
    cards: Cards
    language: Language
    form: Form

    def statements(self) -> list[str]:
        """Each statement with its marks, and under it the translation that was asked for."""
        translations = dict(self.exchange.translations)
        lines = []
        for k, statement in enumerate(self.exchange.statements):
            lines.append(f"{statement.text} {' '.join(map(self._mark, statement.citations))}".rstrip())
            if translations.get(k):
                lines.append(self._labelled("translation_label", translations[k]))
        return lines

    def outcome(self) -> list[str]:
        """What comes after the statements, as the page has it: notices, refusals, disagreements; or why there is nothing."""
        exchange, answer = self.exchange, self.exchange.answer
        if answer is None:
            return [exchange.fault or (self._say("stopped") if exchange.stopped else "")]
        blocks = [self._say(code) for code in answer.notices]
        if answer.status != "answered":
            blocks.append(refused(answer, self.language))
        if answer.status == "not_found" and answer.closest:
            near = [f"- {self._words(citation)} ({self.cards.where(citation)})" for citation in answer.closest]
            blocks += [f"{self._say('closest')}\n{self._say('closest_note')}", "\n".join(near)]
        return [*blocks, *map(self._disagreement, answer.disagreements)]

    def notes(self) -> list[str]:
        """What each mark stands for."""
        answer = self.exchange.answer
        used = {n for statement in self.exchange.statements for n in statement.citations}
        used |= {n for one in (answer.disagreements if answer else ()) for n in one.citations}
        return [self._note(citation) for citation in self.exchange.citations if citation.n in used]

    def _disagreement(self, one: Disagreement) -> str:
        sides = [citation for n in one.citations if (citation := self.exchange.citation(n)) is not None]
        head = self._labelled("disagreement", remark(one, sides))
        return "\n".join([f"{head}\n", *(f"- {self._words(side)} {self._mark(side.n)}" for side in sides)])

    def _note(self, citation: Citation) -> str:
        title = self.cards.title(citation.document, citation.title)
        known = (self.cards.publisher(citation.document), written_date(citation.date, self.language))
        rest = "".join(f", {part}" for part in known if part)
        if self.form == "plain":
            return f"[{citation.n}] {title}{rest}"
        if self.form == "markdown":
            return f"[{citation.n}] *{title}*{rest}\n\n> {self._words(citation)}"
        return f"[^{citation.n}]: *{title}*{rest}: {self._words(citation)}"

    def _words(self, citation: Citation) -> str:
        return quoted(_flat(citation), citation.language)

    def _mark(self, n: int) -> str:
        return f"[^{n}]" if self.form == "footnotes" else f"[{n}]"

    def _labelled(self, key: str, text: str) -> str:
        """What ``key`` says, then the text, if any; in French a space stands before the colon."""
        return f"{self._say(key)}{' : ' if self.language == 'fr' else ': '}{text}" if text else self._say(key)

    def _say(self, key: str) -> str:
        return say(self.language, key)


def _flat(citation: Citation) -> str:
    return " ".join(citation.quote.split())
