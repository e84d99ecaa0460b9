"""What scenarios begin with: documents with their index, a Discord with people in it, and the bot as a process.

    async with Bench(tmp_path) as bench:
        asked = await bench.discord.command(bench.ada, bench.general, "ask", question="Where did they meet?")
        answer = await asked.answer()

At the end everything the bot sent must have been as Discord and the house want it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from tests.desk import Desk
from tests.discord.standin.process import BotProcess
from tests.discord.standin.stage import TOKEN, Discord
from tests.discord.standin.words import MODEL

if TYPE_CHECKING:
    from pathlib import Path

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
FOOD = "The canteen serves soup on Mondays.\n\nThe canteen is closed on Sundays.\n\nGuests pay six euros for lunch."
CODES = "Code,Meaning,What to do\nE4304,The upload is too large,Split the file\nE5001,The disk is full,Call Priya\n"


class Bench:
    """`folder` gets `corpus`, `index` and `briefbot.toml`; `ada` and `bob` are in the guild, `general` is a channel."""

    def __init__(self, folder: Path, settings: str = "", *, indexed: bool = True, **discord: Any) -> None:
        self.folder = folder
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
        self.guild = world.guild("Team", roles=["staff"], members=[self.ada, self.bob])
        self.general = world.channel(self.guild, "general")

    def settings(self, text: str) -> None:
        """Write what the bot's next start will read."""
        (self.folder / "briefbot.toml").write_text(f'corpus = "corpus"\nindex = "index"\n{text}', "utf-8")

    def new_bot(self, *arguments: str, **environment: str) -> BotProcess:
        """Return a bot that is not started yet."""
        env = {"DISCORD_TOKEN": TOKEN, MODEL: "words", **environment}
        return BotProcess(self.discord, "run", *arguments, cwd=self.folder, env=env)

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

    async def restart(self) -> None:
        """End the bot as an operator would, and start it again."""
        await self.bot.terminate()
        await self.bot.__aexit__(None, None, None)
        self.bot = self.new_bot()
        await self.bot.__aenter__()
        await self.bot.ready()
