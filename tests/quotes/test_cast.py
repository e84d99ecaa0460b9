from __future__ import annotations

import pytest

from briefbot.quotes.cast import Cast, bare_name, pronoun_gender
from briefbot.quotes.words import words_for

WORDS = words_for("en")


def cast(text: str, *common: str) -> Cast:
    return Cast(text, WORDS, frozenset(common))


@pytest.mark.parametrize(
    ("text", "name", "whole"),
    [
        ("Karin Holt came.", "Holt", "Karin Holt"),
        ("Karin Holt came.", "Mrs. Holt", "Karin Holt"),
        ("Karin Holt came.", "Berg", "Berg"),
        ("Kim Jong Un came.", "Kim", "Kim Jong Un"),
        ("Karin Holt came. Bo Holt came. Karin Holt left.", "Holt", "Karin Holt"),
        ("Karin Holt came. Thomas Holt came. Karin Holt left.", "Mr. Holt", "Thomas Holt"),
        ("Karin Holt came. Thomas Holt came.", "Holt", "Karin Holt"),
        ("Transport Minister Karin Holt came.", "HOLT", "Karin Holt"),
        ("The Holt Tower fell.", "Holt", "Holt"),
        ("Anna van der Berg came.", "Berg", "Anna van der Berg"),
        ("Karin Holt Says Thomas Berg Lies. Berg left.", "Berg", "Berg"),
        ("It is Karin Holt’s Bridge Company.", "Holt", "Karin Holt"),
        ("", "外交部发言人李明", "外交部发言人李明"),
    ],
)  # fmt: skip
def test_a_name_stands_for_the_longest_that_the_document_has(text: str, name: str, whole: str) -> None:
    assert cast(text, "tower").whole(name) == whole


@pytest.mark.parametrize(
    ("text", "name", "gender"),
    [
        ("", "Karin Holt", "feminine"),
        ("", "Thomas Berg", "masculine"),
        ("", "Tuva Holt", None),
        ("Mrs. Adeyemi came.", "Adeyemi", "feminine"),
        ("Tuva Holt opened her bridge.", "Tuva Holt", "feminine"),
        ("Tuva Holt saw her. Tuva Holt saw him.", "Tuva Holt", None),
        ("", "", None),
    ],
)
def test_gender_is_told_by_given_names_titles_and_pronouns(text: str, name: str, gender: str | None) -> None:
    assert cast(text).gender(name) == gender


def test_a_body_is_no_person_nor_is_a_word_that_never_says_anything() -> None:
    people = cast("Mrs. Adeyemi came to the tower.", "tower", "hill")
    people.note_speakers(["Milford"])

    names = ("Milford College", "Blue Tower", "Tuva Holt", "Karin Hill", "Milford", "Adeyemi", "Sunday")
    assert [people.is_person(name) for name in names] == [False, False, True, True, True, True, False]


def test_whoever_says_something_is_kept_under_the_whole_name() -> None:
    people = cast("Karin Holt came.")
    people.note_speakers(["Holt"])

    assert [people.speaks(name) for name in ("Karin Holt", "Holt")] == [True, False]


@pytest.mark.parametrize(
    ("written", "bare", "gender"),
    [
        ("former council spokeswoman Karin Holt (R-Tex.)", ["Karin", "Holt"], "feminine"),
        ("Dr. Holt’s", ["Holt"], None),
        ("the Department of Transport", ["Department", "of", "Transport"], None),
        ("Minister", ["Minister"], None),
    ],
)
def test_a_bare_name_is_without_titles_and_descriptions(written: str, bare: list[str], gender: str | None) -> None:
    assert bare_name(written.split(), WORDS) == (bare, gender)


@pytest.mark.parametrize(
    ("pronoun", "language", "gender"),
    [("he", "en", "masculine"), ("she", "en", "feminine"), ("they", "en", None), ("it", "en", None),
     ("sie", "de", "feminine"),     ("он", "ru", "masculine"), ("她", "zh", "feminine"), ("o", "tr", None)],
)  # fmt: skip
def test_a_pronoun_tells_whom_it_stands_for(pronoun: str, language: str, gender: str | None) -> None:
    assert pronoun_gender(pronoun, words_for(language)) == gender
