"""Small charts as numbers for inline SVG: lines of earlier runs, and bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDTH, HEIGHT = 120, 28
"""Of a line's drawing, in its own units."""
_MARGIN = 3
STEADY = 0.002
"""A change of a size by a smaller part is none."""
STEADY_TIME = 0.05
"""The same of a time: no two runs take equally long."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A trend: a polyline from the oldest run to the newest, which has a dot."""

    points: str
    """As SVG's ``points``."""
    x: float
    y: float
    """Of the newest."""
    words: str
    """The same in words, for those who do not see it."""
    change: str
    """Against the run before: ``+2.5 %``; empty if it is the same or the first."""
    rises: bool


def line(
    values: Sequence[float], days: Sequence[str], shown: Callable[[float], str], *, steady: float = STEADY
) -> Line | None:
    """A line through these values, from the oldest on; None for fewer than two.

    Args:
        values: The numbers.
        days: When each was measured.
        shown: Writes a number with its unit.
        steady: Which part of the run before the number may differ by without being called a change.
    """
    if len(values) < 2:  # noqa: PLR2004 - one point is no line
        return None
    low, high = min(values), max(values)
    inner_width, inner_height = WIDTH - 2 * _MARGIN, HEIGHT - 2 * _MARGIN
    spread = (high - low) if high - low > high * STEADY else 0.0
    xs = [_MARGIN + inner_width * at / (len(values) - 1) for at in range(len(values))]
    ys = [HEIGHT / 2 if not spread else HEIGHT - _MARGIN - inner_height * (each - low) / spread for each in values]
    ratio = values[-1] / values[-2] - 1 if values[-2] else 0.0
    words = f"{len(values)} runs since {days[0]}: "
    from_to = f"from {shown(values[0])} to {shown(values[-1])}, lowest {shown(low)}, highest {shown(high)}."
    words += from_to if spread else f"{shown(values[-1])}, the same throughout."
    return Line(
        points=" ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True)),
        x=round(xs[-1], 1),
        y=round(ys[-1], 1),
        words=words,
        change=f"{ratio * 100:+.1f} %" if abs(ratio) > steady else "",
        rises=ratio > 0,
    )


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar from zero, with the range of its rounds. All numbers are parts of 100, the longest bar of the chart."""

    length: float
    low: float
    high: float


def bars(spreads: Sequence[tuple[float, float, float]]) -> list[Bar]:
    """Bars with a common zero, from medians, lowest and highest values."""
    longest = max((max(each) for each in spreads), default=0.0) or 1.0
    return [
        Bar(
            length=round(100 * median / longest, 1),
            low=round(100 * low / longest, 1),
            high=round(100 * high / longest, 1),
        )
        for median, low, high in spreads
    ]
