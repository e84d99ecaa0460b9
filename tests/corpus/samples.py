"""Makers of PDF and Word files for tests, good ones and bad ones."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import docx
import pypdf
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LEADING = 12
WIDTH, HEIGHT = A4
TOP = HEIGHT - 90


def make_pdf(paragraphs: Sequence[str], *, title: str = "A brief", author: str = "Ann Example") -> bytes:
    """One column of Times 10, wrapped at 450 points, with a blank line between paragraphs; a new page when full."""

    def draw(canvas: Canvas) -> None:
        y = TOP
        for paragraph in paragraphs:
            for line in wrapped(canvas, paragraph, 450):
                if y < 90:
                    canvas.showPage()
                    y = TOP
                text_at(canvas, 72, y, line)
                y -= LEADING
            y -= LEADING

    return drawn(draw, title=title, author=author)


def drawn(draw: Callable[[Canvas], None], *, title: str = "A brief", author: str = "Ann Example") -> bytes:
    """The PDF that `draw` paints; the last page needs no showPage."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=True)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    draw(canvas)
    canvas.save()
    return stream.getvalue()


def wrapped(canvas: Canvas, text: str, width: float, font: str = "Times-Roman", size: float = 10) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if canvas.stringWidth(longer, font, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def text_at(canvas: Canvas, x: float, y: float, text: str, font: str = "Times-Roman", size: float = 10) -> None:
    canvas.setFont(font, size)
    canvas.drawString(x, y, text)


def make_two_column_pdf(pages: Sequence[tuple[Sequence[str], Sequence[str]]], *, row_by_row: bool = False) -> bytes:
    """Pages of two columns of ready lines, each page with a header, a footer and its number.

    `row_by_row` writes across both columns in turn, as some programs do.
    """

    def draw(canvas: Canvas) -> None:
        for number, (left, right) in enumerate(pages, 1):
            text_at(canvas, 72, HEIGHT - 40, "Journal of Eastern Studies")
            lines = [(60.0, row, line) for row, line in enumerate(left)]
            lines += [(310.0, row, line) for row, line in enumerate(right)]
            for x, row, line in sorted(lines, key=lambda item: item[1]) if row_by_row else lines:
                text_at(canvas, x, TOP - row * LEADING, line)
            text_at(canvas, 72, 40, "Draft of May 2024")
            text_at(canvas, 500, 40, f"Page {number} of {len(pages)}")
            canvas.showPage()

    return drawn(draw)


def make_image_pdf(pages: int = 1) -> bytes:
    """Pages that show something but hold no text, as a scanner makes them."""

    def draw(canvas: Canvas) -> None:
        for _ in range(pages):
            canvas.rect(100, 100, 300, 300, fill=1)
            canvas.showPage()

    return drawn(draw)


def make_encrypted_pdf(password: str) -> bytes:
    """A PDF that asks for `password` to open; with none it opens but may not be changed."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(make_pdf(["A secret paragraph that is long enough."])))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")  # noqa: S106 - a sample
    return _written(writer)


def make_stream_bomb_pdf(megabytes: int) -> bytes:
    """A PDF whose only page unpacks to so many megabytes of text operators."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(200, 200)
    stream = pypdf.generic.StreamObject()
    stream.set_data(b"BT (bomb) Tj ET\n" * (megabytes * 1_000_000 // 16))
    page[pypdf.generic.NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    return _written(writer)


def _written(writer: pypdf.PdfWriter) -> bytes:
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def raw_pdf(*objects: str) -> bytes:
    """A PDF of these objects, numbered from 1, the first being the catalogue."""
    body, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode()


def make_docx(paragraphs: Sequence[str], *, title: str = "A brief", author: str = "Ann Example") -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document, title=title, author=author)


def saved(document: docx.document.Document, *, title: str = "A brief", author: str = "Ann Example") -> bytes:
    properties = document.core_properties
    properties.title, properties.author = title, author
    properties.created = datetime(2023, 9, 14, tzinfo=UTC)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def with_parts(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The zip file `data` with entries added or replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return stream.getvalue()


def part_of(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)


def make_docx_of(body: str) -> bytes:
    """A Word file whose body is this XML, with the prefixes w, mc and wps for their namespaces."""
    spaces = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    )
    document = f"<w:document {spaces}><w:body>{body}</w:body></w:document>"
    return with_parts(make_docx([]), {"word/document.xml": document.encode()})


def with_lying_sizes(data: bytes, name: str, declared: int) -> bytes:
    """The zip file `data` whose directory says that the entry `name` unpacks to `declared` bytes."""
    entry = data.rindex(name.encode()) - 46  # the name follows 46 fixed bytes of the central directory's record
    assert data[entry : entry + 4] == b"PK\x01\x02"
    return data[: entry + 24] + struct.pack("<I", declared) + data[entry + 28 :]


def with_encrypted_entries(data: bytes) -> bytes:
    """The zip file `data` whose directory says that every entry is encrypted."""
    changed = bytearray(data)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + flags] |= 1
            at = changed.find(mark, at + 4)
    return bytes(changed)


def make_password_protected_docx() -> bytes:
    """What Word saves for a document with a password: an OLE file, not a zip file."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(1024)


def make_old_word() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "WordDocument".encode("utf-16-le") + bytes(1024)
