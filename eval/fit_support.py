"""Fit the verifier's support models and write ``rag/verification/calibration.json``.

    python -m eval.fit_support ../shared/data [--cache vectors.pkl] [--dry]

Two logistic models, one for evidence in the statement's language, one across languages; items that a figure or a
name already rejects are left out. The half of the rows that is fitted on is never measured on.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from eval.verifier_data import SETS, Item, Remembering, items
from rag.models.embedder import open_embedder
from rag.settings import load_settings
from rag.verification.support import Features, Side
from rag.verification.verifier import Verifier, attribution_faults, figure_faults, name_faults, polarity_faults

TARGET = Path(__file__).parents[1] / "rag" / "verification" / "calibration.json"
NAMES = [field.name for field in fields(Features)]
#: What each set weighs in the fit; within a set supported and unsupported items count as they come.
SHARE = {"across": 1.0, "same": 1.0, "rte3": 2.0, "clapnq": 1.0}
REGULARISATION = 0.3
#: On the cautious side of the best balanced accuracy of the fitting half: a wrong sentence costs more than a missing one.
THRESHOLDS = {"same": 0.6, "across": 0.6}
#: The log-odds of a judge enter as they are: a second witness, worth as much as its own calibration says.
JUDGE_WEIGHT = 0.35


@dataclass(frozen=True, slots=True)
class Measured:
    """An item with what the verifier measures of it."""

    item: Item
    side: Side
    features: Features
    fatal: bool


def measure(verifier: Verifier, item: Item) -> Measured:
    """The item's features, and whether words alone reject it."""
    evidence = item.as_evidence()
    faults = [
        *figure_faults(item.statement, item.language, evidence),
        *name_faults(item.statement, item.language, evidence, ""),
        *polarity_faults(item.statement, item.language, evidence),
        *attribution_faults(item.statement, item.language, evidence),
    ]
    side, features = verifier.measured(item.statement, item.language, evidence, faults)
    return Measured(item, side, features, any(fault.fatal for fault in faults))


def fit(found: list[Measured]) -> dict[str, Any]:
    """One logistic model on standardised features, each set weighing its share."""
    from sklearn.linear_model import LogisticRegression

    rows = np.array([list(asdict(each.features).values()) for each in found])
    supported = np.array([each.item.supported for each in found])
    sets = np.array([each.item.set for each in found])
    weights = np.zeros(len(found))
    for name in SETS:
        chosen = sets == name
        if chosen.any():
            weights[chosen] = SHARE[name] * 600 / chosen.sum()
    means, scales = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    model = LogisticRegression(C=REGULARISATION, max_iter=5000)
    model.fit((rows - means) / scales, supported, sample_weight=weights)
    rounded = {
        key: {name: round(float(value), 4) for name, value in zip(NAMES, values, strict=True)}
        for key, values in (("weights", model.coef_[0]), ("means", means), ("scales", scales))
    }
    return {**rounded, "intercept": round(float(model.intercept_[0]), 4), "threshold": 0.5}


def main() -> None:
    """Read, measure, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of the public sets")
    parser.add_argument("--cache", type=Path, help="file that keeps the vectors between runs")
    parser.add_argument("--dry", action="store_true", help="print, write nothing")
    given = parser.parse_args()
    embedder = Remembering(open_embedder(load_settings()), given.cache)
    verifier = Verifier(embedder)
    found = [measure(verifier, item) for item in items(given.data) if item.fits]
    embedder.save()
    kept = [each for each in found if not each.fatal]
    fitted = {side: fit([each for each in kept if each.side == side]) for side in ("same", "across")}
    for side, model in fitted.items():
        model["threshold"] = THRESHOLDS[side]
    text = json.dumps({**fitted, "judge_weight": JUDGE_WEIGHT}, indent=1) + "\n"
    print(f"{len(found)} items, {len(kept)} left to the model\n{text}")
    if not given.dry:
        TARGET.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
