"""How far long work has come: a bar with count, rate and time left on a terminal, lines of JSON for a program.

The only module that draws while something else works. It refuses to know what the work is.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.progress import Progress, TaskID

_BETWEEN_LINES = 0.5  # seconds


def bars_wanted(stream: TextIO, environ: Mapping[str, str], *, quiet: bool) -> bool:
    """Tell whether bars can be drawn on `stream`, and nobody asked for silence."""
    return not quiet and environ.get("TERM") != "dumb" and stream.isatty()


@dataclass(slots=True)
class Bars:
    """Draws bars, one below the other where one job runs within another; none unless `enabled`.

    `with bars("encoding", 340) as step: step(32)` tells that 32 more are done.
    """

    stream: TextIO
    enabled: bool
    _progress: Progress | None = field(default=None, init=False)  # shared: two at once would draw over each other

    @contextmanager
    def __call__(self, label: str, total: int) -> Iterator[Callable[[int], None]]:
        """Show a bar for as long as the context lasts; its value is told of each step."""
        if not self.enabled or total == 0:
            yield lambda _: None
            return
        with self._drawn() as progress:
            task = progress.add_task(label, total=total, rate="")
            try:
                yield lambda steps: _advance(progress, task, steps)
            finally:
                progress.remove_task(task)

    @contextmanager
    def _drawn(self) -> Iterator[Progress]:
        """Return what is drawn already, or draw from now to the end of this context."""
        if self._progress is not None:
            yield self._progress
            return
        with _progress(self.stream) as progress:
            self._progress = progress
            try:
                yield progress
            finally:
                self._progress = None


@dataclass(frozen=True, slots=True)
class JsonBars:
    """Writes one JSON object a line: at the begin of a step, at its end, and in between at most two a second."""

    stream: TextIO
    clock: Callable[[], float] = time.monotonic

    @contextmanager
    def __call__(self, label: str, total: int) -> Iterator[Callable[[int], None]]:
        """Tell of a step for as long as the context lasts; its value is told of each part of it."""
        if total == 0:
            yield lambda _: None
            return
        told = _Told(self, label, total)
        told.write()
        yield told.advance
        if told.written < told.done:
            told.write()


@dataclass(slots=True)
class _Told:
    """A step of which JSON is told: how much is done, how much of it is written, and when that was."""

    bars: JsonBars
    label: str
    total: int
    done: int = 0
    written: int = 0
    at: float = 0.0

    def advance(self, steps: int) -> None:
        self.done += steps
        if self.bars.clock() - self.at >= _BETWEEN_LINES:
            self.write()

    def write(self) -> None:
        line = {"step": self.label, "done": self.done, "total": self.total}
        self.bars.stream.write(json.dumps(line) + "\n")
        self.bars.stream.flush()
        self.written, self.at = self.done, self.bars.clock()


def _progress(stream: TextIO) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
        TextColumn("left", markup=False),
    )
    return Progress(*columns, console=Console(file=stream), transient=True)


def _advance(progress: Progress, task: TaskID, steps: int) -> None:
    progress.advance(task, steps)
    speed = next(shown.speed for shown in progress.tasks if shown.id == task)
    progress.update(task, rate=f"{speed:.0f}/s" if speed else "")
