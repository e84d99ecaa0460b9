"""Which files of a folder are documents, and which of them are as they were at the last look.

Hidden files, what `.briefbotignore` names, sidecars and files of other formats are not documents. Symbolic links are
followed inside the corpus and never out of it. This module reads names and times; it refuses to read documents.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pathspec

from briefbot.corpus.formats import FORMATS
from briefbot.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IGNORE = ".briefbotignore"
SIDECAR = ".meta.toml"
_SETTLED = 2_000_000_000  # nanoseconds after which a change must have moved a file's time


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that is a document. `signature` changes whenever the file, its sidecar or their times do.

    `settled` tells whether a later change is sure to change the signature: not so right after the file was written.
    """

    name: str
    path: Path
    size: int
    modified: int
    sidecar: Path | None
    signature: str
    settled: bool

    @property
    def suffix(self) -> str:
        """The file's ending in lower case, as the table of formats has it."""
        return self.path.suffix.lower()


@dataclass(frozen=True, slots=True)
class Scan:
    """What a folder holds: documents by name, files that are refused with the reason, and other endings counted."""

    files: tuple[SourceFile, ...]
    refused: tuple[tuple[str, str], ...]
    ignored: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    path: Path
    state: os.stat_result
    linked: bool


def scan(root: Path, now: int) -> Scan:
    """Look through the corpus folder at the time `now` (nanoseconds). Raises CorpusError where there is none."""
    if not root.is_dir():
        raise CorpusError(f"The corpus {root} is not a folder; create it or set another one with --corpus.")
    refused: list[tuple[str, str]] = []
    found = {item.name: item for item in _walk(root, refused)}
    sidecars = {name: item for name, item in found.items() if name.endswith(SIDECAR)}
    real = {item.path.resolve() for item in found.values() if not item.linked}
    files, ignored = [], Counter[str]()
    for name, item in sorted(found.items()):
        suffix = item.path.suffix.lower()
        if name in sidecars or (item.linked and item.path.resolve() in real):
            continue
        if suffix not in FORMATS:
            ignored[suffix or "no ending"] += 1
            continue
        files.append(_source(item, sidecars.get(name + SIDECAR), now))
    return Scan(tuple(files), tuple(sorted(refused)), ignored)


def _source(item: _Found, sidecar: _Found | None, now: int) -> SourceFile:
    states = [item.state, *([sidecar.state] if sidecar else [])]
    times = [time for state in states for time in (state.st_mtime_ns, state.st_ctime_ns)]
    numbers = [number for state in states for number in (state.st_size, state.st_ino, state.st_dev)]
    return SourceFile(
        name=item.name,
        path=item.path,
        size=item.state.st_size,
        modified=item.state.st_mtime_ns,
        sidecar=sidecar.path if sidecar else None,
        signature="-".join(f"{number:x}" for number in numbers + times),
        settled=max(times) < now - _SETTLED,
    )


def _walk(root: Path, refused: list[tuple[str, str]]) -> Iterator[_Found]:
    """Yield every regular file that is neither hidden nor ignored; append to `refused` what cannot be looked at."""
    inside = root.resolve()
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[Path, str, tuple[_Rules, ...]]] = [(root, "", ())]
    while waiting:
        folder, prefix, rules = waiting.pop()
        try:
            state = folder.stat()
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            refused.append((_shown(prefix or "."), f"the folder cannot be read: {error.strerror}"))
            continue
        if (state.st_dev, state.st_ino) in seen:
            continue
        seen.add((state.st_dev, state.st_ino))
        rules = (*rules, *_rules(folder, prefix))
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if entry.name.startswith(".") or _is_ignored(name, entry, rules):
                continue
            reason = _reason_against(entry, inside)
            if reason:
                refused.append((_shown(name), reason))
            elif entry.is_dir():
                waiting.append((Path(entry.path), f"{name}/", rules))
            else:
                yield _Found(name, Path(entry.path), entry.stat(), entry.is_symlink())


def _reason_against(entry: os.DirEntry[str], inside: Path) -> str | None:
    try:
        entry.name.encode("utf-8")
    except UnicodeEncodeError:
        return "its name is not valid UTF-8; rename it"
    if entry.is_symlink():
        target = Path(entry.path).resolve()
        if not target.exists():
            return "it is a symbolic link to nothing; remove it"
        if not target.is_relative_to(inside):
            return "it is a symbolic link that leaves the corpus; copy the file instead"
    try:
        mode = entry.stat().st_mode
    except OSError as error:
        return f"it cannot be looked at: {error.strerror}"
    return None if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else "it is not a regular file; remove it"


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of one `.briefbotignore`, and the folder they count from."""

    prefix: str
    patterns: pathspec.GitIgnoreSpec


def _rules(folder: Path, prefix: str) -> list[_Rules]:
    try:
        lines = (folder / IGNORE).read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [_Rules(prefix, pathspec.GitIgnoreSpec.from_lines(lines))]


def _is_ignored(name: str, entry: os.DirEntry[str], rules: tuple[_Rules, ...]) -> bool:
    ending = "/" if entry.is_dir() else ""
    return any(rule.patterns.match_file(name[len(rule.prefix) :] + ending) for rule in rules)


def _shown(name: str) -> str:
    return str(PurePosixPath(name.encode("utf-8", "backslashreplace").decode("utf-8")))
