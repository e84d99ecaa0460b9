from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.quotes import may_name, same_speaker, speaker_key
from briefbot.quotes.spellings import is_pronoun

ALIASES = {"The Rock": "Dwayne Johnson", "MbS": "Mohammed bin Salman"}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Kim Jong-un", "kim jong un"),
        ("KIM JONG UN", "kim jong un"),
        ("Dr. Jana Müller", "jana muller"),
        ("Sen. Anna O’Neill (R-Tex.)", "anna oneill"),
        ("J. K. Berg", "j k berg"),
        ("J.K. Berg", "j k berg"),
        ("Thomas Berg Jr.", "thomas berg"),
        ("Holt’s", "holt"),
        ("the president", "president"),
        ("Анна Орлова", "анна орлова"),
        ("毛宁", "毛宁"),
        ("The Rock", "rock"),
        ("", ""),
        ("—", ""),
    ],
)
def test_a_key_is_what_spellings_have_in_common(name: str, key: str) -> None:
    assert speaker_key(name) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kim Jong-un", "Kim Jong Un"),
        ("Jean-Luc Müller", "JEAN LUC MULLER"),
        ("D. Berg", "Dora Berg"),
        ("Dora A. Berg", "Dora Berg"),
        ("Dora A. Berg", "D. Anna Berg"),
        ("President Vladimir Orlov", "Vladimir Orlov"),
        ("Mr. Hall", "Hall"),
        ("Señor Ruiz", "Ruiz"),
        ("Bundeskanzlerin Anna Weber", "Anna Weber"),
    ],
)
def test_spellings_of_one_speaker_are_the_same(one: str, other: str) -> None:
    assert same_speaker(one, other)
    assert same_speaker(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dora Berg", "Anna Berg"),
        ("D. Berg", "Anna Berg"),
        ("Dora Berg", "Dora Holt"),
        ("Berg", "Dora Berg"),
        ("Kim Jong Un", "Kim Jong Il"),
        ("Dora A. Berg", "Dora B. Berg"),
        ("", ""),
        ("Berg", ""),
    ],
)
def test_different_speakers_are_not_the_same(one: str, other: str) -> None:
    assert not same_speaker(one, other)
    assert not same_speaker(other, one)


def test_aliases_come_before_every_rule() -> None:
    assert speaker_key("the rock", ALIASES) == "dwayne johnson"
    assert same_speaker("MBS", "Mohammed bin Salman", ALIASES)
    assert not same_speaker("MBS", "Mohammed bin Salman")


@pytest.mark.parametrize(
    ("short", "whole", "may"),
    [
        ("Berg", "Dora Berg", True),
        ("Kim", "Kim Jong Un", True),
        ("D. Berg", "Dora Berg", True),
        ("Berg", "Dora Holt", False),
        ("Dora Berg", "Berg", False),
        ("", "Berg", False),
    ],
)
def test_a_surname_may_name_its_bearer(short: str, whole: str, may: bool) -> None:
    assert may_name(short, whole) is may


@given(st.text(max_size=30), st.text(max_size=30))
def test_sameness_goes_both_ways_and_never_fails(one: str, other: str) -> None:
    assert same_speaker(one, other) == same_speaker(other, one)
    assert speaker_key(speaker_key(one)) == speaker_key(one)


@pytest.mark.parametrize("name", ["I", "They", "others", "sie"])
def test_a_pronoun_is_no_name(name: str) -> None:
    assert is_pronoun(name)
    assert not is_pronoun(f"{name} Holt")
