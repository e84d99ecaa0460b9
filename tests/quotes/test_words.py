from __future__ import annotations

import pytest

from briefbot.discord.catalogue import LANGUAGES as SPOKEN
from briefbot.quotes.words import LANGUAGES, words_for


def test_the_words_are_there_in_every_language_that_the_bot_speaks() -> None:
    assert LANGUAGES == SPOKEN


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_read_with_its_words_and_the_english_ones(language: str) -> None:
    words = words_for(language)

    assert {"said", "told"} <= words.cues
    assert words.reporting <= words.cues
    assert words.cues.isdisjoint(words.subjects)
    assert all(word == word.lower() for word in words.cues | words.people | words.not_names | words.all_titles)


def test_an_unknown_language_is_read_with_all_words() -> None:
    assert {"said", "sagte", "dijo", "сказал", "dedi", "说"} <= words_for(None).cues
    assert words_for("xx") is words_for(None)


def test_what_introduces_speech_is_more_than_cues() -> None:
    assert {"according", "said"} <= words_for("en").introducing
    assert "according" not in words_for("en").cues
