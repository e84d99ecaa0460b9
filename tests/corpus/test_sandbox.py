"""Real child processes: what they read, and what happens to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.corpus import samples

from briefbot.corpus.formats import read_bytes
from briefbot.corpus.sandbox import ReaderProcess
from briefbot.errors import UnreadableFile
from briefbot.settings import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BOMB = samples.make_stream_bomb_pdf(400)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="macOS knows the limit but does not enforce it")


@pytest.fixture
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess(Limits(seconds=20)) as process:
        yield process


def reason_for(reader: ReaderProcess, data: bytes, suffix: str) -> str:
    with pytest.raises(UnreadableFile) as caught:
        reader.read(data, suffix)
    return str(caught.value)


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) / os.sysconf("SC_CLK_TCK")


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        os.sched_yield()
    assert condition()


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (samples.make_pdf(["One paragraph.", "And another."]), ".pdf"),
        (samples.make_docx(["One paragraph.", "Ünïcødé 漢字 😀."]), ".docx"),
        (b"name,age\nAnn,31\n", ".csv"),
        ("# Heading\n\nSome words, naïve.\n".encode(), ".md"),
    ],
)  # fmt: skip
def test_the_child_reads_what_the_reader_itself_reads(reader: ReaderProcess, data: bytes, suffix: str) -> None:
    assert reader.read(data, suffix) == read_bytes(data, suffix, Limits())


def test_a_refused_file_leaves_the_child_at_work(reader: ReaderProcess) -> None:
    assert reason_for(reader, samples.make_image_pdf(), ".pdf").startswith("it has no text layer")
    pid = reader.pid
    assert reader.read(b"Some words.", ".txt").text == "Some words."
    assert reader.pid == pid


def test_a_file_beyond_the_size_limit_is_refused_before_any_child_starts() -> None:
    with ReaderProcess(Limits(file_mb=1)) as reader:
        reason = reason_for(reader, bytes(1_000_001), ".txt")
        assert reason == "it is larger than 1 MB; raise limits.file_mb or split the file"
        assert reader.pid is None


def test_a_text_beyond_the_limit_is_refused() -> None:
    with ReaderProcess(Limits(text_mb=1)) as reader:
        reason = reason_for(reader, b"word " * 200_001, ".txt")
    assert reason == "it holds more than 1 million characters of text; raise limits.text_mb or split the file"


@LINUX
def test_a_file_that_needs_too_much_memory_is_refused_and_the_next_one_read(reader: ReaderProcess) -> None:
    rows = "".join(f"<w:p><w:r><w:t>{number * 7919 % 1_000_003}</w:t></w:r></w:p>" for number in range(600_000))
    reason = reason_for(reader, samples.make_docx_of(rows), ".docx")
    assert reason == "it needs more than 300 MB of memory to read; raise limits.memory_mb or split the file"
    assert reader.read(b"Some words.", ".txt").text == "Some words."


def test_a_file_that_takes_too_long_is_refused_and_the_next_one_read() -> None:
    with ReaderProcess(Limits(seconds=1, memory_mb=2000)) as reader:
        reader.read(b"Some words.", ".txt")
        reason = reason_for(reader, BOMB, ".pdf")
        assert reason == "it takes more than 1 seconds to read; raise limits.seconds or split the file"
        assert reader.pid is None
        assert reader.read(b"Some words.", ".txt").text == "Some words."


def test_a_child_killed_while_it_reads_is_a_crash_and_the_next_file_is_read(reader: ReaderProcess) -> None:
    reasons: list[str] = []
    slow = samples.make_pdf(["word " * 400_000])
    thread = threading.Thread(target=lambda: reasons.append(reason_for(reader, slow, ".pdf")))
    thread.start()
    wait_until(lambda: reader.pid is not None)
    os.kill(reader.pid or 0, signal.SIGKILL)
    thread.join()
    assert [reason.split(":")[0] for reason in reasons] == ["its reader crashed"]
    assert reader.read(b"Some words.", ".txt").text == "Some words."


def test_a_child_killed_between_two_files_is_replaced_unnoticed(reader: ReaderProcess) -> None:
    reader.read(b"One.", ".txt")
    os.kill(reader.pid or 0, signal.SIGKILL)
    assert reader.read(b"Two.", ".txt").text == "Two."


def test_the_child_ends_with_the_context(reader: ReaderProcess) -> None:
    with reader:
        reader.read(b"One.", ".txt")
        pid = reader.pid or 0
    assert not alive(pid)


@LINUX
@pytest.mark.parametrize("busy", [False, True])
def test_the_child_dies_with_a_parent_that_is_killed(busy: bool, tmp_path: Path) -> None:
    work = tmp_path / "slow.pdf"
    work.write_bytes(samples.make_pdf(["word " * 400_000]))
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(work) if busy else ""], stdout=subprocess.PIPE, env={"PYTHONPATH": _path()}
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    wait_until(lambda: processor_seconds(pid) > 0.5 if busy else alive(pid))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not alive(pid), seconds=1)  # long before it has read the file


_PARENT = """
import sys, threading
from pathlib import Path
from briefbot.corpus.sandbox import ReaderProcess
from briefbot.settings import Limits
reader = ReaderProcess(Limits())
reader.read(b"One.", ".txt")
print(reader.pid, flush=True)
if sys.argv[1]:
    reader.read(Path(sys.argv[1]).read_bytes(), ".pdf")
threading.Event().wait()
"""


def _path() -> str:
    return os.pathsep.join(path for path in sys.path if path)


@LINUX
def test_nothing_of_the_parents_environment_but_the_module_path_reaches_the_child(
    reader: ReaderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    reader.read(b"One.", ".txt")
    environ = Path(f"/proc/{reader.pid}/environ").read_bytes()
    assert b"DISCORD_TOKEN" not in environ
    assert Path(f"/proc/{reader.pid}/cwd").readlink() == Path("/")
    limits = Path(f"/proc/{reader.pid}/limits").read_text()
    soft = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()[1:]}
    assert (soft["Max address space"], soft["Max file size"], soft["Max core file size"]) == ("300000000", "0", "0")


def test_the_child_may_use_neither_network_nor_other_processes() -> None:
    attempts = "import briefbot.corpus.child as c, socket, subprocess, os\nc._forbid_the_world()\n"
    for attempt in ("socket.socket()", "subprocess.Popen(['true'])", "os.system('true')", "os.fork()"):
        code = attempts + f"try:\n {attempt}\nexcept PermissionError:\n print('refused')"
        result = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": _path()}
        )
        assert result.stdout == "refused\n"


def test_one_child_reads_many_small_files(reader: ReaderProcess) -> None:
    reader.read(b"The first one.", ".txt")
    child = reader.pid
    for number in range(500):
        assert reader.read(b"Paragraph %d of a small file." % number, ".txt").text.endswith("file.")
    assert reader.pid == child
