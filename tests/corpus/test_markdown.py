"""Markdown through the real parser, with exact slices."""

from __future__ import annotations

from datetime import date

import pytest

from briefbot.corpus.readers.markdown import read
from briefbot.model import Metadata, Reading
from briefbot.settings import Limits


def read_markdown(text: str) -> Reading:
    reading = read(text.encode(), Limits())
    assert reading.text == text
    return reading


def layout(text: str) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, block.span.of(text)) for block in read_markdown(text).blocks]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
def test_headings_and_wrapped_paragraphs_are_read_with_the_words_alone(end: str) -> None:
    lines = [
        "# The *brief* #",
        "",
        "A paragraph,",
        "wrapped.",
        "",
        "Below",
        "-----",
        "",
        "###### # six",
        "Last  ",
        "line.",
    ]
    assert layout(end.join(lines)) == [
        ("heading", 1, "The *brief*"),
        ("paragraph", 0, f"A paragraph,{end}wrapped."),
        ("heading", 2, "Below"),
        ("heading", 6, "# six"),
        ("paragraph", 0, f"Last  {end}line."),
    ]


@pytest.mark.parametrize(
    "items",
    ["- one\n- two\n\n  more of two\n- three", "* one\n  - nested\n\n        code\n* two", "1. one\n2. two\nlazy"],
)
def test_a_list_with_all_that_it_holds_is_one_block(items: str) -> None:
    assert layout(f"Before.\n\n{items}\n\n\nAfter it.\n{'=' * 9}\n") == [
        ("paragraph", 0, "Before."),
        ("list", 0, items),
        ("heading", 1, "After it."),
    ]


@pytest.mark.parametrize(
    "code",
    [
        "```py\na = 1\n\n  b = 2\n```",
        "~~~\na = 1\n\n  b = 2\n~~~~",
        "    a = 1\n\n      b = 2",
        "```\na = 1\n\n  b = 2",
    ],
    ids=["fenced", "tildes", "indented", "unclosed"],
)
def test_code_is_its_lines_without_the_fences(code: str) -> None:
    blocks = layout(f"Do this:\n\n{code}")
    assert [kind for kind, _, _ in blocks] == ["paragraph", "code"]
    assert [line.strip() for line in blocks[1][2].split("\n")] == ["a = 1", "", "b = 2"]


def test_the_rows_of_a_table_have_a_header() -> None:
    text = "Versions:\n\n| Version | Needs |\n|---|---|\n| 2.3 | 3.10 |\n| 2.4 | 3.11 |\n\nThat is all.\n"
    table = read_markdown(text).blocks[1]
    assert (table.kind, table.span.of(text)) == ("table", text[11:-15])
    assert table.header is not None
    assert table.header.of(text) == "| Version | Needs |"


def test_a_quotation_mark_at_the_start_is_no_part_of_a_quoted_paragraph() -> None:
    assert layout("> A quoted\n> paragraph.\n>\n> > Deeper,\nlazily.\n>\n> - a\n> - b\n") == [
        ("paragraph", 0, "A quoted\n> paragraph."),
        ("paragraph", 0, "Deeper,\nlazily."),
        ("list", 0, "- a\n> - b"),
    ]


def test_raw_html_comments_rules_and_definitions_belong_to_no_block() -> None:
    text = (
        "<!-- not\n\nthis -->\n\n<div>nor this</div>\n\n---\n\n[ref]: https://example.org\n\nBut <b>this</b> [ref].\n"
    )
    assert layout(text) == [("paragraph", 0, "But <b>this</b> [ref].")]


YAML = """---
title: "On call: who & when"
authors:
  - Ann Example
  - name: Bo Example
date: 2026-02-02
canonical: https://example.org/on-call
lang: en-GB
tags: [a, b]
---
"""
TOML = """+++
Title = "On call: who & when"
author = ["Ann Example", "Bo Example"]
date = 2026-02-02T10:00:00Z
link = "https://example.org/on-call"
language = "en"
+++
"""


@pytest.mark.parametrize("matter", [YAML, TOML, YAML.replace("\n", "\r\n")], ids=["yaml", "toml", "crlf"])
def test_front_matter_is_metadata_and_no_block(matter: str) -> None:
    reading = read_markdown(f"{matter}\n# On call\n\nWords.\n")
    assert reading.metadata == Metadata(
        "On call: who & when", "Ann Example, Bo Example", date(2026, 2, 2), "https://example.org/on-call", "en"
    )
    assert [block.span.of(reading.text) for block in reading.blocks] == ["On call", "Words."]
    assert reading.remarks == ()


@pytest.mark.parametrize(
    "matter",
    [
        "---\ntitle: [a, b\n: :\n---\n",
        "---\n- not\n- a table\n---\n",
        "---\na: &a [*a]\n---\n",
        f"---\na: {'[' * 5_000}\n---\n",
        "+++\ntitle = \n+++\n",
        f"+++\na = {'[' * 5_000}\n+++\n",
    ],
    ids=["yaml", "list", "yaml that holds itself", "deep yaml", "toml", "deep toml"],
)
def test_broken_front_matter_is_a_remark(matter: str) -> None:
    reading = read_markdown(f"{matter}\nWords.\n")
    assert reading.metadata == Metadata()
    assert [block.span.of(reading.text) for block in reading.blocks] == ["Words."]
    assert reading.remarks == ("its front matter cannot be read and was left out",)


def test_a_bad_value_in_front_matter_is_left_out_alone() -> None:
    assert read_markdown("---\ndate: 2023-99-99\ntitle: A\n---\nWords.").metadata == Metadata(title="A")


@pytest.mark.parametrize(
    "text", ["---\n\nA rule, and words.", "Words.\n\n---\ntitle: a\n---\n", "----\ntitle: a\n----\n"]
)
def test_what_is_no_front_matter_is_text(text: str) -> None:
    reading = read_markdown(text)
    assert reading.metadata == Metadata()
    assert reading.remarks == ()
    assert reading.blocks


def test_nesting_beyond_all_measure_is_bounded() -> None:
    assert layout(f"{'>' * 20_000} deep\n\nWords.") == [("paragraph", 0, "Words.")]
