"""What scenarios begin with: documents with their index, a Discord with people in it, and the bot as a process.

    async with Bench(tmp_path) as bench:
        asked = await bench.discord.command(bench.ada, bench.general, "ask", question="Where did they meet?")
        answer = await asked.answer()

At the end everything the bot sent must have been as Discord and the house want it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tests.desk import Desk
from tests.discord.standin.launch import GUILDS
from tests.discord.standin.process import LAUNCH, ROOT, BotProcess
from tests.discord.standin.stage import TOKEN, Discord
from tests.discord.standin.words import HOLD, MODEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.discord.standin.messages import Message
    from tests.discord.standin.world import Channel, User

WORDS = "tests.discord.standin.words"
VISIT = """---
title: The Visit
author: A. Author
date: 2023-09-13
url: https://news.example/visit
---
# The Visit

## By train

They came by train. Kim met Putin at the cosmodrome. It rained.

## Grain

Fifty thousand tons of grain were announced in 2011.
"""
QUESTION, ANSWER = "Where did Kim met Putin at the cosmodrome?", "Kim met Putin at the cosmodrome."
FOOD = "The canteen serves soup on Mondays.\n\nThe canteen is closed on Sundays.\n\nGuests pay six euros for lunch."
CODES = "Code,Meaning,What to do\nE4304,The upload is too large,Split the file\nE5001,The disk is full,Call Priya\n"


class Bench:
    """`folder` gets `corpus`, `index` and `briefbot.toml`; `ada` and `bob` are in the guild, `general` is a channel."""

    module = LAUNCH  # what runs the bot

    def __init__(
        self, folder: Path, settings: str = "", *, indexed: bool = True, shard: tuple[int, int] = (0, 1), **discord: Any
    ) -> None:
        self.folder = folder
        self._held = folder / "held"
        self._held.mkdir()
        self.desk = Desk(folder)
        self.desk.encoder.name = "words"
        self.desk.write("visit.md", VISIT)
        self.desk.write("team/food.txt", FOOD)
        self.desk.write("team/codes.csv", CODES)
        if indexed:
            self.desk.build()
        self.settings(settings)
        self.discord = Discord(**discord)
        world = self.discord.world
        self.ada, self.bob = world.user("ada"), world.user("bob")
        self.guild = world.guild("Team", roles=["staff"], members=[self.ada, self.bob], shard=shard)
        self.general = world.channel(self.guild, "general")

    def settings(self, text: str) -> None:
        """Write what the bot's next start will read."""
        (self.folder / "briefbot.toml").write_text(f'corpus = "corpus"\nindex = "index"\n{text}', "utf-8")

    def new_bot(self, *arguments: str, **environment: str) -> BotProcess:
        """Return a bot that is not started yet."""
        env = {"DISCORD_TOKEN": TOKEN, MODEL: "words", HOLD: str(self._held), GUILDS: "0.3", **environment}
        return BotProcess(self.discord, "run", *arguments, cwd=self.folder, env=env, module=self.module)

    async def __aenter__(self) -> Self:
        await self.discord.__aenter__()
        self.bot = self.new_bot()
        await self.bot.__aenter__()
        await self.bot.ready()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        await self.bot.__aexit__(kind, *rest)
        await self.discord.__aexit__(kind, *rest)
        if kind is None:
            self.discord.assert_clean()

    @contextlib.contextmanager
    def held(self, what: str) -> Iterator[None]:
        """Have the model wait, of a bot or of a build, while the block lasts; `what` is `questions` or `passages`."""
        sign = self._held / what
        sign.touch()
        try:
            yield
        finally:
            sign.unlink()

    async def ask(
        self, question: str = QUESTION, *, user: User | None = None, channel: Channel | None = None
    ) -> Message:
        """Ask a question, by default one that the documents answer, and return the answer."""
        asked = await self.discord.command(user or self.ada, channel or self.general, "ask", question=question)
        return await asked.answer()

    async def shell(self, *arguments: str) -> tuple[int, str]:
        """Run a command of briefbot's beside the bot, as an operator would, and return its exit code and output."""
        child = await self.began(*arguments)
        output, _ = await child.communicate()
        return child.returncode or 0, output.decode()

    async def began(self, *arguments: str) -> asyncio.subprocess.Process:
        """Begin a command of briefbot's beside the bot; its two outputs are one."""
        env = {**os.environ, "PYTHONPATH": str(ROOT), HOLD: str(self._held)}
        command = (sys.executable, "-m", WORDS, *arguments)
        out = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.STDOUT}
        return await asyncio.create_subprocess_exec(*command, cwd=self.folder, env=env, **out)

    async def builder(self) -> int:
        """Wait for a build that the bot has begun, and return the id of its process."""
        async with asyncio.timeout(20):
            while not (found := _builders(self.bot.process.pid)):  # noqa: ASYNC110 - nobody tells of a new process
                await asyncio.sleep(0.01)
        return found[0]

    async def assert_answers(self) -> None:
        """Say so where the bot does not answer a question that the documents answer."""
        answer = await self.ask()
        assert answer.content.startswith(ANSWER), answer.content

    async def restart(self) -> None:
        """End the bot as an operator would, and start it again."""
        await self.begin_again()
        await self.bot.ready()

    async def begin_again(self, *arguments: str, **environment: str) -> None:
        """End the bot, and start it again without waiting for it."""
        await self.bot.terminate()
        await self.bot.__aexit__(None, None, None)
        self.bot = self.new_bot(*arguments, **environment)
        await self.bot.__aenter__()


def _builders(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [int(child) for child in children if _builds(child)]


def _builds(pid: str) -> bool:
    with contextlib.suppress(FileNotFoundError):  # it may have ended
        return b"build" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return False
