"""A Discord message as a value: what it says, its buttons and its files; who sends it is another module's concern."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from briefbot.discord.tickets import Ticket

Style = Literal["primary", "secondary", "danger"]


@dataclass(frozen=True, slots=True)
class Button:
    """A button with words on it; its ticket is all that it knows."""

    label: str
    ticket: Ticket
    style: Style = "secondary"


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text that did not fit, or must not be touched by markdown."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """An answer: plain content, which shows in notifications and can be copied."""

    content: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    files: tuple[TextFile, ...] = ()

    def with_buttons(self, *rows: tuple[Button, ...]) -> Message:
        """Return the message with other buttons; empty rows are left out."""
        return replace(self, buttons=tuple(row for row in rows if row))


@dataclass(frozen=True, slots=True)
class ListMessage:
    """A list: blocks of text one below the other, shown as Components V2."""

    blocks: tuple[str, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
