"""What changes while the bot runs: faults, lost connections, channels, permissions, guilds. Each tells the gateway."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tests.discord.standin import posting
from tests.discord.standin.faults import Fault, Match
from tests.discord.standin.gateway import GUILDS, INVALID_SESSION, RECONNECT
from tests.discord.standin.payloads import channel_json, guild_create_json, member_json, role_json
from tests.discord.standin.permissions import visible

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.discord.standin.gateway import Connection
    from tests.discord.standin.messages import Message
    from tests.discord.standin.state import State
    from tests.discord.standin.world import Channel, Guild, Member, Role, User


class Upheaval:
    state: State

    def fault(self, match: Match, kind: str, times: int = 1, **how: Any) -> Fault:
        """Let a fault strike the next requests that match; see `Fault` for the kinds and the rest."""
        made = Fault(match, kind, times, **how)
        self.state.faults.append(made)
        return made

    def clear_faults(self) -> None:
        self.state.faults.clear()

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Cut every connection, gateway and REST, and accept none until the block ends."""
        self.state.away = True
        await self.drop_gateway()
        try:
            yield
        finally:
            self.state.away = False

    async def drop_gateway(self, shard: int | None = None) -> None:
        """Break the gateway's connections without a word; the sessions can be resumed."""
        gone = set(self._connections(shard))
        for connection in gone:
            connection.cut()
        await self.state.bell.until(lambda: gone.isdisjoint(self.state.gateway.connections), "the connections' end", 5)

    async def request_reconnect(self, shard: int | None = None) -> None:
        for connection in self._connections(shard):
            await connection.send({"op": RECONNECT, "d": None})

    async def invalidate_session(self, *, resumable: bool = False, shard: int | None = None) -> None:
        for connection in self._connections(shard):
            session = connection.session
            if session is not None and not resumable:
                self.state.gateway.sessions.remove(session)
                connection.session = None
            await connection.send({"op": INVALID_SESSION, "d": resumable})

    async def close_gateway(self, code: int, shard: int | None = None) -> None:
        """Close the gateway's connections with a code."""
        for connection in self._connections(shard):
            await connection.socket.close(code=code)

    def refuse_identify(self, code: int | None) -> None:
        """Close every connection that identifies itself with this code, until it is None again."""
        self.state.gateway.refuse_identify = code

    def _connections(self, shard: int | None) -> list[Connection]:
        there = list(self.state.gateway.connections)
        return [each for each in there if shard is None or (each.session and each.session.shard == shard)]

    async def _tell(self, guild: Guild | None, name: str, data: Any) -> None:
        await self.state.gateway.dispatch(guild, name, data, intent=GUILDS)

    async def delete_message(self, message: Message) -> None:
        await posting.delete(self.state, message)

    async def announce(self, channel: Channel) -> None:
        """Tell the bot of a channel or thread that was made after it came."""
        name = "THREAD_CREATE" if channel.is_thread else "CHANNEL_CREATE"
        told = {**channel_json(channel, self.state.world.bot), "newly_created": True}
        if channel.guild is not None and visible(channel, channel.guild.members[self.state.world.bot.id]):
            await self._tell(channel.guild, name, told)

    async def delete_channel(self, channel: Channel) -> None:
        channel.deleted = True
        await self._tell(
            channel.guild, "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel_json(channel)
        )

    async def permit(self, channel: Channel, target: Role | User, *, allow: int = 0, deny: int = 0) -> None:
        """Set a role's or a user's overwrite in a channel."""
        self.state.world.overwrite(channel, target, allow=allow, deny=deny)
        await self._tell(channel.guild, "CHANNEL_UPDATE", channel_json(channel))

    async def empower(self, guild: Guild, role: Role, permissions: int) -> None:
        """Set a role's permissions in the whole guild."""
        role.permissions = int(permissions)
        await self._tell(guild, "GUILD_ROLE_UPDATE", {"guild_id": str(guild.id), "role": role_json(role)})

    async def set_roles(self, guild: Guild, user: User, *roles: str) -> Member:
        """Set a member's roles; without the members' intent a bot hears only of its own."""
        member = guild.add(user, *roles, nick=guild.member(user).nick)
        if user is self.state.world.bot:
            await self._tell(guild, "GUILD_MEMBER_UPDATE", {**member_json(member), "guild_id": str(guild.id)})
        return member

    async def join_guild(self, guild: Guild) -> None:
        """Let the bot come into a guild, which may be a new one or one that it left."""
        guild.present = True
        await self._tell(guild, "GUILD_CREATE", guild_create_json(guild, self.state.world.bot, joined=True))

    async def leave_guild(self, guild: Guild) -> None:
        guild.present = False
        await self._tell(guild, "GUILD_DELETE", {"id": str(guild.id)})

    async def guild_outage(self, guild: Guild) -> None:
        await self._tell(guild, "GUILD_DELETE", {"id": str(guild.id), "unavailable": True})

    async def guild_returns(self, guild: Guild) -> None:
        await self._tell(guild, "GUILD_CREATE", guild_create_json(guild, self.state.world.bot))
