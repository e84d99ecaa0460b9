"""Plain texts as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from briefbot.corpus.readers.plain import read
from briefbot.settings import Limits

if TYPE_CHECKING:
    from briefbot.model import Reading

LONG = (
    "Here is a paragraph that somebody wrote in an editor which does not wrap lines, so it goes on until it ends. " * 2
)


def read_plain(text: str) -> Reading:
    return read(text.encode(), Limits())


def layout(text: str) -> list[tuple[str, int, str]]:
    reading = read_plain(text)
    assert reading.text == text
    return [(block.kind, block.level, block.span.of(text)) for block in reading.blocks]


def paragraphs(text: str) -> list[str]:
    assert {kind for kind, _, _ in layout(text)} <= {"paragraph"}
    return [words for _, _, words in layout(text)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028"], ids=ascii)
def test_blank_lines_part_paragraphs_and_wrapped_lines_belong_together(end: str) -> None:
    first, second = f"The first paragraph was wrapped{end}by hand.", f"So was the{end}second{end}one."
    assert paragraphs(f"{first}{end} \t{end}{end}{second}{end}") == [first, second]


def test_long_lines_are_a_paragraph_each() -> None:
    lines = [LONG.strip(), "A short one.", LONG.strip()]
    assert paragraphs("\n".join(lines)) == lines


def test_long_lines_of_characters_that_take_two_columns_are_a_paragraph_each() -> None:
    line = "俄罗斯与朝鲜的领导人在远东的航天发射场举行会谈，两国关系进入新阶段。" * 2
    assert paragraphs(f"{line}\n{line}") == [line, line]


def test_an_indented_line_begins_a_paragraph() -> None:
    first = "The first paragraph begins with an indent and\nis wrapped by hand. Then it ends."
    second = "The second one begins with an indent, too, and\ngoes on here."
    assert paragraphs(f"   {first}\n   {second}\n") == [first, second]


def test_a_hanging_indent_begins_no_paragraph() -> None:
    text = "Example, Ann: A history of railways in\n    the far east, in two volumes\nExample, Bo: Another one"
    assert paragraphs(text) == [text]


def test_without_blank_lines_a_sentence_that_ends_a_line_early_ends_its_paragraph() -> None:
    first = "The train was given in Soviet times and is painted in a dark\ngreen. It is slow."
    second = "The second paragraph begins here and goes on until the line\nis full, as the first one did."
    assert paragraphs(f"{first}\n{second}") == [first, second]


def test_among_blank_lines_a_line_that_ends_early_ends_nothing() -> None:
    first = "One sentence a line.\nThat is a habit of some people who write, and it makes differences short."
    assert paragraphs(f"{first}\n\nAnother paragraph,\nwith two lines.") == [
        first,
        "Another paragraph,\nwith two lines.",
    ]


@pytest.mark.parametrize(
    "items",
    [
        "- one\n- two\n- three",
        "* one\n  goes on\n* two",
        "• one\n\n• two\n\n• three",
        "1. one\n2. two",
        "a) one\nb) two",
    ],
)
def test_a_run_of_items_is_one_list(items: str) -> None:
    assert layout(f"Before it:\n{items}\n\nA paragraph after it.") == [
        ("paragraph", 0, "Before it:"),
        ("list", 0, items),
        ("paragraph", 0, "A paragraph after it."),
    ]


def test_a_wrapped_item_goes_on_without_an_indent_and_a_line_after_a_short_item_does_not() -> None:
    items = "- this item is long enough to be wrapped at some\nplace in the middle\n- short"
    assert layout(f"{items}\nThe text goes on after the list.") == [
        ("list", 0, items),
        ("paragraph", 0, "The text goes on after the list."),
    ]


def test_a_line_after_a_list_of_short_items_is_not_taken_for_a_part_of_it() -> None:
    assert layout("- one\n- two\n  more\nAfter it.")[1] == ("paragraph", 0, "After it.")


def test_a_short_rule_below_a_long_line_does_not_make_it_a_heading() -> None:
    line = "A line that is far too long for the rule below it"
    assert paragraphs(f"{line}\n-----\nAfter it.") == [line, "After it."]


def test_long_numbered_paragraphs_that_stand_apart_are_paragraphs() -> None:
    assert paragraphs(f"1. {LONG.strip()}\n\n2. {LONG.strip()}") == [f"1. {LONG.strip()}", f"2. {LONG.strip()}"]


@pytest.mark.parametrize(
    ("lines", "level", "words"),
    [
        ("SOVIET HELP IN 1950", 1, "SOVIET HELP IN 1950"),
        ("Chapter 3", 1, "Chapter 3"),
        ("Appendix B: The figures", 1, "Appendix B: The figures"),
        ("2.1 Method", 2, "2.1 Method"),
        ("2.1.3. The sample", 3, "2.1.3. The sample"),
        ("4. Results", 1, "4. Results"),
        ("A title\n=======", 1, "A title"),
        ("A title\n-------", 2, "A title"),
    ],
)
def test_an_evident_heading_is_one(lines: str, level: int, words: str) -> None:
    assert layout(f"Words before it.\n\n{lines}\n\nWords after it.")[1:] == [
        ("heading", level, words),
        ("paragraph", 0, "Words after it."),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "A short line",
        "NO!",
        "2.1 metres long",
        "Part of it",
        "Chapter 3 is about the war.",
        "12:30 Lunch",
        "НЕТ.",
        "日本語",
    ],
)
def test_a_line_that_is_not_evidently_a_heading_is_none(line: str) -> None:
    assert layout(f"Words before it.\n\n{line}\n\nWords after it.")[1] == ("paragraph", 0, line)


def test_numbered_lines_that_stand_apart_are_a_list_and_not_headings() -> None:
    assert layout("1. First\n\n2. Second\n\nThe end.") == [
        ("list", 0, "1. First\n\n2. Second"),
        ("paragraph", 0, "The end."),
    ]


@pytest.mark.parametrize("rule", ["* * *", "---", "_____", "##########"])
def test_a_rule_parts_paragraphs_and_belongs_to_none(rule: str) -> None:
    assert paragraphs(f"Two lines of\nwords.\n{rule}\nMore words.") == ["Two lines of\nwords.", "More words."]


def test_a_form_feed_starts_a_page() -> None:
    text = "Page one.\n\fPage two.\n\f\n"
    assert paragraphs(text) == ["Page one.", "Page two."]
    assert read_plain(text).pages == (0, text.index("Page two"))
    assert read_plain("No pages.").pages == ()
