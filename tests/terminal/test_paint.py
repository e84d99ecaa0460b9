from __future__ import annotations

import io
import os

import pytest

from briefbot.terminal.paint import Paint, colour_wanted


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, True),
        ({"TERM": "xterm-256color"}, True),
        ({"NO_COLOR": ""}, True),  # no-color.org: only where it is not empty
        ({"NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_a_terminal_gets_colour_unless_somebody_says_no(environ: dict[str, str], wanted: bool) -> None:
    assert colour_wanted(Terminal(), environ) is wanted


def test_a_file_gets_no_colour() -> None:
    with open(os.devnull, "w", encoding="utf-8") as file:  # noqa: PTH123 - a real file that is no terminal
        assert colour_wanted(file, {"TERM": "xterm"}) is False


def test_paint_is_put_around_the_words_and_taken_off_after_them() -> None:
    paint = Paint(colour=True)
    painted = [shade("x") for shade in (paint.bold, paint.dim, paint.good, paint.warn, paint.bad)]
    assert painted == ["\x1b[1mx\x1b[0m", "\x1b[2mx\x1b[0m", "\x1b[32mx\x1b[0m", "\x1b[33mx\x1b[0m", "\x1b[31mx\x1b[0m"]
    assert paint.bold("") == ""


def test_without_colour_nothing_is_added() -> None:
    paint = Paint(colour=False)
    assert [shade("x") for shade in (paint.bold, paint.dim, paint.good, paint.warn, paint.bad)] == ["x"] * 5
