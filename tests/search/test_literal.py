"""Codes and quoted phrases against a small corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from tests.desk import Desk
from tests.fakes import WordEncoder

from briefbot.index.store import open_current
from briefbot.model import Scope
from briefbot.search.literal import Findings, Literal, Shelf, gist, is_code, literals, look_up, pattern_of
from briefbot.wording import folded

if TYPE_CHECKING:
    from pathlib import Path

FILLING = "\n\n".join(f"Room {n} of the house has a lamp, a table and error messages on the wall." for n in range(40))
CORPUS = {
    "errors.md": "# Errors\n\n## E17\n\nError E17: the feed tray is empty.\n\n## E4304\n\nThe fuser is too hot. Wait.",
    "net.txt": "The log says connection reset by peer when the far side leaves.\n\nA peer may reset any connection.",
    "versions.txt": "Since v2.4.1 the tray is optional.\n\nVersion v2.4.10 brings a lamp. The host is 10.0.0.17.",
    "visit.txt": "They met at the Vostochny Cosmodrome in 2023.",
    "secret.txt": "Error E99: the vault is open.",
    "rooms.txt": FILLING,
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk.built(tmp_path_factory.mktemp("desk"), CORPUS, WordEncoder(window=400))


@pytest.mark.parametrize(
    "token", ["E4304", "E23", "v2.4.1", "0x7ffd", "ISO-9001", "CVE-2024-1234", "10.0.0.17", "ERR_RESET", "SARS-CoV-2"]
)
def test_codes_are_known_by_their_form(token: str) -> None:
    assert is_code(token)


@pytest.mark.parametrize(
    "token",
    [
        "2023",
        "17",
        "2.5",
        "1,000",
        "5th",
        "10am",
        "1990s",
        "500MB",
        "2023-09-13",
        "13.09.2023",
        "10-20",
        "12:30",
        "20-year-old",
        "mid-1990s",
        "well-known",
        "example.com",
        "U.S",
        "Kim",
        "_",
    ],
)
def test_numbers_dates_quantities_and_words_are_no_codes(token: str) -> None:
    assert not is_code(token)


@pytest.mark.parametrize("marks", ['""', "“”", "„“", "«»", "»«", "‹›", "‘’", "''"])
def test_a_phrase_may_stand_in_any_quotation_marks(marks: str) -> None:
    assert literals(f"What is {marks[0]}reset by peer{marks[1]}?") == (Literal("reset by peer", quoted=True),)


def test_apostrophes_quote_nothing() -> None:
    assert literals("What's the visitors' room, and the dog's 2 o'clock?") == ()


@given(st.text())
def test_any_text_has_literals_and_a_pattern_for_each(text: str) -> None:
    for literal in literals(text):
        assert pattern_of(literal).search(folded(literal.text)) or not folded(literal.text).isascii()


@pytest.mark.parametrize(
    ("asked", "text", "holds"),
    [
        ("E23", "see error E-23.", True),
        ("E-23", "see E 23", True),
        ("E23", "E230 or PE23", False),
        ("v2.4.1", "since V2.4.1.", True),
        ("v2.4.1", "v2.4.10 or v2.4.1.5 or v24.1", False),
    ],
)
def test_a_code_is_found_as_a_whole(asked: str, text: str, holds: bool) -> None:
    assert bool(pattern_of(Literal(asked, quoted=False)).search(folded(text))) == holds


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ('What does "connection reset by peer" mean', "The log says"),
        ("What is “Connection  reset by PEER”?", "The log says"),
        ("E4304", "The fuser"),
        ("and what does the house say of e4304 then", "The fuser"),
        ("What changed in v2.4.1?", "Since v2.4.1"),
        ("which machine is 10.0.0.17", "Version v2.4.10"),
        ('"Vostochny Cosmodrome"', "They met"),
        ('room table lamp "Vostochny Cosmodrome" on the wall of the house', "They met"),
    ],
)
def test_what_is_found_literally_comes_first_and_is_answered(desk: Desk, question: str, start: str) -> None:
    answer = desk.ask(question)

    assert answer.answered
    assert answer.excerpts[0].text.startswith(start)
    assert answer.confidence >= 0.5
    scores = [excerpt.score for excerpt in answer.excerpts]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "question",
    ["What does error E23 mean?", 'the log says "connection refused by peer"', "What changed in v2.4.2?", '"zebra"'],
)
def test_what_is_nowhere_literally_is_not_answered_by_another(desk: Desk, question: str) -> None:
    answer = desk.ask(question)

    assert (answer.answered, len(answer.related)) == (False, 3)
    assert answer.confidence < 0.5


@pytest.mark.parametrize(
    "question", ["What happened in 2023?", "Who won on 2023-09-13 at 10am?", "How much is 2.5 + 17?"]
)
def test_a_year_a_date_and_a_number_decide_nothing(question: str) -> None:
    assert literals(question) == ()


def test_what_only_hidden_passages_hold_is_found_nowhere(desk: Desk) -> None:
    assert desk.ask("What does error E99 mean?").excerpts[0].citation.document == "secret.txt"
    answer = desk.ask("What does error E99 mean?", scope=Scope(frozenset(CORPUS) - {"secret.txt"}))
    assert not answer.answered
    assert "secret.txt" not in {excerpt.citation.document for excerpt in answer.related}


def test_what_the_filters_leave_out_does_not_answer(desk: Desk) -> None:
    assert not desk.ask("What does error E17 mean?", document="rooms.txt").answered


def test_what_very_many_passages_hold_decides_nothing(tmp_path: Path) -> None:
    common = Desk(tmp_path)
    common.write("a.txt", "\n\n".join(f"Rule {n} against COVID-19 says wash." for n in range(30)))
    common.build()
    with open_current(common.index) as generation:
        visible = generation.visible(Scope.everything())
        shelf = Shelf(generation, visible, visible.rows)
        assert look_up("is COVID-19 dangerous?", shelf, np.empty(0, np.int64)) == Findings({})


def log_of(code: str) -> str:
    lines = [
        f"2024-05-{n % 28 + 1:02} 12:30:{n % 60:02} worker[{n}] lamp table wall house retry {n}" for n in range(90)
    ]
    return "\n".join([*lines[:60], f"2024-05-01 12:31:00 FATAL {code} raised", *lines[60:]])[:6000]


def test_a_pasted_log_finds_the_passage_with_its_code(desk: Desk) -> None:
    answer = desk.ask(log_of("E4304"))

    assert len(log_of("E4304")) > 5500
    assert answer.excerpts[0].text == "The fuser is too hot. Wait."


def test_a_pasted_log_without_a_known_code_is_left_to_what_was_learnt(desk: Desk) -> None:
    assert not desk.ask(log_of("E5555")).answered


@given(st.text(max_size=3000), st.lists(st.text(min_size=1, max_size=9), max_size=4))
def test_what_is_embedded_fits_the_model_and_short_questions_are_whole(text: str, found: list[str]) -> None:
    words = gist(text, [it for it in found if it in text])

    assert len(words) <= 1000 + 4
    assert len(text) > 1000 or words == text


def test_what_surrounds_a_code_is_embedded() -> None:
    text = f"My printer stopped. {'x ' * 900}the fuser says E4304 again {'y ' * 900}What is that?"

    assert gist(text, ["E4304"]).startswith("My printer stopped.")
    assert "the fuser says E4304 again" in gist(text, ["E4304"])
    assert gist(text, ["E4304"]).endswith("What is that?")
