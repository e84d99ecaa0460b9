"""Reads e-mail: its subject, who wrote it and when, and the text of its body.

The plain text is taken where there is one, else the HTML. What the writer quotes and the signature are blocks of their
own. Attachments are named and not read.
"""

from __future__ import annotations

import email
import email.policy
import re
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
_SIGNATURE = "--"
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
    composition = Composition()
    subject = clean(_words(headers, "Subject"))
    composition.add("heading", subject or "", level=1)
    _add_body(composition, [part for part in parts if not _is_attached(part)])
    return Reading(composition.text, composition.blocks, _metadata(headers, subject), remarks=_remarks(parts))
