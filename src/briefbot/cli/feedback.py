"""briefbot feedback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from briefbot.cli.options import Session, with_session
from briefbot.errors import UsageFault

if TYPE_CHECKING:
    from datetime import datetime


@click.group()
def feedback() -> None:
    """Write what users said of answers as a file of questions."""


@feedback.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Leave out what is older.")
@with_session
def export(session: Session, *, since: datetime | None) -> None:
    """Print one JSON object a line: question, verdict (helpful, not helpful, unanswered), document, paragraph, reason.

    Nothing in it says who asked.
    """
    from briefbot.serving.feedback import export as exported

    path = session.settings.discord.feedback
    if path is None:
        raise UsageFault(
            'No feedback is kept; name a file for it in briefbot.toml: [discord] feedback = "feedback.jsonl"'
        )
    for record in exported(path, since=since.date() if since else None):
        click.echo(json.dumps(record, ensure_ascii=False))
