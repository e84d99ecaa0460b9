from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes import WordEncoder

from briefbot.corpus.composition import Composition
from briefbot.model import BLOCK_KINDS, Block, Document, Metadata, Passage, Span
from briefbot.passages import Cutter
from briefbot.wording import search_text

Layout = list[tuple[str, str]]
KINDS = {str(kind): kind for kind in BLOCK_KINDS}
WORD = st.sampled_from(
    ["Vostochny", "Kimmm.", "grain,", "satel-\nlite", "ﬁnal", "平壤的新闻。", "𝄞", "half½", "a\u00a8b", "…"]
)
LINE = st.lists(WORD, min_size=1, max_size=30).map(" ".join)
LINES = st.lists(LINE, min_size=1, max_size=5).map("\n".join)
PIECE = st.one_of(
    st.tuples(st.sampled_from(["paragraph", "list", "table", "code"]), LINES),
    st.tuples(st.just("heading"), st.lists(WORD, min_size=1, max_size=3).map(" ".join)),
    st.tuples(st.just("paragraph"), st.sampled_from(["Scrap", "Another scrap", "By A. Author"])),
    st.tuples(st.just("paragraph"), st.just("x" * 200)),
)
LAYOUT = st.lists(PIECE, max_size=10)
WINDOW = st.integers(60, 120)


@dataclass(frozen=True)
class Page:
    """A document and its blocks, laid out from pieces; "heading" may be followed by its level, as in "heading3"."""

    document: Document
    blocks: tuple[Block, ...]


def page(layout: Layout, title: str = "Title", pages: tuple[int, ...] = ()) -> Page:
    composition = Composition()
    for kind, text in layout:
        level = int(kind[7:] or 1) if kind.startswith("heading") else 0
        composition.add(
            KINDS[kind.rstrip("123456")],
            text,
            level=level,
            header_length=len(text.split("\n")[0]) if kind == "table" else 0,
        )
    return Page(Document("a.txt", title, composition.text, Metadata(), "en", pages), composition.blocks)


def cut(layout: Layout, window: int = 40, title: str = "Title") -> tuple[Passage, ...]:
    made = page(layout, title)
    return Cutter(window, WordEncoder().count, lambda _: None).cut(made.document, made.blocks)


def shown(passages: tuple[Passage, ...]) -> list[tuple[tuple[str, ...], str]]:
    return [(passage.heading, passage.text) for passage in passages]


def visible(text: str) -> str:
    return "".join(text.split())


# Laws


@given(LAYOUT, WINDOW)
def test_every_passage_and_sentence_is_an_exact_slice(layout: Layout, window: int) -> None:
    text = page(layout).document.text
    for passage in cut(layout, window):
        assert passage.text == passage.span.of(text) == passage.text.strip() != ""
        assert all(sentence.text == sentence.span.of(text) for sentence in passage.sentences)


@given(LAYOUT, WINDOW)
def test_passages_are_numbered_in_order_and_do_not_overlap(layout: Layout, window: int) -> None:
    passages = cut(layout, window)
    assert [passage.number for passage in passages] == list(range(1, len(passages) + 1))
    assert all(one.span.end <= next_one.span.start for one, next_one in pairwise(passages))


@given(LAYOUT, WINDOW)
def test_every_visible_character_outside_headings_is_in_exactly_one_passage(layout: Layout, window: int) -> None:
    made = page(layout)
    wanted = {
        i
        for block in made.blocks
        if block.kind != "heading"
        for i in range(block.span.start, block.span.end)
        if not made.document.text[i].isspace()
    }
    held = [i for passage in cut(layout, window) for i in range(passage.span.start, passage.span.end)]
    assert wanted <= set(held)
    assert len(held) == len(set(held))


@given(LAYOUT, WINDOW)
def test_no_heading_is_lost(layout: Layout, window: int) -> None:
    made = page(layout)
    passages = cut(layout, window)
    said = visible(" ".join(" ".join([*passage.heading, passage.text]) for passage in passages))
    headings = [visible(block.span.of(made.document.text)) for block in made.blocks if block.kind == "heading"]
    plain = [heading for heading in headings if heading.isascii() and "satel" not in heading]
    assert [heading for heading in plain if heading not in said] == []


@given(LAYOUT, WINDOW)
def test_what_is_encoded_fits_the_window(layout: Layout, window: int) -> None:
    sizes = WordEncoder().count(
        [search_text("Title", passage.heading, passage.header, passage.text) for passage in cut(layout, window)]
    )
    assert [size for size in sizes if size > window] == []


@given(LAYOUT, WINDOW)
def test_the_sentences_of_a_passage_cover_it(layout: Layout, window: int) -> None:
    for passage in cut(layout, window):
        assert visible("".join(sentence.text for sentence in passage.sentences)) == visible(passage.text)


# Headings and scraps


def test_a_heading_becomes_the_path_of_what_follows() -> None:
    layout: Layout = [
        ("heading1", "Handbook"),
        ("paragraph", "Welcome to all."),
        ("heading2", "Travel"),
        ("paragraph", "Take the train."),
        ("heading2", "Food"),
        ("paragraph", "Eat well."),
    ]
    assert shown(cut(layout)) == [
        (("Handbook",), "Welcome to all."),
        (("Handbook", "Travel"), "Take the train."),
        (("Handbook", "Food"), "Eat well."),
    ]


def test_a_section_without_a_body_stands_before_the_next_passage() -> None:
    layout: Layout = [
        ("heading", "Reserved"),
        ("heading", "Travel"),
        ("paragraph", "Take the train."),
    ]
    assert shown(cut(layout)) == [(("Travel",), "Reserved\n\nTravel\n\nTake the train.")]


def test_a_scrap_is_the_first_line_of_what_follows() -> None:
    layout: Layout = [("paragraph", "By A. Author"), ("paragraph", "Today"), ("paragraph", "They met at last.")]
    assert shown(cut(layout)) == [((), "By A. Author\n\nToday\n\nThey met at last.")]


def test_a_scrap_at_the_end_belongs_to_what_it_follows() -> None:
    layout: Layout = [("paragraph", "They met at last."), ("paragraph", "The end"), ("heading", "Notes")]
    assert shown(cut(layout)) == [((), "They met at last.\n\nThe end\n\nNotes")]


def test_many_scraps_are_passages_of_some_length() -> None:
    scraps = [f"number {i:02} {'x' * 28}" for i in range(14)]
    passages = cut([("paragraph", scrap) for scrap in scraps], window=100)
    assert [passage.text.split("\n\n") for passage in passages] == [scraps[:6], scraps[6:]]  # two follow the twelfth


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ([("paragraph", "Only this")], [((), "Only this")]),
        ([("heading", "Only this")], [(("Only this",), "Only this")]),
        ([("heading", "One"), ("heading", "Two")], [(("Two",), "One\n\nTwo")]),
        ([("heading", "One"), ("paragraph", "scrap")], [(("One",), "scrap")]),
        ([], []),
    ],
)
def test_a_document_of_scraps_and_headings_only_is_not_lost(
    layout: Layout, expected: list[tuple[tuple[str, ...], str]]
) -> None:
    assert shown(cut(layout)) == expected


@pytest.mark.parametrize("text", ["He left.", "Why?", "What follows:", "结束。", "“So it is.”", "two\nlines", "w" * 41])
def test_a_sentence_or_a_longer_line_is_no_scrap(text: str) -> None:
    assert len(cut([("paragraph", text), ("paragraph", "They met at last.")])) == 2


# Dividing


def test_a_long_paragraph_is_divided_at_sentences_into_parts_of_about_equal_size() -> None:
    sentence = "Every sentence here is made of ten plain words, see."
    passages = cut([("paragraph", " ".join([sentence] * 8))], window=41)
    assert [passage.text for passage in passages] == [" ".join([sentence] * 4)] * 2


def test_a_long_sentence_is_divided_at_words() -> None:
    passages = cut([("paragraph", "word " * 100)], window=41)
    assert [len(passage.text.split()) for passage in passages] == [33, 34, 33]


def test_a_list_is_divided_at_its_lines() -> None:
    items = [f"- item {i} is made of ten words, that is all" for i in range(8)]
    passages = cut([("list", "\n".join(items))], window=45)
    assert [passage.text for passage in passages] == ["\n".join(items[:4]), "\n".join(items[4:])]


@pytest.mark.parametrize("kind", ["list", "table", "code"])
def test_what_fits_stays_whole(kind: str) -> None:
    text = "name price\n\nred 1\nblue 2"
    passages = cut([(kind, text)])
    assert [(passage.kind, passage.text, passage.header) for passage in passages] == [(kind, text, None)]


def test_each_part_of_a_divided_table_carries_the_column_names() -> None:
    rows = [f"colour{i} {i}" for i in range(40)]
    passages = cut([("table", "\n".join(["name price", *rows]))])
    assert [passage.header for passage in passages] == [None, "name price", "name price"]
    assert "\n".join(passage.text for passage in passages).split("\n") == ["name price", *rows]


def test_words_that_count_for_more_once_normalised_still_fit() -> None:
    text = "\ufdfa " * 60  # one word as written, four as it is searched
    assert [len(passage.text.split()) for passage in cut([("paragraph", text)], window=41)] == [10] * 6


def test_a_text_without_a_word_piece_is_a_passage_all_the_same() -> None:
    made = page([("paragraph", "平 壤")], title="word " * 24)
    cutter = Cutter(20, lambda texts: [text.count("word") for text in texts], lambda _: None)
    assert [passage.text for passage in cutter.cut(made.document, made.blocks)] == ["平 壤"]


# Places


def test_a_passage_knows_its_pages_lines_and_language() -> None:
    text = "Erste Zeile.\r\nZweite Zeile.\r\rDritte Zeile."
    document = Document("a.pdf", "T", text, Metadata(), "de", (0, 14))
    blocks = [Block("paragraph", Span(0, 27)), Block("paragraph", Span(29, 42))]
    passages = Cutter(40, WordEncoder().count, {text[29:]: "nl"}.get).cut(document, blocks)
    assert [(p.lines, p.pages, p.language) for p in passages] == [((1, 2), (1, 2), "de"), ((4, 4), (2, 2), "nl")]


def test_a_row_carries_the_column_names_that_stand_above_it() -> None:
    text = "name,price\nred,1\nblue,2"
    columns = Span(0, 10)
    blocks = [Block("row", Span(11, 16), header=columns), Block("row", Span(17, 23), header=columns)]
    document = Document("a.csv", "T", text, Metadata(), None, ())
    passages = Cutter(40, WordEncoder().count, lambda _: None).cut(document, blocks)
    assert [(p.kind, p.text, p.header, p.lines) for p in passages] == [
        ("row", "red,1", "name,price", (2, 2)),
        ("row", "blue,2", "name,price", (3, 3)),
    ]
