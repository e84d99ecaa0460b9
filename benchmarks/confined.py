"""A machine within the machine: a control group (version 1) with so much memory and no swap, and one processor core.

`python -m benchmarks.confined ARGUMENTS` enters the group that the environment names and then is the module that the
environment names, so that all of its memory is counted there. Linux only, as root.
"""

from __future__ import annotations

import os
import re
import runpy
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

_ROOT = Path("/sys/fs/cgroup")
_KINDS = ("memory", "cpu", "cpuacct")
_GROUP, _CORE, _MODULE = "CONFINED_GROUP", "CONFINED_CORE", "CONFINED_MODULE"
_ROLES = {"briefbot.embedding.child": "encoder", "briefbot.embedding.compiling": "compiler"}
_ROLES |= {"briefbot.corpus.child": "reader", "\0build\0": "builder"}


@dataclass(frozen=True, slots=True)
class Held:
    """What is held at one moment, in MB: as the group counts it, and `own` and `resident` of each process's role."""

    anonymous: float
    mapped: float
    cache: float
    own: dict[str, float]
    resident: float


class Group:
    """A control group for as long as the `with` block lasts; `shares` is its right of way, 1,024 as everything else."""

    def __init__(self, name: str, core: int, *, limit_mb: int | None = None, shares: int = 1024) -> None:
        self.name, self._core, self._limit, self._shares = name, core, limit_mb, shares

    def __enter__(self) -> Self:
        for kind in _KINDS:
            (_ROOT / kind / self.name).mkdir(exist_ok=True)
        if self._limit:
            self._memory("memory.limit_in_bytes").write_text(str(self._limit * 1_000_000), "ascii")
        self._memory("memory.swappiness").write_text("0", "ascii")
        (_ROOT / "cpu" / self.name / "cpu.shares").write_text(str(self._shares), "ascii")
        return self

    def __exit__(self, *_: object) -> None:
        for kind in _KINDS:
            with suppress(OSError):  # a process that is just ending may still be in it
                (_ROOT / kind / self.name).rmdir()

    def environment(self, module: str) -> dict[str, str]:
        """Return what `python -m benchmarks.confined` needs to know to be a module in this group."""
        return {_GROUP: self.name, _CORE: str(self._core), _MODULE: module}

    def forget_peak(self) -> None:
        """Count the peak from here on."""
        self._memory("memory.max_usage_in_bytes").write_text("0", "ascii")

    @property
    def peak_mb(self) -> float:
        """The most that was in use, with the files in the system's cache that this group was the first to read."""
        return round(int(self._memory("memory.max_usage_in_bytes").read_text("ascii")) / 1e6, 1)

    @property
    def limit_met(self) -> int:
        """How often the limit was met, at which the system drops files from its cache before anything else."""
        return int(self._memory("memory.failcnt").read_text("ascii"))

    @property
    def killed(self) -> int:
        """How many processes were ended because memory ran out."""
        return int(self._memory("memory.oom_control").read_text("ascii").split()[-1])

    @property
    def processor_seconds(self) -> float:
        """The processor time used in the group."""
        return int((_ROOT / "cpuacct" / self.name / "cpuacct.usage").read_text("ascii")) / 1e9

    @property
    def processes(self) -> list[int]:
        """The processes in it."""
        return [int(pid) for pid in self._memory("cgroup.procs").read_text("ascii").split()]

    def look(self) -> Held:
        """Return what is held now."""
        stat = dict(line.split() for line in self._memory("memory.stat").read_text("ascii").splitlines())
        anonymous, mapped, cache = (int(stat[f"total_{name}"]) / 1e6 for name in ("rss", "mapped_file", "cache"))
        own, resident = _by_role(self.processes)
        return Held(anonymous, mapped, cache, own, resident)

    def _memory(self, file: str) -> Path:
        return _ROOT / "memory" / self.name / file


def _by_role(pids: Iterable[int]) -> tuple[dict[str, float], float]:
    """Return the memory of their own of the processes of each role, and all that is resident in all, added up."""
    own: dict[str, float] = {}
    resident = 0.0
    for pid in pids:
        with suppress(OSError, KeyError):  # it has ended meanwhile
            command = Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
            role = next((role for part, role in _ROLES.items() if part in command), "bot")
            status = Path(f"/proc/{pid}/status").read_text("utf-8")
            kib = {name: int(number) for name, number in re.findall(r"^(\w+):\s+(\d+) kB$", status, re.MULTILINE)}
            own[role] = own.get(role, 0.0) + kib["RssAnon"] * 1024 / 1e6
            resident += kib["VmRSS"] * 1024 / 1e6
    return own, resident


def go_first(name: str, core: int, shares: int) -> None:
    """Give this process a core, and the right of way there; what it starts inherits both."""
    group = _ROOT / "cpu" / name
    group.mkdir(exist_ok=True)
    (group / "cpu.shares").write_text(str(shares), "ascii")
    (group / "cgroup.procs").write_text(str(os.getpid()), "ascii")
    os.sched_setaffinity(0, {core})


def stand_back(name: str) -> None:
    """Take the right of way away from this process."""
    (_ROOT / "cpu" / "cgroup.procs").write_text(str(os.getpid()), "ascii")
    (_ROOT / "cpu" / name).rmdir()


def main() -> None:
    """Enter the group, and be the module."""
    for kind in _KINDS:
        (_ROOT / kind / os.environ[_GROUP] / "cgroup.procs").write_text(str(os.getpid()), "ascii")
    os.sched_setaffinity(0, {int(os.environ[_CORE])})
    runpy.run_module(os.environ[_MODULE], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
