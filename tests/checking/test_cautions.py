"""A negation, condition or hedge that is cut off never goes without a warning."""

from __future__ import annotations

import json
from importlib import resources

import pytest
from tests.checking.told import checked

from briefbot.checking import Cause, Verdict
from briefbot.checking.cautions import cautions, negates

LISTS = json.loads(resources.files("briefbot.checking").joinpath("cautions.json").read_text("utf-8"))
CAUSES = {"negation": Cause.NEGATION, "condition": Cause.CONDITION, "hedge": Cause.HEDGE}
EVERY_PHRASE = [
    pytest.param(language, cause, phrase, id=f"{language} {phrase}")
    for language, lists in LISTS.items()
    for kind, cause in CAUSES.items()
    for phrase in lists[kind]
]


@pytest.mark.parametrize(("language", "cause", "phrase"), EVERY_PHRASE)
def test_every_word_of_the_lists_is_warned_of_where_it_is_cut_off(language: str, cause: Cause, phrase: str) -> None:
    text = f"“Alpha beta {phrase} gamma delta epsilon zeta”<Kim> Kim."

    for claim in ("gamma delta epsilon zeta", "Alpha beta … gamma delta epsilon zeta"):
        found = checked(text, claim, language=language)
        assert cause in {it.cause for it in found.warnings}
        assert found.verdict in (Verdict.PART, Verdict.SHORTENED)


@pytest.mark.parametrize(
    ("text", "claim", "cause"),
    [
        (
            "It is not true that “the bridge will be closed in October”<Lee>, said Lee.",
            "the bridge will be closed in October",
            Cause.NEGATION,
        ),
        ("Kim denied having said “we leave the island tomorrow”<Kim>.", "we leave the island tomorrow", Cause.NEGATION),
        ("He is reportedly sure “we leave the island tomorrow”<Kim>.", "we leave the island tomorrow", Cause.HEDGE),
        (
            "“We leave the island tomorrow”<Kim>, said Kim, unless it rains.",
            "We leave the island tomorrow",
            Cause.CONDITION,
        ),
        (
            "“We leave the island tomorrow,”<Kim> said Kim. That is not true.",
            "We leave the island tomorrow",
            Cause.NEGATION,
        ),
        (
            "“We leave the island tomorrow,”<Kim> said Kim.\n\nThis was false.",
            "We leave the island tomorrow",
            Cause.NEGATION,
        ),
        ("“We leave the island tomorrow. Not.”<Kim>", "We leave the island tomorrow", Cause.NEGATION),
        ("“I doubt it. We leave the island tomorrow.”<Kim>", "We leave the island tomorrow", Cause.NEGATION),
        ("“If Sen. Lee comes, we leave the island.”<Kim>", "Lee comes, we leave the island", Cause.CONDITION),
        ("“I do not trust the U.S. Army to leave the island.”<Kim>", "Army to leave the island", Cause.NEGATION),
        ("“I can’t say ... We leave the island tomorrow.”<Kim>", "We leave the island tomorrow", Cause.NEGATION),
        ("“We leave the island; I do not want to.”<Kim>", "We leave the island", Cause.NEGATION),
        ("“We leave,”<Kim 1> said Kim, “if the storm is over.”<Kim 1>", "We leave", Cause.CONDITION),
        ("“Nobody but a fool says that we leave the island.”<Kim>", "we leave the island", Cause.NEGATION),
    ],
)
def test_what_stands_around_is_looked_through(text: str, claim: str, cause: Cause) -> None:
    found = checked(text, claim)

    assert found.verdict.is_exact
    assert cause in {it.cause for it in found.warnings}
    assert not found.is_sound


@pytest.mark.parametrize(
    ("text", "claim", "language"),
    [
        ("„Wir glauben nicht, dass wir die Schule schließen werden.“<Kim>", "wir die Schule schließen werden", "de"),
        ("«No creo que cerremos la escuela este año»<Kim>", "cerremos la escuela este año", "es"),
        ("«Мы не закроем школу в этом году»<Kim>", "закроем школу в этом году", "ru"),
        ("“Okulu bu yıl kapatacağımızı sanmıyorum”<Kim> dedi.", "Okulu bu yıl kapatacağımızı", "tr"),
        ("「我们不会在今年关闭这所学校。」<Kim>", "会在今年关闭这所学校", "zh"),
        ("“We do not close the school this year”<Kim>", "close the school this year", None),
        ("“We do not close the school this year”<Kim>", "close the school this year", "fr"),
        ("„Wir werden nie die Schule schließen.“<Kim>", "die Schule schließen", "en"),
    ],
)
def test_a_cut_negation_is_seen_in_each_language_and_if_the_language_is_told_wrongly(
    text: str, claim: str, language: str | None
) -> None:
    found = checked(text, claim, language=language)

    assert found.verdict is Verdict.PART
    assert Cause.NEGATION in {it.cause for it in found.warnings}


def test_what_is_said_plainly_has_no_warning() -> None:
    text = "The harbour is full. “We leave the island tomorrow,”<Kim> said Kim on Monday. The market opens at ten."

    assert checked(text, "We leave the island tomorrow").warnings == ()


def test_a_changed_word_that_turned_the_sense_is_warned_of() -> None:
    found = checked("“We can’t leave the island tomorrow.”<Kim>", "We can leave the island tomorrow")

    assert found.verdict is Verdict.ALTERED
    assert Cause.NEGATION in {it.cause for it in found.warnings}


def test_the_words_around_are_shown() -> None:
    found = cautions("one two three four five not six seven eight nine ten, if", "en")

    assert [it.words for it in found] == ["two three four five not six seven eight nine", "seven eight nine ten, if"]
    assert negates("never", "en")
    assert not negates("ever", "en")
