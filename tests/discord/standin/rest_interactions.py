"""The routes by which a bot answers interactions: the callback, and the webhook that follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.discord.standin import posting
from tests.discord.standin.answers import NO_CONTENT, Answer, already_acknowledged, token_expired, unknown
from tests.discord.standin.interactions import Callback, Does, Interaction
from tests.discord.standin.limits import ANSWERED, EDITED, choice_reasons, flag_reasons, modal_reasons
from tests.discord.standin.messages import EPHEMERAL, LOADING, Message, numbered
from tests.discord.standin.payloads import message_json

if TYPE_CHECKING:
    from tests.discord.standin.calls import Call, Handler

Json = dict[str, Any]
TO_COMMANDS = {Callback.MESSAGE, Callback.DEFERRED_MESSAGE, Callback.MODAL}
TO_COMPONENTS = TO_COMMANDS | {Callback.DEFERRED_UPDATE, Callback.UPDATE}
ORIGINAL = "@original"


def _possible(interaction: Interaction) -> set[Callback]:
    """Return the kinds of answer that an interaction can have."""
    if interaction.kind is Does.AUTOCOMPLETE:
        return {Callback.CHOICES}
    if interaction.kind is Does.COMPONENT:
        return TO_COMPONENTS
    if interaction.kind is Does.MODAL:
        return (TO_COMPONENTS if interaction.source is not None else TO_COMMANDS) - {Callback.MODAL}
    return TO_COMMANDS


async def acknowledged(call: Call) -> Answer:
    interaction = call.world.interactions.get(call.path["token"])
    if interaction is None or str(interaction.id) != call.path["interaction_id"]:
        raise unknown("Interaction")
    if interaction.callback is not None:
        raise already_acknowledged()
    if interaction.late:
        raise unknown("Interaction")
    kind = int(call.body.get("type") or 0)
    if kind not in set(_possible(interaction)):
        call.state.refuse_if([f"a {interaction.kind.name.lower()} cannot be answered with type {kind}"])
    message = await _ANSWERS[Callback(kind)](call, interaction, dict(call.body.get("data") or {}))
    return _acknowledgement(call, interaction, message)


def _note(call: Call, interaction: Interaction, data: Json) -> None:
    interaction.callback = {"type": call.body["type"], "data": data}
    interaction.acknowledged_at = call.request.at
    call.state.bell.ring()


def _acknowledgement(call: Call, interaction: Interaction, message: Message | None) -> Answer:
    if not call.asks("with_response"):
        return NO_CONTENT
    told: Json = {"id": str(interaction.id), "type": int(interaction.kind), "channel_id": str(interaction.channel.id)}
    if message is None:
        return Answer({"interaction": told})
    told |= {"response_message_id": str(message.id), "response_message_loading": message.loading}
    told["response_message_ephemeral"] = message.ephemeral
    if interaction.callback_type is Callback.DEFERRED_UPDATE:
        return Answer({"interaction": told})
    kind = 7 if interaction.callback_type is Callback.UPDATE else 4
    return Answer({"interaction": told, "resource": {"type": kind, "message": message_json(message, call.world)}})


async def _message(call: Call, interaction: Interaction, data: Json) -> Message:
    posting.check(call.state, call.request, data, allowed=ANSWERED, flags=data.get("flags") or 0)
    _note(call, interaction, data)
    return await _made(call, interaction, data)


async def _made(call: Call, interaction: Interaction, data: Json, extra_flags: int = 0) -> Message:
    source = interaction.source
    reference = source if source is not None and interaction.kind is Does.COMPONENT else None
    return await posting.create(
        call.state,
        call.request,
        data,
        interaction.channel,
        interaction=interaction,
        reference=reference,
        extra_flags=extra_flags,
    )


async def _deferred(call: Call, interaction: Interaction, data: Json) -> Message:
    reasons = flag_reasons(data.get("flags") or 0, allowed=EPHEMERAL)
    reasons += [f"{key} in a deferred answer" for key in data if key != "flags" and data[key]]
    call.state.refuse_if(reasons)
    _note(call, interaction, data)
    return await _made(call, interaction, data, LOADING)


async def _deferred_update(call: Call, interaction: Interaction, data: Json) -> Message | None:
    _note(call, interaction, data)
    interaction.original = interaction.source
    return interaction.source


async def _update(call: Call, interaction: Interaction, data: Json) -> Message | None:
    source = interaction.source
    if source is None:
        raise unknown("Message")
    await posting.edit(call.state, call.request, data, source, interaction=interaction, allowed=EDITED)
    _note(call, interaction, data)
    interaction.original = source
    return source


async def _choices(call: Call, interaction: Interaction, data: Json) -> None:
    call.state.refuse_if(choice_reasons(data.get("choices") or []))
    _note(call, interaction, data)


async def _modal(call: Call, interaction: Interaction, data: Json) -> None:
    call.state.refuse_if(modal_reasons(data))
    numbered(data["components"])
    _note(call, interaction, data)


_ANSWERS: dict[Callback, Any] = {
    Callback.MESSAGE: _message,
    Callback.DEFERRED_MESSAGE: _deferred,
    Callback.DEFERRED_UPDATE: _deferred_update,
    Callback.UPDATE: _update,
    Callback.CHOICES: _choices,
    Callback.MODAL: _modal,
}


def _interaction(call: Call) -> Interaction:
    """Return the acknowledged interaction whose token the path carries."""
    interaction = call.world.interactions.get(call.path["token"])
    if interaction is None or call.number("application_id") != call.world.application_id:
        raise unknown("Webhook")
    if interaction.expired:
        raise token_expired()
    if interaction.callback is None:
        raise unknown("Webhook")
    return interaction


def _found(call: Call) -> tuple[Interaction, Message]:
    interaction = _interaction(call)
    name = call.path["message_id"]
    there = [*interaction.messages, *([interaction.source] if interaction.source else [])]
    message = interaction.original if name == ORIGINAL else None
    if name != ORIGINAL:
        message = next((each for each in there if str(each.id) == name), None)
    if message is None or message.deleted:
        raise unknown("Message")
    if interaction.channel.deleted:
        raise unknown("Channel")
    return interaction, message


async def fetched(call: Call) -> Answer:
    _, message = _found(call)
    return Answer(message_json(message, call.world))


async def edited(call: Call) -> Answer:
    interaction, message = _found(call)
    await posting.edit(call.state, call.request, call.body, message, interaction=interaction, allowed=EDITED)
    return Answer(message_json(message, call.world))


async def deleted(call: Call) -> Answer:
    _, message = _found(call)
    await posting.delete(call.state, message)
    return NO_CONTENT


async def followed(call: Call) -> Answer:
    """Make a further message; the first after a deferred answer takes its place."""
    interaction, body = _interaction(call), call.body
    thinking = interaction.original
    if thinking is not None and thinking.loading and not thinking.deleted:
        call.state.refuse_if(flag_reasons(body.get("flags") or 0, allowed=ANSWERED))
        given = {**body, "flags": body["flags"] & EDITED} if body.get("flags") is not None else body
        made = await posting.edit(
            call.state, call.request, given, thinking, interaction=interaction, creating=True, allowed=ANSWERED
        )
        return Answer(message_json(made, call.world))
    posting.check(call.state, call.request, body, allowed=ANSWERED, flags=body.get("flags") or 0)
    return Answer(message_json(await _made(call, interaction, body), call.world))


HOOK = "/webhooks/{application_id}/{token}"
ROUTES: list[tuple[str, str, Handler]] = [
    ("POST", "/interactions/{interaction_id}/{token}/callback", acknowledged),
    ("POST", HOOK, followed),
    ("GET", HOOK + "/messages/{message_id}", fetched),
    ("PATCH", HOOK + "/messages/{message_id}", edited),
    ("DELETE", HOOK + "/messages/{message_id}", deleted),
]
