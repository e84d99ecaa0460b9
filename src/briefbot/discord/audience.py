"""Who will read what is said: everybody in a channel, one person there, or one person in private messages.

Roles and channels are taken from the event at hand, never from an earlier one; only the roles of somebody who writes a
private message are kept, for a minute. This module refuses to know what may be seen: that is decided in `access`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import discord

from briefbot.access import Access, Audience, Seat, open_guilds

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefbot.model import Scope
    from briefbot.serving.desk import Opened
    from briefbot.settings import AccessRule, DiscordSettings

_KEPT = 60  # seconds
_MOST = 1_000  # people, or scopes, that are remembered


@dataclass(slots=True)
class Visibility:
    """What each audience may see; it remembers scopes for as long as their generation is in force."""

    client: discord.Client
    rules: tuple[AccessRule, ...]
    settings: DiscordSettings
    clock: Callable[[], float] = time.monotonic
    _roles: dict[int, tuple[float, Audience]] = field(default_factory=dict, init=False)
    _scopes: WeakKeyDictionary[Opened, dict[tuple[Access, Audience], Scope]] = field(
        default_factory=WeakKeyDictionary, init=False
    )

    @property
    def is_settled(self) -> bool:
        """Whether every shard has told of its guilds."""
        return (self.client.shard_count or 1) == 1 or self.client.is_ready()

    async def settled(self) -> None:
        """Wait until every shard has told of its guilds."""
        if not self.is_settled:
            await self.client.wait_until_ready()

    @property
    def access(self) -> Access:
        """The rules in force for the guilds that the bot is in now.

        Until every shard has told of its guilds nobody knows which of them came first, so only `home` is open.
        """
        if not self.is_settled:
            return Access(self.rules, self.settings.home)
        joined = {guild.id: guild.me.joined_at if guild.me else None for guild in self.client.guilds}
        return Access(self.rules, open_guilds(self.settings.home, joined))

    def seen_by(self, audience: Audience) -> Callable[[Opened], Scope]:
        """Return what finds the documents of a generation that an audience may see, by the rules of now.

        What is returned may be called in another thread.
        """
        access = self.access
        return lambda opened: self._scope(access, audience, opened)

    def _scope(self, access: Access, audience: Audience, opened: Opened) -> Scope:
        scopes = self._scopes.setdefault(opened, {})
        known = scopes.get((access, audience))
        if known is None:
            if len(scopes) >= _MOST:
                scopes.clear()
            known = scopes[access, audience] = access.scope(audience, [line.name for line in opened.documents])
        return known

    def is_public(self, channel: Any) -> bool:
        """Tell whether answers may be public in a channel."""
        return not self.settings.public_channels or bool(self.settings.public_channels & channel_ids(channel))

    def is_private(self, interaction: discord.Interaction[Any], wish: bool | None) -> bool:
        """Tell whether an answer is for the asker alone: wished so, not a public place, or seen by a role's right."""
        if interaction.guild_id is None:  # nobody else reads what is said to the bot alone
            return interaction.context.private_channel
        if not self.is_public(interaction.channel):
            return True
        return self.access.roles_add(_seat_of(interaction)) if wish is None else wish

    async def asker(self, interaction: discord.Interaction[Any]) -> Audience:
        """Return the one who caused an interaction as the only reader."""
        if interaction.guild_id is None:
            return await self.in_private_messages(interaction.user.id)
        return Audience((_seat_of(interaction),))

    def everybody(self, guild: int, channel: Any) -> Audience:
        """Return everybody who can view a channel."""
        return Audience((Seat(guild, channel_ids(channel), frozenset()),))

    async def in_private_messages(self, user: int) -> Audience:
        """Return the reader of private messages, with the roles of now in each guild that has documents to show."""
        now = self.clock()
        kept = self._roles.get(user)
        if kept and now - kept[0] < _KEPT:
            return kept[1]
        if len(self._roles) >= _MOST:
            self._roles.clear()
        wanted = [guild for guild in self.client.guilds if self._is_configured(guild)]
        seats = [seat for guild in wanted if (seat := await _membership(guild, user))]
        self._roles[user] = (now, Audience(tuple(seats)))
        return self._roles[user][1]

    def _is_configured(self, guild: discord.Guild) -> bool:
        roles = (role for rule in self.rules for role in rule.roles)
        return guild.id in self.access.guilds or any(guild.get_role(role) for role in roles)


def channel_ids(channel: Any) -> frozenset[int]:
    """Return the ids by which rules may name a channel: its own and, for a thread, its parent's."""
    if channel is None:
        return frozenset()
    parent = getattr(channel, "parent_id", None)
    return frozenset(filter(None, (channel.id, parent)))


def role_ids(user: discord.User | discord.Member) -> frozenset[int]:
    """Return the roles somebody has in the guild of the event at hand."""
    return frozenset(role.id for role in user.roles) if isinstance(user, discord.Member) else frozenset()


def _seat_of(interaction: discord.Interaction[Any]) -> Seat:
    return Seat(interaction.guild_id or 0, channel_ids(interaction.channel), role_ids(interaction.user))


async def _membership(guild: discord.Guild, user: int) -> Seat | None:
    try:
        member = await guild.fetch_member(user)
    except (discord.NotFound, discord.Forbidden):  # he is not in it, or the bot no longer is
        return None
    return Seat(guild.id, frozenset(), role_ids(member))
