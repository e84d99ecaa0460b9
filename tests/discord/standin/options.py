"""Turns what a user typed after a command into the data of an interaction, refusing what Discord's client refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from mimetypes import guess_type
from typing import TYPE_CHECKING, Any

from tests.discord.standin.limits_components import units
from tests.discord.standin.messages import Attachment
from tests.discord.standin.payloads import (
    attachment_json,
    bare_member_json,
    channel_json,
    message_json,
    role_json,
    user_json,
)
from tests.discord.standin.permissions import inside

if TYPE_CHECKING:
    from tests.discord.standin.messages import Message
    from tests.discord.standin.world import Channel, User, World

Json = dict[str, Any]
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE = range(1, 12)
LONGEST_TYPED = 6000


@dataclass(slots=True)
class Typing:
    """One use of a command: where, and what it mentions, which Discord resolves."""

    world: World
    channel: Channel
    resolved: dict[str, Json] = field(default_factory=dict)
    focused: str | None = None  # the option in which the user is still typing

    def options(self, definitions: list[Json], names: list[str], values: dict[str, Any]) -> list[Json]:
        """Return the options of a command, below the subcommands that `names` says."""
        if names:
            sub = _of_name(definitions, names[0])
            inner = self.options(sub.get("options") or [], names[1:], values)
            return [{"name": sub["name"], "type": sub["type"], "options": inner}]
        given = [self._option(_of_name(definitions, name), value) for name, value in values.items()]
        missing = [each["name"] for each in definitions if each.get("required") and each["name"] not in values]
        assert self.focused is not None or not missing, f"the client would not send it without {missing}"
        return given

    def _option(self, definition: Json, value: Any) -> Json:
        if definition["name"] == self.focused:
            assert definition.get("autocomplete"), f"{definition['name']} has no autocomplete"
            return {"name": definition["name"], "type": definition["type"], "value": value, "focused": True}
        self._check(definition, value)
        return {"name": definition["name"], "type": definition["type"], "value": self._value(definition["type"], value)}

    def _check(self, definition: Json, value: Any) -> None:
        name, kind = definition["name"], definition["type"]
        wanted = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: int | float}.get(kind)
        assert wanted is None or isinstance(value, wanted), f"{name} takes {wanted}"
        if kind == STRING:
            least, most = definition.get("min_length", 0), definition.get("max_length", LONGEST_TYPED)
            assert least <= units(value) <= most, f"{name} takes {least} to {most} characters"
        if kind in {INTEGER, NUMBER}:
            least, most = definition.get("min_value", float("-inf")), definition.get("max_value", float("inf"))
            assert least <= value <= most, f"{name} takes {least} to {most}"
        choices = [choice["value"] for choice in definition.get("choices") or []]
        assert not choices or value in choices, f"{name} is one of {choices}"

    def _value(self, kind: int, value: Any) -> Any:
        if kind in {USER, MENTIONABLE}:
            return self.user(value)
        if kind == CHANNEL:
            return self._channel(value)
        if kind == ROLE:
            return self._resolve("roles", value.id, role_json(value))
        if kind == FILE:
            return self._file(value)
        return value

    def user(self, user: User) -> str:
        if self.channel.guild is not None:
            member = self.channel.guild.member(user)
            permissions = {"permissions": str(inside(self.channel, member))}
            self._resolve("members", user.id, bare_member_json(member) | permissions)
        return self._resolve("users", user.id, user_json(user))

    def _channel(self, channel: Channel) -> str:
        return self._resolve("channels", channel.id, channel_json(channel) | {"permissions": "0"})

    def _file(self, value: tuple[str, bytes]) -> str:
        filename, content = value
        kind = guess_type(filename)[0] or "application/octet-stream"
        file = self.world.attach(Attachment(self.world.ids.new(), filename, content, kind))
        return self._resolve("attachments", file.id, attachment_json(file, self.channel, self.world, ephemeral=True))

    def message(self, message: Message) -> str:
        return self._resolve("messages", message.id, message_json(message, self.world, whole=True))

    def _resolve(self, what: str, number: int, written: Json) -> str:
        self.resolved.setdefault(what, {})[str(number)] = written
        return str(number)


def _of_name(definitions: list[Json], name: str) -> Json:
    for definition in definitions:
        if definition["name"] == name:
            return definition
    raise AssertionError(f"no option {name!r} among {[each['name'] for each in definitions]}")
