"""What a bot and its builds need of a small machine: one processor core, 1 GB of memory, no swap.

    python -m benchmarks.small_machine [FOLDER]      a collection in BEIR's form; without one, the sample documents

The real bot against the stand-in for Discord of the tests, confined with all its children to a control group; the
stand-in and whoever asks are outside of it and on another core. Prints Markdown tables and writes the figures to
`figures/small_machine.json`. Linux only, with control groups of version 1, as root.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.discord.standin.bell import NothingHappened
from tests.discord.standin.process import ROOT
from tests.discord.standin.stage import Discord

from benchmarks.beir import load_questions
from benchmarks.confined import Group, Held, go_first, stand_back
from benchmarks.discord_load import SAMPLE, Stage, reindexed
from benchmarks.editions import Editions
from benchmarks.kept import machine
from benchmarks.outcomes import outcome, spread
from benchmarks.processes import BRIEFBOT
from benchmarks.samples import prepared, sample_collection

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from tests.discord.standin.interactions import Interaction
    from tests.discord.standin.process import BotProcess

    from benchmarks.samples import Ground as Prepared

FIGURES = Path(__file__).parent / "figures" / "small_machine.json"
_CONFINED = "benchmarks.confined"
_LAUNCH = "tests.discord.standin.launch"
_LOOK = 0.1  # seconds between two looks at the memory
_LATEST = 60.0  # seconds after the last question in which answers may still come
_ASKERS = 8
_DRIVERS_CORE, _CORE = 0, 1
_DRIVER = "briefbot-driver"


@dataclass(slots=True)
class Phase:
    """Questions that are asked while something else goes on, and what was seen of the memory meanwhile."""

    asked: list[Interaction] = field(default_factory=list)
    seen: list[Held] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where it happens: the people and the folder, the group that the bot is in, and what is asked how often."""

    stage: Stage
    group: Group
    questions: list[str]
    rate: float


def main() -> None:
    """Measure, print and write."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        figures = measured(options, Path(folder))
    print(as_markdown(figures))
    options.out.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER")
    parser.add_argument("--memory", type=int, default=1000, metavar="MB")
    parser.add_argument("--short", type=int, default=300, metavar="MB", help="where the memory is to run out")
    parser.add_argument("--paragraphs", type=int, default=10_000)
    parser.add_argument("--share", type=float, default=0.05, help="of the documents, edited before the first build")
    parser.add_argument("--rate", type=float, default=2.0, help="questions a second")
    parser.add_argument("--quiet", type=float, default=30.0, help="seconds of questions without a build")
    parser.add_argument("--shares", type=int, default=1024, help="the group's right of way over other work; 1024: none")
    parser.add_argument("--out", type=Path, default=FIGURES, help="where the figures are written")
    return parser.parse_args()


def measured(options: argparse.Namespace, place: Path) -> dict[str, Any]:
    """Return all figures: of a first build, and of a bot with memory enough and with too little."""
    collection = _collection(options.folder, place)
    made = prepared(collection, options.paragraphs, place)
    questions = [asked.text for asked in load_questions(collection)]
    random.Random(1).shuffle(questions)
    names = sorted(path.stem for path in made.corpus.glob("*.txt"))
    edited = random.Random(2).sample(names, max(1, round(options.share * len(names))))
    plan = {"memory_mb": options.memory, "edited_documents": len(edited), "questions_a_second": options.rate}
    about = {"machine": machine() | {"shares": options.shares}, "collection": made.figures, "plan": plan}
    go_first(_DRIVER, _DRIVERS_CORE, options.shares)
    try:
        return about | asyncio.run(_all(options, place, made, questions, edited))
    finally:
        stand_back(_DRIVER)


def _collection(folder: Path | None, place: Path) -> Path:
    if folder is not None and folder.is_dir():
        return folder
    print("There is no such collection: paragraphs and questions are made from the sample documents.")
    folders = ("--corpus", str(SAMPLE), "--index", str(place / "sample-index"))
    subprocess.run((*BRIEFBOT, "build", *folders, "--quiet"), check=True, stdout=subprocess.DEVNULL)
    return sample_collection(place / "sample-index", place / "sample")


async def _all(
    options: argparse.Namespace, place: Path, made: Prepared, questions: list[str], edited: list[str]
) -> dict[str, Any]:
    first = {name: await _first_build(limit, options) for name, limit in [("limited", options.memory), ("free", None)]}
    figures: dict[str, Any] = {"first_build": first}
    async with Discord() as discord:
        discord.state.contract = None  # what it refuses is of no interest here
        stage = Stage(discord, place, _ASKERS)
        stage.settings(made.corpus, made.index)
        with _group(options.memory, options) as group:
            ground = Ground(stage, group, questions, options.rate)
            figures |= await _enough(ground, options.quiet, lambda: Editions(made.corpus, made.index).edit(edited, 1))
        with _group(options.short, options) as group:
            figures["short"] = await _too_little(Ground(stage, group, questions, options.rate), options.short)
    return figures


def _group(limit: int | None, options: argparse.Namespace) -> Group:
    return Group("briefbot-small", _CORE, limit_mb=limit, shares=options.shares)


async def _enough(ground: Ground, quiet: float, edit: Callable[[], None]) -> dict[str, Any]:
    """Return what a bot does undisturbed, while some documents are read again, and while all are."""
    async with _bot(ground) as bot:
        figures = {"quiet": await _phase(ground, asyncio.sleep(quiet, "")) | _mine(bot)}
        edit()
        figures["some_changed"] = await _phase(ground, reindexed(ground.stage))
        figures["full"] = await _phase(ground, reindexed(ground.stage, full=True)) | _mine(bot)
    return figures


async def _too_little(ground: Ground, limit: int) -> dict[str, Any]:
    """Return what happens where a full build does not fit beside the bot: which of them is ended, and who answers."""
    async with _bot(ground) as bot:
        before = bot.process.pid
        figures = {"memory_mb": limit, "build": await _phase(ground, reindexed(ground.stage, full=True))}
        figures["afterwards"] = await _phase(ground, asyncio.sleep(10, ""))
        alive = bot.exit_code is None and before in ground.group.processes
        return figures | {"bot_alive": alive}


@contextlib.asynccontextmanager
async def _bot(ground: Ground) -> Any:
    async with ground.stage.bot(module=_CONFINED, **ground.group.environment(_LAUNCH)) as bot:
        await bot.ready(120)
        for user in range(_ASKERS):
            await (await ground.stage.ask(user, ground.questions[user])).answer(120)
        yield bot


def _mine(bot: BotProcess) -> dict[str, float]:
    return {"bot_own_at_end_mb": round(bot.memory.anonymous / 1e6, 1)}


async def _phase(ground: Ground, work: Awaitable[str]) -> dict[str, Any]:
    """Ask and look while the work goes on; return the figures of both."""
    phase, group = Phase(), ground.group
    group.forget_peak()
    met, killed, used = group.limit_met, group.killed, group.processor_seconds
    tasks = [asyncio.create_task(one) for one in (_ask_on(ground, phase), _look_on(group, phase))]
    began = time.perf_counter()
    said = await work
    seconds = time.perf_counter() - began
    for task in tasks:
        task.cancel()
    with contextlib.suppress(NothingHappened):  # those without an answer are counted as failed
        bell = ground.stage.discord.bell
        await bell.until(lambda: all(asked.effects for asked in phase.asked), "all answers", _LATEST)
    counts = {"limit_met": group.limit_met - met, "killed": group.killed - killed}
    cores = round((group.processor_seconds - used) / seconds, 2)
    return {
        "said": said.partition("\n")[0],
        "seconds": round(seconds, 1),
        "cores": cores,
        **_memory(phase, group),
        **counts,
    } | _answers(phase)


async def _ask_on(ground: Ground, phase: Phase) -> None:
    chance = random.Random(3)
    due = time.perf_counter()
    while True:
        phase.asked.append(await ground.stage.ask(len(phase.asked) % _ASKERS, chance.choice(ground.questions)))
        due += 1 / ground.rate
        await asyncio.sleep(due - time.perf_counter())


async def _look_on(group: Group, phase: Phase) -> None:
    while True:
        phase.seen.append(group.look())
        await asyncio.sleep(_LOOK)


def _answers(phase: Phase) -> dict[str, Any]:
    outcomes = [outcome(asked) for asked in phase.asked]
    counts = {kind: outcomes.count(kind) for kind in ("answered", "nothing", "busy", "failed")}
    took = (a.times.answered - a.times.sent for a in phase.asked if a.times.answered and a.times.sent)
    return {"questions": {"asked": len(outcomes)} | counts, "answer_ms": spread(took)}


def _memory(phase: Phase, group: Group) -> dict[str, Any]:
    seen = phase.seen
    roles = sorted({role for held in seen for role in held.own})
    most = {
        name: round(max(getattr(h, name) for h in seen), 1) for name in ("anonymous", "mapped", "cache", "resident")
    }
    own = {role: round(max(held.own.get(role, 0) for held in seen), 1) for role in roles}
    return {"peak_mb": group.peak_mb, "most_mb": most, "own_mb": own}


async def _first_build(limit: int | None, options: argparse.Namespace) -> dict[str, Any]:
    """Return what it takes to build the sample documents where no compiled model is at hand."""
    with tempfile.TemporaryDirectory() as folder, _group(limit, options) as group:
        arguments = ("build", "--corpus", str(SAMPLE), "--index", str(Path(folder, "index")), "--json", "--no-input")
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environ = {**os.environ, **group.environment("briefbot"), "XDG_CACHE_HOME": folder}
        environ["PYTHONPATH"] = os.pathsep.join(paths)
        phase, pipe = Phase(), asyncio.subprocess.PIPE
        began = time.perf_counter()
        command = (sys.executable, "-m", _CONFINED, *arguments)
        child = await asyncio.create_subprocess_exec(*command, cwd=folder, env=environ, stdout=pipe, stderr=pipe)
        looking = asyncio.create_task(_look_on(group, phase))
        output, _ = await child.communicate()
        looking.cancel()
        seconds = round(time.perf_counter() - began, 1)
        figures = {"seconds": seconds, **_memory(phase, group), "limit_met": group.limit_met, "killed": group.killed}
        return figures | {"exit_code": child.returncode, "remarks": _remarks(output)}


def _remarks(output: bytes) -> list[Any]:
    try:
        return list(json.loads(output)["remarks"])
    except (ValueError, KeyError):
        return []


def as_markdown(figures: dict[str, Any]) -> str:
    """Return the figures as Markdown."""
    head = [", ".join(f"{name} {value}" for name, value in figures[key].items()) for key in ("machine", "collection")]
    return "\n".join([*head, "", "| | |", "|---|---|", *_rows(figures)])


def _rows(figures: dict[str, Any]) -> Iterator[str]:
    parts = {name: figures[name] for name in ("quiet", "some_changed", "full")}
    parts |= {f"short: {name}": figures["short"][name] for name in ("build", "afterwards")}
    parts |= {f"first build, {name}": part for name, part in figures["first_build"].items()}
    for name, part in parts.items():
        yield f"| {name} | {' · '.join(f'{key} {value}' for key, value in part.items())} |"
    yield f"| the bot survived the short memory | {figures['short']['bot_alive']} |"


if __name__ == "__main__":
    main()
