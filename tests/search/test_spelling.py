"""Mistyped words against a small corpus, with a model that knows the words it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from tests.desk import Desk
from tests.fakes import WordEncoder

from briefbot.index.store import open_current
from briefbot.model import Scope
from briefbot.search.spelling import Reading, View, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CORPUS = {
    "canteen.txt": "The canteen serves soup on Mondays.\n\nMartin cooks soup in the canteen, and cities pay for it.",
    "visit.txt": "Kim met Putin at the Vostochny cosmodrome.\n\nWalking along the harbour, they talked about grain.",
    "hidden.txt": "The password of the harbour master is kept in the wheelhouse with the soup.",
    "zürich.txt": "The office in Zürich opens at nine.\n\nМинистерство открыто в понедельник.",
    "places.txt": "The ferry leaves from the pier.\n\nThe ferry leaves from the peer.",
}
KNOWN = {"the", "who", "where", "what", "does", "capital", "penicillin", "when", "walking", "soup", "canteen"}


@dataclass
class Knowing(WordEncoder):
    """Knows some words; every other one is cut into pieces."""

    def count(self, texts: Sequence[str]) -> list[int]:
        return [1 if text.lower() in KNOWN else len(text) for text in texts]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk.built(tmp_path_factory.mktemp("desk"), CORPUS, Knowing(window=400))


def understood(desk: Desk, text: str, scope: Scope | None = None) -> Reading:
    with open_current(desk.index) as generation:
        visible = generation.visible(scope or Scope.everything())
        return read(text, View(generation, visible, lambda words: [n == 1 for n in desk.encoder.count(words)]))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("where does the cantene serve soup", "where does the canteen serve soup"),
        ("who met at the cosmodrmoe", "who met at the cosmodrome"),
        ("who met at the Cosmodrmoe", "who met at the Cosmodrome"),
        ("kim at the xosmodrome with putin", "kim at the cosmodrome with putin"),
        ("walkign along the harbour", "walking along the harbour"),
        ("which citeis pay for soup", "which cities pay for soup"),
        ("when does the offfice in zürich open", "when does the office in zürich open"),
        ("министерсттво открыто", "министерство открыто"),
    ],
)
def test_a_mistyped_word_is_read_as_the_one_that_is_meant(desk: Desk, typed: str, meant: str) -> None:
    assert understood(desk, typed).text == meant


def test_several_words_may_be_mistyped_but_no_more_than_half(desk: Desk) -> None:
    assert (
        understood(desk, "Putni met kim at the Vostochyn cosmodrmoe").text
        == "Putin met kim at the Vostochny cosmodrome"
    )
    assert understood(desk, "Putni mett Vostochyn cosmodrmoe").text == "Putni mett Vostochyn cosmodrmoe"


def test_two_mistakes_in_a_long_word_are_forgiven_beside_the_words_of_its_passage(desk: Desk) -> None:
    assert understood(desk, "kim met putin at the cosnodrmoe").text == "kim met putin at the cosmodrome"


@pytest.mark.parametrize(
    "text",
    [
        "where does the canteen serve soup",
        "who invented penicillin in the canteen",  # the model knows it
        "what is the capitol of france",  # no company
        "kim met putin at cosmo4rome",  # a code
        "see canteeen.example/soup",  # an address
        "kim met putin with the talkers about grain",  # goes on in another way
        "soup that Marten cooks in the canteen",  # may be a name of its own
        "xqzzyvk blorft",
    ],
)
def test_what_may_be_spelt_rightly_stays(desk: Desk, text: str) -> None:
    assert understood(desk, text).text == text


def test_names_that_look_alike_are_only_guessed(desk: Desk) -> None:
    reading = understood(desk, "soup that Marten cooks in the canteen")

    assert reading.shares == {"martin": 0.5}
    assert {"marten", "martin"} <= set(reading.terms)


def test_words_that_are_equally_good_are_all_searched_for(desk: Desk) -> None:
    reading = understood(desk, "the ferry leaves from the pber")

    assert (reading.text, reading.shares) == ("the ferry leaves from the pber", {"pier": 0.5, "peer": 0.5})


def test_a_word_of_hidden_passages_only_is_never_read_into_a_question(desk: Desk) -> None:
    hidden = Scope(frozenset(CORPUS) - {"hidden.txt"})
    question = "soup of the harbour master in the wheelhuose"

    assert understood(desk, question).text == "soup of the harbour master in the wheelhouse"
    reading = understood(desk, question, hidden)
    assert reading == Reading(question, reading.terms, reading.languages)


@settings(deadline=None, max_examples=50)  # the first example builds two indexes
@given(st.data())
def test_a_question_is_read_as_if_the_hidden_documents_were_not_there(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole, part = _both(tmp_path_factory)
    typed = data.draw(st.sampled_from(["cosmodrome", "canteen", "harbour", "password", "wheelhouse", "Martin"]))
    place = data.draw(st.integers(0, len(typed) - 1))
    letter = data.draw(st.sampled_from(["", "e", "x", typed[place] * 2]))
    question = f"{typed[:place]}{letter}{typed[place + 1 :]} of the soup by the harbour"
    visible = Scope(frozenset(CORPUS) - {"hidden.txt"})

    assert understood(whole, question, visible) == understood(part, question)


_MADE: list[tuple[Desk, Desk]] = []


def _both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Desk]:
    """Return a desk with all documents and one without the hidden one."""
    if not _MADE:
        _MADE.append(
            (_desk(tmp_path_factory.mktemp("whole"), set()), _desk(tmp_path_factory.mktemp("part"), {"hidden.txt"}))
        )
    return _MADE[0]


def _desk(root: Path, without: set[str]) -> Desk:
    made = Desk(root, Knowing(window=400))
    for name in CORPUS.keys() - without:
        made.write(name, CORPUS[name])
    made.build()
    return made


def test_an_answer_shows_how_its_question_was_understood(desk: Desk) -> None:
    answer = desk.ask("Where does the cantene serve soup on Mondays?", k=1)

    assert answer.understood_as == "Where does the canteen serve soup on Mondays?"
    assert answer.question == "Where does the cantene serve soup on Mondays?"
    assert answer.excerpts[0].citation.document == "canteen.txt"
