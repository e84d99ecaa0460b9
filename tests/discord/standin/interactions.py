"""An interaction: what a user did, how the bot answered it, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tests.discord.standin.payloads import user_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.discord.standin.messages import Message
    from tests.discord.standin.state import State
    from tests.discord.standin.world import Channel, User

Json = dict[str, Any]
SECONDS_TO_ACKNOWLEDGE, SECONDS_OF_A_TOKEN = 3.0, 15 * 60.0


class Does(IntEnum):
    """What kind of interaction it is."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Callback(IntEnum):
    """How a bot answers one at first."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    kind: Callback
    seconds: float  # since the event's bytes were written


@dataclass(frozen=True, slots=True)
class Times:
    """Moments of perf_counter; `answered` is that of the first message that does not say "thinking"."""

    sent: float | None
    acknowledged: float | None
    answered: float | None


@dataclass(eq=False, slots=True)
class Interaction:
    state: State
    id: int
    token: str
    kind: Does
    user: User
    channel: Channel
    data: Json
    locale: str
    made: float  # by Discord's clock
    source: Message | None = None  # whose component was used, perhaps before a modal
    opener: Interaction | None = None  # which opened the modal that was submitted
    sent: float | None = None
    acknowledged_at: float | None = None
    callback: Json | None = None  # the body of the bot's first answer
    original: Message | None = None
    messages: list[Message] = field(default_factory=list)  # all that this interaction brought about
    effects: list[tuple[float, Message]] = field(default_factory=list)  # every making and editing of one

    @property
    def callback_type(self) -> Callback | None:
        return None if self.callback is None else Callback(self.callback["type"])

    @property
    def choices(self) -> list[Json] | None:
        """What autocomplete was answered with."""
        if self.callback_type is not Callback.CHOICES or self.callback is None:
            return None
        return list(self.callback["data"].get("choices") or [])

    @property
    def modal(self) -> Json | None:
        """The modal it was answered with: custom_id, title and components."""
        if self.callback_type is not Callback.MODAL or self.callback is None:
            return None
        return dict(self.callback["data"])

    @property
    def from_menu(self) -> bool:
        return self.kind is Does.COMMAND and self.data.get("type", 1) != 1

    @property
    def late(self) -> bool:
        return self.state.clock.now() - self.made > SECONDS_TO_ACKNOWLEDGE

    @property
    def expired(self) -> bool:
        return self.state.clock.now() - self.made > SECONDS_OF_A_TOKEN

    @property
    def times(self) -> Times:
        return Times(self.sent, self.acknowledged_at, self.effects[0][0] if self.effects else None)

    def is_original(self, message: Message) -> bool:
        return message is self.original and self.kind is Does.COMMAND

    def note_sent(self, at: float) -> None:
        if self.acknowledged_at is None:
            self.sent = at

    def note_effect(self, message: Message) -> None:
        """Take down that a message was made or edited in answer to this."""
        if message not in self.messages:
            self.messages.append(message)
        if not message.loading:
            self.effects.append((perf_counter(), message))

    async def acknowledged(self, within: float = 5.0) -> Acknowledgement:
        """Wait for the bot's first answer, of whatever kind."""
        await self.state.bell.until(lambda: self.callback_type, f"an acknowledgement of {self}", within)
        assert self.callback_type is not None
        return Acknowledgement(self.callback_type, (self.acknowledged_at or 0) - (self.sent or 0))

    async def answer(self, within: float = 10.0, when: Callable[[Message], bool] | None = None) -> Message:
        """Wait for a message in answer to this that is not "thinking", and for which `when` holds."""

        def look() -> Message | None:
            return next((m for _, m in self.effects if not m.deleted and (when is None or when(m))), None)

        return await self.state.bell.until(look, f"an answer to {self}", within)

    async def opened(self, within: float = 5.0) -> Json:
        """Wait for the modal that it is answered with."""
        return await self.state.bell.until(lambda: self.modal, f"a modal from {self}", within)

    def __str__(self) -> str:
        name = self.data.get("name") or self.data.get("custom_id")
        return f"{self.kind.name.lower()} {name!r} (acknowledged: {self.callback_type})"

    def owners(self) -> Json:
        return {"0": str(self.channel.guild.id) if self.channel.guild else "0"}

    def metadata(self, message: Message) -> Json:
        """Write what a message tells of the interaction it answers."""
        told = self._told(message)
        application = str(self.state.world.application_id)
        written: Json = {"application_id": application, "webhook_id": application, "interaction_metadata": told}
        if self.kind is Does.COMMAND:
            name = {"name": self.data["name"]}
            written["interaction"] = {"id": str(self.id), "type": 2, "user": user_json(self.user), **name}
        return written

    def _told(self, message: Message) -> Json:
        told: Json = {"id": str(self.id), "type": int(self.kind), "user": user_json(self.user)}
        told["authorizing_integration_owners"] = self.owners()
        if self.kind is Does.COMPONENT and self.source is not None:
            told["interacted_message_id"] = str(self.source.id)
        if self.kind is Does.MODAL and self.opener is not None:
            told["triggering_interaction_metadata"] = self.opener._told(message)
        if self.original is not None and message is not self.original:
            told["original_response_message_id"] = str(self.original.id)
        return told
