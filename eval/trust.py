"""How far the automatic check can be trusted: its agreement with statements labelled by hand.

The hand gives three labels, the check two: *partly* counts as not supported, because a reader who quotes a
partly supported sentence quotes something unsupported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.bootstrap import Estimate, mean, statistic

Label = Literal["supported", "partly", "not"]
LABELS: tuple[Label, ...] = ("supported", "partly", "not")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of check and hand. ``table``: (label, accepted by the check) → statements."""

    accuracy: Estimate
    balanced: Estimate | None  #: mean of the two classes' recalls; None when a class is missing
    kappa: Estimate | None  #: Cohen 1960; None when it is undefined
    table: dict[tuple[Label, bool], int]
    wrong: tuple[str, ...]  #: ids on which check and hand differ


def agreement(items: Sequence[tuple[str, Label, bool]]) -> Agreement | None:
    """From (id, hand's label, accepted by the check). None without items."""
    if not items:
        return None
    pairs = [(label == "supported", accepted) for _, label, accepted in items]
    return Agreement(
        accuracy=mean([float(hand == check) for hand, check in pairs]),  # type: ignore[arg-type]
        balanced=statistic(pairs, lambda picks: balanced(pairs[i] for i in picks)),
        kappa=statistic(pairs, lambda picks: kappa(pairs[i] for i in picks)),
        table=dict(Counter((label, accepted) for _, label, accepted in items)),
        wrong=tuple(id for id, label, accepted in items if (label == "supported") != accepted),
    )


def kappa(pairs: Iterable[tuple[bool, bool]]) -> float | None:
    """Cohen's kappa: observed agreement beyond chance, over the most there could be."""
    counts = Counter(pairs)
    n = counts.total()
    if not n:
        return None
    observed = (counts[True, True] + counts[False, False]) / n
    hand = (counts[True, True] + counts[True, False]) / n
    check = (counts[True, True] + counts[False, True]) / n
    chance = hand * check + (1 - hand) * (1 - check)
    return (observed - chance) / (1 - chance) if chance < 1 else None


def balanced(pairs: Iterable[tuple[bool, bool]]) -> float | None:
    """Balanced accuracy: the mean of the recalls of supported and of unsupported statements."""
    counts = Counter(pairs)
    true = counts[True, True] + counts[True, False]
    false = counts[False, True] + counts[False, False]
    if not true or not false:
        return None
    return (counts[True, True] / true + counts[False, False] / false) / 2
