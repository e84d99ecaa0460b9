"""Documents, paragraphs, status, help and privacy: what each reads, and who may see it. All are for the asker alone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from briefbot import __version__
from briefbot.discord.asking import NoSuchPlace, visible
from briefbot.discord.faults import Said
from briefbot.discord.listing import (
    Page,
    State,
    render_document,
    render_help,
    render_privacy,
    render_sources,
    render_status,
)
from briefbot.discord.messages import Message
from briefbot.discord.places import resolved
from briefbot.discord.rendering import render_context
from briefbot.discord.replying import reply
from briefbot.errors import BriefbotError
from briefbot.search.familiarity import named, unfamiliar
from briefbot.serving.reading import paragraphs, place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefbot.discord.catalogue import Words
    from briefbot.discord.messages import ListMessage
    from briefbot.discord.replying import Event
    from briefbot.model import Document, Scope
    from briefbot.reports import DocumentLine
    from briefbot.serving.desk import Opened
    from briefbot.serving.reading import Stretch

T = TypeVar("T")

PARAGRAPHS = 5  # on a page


async def show_sources(event: Event, typed: str | None) -> None:
    """List the documents, or tell about the one that was named."""
    event.client.parts.metrics.interacted("command")

    async def work(words: Words) -> ListMessage | Message:
        return await read(event, lambda opened, scope: _sources(opened, scope, typed, words))

    await reply(event, work, private=True)


async def show_paragraphs(event: Event, typed: str, number: int) -> None:
    """Show paragraphs of a document from a number on."""
    event.client.parts.metrics.interacted("command")

    async def work(words: Words) -> Message:
        return await read(event, lambda opened, scope: _typed_paragraphs(opened, scope, typed, number, words))

    await reply(event, work, private=True)


async def show_status(event: Event) -> None:
    """Tell the state of the index and of the bot."""
    event.client.parts.metrics.interacted("command")

    async def work(words: Words) -> ListMessage:
        return render_status(await _state(event), words)

    await reply(event, work, private=True)


async def show_help(event: Event) -> None:
    """Tell what can be done, with examples from what the asker may see."""
    event.client.parts.metrics.interacted("command")

    async def work(words: Words) -> ListMessage:
        titles = [line.title for line in await _seen(event)]
        strange = await _strange(event)
        may_rebuild = event.client.may_rebuild(event)
        return render_help(_spread(titles), may_rebuild=may_rebuild, words=words, strange=strange)

    await reply(event, work, private=True)


async def show_privacy(event: Event) -> None:
    """Tell what is kept about the asker."""
    event.client.parts.metrics.interacted("command")
    parts = event.client.parts

    async def work(words: Words) -> ListMessage:
        days = parts.settings.feedback_days if parts.feedback else None
        return render_privacy(kept_days=days, logged=parts.settings.log_questions, words=words)

    await reply(event, work, private=True)


async def read(event: Event, job: Callable[[Opened, Scope], T]) -> T:
    """Read from the generation in force what the asker alone may see."""
    seen_by = event.client.visibility.seen_by(await event.client.visibility.asker(event))
    return await event.client.parts.desk.run(event.user.id, lambda opened: job(opened, seen_by(opened)))


def sources_page(opened: Opened, scope: Scope, wanted: str, offset: int, words: Words) -> ListMessage | Message:
    """Return a later page of the list; `wanted` is the hash of the folder it is limited to, or empty."""
    lines = visible(opened, scope)
    place = place_of((line.name for line in lines), wanted) if wanted else None
    if wanted and place is None:
        raise Said("fault.gone")
    return _listed(opened, lines, place, offset, words)


def paragraphs_page(opened: Opened, scope: Scope, wanted: str, number: int, words: Words) -> Message:
    """Return paragraphs of the document whose name has the hash `wanted`."""
    name = place_of((line.name for line in visible(opened, scope)), wanted)
    stretch = paragraphs(opened.library, scope, name, range(number, number + PARAGRAPHS)) if name else None
    if name is None:
        raise Said("fault.gone")
    return _page(stretch, words)


def _sources(opened: Opened, scope: Scope, typed: str | None, words: Words) -> ListMessage | Message:
    lines = visible(opened, scope)
    if not lines:
        return Message(words("sources.none"))
    place = resolved(lines, typed) if typed else None
    if typed and place is None:
        raise NoSuchPlace(typed)
    line = next((line for line in lines if line.name == place), None)
    if line is None:
        return _listed(opened, lines, place, 0, words)
    document = opened.library.generation.document(line.name)
    return render_document(document, line, _url(document), words)


def _listed(
    opened: Opened, lines: Sequence[DocumentLine], place: str | None, offset: int, words: Words
) -> ListMessage | Message:
    inside = [line for line in lines if place is None or line.name.startswith(f"{place}/")]
    page = Page(offset, opened.library.generation.manifest.made, datetime.now(UTC))
    return render_sources(inside, place, page, words)


def _typed_paragraphs(opened: Opened, scope: Scope, typed: str, number: int, words: Words) -> Message:
    lines = visible(opened, scope)
    name = resolved(lines, typed)
    if name is None or name not in {line.name for line in lines}:
        raise NoSuchPlace(typed)
    return _page(paragraphs(opened.library, scope, name, range(number, number + PARAGRAPHS)), words)


def _page(stretch: Stretch | None, words: Words) -> Message:
    if stretch is None:
        raise Said("sources.no_paragraph")
    return render_context(stretch.paragraphs, -1, words)


def _url(document: Document) -> str | None:
    return document.metadata.url


async def _seen(event: Event) -> Sequence[DocumentLine]:
    """Return the documents the asker may see, from memory; none while nothing is loaded."""
    opened = event.client.parts.desk.current
    if opened is None:
        return []
    seen_by = event.client.visibility.seen_by(await event.client.visibility.asker(event))
    return await asyncio.to_thread(lambda: visible(opened, seen_by(opened)))


async def _strange(event: Event) -> Sequence[str]:
    """Return the languages of what the asker may see that the model does not know; none while nothing can be read."""
    if event.client.parts.desk.current is None:
        return []
    try:
        return await read(event, _unfamiliar)
    except BriefbotError:
        return []


def _unfamiliar(opened: Opened, scope: Scope) -> Sequence[str]:
    library = opened.library
    rows = library.generation.visible(scope).rows
    return [named(one.language) for one in unfamiliar(library.generation, rows, library.encoder.count)]


async def _state(event: Event) -> State:
    bot, seen = event.client, await _seen(event)
    opened, state = bot.parts.desk.current, bot.parts.desk.state
    manifest = opened.library.generation.manifest if opened else None
    return State(
        generation=manifest.generation if manifest else None,
        made=manifest.made if manifest else None,
        documents=len(seen),
        passages=sum(line.passages for line in seen),
        model=manifest.encoder.name if manifest else "",
        version=__version__,
        up_since=bot.up_since,
        now=datetime.now(UTC),
        lack="loading" if state.loading else "no_index" if state.no_index else "no_use",
        problem=state.problem is not None,
        building=bot.parts.rebuilder.running,
    )


def _spread(titles: Sequence[str]) -> list[str]:
    """Return three titles from the beginning, the middle and the end."""
    places = sorted({0, len(titles) // 2, len(titles) - 1}) if titles else []
    return [titles[place] for place in places]
