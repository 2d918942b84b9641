"""How probably evidence backs a statement: alignment features under a fitted logistic model.

Features follow the token-level alignment of BERTScore (Zhang et al. 2020, arXiv:1904.09675), taken in both
directions on e5 vectors, with lexical overlap and the verdicts of figures, names and polarity beside them. The
weights are in ``calibration.json``, written by ``eval/fit_support.py``; nothing here is fitted at run time.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from rag.errors import ModelError
from rag.text.terms import STOP_WORDS, fold, stems, words
from rag.types import Language


FloatArray = NDArray[np.float32]


class TokenEmbedder(Protocol):
    """What the verifier needs of an embedder: unit rows, see ``rag.models.embedder``."""

    def encode_passages(self, texts: Sequence[str]) -> FloatArray: ...

    def encode_tokens(self, text: str) -> FloatArray: ...


class Judge(Protocol):
    """An optional second opinion: log-odds that ``evidence`` backs ``statement`` (a cross-encoder, a model)."""

    def log_odds(self, evidence: str, statement: str) -> float: ...


@dataclass(frozen=True, slots=True)
class Features:
    """All in [0, 1] unless said; order and names are those of ``calibration.json``."""

    cosine: float  #: best single sentence of the evidence, mapped from [-1, 1]
    forward: float  #: mean over the statement's tokens of their best cosine in the evidence
    worst: float  #: mean of the worst tenth of those
    backward: float  #: mean over the evidence's tokens of their best cosine in the statement
    overlap: float  #: share of the statement's content words found in the evidence, cognates counting
    missing: float  #: content words not found, square root of their number
    length: float  #: log of the ratio of lengths, statement to evidence, not bounded
    same_language: float
    warnings: float  #: figures, names, polarity that agree only roughly


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights, intercept, means and scales by feature name, and the threshold of acceptance."""

    weights: dict[str, float]
    means: dict[str, float]
    scales: dict[str, float]
    intercept: float
    threshold: float
    judge_weight: float = 1.0

    @classmethod
    def shipped(cls) -> Calibration:
        """The fitted numbers beside this module. Raises ModelError when they do not fit the features."""
        data = json.loads(files("rag.verification").joinpath("calibration.json").read_text("utf-8"))
        loaded = cls(**data)
        if set(loaded.weights) != set(Features.__slots__):
            raise ModelError("calibration.json is of another version; run eval/fit_support.py")
        return loaded

    def probability(self, features: Features, judged: float | None = None) -> float:
        """The calibrated probability of support."""
        total = self.intercept
        for name, value in asdict(features).items():
            total += self.weights[name] * (value - self.means[name]) / self.scales[name]
        if judged is not None:
            total += self.judge_weight * judged
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of evidence text, with the language it is in."""

    text: str
    language: Language


def features(embedder: TokenEmbedder, statement: str, language: Language, evidence: Sequence[Passage], warnings: int) -> Features:
    """Compare a statement with the evidence taken together."""
    whole = " ".join(passage.text for passage in evidence)
    vectors = embedder.encode_passages([statement, *(passage.text for passage in evidence)])
    cosine = float(np.max(vectors[1:] @ vectors[0]))
    said = embedder.encode_tokens(statement)
    there = np.concatenate([embedder.encode_tokens(passage.text) for passage in evidence])
    forward, worst, backward = alignment(said, there)
    overlap, missing = lexical(statement, language, evidence)
    return Features(
        cosine=(cosine + 1) / 2,
        forward=forward,
        worst=worst,
        backward=backward,
        overlap=overlap,
        missing=math.sqrt(missing),
        length=math.log((len(statement) + 1) / (len(whole) + 1)),
        same_language=float(any(passage.language == language for passage in evidence)),
        warnings=min(1.0, warnings / 3),
    )


def alignment(said: FloatArray, there: FloatArray) -> tuple[float, float, float]:
    """Forward mean, mean of the worst tenth, backward mean of the best cosines between token rows."""
    if not len(said) or not len(there):
        return 0.0, 0.0, 0.0
    similarity = said @ there.T
    best = np.sort(similarity.max(axis=1))
    tail = max(1, len(best) // 10)
    return float(best.mean()), float(best[:tail].mean()), float(similarity.max(axis=0).mean())


def lexical(statement: str, language: Language, evidence: Sequence[Passage]) -> tuple[float, int]:
    """Share of content words found and the number not found; cognates count across languages."""
    stemmed = {stem for passage in evidence for stem in stems(passage.text, passage.language)}
    plain = {word for passage in evidence for word in words(passage.text)}
    content = [word for word in words(statement) if word not in STOP_WORDS[language]]
    if not content:
        return 1.0, 0
    found = 0
    for word in content:
        stem = stems(word, language)
        known = word in plain or (stem and stem[0] in stemmed)
        if known or (len(word) > 4 and any(fuzz.ratio(fold(word), other) >= 80 for other in plain if other[0] == word[0])):
            found += 1
    return found / len(content), len(content) - found
