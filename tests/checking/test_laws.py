"""The laws of checking, on texts that nobody thought of: what is altered is never exact, what only looks it is.

Work is counted in lines of Python that run, never by the clock.
"""

from __future__ import annotations

import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.checking.told import EVERYONE, checked, same_name, source, told

from briefbot.checking import Bench, Source, Verdict, check

if TYPE_CHECKING:
    from types import FrameType

SAID = [
    "We will not leave the island before the winter storms arrive, and that’s final",
    "The harbour has room for 40 boats — and every captain knows the official way",
    "If the bank agrees, we may open a second bakery in the fifth street; nobody objects",
    "Prices rose by 5.5% in 2015 … but wages did not rise at all",
    "Der Bürgermeister hält die Öffnung der Brücke für überflüssig und teuer",
]
PAPER = " ".join(f"“{words}.”<Kim>" for words in SAID)
OTHERS = ["winter", "no", "not", "41", "The", "never", "island", "ship", "bank", "x", "5.6"]
SPACES = st.sampled_from([" ", "\n", "  ", "\u00a0", " \n", "\u2009", "\r\n", "\n> ", " **"])
LIGATURES = {"ffi": "ﬃ", "fi": "ﬁ", "fl": "ﬂ"}


def alone(word: str) -> bool:
    """Tell whether a word of a claim is one for the project too."""
    return any(map(str.isalnum, word))


@given(st.sampled_from(SAID), st.sampled_from(OTHERS), st.data())
def test_a_text_with_one_word_changed_is_never_exact(said: str, other: str, data: st.DataObject) -> None:
    words = said.split()
    place = data.draw(st.sampled_from([i for i, word in enumerate(words) if alone(word)]))
    assume(other != words[place].strip(",;%"))
    changed = " ".join([*words[:place], other, *words[place + 1 :]])

    assert not checked(PAPER, changed).verdict.is_exact


@given(st.sampled_from(SAID), st.sampled_from(OTHERS), st.data())
def test_a_text_with_one_word_more_is_never_exact(said: str, other: str, data: st.DataObject) -> None:
    words = said.split()
    place = data.draw(st.integers(1, len(words) - 1))

    assert not checked(PAPER, " ".join([*words[:place], other, *words[place:]])).verdict.is_exact


@given(st.sampled_from(SAID), st.data())
def test_a_text_with_a_word_less_is_never_exact(said: str, data: st.DataObject) -> None:
    words = said.split()
    places = [i for i, word in enumerate(words[1:-1], 1) if alone(word) and words[i - 1] != word]
    place = data.draw(st.sampled_from(places))

    assert not checked(PAPER, " ".join([*words[:place], *words[place + 1 :]])).verdict.is_exact


@given(st.sampled_from(SAID), st.data())
def test_a_text_with_one_letter_changed_is_never_exact(said: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([i for i, sign in enumerate(said) if sign.isalnum()]))
    other = data.draw(st.sampled_from("aeinstAEINST0123456789éßж²½"))
    assume(other != said[place])

    assert not checked(PAPER, said[:place] + other + said[place + 1 :]).verdict.is_exact


@given(st.sampled_from(SAID), st.data())
def test_typography_never_makes_a_difference(said: str, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(["“{}”", '"{}."', "{}", "> {}\n", "„{}“,"])).format(said)
    for letters, ligature in LIGATURES.items():
        text = text.replace(letters, data.draw(st.sampled_from([letters, ligature])))
    text = text.replace("’", data.draw(st.sampled_from("’'‘´")))
    text = text.replace(" — ", data.draw(st.sampled_from([" — ", "—", "--", " – ", " -- "])))
    text = text.replace("…", data.draw(st.sampled_from(["…", "...", ". . .", "[…]"])))
    text = unicodedata.normalize(data.draw(st.sampled_from(["NFC", "NFD"])), text)
    parts = text.split(" ")
    text = parts[0] + "".join(data.draw(SPACES) + part for part in parts[1:])
    inside = [i for i in range(1, len(text)) if text[i - 1 : i + 1].isalpha() and text[i - 1 : i + 1].isascii()]
    for place in sorted(data.draw(st.sets(st.sampled_from(inside), max_size=3)), reverse=True):
        text = text[:place] + data.draw(st.sampled_from(["\u00ad", "-\n", "\u200b", "‐\r\n  "])) + text[place:]

    assert checked(PAPER, text).verdict in (Verdict.EXACT, Verdict.TYPOGRAPHY)


@given(st.sampled_from(SAID), st.data())
def test_a_part_of_a_quotation_is_told_to_be_one(said: str, data: st.DataObject) -> None:
    words = said.split()
    first = data.draw(st.integers(0, len(words) - 5))
    last = data.draw(st.integers(first + 5, len(words)))
    part = words[first:last]
    assume(alone(part[0]) and alone(part[-1]) and len(part) < len(words))
    found = checked(PAPER, " ".join(part))

    assert found.verdict is Verdict.PART
    assert found.matches[0].sentence.strip("“”") == f"{said}."


@given(st.text(max_size=60))
def test_any_text_has_a_verdict(text: str) -> None:
    paper = [source(told(PAPER))]

    assert check(text, paper, EVERYONE, Bench("Kim", same_name)).verdict in Verdict


@given(st.text("ab “”….\n'", max_size=80), st.text("ab …", max_size=20))
def test_every_match_is_where_it_says(text: str, claim: str) -> None:
    document, quotations = told(text)
    found = check(claim, [source((document, quotations))], EVERYONE, Bench(None, same_name))

    assert len({(it.document, it.span) for it in found.matches}) == len(found.matches)
    for match in found.matches:
        assert match.span.of(document.text) == match.text
        assert match.sentence_span.of(document.text) == match.sentence
        assert match.text in match.sentence
        assert all(match.span.start <= it.start < it.end <= match.span.end for it in match.left_out)


def steps(paper: Source, claim: str) -> int:
    """Return how many lines of this project run to check a claim."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if "briefbot" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        check(claim, [paper], EVERYONE, Bench(None, same_name))
    finally:
        sys.settrace(before)
    return count


LONG = " ".join(f"{word}{i % 7}" for i in range(4_000) for word in ("stone", "river", f"cloud{i}", "the"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda n: LONG[:n], id="what is there"),
        pytest.param(lambda n: " ".join(LONG[:n].split(" ")[::2]), id="every other word"),
        pytest.param(lambda n: LONG[:n].replace("river3", "sea"), id="words changed"),
        pytest.param(lambda n: LONG[:n].replace(" the ", " … "), id="many omission marks"),
        pytest.param(lambda n: "the " * (n // 4), id="one word"),
        pytest.param(lambda n: "stone1 river1 " * (n // 14), id="two words"),
        pytest.param(lambda n: "“" * n, id="quotation marks"),
        pytest.param(lambda n: "a-\n" * (n // 3), id="line ends"),
        pytest.param(lambda n: "[…] x " * (n // 6), id="omission marks"),
        pytest.param(lambda n: "x\u00ad" * (n // 2), id="soft hyphens"),
    ],
)
def test_work_grows_with_the_length_of_the_claim(made: Any) -> None:
    marked = LONG.replace(" the ", " ”<Kim> the “")
    paper = source(told(f"“{LONG}”<Kim>", "one.txt"), told(f"“{marked}”<Kim>", "two.txt"))
    few, many = steps(paper, made(10_000)), steps(paper, made(20_000))

    assert many <= 2.4 * few + 20_000
