"""What a question takes over from those before it, and where it stands for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk

from briefbot.answering import ask, open_library, search
from briefbot.index.store import open_current
from briefbot.model import Question, Scope
from briefbot.search.following import carried, was_said
from briefbot.search.sources import DenseSource, LexicalSource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from briefbot.answering import Library

FIRST = "Where did Kim meet Putin?"
RARE = {"kim", "putin", "kims", "train", "ballet", "поезд", "火车"}
TEXTS = {
    "visit.txt": "Kim met Putin at the cosmodrome of Vostochny in September.",
    "leaving.txt": "Kim left Vostochny by his green train on Sunday evening.",
    "weather.txt": "It rained in the harbour on Sunday, and the ships were late.",
    "other.txt": "The director left the office at noon and went home by bus.",
}


def worth(text: str) -> float:
    """Return a bit more than one for each rare word, and little for every other."""
    return sum(1.3 if word.strip("?.,!").lower() in RARE else 0.1 for word in text.split())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("and when did he leave?", "en"),
        ("Why?", "en"),
        ("What about the ballet?", "en"),
        ("Und wann ist er abgefahren?", "de"),
        ("¿Y cuándo se fue él?", "es"),
        ("А когда он уехал?", "ru"),
        ("Peki ne zaman gitti?", "tr"),
        ("他什么时候离开的？", "zh"),
    ],
)
def test_a_question_that_depends_on_the_one_before_takes_it_over(text: str, language: str) -> None:
    assert carried(text, [FIRST], worth, language) == [FIRST]


@pytest.mark.parametrize("text", ["When did Kim meet Putin by train?", "Did Putin see the ballet before Kim did?"])
def test_a_question_that_says_what_it_is_about_takes_nothing_over(text: str) -> None:
    assert carried(text, [FIRST], worth, "en") == []


def test_one_that_points_back_may_be_worth_a_bit_more() -> None:
    assert carried("Did Putin see the ballet?", [FIRST], worth, "en") == []
    assert carried("Did Putin show him the ballet?", [FIRST], lambda _: 2.4, "en") == [FIRST]
    assert carried("Did Putin show Kim the ballet?", [FIRST], lambda _: 2.4, "en") == []


def test_questions_are_taken_over_back_to_the_last_that_stands_for_itself() -> None:
    before = ["Who is Putin, and who is Kim?", FIRST, "And when?", "Why?"]
    assert carried("how so?", before, worth, "en") == [FIRST, "And when?", "Why?"]
    assert carried("how so?", ["Why?"] * 9, worth, "en") == ["Why?"] * 3


def test_the_same_question_once_more_adds_nothing() -> None:
    assert carried("Why?", [FIRST, "why"], worth, "en") == [FIRST]
    assert carried("Why?", ["Why?", "WHY"], worth, "en") == []


def test_of_a_long_question_its_beginning_is_taken_over() -> None:
    (found,) = carried("Why?", [f"{FIRST} {'because ' * 500}"], worth, "en")
    assert found.startswith(FIRST)
    assert len(found) <= 200


def test_a_passage_was_said_where_it_is_or_stands_in_an_answer() -> None:
    said = ["Kim met Putin at the “cosmodrome” of\nVostochny in September. It rained on Sunday."]
    assert was_said(TEXTS["visit.txt"], said)
    assert was_said(f"Before: {said[0]} After.", said)
    assert not was_said(TEXTS["leaving.txt"], said)
    assert not was_said("It rained.", said)  # too short to tell
    assert not was_said(TEXTS["visit.txt"], ["", "Kim"])


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    desk = Desk(tmp_path)
    for name, text in TEXTS.items():
        desk.write(name, text)
    desk.build()
    with open_current(desk.index) as generation:
        yield open_library(generation, desk.encoder, (DenseSource(generation), LexicalSource(generation)), ())


def asked(library: Library, text: str, *history: str) -> tuple[str, str]:
    answer = ask(Question(text, Scope.everything(), k=1, history=history), library)
    (excerpt,) = (*answer.excerpts, *answer.related)
    return excerpt.citation.document, answer.understood_as


@pytest.mark.parametrize(
    ("question", "document"),
    [("When were ships late in the harbour?", "weather.txt"), ("Kim met Putin at the cosmodrome, where?", "visit.txt")],
)
def test_a_follow_up_finds_what_its_full_form_finds_and_says_how_it_was_understood(
    library: Library, question: str, document: str
) -> None:
    assert asked(library, "and why?", question, "") == (document, f"{question} and why?")


def test_what_the_documents_answer_as_it_stands_is_not_changed_by_what_went_before(library: Library) -> None:
    text = "it rained in the harbour on Sunday"
    assert asked(library, text, FIRST, TEXTS["visit.txt"]) == ("weather.txt", text)


def test_an_answer_that_was_given_counts_less_than_one_that_was_not(library: Library) -> None:
    question = "How did Kim leave Vostochny on Sunday evening?"
    new = search(Question("and he?", Scope.everything(), history=(question, "")), library).ranked.hits
    old = search(Question("and he?", Scope.everything(), history=(question, TEXTS["leaving.txt"])), library).ranked.hits
    before, after = dict(zip(new.rows, new.scores, strict=True)), dict(zip(old.rows, old.scores, strict=True))
    lower = {library.generation.place(int(row))[0]: round(before[row] - after[row], 9) for row in before}
    assert lower == {"leaving.txt": 1.0, "visit.txt": 0.0, "weather.txt": 0.0, "other.txt": 0.0}
    assert list(old.scores) == sorted(old.scores, reverse=True)


def test_what_is_hidden_neither_helps_nor_shows(library: Library) -> None:
    seen = Scope(frozenset({"other.txt", "weather.txt"}))
    answer = ask(Question("and when did he leave?", seen, k=3, history=(FIRST, TEXTS["visit.txt"])), library)
    assert {it.citation.document for it in (*answer.excerpts, *answer.related)} <= {"other.txt", "weather.txt"}
