"""Which files of a folder are documents, and which of them are as they were at the last look.

Hidden files, what `.briefbotignore` names, sidecars and files of other formats are not documents. Symbolic links are
followed inside the corpus and never out of it. This module reads names and times; it refuses to read documents.
"""

from __future__ import annotations

import os
import stat
from collections import Counter, deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pathspec

from briefbot.corpus.formats import FORMATS
from briefbot.errors import CorpusError, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IGNORE = ".briefbotignore"
SIDECAR = ".meta.toml"
_SETTLED = 2_000_000_000  # nanoseconds after which a change must have moved a file's time


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that is a document; `suffix` is its ending in lower case, as the table of formats has it.

    `signature` changes whenever the file, its sidecar or their times do. `settled` tells whether a later change is sure
    to change it: not so right after the file was written.
    """

    name: str
    suffix: str
    path: Path
    size: int
    modified: int
    sidecar: Path | None
    signature: str
    settled: bool


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
    own = {(item.state.st_dev, item.state.st_ino) for item in found.values() if not item.linked}
    files, ignored = [], Counter[str]()
    for name, item in sorted(found.items()):
        suffix = item.path.suffix.lower()
        if name in sidecars or (item.linked and (item.state.st_dev, item.state.st_ino) in own):
            continue
        if suffix not in FORMATS:
            ignored[suffix or "no ending"] += 1
            continue
        files.append(_source(item, suffix, sidecars.get(name + SIDECAR), now))
    return Scan(tuple(files), tuple(sorted(refused)), dict(ignored))


def alone(path: Path) -> SourceFile | None:
    """Return a file that belongs to no corpus, or None where it is none that can be read. Raises OSError."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS or not path.is_file():
        return None
    return _source(_Found(path.name, path, path.stat(), linked=False), suffix, None, 0)


def _source(item: _Found, suffix: str, sidecar: _Found | None, now: int) -> SourceFile:
    states = [item.state, *([sidecar.state] if sidecar else [])]
    times = [time for state in states for time in (state.st_mtime_ns, state.st_ctime_ns)]
    numbers = [number for state in states for number in (state.st_size, state.st_ino, state.st_dev)]
    return SourceFile(
        name=item.name,
        suffix=suffix,
        path=item.path,
        size=item.state.st_size,
        modified=item.state.st_mtime_ns,
        sidecar=sidecar.path if sidecar else None,
        signature="-".join(f"{number:x}" for number in numbers + times),
        settled=max(times) < now - _SETTLED,
    )


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of one `.briefbotignore`, and the folder they count from."""

    prefix: str
    patterns: pathspec.GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder that is to be looked through: its path, what its files' names begin with, and what is ignored in it."""

    path: Path
    prefix: str
    rules: tuple[_Rules, ...]


def _walk(root: Path, refused: list[tuple[str, str]]) -> Iterator[_Found]:
    """Yield every regular file that is neither hidden nor ignored; append to `refused` what cannot be looked at.

    Linked folders come last, so that a folder that is reached in two ways has its own name.
    """
    inside = root.resolve()
    seen: set[Path] = set()
    waiting = deque([_Folder(root, "", _rules(root, ""))])
    while waiting:
        folder = waiting.popleft()
        real = folder.path.resolve()
        if real in seen:
            continue
        seen.add(real)
        for item in _found_in(folder, inside, refused):
            if not stat.S_ISDIR(item.state.st_mode):
                yield item
                continue
            inner = _Folder(item.path, f"{item.name}/", folder.rules + _rules(item.path, f"{item.name}/"))
            waiting.append(inner) if item.linked else waiting.appendleft(inner)


def _found_in(folder: _Folder, inside: Path, refused: list[tuple[str, str]]) -> Iterator[_Found]:
    """Yield the files and folders in a folder that are neither hidden nor ignored."""
    try:
        entries = list(os.scandir(folder.path))
    except OSError as error:
        refused.append((_shown(folder.prefix or "."), f"the folder cannot be read: {error.strerror}"))
        return
    for entry in entries:
        name = f"{folder.prefix}{entry.name}"
        if entry.name.startswith(".") or _is_ignored(name, folder.rules):
            continue
        try:
            state = _state(entry, inside)
        except UnreadableFile as reason:
            refused.append((_shown(name), str(reason)))
            continue
        if not (stat.S_ISDIR(state.st_mode) and _is_ignored(f"{name}/", folder.rules)):
            yield _Found(name, Path(entry.path), state, entry.is_symlink())


def _state(entry: os.DirEntry[str], inside: Path) -> os.stat_result:
    """Return what a name stands for. Raises UnreadableFile where that is no file or folder of the corpus."""
    if not entry.name.isascii() and _shown(entry.name) != entry.name:
        raise UnreadableFile("its name is not valid UTF-8; rename it")
    try:
        state = entry.stat()
    except FileNotFoundError:
        raise UnreadableFile("it is a symbolic link to nothing; remove it") from None
    except OSError as error:
        raise UnreadableFile(f"it cannot be looked at: {error.strerror}; remove it") from error
    if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(inside):
        raise UnreadableFile("it is a symbolic link that leaves the corpus; copy the file instead")
    if not (stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode)):
        raise UnreadableFile("it is not a regular file; remove it")
    return state


def _rules(folder: Path, prefix: str) -> tuple[_Rules, ...]:
    try:
        lines = (folder / IGNORE).read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    return (_Rules(prefix, pathspec.GitIgnoreSpec.from_lines(lines)),)


def _is_ignored(name: str, rules: tuple[_Rules, ...]) -> bool:
    return any(rule.patterns.match_file(name[len(rule.prefix) :]) for rule in rules)


def _shown(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
