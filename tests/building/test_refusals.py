"""What a build does when it may not, cannot or shall no longer go on: one clear sentence, and nothing is lost."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk, contents
from tests.fakes import no_bars

from briefbot.building import BuildOptions, build
from briefbot.building.preparing import Tools
from briefbot.errors import Busy, DiskError
from briefbot.index.disk import Disk
from briefbot.index.store import verified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

PROJECT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from briefbot.index.disk import Disk
with Disk(Path(sys.argv[1])).locked():
    print("held", flush=True)
    sys.stdin.read()
"""
BUILD_AS_NOBODY = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.desk import Desk, contents
from briefbot.errors import BriefbotError
if os.getuid() == 0:
    os.setuid(65534)
desk = Desk(Path())
contents(desk.index)
try:
    desk.build()
except BriefbotError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An index that is built, and a corpus that has changed since."""
    desk = Desk(tmp_path)
    desk.write("one.txt", "The first document.")
    desk.write("two.txt", "The second document.")
    desk.build()
    desk.write("two.txt", "The second document, changed.")
    return desk


@contextlib.contextmanager
def held_by_another(desk: Desk) -> Iterator[None]:
    command = [sys.executable, "-c", HOLD, str(desk.index)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"held\n"
        yield
        child.communicate()


def texts(desk: Desk) -> list[str]:
    """Return the text of each document in the current generation, every file of which has been verified."""
    assert [fault for fault in verified(desk.index) if fault[2]] == []
    return [rows[0][0].text for rows in contents(desk.index).values()]


def staging(desk: Desk) -> list[str]:
    return [path.name for path in desk.index.glob(".building-*")]


OLD = ["The first document.", "The second document."]
NEW = ["The first document.", "The second document, changed."]


def assert_nothing_is_lost(desk: Desk) -> None:
    assert texts(desk) == OLD
    assert staging(desk) == []


def assert_the_next_build_succeeds(desk: Desk) -> None:
    assert desk.build().published
    assert texts(desk) == NEW


def test_a_second_builder_says_that_another_one_is_at_work(desk: Desk) -> None:
    with held_by_another(desk):
        with pytest.raises(Busy) as refused:
            desk.build()
        assert_nothing_is_lost(desk)
    assert refused.value.exit_code == 6
    assert str(refused.value) == (
        f"Another process is changing the index {desk.index}; wait until it has finished and try again."
    )
    assert_the_next_build_succeeds(desk)


def test_a_plan_can_be_seen_while_another_process_builds(desk: Desk) -> None:
    with held_by_another(desk):
        assert desk.build(dry_run=True).changed == ("two.txt",)


@contextlib.contextmanager
def file_size_limited(size: int) -> Iterator[None]:
    """Let this process write no file beyond `size` bytes; the rest of a write is refused as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 1, 300, 1000, 2000])
def test_a_file_that_cannot_be_written_to_its_end_leaves_all_as_it_was(desk: Desk, size: int) -> None:
    with file_size_limited(size), pytest.raises(DiskError) as refused:
        desk.build()
    assert refused.value.exit_code == 74
    assert str(refused.value) == (
        f"Cannot write {desk.index}: a file would be larger than this user may write; "
        "raise the limit and run the command again."
    )
    assert_nothing_is_lost(desk)
    assert_the_next_build_succeeds(desk)


class FillingDisk(Disk):
    """A disk that takes a number of operations, and then refuses all but removals."""

    def __init__(self, root: Path, room: int) -> None:
        super().__init__(root)
        self.room = room

    def _take(self) -> None:
        self.room -= 1
        if self.room < 0:
            raise DiskError("The disk is full.")

    def make_folder(self, name: str) -> None:
        self._take()
        super().make_folder(name)

    def write(self, name: str, chunks: Iterable[bytes | memoryview]) -> None:
        self._take()
        super().write(name, chunks)

    def rename(self, name: str, new_name: str) -> None:
        self._take()
        super().rename(name, new_name)

    def sync_folder(self, name: str) -> None:
        self._take()
        super().sync_folder(name)


def test_whichever_step_is_refused_the_old_or_the_new_generation_serves(desk: Desk) -> None:
    desk.write("three.txt", "The third document.")
    desk.build(full=True)  # into one segment
    old, outcomes = texts(desk), []
    for name in ("two.txt", "three.txt"):  # what is left is written into a new segment
        (desk.corpus / name).unlink()
    for room in itertools.count():
        desk.disk = FillingDisk(desk.index, room)
        try:
            desk.build()
        except DiskError:
            outcomes.append(texts(desk))
            assert staging(desk) == []
        else:
            break
    before = outcomes.count(old)
    assert before > 20
    assert outcomes == [old] * before + [OLD[:1]] * (len(outcomes) - before)
    assert texts(desk) == OLD[:1]


@contextlib.contextmanager
def small_disk(path: Path, kilobytes: int) -> Iterator[None]:
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", path], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_leaves_all_as_it_was(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with small_disk(desk.index, kilobytes=200):
        desk.write("one.txt", OLD[0])
        desk.write("two.txt", OLD[1])
        desk.build()
        ballast = desk.index / "ballast"
        free = os.statvfs(desk.index).f_bavail * 4096
        for pages in range(8):  # at each of these, another write is the first that no longer fits
            desk.write("two.txt", NEW[1])
            ballast.write_bytes(bytes(free - 4096 * pages))
            with pytest.raises(DiskError) as refused:
                desk.build()
            assert str(refused.value) == (
                f"Cannot write {desk.index}: the disk is full; free some space and run the command again."
            )
            assert_nothing_is_lost(desk)
        ballast.unlink()
        assert_the_next_build_succeeds(desk)


@pytest.mark.parametrize(("lock_mode", "named"), [(0o444, ".lock"), (0o666, ".building-")])
def test_a_folder_that_may_not_be_written_to_is_named(desk: Desk, lock_mode: int, named: str) -> None:
    desk.root.chmod(0o755)  # so that a process without rights may work in it
    (desk.index / ".lock").chmod(lock_mode)
    desk.index.chmod(0o555)
    child = subprocess.run(
        [sys.executable, "-c", BUILD_AS_NOBODY, str(PROJECT)],
        cwd=desk.root,
        capture_output=True,
        text=True,
        check=False,
    )
    desk.index.chmod(0o755)
    (desk.index / ".lock").chmod(0o644)
    sentence = r": this user may not write there; change its owner or set another index folder\.\n"
    assert re.fullmatch(rf"DiskError: Cannot write index/{re.escape(named)}\d*{sentence}", child.stderr)
    assert_nothing_is_lost(desk)
    assert_the_next_build_succeeds(desk)


def test_a_file_in_place_of_the_index_folder_is_named(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("one.txt", OLD[0])
    desk.index.write_text("not a folder")
    with pytest.raises(DiskError) as refused:
        desk.build()
    assert str(refused.value) == (
        f"Cannot write {desk.index}: a file is in the way; remove it or set another index folder."
    )
    assert desk.index.read_text() == "not a folder"
    desk.index.unlink()
    assert desk.build().published


def test_a_file_in_place_of_the_folder_of_parts_is_named(desk: Desk) -> None:
    parts = desk.index / "parts"
    parts.rename(desk.root / "aside")
    parts.write_text("not a folder")
    with pytest.raises(DiskError) as refused:
        desk.build()
    assert str(refused.value) == f"Cannot write {parts}: a file is in the way; remove it or set another index folder."
    parts.unlink()
    (desk.root / "aside").rename(parts)
    assert_nothing_is_lost(desk)
    assert_the_next_build_succeeds(desk)


def test_a_folder_in_place_of_a_file_is_named(desk: Desk) -> None:
    (desk.index / "scan.json").unlink()
    (desk.index / "scan.json").mkdir()
    with pytest.raises(DiskError, match=r": a folder is in the way; remove it or set another index folder\.$"):
        desk.build()
    assert_nothing_is_lost(desk)
    (desk.index / "scan.json").rmdir()
    assert_the_next_build_succeeds(desk)


def interrupted_at(stage: str) -> Callable[[str, int], AbstractContextManager[Callable[[int], None]]]:
    """Return bars that have this process interrupted, as Ctrl-C does, at the first step of a stage."""

    def step(_: int) -> None:
        signal.raise_signal(signal.SIGINT)

    def bars(label: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        return contextlib.nullcontext(step) if label == stage else no_bars(label, total)

    return bars


@pytest.mark.parametrize("stage", ["reading", "encoding"])
def test_an_interrupt_leaves_all_as_it_was(desk: Desk, stage: str) -> None:
    tools = Tools(desk.settings, desk.disk, desk.encoder, interrupted_at(stage))
    with pytest.raises(KeyboardInterrupt):
        build(tools, BuildOptions())
    assert_nothing_is_lost(desk)
    assert_the_next_build_succeeds(desk)
