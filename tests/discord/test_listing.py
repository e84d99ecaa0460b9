"""Lists as blocks of text: each within a message's limits, complete over its pages, and of words that stay text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.discord.hostile import any_text
from tools.discord_markdown import alive

from briefbot.discord.catalogue import LANGUAGES, catalogue
from briefbot.discord.limits import LIST_BYTES, LIST_COMPONENTS, LIST_TEXT, length
from briefbot.discord.listing import (
    PAGE,
    Page,
    State,
    render_document,
    render_help,
    render_privacy,
    render_sources,
    render_status,
)
from briefbot.discord.messages import ListMessage
from briefbot.discord.tickets import Narrowing, Ticket
from briefbot.model import Document, Metadata
from briefbot.reports import DocumentLine
from briefbot.serving.references import hash_of

WORDS = catalogue("en")
MADE = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = MADE + timedelta(hours=5)
STATE = State(7, MADE, 3, 12, "all-MiniLM-L6-v2", "1.0", MADE, NOW, "no_use", problem=False, building=False)


def line(name: str = "visit.md", title: str = "The Visit", day: date | None = None) -> DocumentLine:
    return DocumentLine(name, title, day, 2, "en")


def page(offset: int = 0) -> Page:
    return Page(offset, MADE, NOW)


def targets(message: ListMessage) -> dict[str, Ticket]:
    return {button.label: button.ticket for row in message.buttons for button in row}


def assert_fits(message: ListMessage) -> None:
    assert sum(map(length, message.blocks)) <= LIST_TEXT
    assert sum(len(block.encode()) for block in message.blocks) <= LIST_BYTES
    components = len(message.blocks) + sum(1 + len(row) for row in message.buttons)
    assert components <= LIST_COMPONENTS


def test_a_page_of_documents_tells_how_many_there_are_and_how_old_the_index_is() -> None:
    documents = [line(day=date(2023, 9, 13)), line("a_b/c.txt", "")]
    assert render_sources(documents, "a_b", page(), WORDS) == ListMessage(
        (
            "**Documents:** 2 · passages: 4\nOnly in a\\_b\nIndex of 2026-03-01 12:00 UTC (age: 5 h)",
            "**The Visit**\n-# visit.md · 2023-09-13 · passages: 2",
            "**a\\_b/c.txt**\n-# a\\_b/c.txt · passages: 2",
        )
    )


def test_pages_lead_on_and_back_within_their_folder() -> None:
    documents = [line(f"{number}.txt") for number in range(25)]
    narrowed = Narrowing(hash_of("team"))
    assert targets(render_sources(documents, None, page(), WORDS)) == {"Next": Ticket("sources", None, PAGE)}
    assert targets(render_sources(documents, "team", page(PAGE), WORDS)) == {
        "Previous": Ticket("sources", None, 0, narrowed),
        "Next": Ticket("sources", None, 2 * PAGE, narrowed),
    }
    assert targets(render_sources(documents, None, page(2 * PAGE), WORDS)) == {
        "Previous": Ticket("sources", None, PAGE)
    }
    assert targets(render_sources(documents[:PAGE], None, page(), WORDS)) == {}


@given(st.lists(st.tuples(any_text, any_text), min_size=1, max_size=25), st.sampled_from([1, 9]))
@example([("*_" * 60, "*`" * 60)] * 12, 1)
def test_every_document_is_on_a_page_whatever_it_is_called(named: list[tuple[str, str]], times: int) -> None:
    documents = [line(f"{name * times}.txt", title * times) for name, title in named]
    offset, seen = 0, 0
    while True:
        message = render_sources(documents, None, page(offset), WORDS)
        assert_fits(message)
        assert {each.kind for block in message.blocks for each in alive(block)} <= {"bold", "subtext"}
        seen += len(message.blocks) - 1
        following = targets(message).get("Next")
        if following is None:
            break
        assert following.offset > offset
        offset = following.offset
    assert seen == len(documents)


def test_a_document_is_told_of_with_what_is_known_and_a_button_to_read_it() -> None:
    document = Document("visit.md", "The *Visit*", "…", Metadata(author="A. Author", date=date(2023, 9, 13)), "en", ())
    told = render_document(document, line(), "https://news.example/visit", WORDS)
    (block,) = told.blocks
    assert block.split("\n") == [
        "**The \\*Visit\\* · <https://news.example/visit>**",
        "Name: visit.md",
        "Author: A. Author",
        "Date: 2023-09-13",
        "Language: en",
        "passages: 2",
    ]
    assert targets(told) == {"Read": Ticket("read", None, 1, Narrowing(hash_of("visit.md")))}
    bare = replace(document, metadata=Metadata(), language=None)
    assert render_document(bare, line(), None, WORDS).blocks == ("**The \\*Visit\\***\nName: visit.md\npassages: 2",)


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        (
            {},
            [
                "Index: generation 7, made 2026-03-01 12:00 UTC (age: 5 h)",
                "Documents: 3 · passages: 12",
                "Model: all-MiniLM-L6-v2",
            ],
        ),
        ({"generation": None, "made": None, "lack": "loading"}, ["I am still loading the index."]),
        (
            {"generation": None, "made": None, "lack": "no_index", "problem": True},
            ["There is no index yet. An operator must run: `briefbot build`"],
        ),
        (
            {"generation": None, "made": None, "problem": True, "building": True},
            [
                "There is an index, but it cannot be used. The log says why.",
                "A new index is being built.",
            ],
        ),
        (
            {"problem": True},
            [
                "Index: generation 7, made 2026-03-01 12:00 UTC (age: 5 h)",
                "Documents: 3 · passages: 12",
                "Model: all-MiniLM-L6-v2",
                "A newer index cannot be used; this one goes on answering. The log says why.",
            ],
        ),
    ],
)
def test_status_tells_what_is_there_or_why_nothing_is(changes: dict[str, object], lines: list[str]) -> None:
    (told,) = render_status(replace(STATE, **changes), WORDS).blocks  # type: ignore[arg-type]
    assert told.split("\n") == ["**briefbot 1.0**", *lines, "Running since 2026-03-01 12:00 UTC"]


@pytest.mark.parametrize(
    ("passed", "told"),
    [
        (timedelta(seconds=-5), "age: 0 min"),
        (timedelta(seconds=59), "age: 0 min"),
        (timedelta(minutes=59, seconds=59), "age: 59 min"),
        (timedelta(hours=1), "age: 1 h"),
        (timedelta(hours=23, minutes=59), "age: 23 h"),
        (timedelta(days=1), "age: 1 d"),
        (timedelta(days=400), "age: 400 d"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(passed: timedelta, told: str) -> None:
    (status,) = render_status(replace(STATE, now=MADE + passed), WORDS).blocks
    assert f"({told})" in status


@given(st.lists(any_text, max_size=5), st.booleans(), st.sampled_from(LANGUAGES))
def test_help_has_at_most_three_examples_and_fits_in_every_language(
    examples: list[str], may_rebuild: bool, language: str
) -> None:
    words = catalogue(language)
    told = render_help(examples, may_rebuild=may_rebuild, words=words)
    assert_fits(told)
    assert told.blocks[0] == words("help.head")
    assert (words("help.reindex") in told.blocks) == may_rebuild
    if examples:
        assert told.blocks[1].count("\n") == min(3, len(examples))


def test_privacy_offers_deletion_only_where_something_is_kept() -> None:
    kept = render_privacy(kept_days=30, logged=False, words=WORDS)
    assert "Days until they are deleted: 30." in kept.blocks[0]
    assert "The log does not hold your questions." in kept.blocks[0]
    assert targets(kept) == {"Delete my feedback": Ticket("forget")}
    bare = render_privacy(kept_days=None, logged=True, words=WORDS)
    assert "Questions are written to the log" in bare.blocks[0]
    assert bare.blocks[0].endswith("Nothing else is kept.")
    assert bare.buttons == ()
