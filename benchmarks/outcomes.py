"""From what the stand-in, the bot's log, its /metrics and the kernel tell of a run to figures."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import re
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tests.discord.standin.contract import contract
from tests.discord.standin.process import memory

from benchmarks.editions import Editions, claims
from briefbot.discord.catalogue import SOURCE, catalogue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from tests.discord.standin.interactions import Interaction
    from tests.discord.standin.stage import Discord

_LOOK = 5.0  # seconds between two looks at /metrics
_ENCODER = "briefbot.embedding.child"
_SERIES = re.compile(r'^(\w+?)(?:\{(?:le|outcome|kind)="([^"]+)"\})? (\S+)$', re.MULTILINE)
_SLACK = 0.25  # seconds by which the log's line may follow what it tells
_STRENGTHS = ("answer.strong", "answer.good", "answer.weak")


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A rebuild: the generation that was current afterwards, how long it took, and when that became current."""

    generation: int
    seconds: float
    published: float  # of the system's clock


@dataclass(slots=True)
class Run:
    """What is kept of a run; moments are those of perf_counter."""

    editions: Editions
    discord: Discord
    start: dict[str, float] = field(default_factory=dict)
    began: float = 0.0
    asked: list[Interaction] = field(default_factory=list)
    rebuilt: list[Rebuilt] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Seen:
    """What /metrics and the kernel told at one moment; processor times are seconds."""

    at: float
    series: dict[tuple[str, str], float]
    memory_mb: dict[str, dict[str, float]]
    processor: dict[str, float]


@dataclass(slots=True)
class Watch:
    """Looks at the bot now and then while it runs."""

    pid: int
    port: int
    seen: list[Seen] = field(default_factory=list)

    @classmethod
    @contextlib.asynccontextmanager
    async def over(cls, pid: int, port: int) -> AsyncIterator[Self]:
        """Look for as long as the context lasts."""
        watch = cls(pid, port)
        await watch.look()
        looking = asyncio.create_task(watch._go_on())
        try:
            yield watch
        finally:
            looking.cancel()

    async def look(self) -> None:
        """Look once."""
        text = await asyncio.to_thread(_read, f"http://127.0.0.1:{self.port}/metrics")
        series = {(name, label): float(value) for name, label, value in _SERIES.findall(text)}
        processor = {"bot": _processor(self.pid), "encoder": sum(map(_processor, encoders(self.pid)))}
        processor |= {"driver": time.process_time(), **_machine_seconds()}
        self.seen.append(Seen(time.perf_counter(), series, memory_of(self.pid), processor))

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            await self.look()

    def grown(self, name: str, label: str = "") -> float:
        """Return by how much a series grew from the first look to the last."""
        return self.seen[-1].series[name, label] - self.seen[0].series[name, label]

    def most(self, name: str) -> float:
        """Return the highest value of a series that was seen."""
        return max(seen.series[name, ""] for seen in self.seen)

    def share_below(self, name: str, share: float) -> float:
        """Return the bound of the bucket of a histogram below which this share of all that came to it lies."""
        bounds = sorted(float(label) for series, label in self.seen[0].series if series == f"{name}_bucket")
        labels = {float(label): label for series, label in self.seen[0].series if series == f"{name}_bucket"}
        wanted = share * self.grown(f"{name}_count")
        return next(bound for bound in bounds if self.grown(f"{name}_bucket", labels[bound]) >= wanted)


def figures_of(run: Run, watch: Watch, log: Sequence[str]) -> dict[str, Any]:
    """Return the figures of a run under load."""
    taken_up = _taken_up(run, log)
    return {
        "questions": _questions(run, taken_up),
        "first_response_ms": spread(a.times.acknowledged - a.times.sent for a in run.asked if a.times.acknowledged),
        "answer_ms": spread(a.times.answered - a.times.sent for a in run.asked if a.times.answered),
        "loop_lag_ms": _lag(watch),
        "rebuilds": _rebuilds(run, watch, taken_up),
        "refused": _refused(run.discord),
        "start_s": {name: round(seconds, 3) for name, seconds in run.start.items()},
        "memory_mb": {"start": watch.seen[0].memory_mb, "end": watch.seen[-1].memory_mb},
        "bot_own_mb_by_minute": [seen.memory_mb["bot"]["own"] for seen in watch.seen[:: round(60 / _LOOK)]],
        "cores": _cores(watch),
        "errors_in_log": sum('"level": "error"' in line for line in log),
    }


def memory_of(pid: int) -> dict[str, dict[str, float]]:
    """Return the memory of a bot and of its encoder: their own, and all that is resident, in MB."""
    of = {"bot": [pid], "encoder": encoders(pid)}
    return {name: _added(map(memory, pids)) for name, pids in of.items()}


def encoders(pid: int) -> list[int]:
    """Return the processes in which a bot keeps its model."""
    children = [
        int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()
    ]
    return [child for child in children if _ENCODER in Path(f"/proc/{child}/cmdline").read_text("utf-8")]


def _questions(run: Run, taken_up: dict[int, float]) -> dict[str, int]:
    counted = Counter(outcome(asked) for asked in run.asked)
    counts = {kind: counted[kind] for kind in ("answered", "nothing", "busy", "failed")}
    checked = [_generations(asked, run, taken_up) for asked in run.asked if outcome(asked) in ("answered", "nothing")]
    shown = [claim for asked in run.asked for claim in _claims(asked)]
    return {
        "asked": len(run.asked),
        **counts,
        "mixed": sum(not fitting for fitting in checked),
        "answers_with_edited_text": sum(any(map(run.editions.was_edited, _claims(asked))) for asked in run.asked),
        "passages_shown": len(shown),
    }


def outcome(asked: Interaction) -> str:
    """Return what came of a question."""
    words = catalogue(SOURCE)
    content = _content(asked)
    if content.startswith(words("answer.nothing")):
        return "nothing"
    if content == words("fault.busy"):
        return "busy"
    return "answered" if any(words(strength) in content for strength in _STRENGTHS) else "failed"


def _content(asked: Interaction) -> str:
    return asked.effects[0][1].content if asked.effects else ""


def _claims(asked: Interaction) -> list[Any]:
    return claims(_content(asked))


def _generations(asked: Interaction, run: Run, taken_up: dict[int, float]) -> set[int]:
    """Return the generations that hold all that an answer shows and were in force at some moment of it."""
    known = run.editions.generations
    in_force = {
        number
        for i, number in enumerate(known)
        if taken_up.get(number, math.inf) - _SLACK <= (asked.times.answered or 0)
        and (i + 1 == len(known) or (asked.times.sent or 0) <= taken_up.get(known[i + 1], math.inf))
    }
    return run.editions.true_in(_claims(asked)) & in_force


def _taken_up(run: Run, log: Sequence[str]) -> dict[int, float]:
    """Return when each generation was taken up, as moments of perf_counter."""
    ahead = time.time() - time.perf_counter()
    told = [json.loads(line) for line in log if "is taken up" in line]
    return {line["generation"]: datetime.fromisoformat(line["time"]).timestamp() - ahead for line in told}


def _rebuilds(run: Run, watch: Watch, taken_up: dict[int, float]) -> dict[str, Any]:
    ahead = time.time() - time.perf_counter()
    seconds = [rebuilt.seconds for rebuilt in run.rebuilt]
    waits = [
        taken_up[each.generation] - (each.published - ahead) for each in run.rebuilt if each.generation in taken_up
    ]
    return {
        "made": len(run.rebuilt),
        "seconds_least": round(min(seconds, default=0), 1),
        "seconds_most": round(max(seconds, default=0), 1),
        "taken_up": len(waits),
        "taken_up_after_s_most": round(max(waits, default=0), 2),
        "swaps_counted": int(watch.grown("briefbot_generation_swaps_total")),
    }


def _refused(discord: Discord) -> dict[str, Any]:
    reasons = [f"{each.method} {each.path}: {each.reason}" for each in [*discord.refusals, *discord.violations]]
    document = contract()
    for request in discord.requests if document else ():
        operation = document.find(request.method, request.path) if document else None
        reasons += operation.reasons(request.body) if operation else [f"{request.method} {request.path} is unknown"]
    return {
        "requests": len(discord.requests),
        "refused": len(reasons),
        "against": "the limits and Discord's API document" if document else "the limits",
        "first": reasons[:3],
    }


def _lag(watch: Watch) -> dict[str, float]:
    name = "briefbot_loop_lag_seconds"
    return {
        "most_before": _ms(watch.seen[0].series["briefbot_loop_lag_max_seconds", ""]),
        "most": _ms(watch.seen[-1].series["briefbot_loop_lag_max_seconds", ""]),
        "p99_at_most": _ms(watch.share_below(name, 0.99)),
        "looks": int(watch.grown(f"{name}_count")),
    }


def _cores(watch: Watch) -> dict[str, float]:
    """Return the processor cores that each used; `builds` is all that ran at low priority."""
    first, last = watch.seen[0], watch.seen[-1]
    used = {name: (last.processor[name] - first.processor[name]) / (last.at - first.at) for name in first.processor}
    others = used.pop("machine") - used["bot"] - used["encoder"] - used["driver"]
    return {name: round(share, 2) for name, share in (used | {"others": others}).items()}


def spread(seconds: Iterable[float]) -> dict[str, float]:
    """Return how long half of them took at most, 99 of 100, and all, in milliseconds."""
    ordered = sorted(seconds)
    at = {"p50": 0.5, "p99": 0.99, "most": 1.0}
    return {name: _ms(ordered[math.ceil(share * len(ordered)) - 1]) for name, share in at.items()} if ordered else {}


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)


def _added(found: Iterable[Any]) -> dict[str, float]:
    every = list(found)
    return {
        "own": round(sum(each.anonymous for each in every) / 1e6, 1),
        "resident": round(sum(each.resident for each in every) / 1e6, 1),
    }


def _processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _machine_seconds() -> dict[str, float]:
    """Return the seconds that the machine has worked, apart from what is of low priority, and on that."""
    user, low, system = map(int, Path("/proc/stat").read_text("ascii").split()[1:4])
    ticks = os.sysconf("SC_CLK_TCK")
    return {"machine": (user + system) / ticks, "builds": low / ticks}


def _read(address: str) -> str:
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - an address on this machine
        return str(answer.read().decode("utf-8"))


def as_markdown(figures: dict[str, Any]) -> str:
    """Return the figures as Markdown."""
    machine_line = ", ".join(f"{name} {value}" for name, value in figures["machine"].items())
    rows = [
        f"| {title} | {' · '.join(f'{name} {value}' for name, value in _flat(figures[key]))} |"
        for key, title in _TITLES.items()
    ]
    return "\n".join([machine_line, "", "| | |", "|---|---|", *rows])


_TITLES = {
    "collection": "corpus",
    "plan": "load",
    "questions": "questions",
    "first_response_ms": "event to first response, ms",
    "answer_ms": "event to answer, ms",
    "loop_lag_ms": "lag of the event loop, ms",
    "rebuilds": "rebuilds",
    "refused": "requests to Discord",
    "start_s": "start, s",
    "memory_mb": "memory, MB",
    "bot_own_mb_by_minute": "the bot's own, minute by minute, MB",
    "sample": "with the sample documents",
    "cores": "processor cores used",
    "errors_in_log": "errors in the log",
}


def _flat(value: Any, prefix: str = "") -> list[tuple[str, Any]]:
    if not isinstance(value, dict):
        return [(prefix.strip(), value)]
    return [pair for name, each in value.items() for pair in _flat(each, f"{prefix}{name} ")]
