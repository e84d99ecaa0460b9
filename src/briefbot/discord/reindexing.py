"""`/reindex`: who may, how its progress is shown, and what it tells at the end.

The message is public, so it tells percentages, and names only what everybody there may see. It is edited at most
every ten seconds, with the bot's own right where the build outlives the interaction. This module refuses to know how an
index is built.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING

import discord

from briefbot.discord.delivery import LOST, Expired, acknowledge, amend, deliver
from briefbot.discord.escaping import escaped
from briefbot.discord.faults import logged
from briefbot.discord.limits import CONTENT, TOKEN_LIFE, clipped
from briefbot.discord.messages import Message
from briefbot.discord.replying import say, tell_privately, why_not, words_of
from briefbot.errors import BriefbotError, Busy, CorpusError
from briefbot.model import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from briefbot.access import Access, Audience
    from briefbot.discord.catalogue import Words
    from briefbot.discord.replying import Event
    from briefbot.reports import BuildReport
    from briefbot.serving.metrics import BuildOutcome
    from briefbot.serving.rebuild import BuildProgress

_STEPS = {"reading": "reindex.reading", "encoding": "reindex.encoding"}
PAUSE = 10.0  # seconds between two edits
_LISTED = 10  # names of each kind
_MARGIN = 60  # seconds before the interaction ends at which the bot's own right is used
_log = logging.getLogger("briefbot.discord")


async def reindex(event: Event, *, full: bool) -> None:
    """Run a build for somebody who may, and show how far it is."""
    event.client.parts.metrics.interacted("command")
    words = words_of(event)
    with event.client.at_work() as stopping:
        if objection := _objection(event, stopping=stopping):
            await say(event, words(objection))
            return
        try:
            await acknowledge(event, private=False)
            await _run(event, words, full=full)
        except Exception as error:  # noqa: BLE001 - the last door of this command
            event.client.parts.metrics.discord_failed()
            await tell_privately(event.user, why_not(error, words))


def _objection(event: Event, *, stopping: bool) -> str | None:
    """Return the key of the sentence that says why no build is begun, if there is a reason."""
    if not event.client.may_rebuild(event):
        return "reindex.not_allowed"
    if event.client.parts.rebuilder.running:
        return "reindex.running"
    return "fault.stopping" if stopping else None


async def _run(event: Event, words: Words, *, full: bool) -> None:
    board = _Board(event)
    await board.show(words("reindex.started"))
    latest: list[BuildProgress] = []
    ended = asyncio.Event()
    showing = asyncio.create_task(_show_progress(board, latest, words, ended), name="progress of a build")
    try:
        report = await event.client.parts.rebuilder.run(full=full, progress=latest.append)
        text = _told(report, await _public_scope(event, report), words)
        event.client.parts.metrics.built(_outcome(report))
    except BriefbotError as error:
        text = _failure(event, error, words)
    finally:
        ended.set()
        await showing  # an edit under way must not come after the last one
    await board.show(text)


async def _show_progress(board: _Board, latest: list[BuildProgress], words: Words, ended: asyncio.Event) -> None:
    while not await _within(PAUSE, ended):
        if not latest:
            continue
        step = latest[-1]
        latest.clear()
        percent = 100 * step.done // max(1, step.total)
        try:
            await board.show(
                words("reindex.progress", step=words(_STEPS.get(step.step, "reindex.working")), percent=percent)
            )
        except (discord.HTTPException, Expired, *LOST) as error:  # the build goes on; the next edit may do better
            _log.warning("progress could not be shown: %r", error)


async def _within(seconds: float, event: asyncio.Event) -> bool:
    """Tell whether something happens within some seconds, as soon as it has."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


class _Board:
    """The message that is edited: by the interaction while that lives, then by the bot's own right."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._began = time.monotonic()
        self._message: int | None = None

    async def show(self, text: str) -> None:
        if time.monotonic() - self._began < TOKEN_LIFE - _MARGIN:
            with contextlib.suppress(Expired):
                self._message = await deliver(self._event, Message(text)) or self._message
                return
        if self._message is None:
            raise Expired
        await amend(self._event.client.get_partial_messageable(self._event.channel_id or 0), self._message, text)


async def _public_scope(event: Event, report: BuildReport) -> Scope:
    """Return which of the documents that a report names everybody in the channel may see."""
    visibility = event.client.visibility
    access: Access = visibility.access
    audience: Audience = visibility.everybody(event.guild_id or 0, event.channel)
    names = {*report.added, *report.changed, *report.removed, *(skipped.name for skipped in report.skipped)}
    names |= {name for pair in report.renamed for name in pair}
    return await asyncio.to_thread(access.scope, audience, names)


def _told(report: BuildReport, scope: Scope, words: Words) -> str:
    """Return what a build did, as far as everybody may know."""
    skipped = {file.name: file.reason for file in report.skipped if scope.allows(file.name)}
    kinds = {
        "added": [*report.added, *(new for _, new in report.renamed)],
        "changed": report.changed,
        "removed": [*report.removed, *(old for old, _ in report.renamed)],
        "skipped": [f"{name}: {reason}" for name, reason in skipped.items()],
    }
    lines = [words("reindex.done" if report.published else "reindex.unchanged")]
    for kind, named in kinds.items():
        lines += _listed(kind, [name for name in named if kind == "skipped" or scope.allows(name)], words)
    return clipped("\n".join(lines), CONTENT)


def _outcome(report: BuildReport) -> BuildOutcome:
    if report.skipped:
        return "incomplete"
    return "published" if report.published else "unchanged"


def _listed(kind: str, names: Iterable[str], words: Words) -> list[str]:
    every = list(names)
    if not every:
        return []
    shown = [f"-# {escaped(clipped(name, 100))}" for name in every[:_LISTED]]
    return [words(f"reindex.{kind}", count=len(every)), *shown, *(["-# …"] if len(every) > _LISTED else [])]


def _failure(event: Event, error: BriefbotError, words: Words) -> str:
    """Return why a build failed; the reason may name documents, so only where everybody may see all of them."""
    if isinstance(error, Busy):
        return words("reindex.running")
    refused = isinstance(error, CorpusError)
    event.client.parts.metrics.built("refused" if refused else "failed")
    visibility = event.client.visibility
    audience = visibility.everybody(event.guild_id or 0, event.channel)
    reference = logged(error, exit_code=error.exit_code)
    if visibility.access.scope(audience, ()) == Scope.everything():
        return words("reindex.failed_because", reason=escaped(clipped(str(error), 1_000)))
    return words("reindex.failed", reference=reference)
