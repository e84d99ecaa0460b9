from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fakes import WordEncoder, codes_of

from briefbot.index.disk import Disk
from briefbot.index.manifest import EncoderEntry
from briefbot.index.segment import Entry, Segment, passage_key, write_segment
from briefbot.model import Attribution, Block, Document, Metadata, Origin, Quotation, Span
from briefbot.passages import Cutter

if TYPE_CHECKING:
    from pathlib import Path

    from briefbot.model import Passage

ENCODER = EncoderEntry("words", "words-1", "words-1", 64, 40, 4)
WORDS = st.text(st.sampled_from("abc é한𝄞\n.ﬁ "), min_size=1, max_size=80).filter(str.strip)


def entry(name: str, paragraphs: list[str]) -> Entry:
    encoder = WordEncoder()
    text = "\n\n".join(paragraphs)
    starts = np.cumsum([0, *(len(p) + 2 for p in paragraphs)])
    spans = [
        Span(int(s) + len(p) - len(p.lstrip()), int(s) + len(p.rstrip()))
        for s, p in zip(starts, paragraphs, strict=False)
    ]
    document = Document(
        name, f"Title of {name}", text, Metadata(author="A. Author", date=date(2024, 2, 29)), "en", (0,)
    )
    passages = Cutter(40, encoder.count, lambda _: None).cut(document, [Block("paragraph", span) for span in spans])
    return Entry(
        document=document,
        origin=Origin("ab" * 32, "cd" * 32, 17, ("a remark",)),
        passages=passages,
        keys=tuple(passage_key(passage.text) for passage in passages),
        terms=tuple(tuple(passage.text.split()) for passage in passages),
        vectors=encoder.encode_questions([passage.text for passage in passages]),
        codes=tuple(codes_of(passage.text) for passage in passages),
        quotations=tuple(quoted(document, passage) for passage in passages),
    )


def quoted(document: Document, passage: Passage) -> Quotation:
    """Return a passage's first sentence as a quotation; who said the third, sixth and so on is not known."""
    span, words = passage.sentences[0].span, passage.sentences[-1].span
    full = f"The speaker of {document.name}" if passage.number % 2 else None
    who = Attribution(words.of(document.text), words, full, "said" if passage.number % 4 else None, 1 / passage.number)
    return Quotation(
        document=document.name,
        utterance=passage.number,
        kind="indirect" if passage.number % 5 else "direct",
        span=span,
        text=span.of(document.text),
        context=passage.span,
        attribution=who if passage.number % 3 else None,
    )


def write_and_open(root: Path, entries: list[Entry]) -> Segment:
    disk = Disk(root)
    disk.make_folder("parts")
    disk.make_folder("staging")
    return Segment(root, write_segment(disk, "staging", entries), ENCODER)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(texts=st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=4))
def test_everything_comes_back_as_it_was_written(tmp_path: Path, texts: list[list[str]]) -> None:
    entries = [entry(f"folder/{i}.txt", paragraphs) for i, paragraphs in enumerate(texts)]
    segment = write_and_open(tmp_path, entries)
    for wrote, read in zip(entries, segment.entries(range(len(entries))), strict=True):
        assert (read.document, read.origin, read.passages, read.keys) == (
            wrote.document, wrote.origin, wrote.passages, wrote.keys
        )  # fmt: skip
        assert [sorted(terms) for terms in read.terms] == [sorted(terms) for terms in wrote.terms]
        assert np.array_equal(read.vectors, wrote.vectors.astype(np.float16))
        assert list(map(np.ndarray.tolist, read.codes)) == list(map(np.ndarray.tolist, wrote.codes))
        assert read.quotations == wrote.quotations
        for passage in read.passages:
            assert passage.text == passage.span.of(read.document.text)
            assert all(sentence.text == sentence.span.of(read.document.text) for sentence in passage.sentences)


def test_the_postings_say_where_a_term_is_and_how_often(tmp_path: Path) -> None:
    segment = write_and_open(tmp_path, [entry("a.txt", ["red blue red.", "blue green."]), entry("b.txt", ["red."])])
    found = {term: [column.tolist() for column in segment.postings.of(term)] for term in ("red", "blue", "rex", "")}
    assert found == {"red": [[0], [1]], "blue": [[0, 1], [1, 1]], "rex": [[], []], "": [[], []]}
    assert segment.postings.lengths.tolist() == [3, 2, 1]


def test_the_nearest_vectors_are_found_among_the_allowed_rows_only(tmp_path: Path) -> None:
    segment = write_and_open(tmp_path, [entry("a.txt", ["red red red.", "red blue blue.", "green green."])])
    red = WordEncoder().encode_questions(["red"])[0]
    scores, rows = segment.vectors.search(red, 2, None)
    assert rows.tolist() == [0, 1]
    assert np.allclose(scores, segment.vectors.scores(red, np.array([0, 1])))
    assert segment.vectors.search(red, 3, np.array([False, True, False]))[1].tolist() == [1]
