"""The index folder as a whole: which generation is current, publishing the next one, removing old ones.

    CURRENT                "000007\n", replaced in one step after everything it stands for is safe on disk
    000007/manifest.json   a generation
    parts/                 what generations are made of
    .building-*/           in the making; ignored by readers, swept by the next holder of the lock
    .encoded/              what an unpublished build has encoded; ignored by readers, used up by the next build

Reading needs no lock but the shared one that an open generation holds. Everything that writes is called with
`Disk.locked` held.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from typing import TYPE_CHECKING

from briefbot.errors import BriefbotError, DamagedIndex, IndexFault, NoIndex, UsageFault
from briefbot.index.generation import Generation
from briefbot.index.manifest import NAME, Manifest, folder_name, manifest_bytes, read_manifest
from briefbot.index.parts import FOLDER, PartEntry, verify_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from briefbot.index.disk import Disk

CURRENT = "CURRENT"
STAGING = ".building-"
_TRIAL = "trial"
_NUMBER = re.compile(r"(\d{6,})\n?\Z")


def current_number(root: Path) -> int:
    """Return the number of the current generation. Raises NoIndex or DamagedIndex."""
    path = root / CURRENT
    try:
        text = path.read_bytes().decode("ascii", "replace")
    except FileNotFoundError:
        raise NoIndex(f"There is no index in {root} yet; run: briefbot build") from None
    except OSError as error:
        raise DamagedIndex(f"{path} cannot be read: {error.strerror}.") from error
    found = _NUMBER.match(text)
    if not found:
        raise DamagedIndex(f"{path} does not name a generation; run: briefbot rollback N, or briefbot build --full")
    return int(found[1])


def numbers(root: Path) -> list[int]:
    """Return the numbers of all published generations, in order."""
    folders = (path for path in _entries(root) if _NUMBER.match(path.name) and (path / NAME).exists())
    return sorted(int(path.name) for path in folders)


def open_current(root: Path) -> Generation:
    """Open the current generation. Raises NoIndex, DamagedIndex or ForeignIndex."""
    number = current_number(root)
    try:
        return Generation(root, number)
    except IndexFault as fault:
        if current_number(root) != number:  # another process published and removed meanwhile
            return open_current(root)
        raise DamagedIndex(_names_nothing(root, number)) if isinstance(fault, NoIndex) else fault from None


def _names_nothing(root: Path, number: int) -> str:
    return (
        f"{root / CURRENT} names generation {number}, which is not there; "
        "run: briefbot rollback N, or briefbot build --full"
    )


def read_current(root: Path) -> Manifest:
    """Return the manifest of the current generation, whatever its parts are. Raises as `open_current` does."""
    number = current_number(root)
    if number not in numbers(root):
        raise DamagedIndex(_names_nothing(root, number))
    return read_manifest(root / folder_name(number) / NAME)


def open_number(root: Path, number: int) -> Generation:
    """Open a published generation. Raises UsageFault where there is none of that number."""
    if number not in numbers(root):
        known = ", ".join(map(str, numbers(root))) or "none"
        raise UsageFault(f"There is no generation {number}; kept are: {known}.")
    return Generation(root, number)


def publish(disk: Disk, staging: str, manifest: Manifest) -> None:
    """Make a generation whose parts are written the current one, so that a crash leaves the old or the new one."""
    folder = folder_name(manifest.generation)
    disk.sync_folder(FOLDER)
    _write_manifest(disk, f"{staging}/{folder}", manifest)
    disk.rename(f"{staging}/{folder}", folder)
    disk.sync_folder(".")
    point(disk, staging, manifest.generation)


@contextlib.contextmanager
def tried(disk: Disk, staging: str, manifest: Manifest) -> Iterator[Generation]:
    """Open a generation whose parts are written, before it is published."""
    trial = f"{staging}/{_TRIAL}"
    disk.make_folder(trial)
    _write_manifest(disk, f"{trial}/{folder_name(manifest.generation)}", manifest)
    with Generation(disk.root, manifest.generation, staging=trial) as generation:
        yield generation


def _write_manifest(disk: Disk, folder: str, manifest: Manifest) -> None:
    disk.make_folder(folder)
    disk.write(f"{folder}/{NAME}", [manifest_bytes(manifest)])
    disk.sync_folder(folder)


def point(disk: Disk, staging: str, number: int) -> None:
    """Make a published generation the current one."""
    disk.write(f"{staging}/{CURRENT}", [f"{folder_name(number)}\n".encode("ascii")])
    disk.rename(f"{staging}/{CURRENT}", CURRENT)
    disk.sync_folder(".")


def make_staging(disk: Disk) -> str:
    """Sweep what a crash has left, and return a new folder for what is in the making."""
    sweep(disk)
    staging = f"{STAGING}{os.getpid()}"
    disk.make_folder(FOLDER)
    disk.make_folder(staging)
    return staging


@contextlib.contextmanager
def staged(disk: Disk) -> Iterator[str]:
    """Give a new folder for what is in the making, and remove it at the end, also after an error."""
    staging = make_staging(disk)
    try:
        yield staging
    finally:
        disk.remove(staging)


def next_number(root: Path) -> int:
    """Return a number that no generation has, or had while CURRENT named it."""
    try:
        current = current_number(root)
    except IndexFault:
        current = 0
    return max([current, *numbers(root)]) + 1


def sweep(disk: Disk) -> None:
    """Remove what no generation refers to. Parts stay while any manifest cannot be read."""
    for path in _entries(disk.root):
        half_removed = _NUMBER.match(path.name) and not (path / NAME).exists()
        if path.name.startswith(STAGING) or half_removed:
            disk.remove(path.name)
    try:
        needed = {part.file for _, manifest in manifests(disk.root) for part in manifest.parts()}
    except BriefbotError:
        return
    for path in _entries(disk.root / FOLDER):
        if f"{FOLDER}/{path.name}" not in needed:
            disk.remove(f"{FOLDER}/{path.name}")


def manifests(root: Path) -> Iterator[tuple[Path, Manifest]]:
    """Yield the manifest of each published generation. Raises DamagedIndex or ForeignIndex."""
    for number in numbers(root):
        path = root / folder_name(number) / NAME
        yield path, read_manifest(path)


def beyond(root: Path, keep: int) -> list[int]:
    """Return the generations that are not among the newest `keep`, without the current one."""
    current = current_number(root)
    return [number for number in numbers(root)[:-keep] if number != current]


def remove_generations(disk: Disk, unwanted: Sequence[int], *, in_use_too: bool = False) -> list[int]:
    """Remove generations, and the parts only they had. Return those that are in use and were left alone.

    Who has one open that is removed all the same keeps reading it until it is closed.
    """
    left = [number for number in unwanted if not _removed(disk, number, in_use_too=in_use_too)]
    disk.sync_folder(".")
    sweep(disk)
    return left


def _removed(disk: Disk, number: int, *, in_use_too: bool) -> bool:
    descriptor = os.open(disk.root / folder_name(number) / NAME, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if not in_use_too:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        disk.remove(folder_name(number))
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)


def verified(root: Path) -> Iterator[tuple[str, int, str | None]]:
    """Verify every byte of every generation; yield each file, its size, and what is wrong with it or None.

    Raises NoIndex where none was ever published.
    """
    fault_of_current = _fault_of_current(root)
    yield CURRENT, (root / CURRENT).stat().st_size, fault_of_current
    parts: dict[str, PartEntry] = {}
    for number in numbers(root):
        path = root / folder_name(number) / NAME
        name, size = str(path.relative_to(root)), path.stat().st_size
        try:
            parts |= {part.file: part for part in read_manifest(path).parts()}
        except IndexFault as fault:
            yield name, size, str(fault)
        else:
            yield name, size, None
    for file, part in parts.items():
        yield file, part.size, _fault_of(root, part)


def _fault_of_current(root: Path) -> str | None:
    try:
        current = current_number(root)
    except DamagedIndex as fault:
        return str(fault)
    return None if current in numbers(root) else _names_nothing(root, current)


def _fault_of(root: Path, part: PartEntry) -> str | None:
    try:
        verify_part(root, part)
    except DamagedIndex as fault:
        return str(fault)
    return None


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
