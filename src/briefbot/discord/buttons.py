"""What each button does. A button knows only its ticket and the message it stands on; rights are those of who presses.

Every press is answered for who pressed alone, but what is shared, which first has to be fit for everybody.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import discord

from briefbot.discord.asking import Inquiry, keep
from briefbot.discord.delivery import send
from briefbot.discord.faults import Said
from briefbot.discord.limits import INPUT_LABEL, MODAL_TITLE, REASON, clipped
from briefbot.discord.lists import paragraphs_page, read, sources_page
from briefbot.discord.messages import Message
from briefbot.discord.rendering import Asked, render_context, render_copy, render_more, render_shared
from briefbot.discord.replying import ask_for, reply, words_of
from briefbot.discord.rereading import question_of
from briefbot.discord.tickets import TEMPLATE, Ticket
from briefbot.model import Filters
from briefbot.serving.feedback import Feedback
from briefbot.serving.reading import around, excerpt_at, place_of

if TYPE_CHECKING:
    import re
    from collections.abc import Awaitable, Callable

    from briefbot.discord.catalogue import Words
    from briefbot.discord.messages import ListMessage
    from briefbot.discord.replying import Event
    from briefbot.model import Excerpt, Scope
    from briefbot.serving.desk import Opened

_REACH = 2  # paragraphs before and after a cited one
_REASON_FIELD = "reason"


class TicketButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=TEMPLATE):
    """Any button of ours, on any message, also on one from before a restart."""

    def __init__(self, item: discord.ui.Button[Any], ticket: Ticket | None) -> None:
        super().__init__(item)
        self.ticket = ticket

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
    ) -> Self:
        """Return the button for a custom_id."""
        assert isinstance(item, discord.ui.Button)  # noqa: S101 - the template is only on buttons
        return cls(item, Ticket.read(match.string))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the ticket says."""
        if self.ticket is not None:
            await press(interaction, self.ticket)


async def press(event: Event, ticket: Ticket) -> None:
    """Do what a button's ticket says, by the rights of who pressed it."""
    event.client.parts.metrics.interacted("component")
    if ticket.action == "poor" and event.client.parts.feedback is not None:
        await ask_for(event, _reason_form(ticket, words_of(event)))
        return
    work = _WORK[ticket.action]

    async def working(words: Words) -> Message | ListMessage:
        return await work(event, ticket, words)

    await reply(event, working, private=True)


async def submit(event: Event) -> None:
    """Take the reason that somebody gives for "not helpful"."""
    data: Any = event.data
    ticket = Ticket.read(data.get("custom_id", ""))
    if ticket is None or ticket.action != "poor":
        return
    event.client.parts.metrics.interacted("modal")
    reason = _typed(data.get("components", []))

    async def work(words: Words) -> Message:
        return await _judge(event, ticket, words, reason)

    await reply(event, work, private=True)


async def _more(event: Event, ticket: Ticket, words: Words) -> Message:
    bot = event.client
    seen_by = bot.visibility.seen_by(await bot.visibility.asker(event))
    place = await _place(event, ticket)
    inquiry = Inquiry(
        asker=event.user.id,
        seen_by=seen_by,
        text=await _question(event),
        document=place,
        since=ticket.narrowing.since,
        author=ticket.narrowing.author or None,
    )
    told = await bot.asking.answer(inquiry)
    return render_more(told.answer, ticket.offset, Asked(told.filters, private=False, feedback=False), words)


async def _context(event: Event, ticket: Ticket, words: Words) -> Message:
    reference = ticket.reference
    found = await read(event, lambda opened, scope: reference and around(opened.library, scope, reference, _REACH))
    if not found:
        raise Said("fault.gone")
    return render_context(found.paragraphs, -1 if found.cited is None else found.cited, words)


async def _copy(event: Event, ticket: Ticket, words: Words) -> Message:
    return render_copy(await _cited(event, ticket), words)


async def _share(event: Event, ticket: Ticket, words: Words) -> Message:
    """Put a private answer into the channel, if everybody who can view that may see it."""
    bot, channel, reference = event.client, event.channel, ticket.reference
    if reference is None or event.guild_id is None or not bot.visibility.is_public(channel):
        raise Said("share.not_public")
    everybody = bot.visibility.seen_by(bot.visibility.everybody(event.guild_id, channel))
    excerpt = await bot.parts.desk.run(
        event.user.id, lambda opened: excerpt_at(opened.library, everybody(opened), reference)
    )
    if excerpt is None:
        await _cited(event, ticket)  # raises where the words are gone for everybody
        raise Said("share.not_public")
    asked = Asked(Filters(), private=False, feedback=bot.parts.feedback is not None)
    shared = render_shared(excerpt, await _question(event), event.user.display_name, asked, words)
    if not isinstance(channel, discord.abc.Messageable):
        raise Said("share.may_not_speak")
    try:
        await send(channel, shared, event.id)
    except (discord.Forbidden, discord.NotFound):
        raise Said("share.may_not_speak") from None
    return Message(words("share.done"))


async def _judge(event: Event, ticket: Ticket, words: Words, reason: str | None = None) -> Message:
    parts, reference = event.client.parts, ticket.reference
    if parts.feedback is None:
        return Message(words("feedback.off"))
    cited = await read(event, lambda opened, scope: reference and excerpt_at(opened.library, scope, reference))
    opened = parts.desk.current
    record = Feedback(
        question=await _question(event),
        verdict="helpful" if ticket.action == "helpful" else "not helpful",
        reason=reason,
        document=cited.citation.document if cited else None,
        paragraph=cited.citation.paragraph if cited else None,
        user=event.user.id,
        time=datetime.now(UTC),
        generation=opened.library.generation.number if opened else 0,
    )
    if not await keep(parts.feedback, record):
        raise Said("feedback.failed")
    return Message(words("feedback.thanks", days=parts.settings.feedback_days))


async def _sources(event: Event, ticket: Ticket, words: Words) -> Message | ListMessage:
    place = ticket.narrowing.place
    return await read(event, lambda opened, scope: sources_page(opened, scope, place, ticket.offset, words))


async def _read(event: Event, ticket: Ticket, words: Words) -> Message:
    place = ticket.narrowing.place
    return await read(event, lambda opened, scope: paragraphs_page(opened, scope, place, ticket.offset, words))


async def _forget(event: Event, _ticket: Ticket, words: Words) -> Message:
    count = await event.client.forget(event.user.id)
    return Message(words("feedback.forgotten", count=count))


_WORK: dict[str, Callable[[Event, Ticket, Words], Awaitable[Message | ListMessage]]] = {
    "more": _more,
    "context": _context,
    "copy": _copy,
    "share": _share,
    "helpful": _judge,
    "poor": _judge,
    "sources": _sources,
    "read": _read,
    "forget": _forget,
}


async def _cited(event: Event, ticket: Ticket) -> Excerpt:
    reference = ticket.reference
    excerpt = await read(event, lambda opened, scope: reference and excerpt_at(opened.library, scope, reference))
    if not excerpt:
        raise Said("fault.gone")
    return excerpt


async def _question(event: Event) -> str:
    """Return the question of the message that a button stands on."""
    question = await question_of(event.message) if event.message else None
    if not question:
        raise Said("fault.gone")
    return question


async def _place(event: Event, ticket: Ticket) -> str | None:
    """Return the document or folder that a ticket limits to."""
    wanted = ticket.narrowing.place
    if not wanted:
        return None

    def job(opened: Opened, scope: Scope) -> str | None:
        return place_of((line.name for line in opened.documents if scope.allows(line.name)), wanted)

    place = await read(event, job)
    if place is None:
        raise Said("fault.gone")
    return place


def _reason_form(ticket: Ticket, words: Words) -> discord.ui.Modal:
    form = discord.ui.Modal(title=clipped(words("feedback.title"), MODAL_TITLE), custom_id=str(ticket), timeout=900)
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        style=discord.TextStyle.paragraph, required=False, max_length=REASON, custom_id=_REASON_FIELD
    )
    form.add_item(discord.ui.Label(text=clipped(words("feedback.reason"), INPUT_LABEL), component=field))
    return form


def _typed(components: list[Any]) -> str | None:
    """Return what was typed into a form, from whichever of its two shapes Discord sends."""
    for component in components:
        inner = [component["component"]] if "component" in component else component.get("components", [])
        for field in inner:
            if field.get("custom_id") == _REASON_FIELD:
                return field.get("value") or None
    return None
