from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbot.harmless import one_line, printable

SEEN_FORMATS = [0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD]
JOINERS = [0x200C, 0x200D]
SEQUENCES = [
    "\x1b[31m",
    "\x1b[2J",
    "\x1b[2 q",
    "\x1b[?1049h",
    "\x1b]0;another title\x07",
    "\x1b]8;;https://evil.example/\x1b\\",
    "\x1b]52;c;cm0gLXJm\x07",
    "\x1bPq#0;2;0;0;0\x1b\\",
    "\x1b_G payload\x1b\\",
    "\x9b31m",
    "\x9d0;another title\x9c",
    "\x1b(B",
    "\x1bc",
    "\x1b7",
]
CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
HIDING = [*"\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", *map(chr, range(0x202A, 0x202F))]
ISOLATES = [*map(chr, range(0x2066, 0x206A)), "\U000e0041", "\U000e007f", "\u2028", "\u2029", "\ud800"]
INTRODUCERS = ["\x1b]", "\x1bP", "\x1b[", "\x1b", "[31m", ";;"]
WORDS = st.text(st.sampled_from("abzÄßжяאبकの国한9»"), min_size=1, max_size=8)
# Without what opens a payload: a terminal would not show words inside one either.
HARMLESS_TO_WORDS = [
    char for char in (*CONTROLS, *HIDING, *ISOLATES) if char not in "\ud800\x1b\x90\x98\x9b\x9d\x9e\x9f"
]


def is_harmful(char: str) -> bool:
    kind = unicodedata.category(char)
    unwanted = kind in {"Cc", "Cs", "Zl", "Zp"} and char not in "\n\t"
    return unwanted or (kind == "Cf" and ord(char) not in {*SEEN_FORMATS, *JOINERS})


def test_of_all_characters_only_those_that_can_be_seen_are_left() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    left = set(printable(everything))
    assert [char for char in left if is_harmful(char)] == []
    assert {chr(code) for code in SEEN_FORMATS} <= left


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(st.lists(st.sampled_from([*SEQUENCES, *CONTROLS, *HIDING, *ISOLATES, *INTRODUCERS, "word", " "]), max_size=20))
def test_whatever_is_put_together_nothing_harmful_survives(pieces: list[str]) -> None:
    shown = printable("".join(pieces))
    assert [char for char in shown if is_harmful(char)] == []
    assert printable(shown) == shown


@settings(max_examples=1_000, deadline=None)
@given(st.lists(st.tuples(WORDS, st.lists(st.sampled_from([*SEQUENCES, *HARMLESS_TO_WORDS]), max_size=4)), max_size=8))
def test_visible_words_survive_in_order(pieces: list[tuple[str, list[str]]]) -> None:
    hostile = "".join(f"{''.join(noise)} {word} " for word, noise in pieces)
    assert printable(hostile).split() == [word for word, _ in pieces]


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_sequence_goes_with_its_payload(sequence: str) -> None:
    assert printable(f"before {sequence}, after") == "before , after"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]8;;https://evil.example/\x07the words of a link\x1b]8;;\x07", "the words of a link"),
        ("\x1b]0;no end, so these words are kept", "]0;no end, so these words are kept"),
        ("\x1bPno end either", "Pno end either"),
        ("\x9bBadly decoded, but words", "Badly decoded, but words"),
        ("\x1bHello", "Hello"),
    ],
)
def test_words_are_not_hidden_by_a_sequence_around_or_before_them(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_every_kind_of_line_end_is_a_newline() -> None:
    assert printable("a\r\nb\rc\nd\x0be\x0cf\x85g\u2028h\u2029i\tj") == "a\nb\nc\nd\ne\nf\ng\nh\ni\tj"


@pytest.mark.parametrize(
    "text", ["می\u200cخواهم", "क्\u200dष", "👩\u200d💻", "❤\ufe0f\u200d🔥", "naïve café", "x\u00a0y"]
)
def test_scripts_and_emoji_keep_what_they_need(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize("text", ["pass\u200dword", "pass\u200c\u200dword", "\u200dpassword\u200c", "pass\u200bword"])
def test_a_joiner_that_joins_nothing_goes(text: str) -> None:
    assert printable(text) == "password"


@pytest.mark.parametrize("char", [*"\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\U000e0100\U000e01ef"])
def test_what_is_invisible_without_being_a_format_character_goes_too(char: str) -> None:
    assert printable(f"pass{char}word") == "password"


def test_a_joiner_at_the_end_of_a_word_goes() -> None:
    assert printable("می\u200c word") == "می word"


def test_reversed_text_stands_as_it_is_stored() -> None:
    assert printable("invoice\u202efdp.exe\u202c \u2066x\u2069") == "invoicefdp.exe x"


def test_half_a_surrogate_pair_can_be_written() -> None:
    assert printable("caf\udce9").encode("utf-8") == "caf\ufffd".encode()


def test_a_title_is_one_line() -> None:
    assert one_line(" A title\r\nin two\u2028\tlines\x1b[0m ") == "A title in two lines"
