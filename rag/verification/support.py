"""How probably evidence backs a statement: alignment features under a fitted logistic model.

Features follow the token alignment of BERTScore (Zhang et al. 2020, arXiv:1904.09675) on e5 vectors in context,
with the alignment of negations, lexical overlap and the lesser faults beside them. One model serves evidence in the
statement's language, another evidence in the other one; their numbers are in ``calibration.json``, written by
``eval/fit_support.py``. Nothing is fitted at run time.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from importlib.resources import files
from typing import Any, Literal, Protocol

import numpy as np
from rapidfuzz import fuzz

from rag.errors import ModelError
from rag.text.glossary import translations
from rag.text.terms import STOP_WORDS, fold, stems, words
from rag.types import Language
from rag.verification.alignment import FloatArray, Words, similarity
from rag.verification.polarity import negations

Side = Literal["same", "across"]


class Judge(Protocol):
    """An optional second opinion: log-odds that ``evidence`` backs ``statement``."""

    def log_odds(self, evidence: str, statement: str) -> float:
        """Positive: it does."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """One text as the encoder sees it."""

    words: Words
    vector: FloatArray  #: (dimension,), of the whole text
    language: Language


@dataclass(frozen=True, slots=True)
class Features:
    """What the model weighs; the names are those of ``calibration.json``."""

    cosine: float  #: with the nearest sentence of the evidence
    tokens: float  #: mean over the statement's tokens of their best cosine in the evidence
    tokens_worst: float  #: mean of the worst tenth of those
    tokens_back: float  #: mean over the evidence's tokens of their best cosine in the statement
    content: float  #: mean over the statement's content words
    content_worst: float  #: the worst content word
    content_quarter: float  #: mean of the worst quarter of the content words
    overlap: float  #: share of content words found in the evidence: stems, cognates, translations
    missing: float  #: square root of the number not found
    length: float  #: log of the ratio of lengths, statement to evidence
    figure_warnings: float
    name_warnings: float
    negation_said: float  #: how badly the statement's worst negation is matched by a word of the evidence
    negation_there: float  #: the same for the evidence's negations
    negation_surplus: float  #: negations that the statement has more
    negation_deficit: float  #: negations that it has fewer


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model over standardised features; probabilities from ``threshold`` up are accepted."""

    weights: dict[str, float]
    means: dict[str, float]
    scales: dict[str, float]
    intercept: float
    threshold: float

    def log_odds(self, features: Features) -> float:
        """The log-odds of support."""
        total = self.intercept
        for name, value in asdict(features).items():
            total += self.weights[name] * (value - self.means[name]) / self.scales[name]
        return total


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted models, and the weight of a judge's log-odds where one is configured."""

    same: Model
    across: Model
    judge_weight: float

    @classmethod
    def shipped(cls) -> Calibration:
        """The numbers beside this module. Raises ModelError when they do not fit the features."""
        data: dict[str, Any] = json.loads(files("rag.verification").joinpath("calibration.json").read_text("utf-8"))
        loaded = cls(Model(**data["same"]), Model(**data["across"]), data["judge_weight"])
        names = {field.name for field in fields(Features)}
        if set(loaded.same.weights) != names or set(loaded.across.weights) != names:
            raise ModelError("calibration.json is of another version; run python -m eval.fit_support")
        return loaded

    def model(self, side: Side) -> Model:
        """The model for evidence in the statement's language ("same") or in the other one ("across")."""
        return self.same if side == "same" else self.across


def probability(log_odds: float) -> float:
    """The logistic function."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


def side_of(language: Language, evidence: Sequence[Reading]) -> Side:
    """Which model applies: "same" where any evidence is in the statement's language."""
    return "same" if any(reading.language == language for reading in evidence) else "across"


def features(said: Reading, evidence: Sequence[Reading], figure_warnings: int = 0, name_warnings: int = 0) -> Features:
    """Compare a statement with its evidence taken together."""
    rows = np.concatenate([reading.words.vectors for reading in evidence])
    tokens = np.concatenate([reading.words.tokens for reading in evidence])
    best = _best(said.words.vectors, rows)
    content = np.sort(best[_content(said)]) if len(best) else best
    content = content if len(content) else np.sort(best) if len(best) else np.zeros(1, np.float32)
    forward, backward = np.sort(_best(said.words.tokens, tokens)), _best(tokens, said.words.tokens)
    overlap, missing = lexical(said, evidence)
    negated = min((_negation(said, reading) for reading in evidence), key=sum)
    return Features(
        cosine=max(float(reading.vector @ said.vector) for reading in evidence),
        tokens=_mean(forward),
        tokens_worst=_mean(forward[: max(1, len(forward) // 10)]),
        tokens_back=_mean(backward),
        content=_mean(content),
        content_worst=float(content[0]),
        content_quarter=_mean(content[: max(1, len(content) // 4)]),
        overlap=overlap,
        missing=math.sqrt(missing),
        length=math.log((len(said.words.text) + 1) / (sum(len(r.words.text) for r in evidence) + 1)),
        figure_warnings=min(figure_warnings, 2),
        name_warnings=min(name_warnings, 2),
        negation_said=negated[0],
        negation_there=negated[1],
        negation_surplus=negated[2],
        negation_deficit=negated[3],
    )


def _best(rows: FloatArray, others: FloatArray) -> FloatArray:
    if not len(rows) or not len(others):
        return np.zeros(len(rows), np.float32)
    return np.asarray((rows @ others.T).max(axis=1), np.float32)


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else 0.0


def _content(said: Reading) -> list[int]:
    text, stop = said.words.text, STOP_WORDS[said.language]
    return [n for n, (start, end) in enumerate(said.words.spans) if fold(text[start:end]) not in stop]


def _negation(said: Reading, there: Reading) -> tuple[float, float, float, float]:
    """How badly negations are matched each way, in [0, 1], and how many more or fewer there are."""
    table = similarity(said.words, there.words)
    ours, theirs = _cues(said), _cues(there)
    return (
        _unmatched(ours, table),
        _unmatched(theirs, table.T),
        float(max(0, len(ours) - len(theirs))),
        float(max(0, len(theirs) - len(ours))),
    )


def _cues(reading: Reading) -> list[list[int]]:
    found = negations(reading.words.text, reading.language)
    places = [reading.words.at(negation.start, negation.end) for negation in found if negation.hard]
    return [place for place in places if place]


def _unmatched(cues: list[list[int]], table: FloatArray) -> float:
    if not cues or not table.size:
        return float(bool(cues))
    return max(1.0 - float(table[cue[0]].max()) for cue in cues)


def lexical(said: Reading, evidence: Sequence[Reading]) -> tuple[float, int]:
    """Share of content words found and number not found; cognates and glossary translations count."""
    language = said.language
    stemmed = {stem for reading in evidence for stem in stems(reading.words.text, reading.language)}
    plain = {word for reading in evidence for word in words(reading.words.text)}
    foreign = any(reading.language != language for reading in evidence)
    content = [word for word in words(said.words.text) if word not in STOP_WORDS[language]]
    missing = sum(not _found(word, language, plain, stemmed, foreign) for word in content)
    return (1.0 - missing / len(content), missing) if content else (1.0, 0)


def _found(word: str, language: Language, plain: set[str], stemmed: set[str], foreign: bool) -> bool:
    if word in plain or any(stem in stemmed for stem in stems(word, language)):
        return True
    if foreign and translations(word, language) & stemmed:
        return True
    return len(word) > 4 and any(other[0] == word[0] and fuzz.ratio(word, other) >= 80 for other in plain)
