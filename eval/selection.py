"""Which cases a run takes: the whole set, a part of it, or the smoke suite chosen by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

from eval.cases import KINDS, Case

SMOKE = 24
Item = TypeVar("Item")


def smoke(cases: Sequence[Case], size: int = SMOKE) -> tuple[Case, ...]:
    """A balanced few, always the same for the same cases, from ``dev`` only.

    Kind after kind gives one case, round and round; within a kind the language and the pair of languages that
    are behind come first, then the order of a hash of the id. It runs on every change, so people will
    tune on it without meaning to: the ``test`` side is kept out of their way.
    """
    left = sorted((case for case in cases if case.split == "dev"), key=lambda case: sha256(case.id.encode()).digest())
    languages: Counter[str] = Counter()
    pairs: Counter[str | None] = Counter()
    chosen: list[Case] = []
    while left and len(chosen) < size:
        for kind in KINDS:
            mine = [case for case in left if case.kind == kind]
            if mine and len(chosen) < size:
                best = min(mine, key=lambda case: (languages[case.language], pairs[case.pair]))
                languages[best.language] += 1
                pairs[best.pair] += 1
                left.remove(best)
                chosen.append(best)
    order = {case.id: place for place, case in enumerate(cases)}
    return tuple(sorted(chosen, key=lambda case: order[case.id]))


def even(items: Sequence[Item], limit: int | None) -> tuple[Item, ...]:
    """At most ``limit`` items, evenly spaced, so that a short run still sees every part of a set."""
    if limit is None or limit >= len(items):
        return tuple(items)
    return tuple(items[place * len(items) // limit] for place in range(limit))
