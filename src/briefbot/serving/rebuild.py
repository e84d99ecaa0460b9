"""Rebuilds the index in another process, at the lowest priority, and tells how far it has come.

This module knows how the builder is started, heard and ended. It refuses to know how an index is built; what was
published is taken up by whoever watches the index.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from briefbot.embedding.remote import without_token
from briefbot.errors import BriefbotError, Busy, UnreadableFile, error_of
from briefbot.reports import BuildReport, Remark, Skipped

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Callable, Sequence

_log = logging.getLogger("briefbot.serving")
_VOICE = "briefbot: "  # how the last line of a build that failed begins
_LONGEST_LINE = 1_000_000
_GRACE = 10  # seconds that a build may take to end


@dataclass(frozen=True, slots=True)
class BuildProgress:
    """How far one step of a build has come."""

    step: str
    done: int
    total: int


class Rebuilder:
    """Runs one build at a time; `command` is that of a build that reports and tells progress in JSON."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._child: Process | None = None
        self._busy = self._closing = False

    @property
    def running(self) -> bool:
        """Whether a build is under way."""
        return self._busy

    async def run(self, *, full: bool, progress: Callable[[BuildProgress], None]) -> BuildReport:
        """Return what a build did; `progress` is told, in this loop, how far it has come.

        Raises Busy while another one runs, and what the build itself raised.
        """
        if self._busy:
            raise Busy("A rebuild is under way; wait for it to end.")
        self._busy = True
        try:
            return await self._built(full, progress)
        finally:
            self._busy, self._child = False, None

    async def close(self) -> None:
        """End the build that is under way or just begins, if any; what was current stays."""
        self._closing = True
        if self._child:
            await _ended(self._child)

    async def _built(self, full: bool, progress: Callable[[BuildProgress], None]) -> BuildReport:
        child = self._child = await asyncio.create_subprocess_exec(
            *self._command,
            *(["--full"] if full else []),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=without_token(os.environ),
            limit=_LONGEST_LINE,
            start_new_session=True,  # Ctrl-C is for this process, which then ends the build
        )
        try:
            if self._closing:
                await _ended(child)
            output, last_words = await asyncio.gather(_output(child), _last_words(child, progress))
            return _report(await child.wait(), output, last_words)
        finally:
            await _ended(child)


async def _output(child: Process) -> bytes:
    return await child.stdout.read() if child.stdout else b""


async def _last_words(child: Process, progress: Callable[[BuildProgress], None]) -> str:
    """Pass on all progress, and return the last line that is none."""
    words = ""
    if child.stderr:
        async for line in child.stderr:
            told = _progress(line)
            if told is None:
                words = line.decode("utf-8", "replace").strip()
            else:
                _tell(progress, told)
    return words


def _progress(line: bytes) -> BuildProgress | None:
    try:
        told = json.loads(line)
        return BuildProgress(str(told["step"]), int(told["done"]), int(told["total"]))
    except (ValueError, TypeError, KeyError):
        return None


def _tell(progress: Callable[[BuildProgress], None], told: BuildProgress) -> None:
    try:
        progress(told)
    except Exception:  # noqa: BLE001 - a listener's fault must not end the build, nor leave it unheard
        _log.exception("the progress of a rebuild could not be shown")


def _report(code: int, output: bytes, last_words: str) -> BuildReport:
    if code < 0:
        raise BriefbotError(f"The build was ended from outside (signal {-code}); nothing was published.")
    if code not in (0, UnreadableFile.exit_code):
        sentence = last_words.removeprefix(_VOICE) or f"The build failed and gave no reason (exit code {code})."
        raise error_of(code, sentence)
    try:
        return _build_report(json.loads(output))
    except (ValueError, TypeError, KeyError) as error:
        raise BriefbotError("The build reported nothing that can be read; is briefbot being updated?") from error


def _build_report(fields: dict[str, Any]) -> BuildReport:
    """Return the report that `briefbot build --json` printed."""
    del fields["format"]
    return BuildReport(
        **fields
        | {name: tuple(fields[name]) for name in ("added", "changed", "removed")}
        | {
            "renamed": tuple((old, new) for old, new in fields["renamed"]),
            "skipped": tuple(Skipped(**one) for one in fields["skipped"]),
            "remarks": tuple(Remark(**one) for one in fields["remarks"]),
        }
    )


async def _ended(child: Process) -> None:
    """End a build where it still runs, and wait until it has."""
    with contextlib.suppress(ProcessLookupError):
        if child.returncode is None:
            child.terminate()
    try:
        await asyncio.wait_for(child.wait(), _GRACE)
    except TimeoutError:
        child.kill()
        await child.wait()
