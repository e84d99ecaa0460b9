"""What users said of answers, and which questions found none: one file with one JSON object a line.

Several processes may write: each holds a lock beside the file while it does. A record is added in one write and is
safe on disk before the call returns; a write that fails is taken back, so that it harms no other line. Records are
removed when they are older than the days that were set, and when their user asks for it. This module knows the file; it
refuses to know where feedback comes from. Everything in it waits for the disk, so call it from a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import json
import logging
import os
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from briefbot.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Verdict = Literal["helpful", "not helpful"]

DAY = 24 * 60 * 60.0  # seconds
_MODE = 0o600  # questions are nobody's business but the operator's
_KINDS = ("feedback", "unanswered")
_REASONS = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space",
    errno.EFBIG: "the file would be larger than this user may write; set fewer days, or raise the limit",
    errno.EROFS: "it is on a read-only file system; set another place for it",
    errno.EACCES: "this user may not use it; change its owner or set another place for it",
    errno.EPERM: "this user may not use it; change its owner or set another place for it",
    errno.EISDIR: "it is a folder; set another place for it",
    errno.ENOTDIR: "a file stands where its folder should be; set another place for it",
    errno.EEXIST: "a file stands where its folder should be; set another place for it",
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a user said of an answer; the document and paragraph are those of its first excerpt, if any."""

    question: str
    verdict: Verdict
    reason: str | None
    document: str | None
    paragraph: int | None
    user: int
    time: datetime
    generation: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that the documents did not answer."""

    question: str
    user: int
    time: datetime
    generation: int


class FeedbackFile:
    """The file at `path`, whose records are kept for `days`; what cannot be written is a DiskError."""

    def __init__(self, path: Path, days: int) -> None:
        self.path = path
        self._kept_for = timedelta(days=days)

    def append(self, record: Feedback | Unanswered) -> None:
        """Add a record; it is safe on disk when this returns, and not in the file at all when this raises."""
        line = _line(record)
        with _locked(self.path):
            is_new = not self.path.exists()
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)
            try:
                _append(descriptor, line)
            finally:
                os.close(descriptor)
            if is_new:
                _sync_folder(self.path.parent)

    def prune(self, now: datetime) -> int:
        """Remove what is older than the days that were set; return how many records that were."""
        oldest = now - self._kept_for
        return self._keep(lambda fields: _time(fields) >= oldest)

    def forget(self, user: int) -> int:
        """Remove every record of a user; return how many there were."""
        return self._keep(lambda fields: int(fields["user"]) != user)

    def _keep(self, wanted: Callable[[dict[str, Any]], bool]) -> int:
        with _locked(self.path):
            content = _content(self.path)
            records = list(_records(content))
            kept = [line + b"\n" for line, fields in records if wanted(fields)]
            if content != b"".join(kept):  # what cannot be read goes too: nobody could tell whose it is, or how old
                _replace(self.path, b"".join(kept))
        return len(records) - len(kept)


async def keep_pruned(file: FeedbackFile, *, every: float = DAY) -> None:
    """Prune at once, and then every so many seconds until cancelled; what goes wrong is logged and tried again."""
    while True:
        try:
            removed = await asyncio.to_thread(file.prune, datetime.now(UTC))
            _log.info("Feedback was pruned", extra={"removed": removed})
        except Exception:  # noqa: BLE001 - logged, and never the end of this task
            _log.exception("Feedback could not be pruned; it is tried again")
        await asyncio.sleep(every)


def export(path: Path, *, since: date | None = None) -> Iterator[dict[str, Any]]:
    """Yield the records as a file of questions has them, without whose they are; `since` counts days in UTC.

    Raises DiskError where the file cannot be read; one that is not there yet is empty.
    """
    with _in_words(path, "read"):
        content = _content(path)
    for _, fields in _records(content):
        if fields.get("kind") in _KINDS and (since is None or _time(fields).date() >= since):
            yield {
                "question": fields.get("question"),
                "verdict": fields.get("verdict", "unanswered"),
                "document": fields.get("document"),
                "paragraph": fields.get("paragraph"),
                "reason": fields.get("reason"),
            }


def _line(record: Feedback | Unanswered) -> bytes:
    """Return a record as it stands in the file: ASCII, so that no character of a question can end a line."""
    kind = "feedback" if isinstance(record, Feedback) else "unanswered"
    # Discord's ids need more digits than most readers of JSON keep of a number.
    fields = {"kind": kind, **asdict(record), "user": str(record.user), "time": record.time.astimezone(UTC).isoformat()}
    return json.dumps(fields).encode("ascii") + b"\n"


def _append(descriptor: int, line: bytes) -> None:
    size = os.fstat(descriptor).st_size
    torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"  # a crash has left half a line
    try:
        _write(descriptor, b"\n" * torn + line)
        os.fsync(descriptor)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, size)
        raise


def _write(descriptor: int, data: bytes) -> None:
    if os.write(descriptor, data) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _records(content: bytes) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Yield each line that says when it was written and for whom, with its fields; others are passed over."""
    for line in content.split(b"\n"):
        try:
            fields = json.loads(line)
            _time(fields), int(fields["user"])
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            continue
        yield line, fields


def _time(fields: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(fields["time"]).astimezone(UTC)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _replace(path: Path, content: bytes) -> None:
    """Exchange the file in one step, so that a crash leaves the old one or the new one."""
    staging = path.with_name(f"{path.name}.new")
    try:
        with os.fdopen(os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _MODE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staging.replace(path)
    except OSError:
        staging.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Be the only one to write. The lock is a file of its own, since the other one is exchanged."""
    with _in_words(path, "written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _in_words(path: Path, done: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, os.strerror(error.errno or 0))
        raise DiskError(f"Feedback cannot be {done}: {path}: {reason}.") from error
