"""The little world the stand-in shows to a bot: guilds, members, channels, messages. It knows no wire format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from time import perf_counter, time
from typing import TYPE_CHECKING

from tests.discord.standin.permissions import EVERYDAY
from tests.discord.standin.snowflakes import Snowflakes

if TYPE_CHECKING:
    from tests.discord.standin.interactions import Interaction
    from tests.discord.standin.messages import Attachment, Message

ROLE, MEMBER = 0, 1


class Kind(IntEnum):
    TEXT = 0
    DM = 1
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


THREADS = {Kind.ANNOUNCEMENT_THREAD, Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD}


@dataclass(eq=False, slots=True)
class User:
    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    takes_dms: bool = True

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False, slots=True)
class Role:
    id: int
    name: str
    permissions: int
    position: int = 1
    managed: bool = False


@dataclass(eq=False, slots=True)
class Member:
    user: User
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None


@dataclass(eq=False, slots=True)
class Overwrite:
    id: int
    kind: int
    allow: int = 0
    deny: int = 0


@dataclass(eq=False, slots=True)
class Guild:
    id: int
    name: str
    owner: User
    locale: str
    everyone: Role
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)
    present: bool = True  # whether the bot is in it

    def member(self, user: User) -> Member:
        """Return the user's membership; who was not in the guild joins it without a role."""
        return self.members.setdefault(user.id, Member(user))

    def add(self, user: User, *roles: str, nick: str | None = None) -> Member:
        self.members[user.id] = Member(user, [self.roles[name] for name in roles], nick)
        return self.members[user.id]


@dataclass(eq=False, slots=True)
class Channel:
    id: int
    kind: Kind
    name: str = ""
    guild: Guild | None = None
    parent: Channel | None = None
    recipient: User | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    members: set[int] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    deleted: bool = False
    locked: bool = False
    owner_id: int = 0

    @property
    def is_thread(self) -> bool:
        return self.kind in THREADS

    @property
    def is_private_thread(self) -> bool:
        return self.kind is Kind.PRIVATE_THREAD

    @property
    def is_dm(self) -> bool:
        return self.kind is Kind.DM


class World:
    """Everything there is; `bot` is the one user that is driven by discord.py."""

    def __init__(self, name: str = "briefbot") -> None:
        self.ids = Snowflakes()
        self.bot = User(self.ids.old(), name, bot=True)
        self.application_id = self.bot.id
        self.address = ""  # of the server, filled when it runs: attachments carry it
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.attachments: dict[int, Attachment] = {}
        self.interactions: dict[str, Interaction] = {}  # by token
        self._epoch = time() - perf_counter()

    def user(self, name: str, *, locale: str = "en-US", takes_dms: bool = True) -> User:
        made = User(self.ids.old(), name, locale=locale, takes_dms=takes_dms)
        self.users[made.id] = made
        return made

    def guild(
        self,
        name: str,
        *,
        roles: Mapping[str, int] | Iterable[str] = (),
        members: Iterable[User] = (),
        locale: str = "en-US",
        everyone: int = EVERYDAY,
        bot: int = EVERYDAY,
        shard: tuple[int, int] = (0, 1),
        present: bool = True,
    ) -> Guild:
        """Make a guild. `roles` are names, or names with permissions; `bot` are those of the bot's own role."""
        number = self.ids.old_on(*shard)
        owner = self.user(f"owner of {name}")
        made = Guild(number, name, owner, locale, Role(number, "@everyone", everyone, 0), present=present)
        given = roles if isinstance(roles, Mapping) else dict.fromkeys(roles, 0)
        for position, (role, permissions) in enumerate(given.items(), 1):
            made.roles[role] = Role(self.ids.old(), role, int(permissions), position)
        made.roles[self.bot.name] = Role(self.ids.old(), self.bot.name, int(bot), len(made.roles) + 1, managed=True)
        made.add(self.bot, self.bot.name)
        made.add(owner)
        for user in members:
            made.add(user)
        self.guilds[number] = made
        return made

    def channel(self, guild: Guild, name: str, kind: Kind = Kind.TEXT) -> Channel:
        return self._place(Channel(self.ids.old(), kind, name, guild))

    def announcement(self, guild: Guild, name: str) -> Channel:
        return self.channel(guild, name, Kind.ANNOUNCEMENT)

    def forum(self, guild: Guild, name: str) -> Channel:
        return self.channel(guild, name, Kind.FORUM)

    def thread(self, parent: Channel, name: str, *, private: bool = False, members: Iterable[User] = ()) -> Channel:
        """Make a thread in a channel or a post in a forum. The bot is in a private one only if it is named."""
        public = Kind.ANNOUNCEMENT_THREAD if parent.kind is Kind.ANNOUNCEMENT else Kind.PUBLIC_THREAD
        made = Channel(self.ids.old(), Kind.PRIVATE_THREAD if private else public, name, parent.guild, parent)
        made.members = {user.id for user in members}
        made.owner_id = next(iter(made.members), parent.guild.owner.id if parent.guild else 0)
        return self._place(made)

    def dm(self, user: User) -> Channel:
        """Return the direct messages between the bot and a user; there is one such channel."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        return self._place(Channel(self.ids.old(), Kind.DM, recipient=user))

    def _place(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        if channel.guild is not None:
            channel.guild.channels.append(channel)
        return channel

    def overwrite(self, channel: Channel, target: Role | User, *, allow: int = 0, deny: int = 0) -> None:
        """Set the permission overwrite of a role or a user in a channel."""
        kind = ROLE if isinstance(target, Role) else MEMBER
        channel.overwrites[target.id] = Overwrite(target.id, kind, int(allow), int(deny))

    def wall_clock(self, at: float) -> float:
        """Return the time of day of a moment of perf_counter, in seconds since 1970."""
        return self._epoch + at

    def attach(self, file: Attachment) -> Attachment:
        """Keep a file where its address can be asked for."""
        self.attachments[file.id] = file
        return file

    def keep(self, message: Message) -> Message:
        """Put a message into its channel as its first version."""
        message.note_version()
        self.messages[message.id] = message
        message.channel.messages.append(message)
        return message
