"""The routes about the bot itself, users, guilds and direct messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.discord.standin.answers import Answer, unknown
from tests.discord.standin.payloads import application_json, channel_json, guild_json, me_json, member_json, user_json

if TYPE_CHECKING:
    from tests.discord.standin.calls import Call, Handler


async def me(call: Call) -> Answer:
    return Answer(me_json(call.world.bot))


async def user(call: Call) -> Answer:
    found = call.world.users.get(call.number("user_id"))
    if found is None:
        raise unknown("User")
    return Answer(user_json(found))


async def application(call: Call) -> Answer:
    return Answer(application_json(call.world))


async def gateway(call: Call) -> Answer:
    return Answer({"url": call.state.gateway.url})


async def gateway_bot(call: Call) -> Answer:
    limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    return Answer({"url": call.state.gateway.url, "shards": call.state.shards, "session_start_limit": limit})


async def direct_messages(call: Call) -> Answer:
    recipient = call.world.users.get(int(call.body.get("recipient_id") or 0))
    if recipient is None:
        raise unknown("User")
    return Answer(channel_json(call.world.dm(recipient)))


async def guild(call: Call) -> Answer:
    return Answer(guild_json(call.guild()))


async def guild_member(call: Call) -> Answer:
    found = call.guild().members.get(call.number("user_id"))
    if found is None:
        raise unknown("Member")
    return Answer(member_json(found))


ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/users/@me", me),
    ("GET", "/users/{user_id}", user),
    ("GET", "/oauth2/applications/@me", application),
    ("GET", "/applications/@me", application),
    ("GET", "/gateway", gateway),
    ("GET", "/gateway/bot", gateway_bot),
    ("POST", "/users/@me/channels", direct_messages),
    ("GET", "/guilds/{guild_id}", guild),
    ("GET", "/guilds/{guild_id}/members/{user_id}", guild_member),
]
