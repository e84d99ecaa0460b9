from __future__ import annotations

import asyncio
import shutil
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from tests.desk import Desk
from tests.serving.stage import library_with

from briefbot.access import Audience, Seat
from briefbot.index.store import open_current
from briefbot.model import Scope
from briefbot.serving.shelf import Opened
from briefbot.settings import AccessRule, DiscordSettings
from briefbot.upkeep import documents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # discord.py imports audioop
    import discord

    from briefbot.discord.audience import Visibility, channel_ids

HOME, OTHER, STAFF, ADA, BOB = 1, 2, 11, 101, 102
MANY = AccessRule(("*",), guilds=frozenset({HOME}))
FEW = AccessRule(("*",), roles=frozenset({STAFF}))
NOBODY = Audience(())


class State:
    """What discord.py's members ask of the connection that they came by."""

    def store_user(self, data: dict[str, Any]) -> discord.User:
        return discord.User(state=self, data=data)  # type: ignore[arg-type] # all it needs


@dataclass
class Guild:
    """A guild of which Discord tells, as discord.py has it, with the members that there are now."""

    id: int
    roles: dict[int, set[int]] = field(default_factory=dict)  # by member
    joined: datetime = datetime(2024, 1, 1, tzinfo=UTC)
    refusal: discord.HTTPException | None = None
    fetched: int = 0

    @property
    def me(self) -> Any:
        return SimpleNamespace(joined_at=self.joined)

    @property
    def default_role(self) -> Any:
        return self.get_role(self.id)

    def get_role(self, role: int) -> Any:
        data: Any = {"id": str(role), "name": "", "position": 0, "flags": 0}
        state: Any = State()
        return discord.Role(guild=self, state=state, data=data) if role in {self.id, STAFF} else None  # type: ignore[arg-type] # all it needs

    async def fetch_member(self, user: int) -> discord.Member:
        self.fetched += 1
        if self.refusal or user not in self.roles:
            raise self.refusal or error(discord.NotFound, 404)
        data = {"user": {"id": str(user), "username": "ada", "discriminator": "0", "avatar": None}, "flags": 0}
        data["roles"] = [str(role) for role in self.roles[user]]
        return discord.Member(data=data, guild=self, state=State())  # type: ignore[arg-type] # all it needs


@dataclass
class Client:
    guilds: list[Guild]
    shard_count: int | None = 1


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def error(kind: type[discord.HTTPException], status: int) -> discord.HTTPException:
    return kind(SimpleNamespace(status=status, reason=""), "")  # type: ignore[arg-type] # all it needs


def visibility(*guilds: Guild, rules: tuple[AccessRule, ...] = (), clock: Clock | None = None) -> Visibility:
    client: Any = Client(list(guilds))
    return Visibility(client, rules, DiscordSettings(), clock or Clock())


def reader(seen: Visibility, user: int = ADA) -> Audience:
    """Return whom the bot takes for the reader of private messages now."""
    return asyncio.run(seen.in_private_messages(user))


def seat(*roles: int, guild: int = HOME) -> Seat:
    """Return the seat of a member in private messages; everybody has the role of @everyone."""
    return Seat(guild, frozenset(), frozenset({guild, *roles}))


# Private messages


def test_a_role_that_was_taken_counts_in_private_messages_for_a_minute_at_most() -> None:
    home, clock = Guild(HOME, {ADA: {STAFF}}), Clock()
    seen = visibility(home, rules=(MANY, FEW), clock=clock)
    assert reader(seen) == Audience((seat(STAFF),))
    home.roles[ADA] = set()
    clock.now = 59.9
    assert reader(seen) == Audience((seat(STAFF),))
    clock.now = 60.0
    assert reader(seen) == Audience((seat(),))
    del home.roles[ADA]
    clock.now = 120.0
    assert reader(seen) == NOBODY


def test_what_is_remembered_of_one_person_is_not_taken_for_another() -> None:
    home = Guild(HOME, {ADA: {STAFF}, BOB: set()})
    seen = visibility(home, rules=(FEW,))
    assert [reader(seen), reader(seen, BOB), reader(seen)] == [
        Audience((seat(STAFF),)),
        Audience((seat(),)),
        Audience((seat(STAFF),)),
    ]
    assert home.fetched == 2


def test_only_guilds_that_have_something_to_show_are_asked_for_a_member() -> None:
    home, other = Guild(HOME, {ADA: set()}), Guild(OTHER, {ADA: set()}, datetime(2025, 1, 1, tzinfo=UTC))
    assert reader(visibility(home, other)) == Audience((seat(),))
    assert other.fetched == 0


def test_a_guild_that_the_bot_has_left_shows_nothing_and_hides_nothing_of_the_others() -> None:
    rules = (AccessRule(("*",), guilds=frozenset({HOME, OTHER})),)
    leaving = Guild(OTHER, {ADA: set()}, refusal=error(discord.Forbidden, 403))
    assert reader(visibility(leaving, Guild(HOME, {ADA: set()}), rules=rules)) == Audience((seat(),))


def test_an_answer_from_discord_that_tells_nothing_is_not_taken_for_a_right() -> None:
    broken = Guild(HOME, {ADA: {STAFF}}, refusal=error(discord.DiscordServerError, 500))
    seen = visibility(broken, rules=(MANY,))
    with pytest.raises(discord.DiscordServerError):
        reader(seen)
    broken.refusal = None
    assert reader(seen) == Audience((seat(STAFF),))  # nothing was remembered


# Places


@pytest.mark.parametrize(("with_others", "wish"), [(True, None), (True, False), (False, None), (False, True)])
def test_between_people_outside_of_guilds_answers_are_private_and_to_the_bot_alone_they_need_not_be(
    *, with_others: bool, wish: bool | None
) -> None:
    context = discord.app_commands.AppCommandContext(dm_channel=not with_others, private_channel=with_others)
    event: Any = SimpleNamespace(guild_id=None, context=context)
    assert visibility(Guild(HOME)).is_private(event, wish) == with_others


def test_a_thread_has_the_id_of_its_parent_too_and_no_place_has_none() -> None:
    assert channel_ids(SimpleNamespace(id=22, parent_id=21)) == {21, 22}
    assert channel_ids(SimpleNamespace(id=21)) == {21}
    assert channel_ids(None) == frozenset()


# What is remembered of scopes


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def opened(desk: Desk) -> Iterator[Any]:
    """Return what opens the current generation as the bot does."""
    generations: list[AbstractContextManager[Any]] = []

    def opening() -> Opened:
        generation = open_current(desk.index)
        generations.append(generation)
        return Opened(library_with(desk.encoder)(generation), documents(generation, Scope.everything()))

    yield opening
    for generation in generations:
        generation.__exit__(None, None, None)


def test_scopes_are_of_the_documents_that_there_are_also_where_numbers_begin_anew(desk: Desk, opened: Any) -> None:
    seen, audience = visibility(Guild(HOME), rules=(MANY,)), Audience((seat(),))
    desk.write("old.txt", "Grain was grown here.")
    desk.build()
    assert seen.seen_by(audience)(opened()).names == {"old.txt"}
    shutil.rmtree(desk.index)
    (desk.corpus / "old.txt").unlink()
    desk.write("new.txt", "Trains were built here.")
    desk.build()
    assert opened().library.generation.number == 1
    assert seen.seen_by(audience)(opened()).names == {"new.txt"}


def test_a_scope_is_remembered_for_its_own_audience_and_for_the_guilds_of_now(desk: Desk, opened: Any) -> None:
    desk.write("few.txt", "Grain was grown here.")
    desk.build()
    now = opened()
    ruled = visibility(Guild(HOME), rules=(FEW,))
    for _ in range(2):
        assert ruled.seen_by(Audience((seat(STAFF),)))(now).names == {"few.txt"}
        assert ruled.seen_by(Audience((seat(),)))(now).names == set()
    late = Guild(OTHER, joined=datetime(2024, 1, 1, tzinfo=UTC) - timedelta(days=1))
    unruled = visibility(Guild(HOME))
    assert unruled.seen_by(Audience((seat(),)))(now) == Scope.everything()
    unruled.client.guilds.append(late)  # type: ignore[attr-defined] # it is ours
    assert unruled.seen_by(Audience((seat(),)))(now).names == set()
