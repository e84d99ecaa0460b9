"""One REST call, as its handler sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.discord.standin.answers import Answer, no_access, unknown
from tests.discord.standin.permissions import inside, visible

if TYPE_CHECKING:
    from tests.discord.standin.state import Request, State
    from tests.discord.standin.world import Channel, Guild, World


@dataclass(frozen=True, slots=True)
class Call:
    state: State
    request: Request
    path: dict[str, str]

    @property
    def world(self) -> World:
        return self.state.world

    @property
    def body(self) -> dict[str, Any]:
        """A copy, so that what is kept of it may change and the record of the request does not."""
        return dict(deepcopy(self.request.body or {}))

    def number(self, name: str) -> int:
        return int(self.path[name])

    def asks(self, name: str) -> bool:
        """Say whether the query sets this flag."""
        return self.request.query.get(name, "").lower() in {"1", "true"}

    def guild(self) -> Guild:
        guild = self.world.guilds.get(self.number("guild_id"))
        if guild is None:
            raise unknown("Guild")
        if not guild.present:
            raise no_access()
        return guild

    def channel(self) -> Channel:
        """Return the channel that the path names, if the bot sees it."""
        channel = self.world.channels.get(self.number("channel_id"))
        if channel is None or channel.deleted or (channel.parent is not None and channel.parent.deleted):
            raise unknown("Channel")
        guild = channel.guild
        if guild is not None and (not guild.present or not visible(channel, guild.members[self.world.bot.id])):
            raise no_access()
        return channel

    def permissions(self, channel: Channel) -> int:
        """Return what the bot may do there; everything in direct messages."""
        return -1 if channel.guild is None else inside(channel, channel.guild.members[self.world.bot.id])


Handler = Callable[[Call], Awaitable[Answer]]
