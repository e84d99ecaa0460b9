"""Whole processes, measured from outside: wall time, processor time and memory. Linux only.

Peak memory is the kernel's high-water mark (`VmHWM`), read while the process runs. The `ru_maxrss` of a child would not
do: a child that was forked starts with the peak of its parent.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

BRIEFBOT = (sys.executable, "-m", "briefbot")
_INTERVAL = 0.02  # seconds between two looks at the memory


@dataclass(frozen=True, slots=True)
class Run:
    """A process that has ended: seconds of wall and processor time (its children's too), and peaks in MB.

    `children_mb` is the peak of its largest child, 0 where it had none. `others` is how many processor cores everything
    else on the machine used meanwhile.
    """

    wall: float
    processor: float
    own_mb: float
    children_mb: float
    others: float
    output: str
    errors: str


class Talker:
    """A process that answers each line with a line of JSON, for as long as the context lasts; its errors are shown."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self._command, self._folder, self._environment = command, folder, environment

    def __enter__(self) -> Self:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            self._command, cwd=self._folder, env=self._environment, stdin=pipe, stdout=pipe, encoding="utf-8"
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()
        self.process.wait(60)

    def ask(self, line: str) -> Any:
        """Return what it answers. Raises RuntimeError where it has ended."""
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the process is not started")
        stdin.write(f"{line}\n")
        stdin.flush()
        answer = stdout.readline()
        if not answer:
            raise RuntimeError(f"{' '.join(self._command)} ended with {self.process.wait()}")
        return json.loads(answer)

    def memory(self) -> dict[str, float]:
        """Return its memory now, with that of its children."""
        pids = [self.process.pid, *_children(self.process.pid)]
        return {name: round(sum(memory(pid)[name] for pid in pids)) for name in ("own_mb", "resident_mb")}


def memory(process: int) -> dict[str, float]:
    """Return how much memory a process has of its own (`RssAnon`), and all that is resident, files it maps included."""
    status = Path(f"/proc/{process}/status").read_text("ascii", "replace")
    kib = {name: int(number) for name, number in re.findall(r"^(\w+):\s+(\d+) kB$", status, re.MULTILINE)}
    return {"own_mb": kib["RssAnon"] * 1024 / 1e6, "resident_mb": kib["VmRSS"] * 1024 / 1e6}


def disk_mb(folder: Path) -> float:
    """Return the size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run a command in a folder to its end. Raises RuntimeError with what it said where it failed."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        began, busy = time.perf_counter(), busy_seconds()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=errors)
        own, children, ended = 0, 0, 0
        while not ended:
            own = max(own, _peak(process.pid))
            children = max([children, *map(_peak, _children(process.pid))])
            time.sleep(_INTERVAL)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {_said(errors)}")
        processor = usage.ru_utime + usage.ru_stime
        others = max(0.0, busy_seconds() - busy - processor) / wall
        return Run(wall, processor, own / 1000, children / 1000, others, _said(output), _said(errors))


def wall_seconds(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> float:
    """Run a short command in a folder and return its wall time, to the moment that it ends."""
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return time.perf_counter() - began


def _peak(process: int) -> int:
    """Return the most memory that a process has had at once, in units of 1,000 bytes; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 // 1000 for line in lines if line.startswith("VmHWM:")), 0)


def _children(process: int) -> list[int]:
    try:
        found = Path(f"/proc/{process}/task").glob("*/children")
        return [int(child) for path in found for child in path.read_text("ascii").split()]
    except OSError:
        return []


def busy_seconds() -> float:
    """Return the processor time that all processes of the machine have used since it started."""
    user, nice, system = Path("/proc/stat").read_text("ascii").split()[1:4]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


def _said(stream: IO[str]) -> str:
    stream.seek(0)
    return stream.read()
