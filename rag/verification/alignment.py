"""Words of two texts set beside each other by the vectors they have in context.

A multilingual encoder gives "not" and «n'», "killed" and «tués» nearly the same vector when the sentences say the
same (SimAlign, Jalili Sabet et al. 2020, arXiv:2004.08728), so that a word without a partner shows what one text
says and the other does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


class TokenEmbedder(Protocol):
    """What the verifier needs of an embedder; see ``rag.models.embedder``."""

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """Unit rows, one a text."""
        ...

    def encode_tokens(self, text: str) -> FloatArray:
        """Unit rows, one a token."""
        ...

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where those tokens stand."""
        ...


#: Words as alignment sees them: numbers whole, elided articles and "n't" apart.
_WORD = re.compile(r"\d+(?:[.,\u00a0\u202f]\d+)*|[^\W\d_]+(?=n['’]t\b)|n['’]t\b|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: where they stand, and a unit row of ``vectors`` for each, in context."""

    text: str
    spans: tuple[tuple[int, int], ...]
    vectors: FloatArray  #: (words, dimension)
    tokens: FloatArray  #: (tokens, dimension), as encoded

    def at(self, start: int, end: int) -> list[int]:
        """Positions of the words that touch ``text[start:end]``."""
        return [n for n, (left, right) in enumerate(self.spans) if left < end and right > start]


def read(embedder: TokenEmbedder, text: str) -> Words:
    """Encode ``text`` once and pool its tokens into words."""
    tokens = embedder.encode_tokens(text)
    where = embedder.token_spans(text)
    return pooled(text, tokens, where)


def pooled(text: str, tokens: FloatArray, where: Sequence[tuple[int, int]]) -> Words:
    """Pool token rows into word rows: the mean of the tokens that touch a word, of length 1."""
    starts = np.array([start for start, _ in where], np.int64)
    ends = np.array([end for _, end in where], np.int64)
    spans, rows = [], []
    for match in _WORD.finditer(text):
        inside = (starts < match.end()) & (ends > match.start())
        if inside.any():
            row = tokens[inside].mean(axis=0)
            spans.append(match.span())
            rows.append(row / max(float(np.linalg.norm(row)), 1e-9))
    dimension = tokens.shape[1] if tokens.ndim == 2 else 0
    vectors = np.array(rows, np.float32) if rows else np.zeros((0, dimension), np.float32)
    return Words(text, tuple(spans), vectors, tokens)


def similarity(a: Words, b: Words) -> FloatArray:
    """Cosines of every word of ``a`` with every word of ``b``."""
    return np.asarray(a.vectors @ b.vectors.T, np.float32)
