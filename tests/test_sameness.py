"""What says the same is taken for the same, and whatever might say something else is not."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from briefbot.model import BlockKind, Passage, Sentence, Span
from briefbot.sameness import FURTHER, gathered, same
from briefbot.sentences import line_spans, sentence_spans

LEAVE = "Leave is asked for in the calendar. The head of the desk answers within 3 days. Nobody is refused in winter."
NEGATIONS = {
    "en": ["no", "not", "never", "without", "isn't", "cannot", "except"],
    "de": ["kein", "nicht", "nie", "ohne", "weder"],
    "es": ["no", "nunca", "sin", "ningún"],
    "fr": ["ne", "pas", "jamais", "n'est", "sans"],
    "ru": ["не", "нет", "никогда", "без"],
    "tr": ["değil", "hiç", "yok"],
    "zh": ["不", "没有", "未"],
}


def passage(
    text: str, language: str | None = "en", kind: BlockKind = "paragraph", header: str | None = None
) -> Passage:
    spans = line_spans(text) if kind in ("table", "row", "code", "list") else sentence_spans(text)
    sentences = tuple(Sentence(span, span.of(text)) for span in spans)
    return Passage("a.md", 1, kind, Span(0, len(text)), text, (), None, (1, 1), language, header, sentences)


def alike(one: str, other: str, language: str | None = "en") -> bool:
    answer = same(passage(one, language), passage(other, language))
    assert same(passage(other, language), passage(one, language)) == answer
    return answer


@pytest.mark.parametrize(
    "other",
    [
        LEAVE,
        textwrap.fill(LEAVE, 30),
        LEAVE.replace("asked for", "**asked for**").replace("days.", "days;"),
        LEAVE.upper().replace("3 DAYS", "3 Days"),
        LEAVE.replace("Leave is", "LEAVE IS").replace("calendar", "calendar,"),
        LEAVE.replace("calendar", "cal-\nendar"),
        f"{LEAVE} Ask your colleagues.",
        LEAVE.replace("The head", "Be early. The head"),
    ],
)
def test_what_differs_in_case_signs_line_ends_or_a_plain_sentence_is_the_same(other: str) -> None:
    assert alike(LEAVE, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The well-ventilated, full hall is open.", "The well ventilated full hall is open."),
        ("Der Schlüssel liegt im Büro.", "DER SCHLUSSEL LIEGT IM BURO."),
        ("双方讨论了卫星。", "双方讨论了卫星"),
    ],
)
def test_spellings_of_the_same_words_are_the_same(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("change", "by"),
    [
        ("3 days", "4 days"),
        ("3 days", "three days"),
        ("3 days", "3 hours"),
        ("3 days", "3.0 days"),
        ("3 days", "-3 days"),
        ("within", "after"),
        ("desk", "archive"),
        ("Nobody", "Everybody"),
        ("Nobody is", "Nobody but Ines is"),
        ("winter", "December"),
        ("is asked", "is not asked"),
        ("is asked", "isn't asked"),
        ("The head", "Never. The head"),
        ("asked for", "asked only for"),
        ("winter.", "winter. It takes until noon."),
        ("winter.", "winter. Ask Ines Havelkamp."),
        ("winter.", "winter. Room B2 is open."),
        ("winter.", "winter. Ask your colleagues for theirs, and write down what they have told you of it."),
        ("The head of the desk answers within 3 days. ", ""),
    ],
)
def test_what_might_say_something_else_is_not_the_same(change: str, by: str) -> None:
    assert not alike(LEAVE, LEAVE.replace(change, by))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("No. Smoking is allowed here.", "No smoking is allowed here."),
        ("The engine has 5 mW of power.", "The engine has 5 MW of power."),
        ("Keep x > y in all cases.", "Keep x < y in all cases."),
        ("The area is 10² metres.", "The area is 102 metres."),
        ("Use version v2.4.1 of it.", "Use version v2.41 of it."),
        ("It was signed on 2023-09-13.", "It was signed on 2023-09-12."),
        ("The tenant pays the landlord.", "The landlord pays the tenant."),
        ("会谈持续了四个小时。", "会谈持续了五个小时。"),
        ("双方签署了文件。", "双方未签署文件。"),
        ("हम कि", "हम की"),
    ],
)
def test_a_sign_a_unit_a_code_or_an_order_may_be_all_that_differs(one: str, other: str) -> None:
    assert not alike(one, other)


@pytest.mark.parametrize("language", ["tr", "zh", "fi", None])
def test_where_no_words_tell_what_a_sentence_does_nothing_may_be_added(language: str | None) -> None:
    assert not alike(LEAVE, f"{LEAVE} Ask your colleagues.", language)
    assert not same(passage(LEAVE), passage(f"{LEAVE} Ask your colleagues.", language))


def test_code_rows_and_tables_are_the_same_only_as_they_stand() -> None:
    row = passage("E-104,Expired", kind="row", header="code,meaning")
    assert same(row, row)
    assert not same(row, passage("E-104,Expired", kind="row", header="code,fix"))
    assert not same(row, passage("E-104,expired", kind="row", header="code,meaning"))
    assert not same(passage("ls -a", kind="code"), passage("ls -A", kind="code"))
    assert not same(passage("ls -a", kind="code"), passage("ls -a"))


PIECES = st.sampled_from(
    [
        "the tram stops",
        "at 9:30",
        "v2.4.1",
        "in Room 7",
        "A-104",
        "on 2023-09-13",
        "they met",
        "again.",
        "It rained.",
        ",",
    ]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=12).map(" ".join)
ANY_TEXT = TEXTS | st.text(min_size=1, max_size=80).filter(str.strip)


@given(ANY_TEXT, st.data(), st.sampled_from([*NEGATIONS, None]))
def test_another_digit_makes_another_passage(text: str, data: st.DataObject, language: str | None) -> None:
    places = [i for i, character in enumerate(text) if character in "0123456789"]
    assume(places)
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != text[place]))
    assert alike(text, text, language)
    assert not alike(text, text[:place] + digit + text[place + 1 :], language)


@given(ANY_TEXT, st.data(), st.sampled_from(sorted(NEGATIONS)))
@example("again. It rained.", None, "en")
def test_a_negation_more_makes_another_passage(text: str, data: st.DataObject | None, language: str) -> None:
    words = text.split(" ")
    place = data.draw(st.integers(0, len(words))) if data else 1
    negation = data.draw(st.sampled_from(NEGATIONS[language])) if data else "No."
    other = " ".join([*words[:place], negation, *words[place:]])
    for kind in ("paragraph", "list", "code"):
        assert not same(passage(text, language, kind), passage(other, language, kind))  # type: ignore[arg-type]
        assert not same(passage(other, language, kind), passage(text, language, kind))  # type: ignore[arg-type]


@given(ANY_TEXT, ANY_TEXT)
def test_sameness_is_mutual_and_everything_is_the_same_as_itself(one: str, other: str) -> None:
    alike(one, other)
    assert alike(one, one)


FEW = st.lists(st.sampled_from(["It rained.", "it rained", "It snowed.", "It hailed.", "They met.", "they met"]))


def groups(texts: list[str], wanted: int) -> tuple[tuple[int, ...], ...]:
    return gathered(range(len(texts)), wanted, lambda i: passage(texts[i]))


@given(FEW, st.integers(1, 6))
def test_nothing_is_lost_up_to_the_last_group_and_all_keeps_its_order(texts: list[str], wanted: int) -> None:
    made = groups(texts, wanted)
    firsts = [group[0] for group in made]
    assert firsts == sorted(firsts)
    assert all(list(group) == sorted(group) for group in made)
    held = {i for group in made for i in group}
    looked_at = range(len(texts) if len(made) < wanted else firsts[-1] + 1)
    assert held >= set(looked_at)
    assert sum(map(len, made)) == len(held)
    assert all(alike(texts[group[0]], texts[i]) for group in made for i in group)
    assert not any(alike(texts[i], texts[j]) for i in firsts for j in firsts if i != j)


def test_a_few_more_are_looked_at_for_copies_and_no_others() -> None:
    assert groups(["It rained.", *["They met."] * 3, "it rained", "It snowed."], 2) == ((0, 4), (1, 2, 3))
    assert groups(["It rained.", *["It snowed."] * (FURTHER - 1), "it rained"], 1) == ((0, FURTHER),)
    assert groups(["It rained.", *["It snowed."] * FURTHER, "it rained"], 1) == ((0,),)
    assert groups(["It rained."] * 30, 2) == (tuple(range(30)),)
