"""What typography changes is folded away, what may mean something is not, and every word knows its place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.checking.folding import form, key, same_sign, spelt, spelt_alike, words

SIGNS = st.text("ab1é\u0301ﬁ’'\u00ad\u200b-—…. \n,:½²中ไİ“>*_\r\t", max_size=40)


def forms(text: str) -> list[str]:
    return [word.form for word in words(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The ﬁne oﬃce", ["The", "fine", "office"]),
        ("exam\u00adple, ex\u200bample", ["example", "example"]),
        ("exam-\nple, exam\u00ad\r\n  ple", ["exam\nple", "exam\nple"]),
        ("don’t don't don´\u200bt", ["don't", "don't", "don't"]),
        ("cafe\u0301 café cafe", ["café", "café", "cafe"]),
        ("Ｗｉｄｅ １２", ["Wide", "12"]),
        ("10² 102 ½ 1/2 1,000 3.5 9:30", ["10²", "102", "½", "1/2", "1,000", "3.5", "9:30"]),
        ("well-known 2015–2016", ["well", "known", "2015", "2016"]),
        ("我们走。", ["我", "们", "走"]),
        ("हिन्दी ไทย", ["हिन्दी", "ไ", "ท", "ย"]),
        ("", []),
        ("… — “”", []),
    ],
)
def test_words_have_one_form(text: str, found: list[str]) -> None:
    assert forms(text) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (" — ", "--"),
        (" – ", "—"),
        ("-", " - "),
        ("…", ". . ."),
        (" ... ", " […] "),
        (" (...) ", "…"),
        ("”, ", ",” "),
        (" “", " '"),
        (" „", " «"),
        ("\u00a0", "\r\n"),
        ("\n> ", " "),
        (" **", " "),
        ("，", ", "),
        ("。", "."),
        (".\n\n“", ".\n"),
    ],
)
def test_signs_that_only_look_different_are_the_same(one: str, other: str) -> None:
    assert same_sign(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (", ", " "),
        (". ", "? "),
        (" $", " €"),
        (" -", " "),
        ("% ", " "),
        (" (", " "),
        (" [", " ("),
        (" “", " "),
        ("…", ""),
    ],
)
def test_signs_that_may_mean_something_differ(one: str, other: str) -> None:
    assert not same_sign(one, other)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("non-\nviolent", "non-violent", True),
        ("non-\nviolent", "nonviolent", True),
        ("non-violent", "nonviolent", False),
        ("non-\nviolent", "non-\u2028violent", True),
        ("well-\nknown man", "well-known man", True),
        ("well known", "well-known", False),
        ("the rapist", "therapist", False),
        ("exam-", "exam-\nple", False),
    ],
)
def test_a_hyphen_at_a_line_end_belongs_to_the_word_or_to_the_line(one: str, other: str, alike: bool) -> None:
    assert spelt_alike(spelt(one), spelt(other)) is alike
    assert spelt_alike(spelt(other), spelt(one)) is alike


@pytest.mark.parametrize(("word", "found"), [("Café", "cafe"), ("exam\nple", "example"), ("İSTANBUL", "istanbul")])
def test_words_are_looked_up_without_case_and_accents(word: str, found: str) -> None:
    assert key(form(word)) == found


@given(SIGNS)
def test_the_slice_of_a_word_is_that_word(text: str) -> None:
    for word in words(text):
        assert forms(word.of(text)) == [word.form] == [form(word.of(text))]
        assert key(word.form)


@given(SIGNS, st.data())
def test_the_slice_from_a_word_to_another_has_the_words_between(text: str, data: st.DataObject) -> None:
    found = words(text)
    if not found:
        return
    first = data.draw(st.integers(0, len(found) - 1))
    last = data.draw(st.integers(first, len(found) - 1))
    inside = found[first : last + 1]

    assert forms(text[inside[0].start : inside[-1].end]) == [word.form for word in inside]
    until = found[last + 1].start if last + 1 < len(found) else len(text)
    assert words(text, inside[0].start, until) == inside


@given(SIGNS)
def test_words_are_in_order_and_hold_no_space_but_a_line_end(text: str) -> None:
    found = words(text)
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert all(" " not in word.form for word in found)


@given(SIGNS)
def test_the_form_of_a_form_is_itself(text: str) -> None:
    assert all(form(word.form) == word.form for word in words(text) if "\n" not in word.form)
