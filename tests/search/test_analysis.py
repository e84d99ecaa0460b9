from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.search.analysis import _ASCII_WORD, _WORD, terms


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("The leaders' meetings, met meeting", "en", ["the", "leader", "meet", "met", "meet"]),
        ("Kim’s train; don't", "en", ["kim", "train", "dont"]),
        ("satel-\nlite", "en", ["satellit"]),
        ("Überfälle überfallen", "de", ["uberfall", "uberfall"]),
        ("встречи встреча", "ru", ["встреч", "встреч"]),
        ("meetings", "xx", ["meetings"]),  # no stemmer for it: as written
        ("meetings", None, ["meet"]),
        ("平壤的新闻", "zh", ["平壤", "壤的", "的新", "新闻"]),
        ("平", "zh", ["平"]),
        ("v2.4.1 is out", "en", ["v2", "4", "1", "v2.4.1", "is", "out"]),
        ("error E-4304", "en", ["error", "e", "4304", "e-4304"]),
        ("Russia–North Korea, far-off", "en", ["russia", "north", "korea", "far", "off"]),
        ("50,000 tons", "en", ["50", "000", "ton"]),
        ("iPhone在平壤", "zh", ["iphone", "在平", "平壤"]),
        ("snake_case", "en", ["snake", "case"]),
        ("", "en", []),
        (" ... !? ", "en", []),
    ],
)
def test_a_text_yields_the_terms_that_a_searcher_means(text: str, language: str | None, expected: list[str]) -> None:
    assert terms(text, language) == expected


@given(st.text(max_size=60), st.sampled_from(["en", "de", "ru", "tr", "zh", None]))
def test_terms_hold_something_to_compare(text: str, language: str | None) -> None:
    assert [term for term in terms(text, language) if not term.strip() or any(map(str.isspace, term))] == []


@given(st.text(st.sampled_from("abcé '.1平"), max_size=30))
def test_case_and_line_ends_do_not_matter(text: str) -> None:
    assert terms(text.upper(), "en") == terms(text, "en") == terms(text.replace(" ", "  \n"), "en")


@given(st.text(st.sampled_from("ab1''__-._/: \n()z9"), max_size=40))
def test_the_words_of_plain_text_are_those_of_any_text(text: str) -> None:
    assert _ASCII_WORD.findall(text) == _WORD.findall(text)
