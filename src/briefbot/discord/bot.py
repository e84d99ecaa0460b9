"""The client: what it listens to, what it does beside answering, and how it ends.

It holds the parts together and decides nothing about answers. No privileged intent is asked for: private messages,
mentions and replies come with their words.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections import OrderedDict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from briefbot.discord import mentions
from briefbot.discord.asking import Asking, Parts
from briefbot.discord.audience import Visibility, role_ids
from briefbot.discord.buttons import TicketButton, submit
from briefbot.discord.commands import add_commands
from briefbot.discord.delivery import SILENT
from briefbot.discord.faults import logged
from briefbot.discord.replying import say, words_of
from briefbot.discord.translation import CatalogueTranslator, sync
from briefbot.serving.feedback import keep_pruned

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from briefbot.serving.desk import Opened

_LOOK = 0.02  # seconds between two looks at how late the event loop is
_LOCALES = 10_000  # people whose language is remembered
_log = logging.getLogger("briefbot.discord")

discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody is going to speak


class Tree(app_commands.CommandTree["BriefBot"]):
    """The commands; what one of them lets through ends in a sentence and in the log."""

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        """Say that something went wrong, with a reference."""
        cause = error.__cause__ or error
        await say(interaction, words_of(interaction)("fault.unexpected", reference=logged(cause)))


class BriefBot(discord.AutoShardedClient):
    """The bot at Discord."""

    def __init__(self, parts: Parts) -> None:
        intents = discord.Intents.none()
        intents.guilds = intents.guild_messages = intents.dm_messages = True
        super().__init__(
            intents=intents,
            allowed_mentions=SILENT,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
        )
        self.parts = parts
        self.visibility = Visibility(self, parts.rules, parts.settings)
        self.asking = Asking(parts)
        self.up_since = datetime.now(UTC)
        self.locales: OrderedDict[int, str] = OrderedDict()
        self.stopping = False
        self._taken_up: Opened | None = None
        self.busy: set[asyncio.Task[Any]] = set()
        self._background: set[asyncio.Task[None]] = set()
        self.tree = Tree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )

    async def setup_hook(self) -> None:
        """Register what answers, and begin what runs beside it."""
        add_commands(self.tree)
        await self.tree.set_translator(CatalogueTranslator())
        self.add_dynamic_items(TicketButton)
        self.run_beside(self._sync_commands(), "commands")
        if self.parts.feedback is not None:
            self.run_beside(keep_pruned(self.parts.feedback), "feedback")

    async def on_ready(self) -> None:
        """Tell the log."""
        _log.info("ready", extra={"guilds": len(self.guilds), "shards": self.shard_count})
        self._warn_of_strangers()

    async def on_guild_join(self, _: discord.Guild) -> None:
        """Tell the log where a second server makes a setting advisable."""
        self._warn_of_strangers()

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is meant for the bot."""
        if mentions.is_meant(self, message):
            await mentions.answer_message(self, message)

    async def on_interaction(self, event: discord.Interaction[Any]) -> None:
        """Remember the language of who acts, and take forms, which must be heard after a restart, too."""
        self.locales[event.user.id] = event.locale.value
        self.locales.move_to_end(event.user.id)
        if len(self.locales) > _LOCALES:
            self.locales.popitem(last=False)
        if event.type is discord.InteractionType.modal_submit:
            await submit(event)

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        """Log what an event's handler let through; the bot goes on."""
        _log.exception("an event could not be handled", extra={"event": event_method})

    @contextlib.contextmanager
    def at_work(self) -> Iterator[bool]:
        """Have the end wait for the current task; the value tells whether the end has begun."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - only called from coroutines
        stopping = self.stopping
        self.busy.add(task)
        try:
            yield stopping
        finally:
            self.busy.discard(task)

    async def finish(self, grace: float) -> None:
        """Answer what is being answered, end a build, take nothing new, and say goodbye to the gateway."""
        self.stopping = True
        await self.parts.rebuilder.close()  # who waits for it is told as long as there is a connection
        if self.busy:
            await asyncio.wait(set(self.busy), timeout=grace)
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self.close()

    def run_beside(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run something beside answering; what ends it but the bot's own end is logged."""
        task = asyncio.create_task(_noted(work, name), name=name)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def without_own_name(self, content: str) -> str:
        """Return a message's text without the mention that calls the bot."""
        own = self.user.id if self.user else 0
        return re.sub(rf"<@!?{own}>", " ", content).strip()

    def may_rebuild(self, event: discord.Interaction[Any]) -> bool:
        """Tell whether somebody may rebuild the index, from where he asks."""
        wanted = self.parts.settings
        if not wanted.home and not wanted.operators:
            alone = self.visibility.is_settled and len(self.guilds) == 1
            return alone and event.guild_id == self.guilds[0].id and event.permissions.manage_guild
        named = wanted.operators & {event.user.id, *role_ids(event.user)}
        return event.guild_id in wanted.home and bool(named)

    async def forget(self, user: int) -> int:
        """Delete what is kept of somebody; return how many records that were."""
        self.asking.conversations.forget(user)
        if self.parts.feedback is None:
            return 0
        return await asyncio.to_thread(self.parts.feedback.forget, user)

    def _warn_of_strangers(self) -> None:
        if len(self.guilds) > 1 and not (self.parts.rules or self.parts.settings.home):
            _log.warning("the bot is in %d servers; name in [discord] home those that may see all", len(self.guilds))

    async def _sync_commands(self) -> None:
        await self.wait_until_ready()
        changed = await sync(self.tree)
        _log.info("the commands were registered" if changed else "the commands are registered as they are")

    async def measure(self) -> None:
        """Tell the metrics again and again how late the event loop is, and how the desk stands."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(_LOOK)
            self.parts.metrics.lagged(max(0.0, time.monotonic() - before - _LOOK))
            self._note_desk()

    def figures(self) -> bytes:
        """Return all figures as they are at this moment, in Prometheus' text format."""
        self._note_desk()
        return self.parts.metrics.text()

    def _note_desk(self) -> None:
        """Tell the metrics how many questions wait, and which generation is in use."""
        desk, metrics = self.parts.desk, self.parts.metrics
        metrics.waits(desk.state.waiting)
        opened = desk.current
        if opened is not None and opened is not self._taken_up:
            self._taken_up, manifest = opened, opened.library.generation.manifest
            metrics.took_up(manifest.generation, manifest.documents, manifest.passages)


async def _noted(work: Coroutine[Any, Any, None], name: str) -> None:
    try:
        await work
    except asyncio.CancelledError:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, it must not go unseen
        _log.exception("something that runs beside answering has ended", extra={"task": name})
