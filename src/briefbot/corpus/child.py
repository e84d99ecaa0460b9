"""The process that reads untrusted files: `python -m briefbot.corpus.child`.

It answers one request after the other on its standard output until its standard input ends. A request is two frames:
the suffix and limits in JSON, and the file's bytes. The answer to a file that was read is two frames: the reading in
JSON, and its text. The answer to any other file is one frame, ``{"reason": …}`` for what is wrong with the file or
``{"failure": …}`` for what went wrong here, after which the process ends, since it can no longer be trusted.

It opens no file but Python's own modules, no socket and no process.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
import time
from typing import IO, TYPE_CHECKING, Any

from briefbot.corpus.formats import read_bytes
from briefbot.corpus.wire import pack
from briefbot.errors import UnreadableFile
from briefbot.frames import read_frame, to_json, write_frame
from briefbot.settings import MEGABYTE, Limits

if TYPE_CHECKING:
    from briefbot.model import Reading

_OPEN_FILES = 32
_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn")
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Answer requests until standard input ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not land among the frames
    _end_with_parent()
    _forbid_the_world()
    with contextlib.suppress(EOFError, BrokenPipeError):
        while _answer(requests, answers):
            pass


def _answer(requests: IO[bytes], answers: IO[bytes]) -> bool:
    request = json.loads(read_frame(requests, MEGABYTE))
    limits = Limits(**request["limits"])
    _limit_resources(limits)
    frames, usable = _outcome(requests, request["suffix"], limits)
    for frame in frames:
        write_frame(answers, frame)
    answers.flush()
    return usable


def _outcome(requests: IO[bytes], suffix: str, limits: Limits) -> tuple[list[bytes], bool]:
    try:
        data = read_frame(requests, sys.maxsize)
        return _frames(_bounded(read_bytes(data, suffix, limits), limits)), True
    except UnreadableFile as error:
        return [to_json({"reason": str(error)})], True
    except EOFError:
        raise
    except MemoryError:
        return [b'{"failure":"memory"}'], False
    except RecursionError:
        return [b'{"failure":"depth"}'], False
    except Exception as error:  # noqa: BLE001 - whatever a parser raises, one file is at fault and the build goes on
        return [to_json({"failure": type(error).__name__})], False


def _bounded(reading: Reading, limits: Limits) -> Reading:
    if len(reading.text) > limits.text_mb * MEGABYTE:
        raise UnreadableFile(
            f"it holds more than {limits.text_mb} million characters of text; raise limits.text_mb or split the file"
        )
    return reading


def _frames(reading: Reading) -> list[bytes]:
    return [to_json(pack(reading)), reading.text.encode()]


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _forbid_the_world() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    sys.addaudithook(_refuse)


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"a reader may not use {event}")


def _limit_resources(limits: Limits) -> None:
    # The whole address space is bounded, and with it what is resident: with every reader's libraries loaded, this
    # process has 58 MB of it (40 MB resident), so nearly all of the setting is left for the file. RLIMIT_DATA would
    # not count the stack and shared mappings. macOS knows this limit but does not enforce it.
    _soften(resource.RLIMIT_AS, limits.memory_mb * MEGABYTE)
    _soften(resource.RLIMIT_CPU, int(time.process_time()) + limits.seconds + 1)  # it counts from the process's start


def _soften(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (most, hard))


if __name__ == "__main__":
    main()
