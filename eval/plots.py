"""Plots as inline SVG: small pure functions from figures to safe markup; colours are the page's CSS classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from eval.bootstrap import Estimate
from eval.figures import Point

#: A line of a plot: its name, its CSS class, its points (x, y).
Series = tuple[str, str, Sequence[tuple[float, float]]]

_WIDTH, _ROW, _LABEL, _VALUE = 560, 24, 190, 96
_LEFT, _RIGHT, _TOP, _BOTTOM, _HEIGHT = 46.0, 14.0, 20.0, 42.0, 260.0

_BAR = Markup(
    '<text class="label" x="{label_x}" y="{text_y}" text-anchor="end">{label}</text>'
    '<rect class="track" x="{left}" y="{y}" width="{span}" height="16" rx="2"/>'
    '<rect class="bar" x="{left}" y="{y}" width="{width}" height="16" rx="2"/>'
    '<path class="whisker" d="M{low} {middle}H{high}M{low} {above}V{below}M{high} {above}V{below}"/>'
    '<text class="value" x="{value_x}" y="{text_y}">{value} <tspan class="n">n {n}</tspan></text>'
)
_TICKS = Markup(
    '<path class="grid" d="M{left} {y}H{right}"/>'
    '<text class="tick" x="{beside}" y="{y}" dy="4" text-anchor="end">{up}</text>'
    '<text class="tick" x="{x}" y="{below}" text-anchor="middle">{across}</text>'
)
_LINE = Markup('<path class="line {style}" d="{path}"/><circle class="dot {style}" cx="{x}" cy="{y}" r="3.5"/>')
_LEGEND = Markup('<text class="legend {style}" x="{x}" y="{y}" text-anchor="end">{name}</text>')
_AXES = Markup(
    '<text class="axis" x="{x}" y="{y}" text-anchor="middle">{across}</text><text class="axis" x="4" y="11">{up}</text>'
)
_SVG = Markup('<svg role="img" viewBox="0 0 {w} {h}" aria-label="{title}"><title>{title}</title>{inside}</svg>')


def bars(title: str, items: Sequence[tuple[str, Estimate]]) -> Markup:
    """Horizontal bars from 0 to 1 with their 95 % intervals as whiskers, the value and n at the end."""
    inside = Markup("").join(_bar(row, label, estimate) for row, (label, estimate) in enumerate(items))
    return _SVG.format(w=_WIDTH, h=len(items) * _ROW + 4, title=title, inside=inside)


def _bar(row: int, label: str, estimate: Estimate) -> Markup:
    span, y = _WIDTH - _LABEL - _VALUE, row * _ROW + 4
    return _BAR.format(
        label=label,
        label_x=_LABEL - 8,
        text_y=y + 12,
        left=_LABEL,
        y=y,
        span=span,
        width=_n(max(estimate.mean, 0) * span),
        low=_n(_LABEL + estimate.low * span),
        high=_n(_LABEL + estimate.high * span),
        middle=y + 8,
        above=y + 4,
        below=y + 12,
        value_x=_WIDTH - _VALUE + 8,
        value=f"{estimate.mean:.2f}",
        n=estimate.n,
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values in [0, right] x [0, 1] to places in the picture."""

    right: float

    def x(self, value: float) -> str:
        return _n(_LEFT + min(value, self.right) / self.right * (_WIDTH - _LEFT - _RIGHT))

    def y(self, value: float) -> str:
        return _n(_TOP + (1 - min(value, 1.0)) * (_HEIGHT - _TOP - _BOTTOM))


def lines(
    title: str,
    series: Sequence[Series],
    across: str,
    up: str,
    *,
    right: float = 1.0,
    legend: Literal["top", "bottom"] = "top",
) -> Markup:
    """Lines over [0, right] x [0, 1], with ticks at quarters, axis names and a legend; each ends in a dot."""
    scale = _Scale(right)
    parts = [
        _TICKS.format(
            left=scale.x(0),
            right=scale.x(right),
            y=scale.y(quarter / 4),
            beside=_n(_LEFT - 6),
            up=_tick(quarter / 4),
            x=scale.x(right * quarter / 4),
            below=_n(_HEIGHT - 26),
            across=_tick(right * quarter / 4),
        )
        for quarter in range(5)
    ]
    drawn = [one for one in series if one[2]]
    for place, (name, style, points) in enumerate(drawn):
        path = " ".join(f"{'L' if i else 'M'}{scale.x(x)} {scale.y(y)}" for i, (x, y) in enumerate(points))
        parts.append(_LINE.format(style=style, path=path, x=scale.x(points[-1][0]), y=scale.y(points[-1][1])))
        first = _TOP + 14 if legend == "top" else _HEIGHT - _BOTTOM - 10 - 16 * (len(drawn) - 1)
        legend_y = _n(first + 16 * place)
        parts.append(_LEGEND.format(style=style, x=_n(_WIDTH - _RIGHT - 4), y=legend_y, name=name))
    middle = _n((_LEFT + _WIDTH - _RIGHT) / 2)
    parts.append(_AXES.format(x=middle, y=_n(_HEIGHT - 6), across=across, up=up))
    return _SVG.format(w=_WIDTH, h=int(_HEIGHT), title=title, inside=Markup("").join(parts))


def risk_line(points: Sequence[Point]) -> list[tuple[float, float]]:
    """The risk–coverage curve as points of a plot."""
    return [(point.coverage, point.risk) for point in points]


def ready_line(milliseconds: Sequence[float]) -> list[tuple[float, float]]:
    """What share is there after so many seconds: the cumulative distribution, as steps."""
    times = sorted(milliseconds)
    steps = [(0.0, 0.0)] if times else []
    for rank, time in enumerate(times, start=1):
        steps += [(time / 1000, (rank - 1) / len(times)), (time / 1000, rank / len(times))]
    return steps


def _n(value: float) -> str:
    return f"{value:.1f}"


def _tick(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value < 10 else f"{value:.0f}"
