"""The routes about channels and the messages in them."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from tests.discord.standin import posting
from tests.discord.standin.answers import NO_CONTENT, Answer, Refused, no_permission, unknown
from tests.discord.standin.limits import CREATED, EDITED
from tests.discord.standin.payloads import channel_json, message_json
from tests.discord.standin.permissions import Permission
from tests.discord.standin.world import Channel, Kind

if TYPE_CHECKING:
    from tests.discord.standin.calls import Call, Handler
    from tests.discord.standin.messages import Message

SECONDS_OF_A_NONCE = 300.0
UNKNOWN_REPLY = {"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}


async def channel(call: Call) -> Answer:
    return Answer(channel_json(call.channel(), call.world.bot))


async def typing(call: Call) -> Answer:
    _may_send(call, call.channel())
    return NO_CONTENT


async def posted(call: Call) -> Answer:
    found, body = call.channel(), call.body
    _may_send(call, found)
    first = _same_nonce(found, body)
    if first is not None:
        return Answer(message_json(first, call.world))
    posting.check(call.state, call.request, body, allowed=CREATED, flags=body.get("flags") or 0)
    reference = _reference(call, found, body.get("message_reference"))
    made = await posting.create(call.state, call.request, body, found, reference=reference)
    return Answer(message_json(made, call.world))


def _may_send(call: Call, found: Channel) -> None:
    if found.recipient is not None and not found.recipient.takes_dms:
        raise Refused(403, 50007, "Cannot send messages to this user")
    if found.kind in {Kind.FORUM, Kind.CATEGORY}:
        raise Refused(400, 50008, "Cannot send messages in a non-text channel", recorded=True)
    allowed = call.permissions(found)
    needed = Permission.SEND_MESSAGES_IN_THREADS if found.is_thread else Permission.SEND_MESSAGES
    if not allowed & needed or (call.request.files and not allowed & Permission.ATTACH_FILES):
        raise no_permission()
    if found.locked and not allowed & Permission.MANAGE_THREADS:
        raise Refused(400, 160005, "Thread is locked")


def _same_nonce(found: Channel, body: dict[str, Any]) -> Message | None:
    if not body.get("enforce_nonce") or body.get("nonce") is None:
        return None
    fresh = perf_counter() - SECONDS_OF_A_NONCE
    same = [each for each in found.messages if each.nonce == str(body["nonce"]) and each.at > fresh]
    return same[0] if same else None


def _reference(call: Call, found: Channel, given: dict[str, Any] | None) -> Message | None:
    if not given or given.get("message_id") is None:
        return None
    if not call.permissions(found) & Permission.READ_MESSAGE_HISTORY:
        raise Refused(400, 160002, "Cannot reply without permission to read message history")
    message = call.world.messages.get(int(given["message_id"]))
    if message is not None and not message.deleted and message.channel is found:
        return message
    if given.get("fail_if_not_exists") is False:
        return None
    raise Refused(400, 50035, "Invalid Form Body", errors={"message_reference": {"_errors": [UNKNOWN_REPLY]}})


def _message(call: Call) -> Message:
    found = call.channel()
    if not call.permissions(found) & Permission.READ_MESSAGE_HISTORY:
        raise no_permission()
    message = call.world.messages.get(call.number("message_id"))
    if message is None or message.deleted or message.ephemeral or message.channel is not found:
        raise unknown("Message")
    return message


async def fetched(call: Call) -> Answer:
    return Answer(message_json(_message(call), call.world))


async def listed(call: Call) -> Answer:
    found, query = call.channel(), call.request.query
    if not call.permissions(found) & Permission.READ_MESSAGE_HISTORY:
        return Answer([])
    there = [each for each in found.messages if not each.deleted and not each.ephemeral]
    limit = int(query.get("limit", 50))
    if "after" in query:
        there = [each for each in there if each.id > int(query["after"])][:limit]
    if "before" in query:
        there = [each for each in there if each.id < int(query["before"])]
    return Answer([message_json(each, call.world) for each in reversed(there[-limit:])])


async def edited(call: Call) -> Answer:
    message = _message(call)
    if message.author is not call.world.bot:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    await posting.edit(call.state, call.request, call.body, message, allowed=EDITED)
    return Answer(message_json(message, call.world))


async def deleted(call: Call) -> Answer:
    message = _message(call)
    if message.author is not call.world.bot and not call.permissions(message.channel) & Permission.MANAGE_MESSAGES:
        raise no_permission()
    await posting.delete(call.state, message)
    return NO_CONTENT


ONE = "/channels/{channel_id}/messages/{message_id}"
ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/channels/{channel_id}", channel),
    ("POST", "/channels/{channel_id}/typing", typing),
    ("POST", "/channels/{channel_id}/messages", posted),
    ("GET", "/channels/{channel_id}/messages", listed),
    ("GET", ONE, fetched),
    ("PATCH", ONE, edited),
    ("DELETE", ONE, deleted),
]
