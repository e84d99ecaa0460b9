"""What the Discord bot does while many ask at once and the index is rebuilt under it again and again.

    python -m benchmarks.discord_load [FOLDER]      a collection in BEIR's form; without one, the sample documents

The real bot with the real model, against the stand-in for Discord of the tests, whose libraries it needs. Prints
Markdown tables and writes the figures to `figures/discord_load.json`. Linux only.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import random
import socket
import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.discord.standin.bell import NothingHappened
from tests.discord.standin.process import LAUNCH, BotProcess
from tests.discord.standin.stage import TOKEN, Discord

from benchmarks.beir import load_questions
from benchmarks.editions import Editions, Rounds
from benchmarks.kept import machine
from benchmarks.outcomes import Rebuilt, Run, Watch, as_markdown, figures_of, memory_of
from benchmarks.processes import BRIEFBOT
from benchmarks.samples import document_of, prepared, sample_collection
from briefbot.discord.catalogue import SOURCE, catalogue
from briefbot.index.store import current_number

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tests.discord.standin.interactions import Interaction

FIGURES = Path(__file__).parent / "figures" / "discord_load.json"
SAMPLE = Path(__file__).parents[1] / "docs_corpus"
_CHANNELS = 5
_WARMING = 20  # questions before memory is looked at
_LATEST = 30.0  # seconds after the last question in which answers may still come
_LONGEST_BUILD = 1800.0
_SHARE_ABOUT_EDITED = 0.25  # of the questions
_BUILDS_END = ("reindex.done", "reindex.unchanged", "reindex.failed", "reindex.failed_because")


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard the bot is tried. `every` is the seconds between two questions of a user; `edited` is documents."""

    minutes: float
    users: int
    every: float
    rebuilds: int
    edited: int


@dataclass(frozen=True, slots=True)
class Questions:
    """Real questions, and among them those about documents that are edited."""

    every: Sequence[str]
    about_edited: Sequence[str]

    def choose(self, chance: random.Random) -> str:
        """Return one of them."""
        about = self.about_edited and chance.random() < _SHARE_ABOUT_EDITED
        return chance.choice(self.about_edited if about else self.every)


class Stage:
    """A Discord with people in it, and the folder that the bot and its operator work in."""

    def __init__(self, discord: Discord, folder: Path, users: int) -> None:
        self.discord, self.folder, self.port = discord, folder, _free_port()
        world = discord.world
        self.users = [world.user(f"user{number}") for number in range(users)]
        self.operator = world.user("operator")
        self.guild = world.guild("Team", members=[*self.users, self.operator])
        self.channels = [world.channel(self.guild, f"channel{number}") for number in range(_CHANNELS)]

    def settings(self, corpus: Path, index: Path) -> None:
        """Write what the next bot and the next build read."""
        text = f"corpus = {json.dumps(str(corpus))}\nindex = {json.dumps(str(index))}\n"
        text += f"[discord]\nhome = [{self.guild.id}]\noperators = [{self.operator.id}]\n"
        (self.folder / "briefbot.toml").write_text(text, "utf-8")

    @contextlib.asynccontextmanager
    async def bot(self, module: str = LAUNCH, **environ: str) -> AsyncIterator[BotProcess]:
        """Run a bot for as long as the context lasts."""
        arguments, token = ("run", "--metrics-port", str(self.port)), {"DISCORD_TOKEN": TOKEN}
        async with BotProcess(self.discord, *arguments, cwd=self.folder, env=token | environ, module=module) as bot:
            yield bot
            await bot.terminate()

    async def ask(self, user: int, text: str) -> Interaction:
        """Ask as one of the users, in that user's channel."""
        channel = self.channels[user % _CHANNELS]
        return await self.discord.command(self.users[user], channel, "ask", question=text)


def main() -> None:
    """Measure, print and write."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measured(options, Path(folder)))
    print(as_markdown(figures))
    options.out.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--every", type=float, default=3, metavar="SECONDS", help="between two questions of a user")
    parser.add_argument("--rebuilds", type=int, default=10)
    parser.add_argument("--share", type=float, default=0.01, help="of the documents, edited before each rebuild")
    parser.add_argument("--paragraphs", type=int, default=10_000)
    parser.add_argument("--out", type=Path, default=FIGURES, help="where the figures are written")
    return parser.parse_args()


async def measured(options: argparse.Namespace, place: Path) -> dict[str, Any]:
    """Return all figures: those of a bot with the sample documents, then those of one under load."""
    sample = SAMPLE, place / "sample-index"
    _build(*sample, place)
    collection = options.folder
    if collection is None or not collection.is_dir():
        print("There is no such collection: paragraphs and questions are made from the sample documents.")
        collection = sample_collection(sample[1], place / "sample")
    ground = prepared(collection, options.paragraphs, place)
    _build(ground.corpus, ground.index, place)  # knows the copied documents again
    plan = Plan(
        options.minutes, options.users, options.every, options.rebuilds, max(1, round(options.share * ground.documents))
    )
    about = {
        "machine": machine() | {"session_niceness": _session_niceness()},
        "collection": ground.figures,
        "plan": asdict(plan),
    }
    async with Discord() as discord:
        discord.state.contract = None  # what it refuses is found afterwards: it would slow down what is measured
        stage = Stage(discord, place, plan.users)
        stage.settings(*sample)
        about["sample"] = await _serving_sample(stage)
        stage.settings(ground.corpus, ground.index)
        return about | await _under_load(stage, plan, collection, Editions(ground.corpus, ground.index))


async def _serving_sample(stage: Stage) -> dict[str, Any]:
    async with stage.bot() as bot:
        await bot.ready()
        for user in range(_WARMING):
            asked = await stage.ask(user % len(stage.users), "Where did Kim Jong Un and Vladimir Putin meet?")
            await asked.answer(60)
        return {"memory_mb": memory_of(bot.process.pid)}


async def _under_load(stage: Stage, plan: Plan, collection: Path, editions: Editions) -> dict[str, Any]:
    chance = random.Random(1)
    questions, rounds = _questions(collection, editions, plan, chance)
    editions.note(current_number(editions.index))
    run = Run(editions, stage.discord)
    async with contextlib.AsyncExitStack() as stack:
        began = time.perf_counter()
        bot = await stack.enter_async_context(stage.bot())
        run.start = await _started(stage, questions.every[0], began)
        await asyncio.gather(
            *[_answered(stage, user, questions.every[user]) for user in range(min(_WARMING, plan.users))]
        )
        watch = await stack.enter_async_context(Watch.over(bot.process.pid, stage.port))
        gc.collect()
        gc.disable()  # a pause of this process would look like one of the bot's
        run.began = time.perf_counter()
        await asyncio.gather(
            *[_ask_on(stage, user, run, plan, (questions, random.Random(user))) for user in range(plan.users)],
            _rebuild_on(stage, run, plan, (rounds, chance)),
        )
        await _all_answered(run)
        await watch.look()
        gc.enable()
        return figures_of(run, watch, bot.stderr)


def _questions(collection: Path, editions: Editions, plan: Plan, chance: random.Random) -> tuple[Questions, Rounds]:
    """Return the questions whose paragraph is in the corpus, and which documents are edited."""
    places = document_of(collection, editions.corpus)
    placed = [
        (asked.text, places[entry]) for asked in load_questions(collection) for entry in asked.relevant & places.keys()
    ]
    chance.shuffle(placed)
    asked_about = sorted({document for _, document in placed})
    others = sorted({path.stem for path in editions.corpus.glob("*.txt")}.difference(asked_about))
    rounds = Rounds.of(asked_about, others, plan.edited, chance)
    return Questions(
        [text for text, _ in placed], [text for text, document in placed if document in rounds.asked]
    ), rounds


async def _started(stage: Stage, question: str, began: float) -> dict[str, float]:
    """Ask at the very moment that the bot is connected; return the seconds of its start."""
    await stage.discord.ready(60)
    ready = time.perf_counter()
    asked = await stage.ask(0, question)
    acknowledged = await asked.acknowledged(10)
    await asked.answer(120)
    answered = (asked.times.answered or 0) - began
    return {"to_ready": ready - began, "first_response": acknowledged.seconds, "to_first_answer": answered}


async def _answered(stage: Stage, user: int, question: str) -> None:
    await (await stage.ask(user, question)).answer(60)


async def _ask_on(stage: Stage, user: int, run: Run, plan: Plan, what: tuple[Questions, random.Random]) -> None:
    """Ask every so many seconds, whether or not the last question was answered."""
    questions, chance = what
    end = run.began + 60 * plan.minutes
    due = run.began + plan.every * chance.random()
    while due < end:
        await asyncio.sleep(due - time.perf_counter())
        run.asked.append(await stage.ask(user, questions.choose(chance)))
        due += plan.every


async def _rebuild_on(stage: Stage, run: Run, plan: Plan, what: tuple[Rounds, random.Random]) -> None:
    """Edit documents and rebuild, in turn as an operator in Discord and from outside."""
    rounds, chance = what
    for number in range(1, plan.rebuilds + 1):
        await asyncio.sleep(run.began + number * 60 * plan.minutes / (plan.rebuilds + 1) - time.perf_counter())
        chosen = rounds.choose(plan.edited, chance)
        run.editions.edit(chosen, number)
        began = time.perf_counter()
        await (reindexed(stage) if number % 2 else _from_outside(stage))
        seconds = time.perf_counter() - began
        generation, at = current_number(run.editions.index), (run.editions.index / "CURRENT").stat().st_mtime
        run.editions.note(generation, chosen)
        run.rebuilt.append(Rebuilt(generation, seconds, at))


async def reindexed(stage: Stage, *, full: bool = False) -> str:
    """Rebuild as an operator in Discord; return what is said in the end."""
    words = catalogue(SOURCE)
    ends = tuple(words(key, reference="", reason="").strip() for key in _BUILDS_END)
    asked = await stage.discord.command(stage.operator, stage.channels[0], "reindex", full=full)
    message = await asked.answer(_LONGEST_BUILD, when=lambda message: message.content.startswith(ends))
    return str(message.content)


async def _from_outside(stage: Stage) -> None:
    command = (*BRIEFBOT, "build", "--background", "--no-input", "--quiet")
    child = await asyncio.create_subprocess_exec(
        *command,
        cwd=stage.folder,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # as cron and systemd do
    )
    await child.wait()


async def _all_answered(run: Run) -> None:
    with contextlib.suppress(NothingHappened):  # those without an answer are counted as failed
        await run.discord.bell.until(lambda: all(asked.effects for asked in run.asked), "all answers", _LATEST)


def _build(corpus: Path, index: Path, folder: Path) -> None:
    command = (*BRIEFBOT, "build", "--corpus", str(corpus), "--index", str(index), "--quiet")
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _session_niceness() -> int:
    """Return how this session is weighed against others by Linux; 0 is as any other."""
    try:
        return int(Path("/proc/self/autogroup").read_text("ascii").split()[-1])
    except OSError:
        return 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


if __name__ == "__main__":
    main()
