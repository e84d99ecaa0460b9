"""Every kind of bad input, through the child process that a build reads with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.corpus.bad_files import BAD_FILES, BadFile

from briefbot.corpus.sandbox import ReaderProcess
from briefbot.errors import UnreadableFile
from briefbot.settings import MEGABYTE, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD = b"A good file."


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess(Limits()) as process:
        yield process


def peak_bytes(reader: ReaderProcess) -> int:
    """The most that the child has had resident so far."""
    status = Path(f"/proc/{reader.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


def outcome(reader: ReaderProcess, data: bytes, suffix: str) -> str | None:
    """The reason why a file is not read, or None if it is."""
    try:
        assert reader.read(data, suffix).text
    except UnreadableFile as error:
        return str(error)
    return None


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.kind)
def test_bad_input_is_read_or_named_with_its_reason_and_the_next_file_is_read(
    reader: ReaderProcess, bad: BadFile
) -> None:
    reason = outcome(reader, bad.make(), Path(bad.name).suffix)
    if bad.reason is None:
        assert reason is None
    else:
        assert bad.reason in (reason or "it was read")
        assert "briefbot has a fault" not in (reason or "")
    assert reader.read(GOOD, ".txt").text == GOOD.decode()
    if sys.platform == "linux":
        assert peak_bytes(reader) <= Limits().memory_mb * MEGABYTE
