"""Quotations as commands and from the message menu: find who said what, list speakers, check before publishing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from briefbot.discord.answering import audience_of, must_wait, since_of
from briefbot.discord.asking import place_typed
from briefbot.discord.faults import Said
from briefbot.discord.limits import CHOICE, CHOICES, clipped
from briefbot.discord.quotations import render_check, render_checks, render_quotations, render_speakers
from briefbot.discord.replying import reply
from briefbot.harmless import one_line
from briefbot.model import Filters
from briefbot.quoting import Wanted, all_checked, claims_in, find, speakers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import discord

    from briefbot.discord.catalogue import Words
    from briefbot.discord.messages import ListMessage, Message
    from briefbot.discord.replying import Event
    from briefbot.model import Scope
    from briefbot.quoting import Checked, Claim
    from briefbot.serving.desk import Opened

T = TypeVar("T")

FILE_KB = 256  # of a draft
DRAFTS = (".txt", ".md")
_CLAIMS = 50  # of a text that are checked
_FOUND = 3  # quotations


@dataclass(frozen=True, slots=True)
class Sought:
    """What was typed into `/quote find`."""

    about: str | None = None
    speaker: str | None = None
    document: str | None = None
    since: str | None = None


async def find_quotations(event: Event, sought: Sought) -> None:
    """Show the quotations that fit."""
    event.client.parts.metrics.interacted("command")
    if await must_wait(event):
        return

    async def work(words: Words) -> Message:
        day = since_of(sought.since)

        def job(opened: Opened, scope: Scope) -> Message:
            place = place_typed(opened, scope, sought.document)
            wanted = Wanted(sought.about or "", scope, sought.speaker, "direct", Filters(place, None, day), _FOUND)
            return render_quotations(find(wanted, opened.library, event.client.parts.aliases), words)

        return await _at_the_desk(event, job)

    await reply(event, work, private=event.client.visibility.is_private(event, None))


async def show_speakers(event: Event) -> None:
    """List who is quoted in what the asker may see."""
    event.client.parts.metrics.interacted("command")

    async def work(words: Words) -> ListMessage:
        def job(opened: Opened, scope: Scope) -> ListMessage:
            return render_speakers(speakers(opened.library.generation, scope, event.client.parts.aliases), words)

        return await _at_the_desk(event, job, alone=True)

    await reply(event, work, private=True)


async def check_text(event: Event, text: str | None, speaker: str | None, file: discord.Attachment | None) -> None:
    """Check a text, or every quotation of a file, for the asker alone: nobody publishes by asking."""
    event.client.parts.metrics.interacted("command")
    if await must_wait(event):
        return

    async def work(words: Words) -> Message | ListMessage:
        if file is not None:
            return await _checks(event, claims_in(await _draft(file)), speaker, words)
        if not text:
            raise Said("quote.say_what")
        return await _check(event, text, speaker, words)

    await reply(event, work, private=True)


async def check_message(event: Event, message: discord.Message) -> None:
    """Check each quotation in a message; without marks, its whole text."""
    event.client.parts.metrics.interacted("command")
    if await must_wait(event):
        return

    async def work(words: Words) -> Message | ListMessage:
        text = event.client.without_own_name(message.content)
        if not text:
            raise Said("fault.nothing_said")
        claims = claims_in(text)
        if len(claims) > 1:
            return await _checks(event, claims, None, words)
        return await _check(event, *(claims[0] if claims else (text, None)), words)

    await reply(event, work, private=True)


async def complete_speaker(event: Event, typed: str) -> list[tuple[str, str]]:
    """Return up to 25 names of speakers that fit what was typed, as (shown, meant), from what the asker may see."""
    opened = event.client.parts.desk.current
    if opened is None:
        return []
    seen_by = event.client.visibility.seen_by(await event.client.visibility.asker(event))
    aliases = event.client.parts.aliases
    lines = await asyncio.to_thread(lambda: speakers(opened.library.generation, seen_by(opened), aliases))
    wanted = typed.strip().casefold()
    names = [one_line(line.name) for line in lines if any(wanted in name.casefold() for name in line.spellings)]
    return [(clipped(name, CHOICE), clipped(name, CHOICE)) for name in names[:CHOICES]]


async def _check(event: Event, text: str, speaker: str | None, words: Words) -> Message:
    (found,) = await _checked(event, [(text, speaker)])
    return render_check(found, words)


async def _checks(event: Event, claims: Sequence[Claim], speaker: str | None, words: Words) -> ListMessage:
    if not claims:
        raise Said("quote.no_quotation")
    return render_checks(await _checked(event, [(text, speaker or own) for text, own in claims[:_CLAIMS]]), words)


async def _checked(event: Event, claims: Sequence[Claim]) -> list[Checked]:
    aliases = event.client.parts.aliases

    def job(opened: Opened, scope: Scope) -> list[Checked]:
        return all_checked(claims, opened.library, scope, aliases)

    return await _at_the_desk(event, job, alone=True)


async def _at_the_desk(event: Event, job: Callable[[Opened, Scope], T], *, alone: bool | None = None) -> T:
    """Do a job with what those may see who will read its outcome."""
    private = event.client.visibility.is_private(event, None) if alone is None else alone
    seen_by = event.client.visibility.seen_by(await audience_of(event, private=private))
    return await event.client.parts.desk.run(event.user.id, lambda opened: job(opened, seen_by(opened)))


async def _draft(file: discord.Attachment) -> str:
    if not file.filename.lower().endswith(DRAFTS) or file.size > FILE_KB * 1_024:
        raise Said("quote.no_draft", endings=", ".join(DRAFTS), most=FILE_KB)
    return (await file.read()).decode("utf-8", "replace")
