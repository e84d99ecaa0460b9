"""Which places of a source are read, and what is taken for a version of a claim."""

from __future__ import annotations

from tests.checking.told import EVERYONE, checked, same_name, source, told

from briefbot.checking import Bench, Cause, Verdict, check
from briefbot.checking.readings import READ

LONG = " ".join(f"word{i}" for i in range(120))


def test_of_too_many_places_whole_quotations_are_read_first() -> None:
    text = "A ship came. " * (READ + 50) + "“Ship ahoy,”<Kim> said Kim. “Ship!”<Kim> said Kim."
    found = checked(text, "Ship")

    assert found.verdict is Verdict.EXACT
    assert Cause.MANY_PLACES in {it.cause for it in found.warnings}


def test_another_place_where_the_same_words_are_cut_off_is_warned_of() -> None:
    one = told("“We must leave the island tomorrow,”<Kim> said Kim.", "a.txt")
    two = told("“I never said that We must leave the island tomorrow,”<Kim> said Kim.", "b.txt")
    found = check("We must leave the island tomorrow", [source(one, two)], EVERYONE, Bench(None, same_name))

    assert found.verdict is Verdict.EXACT
    assert [(it.cause, it.document) for it in found.warnings] == [(Cause.NEGATION, "b.txt")]


def test_who_says_almost_the_same_twice_is_shown_twice() -> None:
    text = "“I believe in the devil. I don’t believe in the devil,”<Kim> said Kim."
    found = checked(text, "I do believe in the devil")

    assert found.verdict is Verdict.ALTERED
    assert [it.text for it in found.matches] == ["I don’t believe in the devil", "I believe in the devil"]
    assert Cause.NEGATION in {it.cause for it in found.warnings}


def test_a_mark_may_stand_for_many_words() -> None:
    found = checked(f"“We begin here and {LONG} and we end there,”<Kim>", "We begin here and … and we end there")

    assert found.verdict is Verdict.SHORTENED


def test_a_few_common_words_in_another_sentence_are_no_version() -> None:
    assert (
        checked("“It is the end of the road for us,”<Kim>", "It is the beginning of a story").verdict
        is Verdict.NOT_FOUND
    )


def test_a_place_is_told_once() -> None:
    text = "“No ship sails, no ship sails, no ship sails today and no ship sails tomorrow,”<Kim>"
    found = checked(text, "no ship sails, no ship sails, no boat sails today and no ship sails")

    assert len({(it.document, it.span) for it in found.matches}) == len(found.matches) > 0
