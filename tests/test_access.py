from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.access import Access, Audience, Seat, fits, names_document, open_guilds
from briefbot.model import Scope
from briefbot.settings import AccessRule

NAMES = ("handbook/pay.md", "handbook/trips.md", "meetings/may.txt", "notes.txt")
ENTRIES = (*NAMES, "handbook", "meetings/", "*.md", "*/may.*", "notes.*", "elsewhere")
HOME, OTHER, UNKNOWN = 1, 2, 3
STAFF, LEADS = 11, 12
DESK, THREAD = 21, 22


def ids(*values: int) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.sampled_from(values))


GUILDS, CHANNELS, ROLES = ids(HOME, OTHER), ids(DESK, THREAD), ids(STAFF, LEADS, HOME)
RULES = st.builds(
    AccessRule, st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=3).map(tuple), GUILDS, CHANNELS, ROLES
)
SEATS = st.builds(Seat, st.sampled_from([HOME, OTHER, UNKNOWN]), CHANNELS, ids(STAFF, LEADS))
AUDIENCES = st.builds(Audience, st.lists(SEATS, max_size=3).map(tuple))
LISTS = st.lists(st.sampled_from(NAMES), unique=True)
ACCESSES = st.builds(Access, st.lists(RULES, max_size=3).map(tuple), GUILDS)
RULED = st.builds(Access, st.lists(RULES, min_size=1, max_size=3).map(tuple), GUILDS)


def seen(access: Access, *seats: Seat, names: tuple[str, ...] = NAMES) -> set[str]:
    """The documents of these names that an audience may see."""
    scope = access.scope(Audience(seats), names)
    return {name for name in names if scope.allows(name)}


def rule(document: str, **places: frozenset[int]) -> AccessRule:
    return AccessRule((document,), **places)


def numbers(*values: int) -> frozenset[int]:
    return frozenset(values)


def test_without_a_rule_an_open_server_sees_everything_and_others_nothing() -> None:
    access = Access((), numbers(HOME))
    assert access.scope(Audience((Seat(HOME),)), NAMES) == Scope.everything()
    assert access.scope(Audience((Seat(OTHER), Seat(HOME))), NAMES) == Scope.everything()
    assert access.scope(Audience((Seat(OTHER, numbers(DESK), numbers(STAFF)),)), NAMES) == Scope(frozenset())


@given(ACCESSES, LISTS)
def test_an_audience_without_a_seat_sees_nothing(access: Access, names: list[str]) -> None:
    assert access.scope(Audience(()), names) == Scope(frozenset())


def test_the_first_rule_closes_the_open_server() -> None:
    access = Access((rule("handbook", roles=numbers(STAFF)),), numbers(HOME))
    assert seen(access, Seat(HOME)) == set()
    assert seen(access, Seat(HOME, roles=numbers(STAFF))) == {"handbook/pay.md", "handbook/trips.md"}


@pytest.mark.parametrize(
    ("seat", "expected"),
    [
        (Seat(HOME, numbers(DESK), numbers(STAFF)), True),
        (Seat(HOME, numbers(DESK, THREAD), numbers(STAFF, LEADS)), True),
        (Seat(OTHER, numbers(DESK), numbers(STAFF)), False),
        (Seat(HOME, numbers(THREAD), numbers(STAFF)), False),
        (Seat(HOME, numbers(DESK), numbers(LEADS)), False),
        (Seat(HOME, numbers(DESK)), False),
        (Seat(HOME, frozenset(), numbers(STAFF)), False),
    ],
)
def test_a_rule_is_for_a_seat_that_fits_all_it_names(seat: Seat, *, expected: bool) -> None:
    everything = AccessRule(("*",), numbers(HOME), numbers(DESK), numbers(STAFF))
    assert seen(Access((everything,), frozenset()), seat) == (set(NAMES) if expected else set())


def test_a_rule_is_not_pieced_together_from_two_seats() -> None:
    access = Access((AccessRule(("*",), numbers(HOME), roles=numbers(STAFF)),), frozenset())
    assert seen(access, Seat(HOME), Seat(OTHER, roles=numbers(STAFF))) == set()


def test_everyone_is_the_role_that_has_the_number_of_the_server() -> None:
    access = Access((rule("*", roles=numbers(HOME)),), frozenset())
    assert seen(access, Seat(HOME)) == set(NAMES)
    assert seen(access, Seat(OTHER)) == set()
    assert not access.roles_add(Seat(HOME, roles=numbers(STAFF)))


@pytest.mark.parametrize(
    ("entry", "name", "expected"),
    [
        ("handbook", "handbook/pay.md", True),
        ("handbook/", "handbook/pay.md", True),
        ("handbook", "handbooks/pay.md", False),
        ("handbook/pay.md", "handbook/pay.md", True),
        ("handbook/pay", "handbook/pay.md", False),
        ("*.md", "handbook/pay.md", True),
        ("handbook/*", "handbook/old/pay.md", True),
        ("handbook/p?y.md", "handbook/pay.md", True),
        ("[gh]andbook/*", "handbook/pay.md", True),
        ("*.MD", "handbook/pay.md", False),
        ("report [final].pdf", "report [final].pdf", True),
        ("/", "handbook/pay.md", False),
    ],
)
def test_an_entry_is_a_document_a_folder_or_a_pattern(entry: str, name: str, *, expected: bool) -> None:
    assert fits(entry, name) is expected


@pytest.mark.parametrize(
    ("seat", "expected"),
    [
        (Seat(HOME, numbers(DESK), numbers(STAFF)), True),
        (Seat(HOME, numbers(DESK), numbers(LEADS)), False),
        (Seat(HOME, numbers(DESK)), False),
        (Seat(HOME, numbers(THREAD), numbers(STAFF)), False),
    ],
)
def test_roles_add_where_a_rule_needs_one_that_the_reader_has(seat: Seat, *, expected: bool) -> None:
    rules = (rule("handbook", guilds=numbers(HOME)), AccessRule(("*",), channels=numbers(DESK), roles=numbers(STAFF)))
    assert Access(rules, frozenset()).roles_add(seat) is expected


def test_what_no_rule_names_is_unplaced_once_there_is_a_rule() -> None:
    access = Access((rule("handbook", guilds=numbers(HOME)), rule("*.txt", roles=numbers(STAFF))), frozenset())
    assert access.unplaced((*NAMES, "z.pdf", "b.pdf")) == ("z.pdf", "b.pdf")
    assert Access((), frozenset()).unplaced(NAMES) == ()


def test_the_servers_are_those_that_rules_name_and_those_that_are_open() -> None:
    rules = (rule("a", guilds=numbers(HOME, OTHER)), rule("b", roles=numbers(STAFF)))
    assert Access(rules, numbers(UNKNOWN)).guilds == numbers(HOME, OTHER, UNKNOWN)
    assert Access((), frozenset()).guilds == frozenset()


def test_home_is_open_else_the_server_that_was_joined_first() -> None:
    early, late = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)
    assert open_guilds(numbers(UNKNOWN), {HOME: early}) == numbers(UNKNOWN)
    assert open_guilds(frozenset(), {}) == frozenset()
    assert open_guilds(frozenset(), {OTHER: None}) == numbers(OTHER)
    assert open_guilds(frozenset(), {HOME: late, OTHER: early}) == numbers(OTHER)
    assert open_guilds(frozenset(), {HOME: None, OTHER: early}) == frozenset()
    assert open_guilds(frozenset(), {OTHER: early, HOME: early}) == numbers(HOME)


@given(ACCESSES, SEATS)
def test_everyone_in_a_channel_never_sees_more_than_one_reader_there(access: Access, seat: Seat) -> None:
    everyone = Seat(seat.guild, seat.channels)
    assert seen(access, everyone) <= seen(access, seat)
    assert access.roles_add(seat) or seen(access, everyone) == seen(access, seat)
    assert not access.roles_add(everyone)


@given(ACCESSES, AUDIENCES)
def test_an_audience_sees_what_its_seats_see(access: Access, audience: Audience) -> None:
    assert seen(access, *audience.seats) == set().union(*(seen(access, seat) for seat in audience.seats))


@given(RULED, RULES, AUDIENCES)
def test_another_rule_takes_no_document_away(access: Access, added: AccessRule, audience: Audience) -> None:
    more = Access((*access.rules, added), access.open_guilds)
    assert seen(access, *audience.seats) <= seen(more, *audience.seats)


@given(ACCESSES, AUDIENCES)
def test_the_order_of_the_rules_does_not_matter(access: Access, audience: Audience) -> None:
    turned = Access(access.rules[::-1], access.open_guilds)
    assert seen(turned, *audience.seats) == seen(access, *audience.seats)


@given(RULED, AUDIENCES)
def test_what_is_seen_under_rules_is_named_by_one(access: Access, audience: Audience) -> None:
    found = seen(access, *audience.seats)
    assert found.isdisjoint(access.unplaced(NAMES))
    assert all(any(names_document(rule, name) for rule in access.rules) for name in found)


@given(RULED, AUDIENCES, LISTS)
def test_under_rules_a_scope_holds_none_but_the_given_names(
    access: Access, audience: Audience, names: list[str]
) -> None:
    found = access.scope(audience, names).names
    assert found is not None
    assert found == seen(access, *audience.seats) & set(names)


@given(ACCESSES, SEATS)
def test_a_server_that_is_not_open_and_fits_no_rule_sees_nothing(access: Access, seat: Seat) -> None:
    closed = Access(tuple(rule for rule in access.rules if rule.guilds), access.open_guilds)
    if seat.guild not in closed.guilds:
        assert seen(closed, seat) == set()
