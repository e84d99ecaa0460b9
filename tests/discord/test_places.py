"""What is offered for a document as somebody types, and what the typed means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.discord.hostile import any_text

from briefbot.discord.limits import CHOICE, CHOICES, length
from briefbot.discord.places import completions, resolved
from briefbot.reports import DocumentLine
from briefbot.serving.references import hash_of


def line(name: str, title: str | None = None) -> DocumentLine:
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return DocumentLine(name, stem if title is None else title, None, 1, None)


LINES = [
    line("visit.md", "The Visit"),
    line("team/food.txt"),
    line("team/codes.csv", "Codes of Faults"),
    line("team/old/food.txt", "Old Food"),
]
LONG = "a" * 90 + "/" + "b" * 90 + ".txt"


def test_the_best_begin_with_what_was_typed_and_shallow_places_come_first() -> None:
    assert completions(LINES, "") == [
        ("team/", "team"),
        ("visit.md · The Visit", "visit.md"),
        ("team/codes.csv · Codes of Faults", "team/codes.csv"),
        ("team/food.txt · food", "team/food.txt"),
        ("team/old/", "team/old"),
        ("team/old/food.txt · Old Food", "team/old/food.txt"),
    ]
    assert [meant for _, meant in completions(LINES, " FOOD ")] == ["team/food.txt", "team/old/food.txt"]
    assert [meant for _, meant in completions(LINES, "o")] == [
        "team/old",
        "team/old/food.txt",
        "team/codes.csv",
        "team/food.txt",
    ]
    assert completions(LINES, "harbour") == completions([], "") == []


def test_a_name_that_is_too_long_is_meant_by_its_hash() -> None:
    (folder, (shown, meant)) = completions([line(LONG, "Minutes")], "")
    assert folder == (f"{'a' * 90}/", "a" * 90)
    assert (shown, meant) == (f"{LONG[:99]}…", f"#{hash_of(LONG)}")
    assert resolved([line(LONG, "Minutes")], meant) == LONG


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("visit.md", "visit.md"),
        ("team", "team"),
        ("team/", "team"),
        ("the visit", "visit.md"),
        (" The Visit ", "visit.md"),
        ("CODES OF", None),
        ("codes", "team/codes.csv"),
        ("VISIT.MD", "visit.md"),
        ("Team/Old/", "team/old"),
        ("team/food.txt", "team/food.txt"),
        ("food.txt", None),
        ("", None),
        ("  ", None),
        ("/", None),
        ("harbour", None),
        (f"#{hash_of('visit.md')}", None),
    ],
)
def test_what_was_typed_means_one_place_or_none(typed: str, meant: str | None) -> None:
    assert resolved(LINES, typed) == meant


def test_a_document_without_a_title_is_not_taken_for_a_folder() -> None:
    assert completions([line("a.txt", "\u200b")], "") == [("a.txt", "a.txt")]


def test_an_exact_name_goes_before_a_title_and_equal_titles_mean_nothing() -> None:
    lines = [line("a.txt", "b.txt"), line("b.txt", "same"), line("c.txt", "same")]
    assert resolved(lines, "b.txt") == "b.txt"
    assert resolved(lines, "same") is None


@given(st.lists(st.tuples(any_text, any_text), max_size=40), any_text)
def test_whatever_documents_are_called_every_choice_fits_and_means_what_it_shows(
    named: list[tuple[str, str]], typed: str
) -> None:
    lines = [line("/".join(filter(None, name.split("/"))) or "x", title) for name, title in named]
    offered = completions(lines, typed)
    assert len(offered) <= CHOICES
    for shown, meant in offered:
        assert 1 <= length(shown) <= CHOICE
        assert 1 <= length(meant) <= CHOICE
        place = resolved(lines, meant)
        assert place is not None
        assert meant in (place, f"#{hash_of(place)}")
