from __future__ import annotations

import pytest

from briefbot.model import Span
from briefbot.quotes.marks import DEEPEST, Segment, segments


def within(text: str) -> list[tuple[int, str]]:
    """The depth and words of each segment of a text that is one paragraph."""
    return [(one.depth, one.span.of(text)) for one in segments(text, [Span(0, len(text))])]


def test_a_segment_knows_its_marks_and_its_paragraph() -> None:
    assert segments("a “b” c", [Span(0, 7)]) == (
        Segment(Span(3, 4), Span(2, 5), "“", 0, 0, closed=True, continues=False),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“a ‘b “c” d’ e”", [(0, "a ‘b “c” d’ e"), (1, "b “c” d"), (2, "c")]),
        ('"a" b "c"', [(0, "a"), (0, "c")]),
        ("„a ‚b‘ c“", [(0, "a ‚b‘ c"), (1, "b")]),
        ("»a ›b‹ c«", [(0, "a ›b‹ c"), (1, "b")]),
        ("«a “b” c»", [(0, "a “b” c"), (1, "b")]),
        ("”a” b", [(0, "a")]),
        ("「a『b』c」", [(0, "a『b』c"), (1, "b")]),
        ("''Never'' he said", [(0, "Never")]),
        ("``Never'' he said", [(0, "Never")]),
        ("don't “can’t” won't", [(0, "can’t")]),
        ("'a dogs' b' c", [(0, "a dogs' b")]),
        ("'a dogs' b", [(0, "a dogs")]),
        ("6\" and 7\"", []),
        ("'We won 10', he said", [(0, "We won 10")]),
        ('"We won 10", he said', [(0, "We won 10")]),
        ("a ” b", []),
        ("`“a”` “b”", [(0, "b")]),
        ('"a "b" c"', [(0, 'a "b" c'), (1, "b")]),
        ("“a b“ c", [(0, "a b")]),
        ("他说“好”然后", [(0, "好")]),
        ("“”", []),
    ],
)  # fmt: skip
def test_marks_pair_as_people_pair_them(text: str, expected: list[tuple[int, str]]) -> None:
    assert within(text) == expected


def test_a_segment_that_no_mark_closes_ends_with_its_paragraph() -> None:
    (one,) = segments("a “b c", [Span(0, 6)])

    assert (one.span, one.outer, one.closed) == (Span(3, 6), Span(2, 6), False)


def test_a_segment_that_no_mark_closes_ends_before_the_next_one() -> None:
    text = "“a b, he said. “c d” e"

    assert [(one.span.of(text), one.closed) for one in segments(text, [Span(0, len(text))])] == [
        ("a b, he said. ", False),
        ("c d", True),
    ]


def test_a_reopened_mark_goes_on_with_the_paragraph_before() -> None:
    text = "“a b\n“c d”"

    assert [(one.span.of(text), one.closed, one.continues) for one in segments(text, [Span(0, 4), Span(5, 10)])] == [
        ("a b", False, False),
        ("c d", True, True),
    ]


def test_a_paragraph_that_a_page_divides_goes_on_without_a_mark() -> None:
    text = "“We go\nand we stay,” he said."

    assert [(one.span.of(text), one.continues) for one in segments(text, [Span(0, 6), Span(7, 29)])] == [
        ("We go", False),
        ("and we stay,", True),
    ]


def test_what_opens_beyond_the_deepest_level_is_text() -> None:
    text = "“‘" * DEEPEST + "a" + "’”" * DEEPEST

    assert max(one.depth for one in segments(text, [Span(0, len(text))])) < DEEPEST
