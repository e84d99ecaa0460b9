from __future__ import annotations

import io
import json
import os
import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from briefbot.terminal.progress import Bars, JsonBars, bars_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO


class Screen:
    """A real terminal, and all that was drawn on it."""

    def __init__(self) -> None:
        self.drawn = b""
        self._master, slave = os.openpty()
        self.stream: TextIO = os.fdopen(slave, "w", encoding="utf-8")
        self._reader = threading.Thread(target=self._read, daemon=True)  # a failing test must not wait for it
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65_536)
            except OSError:  # the other end is closed
                return
            if not data:
                return
            self.drawn += data

    def close(self) -> str:
        self.stream.close()
        self._reader.join(10)
        os.close(self._master)
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.drawn.decode("utf-8"))


@contextmanager
def frame(bars: Bars) -> Iterator[None]:
    """Draw now, rather than at the next tenth of a second."""
    yield
    assert bars._progress is not None
    bars._progress.refresh()


def test_a_bar_shows_count_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    screen = Screen()
    bars = Bars(screen.stream, enabled=True)
    with bars("encoding", 340) as step, frame(bars):
        step(32)
        step(32)
    assert re.search(r"encoding +\S+ +64/340 +\d+/s +\d+:\d\d:\d\d left", screen.close())


def test_a_job_within_a_job_has_its_bar_below(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    screen = Screen()
    bars = Bars(screen.stream, enabled=True)
    with bars("reading", 3) as read:
        read(2)
        with bars("encoding", 8) as encode, frame(bars):
            encode(5)
        assert bars._progress is not None
    assert bars._progress is None
    assert re.search(r"reading[^\n]+ 2/3 [^\n]+\n[^\n]*encoding[^\n]+ 5/8 ", screen.close())


def test_an_interrupted_job_leaves_no_bar_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()
    bars = Bars(screen.stream, enabled=True)

    def work() -> None:
        with bars("encoding", 8) as step:
            step(1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    screen.close()
    assert bars._progress is None
    assert screen.drawn.endswith(b"\x1b[2K\x1b[?25h\r")  # the line is empty, the cursor is back


def test_nothing_is_drawn_unless_enabled() -> None:
    stream = io.StringIO()
    with Bars(stream, enabled=False)("encoding", 8) as step:
        step(8)
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("quiet", "environ", "wanted"),
    [(False, {"TERM": "xterm"}, True), (True, {"TERM": "xterm"}, False), (False, {"TERM": "dumb"}, False)],
)
def test_bars_are_for_terminals_that_can_draw_and_people_who_want_them(
    quiet: bool, environ: dict[str, str], wanted: bool
) -> None:
    screen = Screen()
    assert bars_wanted(screen.stream, environ, quiet=quiet) is wanted
    screen.close()
    assert bars_wanted(io.StringIO(), environ, quiet=False) is False


# Lines of JSON


def test_a_step_is_told_at_its_begin_its_end_and_at_most_twice_a_second_in_between() -> None:
    stream, now = io.StringIO(), iter([0.0, 0.1, 0.4, 0.6, 0.6, 0.9, 1.2, 1.2, 1.3, 1.3])
    with JsonBars(stream, lambda: next(now))("encoding", 60) as step:
        for _ in range(6):
            step(10)
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert told == [{"step": "encoding", "done": done, "total": 60} for done in (0, 30, 50, 60)]


def test_an_end_that_is_told_already_is_not_told_again() -> None:
    stream, now = io.StringIO(), iter([0.0, 9.0, 9.0])
    with JsonBars(stream, lambda: next(now))("reading", 4) as step:
        step(4)
    assert [json.loads(line)["done"] for line in stream.getvalue().splitlines()] == [0, 4]


def test_of_a_step_with_nothing_to_do_nothing_is_told() -> None:
    stream = io.StringIO()
    with JsonBars(stream)("encoding", 0) as step:
        step(0)
    assert stream.getvalue() == ""


def test_an_interrupted_step_does_not_claim_its_end() -> None:
    stream = io.StringIO()

    def work() -> None:
        with JsonBars(stream)("encoding", 8) as step:
            step(1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert [json.loads(line)["done"] for line in stream.getvalue().splitlines()] == [0]
