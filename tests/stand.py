"""What verdicts and statements are tested with: an encoder without a model, a plain calibration, evidence by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from rag.text.glossary import translations
from rag.text.terms import stems, words
from rag.types import Evidence, Language, Sentence, Source
from rag.verification.alignment import FloatArray, TokenEmbedder
from rag.verification.support import Calibration, Features, Model


class FakeEmbedder(TokenEmbedder):
    """A word is its English stem: French words stand where their first translation does."""

    def encode_tokens(self, text: str) -> FloatArray:
        rows = [self._row(word) for word in words(text)]
        return np.array(rows, np.float32) if rows else np.zeros((0, 48), np.float32)

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        found, at = [], 0
        plain = text.casefold()
        for word in words(text):
            start = max(plain.find(word, at), at)
            found.append((start, start + len(word)))
            at = start + len(word)
        return tuple(found)

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        sums = np.array([self.encode_tokens(text).sum(axis=0) if words(text) else np.ones(48) for text in texts])
        return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), np.float32)

    @staticmethod
    def _row(word: str) -> FloatArray:
        meant = min(translations(word, "fr"), default="") or "".join(stems(word, "en")) or word
        seed = int(hashlib.sha256(meant.encode()).hexdigest()[:8], 16)
        row = np.random.default_rng(seed).normal(size=48)
        return np.asarray(row / np.linalg.norm(row), np.float32)


def plain_calibration(threshold: float = 0.3) -> Calibration:
    """Support is the share of the statement's words found: half of them give one half."""
    names = [field.name for field in fields(Features)]
    weights = dict.fromkeys(names, 0.0) | {"overlap": 6.0}
    model = Model(weights, dict.fromkeys(names, 0.0), dict.fromkeys(names, 1.0), -3.0, threshold)
    return Calibration(model, model, 1.0)


def evidence(text: str, language: Language, before: str = "", document: str = "d", **card: str) -> Evidence:
    """A sentence that stands alone in its document, found with high scores."""
    sentence = Sentence(document, 0, 0, 0, len(text), text, language)
    return Evidence(sentence, Source(document, f"{document}.txt", language, **card), 0.9, 0.5, 0.8, 1.0, before=before)
