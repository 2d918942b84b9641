"""Questions as a hurried reader types them: in small letters, with slips."""

from __future__ import annotations

import random
import re

from rag.text.terms import fold

SLIPS = 0.2  #: share of the words of five letters and more that hold a slip
LONG = 5  #: letters
_WORD = re.compile(r"[^\W\d_]+")


def misspelt(question: str, order: random.Random) -> str:
    """The question in lower case, without accents, hyphens or marks, some of its long words with one slip each."""
    plain = re.sub(r"[-’'?!.,;:«»“”\"]+", " ", fold(question))
    return " ".join(_WORD.sub(lambda match: _slip(match[0], order), plain).split())


def _slip(word: str, order: random.Random) -> str:
    """A letter lost, doubled or changed with its neighbour; the first one stays."""
    if len(word) < LONG or order.random() >= SLIPS:
        return word
    at = order.randrange(1, len(word) - 1)
    return order.choice(
        (
            word[:at] + word[at + 1 :],
            word[: at + 1] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )
