"""Where an excerpt stands, on one line, linked to its very sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.discord.hostile import any_text
from tests.discord.test_rendering import excerpt
from tools.discord_markdown import alive, shown

from briefbot.discord.catalogue import catalogue
from briefbot.discord.citing import citation_line, plain_citation, title_of, with_fragment
from briefbot.harmless import one_line, printable

WORDS = catalogue("en")
PAGE = "https://news.example/visit"


def test_a_line_holds_title_page_or_heading_paragraph_and_date() -> None:
    fragment = f"{PAGE}#:~:text=Kim%20met%20Putin%20at%20the%20cosmodrome."
    rest = "paragraph 1 · 2023-09-13"
    assert citation_line(excerpt(), WORDS) == f"[The Visit](<{fragment}>) · By train · {rest}"
    assert citation_line(excerpt(url=None), WORDS) == f"The Visit · By train · {rest}"
    assert citation_line(excerpt(url=None, pages=(4, 4)), WORDS) == f"The Visit · page 4 · {rest}"
    assert citation_line(excerpt(url=None, pages=(4, 6)), WORDS) == f"The Visit · page 4–6 · {rest}"
    assert citation_line(excerpt(url=None, heading=(), date=None), WORDS) == "The Visit · paragraph 1"
    assert citation_line(excerpt(url=None, heading=("A", "the visit", "B")), WORDS) == f"The Visit · A › B · {rest}"


def test_rows_and_code_are_linked_without_a_sentence_since_a_page_shows_them_otherwise() -> None:
    assert citation_line(excerpt("a,b", kind="row"), WORDS).startswith(f"[The Visit](<{PAGE}>) · ")


def test_what_is_long_is_cut_and_what_would_come_alive_is_escaped() -> None:
    line = citation_line(excerpt(url=None, title="*T" * 100, heading=("@everyone " * 30,)), WORDS)
    title, heading, *_ = line.split(" · ")
    assert title == r"\*T" * 59 + r"\*…"
    assert heading.startswith(r"\@everyone \@everyone ")
    assert heading.endswith("…")


def test_a_title_that_cannot_be_seen_is_replaced_by_the_documents_name() -> None:
    cited = excerpt(title="\u200b\n ").citation
    assert title_of(cited) == "visit.md"
    assert title_of(replace(cited, title=" The\nVisit ")) == "The Visit"


def test_a_plain_citation_has_all_that_another_reader_needs() -> None:
    cited = excerpt().citation
    assert plain_citation(cited, WORDS) == (
        f"The Visit · A. Author · By train · paragraph 1 · 2023-09-13 · visit.md · <{PAGE}>"
    )
    bare = replace(cited, author=None, url="javascript:alert(1)", date=None, heading=())
    assert plain_citation(bare, WORDS) == "The Visit · paragraph 1 · visit.md"


@pytest.mark.parametrize(
    ("sentence", "address"),
    [
        ("It rained.", f"{PAGE}#:~:text=It%20rained."),
        ("a-b, c & d", f"{PAGE}#:~:text=a%2Db%2C%20c%20%26%20d"),
        (
            "one two three four five six seven eight",
            f"{PAGE}#:~:text=one%20two%20three%20four%20five%20six%20seven%20eight",
        ),
        (
            "one two three four five six seven eight nine",
            f"{PAGE}#:~:text=one%20two%20three%20four,six%20seven%20eight%20nine",
        ),
        ("", PAGE),
        (" \n ", PAGE),
        ("长" * 40, PAGE),
    ],
)
def test_an_address_leads_to_the_sentence_by_its_first_and_last_words(sentence: str, address: str) -> None:
    assert with_fragment(PAGE, sentence) == address


def test_an_address_that_has_a_fragment_keeps_it_and_a_very_long_one_stays_as_it_is() -> None:
    assert with_fragment(f"{PAGE}#part", "It rained.") == f"{PAGE}#part:~:text=It%20rained."
    long = f"{PAGE}?{'q' * 300}"
    assert with_fragment(long, "It rained.") == long


@given(any_text, any_text, any_text, st.none() | any_text.map(lambda path: f"https://a.example/{path}"))
def test_nothing_of_a_citation_comes_alive_but_the_link_and_all_of_it_is_read(
    title: str, author: str, heading: str, url: str | None
) -> None:
    found = excerpt(title=title, author=author, heading=(heading,), url=url)
    for content in (citation_line(found, WORDS), plain_citation(found.citation, WORDS)):
        assert {each.kind for each in alive(content)} <= {"link", "autolink", "url"}
        assert "\n" not in content
    assert printable(one_line(author)) in shown(plain_citation(found.citation, WORDS))
