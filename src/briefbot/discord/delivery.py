"""How messages reach Discord: acknowledged first, sent once, and tried again where trying again does no harm.

Editing is the same however often it is done, and a message that is sent carries a nonce by which Discord knows it
again; so a lost answer of Discord's costs a second request and never a second message. Nothing is sent that could ping,
and link previews are always off. This module refuses to know what a message says.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import discord
from discord.http import handle_message_parameters
from discord.webhook.async_ import async_context

from briefbot.discord.messages import ListMessage, Message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from briefbot.discord.messages import Button

T = TypeVar("T")

SILENT = discord.AllowedMentions.none()
_log = logging.getLogger("briefbot.discord")
_PAUSES = (0.5, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)  # seconds before a request is tried again
LOST = (aiohttp.ClientError, asyncio.TimeoutError, discord.DiscordServerError, ConnectionError)
_ALREADY_ACKNOWLEDGED = 40060
_UNKNOWN_INTERACTION = 10062
_UNKNOWN_MESSAGE = 10008
_NO_HISTORY = 160002  # what is answered may not be read, so it cannot be named
_EXPIRED = (50027, 10015, _UNKNOWN_INTERACTION)
_STYLES = {
    "primary": discord.ButtonStyle.primary,
    "secondary": discord.ButtonStyle.secondary,
    "danger": discord.ButtonStyle.danger,
}


class Expired(Exception):
    """The interaction can no longer be answered: Discord's fifteen minutes, or its first three seconds, are over."""


async def acknowledge(interaction: discord.Interaction[Any], *, private: bool) -> None:
    """Tell Discord that an answer will follow, seen by everybody or by the asker alone. Raises Expired."""
    with contextlib.suppress(discord.InteractionResponded):
        await _first(lambda: interaction.response.defer(ephemeral=private, thinking=True))


async def deliver(interaction: discord.Interaction[Any], message: Message | ListMessage) -> int | None:
    """Show the message where the acknowledgement stands, and return its id, or None where it was deleted.

    Raises Expired.
    """
    try:
        return await _persistently(lambda: _edit_original(interaction, message))
    except discord.HTTPException as error:
        if error.code in _EXPIRED:
            raise Expired from error
        if _is_gone(interaction):  # then everything in it is
            raise
        _let_be(error)
        return None


async def amend(channel: discord.PartialMessageable, number: int, text: str) -> None:
    """Change a message of the bot's by the bot's own right, which does not expire; a deleted one is let be."""
    message = channel.get_partial_message(number)
    try:
        await _persistently(lambda: message.edit(content=text, allowed_mentions=SILENT))
    except discord.HTTPException as error:
        _let_be(error)


async def whisper(interaction: discord.Interaction[Any], text: str) -> None:
    """Tell the asker alone one sentence, at once: the first response to an interaction."""
    told: dict[str, Any] = {"ephemeral": True, "allowed_mentions": SILENT, "suppress_embeds": True}
    try:
        await _first(lambda: interaction.response.send_message(text, **told))
    except discord.InteractionResponded:
        await deliver(interaction, Message(text))


async def open_form(interaction: discord.Interaction[Any], form: discord.ui.Modal) -> None:
    """Show a form, as the first response to an interaction. Raises Expired."""
    await _first(lambda: interaction.response.send_modal(form))


async def send(
    channel: discord.abc.Messageable, message: Message, nonce: int, *, reply_to: discord.Message | None = None
) -> discord.Message:
    """Send a message into a channel, once, whatever happens to the connection."""
    if reply_to is None:
        return await _send(channel, message, nonce)
    try:
        reference = reply_to.to_reference(fail_if_not_exists=False)
        return await _send(channel, message, nonce, reference=reference, mention_author=False)
    except discord.HTTPException as error:
        if error.code != _NO_HISTORY:
            raise
        return await _send(channel, message, nonce)


async def _send(channel: discord.abc.Messageable, message: Message, nonce: int, **extra: Any) -> discord.Message:
    return await _persistently(
        lambda: channel.send(
            message.content,
            view=_stopped(_view(message.buttons)) if message.buttons else None,  # type: ignore[arg-type] # None is no view
            files=_files(message),
            nonce=str(nonce),
            allowed_mentions=SILENT,
            suppress_embeds=True,
            **extra,
        )
    )


async def _edit_original(interaction: discord.Interaction[Any], message: Message | ListMessage) -> int:
    """Do what `interaction.edit_original_response` does, which cannot turn link previews off."""
    http = interaction.client.http
    with handle_message_parameters(**_parameters(message), allowed_mentions=SILENT) as parameters:
        edited = await async_context.get().edit_original_interaction_response(
            interaction.application_id,
            interaction.token,
            session=interaction._session,  # noqa: SLF001 - as the library's own method does
            proxy=http.proxy,
            proxy_auth=http.proxy_auth,
            payload=parameters.payload,
            multipart=parameters.multipart,
            files=parameters.files,
        )
    return int(edited["id"])


def _parameters(message: Message | ListMessage) -> dict[str, Any]:
    if isinstance(message, ListMessage):
        return {"view": _layout(message)}
    return {
        "content": message.content,
        "view": _view(message.buttons) if message.buttons else None,
        "attachments": _files(message),
        "flags": discord.MessageFlags(suppress_embeds=True),
    }


def _files(message: Message) -> list[discord.File]:
    return [
        discord.File(io.BytesIO(file.text.encode("utf-8", "replace")), filename=file.name) for file in message.files
    ]


def _view(rows: Sequence[Sequence[Button]]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for button in row:
            view.add_item(_button(button, row=number))
    return view


def _stopped(view: discord.ui.View) -> discord.ui.View:
    """Return a view that the client does not keep for every message sent: the buttons find their way by their id."""
    view.stop()
    return view


def _layout(message: ListMessage) -> discord.ui.LayoutView:
    layout = discord.ui.LayoutView(timeout=None)
    for block in message.blocks:
        layout.add_item(discord.ui.TextDisplay(block))
    for row in message.buttons:
        layout.add_item(discord.ui.ActionRow(*(_button(button) for button in row)))
    return layout


def _button(button: Button, row: int | None = None) -> discord.ui.Button[Any]:
    return discord.ui.Button(label=button.label, custom_id=str(button.ticket), style=_STYLES[button.style], row=row)


def _is_gone(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether the channel in which somebody acted has been deleted."""
    return interaction.guild_id is not None and interaction.client.get_channel(interaction.channel_id or 0) is None


def _let_be(error: discord.HTTPException) -> None:
    if error.code != _UNKNOWN_MESSAGE:
        raise error
    _log.info("the place of an answer was deleted before the answer came")


async def _first(request: Callable[[], Awaitable[object]]) -> None:
    """Make the first response to an interaction. Raises Expired."""
    try:
        await _persistently(request)
    except discord.HTTPException as error:
        if error.code == _UNKNOWN_INTERACTION:
            raise Expired from error
        if error.code != _ALREADY_ACKNOWLEDGED:  # the first try took effect, only its answer was lost
            raise


async def _persistently(request: Callable[[], Awaitable[T]]) -> T:
    """Make a request that may be made twice, again where it was lost on the way."""
    for pause in _PAUSES:
        try:
            return await request()
        except LOST as error:
            _log.warning("a request to Discord was lost (%s); it is tried again", type(error).__name__)
            await asyncio.sleep(pause)
    return await request()
