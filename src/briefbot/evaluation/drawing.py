"""From figures to pictures: lines over sizes or shares, as SVG. It measures nothing.

The colours are chosen to be read on white and on black alike, and each line has its name at its end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 160, 44, 52
_COLOURS = ("#2f81f7", "#e5534b", "#1a9e55", "#a06bd6")
_GREY = "#7d8590"
_NEAR = 15  # pixels between two names of lines at least
_STYLE = "font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;font-size:12px"
_NAMED = 3  # values of an axis that are named at least
_STEPS = ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 8), tuple(n / 10 for n in range(10, 100)))


@dataclass(frozen=True, slots=True)
class Line:
    """What is drawn under one name: pairs of what goes across and what goes up, `dotted` where each is to be seen."""

    name: str
    points: tuple[tuple[float, float], ...]
    dotted: bool = True


class Scale(Protocol):
    """An axis: where values stand on it, which ones it names, and how."""

    def at(self, value: float) -> float:
        """Return where a value stands."""
        ...

    def told(self, value: float) -> str:
        """Return a value as it is written."""
        ...

    @property
    def named(self) -> list[float]:
        """Return the values to be named."""
        ...


@dataclass(frozen=True, slots=True)
class Even:
    """An axis that is even between two values, with `parts` steps that it names."""

    least: float
    most: float
    start: float
    end: float
    parts: int = 5
    percent: bool = True

    def at(self, value: float) -> float:
        """Return where a value stands."""
        return self.start + (value - self.least) / (self.most - self.least) * (self.end - self.start)

    def told(self, value: float) -> str:
        """Return a value as it is written, as a percentage where it is a share."""
        return f"{100 * value:.3g} %" if self.percent else f"{value:g}"

    @property
    def named(self) -> list[float]:
        """Return the values to be named."""
        return [self.least + (self.most - self.least) * n / self.parts for n in range(self.parts + 1)]


@dataclass(frozen=True, slots=True)
class Axis:
    """A logarithmic axis from one place of the picture to another, and the values that it names."""

    least: float
    most: float
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> Axis:
        """Return an axis that has room for all values."""
        least, most = min(values), max(values)
        room = max(0.05 * math.log10(most / least), 0.08)
        return cls(math.log10(least) - room, math.log10(most) + room, start, end)

    def at(self, value: float) -> float:
        """Return where a value stands."""
        return self.start + (math.log10(value) - self.least) / (self.most - self.least) * (self.end - self.start)

    def told(self, value: float) -> str:
        """Return a value in few characters."""
        return _short(value)

    @property
    def named(self) -> list[float]:
        """Return the values to be named: powers of ten, and as much of what lies between as there must be."""
        return next((named for steps in _STEPS if len(named := self._among(steps)) >= _NAMED), self._among(_STEPS[-1]))

    def _among(self, steps: Sequence[float]) -> list[float]:
        powers = range(math.floor(self.least), math.ceil(self.most) + 1)
        values = [step * 10.0**power for power in powers for step in steps]
        return [value for value in values if self.least <= math.log10(value) <= self.most]


def drawn(title: str, across: str, lines: Sequence[Line]) -> str:
    """Return a picture with logarithmic axes; the title also tells the unit of what goes up."""
    points = [point for line in lines for point in line.points]
    x = Axis.over([size for size, _ in points], _LEFT, _WIDTH - _RIGHT)
    y = Axis.over([cost for _, cost in points], _HEIGHT - _BOTTOM, _TOP)
    return _picture(title, across, lines, (x, y))


def shares(title: str, across: str, lines: Sequence[Line]) -> str:
    """Return a picture of shares over shares, all between 0 and 1."""
    most = max(up for line in lines for _, up in line.points)
    y = Even(0, min(1.0, math.ceil(10 * most) / 10 or 0.1), _HEIGHT - _BOTTOM, _TOP)
    return _picture(title, across, lines, (Even(0, 1, _LEFT, _WIDTH - _RIGHT), y))


def shares_by_number(title: str, across: str, lines: Sequence[Line]) -> str:
    """Return a picture of shares, between 0 and 1, over whole numbers from 1 on."""
    most = max(number for line in lines for number, _ in line.points)
    x = Even(1, most, _LEFT, _WIDTH - _RIGHT, parts=int(most) - 1, percent=False)
    return _picture(title, across, lines, (x, Even(0, 1, _HEIGHT - _BOTTOM, _TOP)))


def _picture(title: str, across: str, lines: Sequence[Line], axes: tuple[Scale, Scale]) -> str:
    x, y = axes
    parts = [*_frame(title, across, x, y), *_lines(lines, x, y)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    )
    return "\n".join([f'{head} role="img" style="{_STYLE}">', f"<title>{escape(title)}</title>", *parts, "</svg>", ""])


def _frame(title: str, across: str, x: Scale, y: Scale) -> Iterator[str]:
    yield _text(_LEFT, 24, title, size=15, weight="600")
    for value in y.named:
        yield f'<path d="M{_LEFT} {y.at(value):.1f}H{_WIDTH - _RIGHT}" stroke="{_GREY}" stroke-opacity=".3"/>'
        yield _text(_LEFT - 8, y.at(value) + 4, y.told(value), anchor="end")
    for value in x.named:
        yield f'<path d="M{x.at(value):.1f} {_TOP}V{_HEIGHT - _BOTTOM}" stroke="{_GREY}" stroke-opacity=".3"/>'
        yield _text(x.at(value), _HEIGHT - _BOTTOM + 18, x.told(value), anchor="middle")
    yield _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 12, across, anchor="middle")


def _lines(lines: Sequence[Line], x: Scale, y: Scale) -> Iterator[str]:
    ends = _apart([y.at(line.points[-1][1]) for line in lines])
    for line, colour, end in zip(lines, _COLOURS, ends, strict=False):
        places = [(x.at(size), y.at(cost)) for size, cost in line.points]
        path = "L".join(f"{across:.1f} {up:.1f}" for across, up in places)
        yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for (across, up), (_, cost) in zip(places, line.points, strict=True) if line.dotted else ():
            told = f"<title>{y.told(cost)}</title>"
            yield f'<circle cx="{across:.1f}" cy="{up:.1f}" r="4" fill="{colour}">{told}</circle>'
        yield _text(places[-1][0] + 10, end + 4, f"{line.name}: {y.told(line.points[-1][1])}", colour=colour)


def _apart(wanted: Sequence[float]) -> list[float]:
    """Return places near those wanted, no two of them so near that what stands there would overlap."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = list(wanted)
    for above, below in pairwise(order):
        placed[below] = max(placed[below], placed[above] + _NEAR)
    return placed


def _text(x: float, y: float, text: str, **how: Any) -> str:
    chosen = {"anchor": "start", "size": 12, "weight": "400", "colour": _GREY} | how
    look = f'text-anchor="{chosen["anchor"]}" font-size="{chosen["size"]}" font-weight="{chosen["weight"]}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look} fill="{chosen["colour"]}">{escape(text)}</text>'


def _short(value: float) -> str:
    """Return a value in few characters."""
    if value >= 1_000_000:
        return (
            f"{value / 1_000_000:g}".rstrip("0").rstrip(".") + " M"
            if value % 1_000_000 == 0
            else f"{value / 1e6:.2g} M"
        )
    return f"{round(value):,}" if value >= 100 else f"{value:.2g}"
