"""From measured figures to pictures: which lines are drawn of each table. It measures nothing and draws nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from briefbot.evaluation.drawing import Line, drawn

if TYPE_CHECKING:
    from collections.abc import Callable


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


# The file below docs/pictures: its table, its title, what goes across, and its lines.
PICTURES: dict[str, tuple[str, str, str, Callable[[dict[str, Any]], list[Line]]]] = {
    "cost-build.svg": ("beside", "Build, seconds", "paragraphs", _beside("wall_s")),
    "cost-question.svg": ("beside", "A question in a running process, ms", "paragraphs", _beside("p50_ms")),
    "cost-memory.svg": ("beside", "Running process, memory of its own, MB", "paragraphs", _beside("own_mb")),
    "scale-question.svg": (
        "scale",
        "A question, all of it, ms",
        "passages",
        _scale({"99 of 100": lambda one: one["question_ms"]["p99"], "half": lambda one: one["question_ms"]["p50"]}),
    ),
    "scale-build.svg": (
        "scale",
        "Build without encoding, seconds",
        "passages",
        _scale({"build": lambda one: one["build_s"]}),
    ),
    "scale-memory.svg": ("memory", "A bot's memory after all questions, MB", "passages", _memory),
}


def pictures(figures: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return the text of each picture whose figures are there."""
    return {
        name: drawn(title, across, lines(figures[table]))
        for name, (table, title, across, lines) in PICTURES.items()
        if table in figures
    }
