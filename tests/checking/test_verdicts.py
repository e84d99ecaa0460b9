"""What a verdict tells, in words, and which is worse."""

from __future__ import annotations

import pytest

from briefbot.checking.verdicts import Cause, Caveat, Change, Difference, Verdict


def test_every_verdict_has_a_severity_of_its_own_and_exact_is_best() -> None:
    assert [it.severity for it in Verdict] == list(range(len(Verdict)))[::-1]
    assert [it for it in Verdict if it.is_exact] == [Verdict.PART, Verdict.TYPOGRAPHY, Verdict.EXACT]


@pytest.mark.parametrize(
    ("difference", "sentence"),
    [
        (Difference(Change.WORDS, "40", "60"), "says “40” where the document says “60”"),
        (Difference(Change.SIGNS, "no more", "no, more"), "says “no more” where the document says “no, more”"),
        (Difference(Change.ADDED, "never", ""), "adds “never”"),
        (Difference(Change.LEFT_OUT, "", "not"), "leaves out “not”"),
    ],
)
def test_a_difference_in_words(difference: Difference, sentence: str) -> None:
    assert difference.sentence == sentence


@pytest.mark.parametrize("cause", list(Cause))
def test_every_caveat_is_a_sentence(cause: Cause) -> None:
    plain, placed = Caveat(cause, "these words"), Caveat(cause, "these words", "a.txt")

    assert placed.sentence == f"a.txt: {plain.sentence}"
    assert "{" not in plain.sentence


def test_the_words_of_a_caveat_are_never_taken_for_a_pattern() -> None:
    assert "{words} and {0}" in Caveat(Cause.NEGATION, "{words} and {0}").sentence
