"""The table of formats: one line a file ending, one module a reader.

A reader is a module of `briefbot.corpus.readers` with one function::

    def read(data: bytes, limits: Limits) -> Reading

It raises `UnreadableFile` with a reason and an advice ("encrypted; save it without a password"). It runs in a child
process with limits on memory and time, so it may be as simple as its format allows. `version` is raised when a reader
begins to read the same bytes differently: documents read by an older version are then read again.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefbot.errors import UnreadableFile

if TYPE_CHECKING:
    from briefbot.model import Reading
    from briefbot.settings import Limits


@dataclass(frozen=True, slots=True)
class Format:
    """How one kind of file is read: the module of `briefbot.corpus.readers`, and its version."""

    reader: str
    version: int


FORMATS: dict[str, Format] = {
    ".txt": Format("plain", 1),
    ".md": Format("markdown", 1),
    ".html": Format("html", 2),
    ".htm": Format("html", 2),
    ".pdf": Format("pdf", 1),
    ".docx": Format("docx", 2),
    ".csv": Format("table", 1),
    ".tsv": Format("table", 1),
    ".eml": Format("email", 2),
}


def read_bytes(data: bytes, suffix: str, limits: Limits) -> Reading:
    """Return what the reader for `suffix` (as in ".pdf") makes of `data`.

    Raises UnreadableFile where the data is empty, not of that format, or beyond a limit.
    """
    if not data.strip():
        raise UnreadableFile("the file is empty")
    module = importlib.import_module(f"briefbot.corpus.readers.{FORMATS[suffix].reader}")
    reading: Reading = module.read(data, limits)
    if not reading.blocks:
        raise UnreadableFile("it holds no text that could be quoted")
    return reading
