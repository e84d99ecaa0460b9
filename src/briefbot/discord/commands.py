"""The slash commands and the message menu, as Discord is told of them; each hands on to what does the work."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import discord
from discord import app_commands

from briefbot.discord import answering, lists, lookups, reindexing
from briefbot.discord.answering import Request
from briefbot.discord.asking import visible
from briefbot.discord.faults import logged
from briefbot.discord.limits import QUESTION  # noqa: TC001 - discord.py evaluates annotations
from briefbot.discord.lookups import Sought
from briefbot.discord.places import completions
from briefbot.discord.translation import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefbot.discord.bot import BriefBot

F = TypeVar("F", bound="Callable[..., Any]")
Text = app_commands.Range[str, 1, 100]


def add_commands(tree: app_commands.CommandTree[Any]) -> None:
    """Add every command to a tree."""
    commands: tuple[Any, ...] = (
        *(ask, quote, sources, source, status, help_, privacy, reindex),
        *(answer_message, check_message),
    )
    for command in commands:
        tree.add_command(command)


def _named(command: str, *options: str) -> Callable[[F], F]:
    """Give the options of a command their names and descriptions from the catalogue."""

    def named(callback: F) -> F:
        names = {option: text(f"command.{command}.{option}") for option in options}
        descriptions = {option: text(f"command.{command}.{option}_description") for option in options}
        return app_commands.describe(**descriptions)(app_commands.rename(**names)(callback))

    return named


async def _complete(event: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    """Complete a document or folder from memory, from those that who types may see; from none where that fails."""
    try:
        return await _completed(event, typed)
    except Exception as error:  # noqa: BLE001 - there is no place for a sentence, and the next letter asks again
        logged(error)
        return []


async def _completed(event: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    bot: BriefBot = event.client
    bot.parts.metrics.interacted("autocomplete")
    opened = bot.parts.desk.current
    if opened is None:
        return []
    seen_by = bot.visibility.seen_by(await bot.visibility.asker(event))
    # In a thread, because of many documents: 10,000 were measured to take 70 ms.
    found = await asyncio.to_thread(lambda: completions(visible(opened, seen_by(opened)), typed))
    return [app_commands.Choice(name=shown, value=meant) for shown, meant in found]


@app_commands.command(name="ask", description=text("command.ask.description"))
@_named("ask", "question", "document", "since", "author", "private")
@app_commands.autocomplete(document=_complete)
async def ask(  # noqa: PLR0913, PLR0917 - one parameter an option
    event: discord.Interaction[Any],
    question: app_commands.Range[str, 1, QUESTION],
    document: Text | None = None,
    since: app_commands.Range[str, 1, 30] | None = None,
    author: app_commands.Range[str, 1, 50] | None = None,
    private: bool | None = None,
) -> None:
    """Answer a question."""
    await answering.answer_command(event, Request(question, document, since, author, private))


quote = app_commands.Group(name="quote", description=text("command.quote.description"))


async def _complete_speaker(event: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    """Complete a speaker from memory, from those in documents that who types may see; none where that fails."""
    try:
        event.client.parts.metrics.interacted("autocomplete")
        found = await lookups.complete_speaker(event, typed)
    except Exception as error:  # noqa: BLE001 - there is no place for a sentence, and the next letter asks again
        logged(error)
        return []
    return [app_commands.Choice(name=shown, value=meant) for shown, meant in found]


@quote.command(name="find", description=text("command.quote_find.description"))
@_named("quote_find", "about", "speaker", "document", "since")
@app_commands.autocomplete(document=_complete, speaker=_complete_speaker)
async def find_quotation(
    event: discord.Interaction[Any],
    about: app_commands.Range[str, 1, 1_000] | None = None,
    speaker: Text | None = None,
    document: Text | None = None,
    since: app_commands.Range[str, 1, 30] | None = None,
) -> None:
    """Find who said what."""
    await lookups.find_quotations(event, Sought(about, speaker, document, since))


@quote.command(name="check", description=text("command.quote_check.description"))
@_named("quote_check", "words", "speaker", "file")
@app_commands.autocomplete(speaker=_complete_speaker)
async def check_quotation(
    event: discord.Interaction[Any],
    words: app_commands.Range[str, 1, QUESTION] | None = None,
    speaker: Text | None = None,
    file: discord.Attachment | None = None,
) -> None:
    """Check a quotation."""
    await lookups.check_text(event, words, speaker, file)


@quote.command(name="speakers", description=text("command.quote_speakers.description"))
async def list_speakers(event: discord.Interaction[Any]) -> None:
    """List who is quoted."""
    await lookups.show_speakers(event)


@app_commands.command(name="sources", description=text("command.sources.description"))
@_named("sources", "document")
@app_commands.autocomplete(document=_complete)
async def sources(event: discord.Interaction[Any], document: Text | None = None) -> None:
    """List documents."""
    await lists.show_sources(event, document)


@app_commands.command(name="source", description=text("command.source.description"))
@_named("source", "document", "paragraph")
@app_commands.autocomplete(document=_complete)
async def source(
    event: discord.Interaction[Any], document: Text, paragraph: app_commands.Range[int, 1, 1_000_000] = 1
) -> None:
    """Read in a document."""
    await lists.show_paragraphs(event, document, paragraph)


@app_commands.command(name="status", description=text("command.status.description"))
async def status(event: discord.Interaction[Any]) -> None:
    """Tell the state."""
    await lists.show_status(event)


@app_commands.command(name="help", description=text("command.help.description"))
async def help_(event: discord.Interaction[Any]) -> None:
    """Tell what can be done."""
    await lists.show_help(event)


@app_commands.command(name="privacy", description=text("command.privacy.description"))
async def privacy(event: discord.Interaction[Any]) -> None:
    """Tell what is kept."""
    await lists.show_privacy(event)


@app_commands.command(name="reindex", description=text("command.reindex.description"))
@_named("reindex", "full")
async def reindex(event: discord.Interaction[Any], full: bool = False) -> None:
    """Rebuild the index."""
    await reindexing.reindex(event, full=full)


@app_commands.context_menu(name=text("menu.answer"))
async def answer_message(event: discord.Interaction[Any], message: discord.Message) -> None:
    """Answer what a message asks, privately."""
    await answering.answer_menu(event, message)


@app_commands.context_menu(name=text("menu.check"))
async def check_message(event: discord.Interaction[Any], message: discord.Message) -> None:
    """Check what a message quotes, privately."""
    await lookups.check_message(event, message)
