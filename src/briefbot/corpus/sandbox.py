"""Reads files in a child process, so that no file can crash, stall or fill the process that asks.

This module knows how a child is started, bounded, heard and replaced. It refuses to know any file format.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Self

from briefbot.corpus.wire import unpack
from briefbot.errors import UnreadableFile
from briefbot.frames import read_frame, to_json, write_frame
from briefbot.settings import MEGABYTE, Limits

if TYPE_CHECKING:
    from types import TracebackType

    from briefbot.model import Reading


class ReaderProcess:
    """One child process that reads files in turn, started on first use and replaced when a file was too much for it.

    It belongs to one thread. Used as a context manager it ends the child on leaving.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The child's process id, or None where none runs."""
        return self._child.process.pid if self._child else None

    def read(self, data: bytes, suffix: str) -> Reading:
        """Return what the reader for `suffix` (as in ".pdf") makes of `data`; raise UnreadableFile with the reason."""
        if len(data) > self._limits.file_mb * MEGABYTE:
            raise UnreadableFile(f"it is larger than {self._limits.file_mb} MB; raise limits.file_mb or split the file")
        used = self._child is not None
        try:
            return self._ask(data, suffix)
        except _ChildFailure as failure:
            if not used or failure.took_too_long:
                raise failure.reason(self._limits) from None
        # What earlier files left behind in the child must not decide over this one: a new child has the last word.
        try:
            return self._ask(data, suffix)
        except _ChildFailure as failure:
            raise failure.reason(self._limits) from None

    def close(self) -> None:
        """End the child, if one runs."""
        if self._child:
            self._child.end()
            self._child = None

    def _ask(self, data: bytes, suffix: str) -> Reading:
        if self._child is None:
            self._child = _Child()
        try:
            return self._child.ask(data, suffix, self._limits)
        except UnreadableFile:
            raise
        except BaseException:  # also Ctrl-C: an answer may be under way that the next request must not get
            self.close()
            raise


class _ChildFailure(Exception):
    """The child did not answer as it should: its exit code, or the failure it named."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause

    @property
    def took_too_long(self) -> bool:
        return self.cause == "time"

    def reason(self, limits: Limits) -> UnreadableFile:
        sentences = {
            "time": f"it takes more than {limits.seconds} seconds to read; raise limits.seconds or split the file",
            "memory": f"it needs more than {limits.memory_mb} MB of memory to read; "
            "raise limits.memory_mb or split the file",
            "depth": "it is nested too deeply to be read; save it in a simpler form",
            "crash": f"its reader crashed: it is damaged, or needs more than {limits.memory_mb} MB of memory; "
            "open it, save it again, or raise limits.memory_mb",
        }
        unexpected = f"its reader failed ({self.cause}); it is damaged, or briefbot has a fault"
        return UnreadableFile(sentences.get(self.cause, unexpected))


class _Child:
    """A running child process."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-B", "-m", "briefbot.corpus.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the parent, which then ends the child
        )

    def ask(self, data: bytes, suffix: str, limits: Limits) -> Reading:
        late = threading.Event()
        watch = threading.Timer(limits.seconds, self._stop, [late])
        watch.daemon = True  # an interruption may come between the next two lines
        watch.start()
        try:
            return self._exchange(data, suffix, limits)
        except (EOFError, OSError, ValueError, KeyError, TypeError) as error:
            raise _ChildFailure("time" if late.is_set() else "crash") from error
        finally:
            watch.cancel()

    def end(self) -> None:
        self.process.kill()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                with contextlib.suppress(OSError):  # a request that the child no longer took
                    stream.close()
        self.process.wait()

    def _stop(self, late: threading.Event) -> None:
        late.set()
        self.process.kill()

    def _exchange(self, data: bytes, suffix: str, limits: Limits) -> Reading:
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        write_frame(stdin, to_json({"suffix": suffix, "limits": asdict(limits)}))
        write_frame(stdin, data)
        stdin.flush()
        most = limits.memory_mb * MEGABYTE  # more than the child can hold cannot be an answer
        answer: dict[str, Any] = json.loads(read_frame(stdout, most))
        if "reason" in answer:
            raise UnreadableFile(answer["reason"])
        if "failure" in answer:
            raise _ChildFailure(answer["failure"])
        return unpack(answer, read_frame(stdout, most).decode())


def _environment() -> dict[str, str]:
    """Nothing of the parent's but where Python finds its modules: no token or proxy reaches the child."""
    return {"PYTHONPATH": os.pathsep.join(path for path in sys.path if os.path.isabs(path))}  # noqa: PTH117
