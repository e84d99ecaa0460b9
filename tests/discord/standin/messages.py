"""Messages and what a test asks of them: their text, buttons, files, and how they looked before each edit."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.discord.standin.interactions import Interaction
    from tests.discord.standin.world import Channel, User

SUPPRESS_EMBEDS, EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 2, 1 << 6, 1 << 7, 1 << 15
BUTTON, TEXT_DISPLAY = 2, 10
SELECTS = {3, 5, 6, 7, 8}
LINK = 5

Component = dict[str, Any]


@dataclass(eq=False, slots=True)
class Attachment:
    id: int
    filename: str
    content: bytes
    content_type: str = "application/octet-stream"
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came with a request."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Version:
    """How a message looked from `at` (perf_counter) on."""

    at: float
    content: str
    components: list[Component]
    embeds: list[dict[str, Any]]
    attachments: list[Attachment]
    flags: int


@dataclass(eq=False, slots=True)
class Message:
    id: int
    channel: Channel
    author: User
    content: str = ""
    components: list[Component] = field(default_factory=list)
    embeds: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    mentions: list[User] = field(default_factory=list)
    reference: Message | None = None
    interaction: Interaction | None = None  # the one it answers
    audience: User | None = None  # who alone sees it, where it is ephemeral
    nonce: str | None = None
    deleted: bool = False
    history: list[Version] = field(default_factory=list)
    allowed_mentions: dict[str, Any] | None = None

    def note_version(self) -> None:
        looks = (self.content, self.components, self.embeds, list(self.attachments), self.flags)
        self.history.append(Version(perf_counter(), *looks))

    @property
    def at(self) -> float:
        """When it was made (perf_counter)."""
        return self.history[0].at

    @property
    def changed_at(self) -> float:
        """When it was last made or edited (perf_counter)."""
        return self.history[-1].at

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it still says "… is thinking"."""
        return bool(self.flags & LOADING)

    @property
    def is_v2(self) -> bool:
        return bool(self.flags & COMPONENTS_V2)

    @property
    def text(self) -> str:
        """All that a reader reads: the content, then every text display."""
        displays = [part["content"] for part in walk(self.components) if part["type"] == TEXT_DISPLAY]
        return "\n".join([part for part in [self.content, *displays] if part])

    @property
    def buttons(self) -> list[Component]:
        return [part for part in walk(self.components) if part["type"] == BUTTON]

    @property
    def labels(self) -> list[str]:
        return [button.get("label", "") for button in self.buttons]

    @property
    def selects(self) -> list[Component]:
        return [part for part in walk(self.components) if part["type"] in SELECTS]

    def button(self, label_or_custom_id: str) -> Component:
        """Return a button by its label or its custom id. Raises AssertionError where there is none."""
        for button in self.buttons:
            if label_or_custom_id in {button.get("label"), button.get("custom_id")}:
                return button
        raise AssertionError(f"no button {label_or_custom_id!r} among {self.labels}")

    def select(self, custom_id_or_placeholder: str | None = None) -> Component:
        """Return a select by its custom id or placeholder, or the only one. Raises AssertionError for none."""
        for select in self.selects:
            if custom_id_or_placeholder in {None, select["custom_id"], select.get("placeholder")}:
                return select
        raise AssertionError(f"no select {custom_id_or_placeholder!r} in the message")

    def file(self, filename: str | None = None) -> bytes:
        """Return the bytes of an attachment by its name, or of the only one."""
        for attachment in self.attachments:
            if filename in {None, attachment.filename}:
                return attachment.content
        raise AssertionError(f"no file {filename!r} among {[each.filename for each in self.attachments]}")


def walk(components: list[Component]) -> Iterator[Component]:
    """Give every component, those within others included, in the order in which they are read."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        inner = [component[name] for name in ("accessory", "component") if component.get(name)]
        yield from walk(inner)


def numbered(components: list[Component]) -> list[Component]:
    """Give each component that has none the id that Discord gives it."""
    taken = {part["id"] for part in walk(components) if part.get("id")}
    following = 1
    for part in walk(components):
        if part.get("id"):
            continue
        while following in taken:
            following += 1
        part["id"] = following
        taken.add(following)
    return components
