"""briefbot status, check, rollback, prune, purge."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from briefbot import upkeep
from briefbot.cli.options import Session, with_session
from briefbot.errors import UsageFault
from briefbot.index.disk import Disk
from briefbot.terminal.reports import (
    render_check,
    render_prune,
    render_purge,
    render_rollback,
    render_status,
    report_json,
)


@click.command()
@with_session
def status(session: Session) -> None:
    """Tell generation, age, documents, passages, model, size, and what has changed in the documents since."""
    report = upkeep.status(session.settings.index, session.settings.limits)
    session.result(lambda: render_status(report, session.paint, datetime.now(UTC)), lambda: report_json(report))


@click.command()
@with_session
def check(session: Session) -> int:
    """Verify every byte of every generation; exit code 1 and the file's name where one is damaged."""
    report = upkeep.check(session.settings.index)
    session.result(lambda: render_check(report, session.paint), lambda: report_json(report))
    return 1 if report.faults else 0


@click.command()
@click.argument("number", type=click.IntRange(min=1), required=False)
@with_session
def rollback(session: Session, *, number: int | None) -> None:
    """Make generation NUMBER the current one, at once; without NUMBER, the one before the current."""
    upkeep.rollback(
        Disk(session.settings.index),
        number,
        lambda report: session.result(lambda: render_rollback(report, session.paint), lambda: report_json(report)),
    )


@click.command()
@click.option("--keep", type=click.IntRange(min=1), metavar="N", help="How many generations stay.  [default: 3]")
@with_session
def prune(session: Session, *, keep: int | None) -> None:
    """Remove old generations, and the text only they hold, from the disk."""
    report = upkeep.prune(Disk(session.settings.index), keep or session.settings.keep)
    session.result(lambda: render_prune(report), lambda: report_json(report))


@click.command()
@click.argument("document")
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
@with_session
def purge(session: Session, *, document: str, yes: bool) -> None:
    """Remove DOCUMENT's text from the disk for good, with every former generation that holds it."""
    _confirm(session, document, yes=yes)
    report = upkeep.purge(Disk(session.settings.index), document)
    session.result(lambda: render_purge(report, session.paint), lambda: report_json(report))


def _confirm(session: Session, document: str, *, yes: bool) -> None:
    if yes:
        return
    if not session.may_ask:
        raise UsageFault(f"Purging cannot be undone; add --yes to purge {document}.")
    click.confirm(f"Remove {document} from the index and from every former generation for good?", abort=True, err=True)
