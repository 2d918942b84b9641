"""The gate: today's figures against a baseline's, per suite; what is worse, which cases flipped, and why.

A figure fails when it lies on the bad side of the baseline's 95 % interval, of which no more than a quarter of
the figure's cases counts (``_bounds``). Another model, embedder or setting is named and compared (that is what a
comparison is for); other cases or another corpus are named and *not* compared, and the gate stays shut until
``--update-baseline`` says that the change was meant. Times are never gated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval.bootstrap import Estimate
from eval.figures import BY_NAME, Table
from eval.scoring import Row
from rag.errors import RagError

#: Without these the same there is nothing to compare.
GROUND = ("cases", "corpus")
#: The share of a figure's cases that may get worse, whatever the interval says.
MOST = 0.25
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case: enough to show a flip."""

    passed: bool
    status: str
    answer: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Baseline:
    """One suite's figures, what they were made with, and each case's outcome."""

    fingerprints: Mapping[str, str]
    figures: Table
    cases: Mapping[str, Outcome]
    made: str = ""  #: UTC date


@dataclass(frozen=True, slots=True)
class Flip:
    """A case whose outcome changed, with both."""

    case: str
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's word. ``message`` is one line; ``passed`` None: nothing was gated."""

    passed: bool | None
    message: str
    differing: tuple[tuple[str, str, str], ...] = ()  #: fingerprint, baseline's, today's
    worse: tuple[tuple[str, Estimate, Estimate | None], ...] = ()  #: figure, baseline's, today's
    flips: tuple[Flip, ...] = field(default=())


def baseline_of(rows: Sequence[Row], figures: Table, fingerprints: Mapping[str, str]) -> Baseline:
    """Today's run in the form that is compared and kept."""
    outcomes = {row.case.id: Outcome(row.score.passed, row.answer.status, row.answer.text, row.score.reasons) for row in rows}
    return Baseline(fingerprints, figures, outcomes, f"{datetime.now(UTC):%Y-%m-%d}")


def compare(before: Baseline | None, today: Baseline, remedy: str = "--update-baseline makes one") -> Verdict:
    """Hold today's run against a baseline. Without one, nothing is gated; the message says so, and the ``remedy``."""
    if before is None:
        return Verdict(None, f"there is no baseline to compare with, so nothing is gated; {remedy}")
    names = sorted({*before.fingerprints, *today.fingerprints})
    pairs = [(name, before.fingerprints.get(name, "none"), today.fingerprints.get(name, "none")) for name in names]
    differing = tuple(pair for pair in pairs if pair[1] != pair[2])
    changed = [name for name, *_ in differing if name in GROUND]
    if changed:
        what = " and ".join(changed)
        return Verdict(
            False,
            f"the baseline was made on other {what}: not compared; read the report, then --update-baseline",
            differing,
            flips=flips(before, today),
        )
    worse = tuple(
        (name, estimate, today.figures.get(name))
        for name, estimate in before.figures.items()
        if name in BY_NAME and BY_NAME[name].gated and _worse(name, estimate, today.figures.get(name))
    )
    return Verdict(not worse, _message(worse, differing), differing, worse, flips(before, today))


def only_flips(before: Baseline | None, today: Baseline) -> Verdict:
    """For a part of a suite: no figure to compare, but which of the baseline's cases flipped."""
    message = "a part of a suite: figures are not gated"
    if before is None:
        return Verdict(None, f"{message}, and there is no baseline of the whole to show flips against")
    return Verdict(None, message, flips=flips(before, today))


def flips(before: Baseline, today: Baseline) -> tuple[Flip, ...]:
    """Cases of both runs whose outcome changed; those that now fail first."""
    changed = [
        Flip(id, before.cases[id], after)
        for id, after in today.cases.items()
        if id in before.cases and before.cases[id].passed != after.passed
    ]
    return tuple(sorted(changed, key=lambda flip: flip.after.passed))


def difference(before: Baseline | None, today: Baseline) -> list[str]:
    """What ``--update-baseline`` changes, a line each."""
    if before is None:
        return [f"new baseline of {len(today.cases)} cases"]
    lines = [
        f"{name}: {before.fingerprints.get(name, 'none')} → {today.fingerprints.get(name, 'none')}"
        for name in sorted({*before.fingerprints, *today.fingerprints})
        if before.fingerprints.get(name) != today.fingerprints.get(name)
    ]
    for name in [*today.figures, *(name for name in before.figures if name not in today.figures)]:
        old, new = before.figures.get(name), today.figures.get(name)
        if old is None or new is None or abs(old.mean - new.mean) > _EPSILON:
            lines.append(f"{name}: {_number(old)} → {_number(new)}")
    for flip in flips(before, today):
        lines.append(f"{flip.case}: {'passes' if flip.after.passed else 'fails'} now")
    return lines or ["nothing changed"]


def load(path: Path, suite: str) -> Baseline | None:
    """A suite's baseline, or None when there is none yet. Raises RagError for a damaged file."""
    data = _read(path).get(suite)
    if data is None:
        return None
    try:
        return Baseline(
            data["fingerprints"],
            {name: Estimate(**value) for name, value in data["figures"].items()},
            {id: Outcome(**{**value, "reasons": tuple(value["reasons"])}) for id, value in data["cases"].items()},
            data["made"],
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise RagError(f"{path}: suite {suite!r} is damaged ({error}); restore it or run --update-baseline") from error


def save(path: Path, suite: str, baseline: Baseline) -> None:
    """Put one suite's baseline into the file, the others kept."""
    data = {**_read(path), suite: asdict(baseline)}
    text = json.dumps(dict(sorted(data.items())), ensure_ascii=False, indent=1)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(path)


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RagError(f"{path} cannot be read ({error}); restore it or remove it") from error
    if not isinstance(data, dict):
        raise RagError(f"{path} is not a baseline; restore it or remove it")
    return data


def _worse(name: str, before: Estimate, today: Estimate | None) -> bool:
    if today is None:
        return True  # a figure that can no longer be measured is not a figure that holds
    low, high = _bounds(before)
    if BY_NAME[name].higher:
        return today.mean < low - _EPSILON
    return today.mean > high + _EPSILON


def _bounds(before: Estimate) -> tuple[float, float]:
    """What a figure may move in: the baseline's interval, cut to a quarter of the cases on either side.

    Where all cases agreed a bootstrap has no width, and one case may flip: on another processor the last digits of a
    probability differ. Few cases make an interval from 0 to 1 (n = 2, mean 0.5), or one case all there is (n = 1): no
    run could fail such a figure, hence the cut. Below four cases any flip for the worse fails; 1.00 on four
    may fall to 0.75, and 0.83 [0.50, 1.00] on six to 0.58.
    """
    if before.high - before.low > _EPSILON:
        down, up = before.mean - before.low, before.high - before.mean
    else:
        down = up = 1 / before.n
    return before.mean - min(down, MOST), before.mean + min(up, MOST)


def _message(worse: Sequence[tuple[str, Any, Any]], differing: Sequence[tuple[str, str, str]]) -> str:
    other = f" (made with another {', '.join(name for name, *_ in differing)})" if differing else ""
    if not worse:
        return f"no figure is worse than the baseline{other} by more than allowed"
    titles = ", ".join(BY_NAME[name].title for name, *_ in worse)
    return f"worse than the baseline{other} by more than allowed: {titles}"


def _number(estimate: Estimate | None) -> str:
    return "none" if estimate is None else f"{estimate.mean:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
