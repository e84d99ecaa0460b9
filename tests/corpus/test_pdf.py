"""PDF files, made by reportlab and pypdf, through the real reader."""

from __future__ import annotations

import io
import itertools
from datetime import date
from typing import TYPE_CHECKING

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.corpus import samples
from tests.corpus.samples import HEIGHT, LEADING, TOP, text_at

from briefbot.corpus.readers.pdf import read
from briefbot.errors import UnreadableFile
from briefbot.settings import Limits

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

    from briefbot.model import Reading

GRAIN = (
    "Moscow announced in 2011 that fifty thousand tons of grain would be sent after the floods of that summer, and the "
    "first ship left the port of Vladivostok in August with a part of it."
)
TRAIN = (
    "The dark green train, a present of Soviet times, crossed the border at Khasan in the early morning, and its "
    "guests were met on the platform with bread and salt."
)


def read_pdf(data: bytes) -> Reading:
    return read(data, Limits())


def layout(reading: Reading) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, block.span.of(reading.text)) for block in reading.blocks]


def words(reading: Reading) -> list[tuple[str, str]]:
    return [(kind, " ".join(text.split())) for kind, _, text in layout(reading)]


def test_paragraphs_are_read_with_their_lines_and_the_properties_of_the_file() -> None:
    reading = read_pdf(samples.make_pdf([GRAIN, TRAIN], title="Grain", author="Ann Example"))
    assert words(reading) == [("paragraph", GRAIN), ("paragraph", TRAIN)]
    assert reading.text.count("\n\n") == 1
    assert (reading.metadata.title, reading.metadata.author) == ("Grain", "Ann Example")
    assert reading.metadata.date == date(2000, 1, 1)  # what reportlab writes into reproducible files
    assert reading.pages == (0,)
    assert reading.remarks == ()


def test_authors_that_programs_make_up_are_not_taken_for_names() -> None:
    metadata = read_pdf(samples.make_pdf([GRAIN], title="untitled", author="anonymous")).metadata
    assert (metadata.title, metadata.author) == (None, None)


def test_a_word_broken_at_a_line_end_keeps_its_hyphen_and_line_break() -> None:
    def draw(canvas: Canvas) -> None:
        text_at(canvas, 72, 700, "The ministers signed an agree-")
        text_at(canvas, 72, 688, "ment about satellites.")

    assert read_pdf(samples.drawn(draw)).text == "The ministers signed an agree-\nment about satellites."


def test_headings_are_told_by_size_and_weight_and_ranked() -> None:
    def draw(canvas: Canvas) -> None:
        text_at(canvas, 72, 760, "Relations of two", "Helvetica-Bold", 20)
        text_at(canvas, 72, 736, "neighbours", "Helvetica-Bold", 20)
        text_at(canvas, 72, 690, "1. Beginnings", "Times-Bold", 14)
        text_at(canvas, 72, 670, "Soviet help came in the autumn of the year 1950.")
        text_at(canvas, 72, 646, "Aftermath", "Times-Bold", 10)
        text_at(canvas, 72, 634, "It ended with the armistice of the year 1953.")

    assert layout(read_pdf(samples.drawn(draw))) == [
        ("heading", 1, "Relations of two\nneighbours"),
        ("heading", 2, "1. Beginnings"),
        ("paragraph", 0, "Soviet help came in the autumn of the year 1950."),
        ("heading", 3, "Aftermath"),
        ("paragraph", 0, "It ended with the armistice of the year 1953."),
    ]


def test_items_are_one_list_and_prose_that_begins_with_a_number_is_none() -> None:
    lines = ["The delegation brought in its wagons", "12. cars of the newest type, and these:"]
    items = ["• grain", "• fuel for the northern", "and the eastern towns", "• machines"]

    def draw(canvas: Canvas) -> None:
        for row, line in enumerate(lines + items):
            text_at(canvas, 78 if line.startswith("and") else 72, TOP - row * LEADING, line)
        text_at(canvas, 72, TOP - 8 * LEADING, "1. First of all")
        text_at(canvas, 72, TOP - 9 * LEADING, "2. Then")

    assert layout(read_pdf(samples.drawn(draw))) == [
        ("paragraph", 0, "\n".join(lines)),
        ("list", 0, "\n".join(items)),
        ("list", 0, "1. First of all\n2. Then"),
    ]


def test_an_indented_first_line_begins_a_paragraph_without_any_gap() -> None:
    lines = [
        (84, "The first paragraph begins here and runs on to the"),
        (72, "end of its second line, where it goes a little on"),
        (84, "The second paragraph begins with an indent as well"),
        (72, "and it ends here."),
    ]

    def draw(canvas: Canvas) -> None:
        for row, (x, line) in enumerate(lines):
            text_at(canvas, x, TOP - row * LEADING, line)

    assert [text for _, _, text in layout(read_pdf(samples.drawn(draw)))] == [
        f"{lines[0][1]}\n{lines[1][1]}",
        f"{lines[2][1]}\n{lines[3][1]}",
    ]


def test_a_sentence_that_ends_early_on_its_line_ends_the_paragraph() -> None:
    lines = [
        "This sentence fills its line all the way to the right edge of it,",
        "and ends here.",
        "Another paragraph follows without indent or gap, and fills a line",
        "to the edge.",
    ]

    def draw(canvas: Canvas) -> None:
        for row, line in enumerate(lines):
            text_at(canvas, 72, TOP - row * LEADING, line)

    assert [text for _, _, text in layout(read_pdf(samples.drawn(draw)))] == [
        "\n".join(lines[:2]),
        "\n".join(lines[2:]),
    ]


def rows_of(*lines: tuple[float, float, str]) -> list[str]:
    """The paragraphs of a page with these lines: distance from the one above, type size, words."""

    def draw(canvas: Canvas) -> None:
        y = TOP
        for distance, size, line in lines:
            y -= distance
            text_at(canvas, 72, y, line, size=size)

    return [text for _, _, text in layout(read_pdf(samples.drawn(draw)))]


FULL = ["These are lines of ten words that all run up", "to the very right edge of their one column, o"]


def test_a_gap_or_a_smaller_size_ends_a_paragraph_and_a_little_more_space_does_not() -> None:
    first, second = FULL
    assert rows_of((0, 10, first), (12, 10, second), (18, 10, first), (12, 10, second)) == [f"{first}\n{second}"] * 2
    assert rows_of((0, 10, first), (12, 10, second), (14, 10, first)) == [f"{first}\n{second}\n{first}"]
    assert rows_of((0, 10, first), (12, 10, second), (12, 8, "A caption of smaller size, set close below it")) == [
        f"{first}\n{second}",
        "A caption of smaller size, set close below it",
    ]


def test_short_lines_that_end_no_sentence_stay_together() -> None:
    address = ["Ministry of Trade", "Long Street 7", "A town with the longest name of all"]
    assert rows_of(*((12, 10, line) for line in address)) == ["\n".join(address)]


def test_words_at_a_pages_edge_that_two_pages_of_ten_share_are_no_header() -> None:
    tops = ["Grain", "Grain", "Fuel", "Coal", "Salt", "Rice", "Corn", "Oats", "Fish", "Steel"]

    def draw(canvas: Canvas) -> None:
        for top in tops:
            text_at(canvas, 72, HEIGHT - 60, f"{top} was sent.")
            canvas.showPage()

    assert read_pdf(samples.drawn(draw)).text.split("\n\n") == [f"{top} was sent." for top in tops]


def test_a_page_that_cannot_be_opened_is_left_out_with_a_remark() -> None:
    words = "BT /F1 12 Tf 10 100 Td (Some words.) Tj ET"
    data = samples.raw_pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(words)}>>stream\n{words}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        "(no page)",
    )
    reading = read_pdf(data)
    assert (reading.text, reading.pages) == ("Some words.", (0, 11))
    assert reading.remarks == ("1 of 2 pages are damaged and were left out",)


def column(word: str, rows: int = 20, last: str = "it goes on to the next column of text") -> list[str]:
    return [f"{word} line {row:02} of a column that is long enough" for row in range(rows - 1)] + [f"{word} {last}"]


@pytest.mark.parametrize("row_by_row", [False, True])
def test_two_columns_are_read_one_after_the_other_without_headers_footers_and_page_numbers(row_by_row: bool) -> None:
    pages = [(column("alpha"), column("beta")), (column("gamma"), column("delta", last="is the end of it."))]
    reading = read_pdf(samples.make_two_column_pdf(pages, row_by_row=row_by_row))
    lines = list(itertools.chain(*itertools.chain(*pages)))
    assert layout(reading) == [("paragraph", 0, "\n".join(lines))]
    assert reading.pages == (0, reading.text.index("gamma line 00"))


def test_a_paragraph_goes_on_over_a_page_but_not_past_a_sentence_end() -> None:
    pages = [
        (column("alpha"), column("beta", last="which is the last sentence of it.")),
        (column("gamma"), column("delta")),
    ]
    texts = [text for _, _, text in layout(read_pdf(samples.make_two_column_pdf(pages)))]
    assert [text.split()[0] for text in texts] == ["alpha", "gamma"]


def test_a_title_over_two_columns_comes_before_both() -> None:
    def draw(canvas: Canvas) -> None:
        text_at(canvas, 60, TOP + 40, "A title that runs over both of the two columns below", "Times-Bold", 18)
        for row in range(12):
            text_at(canvas, 60, TOP - row * LEADING, f"left line {row:02} of a column that is long enough")
            text_at(canvas, 310, TOP - row * LEADING, f"right line {row:02} of a column that is long enough")

    blocks = layout(read_pdf(samples.drawn(draw)))
    assert blocks[0] == ("heading", 1, "A title that runs over both of the two columns below")
    assert blocks[1][2].splitlines()[0].startswith("left line 00")
    assert blocks[-1][2].splitlines()[-1].startswith("right line 11")
    assert len("\n".join(text for *_, text in blocks[1:]).splitlines()) == 24


def test_three_columns_are_read_one_after_the_other() -> None:
    columns = [[f"{word} line {row:02} of it is set" for row in range(12)] for word in ("left", "middle", "right")]

    def draw(canvas: Canvas) -> None:
        for row, lines in enumerate(zip(*columns, strict=True)):
            for x, line in zip((60, 230, 400), lines, strict=True):
                text_at(canvas, x, TOP - row * LEADING, line)

    assert read_pdf(samples.drawn(draw)).text == "\n".join(itertools.chain(*columns))


def test_a_table_is_read_row_by_row() -> None:
    rows = [("code", "meaning"), ("E1", "no paper"), ("E2", "no ink"), ("E3", "door open"), ("E4", "too hot")]

    def draw(canvas: Canvas) -> None:
        for number, (code, meaning) in enumerate(rows):
            text_at(canvas, 72, TOP - number * LEADING, code)
            text_at(canvas, 300, TOP - number * LEADING, meaning)

    assert read_pdf(samples.drawn(draw)).text == "\n".join(f"{code} {meaning}" for code, meaning in rows)


def test_a_footnote_stands_before_the_paragraph_that_goes_on_over_the_page() -> None:
    def draw(canvas: Canvas) -> None:
        for word, note in (("alpha", "1 A note on the first."), ("beta", "2 Another one on the second.")):
            for row, line in enumerate(column(word, rows=50)):
                text_at(canvas, 72, TOP - row * LEADING, line)
            text_at(canvas, 72, 110, note, size=7)
            canvas.showPage()

    reading = read_pdf(samples.drawn(draw))
    assert [text for _, _, text in layout(reading)] == [
        "1 A note on the first.",
        "\n".join(column("alpha", rows=50) + column("beta", rows=50)),
        "2 Another one on the second.",
    ]
    assert reading.pages == (0, reading.text.index("beta line 00"))


def test_headers_that_change_with_the_chapter_are_left_out_too() -> None:
    def draw(canvas: Canvas) -> None:
        for page in range(1, 9):
            chapter = "The grain of the south" if page < 5 else "The trains of the north"
            text_at(canvas, 72, HEIGHT - 40, f"{chapter} {page}")
            text_at(
                canvas,
                72,
                TOP,
                f"{['Rye', 'Oats', 'Rice', 'Corn', 'Coal', 'Steel', 'Salt', 'Fish'][page - 1]} was sent.",
            )
            canvas.showPage()

    assert read_pdf(samples.drawn(draw)).text.split("\n\n") == [
        f"{word} was sent." for word in ("Rye", "Oats", "Rice", "Corn", "Coal", "Steel", "Salt", "Fish")
    ]


def test_a_turned_page_reads_like_an_upright_one_and_slanted_marks_are_left_out() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(300, 300)
        canvas.rotate(45)
        text_at(canvas, 0, 0, "DRAFT", size=40)
        canvas.restoreState()
        canvas.rotate(90)
        text_at(canvas, 72, -200, "The first line of a turned page and")
        text_at(canvas, 72, -212, "its second line.")

    assert read_pdf(samples.drawn(draw)).text == "The first line of a turned page and\nits second line."


def test_type_of_size_one_enlarged_by_its_matrix_has_the_size_one_sees() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.scale(20, 20)
        text_at(canvas, 4, 36, "Enlarged", size=1)
        canvas.restoreState()
        text_at(canvas, 72, 600, "The body of the text is set in ten points, as usual.")

    assert [(kind, level) for kind, level, _ in layout(read_pdf(samples.drawn(draw)))] == [
        ("heading", 1),
        ("paragraph", 0),
    ]


def test_pages_without_text_are_counted_and_start_where_the_next_page_does() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(samples.make_pdf([GRAIN])))
    writer.append(io.BytesIO(samples.make_image_pdf(2)))
    writer.append(io.BytesIO(samples.make_pdf([TRAIN])))
    stream = io.BytesIO()
    writer.write(stream)
    reading = read_pdf(stream.getvalue())
    second = reading.text.index("The dark green")
    assert reading.pages == (0, second, second, second)
    assert reading.remarks == ("2 of 4 pages have no text; OCR would give them one",)


def test_a_file_encrypted_without_a_password_to_open_it_is_read() -> None:
    assert read_pdf(samples.make_encrypted_pdf("")).text == "A secret paragraph that is long enough."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (samples.make_encrypted_pdf("secret"), "it is encrypted; save a copy without a password"),
        (samples.make_image_pdf(), "it has no text layer; run OCR on it, for example with ocrmypdf"),
        (
            b"\x89PNG\r\n\x1a\n" + bytes(100),
            "it is not a PDF file, whatever its name says; give it the ending of its real format",
        ),
        (b"%PDF-1.7\nrubbish", "it is damaged; open it in a PDF viewer and save it again"),
    ],
)
def test_what_cannot_be_read_is_refused_with_advice(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_pdf(data)
    assert str(caught.value) == reason


def test_more_text_than_the_limit_is_refused() -> None:
    with pytest.raises(
        UnreadableFile, match=r"^it holds more than 0 million characters of text; raise limits\.text_mb"
    ):
        read(samples.make_pdf([GRAIN]), Limits(text_mb=0))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(20, 560), st.integers(20, 820), st.sampled_from(["word", "• a", "Two words.", "1. one", "x-"])
        ),
        min_size=1,
        max_size=40,
    )
)
def test_every_word_is_read_once_and_every_span_is_exact_wherever_words_stand(
    places: list[tuple[int, int, str]],
) -> None:
    def draw(canvas: Canvas) -> None:
        for x, y, text in places:
            text_at(canvas, x, y, text)

    reading = read_pdf(samples.drawn(draw))
    end = 0
    for block in reading.blocks:
        text = block.span.of(reading.text)
        assert block.span.start >= end
        assert text
        assert text == text.strip()
        end = block.span.end
    apart = all(abs(a[1] - b[1]) > 20 or abs(a[0] - b[0]) > 80 for a, b in itertools.combinations(places, 2))
    if apart:
        assert sorted("".join(reading.text.split())) == sorted("".join("".join(text.split()) for *_, text in places))
