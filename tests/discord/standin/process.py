"""The bot as a process of its own: started, listened to, measured and stopped."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from tests.discord.standin.bell import NothingHappened
from tests.discord.standin.launch import PAUSE

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from tests.discord.standin.stage import Discord

ROOT = Path(__file__).parents[3]
LAUNCH = "tests.discord.standin.launch"
LONGEST_LINE = 2**20
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes: what is the process's own, and all that is resident with the files it maps."""

    anonymous: int
    resident: int


def memory(pid: int) -> Memory:
    """Read what Linux tells of a process's memory."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    kib = {name: int(number) for name, number in re.findall(r"^(\w+):\s+(\d+) kB$", status, re.MULTILINE)}
    return Memory(kib["RssAnon"] * 1024, kib["VmRSS"] * 1024)


class BotProcess:
    """`briefbot ARGUMENTS` with discord.py pointed at a stand-in, for as long as the `async with` block lasts."""

    def __init__(
        self,
        discord: Discord,
        *arguments: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        module: str = LAUNCH,
        identify_pause: float = 0.1,
    ) -> None:
        self._discord = discord
        self._command = [sys.executable, "-m", module, discord.url, *arguments]
        self._cwd = cwd or ROOT
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"}
        self._env |= {PAUSE: str(identify_pause), **(env or {})}
        self.stdout: list[str] = []
        self.stderr: list[str] = []
        self._process: asyncio.subprocess.Process | None = None
        self._readers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *self._command, cwd=self._cwd, env=self._env, stdout=pipe, stderr=pipe, limit=LONGEST_LINE
        )
        for stream, lines in [(self._process.stdout, self.stdout), (self._process.stderr, self.stderr)]:
            assert stream is not None
            self._readers.append(asyncio.create_task(self._read(stream, lines)))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.exit_code is None:
            self.process.kill()
        await self.exited()

    async def _read(self, stream: asyncio.StreamReader, lines: list[str]) -> None:
        async for line in stream:
            lines.append(line.decode("utf-8", "replace").rstrip("\n"))
            self._discord.bell.ring()
        self._discord.bell.ring()

    @property
    def process(self) -> asyncio.subprocess.Process:
        assert self._process is not None, "the process is not started"
        return self._process

    @property
    def exit_code(self) -> int | None:
        return self.process.returncode

    @property
    def output(self) -> str:
        return "\n".join([*self.stdout, *self.stderr])

    @property
    def memory(self) -> Memory:
        return memory(self.process.pid)

    async def ready(self, within: float = 30.0, *, commands: bool = True) -> None:
        """Wait until the bot is connected and, unless told otherwise, has registered its commands."""
        await self._or_exit(self._discord.ready(within))
        if commands:
            await self._or_exit(self._discord.registered(within))

    async def line(self, part: str, within: float = 10.0) -> str:
        """Wait for a line of its output that holds a part."""

        def look() -> str | None:
            return next((line for line in [*self.stdout, *self.stderr] if part in line), None)

        return await self._or_exit(self._discord.bell.until(look, f"a line with {part!r}", within))

    async def _or_exit(self, waiting: Coroutine[Any, Any, Found]) -> Found:
        """Wait for something, and say what the bot said where it does not come or the bot ends first."""
        wanted, ended = asyncio.ensure_future(waiting), asyncio.ensure_future(self.process.wait())
        await asyncio.wait([wanted, ended], return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if not wanted.done():
            await asyncio.wait([wanted], timeout=0.2)  # its last words may have been what was waited for
        if not wanted.done():
            wanted.cancel()
            await self.exited()
            raise NothingHappened(f"the bot ended with {self.exit_code}:\n{self.output}")
        try:
            return wanted.result()
        except NothingHappened as error:
            raise NothingHappened(f"{error}; the bot said:\n{self.output}") from None

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def terminate(self, within: float = 15.0) -> int:
        """Ask it to end with SIGTERM and return its exit code."""
        if self.exit_code is None:
            self.send(signal.SIGTERM)
        return await self.exited(within)

    async def exited(self, within: float = 15.0) -> int:
        """Wait for its end and return its exit code; all it said has then been read."""
        try:
            code = await asyncio.wait_for(self.process.wait(), within)
        except TimeoutError:
            raise NothingHappened(f"the bot did not end in {within:g} s; it said:\n{self.output}") from None
        await asyncio.gather(*self._readers)
        return code
