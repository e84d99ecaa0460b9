"""From measured figures to pictures: which lines are drawn of each table. It measures nothing and draws nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from briefbot.evaluation.drawing import Line, drawn, shares, shares_by_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn of the figures of one table: a title, what goes across, and lines."""

    table: str
    title: str
    across: str
    lines: Callable[[dict[str, Any]], list[Line]]
    draw: Callable[[str, str, Sequence[Line]], str] = drawn


def _beside(key: str) -> Callable[[dict[str, Any]], list[Line]]:
    """Return what takes the lines of all contenders from the figures of `beside`."""

    def lines(figures: dict[str, Any]) -> list[Line]:
        sizes = sorted(figures["sizes"].items(), key=lambda pair: int(pair[0]))
        names = list(sizes[0][1]["figures"])
        return [Line(name, tuple((int(size), one["figures"][name][key]) for size, one in sizes)) for name in names]

    return lines


def _scale(names: dict[str, Callable[[dict[str, Any]], float]]) -> Callable[[dict[str, Any]], list[Line]]:
    """Return what takes one line a name from the figures of `scale`."""

    def lines(figures: dict[str, Any]) -> list[Line]:
        sizes = sorted(figures["sizes"].values(), key=lambda one: one["passages"])
        return [Line(name, tuple((one["passages"], value(one)) for one in sizes)) for name, value in names.items()]

    return lines


def _memory(figures: dict[str, Any]) -> list[Line]:
    sizes = sorted(figures["sizes"].values(), key=lambda one: one["passages"])
    kinds = {"its own": "own_mb", "resident": "resident_mb"}
    return [Line(name, tuple((one["passages"], one["end"][kind]) for one in sizes)) for name, kind in kinds.items()]


def _curves(key: str, *, dotted: bool) -> Callable[[dict[str, Any]], list[Line]]:
    """Return what takes lines that are figures themselves."""

    def lines(figures: dict[str, Any]) -> list[Line]:
        return [Line(name, tuple(map(tuple, points)), dotted) for name, points in figures[key].items()]

    return lines


# By their files below docs/pictures.
PICTURES: dict[str, Picture] = {
    "cost-build.svg": Picture("beside", "Build, seconds", "paragraphs", _beside("wall_s")),
    "cost-question.svg": Picture("beside", "A question in a running process, ms", "paragraphs", _beside("p50_ms")),
    "cost-memory.svg": Picture("beside", "Running process, memory of its own, MB", "paragraphs", _beside("own_mb")),
    "scale-question.svg": Picture(
        "scale",
        "A question, all of it, ms",
        "passages",
        _scale({"99 of 100": lambda one: one["question_ms"]["p99"], "half": lambda one: one["question_ms"]["p50"]}),
    ),
    "scale-build.svg": Picture(
        "scale",
        "Build without encoding, seconds",
        "passages",
        _scale({"build": lambda one: one["build_s"]}),
    ),
    "scale-memory.svg": Picture("memory", "A bot's memory after all questions, MB", "passages", _memory),
    "ranking-found.svg": Picture(
        "ranking",
        "Questions with a relevant entry among the first",
        "entries looked at",
        _curves("found", dotted=True),
        shares_by_number,
    ),
    "confidence-risk.svg": Picture(
        "confidence",
        "Wrong among what is answered",
        "answered, of what can be",
        _curves("risk", dotted=False),
        shares,
    ),
    "confidence-right.svg": Picture(
        "confidence",
        "Right, by confidence",
        "confidence",
        _curves("right", dotted=True),
        shares,
    ),
}


def pictures(figures: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return the text of each picture whose figures are there."""
    return {
        name: it.draw(it.title, it.across, it.lines(figures[it.table]))
        for name, it in PICTURES.items()
        if it.table in figures
    }
