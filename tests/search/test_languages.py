"""Questions too short to tell a language by, against documents whose languages are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk

from briefbot.corpus.language import language_of
from briefbot.index.store import open_current
from briefbot.model import Scope
from briefbot.search.languages import asked_languages, terms_in
from briefbot.search.spelling import View, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefbot.index.generation import Generation

CORPUS = {
    "de.txt": "Die Behörden haben alle Überfälle der vergangenen Jahre sorgfältig untersucht.\n\n"
    "In den Büchern der Verwaltung stehen die Prüfungen, die im Frühjahr stattfanden.",
    "sv.txt": "Böckerna om förändringarna i staden finns i biblioteket och får lånas av alla.",
    "tr.txt": "Toplantılar her hafta Isparta'da yapılıyor ve bütün çalışanlar katılıyor.",
    "en.txt": "The offices of the harbour master are open on working days and closed on Sundays.",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk.built(tmp_path_factory.mktemp("desk"), CORPUS)


@pytest.fixture
def generation(desk: Desk) -> Iterator[Generation]:
    with open_current(desk.index) as opened:
        yield opened


def languages(text: str, generation: Generation, *names: str) -> tuple[str, ...]:
    return asked_languages(text, generation, generation.visible(Scope(frozenset(names))))


def test_a_question_is_analysed_in_the_languages_of_the_visible_documents(generation: Generation) -> None:
    assert language_of("Buch der Verwaltung") is None
    assert languages("Buch der Verwaltung", generation, "de.txt") == ("de",)
    assert languages("Wer hat die Überfälle untersucht?", generation, "de.txt", "sv.txt") == ("de", "sv")
    assert languages("在哪里开会？", generation, "de.txt") == ("de",)
    assert languages("Where is the office?", generation) == ("en",)
    assert languages("在哪里开会？", generation) == ("zh",)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Buch der Verwaltung", "de.txt"),
        ("Behörde?", "de.txt"),
        ("bibliotek förändring", "sv.txt"),
        ("ISPARTA hafta", "tr.txt"),
    ],
)
def test_short_questions_find_the_forms_of_their_words(generation: Generation, question: str, name: str) -> None:
    view = View(generation, generation.visible(Scope(frozenset([name]))), lambda words: [True for _ in words])
    reading = read(question, view)
    assert [term for term in reading.terms if not view.holds(term)] == []
    assert reading.languages == (name[:2],)


def test_of_a_word_in_several_languages_those_terms_are_asked_for_that_are_held() -> None:
    def asked(*held: str) -> tuple[str, ...]:
        return terms_in("organization böckerna", ("de", "en", "sv"), held.__contains__)

    assert asked("organiz", "bock") == ("organiz", "bock")
    assert asked("organization", "organiz") == ("organization", "organiz", "bockerna")
    assert asked() == ("organization", "bockerna")
    assert terms_in("organization", ("en",), lambda _: False) == ("organiz",)
