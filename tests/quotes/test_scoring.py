from __future__ import annotations

import math

import pytest

from briefbot.quotes.logistic import Model, model, probability
from briefbot.quotes.mentions import Mention
from briefbot.quotes.scoring import SURE, Candidate, likeliest, shares

MENTION = Mention(0, "named", 0, 1, 0, "direct", (1, 2))


def test_shares_are_probabilities_that_leave_something_for_nobody() -> None:
    assert shares([0.0, 0.0], 0.0) == [1 / 3, 1 / 3]
    assert shares([1000.0, 0.0], 0.0) == [1.0, 0.0]
    assert shares([], 0.0) == []


def test_nobody_is_credited_below_the_stated_probability() -> None:
    assert SURE == 0.5
    assert likeliest([]) is None
    assert likeliest([Candidate(MENTION, ("no such signal",))] * 9) is None


def test_the_likeliest_is_credited_with_its_probability() -> None:
    strong = Candidate(MENTION, tuple(name for name, weight in model("speaker").weights.items() if weight > 1))

    assert likeliest([Candidate(MENTION, ()), strong]) == (strong, pytest.approx(1.0, abs=1e-6))


def test_a_score_is_the_sum_of_the_weights_of_what_is_seen() -> None:
    assert Model({"a": 1.0, "b": -0.5}, 0.25).score(["a", "b", "c"]) == 0.75


def test_a_score_stands_for_a_probability() -> None:
    assert probability(0.0) == 0.5
    assert probability(math.log(3)) == pytest.approx(0.75)
    assert probability(-1e9) == pytest.approx(0.0)


def test_the_weights_say_what_they_were_learnt_on_and_how() -> None:
    assert {len(model(name).weights) > 50 for name in ("said", "speaker")} == {True}
