from __future__ import annotations

import pytest

from briefbot.corpus.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The leaders met at the cosmodrome in the Far East and talked for five hours.", "en"),
        ("Die Regierungschefs trafen sich im Fernen Osten und sprachen fünf Stunden lang.", "de"),
        ("Лидеры встретились на космодроме Восточный и говорили пять часов.", "ru"),
        ("两国领导人在东方航天发射场会晤，会谈持续了五个小时。", "zh"),
    ],
)
def test_running_text_tells_its_language(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "E4304", "12 34 56 " * 20, "a b c d e f g h i j"])
def test_what_does_not_tell_has_no_language(text: str) -> None:
    assert language_of(text) is None


def test_only_the_beginning_decides() -> None:
    english = "The leaders met at the cosmodrome and talked. " * 30
    assert language_of(english + "Лидеры встретились на космодроме. " * 300) == "en"


def test_names_at_the_beginning_do_not_hide_the_language() -> None:
    names = "Shared MIME-info Database\n\nX Desktop Group (http://www.freedesktop.org)\n\nThomas Leonard\n\ntal197\n\n"
    words = "Many programs use types of files. It is often necessary to work out the right type for a file. " * 3
    assert language_of(names + words) == "en"
