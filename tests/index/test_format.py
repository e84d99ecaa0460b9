"""An index that an earlier release wrote is read as it was meant, or refused; see tests/data/README.md."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.fakes import WordEncoder

from briefbot.errors import ForeignIndex
from briefbot.index.generation import Generation, Listed
from briefbot.index.manifest import EncoderEntry
from briefbot.index.store import numbers, open_current, open_number, verified
from briefbot.model import Document, Filters, Metadata, Origin, Passage, Scope, Sentence, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

INDEX = Path(__file__).parents[1] / "data" / "format-4"

GRAIN = (
    "---\ntitle: Grain for the North\nauthor: A. Writer\ndate: 2011-08-19\nurl: https://example.org/g\n---\n"
    "# Shipments\n\nRussia announced 50,000 tons of grain. It came after floods.\n\n"
    "## By train\n\n- dark green\n- given in Soviet times\n"
)
CODES = "code,meaning\nE4304,the pump is dry\nE4305,the valve is open\n"
WORDS = "Straße, ﬁne 𝄞 und 平壤. Ein zweiter Satz folgt hier.\r\n\r\nNoch ein Absatz, mit CRLF davor."

DOCUMENTS = {
    "briefs/grain.md": Document(
        name="briefs/grain.md",
        title="Grain for the North",
        text=GRAIN,
        metadata=Metadata("Grain for the North", "A. Writer", date(2011, 8, 19), "https://example.org/g", None),
        language="en",
        pages=(),
    ),
    "codes.csv": Document("codes.csv", "codes", CODES, Metadata(), "en", ()),
    "wörter.txt": Document("wörter.txt", "wörter", WORDS, Metadata(), "de", ()),
}


def sentence(text: str, start: int, end: int) -> Sentence:
    return Sentence(Span(start, end), text[start:end])


PASSAGES = {
    "briefs/grain.md": [
        Passage(
            document="briefs/grain.md",
            number=1,
            kind="paragraph",
            span=Span(110, 170),
            text="Russia announced 50,000 tons of grain. It came after floods.",
            heading=("Shipments",),
            pages=None,
            lines=(9, 9),
            language="en",
            header=None,
            sentences=(sentence(GRAIN, 110, 148), sentence(GRAIN, 149, 170)),
        ),
        Passage(
            document="briefs/grain.md",
            number=2,
            kind="list",
            span=Span(185, 221),
            text="- dark green\n- given in Soviet times",
            heading=("Shipments", "By train"),
            pages=None,
            lines=(13, 14),
            language="en",
            header=None,
            sentences=(sentence(GRAIN, 185, 197), sentence(GRAIN, 198, 221)),
        ),
    ],
    "codes.csv": [
        Passage(
            document="codes.csv",
            number=number,
            kind="row",
            span=span,
            text=text,
            heading=(),
            pages=None,
            lines=(number + 1, number + 1),
            language="en",
            header="code,meaning",
            sentences=(Sentence(span, text),),
        )
        for number, span, text in [
            (1, Span(13, 34), "E4304,the pump is dry"),
            (2, Span(35, 58), "E4305,the valve is open"),
        ]
    ],
    "wörter.txt": [
        Passage(
            document="wörter.txt",
            number=1,
            kind="paragraph",
            span=Span(0, 50),
            text="Straße, ﬁne 𝄞 und 平壤. Ein zweiter Satz folgt hier.",
            heading=(),
            pages=None,
            lines=(1, 1),
            language="de",
            header=None,
            sentences=(sentence(WORDS, 0, 21), sentence(WORDS, 22, 50)),
        ),
        Passage(
            document="wörter.txt",
            number=2,
            kind="paragraph",
            span=Span(54, 86),
            text="Noch ein Absatz, mit CRLF davor.",
            heading=(),
            pages=None,
            lines=(3, 3),
            language="de",
            header=None,
            sentences=(sentence(WORDS, 54, 86),),
        ),
    ],
}


@pytest.fixture
def generation() -> Iterator[Generation]:
    with open_current(INDEX) as generation:
        yield generation


@pytest.mark.parametrize("earlier", [1, 2, 3])
def test_an_index_of_an_earlier_format_is_refused_with_the_way_out(earlier: int) -> None:
    with pytest.raises(
        ForeignIndex, match=rf"has index format {earlier}, and this briefbot reads 4; run: briefbot build --full"
    ):
        open_current(INDEX.with_name(f"format-{earlier}"))


def test_every_byte_of_it_is_as_it_was_written() -> None:
    assert [reason for _, _, reason in verified(INDEX)] == [None] * 19
    assert numbers(INDEX) == [1, 2]


def test_its_manifest_is_read(generation: Generation) -> None:
    manifest = generation.manifest
    assert (manifest.generation, manifest.documents, manifest.passages) == (2, 3, 6)
    assert manifest.made == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert manifest.encoder == EncoderEntry("words", "words-1", WordEncoder.source, 64, 40, 4)
    assert manifest.derivation == "cutting 1, wording 1, analysis 2, quotations 1, encoder words-1"
    assert (manifest.corpus, manifest.skipped) == ("docs_corpus", ())
    assert [(s.documents, s.passages, s.live, s.dead) for s in manifest.segments] == [(3, 5, 4, (1,)), (1, 2, 2, ())]


def test_its_documents_are_read(generation: Generation) -> None:
    assert generation.documents == {
        "briefs/grain.md": Listed(0, 0, "briefs/grain.md", 2),
        "codes.csv": Listed(1, 0, "codes.csv", 2),
        "wörter.txt": Listed(0, 2, "wörter.txt", 2),
    }
    assert {name: generation.document(name) for name in generation.documents} == DOCUMENTS
    assert generation.origin("codes.csv") == Origin(
        sha256="1d0552ee05545eba127608e9223fdfc883385d86ac17c9a3f30d8851faabcb01",
        content="30278a6c10b7d924c2e3c7ccf9da4d7ebb628a54287cbe78ef6e051af4879803",
        modified=1_700_000_000_000_000_000,
        remarks=(),
    )


def test_its_passages_and_sentences_are_read(generation: Generation) -> None:
    assert {name: list(generation.passages(name)) for name in generation.documents} == PASSAGES
    assert [generation.place(row) for row in range(7)] == [
        *(("briefs/grain.md", 1), ("briefs/grain.md", 2), ("gone.txt", 1), ("wörter.txt", 1), ("wörter.txt", 2)),
        *(("codes.csv", 1), ("codes.csv", 2)),
    ]


def test_its_dead_rows_and_filters_are_read(generation: Generation) -> None:
    everything = Scope.everything()
    assert generation.allowed(everything, Filters()).tolist() == [True, True, False, True, True, True, True]
    in_2011 = Filters(since=date(2011, 8, 19), until=date(2011, 8, 19), author="writer")
    assert generation.allowed(everything, in_2011).tolist() == [True, True, False, False, False, False, False]


def test_its_former_generation_is_read() -> None:
    with open_number(INDEX, 1) as former:
        assert list(former.documents) == ["briefs/grain.md", "gone.txt", "wörter.txt"]
        assert former.document("gone.txt").text == (
            "This document is gone in the second generation, but its row is still there."
        )


def test_its_vectors_are_read(generation: Generation) -> None:
    question = WordEncoder().encode_questions(["Russia announced 50,000 tons of grain"])[0]
    first, second = (segment.vectors for segment in generation.segments)
    assert np.round(first.scores(question, np.arange(5)), 6).tolist() == [
        0.5487,
        0.24641,
        0.095472,
        0.227925,
        0.001775,
    ]
    assert np.round(second.scores(question, np.arange(2)), 6).tolist() == [0.001739, 0.001739]
    assert first.search(question, 2, None)[1].tolist() == [0, 1]


def test_its_postings_are_read(generation: Generation) -> None:
    first, second = (segment.postings for segment in generation.segments)
    words = ("grain", "russia", "平壤", "row", "nobody")
    assert {word: [column.tolist() for column in first.of(word)] for word in words} == {
        "grain": [[0, 1], [2, 1]],
        "russia": [[0], [1]],
        "平壤": [[3], [1]],
        "row": [[2], [1]],
        "nobody": [[], []],
    }
    assert (first.lengths.tolist(), second.lengths.tolist()) == ([16, 13, 15, 10, 7], [8, 8])
    assert sorted(second.terms_of([1])[0]) == ["code", "code", "e4305", "is", "mean", "open", "the", "valv"]
