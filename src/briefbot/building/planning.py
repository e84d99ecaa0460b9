"""What a build has to do: which documents stay, which are read, which are gone.

A file whose signature is as it was at the last scan is taken to be unchanged without opening it. The signatures are a
cache beside the generations; where it is missing or damaged, every file is hashed.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefbot.corpus.documents import content_of
from briefbot.corpus.formats import FORMATS
from briefbot.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from briefbot.corpus.scan import Scan, SourceFile
    from briefbot.index.disk import Disk
    from briefbot.index.generation import Generation
    from briefbot.settings import Limits

CACHE = "scan.json"


@dataclass(frozen=True, slots=True)
class Plan:
    """The difference between a corpus and a generation. `contents` has the hash of every file that could be opened."""

    kept: tuple[str, ...]
    to_read: tuple[SourceFile, ...]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    contents: Mapping[str, str]


def plan_build(scan: Scan, contents: Mapping[str, str], base: Generation | None, *, reuse: bool) -> Plan:
    """Compare a corpus with the generation that is to be replaced; without `reuse`, everything is to be read."""
    known = known_contents(base) if base else {}
    here = {source.name for source in scan.files}
    kept = {name for name in here if reuse and name in known and contents.get(name) == known[name]}
    to_read = tuple(source for source in scan.files if source.name not in kept)
    names = [source.name for source in to_read]
    return Plan(
        kept=tuple(sorted(kept)),
        to_read=to_read,
        added=tuple(name for name in names if name not in known),
        changed=tuple(name for name in names if name in known and contents.get(name) != known[name]),
        removed=tuple(sorted(known.keys() - here)),
        renamed=_renamed(known, contents, here),
        contents=contents,
    )


def known_contents(base: Generation) -> dict[str, str]:
    """Return the content hash of each live document by name."""
    return {name: base.segments[listed.segment].contents[listed.row] for name, listed in base.documents.items()}


def corpus_contents(scan: Scan, limits: Limits, cache: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return the content hash of each file that can be opened, by name; unchanged ones are not opened."""
    contents, rules = {}, str(limits)
    for source in scan.files:
        key, content = cache.get(source.name, ("", ""))
        try:
            contents[source.name] = content if key == _cache_key(source, rules) else content_of(source, limits)
        except UnreadableFile:
            continue
    return contents


def load_cache(root: Path) -> dict[str, tuple[str, str]]:
    """Return for each file name the signature and content hash of the last scan; nothing where that is damaged."""
    try:
        checksum, _, text = (root / CACHE).read_text("utf-8").partition("\n")
        sound = hashlib.sha256(text.encode("utf-8")).hexdigest() == checksum
        return {name: (pair[0], pair[1]) for name, pair in json.loads(text).items()} if sound else {}
    except (OSError, ValueError, AttributeError, IndexError, TypeError):
        return {}


def save_cache(disk: Disk, staging: str, scan: Scan, limits: Limits, contents: Mapping[str, str]) -> None:
    """Keep the signatures of all files that a later change is sure to show in."""
    rules = str(limits)
    seen = {
        source.name: (_cache_key(source, rules), contents[source.name])
        for source in scan.files
        if source.settled and source.name in contents
    }
    text = json.dumps(seen, ensure_ascii=False)
    checksum = hashlib.sha256(text.encode("utf-8")).hexdigest()
    data = f"{checksum}\n{text}".encode()
    if data == _cache_bytes(disk.root):
        return  # syncing a file would be the longest step of a build that finds nothing changed
    disk.write(f"{staging}/{CACHE}", [data])
    disk.rename(f"{staging}/{CACHE}", CACHE)


def _cache_bytes(root: Path) -> bytes:
    try:
        return (root / CACHE).read_bytes()
    except OSError:
        return b""


def _cache_key(source: SourceFile, rules: str) -> str:
    form = FORMATS[source.suffix]
    return f"{source.signature} {form.reader} {form.version} {rules}"


def _renamed(known: Mapping[str, str], contents: Mapping[str, str], here: set[str]) -> tuple[tuple[str, str], ...]:
    """Pair each document that is gone with one new file of the same content, both in the order of their names."""
    gone = defaultdict[str, list[str]](list)
    for name in sorted(known.keys() - here, reverse=True):
        gone[known[name]].append(name)
    new = ((name, content) for name, content in contents.items() if name not in known)
    return tuple(sorted((gone[content].pop(), name) for name, content in new if gone[content]))
