"""Segments written as one hold what they held, without the dead, and without a trace of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.index.test_segment import ENCODER, WORDS, entry

from briefbot.index import merging
from briefbot.index.disk import Disk
from briefbot.index.merging import Source, merge_segments
from briefbot.index.segment import Segment, write_segment

if TYPE_CHECKING:
    import random
    from pathlib import Path

    import pytest

    from briefbot.index.segment import Entry

_ALIKE = ("lexical", "dense", "documents", "codes")
DOCUMENTS = st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=4)


def merged(root: Path, segments: list[list[Entry]], dead: set[str]) -> Segment:
    disk = Disk(root)
    disk.make_folder("parts")
    disk.make_folder("staging")
    written = [Segment(root, write_segment(disk, "staging", entries), ENCODER) for entries in segments]
    sources = [Source(one, np.array([name not in dead for name in one.names])) for one in written]
    return Segment(root, merge_segments(disk, "staging", sources, ENCODER), ENCODER)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(texts=st.lists(DOCUMENTS, min_size=1, max_size=3), chance=st.randoms())
def test_a_merged_segment_is_the_one_that_all_live_documents_would_make(
    tmp_path: Path, texts: list[list[list[str]]], chance: random.Random
) -> None:
    segments = [
        [entry(f"{i}/{j}.txt", paragraphs) for j, paragraphs in enumerate(some)] for i, some in enumerate(texts)
    ]
    every = [one for some in segments for one in some]
    dead = {one.document.name for one in every if chance.random() < 0.3}
    live = [one for one in every if one.document.name not in dead]
    if not live:
        return
    found, once = merged(tmp_path, segments, dead), merged(tmp_path, [live], set())
    assert (found.entry.documents, found.entry.passages) == (once.entry.documents, once.entry.passages)
    for ours, theirs in zip(found.entries(range(len(live))), once.entries(range(len(live))), strict=True):
        assert (ours.document, ours.origin, ours.passages, ours.keys) == (
            theirs.document, theirs.origin, theirs.passages, theirs.keys
        )  # fmt: skip
        assert list(map(sorted, ours.terms)) == list(map(sorted, theirs.terms))
        assert np.array_equal(ours.vectors, theirs.vectors)
        assert list(map(np.ndarray.tolist, ours.codes)) == list(map(np.ndarray.tolist, theirs.codes))
        assert ours.quotations == theirs.quotations
    words = [
        sorted(
            (piece.name(number), [piece.starts[i] for i in range(piece.firsts[number], piece.firsts[number + 1])])
            for piece, _ in segment.concordance.numbered
            for number in range(piece.documents)
        )
        for segment in (found, once)
    ]
    assert words[0] == words[1]
    assert sorted(found.quotations.names) == sorted(once.quotations.names)
    assert sorted(found.quotations.cues) == sorted(once.quotations.cues)
    assert {part.kind: part.sha256 for part in found.entry.parts if part.kind in _ALIKE} == {
        part.kind: part.sha256 for part in once.entry.parts if part.kind in _ALIKE
    }


def test_no_part_keeps_a_word_of_the_dead(tmp_path: Path) -> None:
    secret = entry("secret-name.txt", ["codeword codeword.", "It is secret-text."])
    segment = merged(
        tmp_path, [[secret, entry("a.txt", ["It is here."])], [entry("b.txt", ["codebook."])]], {"secret-name.txt"}
    )
    for part in segment.entry.parts:
        data = (tmp_path / part.file).read_bytes()
        assert [word for word in (b"codeword", b"secret-text", b"secret-name") if word in data] == []
    assert [segment.row_of(name) for name in ("a.txt", "b.txt", "secret-name.txt", "", "c")] == [0, 1, None, None, None]


def test_many_passages_are_divided_into_cells_and_keep_their_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    segments = [[entry(f"{i}/{j}.txt", [f"a{i} b{j} c{i + j}."]) for j in range(60)] for i in range(3)]
    plain = merged(tmp_path, segments, {"1/7.txt"})
    monkeypatch.setattr(merging, "EXACT_UP_TO", 100)
    cells = merged(tmp_path, segments, {"1/7.txt"})
    rows = np.arange(179)
    assert (plain.entry.kind, cells.entry.kind, plain.entry.passages) == ("exact", "cells", 179)
    assert np.array_equal(plain.vectors.codes(rows), cells.vectors.codes(rows))
    again = merge_segments(Disk(tmp_path), "staging", [Source(cells, ~cells.dead)], ENCODER)
    assert again.part("dense") == cells.entry.part("dense")


def test_a_piece_of_the_concordance_stays_as_it_is_unless_it_is_small_or_a_document_in_it_is_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "_TOGETHER", 2)
    large, small = [entry(f"{i}.txt", ["red.", "blue."]) for i in (1, 2)], [entry("3.txt", ["green."])]
    segments = [[large[0]], [large[1]], small, [entry("4.txt", ["secret."]), entry("5.txt", ["grey."])]]
    found = merged(tmp_path, segments, {"4.txt"})
    before = [Segment(tmp_path, write_segment(Disk(tmp_path), "staging", some), ENCODER) for some in segments]
    kept = [one.concordance.entries[0] for one in before]
    assert found.concordance.entries[:2] == tuple(kept[:2])
    assert len(found.concordance.entries) == 3
    assert not set(found.concordance.entries[2:]) & set(kept)
    assert [piece.documents for piece, _ in found.concordance.numbered] == [1, 1, 2]
    assert [first for _, first in found.concordance.numbered] == [0, 2, 4]
    assert all(b"secret" not in bytes(piece.keys) for piece, _ in found.concordance.numbered)
