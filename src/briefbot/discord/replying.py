"""What every command, button and menu has in common: acknowledge, work, deliver, and always say something.

The work is a coroutine that returns a message. Whatever it raises becomes one sentence in the same place; whatever
Discord refuses becomes a private hint. This module refuses to know what the work is.
"""

from __future__ import annotations

import logging
import time
from http.client import FORBIDDEN
from typing import TYPE_CHECKING

import discord

from briefbot.discord.catalogue import words_for
from briefbot.discord.delivery import (
    LOST,
    SILENT,
    Expired,
    acknowledge,
    deliver,
    open_form,
    send,
    whisper,
)
from briefbot.discord.faults import in_words, logged
from briefbot.discord.messages import Message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from briefbot.discord.bot import BriefBot
    from briefbot.discord.catalogue import Words
    from briefbot.discord.messages import ListMessage

    Event = discord.Interaction[BriefBot]
    Work = Callable[[Words], Awaitable[Message | ListMessage]]

_THREAD_LOCKED = 160005
_log = logging.getLogger("briefbot.discord")


async def reply(event: Event, work: Work, *, private: bool) -> None:
    """Acknowledge an interaction, do the work, and show what it returns, or one sentence where it fails."""
    words = words_of(event)
    with event.client.at_work() as stopping:
        if stopping:
            await say(event, words("fault.stopping"))
            return
        try:
            began = time.monotonic()
            await acknowledge(event, private=private)
            event.client.parts.metrics.responded(time.monotonic() - began)
            await event.client.visibility.settled()
            await _show(event, await _done(work, words), private=private)
        except Exception as error:  # noqa: BLE001 - the last door of the edge
            await _hint(event, words, error)


async def say(event: Event, text: str) -> None:
    """Tell the asker alone one sentence, as the first response."""
    await _respond(event, whisper(event, text))


async def ask_for(event: Event, form: discord.ui.Modal) -> None:
    """Show a form, as the first response."""
    await _respond(event, open_form(event, form))


def words_of(event: Event) -> Words:
    """Return the texts in the language of who caused an interaction."""
    return words_for(event.locale.value)


async def tell_privately(user: discord.User | discord.Member, text: str) -> bool:
    """Write to somebody privately, where that is allowed. Tell whether it was."""
    try:
        await user.send(text, allowed_mentions=SILENT, suppress_embeds=True)
    except (discord.HTTPException, *LOST) as error:
        _log.info("a private hint could not be given: %s", error)
        return False
    return True


def why_not(error: Exception, words: Words) -> str:
    """Return the sentence for whoever gets no answer where he asked."""
    match error:
        case Expired():
            _log.warning("an interaction could no longer be answered")
            return words("fault.expired")
        case discord.NotFound():
            return words("fault.channel_gone")
        case discord.HTTPException() if error.status == FORBIDDEN or error.code == _THREAD_LOCKED:
            return words("fault.may_not_speak")
        case _:
            return words("fault.unexpected", reference=logged(error))


async def _respond(event: Event, response: Awaitable[None]) -> None:
    try:
        await response
    except Exception as error:  # noqa: BLE001 - the last door of the edge
        await _hint(event, words_of(event), error)


async def _done(work: Work, words: Words) -> Message | ListMessage:
    try:
        return await work(words)
    except Exception as error:  # noqa: BLE001 - becomes a sentence
        return Message(in_words(error, words))


async def _show(event: Event, message: Message | ListMessage, *, private: bool) -> None:
    try:
        await deliver(event, message)
    except Expired:
        channel = event.channel
        if private or not isinstance(message, Message) or not isinstance(channel, discord.abc.Messageable):
            raise
        await send(channel, message, event.id)  # everybody was to see it anyway


async def _hint(event: Event, words: Words, error: Exception) -> None:
    """Say privately that no answer could be shown; the last thing that is tried."""
    event.client.parts.metrics.discord_failed()
    try:
        await tell_privately(event.user, why_not(error, words))
    except Exception as second:  # noqa: BLE001 - nothing is left to try
        logged(second)
