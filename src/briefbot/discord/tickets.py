"""What a button needs to know, in its own custom_id, so that it works after a restart and after a rebuild.

A ticket names what to do and with which words: by hashes of what a document says, never by a row or a generation.
This module knows how that is written in 100 characters; it refuses to know how passages are found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, cast, get_args

from briefbot.discord.limits import CUSTOM_ID, clipped
from briefbot.serving.references import Reference, base36, hash_of

if TYPE_CHECKING:
    from briefbot.model import Filters

Action = Literal["more", "context", "copy", "share", "helpful", "poor", "sources", "read", "forget", "cancel"]

TEMPLATE = r"b1:(?P<action>[a-z]+):(?P<fields>.*)"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The filters of a question as a ticket holds them: the document or folder is a hash."""

    place: str = ""
    since: date | None = None
    author: str = ""

    @classmethod
    def of(cls, filters: Filters) -> Narrowing:
        """Return what a ticket holds of these filters."""
        return cls(hash_of(filters.document) if filters.document else "", filters.since, filters.author or "")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a button does. `offset` counts passages, documents or paragraphs that come before."""

    action: Action
    reference: Reference | None = None
    offset: int = 0
    narrowing: Narrowing = Narrowing()

    @classmethod
    def read(cls, custom_id: str) -> Ticket | None:
        """Return the ticket that a custom_id is, or None where it is none of ours."""
        found = re.fullmatch(TEMPLATE, custom_id, re.DOTALL)
        if found is None or found["action"] not in get_args(Action):
            return None
        fields = found["fields"].split(":", 4)
        if len(fields) != 5:
            return None
        reference, offset, place, since, author = fields
        try:
            narrowing = Narrowing(place, _date(since), author)
            return cls(cast("Action", found["action"]), Reference.read(reference), int(offset or "0", 36), narrowing)
        except (ValueError, OverflowError):
            return None

    def __str__(self) -> str:
        """Return the custom_id."""
        narrow = self.narrowing
        since = base36(narrow.since.toordinal()) if narrow.since else ""
        fields = (str(self.reference or ""), base36(self.offset), narrow.place, since, narrow.author)
        return clipped(f"b1:{self.action}:{':'.join(fields)}", CUSTOM_ID)


def _date(text: str) -> date | None:
    return date.fromordinal(int(text, 36)) if text else None
