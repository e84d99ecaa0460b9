"""What stands in a button's custom_id: always within its length, read back as it was, refused where it is not ours."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.discord.limits import CUSTOM_ID, length
from briefbot.discord.tickets import Action, Narrowing, Ticket
from briefbot.model import Filters
from briefbot.serving.references import Reference, hash_of

REFERENCE = Reference(hash_of("visit.md"), hash_of("It rained."), 12, 3, 40)
ACTIONS = st.sampled_from(get_args(Action))
COUNTS = st.integers(0, 36**6 - 1)
HASHES = st.text(max_size=20).map(hash_of)
REFERENCES = st.none() | st.builds(Reference, HASHES, HASHES, COUNTS, COUNTS, COUNTS)


def test_tickets_are_written_as_they_stand_in_messages_of_long_ago() -> None:
    narrowing = Narrowing.of(Filters("team", "A: Author", date(2023, 9, 13)))
    assert [str(Ticket("copy", REFERENCE)), str(Ticket("more", None, 37, narrowing)), str(Ticket("forget"))] == [
        f"b1:copy:{hash_of('visit.md')}{hash_of('It rained.')}.c.3.14:0:::",
        f"b1:more::11:{hash_of('team')}:fu1k:A: Author",
        "b1:forget::0:::",
    ]


@given(ACTIONS, REFERENCES, st.integers(0, 10**6), st.none() | st.text(), st.none() | st.dates())
def test_a_ticket_read_back_is_the_same(
    action: Action, reference: Reference | None, offset: int, place: str | None, since: date | None
) -> None:
    """A button is either about a passage or narrowed; with both it would be too long."""
    narrowing = Narrowing() if reference else Narrowing(hash_of(place) if place else "", since)
    ticket = Ticket(action, reference, offset, narrowing)
    assert length(str(ticket)) <= CUSTOM_ID
    assert Ticket.read(str(ticket)) == ticket


@given(st.text(min_size=1, max_size=50), st.dates())
def test_the_longest_author_that_can_be_typed_comes_back_whole(author: str, since: date) -> None:
    ticket = Ticket("more", None, 9, Narrowing(hash_of("team"), since, author))
    assert length(str(ticket)) <= CUSTOM_ID
    read = Ticket.read(str(ticket))
    assert read is not None
    assert read == ticket or length(author) > 60


@pytest.mark.parametrize(
    "custom_id",
    [
        "",
        "b1",
        "b2:copy::0:::",
        "b1:burn::0:::",
        "b1:copy::0::",
        "b1:more::-:::",
        "b1:more::0::zzzzzzzz:",
        "b1:more::0::0:",
        "b1:MORE::0:::",
        " b1:more::0:::",
    ],
)
def test_what_is_no_ticket_of_ours_is_none(custom_id: str) -> None:
    assert Ticket.read(custom_id) is None


@given(st.text() | st.from_regex(r"\Ab1:[a-z]{4}:[^:]*:[^:]*:[^:]*:[^:]*:.*\Z"))
def test_anything_at_all_can_be_read_without_an_error(custom_id: str) -> None:
    Ticket.read(custom_id)
