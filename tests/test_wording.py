from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.wording import bare, folded, lowered, normalised, prefix, search_text

TEXT = st.one_of(st.text(max_size=60), st.text(st.sampled_from("aé-­‐\r\n \t'’“ﬁ１¨…İß한平"), max_size=30))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("satel-\nlite", "satellite"),
        ("satel-  \r\n  lite", "satellite"),
        ("satel\u00ad\nlite pro\u00adduction", "satellite production"),
        ("2010-\n2011", "2010- 2011"),  # a range of years is no hyphenated word
        ("first\n- second", "first - second"),
        ("ﬁnal ｗｉｄｅ １２", "final wide 12"),
        ("“always with Russia”, he’d said", '"always with Russia", he\'d said'),
        ("  a \t b\n\nc ", "a b c"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("", ""),
    ],
)
def test_normalising_joins_and_plains_without_changing_words(text: str, expected: str) -> None:
    assert normalised(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Überfall STRASSE", "uberfall strasse"),
        ("straße", "strasse"),
        ("Ёлка", "елка"),
        ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
        ("Łódź Tromsø", "lodz tromso"),
        ("ISPARTA Isparta ısparta", "isparta isparta isparta"),
        ("İZMİR İzmir izmir", "izmir izmir izmir"),
        ("ĲSSEL Ĳssel", "ijssel ijssel"),
        ("أخبار", "اخبار"),
        ("한국", "한국"),
    ],
)
def test_folding_forgets_case_and_diacritics(text: str, expected: str) -> None:
    assert folded(text) == expected


@pytest.mark.parametrize("text", ["новый герой", "ガラス ぎ", "ข้าว ข่าว น้ำ", "हिन्द", "வீடு", "తెలుగు"])
def test_folding_keeps_marks_that_make_another_letter(text: str) -> None:
    assert folded(text) == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("ISPARTA İZMİR", "tr", "ısparta izmir"),
        ("ISPARTA", "tr", "ısparta"),
        ("QARIŞIQ", "az", "qarışıq"),
        ("ISPARTA", "de", "isparta"),
        ("Straße ÜBER", "de", "strasse über"),
        ("Новый Объём", "ru", "новый объём"),
        ("SOCIÉTÉ", "fr", "société"),
    ],
)
def test_small_letters_are_those_of_the_language(text: str, language: str, expected: str) -> None:
    assert lowered(text, language) == expected


@given(TEXT)
def test_small_letters_without_diacritics_are_the_folded_text(text: str) -> None:
    assert bare(lowered(text, "tr")) == bare(lowered(text, "de")) == folded(text)


@given(TEXT)
def test_a_normalised_text_is_one_line_and_normal(text: str) -> None:
    once = normalised(text)
    assert once == normalised(once)
    assert once == " ".join(once.split())


@given(TEXT)
def test_folding_does_not_care_how_a_word_was_written(text: str) -> None:
    assert folded(normalised(text)) == folded(text)


def test_the_search_text_says_where_and_then_what() -> None:
    found = search_text("A Handbook", ["Travel", "By train"], "name,\nprice", "Take the\ngreen train.")
    assert found == "A Handbook › Travel › By train\nname, price\nTake the green train."


def test_a_heading_that_repeats_the_title_is_said_once() -> None:
    assert prefix("The  Visit", ["The Visit", "Day one"], None) == "The Visit › Day one\n"


def test_nothing_in_front_leaves_no_empty_line() -> None:
    assert search_text("", [], None, "Words.") == "Words."


def test_a_long_place_is_cut_at_a_word_to_leave_room() -> None:
    (line,) = prefix("word " * 50, [], None).splitlines()
    assert line == " ".join(["word"] * 24)  # 119 characters


def test_a_long_place_without_spaces_is_cut_all_the_same() -> None:
    assert prefix("平" * 300, [], None) == "平" * 120 + "\n"


@given(st.one_of(TEXT, st.text(st.characters(max_codepoint=127), max_size=60)))
def test_the_quick_ways_give_what_the_rules_say(text: str) -> None:
    joined = re.sub(r"(?<=[^\W\d_])[-\u2010\u00ad][ \t]*(?:\r\n|\r|\n)[ \t]*(?=[^\W\d_])", "", text)
    plain = unicodedata.normalize("NFKC", joined.translate(dict.fromkeys([0x00AD, 0x200B, 0x2060, 0xFEFF])))
    line = " ".join(plain.translate(str.maketrans("‘’‚‛“”„‟", "''''\"\"\"\"")).split())
    assert normalised(text) == line
    assert folded(text) == bare(line.casefold())
