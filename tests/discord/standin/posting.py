"""Makes and edits the bot's messages, after everything that Discord and the house check about them."""

from __future__ import annotations

from mimetypes import guess_type
from typing import TYPE_CHECKING, Any

from tests.discord.standin.gateway import DIRECT_MESSAGES, GUILD_MESSAGES
from tests.discord.standin.limits import flag_reasons, house_reasons, message_reasons
from tests.discord.standin.messages import (
    COMPONENTS_V2,
    EPHEMERAL,
    LOADING,
    SUPPRESS_EMBEDS,
    Attachment,
    Message,
    numbered,
    walk,
)
from tests.discord.standin.payloads import attachment_json, message_event_json

if TYPE_CHECKING:
    from tests.discord.standin.interactions import Interaction
    from tests.discord.standin.state import Request, State
    from tests.discord.standin.world import Channel

Json = dict[str, Any]
FILE = 13
KEPT_ON_EDIT = LOADING | EPHEMERAL | COMPONENTS_V2


def check(state: State, request: Request, body: Json, *, allowed: int, flags: int) -> None:
    """Check a new message; `flags` are those it will have."""
    reasons = message_reasons(body, request.files, flags) + flag_reasons(body.get("flags") or 0, allowed=allowed)
    state.refuse_if(reasons)
    state.violate(request, house_reasons(body, flags, creating=True))


async def create(
    state: State,
    request: Request,
    body: Json,
    channel: Channel,
    *,
    interaction: Interaction | None = None,
    reference: Message | None = None,
    extra_flags: int = 0,
) -> Message:
    """Make a message of a checked body and tell the gateway."""
    made = Message(state.world.ids.new(), channel, state.world.bot, interaction=interaction, reference=reference)
    made.flags = (body.get("flags") or 0) | extra_flags
    made.nonce = None if body.get("nonce") is None else str(body["nonce"])
    _fill(state, request, made, body)
    if made.ephemeral and interaction is not None:
        made.audience = interaction.user
    state.world.keep(made)
    if interaction is not None:
        interaction.original = interaction.original or made
        interaction.note_effect(made)
    state.bell.ring()
    await tell(state, made, "MESSAGE_CREATE")
    return made


async def edit(
    state: State,
    request: Request,
    body: Json,
    message: Message,
    *,
    interaction: Interaction | None = None,
    creating: bool = False,
    allowed: int,
) -> Message:
    """Check an edit and make it; `creating` where it puts the first words into a message that was thinking."""
    flags = _flags_after(message.flags, body.get("flags"))
    kept = _kept(message, body)
    after = {
        "content": body.get("content", message.content),
        "embeds": body.get("embeds", message.embeds),
        "components": body.get("components", message.components),
        "attachments": body.get("attachments"),
    }
    reasons = message_reasons(after, request.files, flags, len(kept))
    state.refuse_if(reasons + flag_reasons(body.get("flags") or 0, allowed=allowed))
    state.violate(request, house_reasons(body, flags, creating=creating))
    message.flags, message.attachments = flags & ~LOADING, kept
    _fill(state, request, message, body)
    message.note_version()
    if interaction is not None:
        interaction.note_effect(message)
    state.bell.ring()
    await tell(state, message, "MESSAGE_UPDATE")
    return message


def _flags_after(before: int, given: int | None) -> int:
    if given is None:
        return before
    return (before & KEPT_ON_EDIT) | (given & (SUPPRESS_EMBEDS | COMPONENTS_V2))


def _kept(message: Message, body: Json) -> list[Attachment]:
    if body.get("attachments") is None:
        return list(message.attachments)
    named = {str(each.get("id")) for each in body["attachments"]}
    return [each for each in message.attachments if str(each.id) in named]


def _fill(state: State, request: Request, message: Message, body: Json) -> None:
    if "content" in body:
        message.content = body["content"] or ""
    if "embeds" in body:
        message.embeds = body["embeds"] or []
    if "allowed_mentions" in body:
        message.allowed_mentions = body["allowed_mentions"]
    listed = {str(each.get("id")): each for each in body.get("attachments") or []}
    for name, file in request.files.items():
        told = listed.get(name.removeprefix("files[").removesuffix("]"), {})
        filename = told.get("filename") or file.filename
        kind = guess_type(filename)[0] or "application/octet-stream"
        made = Attachment(state.world.ids.new(), filename, file.content, kind, told.get("description"))
        message.attachments = [*message.attachments, state.world.attach(made)]
    if "components" in body:
        message.components = numbered(body["components"] or [])
        _show_files(state, message)


def _show_files(state: State, message: Message) -> None:
    """Put the files' addresses in place of `attachment://name`, as Discord does with what it stores."""
    files = {f"attachment://{each.filename}": each for each in message.attachments}
    for part in walk(message.components):
        media = [part.get("file"), part.get("media"), *[each.get("media") for each in part.get("items") or []]]
        for each in media:
            if isinstance(each, dict) and each.get("url") in files:
                written = attachment_json(files[each["url"]], message.channel, state.world)
                shown = ("url", "proxy_url", "content_type")
                each |= {"attachment_id": written["id"], **{key: written[key] for key in shown}}
                part.update({"name": written["filename"], "size": written["size"]} if part["type"] == FILE else {})


async def tell(state: State, message: Message, name: str) -> None:
    """Dispatch a message's event; nobody but its reader hears of one that is ephemeral."""
    if message.ephemeral:
        return
    guild = message.channel.guild
    intent = DIRECT_MESSAGES if guild is None else GUILD_MESSAGES
    await state.gateway.dispatch(guild, name, message_event_json(message, state.world), intent=intent)


async def delete(state: State, message: Message) -> None:
    """Delete a message and tell the gateway."""
    message.deleted = True
    state.bell.ring()
    guild = message.channel.guild
    told = {"id": str(message.id), "channel_id": str(message.channel.id)}
    if guild is not None:
        told["guild_id"] = str(guild.id)
    if not message.ephemeral:
        intent = DIRECT_MESSAGES if guild is None else GUILD_MESSAGES
        await state.gateway.dispatch(guild, "MESSAGE_DELETE", told, intent=intent)
