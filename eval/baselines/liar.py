"""A degenerate system: another system's answers with one number changed in each, labels and flags kept.

What a careless reader would not notice is what the figures must: the citations still look right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from eval.systems import System
from rag.types import Answer, Turn

#: A number in digits that is not a citation mark; its first digit is what gets changed.
_NUMBER = re.compile(r"(?<![\[\d.,])\d(?![\d]*\])")


class Liar:
    """Wraps an honest system. An answer without a number in digits is passed on as it is."""

    def __init__(self, honest: System) -> None:
        self.honest = honest

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The honest answer but for the first number of its first statement that has one."""
        return lie(self.honest.answer(question, history))


def lie(answer: Answer) -> Answer:
    """``answer`` with one number changed, in the statement and in the text shown alike."""
    for i, statement in enumerate(answer.statements):
        wrong = _NUMBER.sub(lambda digit: _other(digit.group()), statement.text, count=1)
        if wrong != statement.text:
            statements = (*answer.statements[:i], replace(statement, text=wrong), *answer.statements[i + 1 :])
            text = answer.text.replace(statement.text, wrong, 1)
            if text == answer.text:
                text = " ".join(one.text for one in statements)
            return replace(answer, statements=statements, text=text)
    return answer


def _other(digit: str) -> str:
    return str(int(digit) % 9 + 1)
