"""Kinds of bad input, over all formats: what is in the file, what it is called, and what is said about it.

`reason` is a part of the sentence that the reader gives, or None for a file that is odd but must be read.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.corpus import samples

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = "Some words of a paragraph that can be read."
NOT_ITS_FORMAT = "whatever its name says"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(range(256)) * 4
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10))
    + "]><l>&a9;</l>"
).encode()


@dataclass(frozen=True, slots=True)
class BadFile:
    """One kind: its name, the file's name and a maker of its bytes, and a part of the reason, or None if it is read."""

    kind: str
    name: str
    make: Callable[[], bytes]
    reason: str | None


def utf8(text: str) -> Callable[[], bytes]:
    return text.encode


def docx_with(parts: dict[str, bytes]) -> Callable[[], bytes]:
    return lambda: samples.with_parts(samples.make_docx([WORDS]), parts)


def pdf_of(pages: str, *others: str) -> Callable[[], bytes]:
    return lambda: samples.raw_pdf("<</Type/Catalog/Pages 2 0 R>>", pages, *others)


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def nested_zip() -> bytes:
    data = bytes(10_000_000)
    for level in range(5):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
            for copy in range(8):
                package.writestr(f"{level}-{copy}.zip", data)
        data = stream.getvalue()
    return data


def memory_eating_docx() -> bytes:
    rows = (f"<w:p><w:r><w:t>{number * 7919 % 1_000_003}</w:t></w:r></w:p>" for number in range(600_000))
    return samples.make_docx_of("".join(rows))


def huge_image_docx() -> bytes:
    """An entry of 4 GB, by what the zip directory declares."""
    data = samples.with_parts(samples.make_docx([WORDS]), {"word/media/image.png": b"x"})
    return samples.with_lying_sizes(data, "word/media/image.png", 0xFFFF_FFFE)


def pdf_with_broken_stream() -> bytes:
    stream = zlib.compress(b"BT /F1 12 Tf 72 700 Td (words) Tj ET")[:-12]
    head = f"<</Length {len(stream)}/Filter/FlateDecode>>stream\n"
    return samples.raw_pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>",
        head + stream.decode("latin-1") + "\nendstream",
    )


def lone_surrogates() -> bytes:
    return b"\xff\xfe" + struct.pack("<5H", 97, 0xD800, 98, 0xDC00, 99)


def yaml_bomb() -> bytes:
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 10)]
    return ("---\n" + "\n".join(lines) + f"\ntitle: *a9\n---\n\n{WORDS}\n").encode()


def mail(head: str, body: str = WORDS) -> Callable[[], bytes]:
    return utf8(f"From: Ann <ann@example.org>\nSubject: A letter\n{head}\n\n{body}\n")


BAD_FILES = (
    # Nothing, or nothing that is text
    BadFile("empty text", "a.txt", utf8(""), "empty"),
    BadFile("white space only", "a.md", utf8(" \n\t\r\n "), "empty"),
    BadFile("empty pdf", "a.pdf", utf8(""), "empty"),
    BadFile("byte order mark only", "a.txt", lambda: b"\xef\xbb\xbf", "no text"),
    BadFile("png named txt", "a.txt", lambda: PNG, "not text"),
    BadFile("program named txt", "a.txt", lambda: b"MZ\x90\0\x03\0\0\0\x04" + bytes(range(256)) * 16, "not text"),
    BadFile("zip named md", "a.md", nested_zip, "not text"),
    BadFile("NUL bytes", "a.txt", lambda: b"\0" * 5_000 + WORDS.encode(), "not text"),
    BadFile("png named csv", "a.csv", lambda: PNG, "not text"),
    BadFile("png named html", "a.html", lambda: PNG, "not text"),
    # PDF
    BadFile("encrypted pdf", "a.pdf", lambda: samples.make_encrypted_pdf("secret"), "it is encrypted"),
    BadFile("pdf that may not be changed", "a.pdf", lambda: samples.make_encrypted_pdf(""), None),
    BadFile("truncated pdf", "a.pdf", lambda: half(samples.make_pdf([WORDS] * 9)), "it is damaged"),
    BadFile("pdf of one line", "a.pdf", lambda: b"%PDF-1.7\n", "it is damaged"),
    BadFile("pdf without text layer", "a.pdf", samples.make_image_pdf, "ocrmypdf"),
    BadFile("png named pdf", "a.pdf", lambda: PNG, NOT_ITS_FORMAT),
    BadFile("word file named pdf", "a.pdf", lambda: samples.make_docx([WORDS]), NOT_ITS_FORMAT),
    BadFile("page tree that holds itself", "a.pdf", pdf_of("<</Type/Pages/Kids[2 0 R]/Count 5>>"), "it is damaged"),
    BadFile(
        "page trees in a circle",
        "a.pdf",
        pdf_of("<</Type/Pages/Kids[3 0 R]/Count 5>>", "<</Type/Pages/Kids[2 0 R]/Count 5>>"),
        "it is damaged",
    ),
    BadFile("pdf of no pages", "a.pdf", pdf_of("<</Type/Pages/Kids[]/Count 0>>"), "it is damaged"),
    BadFile(
        "pdf that claims 100,000 pages",
        "a.pdf",
        pdf_of("<</Type/Pages/Kids[3 0 R]/Count 100000>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"),
        "no text layer",
    ),
    BadFile("pdf stream bomb", "a.pdf", lambda: samples.make_stream_bomb_pdf(400), "memory"),
    BadFile("pdf with a broken stream", "a.pdf", pdf_with_broken_stream, "no text layer"),
    BadFile("pdf behind rubbish", "a.pdf", lambda: b"\r\n" * 200 + samples.make_pdf([WORDS]), None),
    # Word
    BadFile("encrypted word file", "a.docx", samples.make_password_protected_docx, "it is encrypted"),
    BadFile("old word file named docx", "a.docx", samples.make_old_word, "old format"),
    BadFile(
        "encrypted zip entries",
        "a.docx",
        lambda: samples.with_encrypted_entries(samples.make_docx([WORDS])),
        "it is encrypted",
    ),
    BadFile("truncated word file", "a.docx", lambda: half(samples.make_docx([WORDS])), "it is damaged"),
    BadFile("pdf named docx", "a.docx", lambda: samples.make_pdf([WORDS]), NOT_ITS_FORMAT),
    BadFile("html named docx", "a.docx", utf8(f"<html><body>{WORDS}</body></html>"), NOT_ITS_FORMAT),
    BadFile("zip that is no word file", "a.docx", nested_zip, NOT_ITS_FORMAT),
    BadFile("zip bomb embedded in a word file", "a.docx", docx_with({"word/embeddings/a.zip": nested_zip()}), None),
    BadFile("flat zip bomb", "a.docx", docx_with({"word/media/a.bmp": bytes(50_000_000)}), "zip bomb"),
    BadFile("zip bomb in the text", "a.docx", lambda: samples.make_docx_of("<w:p/>" * 5_000_000), "zip bomb"),
    BadFile("20,000 zip entries", "a.docx", docx_with({f"word/{n}": b"" for n in range(20_000)}), "zip bomb"),
    BadFile("zip entry that claims 4 GB", "a.docx", huge_image_docx, "zip bomb"),
    BadFile(
        "zip entry larger than it claims",
        "a.docx",
        lambda: samples.with_lying_sizes(samples.make_docx([WORDS]), "word/document.xml", 50),
        "it is damaged",
    ),
    BadFile("zip path traversal", "a.docx", docx_with({"../../../etc/passwd": b"x"}), "outside the document"),
    BadFile("absolute zip path", "a.docx", docx_with({"/etc/passwd": b"x"}), "outside the document"),
    BadFile("billion laughs", "a.docx", docx_with({"word/document.xml": LAUGHS}), "DOCTYPE"),
    BadFile(
        "external entity",
        "a.docx",
        docx_with({"docProps/core.xml": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}),
        "DOCTYPE",
    ),
    BadFile("word file eating memory", "a.docx", memory_eating_docx, "300 MB of memory"),
    BadFile("xml nested deeply", "a.docx", lambda: samples.make_docx_of("<w:p>" * 5_000), "it is damaged"),
    BadFile("word file without words", "a.docx", lambda: samples.make_docx([]), "no text"),
    # Text, Markdown
    BadFile("lone surrogates in UTF-16", "a.txt", lone_surrogates, "not text"),
    BadFile(
        "odd number of bytes in UTF-16", "a.txt", lambda: b"\xff\xfe" + WORDS.encode("utf-16-le") + b"a", "not text"
    ),
    BadFile("one huge line", "a.txt", utf8("word " * 1_000_000), None),
    BadFile("UTF-8 cut in a character", "a.txt", lambda: f"{WORDS} naïve déjà vu ".encode() + b"\xc3", None),
    BadFile("too large a file", "a.txt", lambda: b"a" * 50_000_001, "limits.file_mb"),
    BadFile("too much text", "a.txt", lambda: b"words " * 3_500_000, "limits.text_mb"),
    BadFile("yaml alias bomb", "a.md", yaml_bomb, None),
    BadFile("front matter that is not yaml", "a.md", utf8(f"---\ntitle: [a, b\n: :\n---\n\n{WORDS}\n"), None),
    BadFile("markdown of raw html", "a.md", utf8("<!-- nothing but a comment -->\n"), "it holds no text"),
    BadFile("front matter without end", "a.md", utf8(f"---\ntitle: a\n\n{WORDS}\n"), None),
    BadFile("front matter with a bad date", "a.md", utf8(f"---\ndate: 2023-99-99\n---\n\n{WORDS}\n"), None),
    BadFile("markdown nested deeply", "a.md", utf8(">" * 20_000 + f" {WORDS}\n"), "it holds no text"),
    BadFile("markdown of brackets", "a.md", utf8("[" * 50_000 + f"\n\n{WORDS}\n"), None),
    # HTML
    BadFile("html nested deeply", "a.html", utf8("<div>" * 100_000 + f"<p>{WORDS}</p>"), "nested"),
    BadFile("html cut in a tag", "a.html", utf8(f"<html><body><p>{WORDS}</p><p class='"), None),
    BadFile("html without words", "a.html", utf8("<html><body><script>var a = 1;</script></body></html>"), "no text"),
    BadFile(
        "json-ld nested deeply",
        "a.html",
        utf8(f"<html><script type='application/ld+json'>{'[' * 100_000}</script><body><p>{WORDS}</p></body></html>"),
        None,
    ),
    BadFile("charset that does not exist", "a.html", utf8(f"<meta charset='klingon'><p>{WORDS}</p>"), None),
    # Tables
    BadFile("csv with an unclosed quote", "a.csv", utf8('name,age\nAnn,"31\nBob,30\n'), None),
    BadFile("csv of 100,000 columns", "a.csv", utf8(",".join("a" * 100_000) + "\n" + ",".join("b" * 100_000)), None),
    BadFile("csv with ragged rows", "a.csv", utf8("a,b,c\n1\n1,2,3,4,5\n"), None),
    BadFile("csv with one huge field", "a.csv", utf8("a,b\n" + '"' + "x" * 1_000_000 + '",1\n'), None),
    # E-mail
    BadFile("broken mime", "a.eml", mail("Content-Type: multipart/mixed; boundary=\n", "--x\n\n" + WORDS), None),
    BadFile("mail in an unknown charset", "a.eml", mail("Content-Type: text/plain; charset=klingon"), None),
    BadFile("mail with broken base64", "a.eml", mail("Content-Transfer-Encoding: base64", "=====!!!"), None),
    BadFile("mail with a bad date", "a.eml", mail("Date: the day before yesterday"), None),
    BadFile("mail without a body", "a.eml", utf8("From: ann@example.org\n\n"), "no text"),
)
