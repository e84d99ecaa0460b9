"""How a claim reads beside a place: exact spans of what is there, what is left out, and what differs."""

from __future__ import annotations

import pytest

from briefbot.checking.alignment import aligned
from briefbot.checking.comparing import Claimed, Place, Reading, read
from briefbot.checking.folding import key, words
from briefbot.checking.verdicts import Change

TEXT = "He said: “We will never, ever, leave the non-\nviolent island of 5,000 people.” So it was."


def beside(claim: str, text: str = TEXT) -> Reading | None:
    claimed = Claimed.of(claim)
    place = Place(text, words(text))
    known: dict[str, int] = {}
    ours, theirs = (
        [known.setdefault(key(word.form), len(known)) for word in found] for found in (claimed.words, place.words)
    )
    return read(claimed, place, aligned(ours, theirs, claimed.marked))


def test_a_claim_knows_its_omission_marks_and_no_outer_signs() -> None:
    claimed = Claimed.of("“… We will … leave [...] it ...”")

    assert claimed.forms == ("We", "will", "leave", "it")
    assert claimed.marked == {2, 3}


def test_spans_are_those_of_the_document() -> None:
    reading = beside("never, ever, leave the … island")

    assert reading is not None
    assert reading.span.of(TEXT) == "never, ever, leave the non-\nviolent island"
    assert [it.of(TEXT) for it in reading.pieces] == ["never, ever, leave the", "island"]
    assert [(it.span.of(TEXT), it.marked) for it in reading.omissions] == [("non-\nviolent", True)]
    assert (reading.differences, reading.same, reading.is_question) == ((), False, False)


@pytest.mark.parametrize(
    ("claim", "changes"),
    [
        ("We will never, ever, leave", []),
        ("We will never ever, leave", [(Change.SIGNS, "never ever", "never, ever")]),
        ("we will never, ever, leave", [(Change.WORDS, "we", "We")]),
        ("We will never, ever, ever leave the", [(Change.ADDED, "ever", "")]),
        ("the non-violent island of 5.000 people", [(Change.WORDS, "5.000", "5,000")]),
        ("island of 5,000 people?", [(Change.SIGNS, "people?", "people.")]),
        ("island of 5,000 people!", [(Change.SIGNS, "people!", "people.")]),
        ("island of 5,000 people,", []),
    ],
)
def test_differences_hold_both_sides(claim: str, changes: list[tuple[Change, str, str]]) -> None:
    reading = beside(claim)

    assert reading is not None
    assert [(it.change, it.says, it.document) for it in reading.differences] == changes


def test_words_left_out_without_a_mark_are_told_apart_from_those_with_one() -> None:
    reading = beside("We will … leave the island")

    assert reading is not None
    assert [(it.span.of(TEXT), it.marked) for it in reading.omissions] == [
        ("never, ever", True),
        ("non-\nviolent", False),
    ]


def test_each_word_knows_whether_it_agrees() -> None:
    reading = beside("We shall never, ever, leave")

    assert reading is not None
    assert reading.agreeing == (True, False, True, True, True)


def test_nothing_in_common_is_no_reading() -> None:
    assert beside("Completely other words") is None
