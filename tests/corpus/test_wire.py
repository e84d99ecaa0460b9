"""Frames and readings on their way between two processes."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.corpus.wire import pack, unpack
from briefbot.frames import read_frame, to_json, write_frame
from briefbot.model import BLOCK_KINDS, Block, Metadata, Reading, Span

texts = st.text()
spans = st.tuples(st.integers(0, 99), st.integers(0, 99)).map(lambda ends: Span(min(ends), max(ends)))
blocks = st.builds(Block, st.sampled_from(BLOCK_KINDS), spans, st.integers(0, 6), st.none() | spans)
readings = st.builds(
    Reading,
    texts,
    st.lists(blocks).map(tuple),
    st.builds(Metadata, *[st.none() | texts] * 2, st.none() | st.dates(), *[st.none() | texts] * 2),
    st.lists(st.integers(0, 99)).map(tuple),
    st.lists(texts).map(tuple),
)


@given(readings)
def test_a_reading_arrives_as_it_was_sent(reading: Reading) -> None:
    assert unpack(json.loads(to_json(pack(reading))), reading.text) == reading


def test_the_date_is_a_date_again() -> None:
    reading = Reading("", (), Metadata(date=date(2023, 9, 13)))
    assert unpack(pack(reading), "").metadata.date == date(2023, 9, 13)


@given(st.lists(st.binary()))
def test_frames_arrive_one_by_one(sent: list[bytes]) -> None:
    stream = io.BytesIO()
    for data in sent:
        write_frame(stream, data)
    stream.seek(0)
    assert [read_frame(stream, 1_000_000) for _ in sent] == sent
    with pytest.raises(EOFError):
        read_frame(stream, 1_000_000)


def test_a_frame_cut_short_is_an_end_and_one_too_long_is_refused() -> None:
    with pytest.raises(EOFError):
        read_frame(io.BytesIO((5).to_bytes(8, "big") + b"four"), 5)
    with pytest.raises(ValueError, match="a frame of 6 bytes, where at most 5 are awaited"):
        read_frame(io.BytesIO((6).to_bytes(8, "big") + b"sixsix"), 5)


def test_text_that_is_not_unicode_is_not_sent() -> None:
    with pytest.raises(UnicodeEncodeError):
        to_json({"title": "\ud800"})
