from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.search.analysis import _ASCII_WORD, _WORD, asked_terms, asked_terms_at, stems, terms


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("The leaders' meetings, met meeting", "en", ["the", "leader", "meet", "met", "meet"]),
        ("Kim’s train; don't", "en", ["kim", "train", "dont"]),
        ("satel-\nlite", "en", ["satellit"]),
        ("Überfälle überfallen", "de", ["uberfall", "uberfall"]),
        ("встречи встреча", "ru", ["встреч", "встреч"]),
        ("meetings", "xx", ["meetings"]),  # no stemmer for it: as written
        ("meetings", None, ["meet"]),
        ("平壤的新闻", "zh", ["平壤", "壤的", "的新", "新闻"]),
        ("平", "zh", ["平"]),
        ("podría", "es", ["podr", "podri"]),  # and what it is without its diacritics
        ("v2.4.1 is out", "en", ["v2", "4", "1", "v2.4.1", "is", "out"]),
        ("error E-4304", "en", ["error", "e", "4304", "e-4304"]),
        ("Russia–North Korea, far-off", "en", ["russia", "north", "korea", "far", "off"]),
        ("50,000 tons", "en", ["50", "000", "ton"]),
        ("iPhone在平壤", "zh", ["iphone", "在平", "平壤"]),
        ("snake_case", "en", ["snake", "case"]),
        ("l'an d'or, l’École", "fr", ["l", "an", "d", "or", "l", "ecol"]),  # English joins don't, French does not
        ("Isparta'da", "tr", ["ispar", "da"]),
        ("E-4304é", "de", ["e", "4304e"]),
        ("हिन्दी लड़कियाँ लड़की।", "hi", ["हिन्द", "लडक", "लडक"]),  # vowel signs belong to their word
        ("ශ්\u200dරී", "si", ["ශ්රී"]),  # drawn as one sign
        ("ガラス", "ja", ["ガラ", "ラス"]),
        ("カラス", "ja", ["カラ", "ラス"]),
        ("ข้าว", "th", ["ข้", "้า", "าว"]),
        ("ขาว", "th", ["ขา", "าว"]),
        ("", "en", []),
        (" ... !? ", "en", []),
    ],
)
def test_a_text_yields_the_terms_that_a_searcher_means(text: str, language: str | None, expected: list[str]) -> None:
    assert terms(text, language) == expected


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "meeting Meetings meet MEETING"),
        ("tr", "ülke Ülkede ülkenin ÜLKELER"),
        ("tr", "Isparta ISPARTA ısparta isparta"),
        ("tr", "İzmir İZMİR izmir İzmirde"),
        ("tr", "kız kızlar KIZLAR kızları"),
        ("de", "Häuser HÄUSERN Haus Hauses"),
        ("de", "Straße STRASSE Strassen"),
        ("ru", "новый новая НОВЫХ нового"),
        ("ru", "объём ОБЪЁМ объем"),
        ("ru", "русский РУССКАЯ русских"),
        ("el", "άνθρωπος ΑΝΘΡΩΠΟΣ ανθρώπου άνθρωποι"),
        ("fr", "société SOCIÉTÉS sociétés"),
        ("fr", "arrivée arrivées arrivé ARRIVER"),
        ("es", "canción CANCIONES canciones"),
        ("es", "podría podrían"),
        ("pt", "informação informações"),
        ("sv", "böcker BÖCKERNA"),
        ("ro", "țară țări ȚĂRII"),
        ("ar", "المدينة مدينة"),
        ("ar", "الأخبار أخبار اخبار"),
        ("hi", "लड़की लड़कियाँ लड़कियों"),
        ("ta", "வீடு வீடுகள் வீட்டில்"),
    ],
)
def test_the_forms_of_a_word_share_one_term(language: str, words: str) -> None:
    assert len({term for word in words.split() for term in asked_terms(word, language)}) == 1


@pytest.mark.parametrize(
    ("language", "typed", "written"),
    [
        ("fr", "creee", "créée"),
        ("tr", "kizlari", "kızları"),
        ("es", "podria", "podría"),
        ("pt", "informacao", "informação"),
        ("hu", "kepviselo", "képviselő"),
        ("de", "Hauser", "Häuser"),
        ("pl", "Lodz", "Łódź"),
    ],
)
def test_a_word_typed_without_diacritics_is_found(language: str, typed: str, written: str) -> None:
    (asked,) = asked_terms(typed, language)
    assert asked in terms(written, language)
    assert set(asked_terms(written, language)) <= set(terms(written, language))
    assert stems([typed.lower()], language) == [asked]


@given(st.text(max_size=60), st.sampled_from(["en", "de", "ru", "tr", "zh", None]))
def test_terms_hold_something_to_compare(text: str, language: str | None) -> None:
    assert [term for term in terms(text, language) if not term.strip() or any(map(str.isspace, term))] == []


@given(st.text(st.sampled_from("abcé '.1平"), max_size=30))
def test_case_and_line_ends_do_not_matter(text: str) -> None:
    assert terms(text.upper(), "en") == terms(text, "en") == terms(text.replace(" ", "  \n"), "en")


@given(st.text(st.sampled_from("ab1''__-._/: \n()z9"), max_size=40))
def test_the_words_of_plain_text_are_those_of_any_text(text: str) -> None:
    assert _ASCII_WORD.findall(text) == _WORD.findall(text)


def test_each_run_of_a_question_has_its_terms_in_every_language() -> None:
    assert asked_terms_at("organization  böcker", ("de", "en", "sv")) == [
        (0, ["organization", "organiz"]),
        (14, ["bock", "bocker"]),
    ]
