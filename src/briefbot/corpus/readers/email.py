"""Reads e-mail: its subject, who wrote it and when, and the text of its body.

The plain text is taken where there is one, else the HTML. What the writer quotes and the signature are blocks of their
own. Attachments are named and not read.
"""

from __future__ import annotations

import email
import email.policy
import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.parser import HeaderParser
from email.utils import getaddresses
from typing import TYPE_CHECKING

from briefbot.corpus.composition import Composition
from briefbot.corpus.decoding import decoded
from briefbot.corpus.metadata import clean, parse_date, parse_language
from briefbot.corpus.readers import html, plain
from briefbot.errors import UnreadableFile
from briefbot.model import Metadata, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from briefbot.settings import Limits

_LONGEST_HEADER = 10_000  # characters; headers are parsed slowly, and nobody writes longer ones
_HEAD_END = re.compile(rb"\r?\n\r?\n|\r\r")
_QUOTED = re.compile(r"[ \t]*>")
_OWN, _QUOTE, _SIGNATURE = "own", "quote", "signature"
_NESTED = "its parts are nested too deeply; forward it to yourself and save that copy"


def read(data: bytes, limits: Limits) -> Reading:
    """Return the subject and body of a message. Raises UnreadableFile where it holds no text that can be read."""
    del limits  # the text is shorter than the file
    try:
        # The older policy is taken because the newer one's header parser raises all kinds of errors on broken headers.
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        parts = [part for part in message.walk() if not part.is_multipart()]
    except RecursionError as error:
        raise UnreadableFile(_NESTED) from error
    headers = _headers(data, message)
    subject = clean(_words(headers.get("Subject")))
    composition = Composition()
    composition.add("heading", subject or "", level=1)
    _add_body(composition, [part for part in parts if not _is_attached(part)])
    metadata = Metadata(subject, _author(headers), parse_date(_words(headers.get("Date"))), None, _language(headers))
    return Reading(composition.text, composition.blocks, metadata, remarks=(*_attachments(parts), *_defects(message)))


def _headers(data: bytes, message: Message) -> Message:
    """Return the headers, which may be written in UTF-8 although the older standard forbids it."""
    end = _HEAD_END.search(data)
    head = data[: end.start()] if end else data
    if head.isascii():
        return message
    try:
        return HeaderParser(policy=email.policy.compat32).parsestr(decoded(head))
    except UnreadableFile:
        return message


def _words(header: object) -> str:
    """Return a header's value as it was meant; what cannot be decoded stays as it was written."""
    value = str(header or "")[:_LONGEST_HEADER]
    try:
        parts = decode_header(value)
        return "".join(_part(words, charset) for words, charset in parts)
    except (HeaderParseError, UnreadableFile, UnicodeDecodeError):
        return value


def _part(words: str | bytes, charset: str | None) -> str:
    if isinstance(words, str):
        return words
    return decoded(words, charset) if charset else words.decode("raw-unicode-escape")  # as decode_header made it


def _author(headers: Message) -> str | None:
    value = str(headers.get("From", ""))[:_LONGEST_HEADER]
    try:
        addresses = getaddresses([value])
    except RecursionError:  # comments within comments
        return clean(value)
    names = (clean(_words(name)) or clean(address) for name, address in addresses if "@" in address)
    return clean(", ".join(filter(None, names))) or clean(_words(value))


def _language(headers: Message) -> str | None:
    return parse_language(str(headers.get("Content-Language", "")).split(",")[0])


def _add_body(composition: Composition, parts: list[Message]) -> None:
    texts = [_text(part) for part in parts if part.get_content_type() == "text/plain"]
    if any(map(str.strip, texts)):
        for text in texts:
            _add_plain(composition, text.replace("\r\n", "\n"))
        return
    for part in parts:
        if part.get_content_type() == "text/html":
            html.add_text(composition, html.parsed(_content(part), part.get_content_charset()))


def _text(part: Message) -> str:
    return decoded(_content(part), part.get_content_charset())


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _add_plain(composition: Composition, text: str) -> None:
    for section, words in _sections(text):
        if section != _OWN:
            composition.add("paragraph", words)
            continue
        for block in plain.blocks_of(words):
            composition.add(block.kind, block.span.of(words), level=block.level)


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Yield what the writer wrote, quotes and the signature in turn, each as its kind and text."""
    section, lines = _OWN, list[str]()
    for line in text.splitlines(keepends=True):
        now = _section(line, section)
        if now != section:
            yield section, "".join(lines)
            section, lines = now, []
        lines.append(line)
    yield section, "".join(lines)


def _section(line: str, before: str) -> str:
    if _QUOTED.match(line):
        return _QUOTE
    return _SIGNATURE if before == _SIGNATURE or line.rstrip() == "--" else _OWN


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _attachments(parts: list[Message]) -> tuple[str, ...]:
    names = [clean(_words(part.get_filename())) or "one without a name" for part in parts if _is_attached(part)]
    return (f"its attachments were not read: {', '.join(names)}",) if names else ()


def _defects(message: Message) -> tuple[str, ...]:
    names = sorted({type(defect).__name__ for part in message.walk() for defect in part.defects})
    return (f"its structure is damaged, and text may be missing ({', '.join(names)})",) if names else ()
