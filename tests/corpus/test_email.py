"""Messages as mail programs write them, and as they should not."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage

import pytest

from briefbot.corpus.readers.email import read
from briefbot.errors import UnreadableFile
from briefbot.model import Metadata, Reading
from briefbot.settings import Limits

HEAD = """From: "Example, Ann" <ann@example.org>
To: desk@example.org
Subject: Reactions
Date: Fri, 15 Sep 2023 23:42:00 -0800
Content-Language: en-US, de
"""
WORDS = "Moscow plays it down."


def read_email(data: str | bytes | EmailMessage) -> Reading:
    if isinstance(data, EmailMessage):
        data = data.as_bytes()
    return read(data.encode() if isinstance(data, str) else data, Limits())


def layout(reading: Reading) -> list[tuple[str, int, str]]:
    assert reading.text == "\n\n".join(block.span.of(reading.text) for block in reading.blocks)
    return [(block.kind, block.level, block.span.of(reading.text)) for block in reading.blocks]


def texts(reading: Reading) -> list[str]:
    return [text for _, _, text in layout(reading)]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=repr)
def test_headers_are_metadata_and_quotes_and_the_signature_are_blocks_of_their_own(end: str) -> None:
    body = """Dear all,

here is where the capitals stand,
in the same words.

- one
- two

On Thursday, Ines wrote:
> Do we treat it
>
> as a pretext?

No.
--\x20
Ann Example
Editor
"""
    reading = read_email(f"{HEAD}\n{body}".replace("\n", end))
    assert layout(reading) == [
        ("heading", 1, "Reactions"),
        ("paragraph", 0, "Dear all,"),
        ("paragraph", 0, "here is where the capitals stand,\nin the same words."),
        ("list", 0, "- one\n- two"),
        ("paragraph", 0, "On Thursday, Ines wrote:"),
        ("paragraph", 0, "> Do we treat it\n>\n> as a pretext?"),
        ("paragraph", 0, "No."),
        ("paragraph", 0, "-- \nAnn Example\nEditor"),
    ]
    assert reading.metadata == Metadata("Reactions", "Example, Ann", date(2023, 9, 15), None, "en")
    assert reading.remarks == ()


def message(subject: str = "Reactions") -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = subject
    made["From"] = "Jörg Müller <joerg@example.org>, ann@example.org"
    return made


def test_of_two_forms_of_the_body_the_plain_one_is_read() -> None:
    made = message("Grüße aus Wladiwostok, der Stadt am Ende der Eisenbahn, und noch viel mehr Worte")
    made.set_content("Schöne Grüße.\n", cte="quoted-printable")
    made.add_alternative("<p>Not this.</p>", subtype="html")
    reading = read_email(made)
    assert texts(reading) == [made["Subject"], "Schöne Grüße."]
    assert reading.metadata == Metadata(title=made["Subject"], author="Jörg Müller, ann@example.org")


def test_a_body_of_html_alone_is_read_without_its_markup() -> None:
    made = message()
    made.set_content(f"<h2>News</h2><p>{WORDS} Größe</p>", subtype="html", charset="iso-8859-15", cte="base64")
    assert layout(read_email(made)) == [
        ("heading", 1, "Reactions"),
        ("heading", 2, "News"),
        ("paragraph", 0, f"{WORDS} Größe"),
    ]


def test_attachments_are_named_and_not_read() -> None:
    made = message()
    made.set_content(WORDS)
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Größe.pdf")
    made.add_attachment("not this", filename="notes.txt")
    made.add_attachment("nor this", filename="shown.txt", disposition="inline")
    reading = read_email(made)
    assert texts(reading) == ["Reactions", WORDS]
    assert reading.remarks == ("its attachments were not read: Größe.pdf, notes.txt, shown.txt",)


def test_a_forwarded_message_is_read() -> None:
    inner, outer = message("Inner"), message("Outer")
    inner.set_content(WORDS)
    outer.set_content("See below.")
    outer.add_attachment(inner, disposition="inline")
    assert texts(read_email(outer)) == ["Outer", "See below.", WORDS]


def test_headers_may_be_written_in_utf_8() -> None:
    reading = read_email(f"From: Jörg Müller <joerg@example.org>\nSubject: Größe\n\n{WORDS}")
    assert reading.metadata == Metadata(title="Größe", author="Jörg Müller")


@pytest.mark.parametrize("encoding", ["utf-8", "koi8-r", "iso2022_jp"])
def test_the_declared_charset_is_read(encoding: str) -> None:
    words = "首脳会談が行われた。" if encoding == "iso2022_jp" else "Переговоры состоялись."
    head = f"Subject: A\nContent-Type: text/plain; charset={encoding}\nContent-Transfer-Encoding: 8bit\n\n"
    assert texts(read_email(head.encode() + words.encode(encoding))) == ["A", words]


@pytest.mark.parametrize(
    ("head", "metadata"),
    [
        ("Subject: =?klingon?q?x=20y?=\nFrom: =?utf-8?b?=?= <a@b.org>", Metadata(title="x y", author="a@b.org")),
        ("Subject: =?utf-8?b?a?=\nDate: the day before yesterday", Metadata(title="=?utf-8?b?a?=")),
        (f"Subject: s\nFrom: {'(' * 5_000}", Metadata(title="s", author="(" * 500)),
        ("Subject: s\nFrom: undisclosed\n\tsender", Metadata(title="s", author="undisclosed sender")),
        ("Subject: s\nContent-Language: klingon", Metadata(title="s")),
    ],
    ids=["charset", "base64", "comments", "no address", "language"],
)
def test_a_broken_header_is_read_as_far_as_it_goes(head: str, metadata: Metadata) -> None:
    reading = read_email(f"{head}\n\n{WORDS}")
    assert reading.metadata == metadata
    assert texts(reading)[-1] == WORDS


@pytest.mark.parametrize(
    ("head", "defects"),
    [
        ("Content-Type: multipart/mixed; boundary=x", "MultipartInvariantViolationDefect, StartBoundaryNotFoundDefect"),
        ("Content-Type: multipart/mixed", "MultipartInvariantViolationDefect, NoBoundaryInMultipartDefect"),
        ("Content-Transfer-Encoding: base64", "InvalidBase64CharactersDefect, InvalidBase64PaddingDefect"),
    ],
    ids=["boundary not found", "no boundary", "base64"],
)
def test_a_broken_structure_is_a_remark(head: str, defects: str) -> None:
    reading = read_email(f"Subject: A\n{head}\n\nTW9zY293IHBsYXlzIGl0!IGRvd24\n")
    assert reading.remarks == (f"its structure is damaged, and text may be missing ({defects})",)


def test_parts_nested_beyond_all_measure_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="its parts are nested too deeply"):
        read_email("Content-Type: message/rfc822\n\n" * 5_000)


def test_a_body_that_is_not_text_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="it is not text"):
        read_email(b"Subject: A\nContent-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\na\0\0b")
