"""From bytes to text, with real encodings."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.corpus.decoding import decoded
from briefbot.errors import UnreadableFile

GERMAN = "Das Büro hat zwölf Arbeitsplätze.\r\nWer kommt, sucht sich einen freien Tisch für den Tag.\n"
FRENCH = "Café au lait, déjà vu : l’été à Paris coûte cher, où que l’on aille – « toujours ».\n"
RUSSIAN = "Переговоры касаются двух суверенных государств и никого больше не должны беспокоить.\n"
JAPANESE = "ロシアと北朝鮮の首脳会談は極東の宇宙基地で行われた。両国の関係は新しい段階に入った。\n"
CHINESE = "俄罗斯与朝鲜的领导人在远东的航天发射场举行会谈，两国关系进入新阶段。\n"
KOREAN = "러시아와 북한의 정상이 극동의 우주기지에서 회담을 가졌다. 양국 관계는 새로운 단계에 들어섰다.\n"


@pytest.mark.parametrize(
    "mark",
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
    ids=lambda mark: mark[1],
)
def test_a_byte_order_mark_decides_and_is_no_part_of_the_text(mark: tuple[bytes, str]) -> None:
    assert decoded(mark[0] + GERMAN.encode(mark[1]), declared="koi8-r") == GERMAN


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeros(encoding: str) -> None:
    assert decoded(GERMAN.encode(encoding)) == GERMAN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"),
        (GERMAN, "latin-1"),
        (FRENCH, "cp1252"),
        ("naïve café\n", "latin-1"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (CHINESE, "gb18030"),
        (KOREAN, "euc_kr"),
    ],
)
def test_an_old_encoding_is_detected(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)) == text
    assert decoded(b"Plain words at first. " * 9_000 + text.encode(encoding)).endswith(text)


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        (RUSSIAN, "iso8859-5", "ISO-8859-5"),
        (JAPANESE, "iso2022_jp", " iso-2022-jp "),
        (GERMAN, "mac_roman", "macintosh"),
    ],
)
def test_a_declared_charset_is_believed(text: str, encoding: str, declared: str) -> None:
    assert decoded(text.encode(encoding), declared) == text


@pytest.mark.parametrize(
    "declared", ["us-ascii", "iso-8859-1", "windows-1252", "utf-16", "klingon", "hex", "utf-7", ""]
)
def test_utf_8_is_read_whatever_was_declared_out_of_habit_or_by_mistake(declared: str) -> None:
    assert decoded(FRENCH.encode(), declared) == FRENCH


@pytest.mark.parametrize("declared", ["utf-7", "unicode_escape", "raw_unicode_escape", "punycode", "idna"])
def test_an_escape_is_no_charset(declared: str) -> None:
    assert decoded(rb"1 +AGE- \u0041 a-b", declared) == r"1 +AGE- \u0041 a-b"


def test_latin_1_means_what_browsers_take_it_for() -> None:
    assert decoded("“quoted”".encode("cp1252"), "iso-8859-1") == "“quoted”"


def test_utf_8_that_ends_within_a_character_is_still_utf_8() -> None:
    assert decoded("naïve déjà v".encode() + "ü".encode()[:1]) == "naïve déjà v"


def test_a_last_accent_of_an_old_encoding_is_no_cut_character() -> None:
    assert decoded("The word is café".encode("latin-1")) == "The word is café"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"words and \0 a zero",
        bytes(range(1, 9)) * 40,
        "zero \0 inside".encode("utf-16"),
        codecs.BOM_UTF16_LE + b"a\0\0\xd8b\0",
        codecs.BOM_UTF16_LE + b"a\0b",
        codecs.BOM_UTF8 + b"\xff\xfe\xfd",
    ],
    ids=["picture", "zero", "controls", "zero in UTF-16", "lone surrogate", "odd length", "false mark"],
)
def test_what_is_not_text_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="it is not text"):
        decoded(data)


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\r\n\t"), max_size=300))
def test_any_text_in_utf_8_is_read_as_it_is(text: str) -> None:
    assert decoded(codecs.BOM_UTF8 + text.encode()) == text.removeprefix("\ufeff")
