"""Questions as commands and from the message menu: how each is taken, and where its answer goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from briefbot.conversation import Place
from briefbot.discord.asking import Inquiry, NoSuchPlace
from briefbot.discord.escaping import escaped
from briefbot.discord.faults import Said
from briefbot.discord.limits import clipped
from briefbot.discord.rendering import Asked, render_answer
from briefbot.discord.replying import reply, say, words_of
from briefbot.discord.rereading import question_of

if TYPE_CHECKING:
    import discord

    from briefbot.access import Audience
    from briefbot.discord.catalogue import Words
    from briefbot.discord.messages import Message
    from briefbot.discord.replying import Event


@dataclass(frozen=True, slots=True)
class Request:
    """What was typed into `/ask`; `private` is None where nothing was chosen."""

    question: str
    document: str | None = None
    since: str | None = None
    author: str | None = None
    private: bool | None = None


async def answer_command(event: Event, request: Request) -> None:
    """Answer a question put as a command."""
    event.client.parts.metrics.interacted("command")
    if await must_wait(event):
        return
    private = event.client.visibility.is_private(event, request.private)

    async def work(words: Words) -> Message:
        return await _answer(event, request, words, private=private)

    await reply(event, work, private=private)


async def answer_menu(event: Event, message: discord.Message) -> None:
    """Answer what another message asks, for who opened the menu alone."""
    event.client.parts.metrics.interacted("command")
    if await must_wait(event):
        return

    async def work(words: Words) -> Message:
        question = await _asked_in(event, message)
        if not question:
            raise Said("fault.nothing_said")
        return await _answer(event, Request(question), words, private=True)

    await reply(event, work, private=True)


async def _answer(event: Event, request: Request, words: Words, *, private: bool) -> Message:
    bot, since = event.client, since_of(request.since)
    alone = private or event.guild_id is None
    audience = await audience_of(event, private=private)
    place = Place(event.channel_id or 0, event.user.id if alone else None)
    inquiry = Inquiry(
        asker=event.user.id,
        seen_by=bot.visibility.seen_by(audience),
        text=request.question,
        document=request.document,
        since=since,
        author=request.author,
        turns=bot.asking.conversations.turns(place),
    )
    try:
        told = await bot.asking.answer(inquiry, place)
    except NoSuchPlace:
        if alone:
            raise
        raise Said("fault.no_place_here") from None  # its name came from a list that was for the asker alone
    can_share = private and event.guild_id is not None
    return render_answer(told.answer, Asked(told.filters, can_share, bot.parts.feedback is not None), words)


async def audience_of(event: Event, *, private: bool) -> Audience:
    """Return who will read an answer: the asker alone, or everybody who can view the channel."""
    visibility = event.client.visibility
    if private or event.guild_id is None:
        return await visibility.asker(event)
    return visibility.everybody(event.guild_id, event.channel)


async def _asked_in(event: Event, message: discord.Message) -> str | None:
    """Return what a message asks; one of the bot's own asks what it answers."""
    if event.client.user and message.author.id == event.client.user.id:
        return await question_of(message)
    return event.client.without_own_name(message.content)


async def must_wait(event: Event) -> bool:
    """Tell somebody who asks again too soon to wait, and whether that was so."""
    seconds = event.client.asking.seconds_to_wait(event.user.id)
    if seconds:
        await say(event, words_of(event)("fault.cooldown", seconds=seconds))
    return seconds > 0


def since_of(typed: str | None) -> date | None:
    """Return the day that was typed; a month or a year means its first."""
    if not typed:
        return None
    parts = [*typed.strip().split("-"), "01", "01"][: max(3, typed.count("-") + 1)]
    try:
        return date.fromisoformat("-".join(parts))
    except ValueError:
        raise Said("fault.date", typed=escaped(clipped(typed, 30))) from None
