"""briefbot feedback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from briefbot.cli.options import Session, as_date, with_session
from briefbot.errors import UsageFault

if TYPE_CHECKING:
    from datetime import date


@click.group()
def feedback() -> None:
    """Write what users said of answers as a file of questions."""


@feedback.command(short_help="Print what users said, one JSON object a line.")
@click.option("--since", metavar="DATE", callback=as_date, help="Leave out what is older.")
@with_session
def export(session: Session, *, since: date | None) -> None:
    """Print one JSON object a line: question, verdict (helpful, not helpful, unanswered), document, paragraph, reason.

    Nothing in it says who asked.
    """
    from briefbot.serving.feedback import export as exported

    path = session.settings.discord.feedback
    if path is None:
        raise UsageFault(
            'No feedback is kept; name a file for it in briefbot.toml: [discord] feedback = "feedback.jsonl"'
        )
    for record in exported(path, since=since):
        click.echo(json.dumps(record, ensure_ascii=False))
    if not path.exists():
        session.note(f"No feedback is kept yet in {path}.")
