"""briefbot run."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from typing import TYPE_CHECKING

import click

from briefbot.cli.options import Session, with_session
from briefbot.credentials import bot_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefbot.discord.asking import Parts
    from briefbot.embedding.encoder import Encoder
    from briefbot.embedding.remote import RemoteEncoder

_SWITCH = 0.0005  # seconds that a thread may keep another one waiting


@click.command()
@click.option(
    "--metrics-port", type=click.IntRange(0, 65_535), metavar="PORT", help="Serve /metrics and /healthz there."
)
@click.option(
    "--metrics-host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where they are served."
)
@with_session
def run(session: Session, *, metrics_port: int | None, metrics_host: str) -> None:
    """Run the Discord bot until it is told to end (SIGTERM).

    The token is taken from DISCORD_TOKEN, or from the file that DISCORD_TOKEN_FILE names.

    What happens is logged to standard error: with --json as one JSON object a line, as it always is where that is no
    terminal; with --quiet only warnings and errors.
    """
    from briefbot.serving.logs import configure_logs

    token = bot_token(os.environ)
    level = logging.WARNING if session.quiet else logging.INFO
    configure_logs(sys.stderr, secrets=(token,), human=False if session.as_json else None, level=level)
    asyncio.run(_serve(session, token, metrics_port, metrics_host))


async def _serve(session: Session, token: str, port: int | None, host: str) -> None:
    import contextlib

    from briefbot.discord.bot import BriefBot
    from briefbot.discord.running import health
    from briefbot.discord.running import run as run_bot
    from briefbot.serving.exposition import serve

    async with contextlib.AsyncExitStack() as stack:
        bot = BriefBot(_parts(session, lambda model: stack.enter_context(remote_encoder(model))))
        _keep_pauses_short()
        if port is not None:
            await stack.enter_async_context(serve(host, port, bot.figures, lambda: health(bot)))
        await run_bot(bot, token)


def _keep_pauses_short() -> None:
    """Let what was imported be passed over by the garbage collector, and threads that answer give way to the loop soon.

    Walking through it all was measured to stop the loop for 25 to 100 ms. After each of its system calls the loop waits
    for a thread that computes, by default for 5 ms.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(_SWITCH)


def remote_encoder(model: str) -> RemoteEncoder:
    """Return sentence-transformers itself, in a process of its own: its import would stop this one for seconds."""
    from briefbot.embedding.remote import RemoteEncoder

    return RemoteEncoder(model)


def _parts(session: Session, plain: Callable[[str], Encoder]) -> Parts:
    from briefbot.cli.library import Libraries
    from briefbot.discord.asking import Parts
    from briefbot.serving.desk import AnswerDesk
    from briefbot.serving.feedback import FeedbackFile
    from briefbot.serving.metrics import Metrics
    from briefbot.serving.rebuild import Rebuilder

    settings = session.settings
    wanted = settings.discord
    return Parts(
        desk=AnswerDesk(
            settings.index,
            Libraries(settings, plain).open,
            most_waiting=wanted.queue,
        ),
        settings=wanted,
        rules=settings.access,
        rebuilder=Rebuilder(_build_command(session)),
        metrics=Metrics(),
        feedback=FeedbackFile(wanted.feedback, wanted.feedback_days) if wanted.feedback else None,
        aliases=settings.aliases,
    )


def _build_command(session: Session) -> tuple[str, ...]:
    """Return the command that rebuilds the index with the settings in force."""
    settings = session.settings
    folders = ("--corpus", str(settings.corpus), "--index", str(settings.index), "--model", settings.model)
    manner = ("--json", "--progress-json", "--background", "--no-input")
    config = ("--config", session.config) if session.config else ()
    return (sys.executable, "-m", "briefbot", "build", *manner, *folders, *config)
