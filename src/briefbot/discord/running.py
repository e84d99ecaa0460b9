"""The life of the bot: it logs in, stays connected, and ends when it is told to.

Only what an operator must mend ends it by itself, with one sentence and exit code 78, so that nothing starts it again
in a loop. A network that is away is waited for. This module refuses to know what the bot answers.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING, Literal

import discord

from briefbot.credentials import invite_link
from briefbot.discord.delivery import LOST
from briefbot.errors import BriefbotError, SettingsError
from briefbot.serving.exposition import Health

if TYPE_CHECKING:
    from briefbot.discord.bot import BriefBot

GRACE = 20.0  # seconds in which answers that were begun are finished
_PAUSES = (1, 2, 5, 10, 30, 60)  # seconds between two tries to reach Discord; the last one stays
_TOKEN_REFUSED = 4004
_log = logging.getLogger("briefbot.discord")


class _Backoff(discord.backoff.ExponentialBackoff[Literal[False]]):
    """Waits at most half a minute before the gateway is tried again; the library's own would wait for 17 minutes."""

    def __init__(self, base: int = 1, *, integral: Literal[False] = False) -> None:
        super().__init__(base, integral=integral)
        self._max = 5  # it doubles so many times


discord.shard.ExponentialBackoff = _Backoff  # type: ignore[attr-defined, assignment] # nothing else sets it


async def run(bot: BriefBot, token: str) -> None:
    """Run the bot until SIGTERM or SIGINT. Raises SettingsError where Discord refuses the token or an intent."""
    parts, stop = bot.parts, asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await parts.desk.start()
    bot.run_beside(bot.measure(), "measuring")
    living = asyncio.create_task(_live(bot, token), name="connection")
    stopped = asyncio.create_task(stop.wait(), name="signal")
    try:
        await asyncio.wait({living, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if living.done():
            living.result()  # raises what ended it
        _log.info("the bot was told to end; it finishes what it has begun")
    finally:
        await bot.finish(GRACE)
        for task in (living, stopped):
            task.cancel()
        await asyncio.gather(living, stopped, return_exceptions=True)
        await parts.desk.close(GRACE)


def health(bot: BriefBot) -> Health:
    """Return how the bot is: well where every shard is connected and an index is open."""
    ready = bot.is_ready() and not any(shard.is_closed() for shard in bot.shards.values())
    state = bot.parts.desk.state
    facts = {"ready": ready, "generation": state.generation, "loading": state.loading, "waiting": state.waiting}
    problem = {"problem": state.problem} if state.problem else {}
    return Health(ok=ready and state.generation is not None, facts=facts | problem)


async def _live(bot: BriefBot, token: str) -> None:
    """Log in and stay connected, however often the network goes away."""
    try:
        await _until_reached(bot, token)
        _log.info("invite: %s", invite_link(bot.application_id or 0))
        while not bot.is_closed():
            await _connected(bot)
    except discord.LoginFailure as error:
        raise SettingsError(
            "Discord refuses the token; take a new one from the Bot page of the developer portal "
            "(https://discord.com/developers/applications) and set DISCORD_TOKEN or DISCORD_TOKEN_FILE."
        ) from error
    except discord.PrivilegedIntentsRequired as error:
        raise SettingsError(
            "Discord refuses an intent that the bot asks for; it needs no privileged one, so look at the Bot page of "
            "the developer portal whether the application is limited."
        ) from error


async def _until_reached(bot: BriefBot, token: str) -> None:
    tries = 0
    while True:
        try:
            await bot.login(token)
        except (discord.HTTPException, *LOST) as error:  # a token that is refused is neither
            pause = _PAUSES[min(tries, len(_PAUSES) - 1)]
            _log.warning("Discord cannot be reached (%s); next try in %d s", type(error).__name__, pause)
            await asyncio.sleep(pause)
            tries += 1
            await _forget_session(bot)
        else:
            return


async def _forget_session(bot: BriefBot) -> None:
    """Close what a failed login has opened, so that the next one begins anew."""
    await bot.http.close()
    bot.http.clear()
    bot.http.connector = discord.utils.MISSING


async def _connected(bot: BriefBot) -> None:
    """Stay connected; the library reconnects by itself, and what it gives up on is tried again here."""
    try:
        await bot.connect(reconnect=True)
    except discord.ConnectionClosed as error:  # the library has closed the client: this cannot be tried again
        if error.code == _TOKEN_REFUSED:
            raise discord.LoginFailure("the gateway refused the token") from error
        raise BriefbotError(f"Discord closed the connection for good, with code {error.code}.") from error
    except (discord.GatewayNotFound, *LOST) as error:
        _log.warning("the gateway cannot be reached (%s)", type(error).__name__)
        await asyncio.sleep(_PAUSES[2])
