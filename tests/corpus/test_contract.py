"""What every reader promises, for every line of the table of formats."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.corpus import samples

from briefbot.corpus.formats import FORMATS, read_bytes
from briefbot.corpus.sandbox import ReaderProcess
from briefbot.errors import UnreadableFile
from briefbot.model import BLOCK_KINDS, Reading
from briefbot.settings import Limits

FIRST = "Kim Jong Un and Vladimir Putin met at the Vostochny Cosmodrome in September 2023."
SECOND = "It was the first trip abroad in four years – by a dark green train, “always” the same."
PARAGRAPHS = (FIRST, SECOND)

HTML = f"<html><body><main><p>{FIRST}</p><p>{SECOND}</p></main></body></html>"
SAMPLES = {
    ".txt": "\n\n".join(PARAGRAPHS).encode(),
    ".md": "\n\n".join(PARAGRAPHS).encode(),
    ".html": HTML.encode(),
    ".htm": HTML.encode("utf-16"),
    ".pdf": samples.make_pdf(PARAGRAPHS),
    ".docx": samples.make_docx(PARAGRAPHS),
    ".csv": f"what\n{FIRST}\n{SECOND}\n".encode(),
    ".tsv": f"what\tn\n{FIRST}\t1\n{SECOND}\t2\n".encode(),
    ".eml": f"Subject: A\nContent-Type: text/plain; charset=utf-8\n\n{FIRST}\n\n{SECOND}\n".encode(),
}
TEXT_FORMATS = [suffix for suffix in FORMATS if suffix not in (".pdf", ".docx")]
UNTOUCHED = [".txt", ".md", ".csv", ".tsv"]
HOSTILE = [
    "<",
    ">",
    ",",
    "#",
    "- ",
    "a",
    '"',
    "[",
    "(",
    "> ",
    "a\n",
    "<p>",
    "<div>",
    "|",
    "\t",
    "a: b\n",
    "---\n",
    "\f",
]

SPACES = ["\n", "\n\n", "\r\n", "\r", "\f", "\x85", "\u2028", "\u3000", "\xa0", "\t", "    ", " "]
MARKS = """a B. é - * 1. 2.1 # ## > ``` ~~~ === --- +++ | |--|--| , ; " : title: Subject: Content-Type: text/html
-- =?utf-8?q?
<p> </p> <ul><li> </ul> <table><tr><th> <td> </table> <br> <pre> </pre> <h1> </h1> <main> <nav> <a/href=x> </a> &nbsp;
&#xd800; <!-- -->"""
MARKUP = st.lists(st.sampled_from(SPACES) | st.sampled_from(MARKS.split()), max_size=40).map("".join)


def assert_lawful(reading: Reading) -> None:
    assert reading.text.encode("utf-8").decode("utf-8") == reading.text
    end = 0
    for block in reading.blocks:
        text = block.span.of(reading.text)
        assert end <= block.span.start < block.span.end <= len(reading.text)
        assert text == text.strip()
        assert block.kind in BLOCK_KINDS
        assert (1 <= block.level <= 6) if block.kind == "heading" else block.level == 0
        assert block.header is None or block.header.of(reading.text).strip()
        end = block.span.end
    assert list(reading.pages) == sorted(set(reading.pages))
    assert all(page < len(reading.text) for page in reading.pages)
    assert all(remark and "\n" not in remark for remark in reading.remarks)


def read_or_refuse(data: bytes, suffix: str) -> None:
    reading = reason = None
    try:
        reading = read_bytes(data, suffix, Limits())
    except UnreadableFile as error:
        reason = str(error)
    if reading:
        assert_lawful(reading)
    else:
        assert reason
        assert "\n" not in reason


def test_every_format_has_a_sample() -> None:
    assert SAMPLES.keys() == FORMATS.keys(), "add a line to SAMPLES for each format of corpus/formats.py"


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_of_each_format_is_read_into_lawful_blocks_that_hold_its_paragraphs(suffix: str) -> None:
    reading = read_bytes(SAMPLES[suffix], suffix, Limits())
    assert_lawful(reading)
    found = [" ".join(block.span.of(reading.text).split()) for block in reading.blocks]
    assert [sum(paragraph in text for text in found) for paragraph in PARAGRAPHS] == [1, 1]


@pytest.mark.parametrize("suffix", UNTOUCHED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_the_text_of_a_text_file_is_the_decoded_file(suffix: str, encoding: str) -> None:
    text = f"{FIRST}\r\n\r\n{SECOND}\r  \n"
    assert read_bytes(text.encode(encoding), suffix, Limits()).text == text


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("data", [b"", b" \r\n\t "], ids=["nothing", "white space"])
def test_an_empty_file_is_refused(suffix: str, data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="the file is empty"):
        read_bytes(data, suffix, Limits())


@pytest.mark.parametrize("suffix", FORMATS)
@given(data=st.binary(max_size=400))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_read_lawfully_or_refused(suffix: str, data: bytes) -> None:
    read_or_refuse(data, suffix)


@pytest.mark.parametrize("suffix", TEXT_FORMATS)
@given(text=st.text(max_size=200) | MARKUP)
@example("> # a #\n>\t\tb\n>c")
@example("\x0c\n0\n0")
@example("\x1c\x1f a\x85\n\u2029")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_read_lawfully_or_refused(suffix: str, text: str) -> None:
    read_or_refuse(text.encode("utf-8", "replace"), suffix)


@pytest.mark.parametrize("suffix", FORMATS)
@given(cut=st.integers(0, 10_000), place=st.integers(0, 10_000), byte=st.integers(0, 255))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_file_is_read_lawfully_or_refused(suffix: str, cut: int, place: int, byte: int) -> None:
    data = bytearray(SAMPLES[suffix])
    data[place % len(data)] = byte
    read_or_refuse(bytes(data[: len(data) - cut % len(data)]), suffix)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", TEXT_FORMATS)
@pytest.mark.parametrize("unit", HOSTILE, ids=json.dumps)
def test_a_megabyte_of_one_thing_is_far_from_the_limits(suffix: str, unit: str) -> None:
    data = (unit * 1_000_000)[:1_000_000].encode()
    reason = ""
    with ReaderProcess(Limits()) as readers:
        try:
            assert_lawful(readers.read(data, suffix))
        except UnreadableFile as error:
            reason = str(error)
    assert "limits." not in reason  # a reader whose time or memory grew faster would meet them
