"""Runs briefbot with discord.py pointed at the stand-in: `python -m tests.discord.standin.launch URL ARGUMENTS`."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

from tests.discord.standin.words import MODEL, use_words

PAUSE = "STANDIN_IDENTIFY_PAUSE"  # seconds between two shards; discord.py itself waits for five
GUILDS = "STANDIN_GUILDS_PAUSE"  # seconds without a new guild after which all are there; discord.py waits for two

PROGRESS = "STANDIN_PROGRESS_PAUSE"  # seconds between two edits that show how far a build is; the bot waits for ten


def point_at(url: str) -> None:
    """Let discord.py talk to the stand-in at this address and to nothing else."""
    import discord
    from discord.gateway import DiscordWebSocket
    from discord.http import Route
    from yarl import URL

    Route.BASE = f"{url}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = URL(url.replace("http://", "ws://") + "/gateway")
    discord.Asset.BASE = f"{url}/cdn"
    if GUILDS in os.environ:
        _hurry(float(os.environ[GUILDS]))
    if PAUSE in os.environ:
        discord.Client.before_identify_hook = _pause  # type: ignore[method-assign]


def _hurry(seconds: float) -> None:
    from discord.state import ConnectionState

    patient = ConnectionState.__init__

    def hurried(self: Any, **options: Any) -> None:
        patient(self, **{"guild_ready_timeout": seconds, **options})

    ConnectionState.__init__ = hurried  # type: ignore[method-assign]


async def _pause(self: Any, shard_id: int | None, *, initial: bool = False) -> None:
    del self, shard_id
    if not initial:
        await asyncio.sleep(float(os.environ[PAUSE]))


def main() -> None:
    from briefbot.cli import run
    from briefbot.discord import reindexing

    url, *arguments = sys.argv[1:]
    point_at(url)
    if PROGRESS in os.environ:
        reindexing.PAUSE = float(os.environ[PROGRESS])
    if os.environ.get(MODEL) == "words":
        use_words()
    sys.exit(run(arguments))


if __name__ == "__main__":
    main()
