"""Every write to the index folder, and nothing else.

One small class, so that a test can record each operation and replay what a crash would have left. It knows names and
bytes below one root; it refuses to know what they mean. Names are relative, with forward slashes.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from briefbot.errors import Busy, DiskError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

P = ParamSpec("P")
R = TypeVar("R")

LOCK = ".lock"

_ADVICE = {
    errno.ENOSPC: "the disk is full; free some space and run the command again",
    errno.EDQUOT: "the disk quota is used up; free some space and run the command again",
    errno.EROFS: "it is on a read-only file system; mount it writable or set another index folder",
    errno.EACCES: "this user may not write there; change its owner or set another index folder",
    errno.EPERM: "this user may not write there; change its owner or set another index folder",
    errno.ENOTDIR: "a file is in the way; remove it or set another index folder",
    errno.EEXIST: "a file is in the way; remove it or set another index folder",
    errno.EISDIR: "a folder is in the way; remove it or set another index folder",
    errno.EFBIG: "a file would be larger than this user may write; raise the limit and run the command again",
}


def _in_words(operation: Callable[P, R]) -> Callable[P, R]:
    """Turn the operating system's refusal into one sentence that says what to do."""

    @wraps(operation)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return operation(*args, **kwargs)
        except OSError as error:
            reason = _ADVICE.get(error.errno or 0, f"{error.strerror}; look at the disk and run the command again")
            where = error.filename or getattr(args[0], "root", "the index")
            raise DiskError(f"Cannot write {where}: {reason}.") from error

    return guarded


class Disk:
    """Writes below `root`. What has been written is safe only after `sync` of the file and of its folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @_in_words
    def make_folder(self, name: str) -> None:
        """Create a folder, with its parents; one that exists is left as it is."""
        (self.root / name).mkdir(parents=True, exist_ok=True)

    @_in_words
    def write(self, name: str, chunks: Iterable[bytes | memoryview]) -> None:
        """Create or replace a file with the chunks, and sync it."""
        with (self.root / name).open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())

    @_in_words
    def rename(self, name: str, new_name: str) -> None:
        """Rename a file or folder; a file of the new name is replaced in one step."""
        (self.root / name).replace(self.root / new_name)

    @_in_words
    def sync_folder(self, name: str) -> None:
        """Make the names in a folder safe: what was created, renamed or removed in it."""
        descriptor = os.open(self.root / name, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @_in_words
    def remove(self, name: str) -> None:
        """Remove a file, or a folder with all it holds; one that is gone already is no error."""
        path = self.root / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the only right to change this index. Raises Busy where another process has it."""
        self.make_folder(".")
        descriptor = _open_lock(self.root / LOCK)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"Another process is changing the index {self.root}; wait until it has finished and try again."
            ) from None
        else:
            yield
        finally:
            os.close(descriptor)


@_in_words
def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
