from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbot.terminal.wrapping import GLUE, cells, wrapped

TEXTS = st.text(st.sampled_from("ab é国「」。👍\u0301  \n" + GLUE), max_size=120)


def lines(text: str, width: int | None) -> list[str]:
    return [span.of(text) for span in wrapped(text, width)]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", None, ["one two three"]),
        ("a\n\n  b c  \n", 20, ["a", "", "  b c", ""]),
        ("see https://example.org/a/long/link now", 10, ["see", "https://example.org/a/long/link", "now"]),
        (f"on page{GLUE}3 of", 7, ["on", f"page{GLUE}3", "of"]),
        ("会谈持续了四个小时。", 8, ["会谈持续", "了四个小", "时。"]),
        ("他说「好」。会谈", 8, ["他说", "「好」。", "会谈"]),
        ("회담은 네 시간", 8, ["회담은", "네 시간"]),
        ("👍 👍 👍", 5, ["👍 👍", "👍"]),
        ("e\u0301e\u0301e\u0301 e\u0301", 5, ["e\u0301e\u0301e\u0301 e\u0301"]),
        ("", 20, [""]),
    ],
)
def test_lines_end_where_their_cells_do(text: str, width: int | None, expected: list[str]) -> None:
    assert lines(text, width) == expected


@settings(deadline=None)
@given(TEXTS, st.integers(1, 40))
def test_no_visible_character_is_lost_added_or_moved(text: str, width: int) -> None:
    assert "".join("".join(lines(text, width)).split()) == "".join(text.split())


@settings(deadline=None)
@given(TEXTS, st.integers(1, 40))
def test_a_line_is_within_the_width_unless_it_is_one_word(text: str, width: int) -> None:
    too_wide = [line for line in lines(text, width) if cells(line) > width]
    assert [line for line in too_wide if len(wrapped(line.strip(" "), 1)) > 1] == []


@settings(deadline=None)
@given(TEXTS)
def test_without_a_width_lines_are_those_of_the_text(text: str) -> None:
    assert [line.rstrip() for line in lines(text, None)] == [line.rstrip() for line in text.split("\n")]
