"""A collection's entries as a team's own documents: one text file each, with its title beside it, and their index.

They go through the ordinary build, into the user's cache, under a name made from what they say: a second run finds the
index there and brings it up to date. A file's name says nothing, because the words of a name are searched where a
document has no title.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from briefbot.building import BuildOptions, build
from briefbot.corpus.metadata import clean
from briefbot.corpus.scan import SIDECAR
from briefbot.embedding.cache import cache_folder
from briefbot.errors import CorpusError, DiskError
from briefbot.evaluation.rows import sound
from briefbot.settings import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from briefbot.building.preparing import Tools
    from briefbot.evaluation.beir import Collection, Entry
    from briefbot.index.generation import Generation
    from briefbot.reports import BuildReport
    from briefbot.settings import Settings

LAYOUT = 1  # raised when the same entries begin to be written in another way
LIMITS = Limits(file_mb=2_000, text_mb=500, memory_mb=4_000, seconds=3_600)  # the entries are given, and all count

_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UNTITLED = "entry.txt"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a collection's documents and their index are kept, and which entry each document is."""

    corpus: Path
    index: Path
    ids: Mapping[str, str]

    def settings(self, settings: Settings) -> Settings:
        """Return the settings to build and ask here with: those in force, but for what a team's own corpus needs."""
        return replace(settings, corpus=self.corpus, index=self.index, keep=1, links=(), limits=LIMITS)


def shelve(collection: Collection, folder: Path | None = None) -> Shelf:
    """Write what is not yet written of a collection, below `folder` or the user's cache. Raises DiskError."""
    files = dict(_files(collection.entries))
    root = (folder or cache_folder() / "evaluations") / _name(files)
    try:
        for name, data in files.items():
            _write(root / "corpus" / name, data)
    except OSError as error:
        raise DiskError(f"The entries cannot be written to {root}: {error.strerror}; free some space there.") from error
    ids = {_file_name(number, entry): entry.id for number, entry in enumerate(collection.entries)}
    return Shelf(root / "corpus", root / "index", ids)


def index_of(shelf: Shelf, tools: Tools) -> BuildReport:
    """Build the index, or bring it up to date. Raises CorpusError where an entry was not read."""
    report = build(tools, BuildOptions(allow_removals=True))
    if report.skipped:
        reasons = "; ".join(f"{shelf.ids.get(one.name, one.name)!r}: {one.reason}" for one in report.skipped[:3])
        raise CorpusError(f"{len(report.skipped)} entries could not be read, and all must be ranked ({reasons}).")
    return report


def require_all(shelf: Shelf, generation: Generation) -> None:
    """Raise CorpusError where an entry has no passage, so that it could not be found."""
    passages = {name: listed.passages for name, listed in generation.documents.items()}
    if mute := [entry for name, entry in shelf.ids.items() if not passages.get(name)]:
        raise CorpusError(f"{len(mute)} entries have no passage, as {mute[0]!r}; report this with the entry.")


def _files(entries: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
    for number, entry in enumerate(entries):
        name, title = _file_name(number, entry), _title(entry)
        yield name, _text(entry).encode("utf-8")
        if title:
            yield name + SIDECAR, f"title = {json.dumps(title, ensure_ascii=False)}\n".encode()


def _file_name(number: int, entry: Entry) -> str:
    """Return the name of an entry's document; those without a title are all called the same, in folders."""
    return f"{number:08}.txt" if _title(entry) else f"{number:08}/{_UNTITLED}"


def _title(entry: Entry) -> str | None:
    return clean(_plain(entry.title))


def _text(entry: Entry) -> str:
    """Return what is read of an entry: its text, or where that has no word, its title, or else its id."""
    candidates = map(_plain, (entry.text, entry.title, entry.id))
    return next((text for text in candidates if any(map(str.isalnum, text))), "entry")


def _plain(text: str) -> str:
    """Return `text` without what no text file holds: control characters and halves of characters."""
    return sound(_NO_TEXT.sub(" ", text))


def _name(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256(f"{LAYOUT}".encode())
    for name, data in files.items():
        digest.update(f"{name} {len(data)} ".encode())
        digest.update(data)
    return digest.hexdigest()[:16]


def _write(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, or was left half written; another time on it would have it read again."""
    if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
