"""Word files, made by python-docx or of hand-written XML, through the real reader."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import docx
import pytest
from tests.corpus import samples

from briefbot.corpus.readers.docx import read
from briefbot.errors import UnreadableFile
from briefbot.settings import Limits

if TYPE_CHECKING:
    from pathlib import Path

    from briefbot.model import Reading


def read_docx(data: bytes) -> Reading:
    return read(data, Limits())


def layout(reading: Reading) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, block.span.of(reading.text)) for block in reading.blocks]


def texts_of(body: str) -> list[str]:
    reading = read_docx(samples.make_docx_of(body))
    return [block.span.of(reading.text) for block in reading.blocks]


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_headings_paragraphs_and_lists_are_read_in_order_with_the_properties_of_the_file() -> None:
    document = docx.Document()
    document.add_heading("The brief", 0)
    document.add_heading("Beginnings", 1)
    document.add_paragraph("Soviet help came in 1950.")
    document.add_heading("Numbers", 2)
    for item in ("grain", "fuel"):
        document.add_paragraph(item, style="List Bullet")
    document.add_paragraph("  ")
    document.add_paragraph("machines", style="List Number")
    document.add_paragraph("That was all.")
    reading = read_docx(samples.saved(document, title="A title", author="Ann Example"))
    assert layout(reading) == [
        ("heading", 1, "The brief"),
        ("heading", 1, "Beginnings"),
        ("paragraph", 0, "Soviet help came in 1950."),
        ("heading", 2, "Numbers"),
        ("list", 0, "grain\nfuel\nmachines"),
        ("paragraph", 0, "That was all."),
    ]
    metadata = reading.metadata
    assert (metadata.title, metadata.author, metadata.date) == ("A title", "Ann Example", date(2023, 9, 14))


NUMBERED = "<w:numPr><w:numId w:val='%d'/></w:numPr>"


def test_a_style_for_quotations_makes_block_quotations_that_end_with_who_signed_them() -> None:
    document = docx.Document()
    document.add_paragraph("It rained.")
    document.add_paragraph("The bridge will stand for ever.", style="Quote")
    document.add_paragraph("— Thomas Berg", style="Intense Quote")
    document.add_paragraph("The guests left.")

    assert layout(read_docx(samples.saved(document))) == [
        ("paragraph", 0, "It rained."),
        ("blockquote", 0, "The bridge will stand for ever.\n— Thomas Berg"),
        ("paragraph", 0, "The guests left."),
    ]


def test_a_numbered_heading_is_a_heading_and_number_zero_is_no_list() -> None:
    words = "<w:r><w:t>%s</w:t></w:r>"
    body = "".join(
        f"<w:p><w:pPr>{properties}</w:pPr>{words % text}</w:p>"
        for properties, text in (
            ("<w:outlineLvl w:val='1'/>" + NUMBERED % 3, "Heading"),
            (NUMBERED % 3, "item"),
            ("<w:pStyle w:val='ListBullet'/>" + NUMBERED % 0, "Paragraph."),
        )
    )
    assert layout(read_docx(samples.make_docx_of(body))) == [
        ("heading", 2, "Heading"),
        ("list", 0, "item"),
        ("paragraph", 0, "Paragraph."),
    ]


def test_many_entries_that_unpack_to_little_each_are_refused_for_their_sum() -> None:
    data = samples.with_parts(GOOD, {f"word/{number}": bytes(499_000) for number in range(45)})
    assert read(data, Limits(file_mb=2)).text == "Some words."
    with pytest.raises(UnreadableFile, match="it unpacks to far more"):
        read(data, Limits(file_mb=1))


def test_a_table_is_one_block_with_its_first_row_as_header_and_merged_cells_once() -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    for row, line in zip(table.rows, ("Code|Meaning|Since", "E1|no paper|1.2", "E2|no ink|1.3"), strict=True):
        for cell, text in zip(row.cells, line.split("|"), strict=True):
            cell.text = text
    table.cell(1, 2).merge(table.cell(2, 2)).text = "always"
    table.cell(2, 0).merge(table.cell(2, 1)).text = "all\nothers"
    document.add_paragraph("After the table.")
    reading = read_docx(samples.saved(document))
    assert layout(reading) == [
        ("table", 0, "Code | Meaning | Since\nE1 | no paper | always\nall others |"),
        ("paragraph", 0, "After the table."),
    ]
    header = reading.blocks[0].header
    assert header is not None
    assert header.of(reading.text) == "Code | Meaning | Since"


def test_a_table_of_one_column_is_a_frame_around_paragraphs() -> None:
    cells = "".join(f"<w:tr><w:tc>{paragraph(text)}</w:tc></w:tr>" for text in ("One.", "Two."))
    assert texts_of(f"<w:tbl>{cells}</w:tbl>") == ["One.", "Two."]


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (f"<w:sdt><w:sdtContent>{paragraph('In a control.')}</w:sdtContent></w:sdt>", ["In a control."]),
        (("<w:p><w:r><w:t>It is </w:t></w:r><w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
         "<w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom></w:p>"),
         ["It is new"]),
        ("<w:p><w:hyperlink><w:r><w:t>a link</w:t></w:r></w:hyperlink></w:p>", ["a link"]),
        ("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r></w:p>",
         ["a\tb\nc-d"]),
        ("<w:p><w:r><w:instrText>PAGE</w:instrText><w:t>7</w:t></w:r></w:p>", ["7"]),
        ((f"<w:p><w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent>{paragraph('In a box.')}</w:txbxContent>"
         f"</wps:txbx></mc:Choice><mc:Fallback><w:txbxContent>{paragraph('In a box.')}</w:txbxContent></mc:Fallback>"
         "</mc:AlternateContent><w:t>Around.</w:t></w:r></w:p>"), ["Around.", "In a box."]),
        ((f"<w:tbl><w:tr><w:tc>{paragraph('a')}</w:tc><w:tc>{paragraph('b')}</w:tc></w:tr>"
         f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{paragraph('x')}</w:tc><w:tc>{paragraph('y')}</w:tc></w:tr></w:tbl>"),
         ["a | b"]),
        ("<w:p><w:pPr><w:outlineLvl w:val='7'/></w:pPr><w:r><w:t>Deep</w:t></w:r></w:p>", ["Deep"]),
    ],
    ids=["control", "tracked", "link", "breaks", "field", "box", "deleted-row", "outline"],
)  # fmt: skip
def test_what_a_reader_sees_is_read(body: str, texts: list[str]) -> None:
    assert texts_of(body) == texts


def test_footnotes_come_at_the_end() -> None:
    notes = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:footnote w:id='2'>{paragraph('A note.')}</w:footnote></w:footnotes>"
    )
    data = samples.make_docx(["The text."])
    relations = samples.part_of(data, "word/_rels/document.xml.rels").replace(
        b"</Relationships>",
        b'<Relationship Id="n" Type="http://x/relationships/footnotes" Target="footnotes.xml"/></Relationships>',
    )
    parts = {"word/footnotes.xml": notes.encode(), "word/_rels/document.xml.rels": relations}
    assert read_docx(samples.with_parts(data, parts)).text == "The text.\n\nA note."


def test_a_style_that_is_based_on_itself_is_plain() -> None:
    styles = (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:styleId="A">'
        '<w:name w:val="a"/><w:basedOn w:val="A"/></w:style></w:styles>'
    )
    data = samples.make_docx_of("<w:p><w:pPr><w:pStyle w:val='A'/></w:pPr><w:r><w:t>Text.</w:t></w:r></w:p>")
    assert layout(read_docx(samples.with_parts(data, {"word/styles.xml": styles.encode()}))) == [
        ("paragraph", 0, "Text.")
    ]


GOOD = samples.make_docx(["Some words."])
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (samples.make_password_protected_docx(), "it is encrypted; save a copy without a password"),
        (samples.with_encrypted_entries(GOOD), "it is encrypted; save a copy without a password"),
        (samples.make_old_word(), "it is in Word's old format; save it as .docx"),
        (b"%PDF-1.4 not Word", "it is not a Word document"),
        (samples.with_parts(GOOD, {"_rels/.rels": b"<a/>"}), "it is not a Word document"),
        (GOOD[: len(GOOD) // 2], "it is damaged"),
        (samples.with_parts(GOOD, {"word/document.xml": b"<w:document"}), "it is damaged"),
        (samples.with_lying_sizes(GOOD, "word/document.xml", 100), "it is damaged"),
        (samples.with_parts(GOOD, {"word/document.xml": DOCTYPE}), "it holds a DOCTYPE"),
        (samples.with_parts(GOOD, {"word/document.xml": DOCTYPE.decode().encode("utf-16")}), "it holds a DOCTYPE"),
        (samples.with_parts(GOOD, {"docProps/core.xml": DOCTYPE}), "it holds a DOCTYPE"),
        (samples.with_parts(GOOD, {"word/media/a.bmp": bytes(5_000_000)}), "it unpacks to far more"),
        (samples.with_parts(GOOD, {f"word/{number}": b"" for number in range(10_001)}), "it unpacks to far more"),
        (samples.with_parts(GOOD, {"../../etc/passwd": b"x"}), "its zip directory names files outside"),
        (samples.with_parts(GOOD, {"/etc/passwd": b"x"}), "its zip directory names files outside"),
        (samples.with_parts(GOOD, {"word\\..\\..\\x": b"x"}), "its zip directory names files outside"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_safely_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_docx(data)
    assert str(caught.value).startswith(reason)


def test_no_part_is_unpacked_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    read_docx(GOOD)
    assert list(tmp_path.iterdir()) == []
