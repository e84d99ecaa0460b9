from __future__ import annotations

import pytest

from briefbot.model import Span
from briefbot.quotes.marks import segments
from briefbot.quotes.mentions import mentions_of
from briefbot.quotes.tokens import tokens_of
from briefbot.quotes.words import words_for

WORDS = words_for("en")


def mentioned(text: str) -> list[tuple[str, str, str, str | None]]:
    """The kind, words, link and cue of each mention of a text."""
    span = Span(0, len(text))
    tokens = tokens_of(text, span, list(enumerate(segments(text, [span]))), WORDS)
    made = []
    for one in mentions_of(0, tokens, WORDS, frozenset(("critics", "early"))):
        cue = text[tokens[one.cue[0]].start : tokens[one.cue[1] - 1].end] if one.cue else None
        made.append((one.kind, text[tokens[one.first].start : tokens[one.last - 1].end], one.link, cue))
    return made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Holt said", [("named", "Holt", "direct", "said")]),
        ("Holt also said", [("named", "Holt", "adverb", "said")]),
        ("Holt, who left, said", [("named", "Holt", "insertion", "said"), ("pronoun", "who", "none", None)]),
        ("“Go,” said Holt", [("named", "Holt", "inverted", "said")]),
        ("according to Holt", [("named", "Holt", "phrase", "according to")]),
        ("Holt: “Go”", [("named", "Holt", "colon", ":")]),
        ("“Go” — Holt", [("named", "Holt", "dash", "—")]),
        ("Holt left the hall and said", [("named", "Holt", "clause", "said")]),
        ("Holt's claim", [("named", "Holt", "saying", "claim")]),
        ("a letter by Holt", [("nominal", "a letter by Holt", "none", None)]),
        ("she said", [("pronoun", "she", "direct", "said")]),
        ("her claim", [("pronoun", "her", "saying", None)]),
        ("the barber said", [("nominal", "the barber", "direct", "said")]),
        ("critics said", [("nominal", "critics", "direct", "said")]),
        ("Critics said", [("nominal", "Critics", "direct", "said")]),
        ("Idaho executive Bo Holt said", [("named", "Idaho executive Bo Holt", "direct", "said")]),
        ("the presidential nominee Bo Holt", [("named", "the presidential nominee Bo Holt", "none", None)]),
        ("Gov. Bo “Lou” Holt (R-Tex.) said", [("named", "Gov. Bo “Lou” Holt (R-Tex.)", "direct", "said")]),
        ("one former staffer said", [("nominal", "one former staffer", "direct", "said")]),
        ("Early on Monday", []),
        ("Sadly, Monday came", []),
    ],
)  # fmt: skip
def test_whoever_may_speak_is_found_with_the_word_that_says_so(
    text: str, expected: list[tuple[str, str, str, str | None]]
) -> None:
    assert mentioned(text) == expected
