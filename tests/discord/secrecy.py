"""Secrets and who may know them: an archive read from three guilds, the expectation written by hand, an ear for leaks.

Every paper has words that stand in no other: its secret in its text, title, author and address, its stem in its name,
and its folder. Who may know them is told here from what the rules mean, and not by the code that reads the rules. The
`Ear` goes through everything the bot ever sent and looks for words that reached somebody who may not know them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any

from tests.desk import Desk
from tests.discord.bench import Bench
from tests.discord.overheard import NOTES
from tests.discord.standin.permissions import EVERYDAY, Permission
from tests.discord.standin.stage import Discord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.discord.standin.interactions import Interaction
    from tests.discord.standin.messages import Message, Version
    from tests.discord.standin.process import BotProcess
    from tests.discord.standin.world import Channel, Guild, User

GUILDS, CHANNELS, ROLES = ("alpha", "beta", "gamma"), ("hall", "lab", "desk"), ("red", "blue", "green")
FORUM = "board"
INSIDE = {"thread": "hall", "cellar": "lab", "post": FORUM}  # a public thread, a private one, a post in a forum
PLACES = (*CHANNELS, *INSIDE)
PEOPLE = {
    "nobody": (),
    "red": ("red",),
    "blue": ("blue",),
    "green": ("green",),
    "all": ROLES,
    "admin": ("admin",),
    "owner": (),
}
PATIENCE = 60.0  # seconds that the slowest answer may take beside all the others
_CONSONANTS, _VOWELS = "bdfgklmnprstvw", "aeiou"


def word(beginning: str, number: int) -> str:
    """Return a word that no other number has, and that is part of none of theirs."""
    syllables = [consonant + vowel for consonant, vowel in product(_CONSONANTS, _VOWELS)]
    return f"{beginning}{syllables[number // len(syllables)]}{syllables[number % len(syllables)]}"


@dataclass(frozen=True, slots=True)
class Paper:
    """A document and for whom it is: for those of a guild, a channel, a role, each where it is named; or for nobody."""

    number: int
    kind: str
    guild: str = ""
    channel: str = ""
    role: str = ""
    shelf: int | None = None  # the number of the paper whose folder it is in
    twin: bool = False

    @property
    def secret(self) -> str:
        return word("zq", self.number)

    @property
    def stem(self) -> str:
        return word("lemma", self.number)

    @property
    def folder(self) -> str:
        return word("shelf", self.number if self.shelf is None else self.shelf)

    @property
    def name(self) -> str:
        return f"{self.folder}/{self.stem}.md"

    @property
    def text(self) -> str:
        secret = self.secret.title()
        head = f"---\ntitle: Paper {secret}\nauthor: Author {secret}\nurl: https://papers.example/{self.secret}\n---\n"
        if self.twin:
            return f"{head}The two gardeners planted tulips beside the northern wall of the orchard in April.\n"
        return (
            f"{head}# Paper {secret}\n\nTo begin with, {self.secret} was a quiet harbour town.\n\n"
            f"The {self.stem} clause says that {self.secret} is what one must remember.\n\n"
            f"“In the end {self.secret} was forgotten by everyone,” said Teller {secret}.\n"
        )


def _papers() -> Iterator[tuple[str, str, str, str]]:
    """Give kind, guild, channel and role of every paper but the special ones."""
    yield from [("commons", "", "", "")] * 2
    yield from (("guild", guild, "", "") for guild in GUILDS)
    yield from (("channel", guild, channel, "") for guild in GUILDS for channel in (*CHANNELS, FORUM))
    yield from (("role", guild, "", role) for guild in GUILDS for role in ROLES)
    yield from (("both", guild, channel, role) for guild in GUILDS for channel in CHANNELS for role in ROLES)
    yield from [("unplaced", "", "", ""), ("crossed", "alpha", "", "red"), ("crossed", "alpha", "hall", "")]
    yield ("everyone", "gamma", "", "")


def papers() -> tuple[Paper, ...]:
    made = [Paper(i, *told) for i, told in enumerate(_papers())]
    first = len(made)
    mixed = [Paper(first, "guild", "alpha"), Paper(first + 1, "role", "alpha", "", "red", shelf=first)]
    twins = [
        Paper(first + 2, "guild", "alpha", twin=True),
        Paper(first + 3, "role", "alpha", "", "red", twin=True),
    ]
    return (*made, *mixed, *twins)


PAPERS = papers()


@dataclass(frozen=True, slots=True)
class Reader:
    """Where somebody reads, and what he is there: the channel with, for a thread, its parent; roles as `alpha.red`."""

    guild: str
    channels: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()


def may_know(paper: Paper, readers: Iterable[Reader]) -> bool:
    """Tell from the meaning of the rules whether one of these readers may know a paper."""
    return any(_knows(paper, reader) for reader in readers)


def _knows(paper: Paper, reader: Reader) -> bool:
    channel, role = f"{paper.guild}.{paper.channel}", f"{paper.guild}.{paper.role}"
    match paper.kind:
        case "commons":
            return reader.guild in GUILDS
        case "guild" | "everyone":
            return reader.guild == paper.guild
        case "channel":
            return channel in reader.channels
        case "role":
            return role in reader.roles
        case "both":
            return channel in reader.channels and role in reader.roles
        case _:
            return False  # no rule names it, or its rule fits no place


class Archive(Bench):
    """Three guilds with the same channels and roles, their people, and a bot whose rules place the papers.

    `guilds` are by name, `places` and `people` by `(guild, name)`. Without rules it is for the `open` guilds.
    """

    module = "tests.discord.overheard"

    def __init__(self, folder: Path, settings: str = "", *, ruled: bool = True, shards: int = 1) -> None:
        self.folder = folder
        self._held = folder / "held"
        self._held.mkdir()
        self.desk = Desk(folder)
        self.desk.encoder.name = "words"
        for paper in PAPERS:
            self.desk.write(paper.name, paper.text)
        self.desk.build()
        self.discord = Discord(shards=shards)
        self.ruled, self.open = ruled, {"alpha"}
        self.guilds: dict[str, Guild] = {}
        self.places: dict[tuple[str, str], Channel] = {}
        self.people: dict[tuple[str, str], User] = {}
        for name in GUILDS:
            self._found(name, shards)
        self.settings((settings or "[discord]\nqueue = 1000\n") + (self._rules() if ruled else ""))
        self.ear = Ear(self)

    def new_bot(self, *arguments: str, **environment: str) -> BotProcess:
        return super().new_bot(*arguments, **{NOTES: str(self.folder / "notes"), **environment})

    async def use(self, user: User, channel: Channel, name: str, **options: Any) -> Message:
        """Have somebody use a command, and return what came of it."""
        return await (await self.discord.command(user, channel, name, **options)).answer(PATIENCE)

    async def press(self, user: User, message: Message, label: str) -> Message:
        """Have somebody press a button, and return what came of it."""
        return await (await self.discord.click(user, message, label)).answer(PATIENCE)

    async def write(self, user: User, text: str) -> Message:
        """Have somebody write to the bot alone, and return its reply."""
        dm = self.discord.world.dm(user)
        said = await self.discord.say(user, dm, text)
        return await self.discord.next_message(dm, after=said, within=PATIENCE)

    def _found(self, name: str, shards: int) -> None:
        """Make a guild; alpha and gamma are on the last shard, beta on the first."""
        world = self.discord.world
        roles = {**dict.fromkeys(ROLES, 0), "admin": int(Permission.ADMINISTRATOR)}
        shard = (0 if name == "beta" else shards - 1, shards)
        made = self.guilds[name] = world.guild(name, roles=roles, shard=shard, bot=EVERYDAY | Permission.MANAGE_THREADS)
        for who, held in PEOPLE.items():
            user = self.people[name, who] = made.owner if who == "owner" else world.user(f"{who} of {name}")
            made.add(user, *held)
        for channel in CHANNELS:
            self.places[name, channel] = world.channel(made, channel)
        self.places[name, FORUM] = world.forum(made, FORUM)
        everybody = [*(self.people[name, who] for who in PEOPLE), world.bot]
        for inside, parent in INSIDE.items():
            private = inside == "cellar"
            where = self.places[name, parent]
            self.places[name, inside] = world.thread(where, inside, private=private, members=everybody)

    def _rules(self) -> str:
        return "".join(self._rule(paper) for paper in PAPERS if paper.kind != "unplaced")

    def _rule(self, paper: Paper) -> str:
        """Write a paper's rule: by its folder, by its name or by a pattern, in turn."""
        entry = (paper.folder, paper.name, f"*/{paper.stem}*")[paper.number % 3]
        if paper.shelf is not None or any(other.shelf == paper.number for other in PAPERS):
            entry = (paper.name, f"{paper.folder}/{paper.stem}*")[paper.number % 2]
        guild = self.guilds.get(paper.guild)
        other = self.guilds["beta"]  # of which a crossed rule names a role or a channel
        foreign = other if paper.kind == "crossed" else guild
        limits: dict[str, list[int]] = {}
        if paper.kind == "commons":
            limits["guilds"] = [each.id for each in self.guilds.values()]
        if guild and paper.kind in {"guild", "both", "crossed"}:
            limits["guilds"] = [guild.id]
        if guild and paper.kind == "everyone":
            limits["roles"] = [guild.id]  # Discord's @everyone
        if foreign and paper.channel:
            limits["channels"] = [self.places[foreign.name, paper.channel].id]
        if foreign and paper.role:
            limits["roles"] = [foreign.roles[paper.role].id]
        lines = [f"{kind} = {ids}" for kind, ids in limits.items()]
        return "\n".join(["[[access]]", f"documents = [{json.dumps(entry)}]", *lines, ""])

    def knows(self, paper: Paper, readers: Iterable[Reader]) -> bool:
        """Tell whether one of these readers may know a paper."""
        if self.ruled:
            return may_know(paper, readers)
        return any(reader.guild in self.open for reader in readers)

    def reader(self, user: User, channel: Channel) -> Reader:
        """Return somebody as he reads in a channel now."""
        assert channel.guild is not None
        return replace(self.crowd(channel), roles=_roles(channel.guild, user))

    def crowd(self, channel: Channel) -> Reader:
        """Return everybody who can view a channel: the least of them has no role."""
        assert channel.guild is not None
        guild = channel.guild.name
        names = {channel.name, (channel.parent or channel).name}
        return Reader(guild, frozenset(f"{guild}.{name}" for name in names))

    def alone(self, user: User) -> list[Reader]:
        """Return somebody as he reads private messages now."""
        found = [guild for guild in self.guilds.values() if guild.present and user.id in guild.members]
        return [Reader(guild.name, roles=_roles(guild, user)) for guild in found]

    def readers(self, message: Message) -> list[Reader]:
        """Return all who read a message of the bot now."""
        channel = message.channel
        if channel.recipient is not None:
            return self.alone(channel.recipient)
        if message.audience is not None:
            return [self.reader(message.audience, channel)]
        return [self.crowd(channel)]


@dataclass(frozen=True, slots=True)
class Leak:
    """A word that reached somebody who may not know it."""

    word: str
    readers: tuple[Reader, ...]
    said: str


@dataclass
class Ear:
    """Goes through what the bot has sent since it last listened, by the rights of now."""

    archive: Archive
    checks: int = 0  # papers that a text was searched for in vain, or not
    texts: int = 0
    leaks: list[Leak] = field(default_factory=list)
    _versions: dict[int, int] = field(default_factory=dict)
    _interactions: set[str] = field(default_factory=set)
    _requests: int = 0

    def listen(self) -> None:
        """Judge every new text: each version of a message with files and buttons, choices, forms, other requests."""
        world = self.archive.discord.world
        for message in list(world.messages.values()):
            if message.author is world.bot:
                self._hear_message(message)
        for interaction in list(world.interactions.values()):
            self._hear_interaction(interaction)
        self._hear_requests()

    def assert_quiet(self) -> None:
        """Listen once more, to the log too, and say how much was looked through."""
        self.listen()
        log = self.archive.bot.output.lower()
        self._judge(log, (), frozenset())
        print(f"access: {self.texts} texts, {self.checks} checks, {len(self.leaks)} leaks")  # noqa: T201
        assert not self.leaks, "\n".join(map(str, self.leaks[:5]))

    def _hear_message(self, message: Message) -> None:
        heard = self._versions.get(message.id, 0)
        for version in message.history[heard:]:
            self._judge(_said(version), tuple(self.archive.readers(message)), self._typed_for(message))
        self._versions[message.id] = len(message.history)

    def _hear_interaction(self, interaction: Interaction) -> None:
        shown = interaction.choices or interaction.modal
        if interaction.callback is None or interaction.token in self._interactions:
            return
        self._interactions.add(interaction.token)
        if shown:
            user, channel = interaction.user, interaction.channel
            readers = [self.archive.reader(user, channel)] if channel.guild else self.archive.alone(user)
            self._judge(json.dumps(shown).lower(), tuple(readers), self._typed_in(interaction))

    def _hear_requests(self) -> None:
        """Nobody but Discord's own computers should learn anything from what is not a message."""
        told = self.archive.discord.requests
        for request in told[self._requests :]:
            if not re.search(r"/messages|/webhooks|/interactions", request.path):
                self._judge(json.dumps([request.path, request.query, request.body]).lower(), (), frozenset())
        self._requests = len(told)

    def _judge(self, said: str, readers: tuple[Reader, ...], typed: frozenset[str]) -> None:
        known = {word for paper in PAPERS if self.archive.knows(paper, readers) for word in _words(paper)}
        self.texts += 1
        self.checks += sum(paper.secret not in known for paper in PAPERS)
        found = set(_WORDS.findall(said)) - known - typed
        self.leaks += [Leak(word, readers, said) for word in found]

    def _typed_for(self, message: Message) -> frozenset[str]:
        """Return the words of papers that the one who is answered has used himself; the secrets are never typed."""
        interactions = self.archive.discord.world.interactions.values()
        if message.interaction is not None:
            return self._typed_in(message.interaction)
        shared = next((each for each in interactions if str(each.id) == message.nonce), None)
        if shared is not None:
            return self._typed_in(shared)
        return frozenset(_WORDS.findall(message.reference.content.lower())) if message.reference else frozenset()

    def _typed_in(self, interaction: Interaction) -> frozenset[str]:
        options = [option for option in interaction.data.get("options", ()) if "value" in option]
        words = frozenset(_WORDS.findall(json.dumps([option["value"] for option in options]).lower()))
        targets = interaction.data.get("resolved", {}).get("messages", {}).values()
        words |= {word for each in targets for word in _WORDS.findall(str(each["content"]).lower())}
        return words | (self._typed_for(interaction.source) if interaction.source else frozenset())


def _roles(guild: Guild, user: User) -> frozenset[str]:
    """Return the roles of a guild that somebody has, and no role of another one."""
    return frozenset(f"{guild.name}.{role.name}" for role in guild.member(user).roles if role in guild.roles.values())


def _words(paper: Paper) -> tuple[str, str, str]:
    return paper.secret, paper.stem, paper.folder


_WORDS = re.compile("|".join(sorted({word for paper in PAPERS for word in _words(paper)})))


def _said(version: Version) -> str:
    files = [f"{file.filename} {file.content.decode('utf-8', 'replace')}" for file in version.attachments]
    parts: list[Any] = [version.content, version.components, version.embeds, files]
    return json.dumps(parts, ensure_ascii=False).lower()
