"""How much memory a bot has after thousands of questions and two new generations, by the size of its index.

Measured is a process that holds what `briefbot run` holds (`bot_holder.py`), because thousands of questions through a
Discord would take hours; a real bot against the stand-in of the tests is measured beside it, with fewer questions.
Writes `figures/memory.json`. Linux only.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.kept import Kept, machine
from benchmarks.processes import BRIEFBOT, Talker, wall_seconds
from benchmarks.unencoded import Ground, ground
from briefbot.index.store import current_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.plan import Plan

_WARMING = 20  # questions before memory is looked at
_PATIENCE = 120.0  # seconds until a new generation is taken up
_EDITED = 100  # documents
_CHANGE = "The team's weekly meeting was moved to the small room on the second floor, edition {}."


def measure(folders: Sequence[Path], plan: Plan, kept: Kept) -> dict[str, Any]:
    """Return the figures of each size, and those of a real bot with the smallest of them."""
    questions = _distinct(folders, plan.questions)
    sizes = {}
    for size in plan.memory:
        parameters = {"paragraphs": size, "questions": len(questions)}
        sizes[str(size)] = kept.piece(
            "bot-memory", parameters, lambda size=size: _held(ground(folders, size), questions)
        )
    smallest, few = plan.memory[0], questions[: plan.questions_in_discord]
    parameters = {"paragraphs": smallest, "questions": len(few)}
    in_discord = kept.piece("bot-memory-discord", parameters, lambda: _in_discord(ground(folders, smallest), few))
    alike = kept.piece("bot-memory-alike", parameters, lambda: _held(ground(folders, smallest), few))
    return {
        "machine": machine(),
        "questions": len(questions),
        "sizes": sizes,
        "crosscheck": {"questions": len(few), "paragraphs": smallest, "bot": in_discord, "holder": alike},
    }


def _distinct(folders: Sequence[Path], count: int) -> list[str]:
    """Return distinct questions of the collections, of which there may be fewer."""
    lines = (line for folder in folders for line in (folder / "queries.jsonl").open(encoding="utf-8"))
    texts = list(dict.fromkeys(" ".join(json.loads(line)["text"].split()) for line in lines))
    random.Random(1).shuffle(texts)
    return [text for text in texts if any(map(str.isalnum, text))][:count]


def _held(at: Ground, questions: Sequence[str]) -> dict[str, Any]:
    """Ask all questions, with a new generation after each third of them."""
    with tempfile.TemporaryDirectory() as scratch:
        mine = _own(at, Path(scratch))
        command = (sys.executable, "-m", "benchmarks.bot_holder", str(mine.corpus), str(mine.index))
        with Talker(command, Path.cwd()) as talker:
            for question in questions[:_WARMING]:
                talker.ask(question)
            start, most, swaps = talker.memory(), 0.0, 0
            for number, question in enumerate(questions):
                swaps = talker.ask(question)["swaps"]
                if number in (len(questions) // 3, 2 * len(questions) // 3):
                    _renewed(mine, talker, question)
                if number % 100 == 0:
                    most = max(most, talker.memory()["own_mb"])
            end = talker.memory()
    return {
        "passages": at.passages,
        "start": start,
        "end": end,
        "most_own_mb": max(most, end["own_mb"]),
        "swaps": swaps - 1,
    }


def _own(at: Ground, folder: Path) -> Ground:
    """Return a copy that may be changed, on the same disk and sharing its files where that can be."""
    shutil.copytree(at.index, folder / "index")
    shutil.copytree(at.corpus, folder / "corpus")
    mine = Ground(folder / "corpus", folder / "index", at.paragraphs, at.passages)
    _build(mine)  # knows the copied documents again
    return mine


def _build(at: Ground) -> None:
    wall_seconds((*BRIEFBOT, "build", "--corpus", str(at.corpus), "--index", str(at.index)), Path.cwd())


def _edit_and_build(at: Ground) -> int:
    """Change one document in a hundred, though no more than `_EDITED`, build, and return the new generation."""
    for path in sorted(at.corpus.iterdir())[::100][:_EDITED]:
        text = path.read_text("utf-8")
        path.write_text(f"{text}\n{_CHANGE.format(current_number(at.index))}\n", "utf-8")
    _build(at)
    return current_number(at.index)


def _renewed(at: Ground, talker: Talker, question: str) -> None:
    """Publish a new generation, and ask until it answers."""
    number, until = _edit_and_build(at), time.monotonic() + _PATIENCE
    while talker.ask(question)["generation"] != number:
        if time.monotonic() > until:
            raise RuntimeError(f"generation {number} was not taken up")
        time.sleep(0.2)


def _in_discord(at: Ground, questions: Sequence[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        return asyncio.run(_asked_in_discord(_own(at, Path(scratch)), questions, Path(scratch)))


async def _asked_in_discord(at: Ground, questions: Sequence[str], folder: Path) -> dict[str, Any]:
    """Ask a real bot one question after the other, with a new generation after each third of them."""
    from tests.discord.standin.stage import Discord

    from benchmarks.discord_load import Stage
    from benchmarks.outcomes import memory_of

    async with Discord() as discord:
        stage = Stage(discord, folder, 10)
        stage.settings(at.corpus, at.index)
        async with stage.bot() as bot:
            await bot.ready()
            seen = []
            for number, question in enumerate([*questions[:_WARMING], *questions]):
                asked = await stage.ask(number % 10, question)
                await asked.answer(120)
                if number == _WARMING - 1:
                    seen.append(memory_of(bot.process.pid))
                if number - _WARMING in (len(questions) // 3, 2 * len(questions) // 3):
                    wanted = await asyncio.to_thread(_edit_and_build, at)
                    await bot.line(f'"generation": {wanted},', _PATIENCE)
            seen.append(memory_of(bot.process.pid))
    return {"start": _all(seen[0]), "end": _all(seen[1])}


def _all(memory: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return the memory of a bot with that of the process that runs its model, if there is one."""
    kinds = {"own_mb": "own", "resident_mb": "resident"}
    return {name: round(sum(one[kind] for one in memory.values())) for name, kind in kinds.items()}
