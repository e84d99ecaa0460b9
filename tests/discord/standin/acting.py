"""What users do: commands, buttons, selects, modals, messages. Each returns once Discord has taken it down."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.discord.standin import posting
from tests.discord.standin.events import interaction_json
from tests.discord.standin.forms import chosen_values, filled
from tests.discord.standin.interactions import Does, Interaction
from tests.discord.standin.messages import BUTTON, LINK, Attachment, Message
from tests.discord.standin.options import Typing
from tests.discord.standin.permissions import ALL, everywhere

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.discord.standin.state import State
    from tests.discord.standin.world import Channel, User

Json = dict[str, Any]
CHAT_INPUT, ON_USER, ON_MESSAGE = 1, 2, 3
STRING_SELECT, ACTION_ROW = 3, 1


class Acting:
    """The users' side. Raises AssertionError for what Discord's client would not let a user do."""

    state: State

    async def command(
        self, user: User, channel: Channel, name: str, /, *, locale: str | None = None, **options: Any
    ) -> Interaction:
        """Use a slash command; `name` may name a subcommand after a space. A file is a pair (name, bytes)."""
        first, *rest = name.split()
        found = self._offered(first, CHAT_INPUT, user, channel)
        typing = Typing(self.state.world, channel)
        data = _command_data(found, typing.options(found.get("options") or [], rest, options))
        return await self._interact(Does.COMMAND, user, channel, _resolved(data, typing), locale)

    async def typed(
        self,
        user: User,
        channel: Channel,
        name: str,
        /,
        *,
        focused: str,
        value: Any,
        locale: str | None = None,
        **others: Any,
    ) -> Interaction:
        """Type into an option that has autocomplete, and do not wait for the choices."""
        first, *rest = name.split()
        found = self._offered(first, CHAT_INPUT, user, channel)
        typing = Typing(self.state.world, channel, focused=focused)
        options = typing.options(found.get("options") or [], rest, {**others, focused: value})
        data = _resolved(_command_data(found, options), typing)
        return await self._interact(Does.AUTOCOMPLETE, user, channel, data, locale)

    async def autocomplete(
        self, user: User, channel: Channel, name: str, /, *, focused: str, value: Any, **others: Any
    ) -> list[Json]:
        """Type into an option and return the choices the bot offers."""
        interaction = await self.typed(user, channel, name, focused=focused, value=value, **others)
        await interaction.acknowledged()
        return interaction.choices or []

    async def context_menu(
        self, user: User, channel: Channel, name: str, target: Message | User, /, *, locale: str | None = None
    ) -> Interaction:
        """Use a context menu's command on a message or on a user."""
        kind = ON_MESSAGE if isinstance(target, Message) else ON_USER
        found = self._offered(name, kind, user, channel)
        typing = Typing(self.state.world, channel)
        number = typing.message(target) if isinstance(target, Message) else typing.user(target)
        data = {**_command_data(found, []), "target_id": number}
        return await self._interact(Does.COMMAND, user, channel, _resolved(data, typing), locale)

    def _offered(self, name: str, kind: int, user: User, channel: Channel) -> Json:
        """Return the registered command, where the client would offer it to this user in this channel."""
        guild = channel.guild
        found = self.state.commands.find(name, kind, guild.id if guild else None)
        assert found is not None, f"no command {name!r} of type {kind} is registered"
        contexts = found["contexts"] or ([0, 1] if found.get("dm_permission", True) else [0])
        assert (0 if guild else 1) in contexts, f"{name!r} is not offered here: contexts {contexts}"
        needed = int(found["default_member_permissions"] or 0)
        allowed = everywhere(guild, guild.member(user)) if guild else ALL
        assert allowed & needed == needed, f"{name!r} is not offered to {user.name}"
        return found

    async def click(
        self, user: User, message: Message, label_or_custom_id: str, /, *, locale: str | None = None
    ) -> Interaction:
        """Press a button of a message."""
        button = message.button(label_or_custom_id)
        assert button.get("style") != LINK, "a link only opens a page"
        data = {"custom_id": button["custom_id"], "component_type": button["type"], "id": button["id"]}
        return await self._use(button, user, message, data, locale)

    async def press(self, user: User, message: Message, custom_id: str) -> Interaction:
        """Press a button that a message does not have, as if one had been copied to it from elsewhere."""
        button = {"type": BUTTON, "custom_id": custom_id, "style": 2, "label": "copied", "id": 2}
        forged = copy(message)
        forged.components = [{"type": ACTION_ROW, "id": 1, "components": [button]}]
        return await self.click(user, forged, custom_id)

    async def choose(
        self, user: User, message: Message, *values: Any, select: str | None = None, locale: str | None = None
    ) -> Interaction:
        """Choose options, by value or label, or users in a select; `select` names it where there are several."""
        found = message.select(select)
        least, most = found.get("min_values", 1), found.get("max_values", 1)
        assert least <= len(values) <= most, f"{least} to {most} can be chosen"
        typing = Typing(self.state.world, message.channel)
        chosen = chosen_values(found, list(values)) if found["type"] == STRING_SELECT else [*map(typing.user, values)]
        data = {"custom_id": found["custom_id"], "component_type": found["type"], "id": found["id"], "values": chosen}
        return await self._use(found, user, message, _resolved(data, typing), locale)

    async def _use(self, component: Json, user: User, message: Message, data: Json, locale: str | None) -> Interaction:
        assert not message.deleted, "the message is deleted"
        assert not component.get("disabled"), f"{component.get('label') or component['custom_id']!r} is disabled"
        assert message.audience in {None, user}, f"{user.name} does not see the message"
        return await self._interact(Does.COMPONENT, user, message.channel, data, locale, source=message)

    async def submit(
        self,
        user: User,
        opener: Interaction,
        values: dict[str, Any] | None = None,
        /,
        *,
        locale: str | None = None,
        **more: Any,
    ) -> Interaction:
        """Fill in the modal that an interaction opened, by custom ids or labels, and send it."""
        modal = await opener.opened()
        parts = filled(modal["components"], {**(values or {}), **more})
        data = {"custom_id": modal["custom_id"], "components": parts}
        source = opener.source
        return await self._interact(
            Does.MODAL, user, opener.channel, data, locale or opener.locale, source=source, opener=opener
        )

    async def _interact(
        self,
        kind: Does,
        user: User,
        channel: Channel,
        data: Json,
        locale: str | None,
        *,
        source: Message | None = None,
        opener: Interaction | None = None,
    ) -> Interaction:
        state = self.state
        made = Interaction(
            state,
            state.world.ids.new(),
            f"token{uuid4().hex}",
            kind,
            user,
            channel,
            data,
            locale or user.locale,
            state.clock.now(),
            source=source,
            opener=opener,
        )
        state.world.interactions[made.token] = made
        told = interaction_json(made)
        reached = await state.gateway.dispatch(channel.guild, "INTERACTION_CREATE", told, on_sent=made.note_sent)
        assert reached, "no session of the bot is there to hear of it"
        return made

    async def say(
        self,
        user: User,
        channel: Channel,
        text: str = "",
        *,
        reply_to: Message | None = None,
        mention_bot: bool = False,
        ping: bool = True,
        files: Sequence[tuple[str, bytes]] = (),
    ) -> Message:
        """Write a message; `ping` says whether a reply mentions the author of what it answers."""
        world = self.state.world
        content = f"{world.bot.mention} {text}".strip() if mention_bot else text
        made = Message(world.ids.new(), channel, user, content, reference=reply_to)
        told = {user: None for user in world.users.values() if user.mention in content}
        if reply_to is not None and ping:
            told[reply_to.author] = None
        made.mentions = [each for each in told if each is not user]
        made.attachments = [world.attach(Attachment(world.ids.new(), *file)) for file in files]
        world.keep(made)
        self.state.bell.ring()
        await posting.tell(self.state, made, "MESSAGE_CREATE")
        return made

    async def rewrite(self, message: Message, text: str) -> None:
        """Edit a user's message."""
        message.content = text
        message.note_version()
        await posting.tell(self.state, message, "MESSAGE_UPDATE")


def _command_data(command: Json, options: list[Json]) -> Json:
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if options:
        data["options"] = options
    return {**data, "guild_id": command["guild_id"]} if "guild_id" in command else data


def _resolved(data: Json, typing: Typing) -> Json:
    return {**data, "resolved": typing.resolved} if typing.resolved else data
