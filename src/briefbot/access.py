"""Which documents somebody may see, from the place where he reads and the rules of the settings.

A rule is for every place that fits all it names. What no rule allows is hidden, and once there is one rule, so is every
document that no rule names. This module knows numbers and names; it refuses to know Discord's library, who is a member
of what, and how an answer is kept from the eyes of others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from briefbot.model import Scope, in_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from briefbot.settings import AccessRule


@dataclass(frozen=True, slots=True)
class Seat:
    """One place from which somebody reads: a server, the channel (of a thread also its parent), and the reader's roles.

    There are no channels in a direct message, and no roles where everyone in the channel reads along.
    """

    guild: int
    channels: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Audience:
    """All the seats that count together for one answer; without a seat there is nothing to see."""

    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """The rules, and the servers in which everyone sees every document as long as there is no rule."""

    rules: tuple[AccessRule, ...]
    open_guilds: frozenset[int]

    def scope(self, audience: Audience, names: Iterable[str]) -> Scope:
        """Return which of these documents the audience may see."""
        if not self.rules:
            is_open = any(seat.guild in self.open_guilds for seat in audience.seats)
            return Scope.everything() if is_open else Scope(frozenset())
        rules = [rule for rule in self.rules if any(_applies(rule, seat) for seat in audience.seats)]
        return Scope(frozenset(name for name in names if any(names_document(rule, name) for rule in rules)))

    def roles_add(self, seat: Seat) -> bool:
        """Tell whether the reader's roles may show him more than everyone in his channel may see."""
        everyone = replace(seat, roles=frozenset())
        return any(_applies(rule, seat) and not _applies(rule, everyone) for rule in self.rules)

    def unplaced(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the documents that no rule names; without rules there are none."""
        if not self.rules:
            return ()
        return tuple(name for name in names if not any(names_document(rule, name) for rule in self.rules))

    @property
    def guilds(self) -> frozenset[int]:
        """Every server that a rule names or that is open."""
        return self.open_guilds.union(*(rule.guilds for rule in self.rules))


def open_guilds(home: frozenset[int], joined: Mapping[int, datetime | None]) -> frozenset[int]:
    """Return the servers that are open: `home`, else the one joined first, so that a second one sees nothing by itself.

    Of several servers none is open where it is not known when the bot joined each.
    """
    if home or len(joined) <= 1:
        return home or frozenset(joined)
    dates = {guild: date for guild, date in joined.items() if date}
    if len(dates) < len(joined):
        return frozenset()
    return frozenset({min(dates, key=lambda guild: (dates[guild], guild))})


def names_document(rule: AccessRule, name: str) -> bool:
    """Tell whether one of the rule's entries is this document, a folder that holds it, or a pattern that fits it."""
    return any(fits(entry, name) for entry in rule.documents)


def fits(entry: str, name: str) -> bool:
    """Tell whether an entry of a rule is this document, a folder that holds it, or a pattern (* ? []) that fits it.

    In a pattern, * also stands for slashes. An entry that is the very name of a file with brackets is that file.
    """
    return in_place(name, entry) or fnmatchcase(name, entry)


def _applies(rule: AccessRule, seat: Seat) -> bool:
    roles = seat.roles | {seat.guild}  # Discord's @everyone is the role whose id is the server's own
    return (
        (not rule.guilds or seat.guild in rule.guilds)
        and (not rule.channels or not rule.channels.isdisjoint(seat.channels))
        and (not rule.roles or not rule.roles.isdisjoint(roles))
    )
