"""How far a witness is to be believed: a small logistic model over what is known of it.

Features come from the model (log-odds of Yes), from retrieval (dense, lexical, coverage, and the same relative
to the best witness) and from the wording (the answer's expected kind). The weights are fitted by
``eval/fit_belief.py`` on the dev split and public data, and shipped as ``belief.json``; nothing is fitted here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag.generation.question import answer_kind, could_answer
from rag.generation.witness import leans_on_neighbour
from rag.types import Evidence

#: What each of the three models reads: before a witness is heard, once it is, after a second look. Fewer features
#: once the model has spoken: the others added nothing to its word in cross-validation.
PROMISE = ("dense", "dense_lead", "lexical", "coverage", "kind", "leans")
HEARD = ("log_odds", "lexical", "coverage")
POINTED = ("log_odds", "none", "lexical", "coverage")


@dataclass(frozen=True, slots=True)
class BeliefModel:
    """Weights by feature name, intercepts, and the thresholds of the three degrees of caution."""

    weights: dict[str, float]
    intercept: float
    pointed: dict[str, float]  #: weights of the second look, with ``none`` beside the features; empty: there is none
    pointed_intercept: float
    thresholds: dict[str, float]  #: least belief, after the second look, of a witness who speaks alone
    worth_pointing: float  #: least belief worth a second look
    certain: float  #: above it a witness may speak before the others are heard, without a second look
    beside: float  #: least belief of a witness who speaks beside another
    least_promise: float  #: below it a witness is not heard at all, unless among the first three
    worth_hearing: float  #: least promise worth hearing once one witness is certain
    unheard: dict[str, float]  #: weights without the model, for the order of promise and for a model that is down
    unheard_intercept: float
    unheard_threshold: float  #: least promise of a witness quoted without the model

    def belief(self, features: dict[str, float]) -> float:
        """Probability in [0, 1] that the witness holds the answer."""
        return _sigmoid(self.intercept + sum(self.weights[name] * features[name] for name in self.weights))

    def second(self, features: dict[str, float], none: float) -> float:
        """The same after a second look. ``none``: log-odds that the model can point at no answering words."""
        told = {**features, "none": max(-6.0, min(6.0, none))}
        return _sigmoid(self.pointed_intercept + sum(self.pointed[name] * told[name] for name in self.pointed))

    def promise(self, features: dict[str, float]) -> float:
        """The same before the witness was heard (``log_odds`` is not read)."""
        return _sigmoid(self.unheard_intercept + sum(self.unheard[name] * features[name] for name in self.unheard))


def features(question: str, evidence: Evidence, among: Sequence[Evidence], log_odds: float = 0.0) -> dict[str, float]:
    """The features of one witness ``among`` all that were found for the question."""
    best = max(other.dense for other in among)
    return {
        "log_odds": max(-6.0, min(6.0, log_odds)),
        "dense": evidence.dense,
        "dense_lead": evidence.dense - best,
        "lexical": evidence.lexical,
        "coverage": evidence.coverage,
        "kind": could_answer(answer_kind(question), evidence.sentence.text, evidence.sentence.language, question),
        "leans": float(leans_on_neighbour(evidence)),
    }


@cache
def load_belief(*, adapted: bool = False, taught: bool = True) -> BeliefModel:
    """The shipped weights for a model as it came, or for the shipped one as ``adapted`` to hearing witnesses.

    ``taught``: questions are read by the shipped embedder, with its adapter; another's cosines promise otherwise.
    """
    raw = json.loads(resources.files(__package__).joinpath("belief.json").read_text("utf-8"))
    promise = raw["promise"] if taught else {**raw["promise"], **raw["untaught"]}
    return BeliefModel(**promise, **raw["adapted" if adapted else "plain"])


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0 else math.exp(x) / (1.0 + math.exp(x))
