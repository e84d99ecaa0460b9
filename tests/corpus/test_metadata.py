"""Dates, languages and addresses in their many spellings, and sidecars."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.corpus.metadata import clean, metadata_of, parse_date, parse_language, read_sidecar
from briefbot.errors import UnreadableFile
from briefbot.model import Metadata

DAY = date(2023, 9, 4)


@pytest.mark.parametrize(
    "value",
    [
        "2023-09-04",
        " 2023-09-04T23:30:00-11:00",
        "2023-09-04 10:00",
        "2023/9/4",
        "2023.09.04",
        "20230904",
        "20230904T101500Z",
        "2023年9月4日",
        "D:20230904101500+02'00'",
        "Mon, 04 Sep 2023 23:59:00 -0800",
        "4 Sep 2023",
        "4 September 2023",
        "4th of September, 2023",
        "Monday, September 4, 2023",
        "Sept. 4th, 2023",
        "04-Sep-2023",
        "4.9.2023",
        "04. 09. 2023",
        "Mon Sep  4 10:15:00 2023",
    ],
)
def test_a_day_is_read_in_each_common_form_as_it_was_written(value: str) -> None:
    assert parse_date(value) == DAY


@pytest.mark.parametrize(("value", "day"), [("D:2023", date(2023, 1, 1)), ("D:202309", date(2023, 9, 1))])
def test_a_pdf_date_may_leave_out_month_and_day(value: str, day: date) -> None:
    assert parse_date(value) == day


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "2023",
        "2023-09",
        "9/4/2023",
        "2023-02-30",
        "2023-99-99",
        "0000-01-01",
        "1694649600123",
        "4 Foo 2023",
    ],
)
def test_what_is_no_day_or_could_be_two_is_left_out(value: str) -> None:
    assert parse_date(value) is None


@given(st.dates())
def test_every_day_is_read_from_its_iso_form(day: date) -> None:
    assert parse_date(day.isoformat()) == day


@given(st.text(max_size=80))
def test_no_text_makes_reading_a_day_fail(text: str) -> None:
    found = parse_date(text)
    assert found is None or isinstance(found, date)


def test_a_clean_value_is_one_line_of_printable_characters() -> None:
    assert clean(" On\tcall\r\n for \x1b[31mQuayside\u202e ") == "On call for [31mQuayside"
    assert clean(2023) == "2023"
    assert [clean(value) for value in (None, "", " \n", True, ["a"], {})] == [None] * 6
    assert len(clean("x" * 9_000) or "") == 500


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("pt_BR", "pt"),
        (" DE ", "de"),
        ("zh-Hans-CN", "zh"),
        ("english", None),
        ("", None),
    ],
)
def test_a_language_is_the_first_part_of_its_tag(tag: str, language: str | None) -> None:
    assert parse_language(tag) == language


def test_the_first_usable_value_of_the_named_keys_is_taken() -> None:
    table = {
        "headline": ["not", "a", "text", None],
        "author": "https://example.org/people/ann",
        "by": [{"name": "Ann Example"}, "Bo  Example", 7, {}],
        "published": "soon",
        "date": date(2023, 9, 4),
        "link": "/relative",
        "canonical": "https://example.org/a?b=c",
        "lang": "en-GB",
    }
    keys = {
        "title": ("nothing", "headline"),
        "author": ("author", "by"),
        "date": ("published", "date"),
        "url": ("link", "canonical"),
        "language": ("lang",),
    }
    assert metadata_of(table, keys) == Metadata(
        "not, a, text", "Ann Example, Bo Example, 7", DAY, "https://example.org/a?b=c", "en"
    )


def test_a_sidecar_gives_each_value() -> None:
    text = """
        title = "Who to ask"
        author = ["Ann Example", "Bo Example"]
        date = 2023-09-04
        url = "https://example.org/handbook"
        language = "en"
    """
    assert read_sidecar(text) == Metadata(
        "Who to ask", "Ann Example, Bo Example", DAY, "https://example.org/handbook", "en"
    )
    assert read_sidecar("date = 2023-09-04T10:00:00Z") == Metadata(date=DAY)
    assert read_sidecar("") == Metadata()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("title = ", "its sidecar is not valid TOML: Invalid value"),
        ("a = " + "[" * 5_000, "its sidecar is not valid TOML"),
        ('titel = "a"', "its sidecar has the unknown key 'titel'; the keys are title, author, date, url, language"),
        ("title = true", "the title in its sidecar cannot be used; write a text"),
        ("author = []", "the author in its sidecar cannot be used; write a name or a list"),
        ('date = "9/4/2023"', "the date in its sidecar cannot be used; write a day, as in date = 2023-09-14"),
        ('url = "javascript:alert(1)"', "the url in its sidecar cannot be used; write a web address"),
        ('language = "english"', "the language in its sidecar cannot be used; write a language code"),
    ],
)
def test_a_bad_sidecar_is_refused_in_one_sentence(text: str, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_sidecar(text)
    assert str(caught.value).startswith(reason)
    assert "\n" not in str(caught.value)
