"""Remake the sample documents that are not text: the paper (PDF) and the page on expenses (DOCX).

Their words are in `tools/samples/`; this script knows how they are set. The same words give the same bytes, so a run
that changes a file means that its words, or a library that sets or packs them, changed. It knows nothing of the other
samples, which are written by hand, nor of briefbot.

    python tools/make_samples.py
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import docx
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    ListFlowable,
    ListItem,
    NextPageTemplate,
    PageTemplate,
    Paragraph,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from docx.document import Document as WordDocument
    from reportlab.pdfgen.canvas import Canvas

TOOLS = Path(__file__).parent
CORPUS = TOOLS.parent / "docs_corpus"
PAPER = CORPUS / "russia-north-korea" / "rupture-to-rapprochement.pdf"
EXPENSES = CORPUS / "handbook" / "expenses.docx"

MARKS = {"# ": "title", "## ": "heading", "- ": "list", "1. ": "numbered", "| ": "table"}
SOFT_HYPHEN = "\N{SOFT HYPHEN}"
LINE_BREAKS = re.compile(r"(?<=\w{4})(?=(?:tion|ment|ship|liness|tory|ful)s?\b)|(?<=\b[Ii]nter)(?=\w{4})")
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph has one line; a list or a table has one line for each item or row, without its mark."""

    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manuscript:
    """The words of one document, and what it says about itself."""

    properties: dict[str, str]
    pieces: tuple[Piece, ...]

    @property
    def written(self) -> date:
        """Return the day the document bears."""
        return date.fromisoformat(self.properties["date"])

    @property
    def made(self) -> datetime:
        """Return the moment that stands in the file's properties: noon, so that no time zone moves the day."""
        day = self.written
        return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def main() -> None:
    """Write both documents into the sample corpus."""
    paper = read_manuscript(TOOLS / "samples" / "rupture-to-rapprochement.md")
    expenses = read_manuscript(TOOLS / "samples" / "expenses.md")
    for path, data in ((PAPER, pdf_bytes(paper)), (EXPENSES, docx_bytes(expenses))):
        path.write_bytes(data)
        print(f"{path.relative_to(TOOLS.parent)}: {len(data):,} bytes")


def read_manuscript(path: Path) -> Manuscript:
    """Return the manuscript at `path`: lines of `name: value`, then pieces parted by blank lines."""
    head, *rest = path.read_text("utf-8").strip().split("\n\n")
    properties = dict(line.split(": ", 1) for line in head.splitlines())
    return Manuscript(properties, tuple(_piece(chunk) for chunk in rest))


def _piece(chunk: str) -> Piece:
    kind = next((kind for mark, kind in MARKS.items() if chunk.startswith(mark)), "paragraph")
    if kind in ("list", "numbered", "table"):
        return Piece(kind, tuple(re.sub(r"^(?:- |\d+\. |\| )| \|$", "", line) for line in chunk.splitlines()))
    return Piece(kind, (chunk.lstrip("# ").replace("\n", " "),))


# The paper


def pdf_bytes(manuscript: Manuscript) -> bytes:
    """Return the manuscript as A4 pages: the first and the third in one column, the second in two."""
    os.environ["SOURCE_DATE_EPOCH"] = str(int(manuscript.made.timestamp()))  # the PDF library's own way to fix the date
    properties = manuscript.properties
    buffer = io.BytesIO()
    template = BaseDocTemplate(
        buffer,
        pagesize=A4,
        title=f"{properties['title']}: {properties['subtitle']}",
        author=properties["author"],
        subject=properties["series"],
        creator="Larkfield Research",
        lang="en-GB",
        invariant=1,
        pageCompression=0,  # compressed bytes differ between builds of zlib
    )
    template.addPageTemplates(_page_templates(_page_furniture(properties)))
    story: list[Flowable] = [NextPageTemplate(["columns", "*", "last"])]  # what follows the star is repeated
    template.build(story + [flowable for piece in manuscript.pieces for flowable in _flowables(piece, manuscript)])
    return buffer.getvalue()


def _page_templates(furniture: Callable[[Canvas, BaseDocTemplate], None]) -> list[PageTemplate]:
    left, bottom, width, height, gutter = 30 * mm, 30 * mm, 150 * mm, 235 * mm, 8 * mm
    column = (width - gutter) / 2
    edges = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    whole = Frame(left, bottom, width, height, **edges)
    halves = [Frame(x, bottom, column, height, **edges) for x in (left, left + column + gutter)]
    return [
        PageTemplate("first", [whole], onPage=furniture),
        PageTemplate("columns", halves, onPage=furniture),
        PageTemplate("last", [whole], onPage=furniture),
    ]


def _page_furniture(properties: dict[str, str]) -> Callable[[Canvas, BaseDocTemplate], None]:
    def draw(canvas: Canvas, template: BaseDocTemplate) -> None:
        width, height = A4
        canvas.setFont("Helvetica", 8)
        canvas.setFillGray(0.35)
        canvas.drawString(30 * mm, height - 18 * mm, properties["series"])
        canvas.drawRightString(width - 30 * mm, height - 18 * mm, properties["title"])
        canvas.setLineWidth(0.4)
        canvas.line(30 * mm, height - 20 * mm, width - 30 * mm, height - 20 * mm)
        canvas.drawCentredString(width / 2, 14 * mm, f"Page {template.page}")

    return draw


BODY = ParagraphStyle(
    "body",
    fontName="Times-Roman",
    fontSize=11.5,
    leading=17,
    alignment=TA_JUSTIFY,
    spaceAfter=8,
    embeddedHyphenation=1,
    allowWidows=0,
    allowOrphans=0,
)
HEADING = ParagraphStyle("heading", fontName="Helvetica-Bold", fontSize=13, leading=17, spaceBefore=9, spaceAfter=5)
TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=22, leading=27, spaceAfter=4)
SUBTITLE = ParagraphStyle("subtitle", fontName="Helvetica", fontSize=13, leading=18, textColor="#444444", spaceAfter=8)
BYLINE = ParagraphStyle("byline", fontName="Times-Italic", fontSize=11, leading=14, spaceAfter=22)


def _flowables(piece: Piece, manuscript: Manuscript) -> list[Flowable]:
    if piece.kind == "title":
        return _masthead(manuscript)
    if piece.kind == "list":
        items = [ListItem(_body(line), bulletColor="#444444") for line in piece.lines]
        return [ListFlowable(items, bulletType="bullet", start="•", leftIndent=14)]
    if piece.kind == "heading":
        return [CondPageBreak(25 * mm), Paragraph(piece.lines[0], HEADING)]
    return [_body(piece.lines[0])]


def _body(words: str) -> Paragraph:
    return Paragraph(LINE_BREAKS.sub(SOFT_HYPHEN, words), BODY)


def _masthead(manuscript: Manuscript) -> list[Flowable]:
    properties, day = manuscript.properties, manuscript.written
    return [
        Paragraph(properties["title"], TITLE),
        Paragraph(properties["subtitle"], SUBTITLE),
        Paragraph(f"{properties['author']}, {day.day} {day:%B %Y}", BYLINE),
    ]


# The page on expenses


def docx_bytes(manuscript: Manuscript) -> bytes:
    """Return the manuscript as a Word document with heading styles, lists, a table and core properties."""
    document = docx.Document()
    _describe(document, manuscript)
    for piece in manuscript.pieces:
        _append(document, piece)
    buffer = io.BytesIO()
    document.save(buffer)
    return _without_clock(buffer.getvalue())


def _describe(document: WordDocument, manuscript: Manuscript) -> None:
    core = document.core_properties
    core.title = manuscript.properties["title"]
    core.author = core.last_modified_by = manuscript.properties["author"]
    core.subject = manuscript.properties["subject"]
    core.created = core.modified = manuscript.made
    core.language = "en-GB"
    core.comments = ""


def _append(document: WordDocument, piece: Piece) -> None:
    if piece.kind == "table":
        _append_table(document, [line.split(" | ") for line in piece.lines])
        return
    styles = {"title": "Title", "heading": "Heading 1", "list": "List Bullet", "numbered": "List Number"}
    for line in piece.lines:
        document.add_paragraph(line, style=styles.get(piece.kind, "Normal"))


def _append_table(document: WordDocument, rows: list[list[str]]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]), style="Light Grid Accent 1")
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    document.add_paragraph()  # room below the table


def _without_clock(data: bytes) -> bytes:
    """Return the same archive with every entry's time set to the first that a zip file can hold."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # else it names the system it was made on
            target.writestr(entry, source.read(name))
    return buffer.getvalue()


if __name__ == "__main__":
    main()
