from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import resource
import stat
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.errors import DiskError
from briefbot.serving.feedback import Feedback, FeedbackFile, Unanswered, export, keep_pruned

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
ANN, BOB = 2**63 + 1, 1_234
HELPFUL = Feedback("Where?", "helpful", None, "a.md", 3, ANN, NOON, 7)
WRONG = Feedback("When?\nAnd why?", "not helpful", "too old", "b.pdf", 1, BOB, NOON + timedelta(hours=1), 7)
MISSED = Unanswered("Wer – und „wann“?", ANN, NOON + timedelta(hours=2), 8)


@pytest.fixture
def file(tmp_path: Path) -> FeedbackFile:
    return FeedbackFile(tmp_path / "feedback.jsonl", days=90)


def told(file: FeedbackFile) -> list[str]:
    """The questions in the file, in order."""
    return [record["question"] for record in export(file.path)]


@contextlib.contextmanager
def disk_full_at(size: int) -> Iterator[None]:
    """Let this process write no file beyond `size` bytes; a write is cut off there, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_each_record_is_one_line_with_all_that_was_said(file: FeedbackFile) -> None:
    for record in (HELPFUL, WRONG, MISSED):
        file.append(record)
    assert [json.loads(line) for line in file.path.read_text("ascii").splitlines()] == [
        {
            "kind": "feedback",
            "question": "Where?",
            "verdict": "helpful",
            "reason": None,
            "document": "a.md",
            "paragraph": 3,
            "user": "9223372036854775809",
            "time": "2026-03-10T12:00:00+00:00",
            "generation": 7,
        },
        {
            "kind": "feedback",
            "question": "When?\nAnd why?",
            "verdict": "not helpful",
            "reason": "too old",
            "document": "b.pdf",
            "paragraph": 1,
            "user": "1234",
            "time": "2026-03-10T13:00:00+00:00",
            "generation": 7,
        },
        {
            "kind": "unanswered",
            "question": "Wer – und „wann“?",
            "user": "9223372036854775809",
            "time": "2026-03-10T14:00:00+00:00",
            "generation": 8,
        },
    ]


def test_the_export_says_what_was_asked_and_not_by_whom(file: FeedbackFile) -> None:
    for record in (HELPFUL, WRONG, MISSED):
        file.append(record)
    assert list(export(file.path)) == [
        {"question": "Where?", "verdict": "helpful", "document": "a.md", "paragraph": 3, "reason": None},
        {
            "question": "When?\nAnd why?",
            "verdict": "not helpful",
            "document": "b.pdf",
            "paragraph": 1,
            "reason": "too old",
        },
        {
            "question": "Wer – und „wann“?",
            "verdict": "unanswered",
            "document": None,
            "paragraph": None,
            "reason": None,
        },
    ]


def test_the_export_can_begin_with_a_day(file: FeedbackFile) -> None:
    for hours in (-13, -12, 0):
        file.append(Unanswered(f"{hours} h", ANN, NOON + timedelta(hours=hours), 7))
    assert [record["question"] for record in export(file.path, since=date(2026, 3, 10))] == ["-12 h", "0 h"]


@pytest.mark.parametrize("mask", [0o000, 0o022])
def test_only_the_owner_may_read_it_also_after_it_was_written_anew(file: FeedbackFile, mask: int) -> None:
    former = os.umask(mask)
    try:
        file.append(HELPFUL)
        first = stat.S_IMODE(file.path.stat().st_mode)
        file.append(WRONG)
        file.forget(BOB)
    finally:
        os.umask(former)
    assert (first, stat.S_IMODE(file.path.stat().st_mode)) == (0o600, 0o600)
    assert {stat.S_IMODE(path.stat().st_mode) for path in file.path.parent.iterdir()} == {0o600}


def test_times_are_kept_in_utc(file: FeedbackFile) -> None:
    there = timezone(timedelta(hours=9))
    file.append(Unanswered("Where?", ANN, datetime(2026, 3, 11, 1, tzinfo=there), 7))
    assert json.loads(file.path.read_bytes())["time"] == "2026-03-10T16:00:00+00:00"


def test_what_is_older_than_the_days_set_is_removed_and_no_more(file: FeedbackFile) -> None:
    for age in (timedelta(days=90, microseconds=1), timedelta(days=90), timedelta(0)):
        file.append(Unanswered(str(age), ANN, NOON - age, 7))
    assert file.prune(NOON) == 1
    assert told(file) == ["90 days, 0:00:00", "0:00:00"]
    assert file.prune(NOON) == 0


def test_nothing_is_written_where_nothing_is_removed(file: FeedbackFile) -> None:
    file.append(HELPFUL)
    before = file.path.stat()
    assert (file.prune(NOON), file.forget(BOB)) == (0, 0)
    assert (file.path.stat().st_ino, file.path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_user_is_forgotten_in_both_kinds(file: FeedbackFile) -> None:
    for record in (HELPFUL, WRONG, MISSED):
        file.append(record)
    assert file.forget(ANN) == 2
    assert told(file) == ["When?\nAnd why?"]
    assert str(ANN) not in file.path.read_text("ascii")
    assert file.forget(ANN) == 0


def test_a_file_that_is_not_there_yet_is_empty(file: FeedbackFile) -> None:
    assert (told(file), file.prune(NOON), file.forget(ANN)) == ([], 0, 0)
    assert not file.path.exists()


def test_a_folder_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    file = FeedbackFile(tmp_path / "a" / "b" / "feedback.jsonl", 90)
    file.append(HELPFUL)
    assert told(file) == ["Where?"]


@pytest.mark.parametrize("torn_at", [1, 60, -1])
def test_half_a_line_is_passed_over_and_the_next_record_gets_its_own(file: FeedbackFile, torn_at: int) -> None:
    file.append(HELPFUL)
    whole = file.path.read_bytes()
    file.append(WRONG)
    torn = file.path.read_bytes()[len(whole) :][:torn_at]
    file.path.write_bytes(whole + torn)
    file.append(MISSED)
    readable = ["When?\nAnd why?"] if torn_at == -1 else []  # only its end of line is missing
    assert told(file) == ["Where?", *readable, "Wer – und „wann“?"]
    assert file.path.read_bytes().startswith(whole + torn + b"\n")


STRANGE = [
    b"",
    b"nonsense",
    b"[1]",
    b"7",
    b"null",
    b'{"user": "1"}',
    b'{"time": "2026-03-10", "user": "x"}',
    b"\xff\xfe",
]


@pytest.mark.parametrize("line", [*STRANGE, b'{"time": 3, "user": "1"}', b"[" * 100_000])
def test_a_line_that_cannot_be_read_harms_no_other_and_goes_when_the_file_is_written_anew(
    file: FeedbackFile, line: bytes
) -> None:
    file.append(HELPFUL)
    with file.path.open("ab") as opened:
        opened.write(line + b"\n")
    file.append(WRONG)
    assert told(file) == ["Where?", "When?\nAnd why?"]
    assert file.forget(BOB) == 1
    assert file.path.read_bytes().count(b"\n") == 1


def test_a_kind_that_a_later_version_wrote_stays_and_is_not_exported(file: FeedbackFile) -> None:
    later = b'{"kind": "praise", "time": "2026-03-10T12:00:00Z", "user": "5"}\n'
    file.path.write_bytes(later)
    file.append(HELPFUL)
    assert file.forget(ANN) == 1
    assert (file.path.read_bytes(), told(file)) == (later, [])


@pytest.mark.parametrize("room", [0, 1, 100])
def test_a_full_disk_is_one_sentence_and_leaves_no_half_line(file: FeedbackFile, room: int) -> None:
    file.append(HELPFUL)
    before = file.path.read_bytes()
    with disk_full_at(len(before) + room), pytest.raises(DiskError) as error:
        file.append(WRONG)
    assert str(error.value).startswith(f"Feedback cannot be written: {file.path}: ")
    assert str(error.value).endswith((": the disk is full; free some space.", "or raise the limit."))
    assert file.path.read_bytes() == before
    file.append(MISSED)
    assert told(file) == ["Where?", "Wer – und „wann“?"]


def test_a_disk_that_fills_while_the_file_is_written_anew_leaves_it_as_it_was(file: FeedbackFile) -> None:
    for record in (HELPFUL, WRONG, MISSED):
        file.append(record)
    before = file.path.read_bytes()
    with disk_full_at(100), pytest.raises(DiskError):
        file.forget(BOB)
    assert file.path.read_bytes() == before
    assert sorted(path.name for path in file.path.parent.iterdir()) == ["feedback.jsonl", "feedback.jsonl.lock"]


def test_what_an_interrupted_removal_left_does_not_matter(file: FeedbackFile) -> None:
    file.path.with_name("feedback.jsonl.new").write_bytes(b"x" * 10_000)
    file.append(HELPFUL)
    alone = file.path.read_bytes()
    file.append(WRONG)
    assert file.forget(BOB) == 1
    assert file.path.read_bytes() == alone


def test_what_was_written_is_safe_on_disk_with_its_name(file: FeedbackFile, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    sync = os.fsync

    def noted(descriptor: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    monkeypatch.setattr("os.fsync", noted)
    for change in (lambda: file.append(HELPFUL), lambda: file.append(WRONG), lambda: file.forget(BOB)):
        change()
        synced.append("done")
    assert synced == ["file", "folder", "done", "file", "done", "file", "folder", "done"]


def test_a_place_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for name, reason in [
        ("file/feedback.jsonl", "a file stands where its folder should be; set another place for it"),
        ("folder", "it is a folder; set another place for it"),
    ]:
        with pytest.raises(DiskError) as error:
            FeedbackFile(tmp_path / name, 90).append(HELPFUL)
        assert str(error.value) == f"Feedback cannot be written: {tmp_path / name}: {reason}."
    with pytest.raises(DiskError) as error:
        list(export(tmp_path / "folder"))
    assert str(error.value) == (
        f"Feedback cannot be read: {tmp_path / 'folder'}: it is a folder; set another place for it."
    )


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from briefbot.serving.feedback import FeedbackFile, Unanswered
file = FeedbackFile(Path(sys.argv[1]), 90)
for i in range(50):
    file.append(Unanswered(f"{sys.argv[2]} {i} " + "x" * 5_000, int(sys.argv[2]), datetime.now(UTC), 1))
    if i % 10 == 9:
        file.forget(99)
"""


def test_processes_that_write_at_once_lose_nothing(file: FeedbackFile) -> None:
    file.append(Unanswered("to be forgotten", 99, datetime.now(UTC), 1))
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(file.path), str(user)]) for user in range(3)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    expected = sorted(f"{user} {i}" for user in range(3) for i in range(50))
    assert sorted(question.rsplit(" ", 1)[0] for question in told(file)) == expected


def test_a_writer_waits_for_the_one_before(file: FeedbackFile) -> None:
    file.append(HELPFUL)
    with file.path.with_name("feedback.jsonl.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file.path), "7"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        while not _waits_for_a_lock(writer.pid):
            assert writer.poll() is None
        assert told(file) == ["Where?"]
    writer.communicate(timeout=60)
    assert len(told(file)) == 51


def _waits_for_a_lock(pid: int) -> bool:
    locks = Path("/proc/locks")
    if not locks.exists():
        pytest.skip("only Linux tells who waits for a lock")
    return any("->" in line and f" {pid} " in line for line in locks.read_text("ascii").splitlines())


def test_pruning_goes_on_and_survives_a_disk_that_refuses(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = FeedbackFile(tmp_path / "folder" / "feedback.jsonl", 1)
    file.append(HELPFUL)
    kept = file.path.parent.rename(tmp_path / "elsewhere")
    (tmp_path / "folder").touch()  # now its folder is a file

    async def prune_until_done() -> None:
        task = asyncio.create_task(keep_pruned(file, every=0))
        while not caplog.records:  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0)
        (tmp_path / "folder").unlink()
        kept.rename(tmp_path / "folder")
        while told(file):  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(asyncio.wait_for(prune_until_done(), timeout=30))
    assert caplog.records[0].message == "Feedback could not be pruned; it is tried again"
    assert told(file) == []


@given(
    st.lists(
        st.builds(Unanswered, st.text(), st.integers(0, 3), st.datetimes(timezones=st.just(UTC)), st.just(1)),
        max_size=6,
    )
)
def test_whatever_is_asked_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, records: list[Unanswered]
) -> None:
    file = FeedbackFile(tmp_path_factory.mktemp("feedback") / "feedback.jsonl", 90)
    for record in records:
        file.append(record)
    assert told(file) == [record.question for record in records]
    assert file.forget(0) == sum(record.user == 0 for record in records)
    assert told(file) == [record.question for record in records if record.user != 0]
