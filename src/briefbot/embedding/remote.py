"""An encoder whose model lives in another process.

Importing what runs the model stops a whole process for seconds, and its threads would take both cores from an event
loop; so a server keeps it in a child, which is started on first use and replaced when it has died. This module knows
how the child is started, asked and ended. It refuses to know what runs the model.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from briefbot.credentials import TOKEN, TOKEN_FILE
from briefbot.embedding.models import PlainModel
from briefbot.errors import ModelError
from briefbot.frames import read_frame, to_json, write_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from briefbot.embedding.encoder import Vectors

_CHILD = (sys.executable, "-P", "-m", "briefbot.embedding.child")
_STEP = 64  # texts between two reports of progress
_MOST = 1_000_000_000  # bytes; a frame that claims to be longer is none
_GRACE = 5  # seconds that a request or the child's end may take before the child is killed
_ONE_THREAD = {"OMP_NUM_THREADS": "1"}  # a second one was measured to save 1 ms of 12 and to cost a whole core


def without_token(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for a child process that need not know the bot's token."""
    return {name: value for name, value in environ.items() if name not in (TOKEN, TOKEN_FILE)}


class RemoteEncoder(PlainModel):
    """An `Encoder` for any number of threads; its child process answers one of them at a time.

    Close it, or use it as a context manager. `child` is the command that is given the model's name and then answers
    as `briefbot.embedding.child` does.
    """

    def __init__(self, model: str, child: Sequence[str] = _CHILD) -> None:
        super().__init__(model)
        self._command = (*child, model)
        self._child: _Child | None = None
        self._closed = False
        self._lock = threading.Lock()

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

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return int(self._about["dimensions"])

    @property
    def window(self) -> int:
        """How many word pieces of a text are read."""
        return int(self._about["window"])

    def start(self) -> None:
        """Start the child and load the model. Raises ModelError."""
        self._ask("about", ())

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the number of word pieces of each text."""
        return list(self._ask("count", texts)["count"])

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return one vector a question."""
        return self._vectors("questions", texts)

    def encode_passages(self, texts: Sequence[str], done: Callable[[int], None]) -> Vectors:
        """Return one vector a text."""
        vectors = [np.empty((0, self.dimensions), np.float32)]
        for start in range(0, len(texts), _STEP):
            vectors.append(self._vectors("passages", texts[start : start + _STEP]))
            done(len(vectors[-1]))
        return np.concatenate(vectors)

    def close(self) -> None:
        """End the child, if one runs; whoever still waits for it meets a ModelError."""
        self._closed = True
        if not self._lock.acquire(timeout=_GRACE):
            if self._child:
                self._child.process.kill()  # at which the request that is under way fails, and clears away
            return
        if self._child:
            self._child.end()
            self._child = None
        self._lock.release()

    @cached_property
    def _about(self) -> dict[str, Any]:
        return self._ask("about", ())

    def _vectors(self, what: str, texts: Sequence[str]) -> Vectors:
        answer = self._ask(what, texts)
        return np.frombuffer(answer["data"], np.float32).reshape(answer["shape"])

    def _ask(self, what: str, texts: Sequence[str]) -> dict[str, Any]:
        request = to_json({"ask": what, "texts": list(texts)})
        with self._lock:
            try:
                return self._asked(request)
            except _ChildEnded:
                pass
            # It may have been ended from outside, as by a machine short of memory: a new one has the last word.
            try:
                return self._asked(request)
            except _ChildEnded as ended:
                raise ModelError(
                    f"The model {self.name!r} cannot be used: its process ended twice ({ended}); "
                    "it may need more memory than there is."
                ) from None

    def _asked(self, request: bytes) -> dict[str, Any]:
        if self._closed:
            raise ModelError(f"The model {self.name!r} has been closed.")
        if self._child is None:
            self._child = _Child(self._command)
        try:
            answer = self._child.ask(request)
        except BaseException:  # also Ctrl-C: an answer may be under way that the next request must not get
            self._child.end()
            self._child = None
            raise
        if "error" in answer:
            raise ModelError(answer["error"])
        return answer


class _ChildEnded(Exception):
    """The child did not answer, or not as it should; the text says how it ended."""


class _Child:
    """A running child process."""

    def __init__(self, command: Sequence[str]) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_ONE_THREAD | without_token(os.environ),
        )

    def ask(self, request: bytes) -> dict[str, Any]:
        """Return the answer, with the bytes of its vectors as `data`. Raises _ChildEnded."""
        try:
            return self._exchange(request)
        except (EOFError, OSError, ValueError, KeyError, TypeError) as error:
            self.end()
            raise _ChildEnded(f"exit code {self.process.returncode}") from error

    def end(self) -> None:
        """Close the child's pipes, at which it ends; kill it where it does not."""
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                with contextlib.suppress(OSError):  # a request that the child no longer took
                    stream.close()
        try:
            self.process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _exchange(self, request: bytes) -> dict[str, Any]:
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        write_frame(stdin, request)
        stdin.flush()
        answer: dict[str, Any] = json.loads(read_frame(stdout, _MOST))
        return answer | {"data": read_frame(stdout, _MOST)} if "shape" in answer else answer
