"""The routes that register application commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.discord.standin.answers import NO_CONTENT, Answer, unknown
from tests.discord.standin.command_store import Definition, without_localizations
from tests.discord.standin.limits_commands import command_reasons, commands_reasons

if TYPE_CHECKING:
    from tests.discord.standin.calls import Call, Handler


def _scope(call: Call) -> int | None:
    if int(call.path["application_id"]) != call.world.application_id:
        raise unknown("Account")
    return call.guild().id if "guild_id" in call.path else None


def _one(call: Call) -> Definition:
    found = call.state.commands.by_id(_scope(call), call.number("command_id"))
    if found is None:
        raise unknown("Application Command")
    return found


async def listed(call: Call) -> Answer:
    stored = call.state.commands.all(_scope(call))
    if call.asks("with_localizations"):
        return Answer(stored)
    return Answer([without_localizations(each) for each in stored])


async def replaced(call: Call) -> Answer:
    scope, definitions = _scope(call), call.request.body or []
    call.state.refuse_if(commands_reasons(definitions))
    call.state.commands.replace(scope, definitions, call.world.ids.new, call.world.application_id)
    call.state.bell.ring()
    return Answer(call.state.commands.all(scope))


async def created(call: Call) -> Answer:
    return _stored(call, call.body)


async def fetched(call: Call) -> Answer:
    return Answer(_one(call))


async def edited(call: Call) -> Answer:
    answer = _stored(call, {**_one(call), **call.body})
    return Answer(answer.body)


async def deleted(call: Call) -> Answer:
    if not call.state.commands.delete(_scope(call), call.number("command_id")):
        raise unknown("Application Command")
    return NO_CONTENT


def _stored(call: Call, definition: Definition) -> Answer:
    call.state.refuse_if(command_reasons(definition))
    made, is_new = call.state.commands.put(_scope(call), definition, call.world.ids.new, call.world.application_id)
    call.state.bell.ring()
    return Answer(made, 201 if is_new else 200)


ALL, ONE = "/applications/{application_id}/commands", "/applications/{application_id}/commands/{command_id}"
IN_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"
ROUTES: list[tuple[str, str, Handler]] = [
    (method, path, handler)
    for every, single in [(ALL, ONE), (IN_GUILD, f"{IN_GUILD}/{{command_id}}")]
    for method, path, handler in [
        ("GET", every, listed),
        ("PUT", every, replaced),
        ("POST", every, created),
        ("GET", single, fetched),
        ("PATCH", single, edited),
        ("DELETE", single, deleted),
    ]
]
