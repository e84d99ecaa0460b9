"""briefbot status, check, rollback, prune, purge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from briefbot.cli.options import Session, with_session
from briefbot.errors import UsageFault
from briefbot.index.disk import Disk
from briefbot.terminal.reports import report_json, report_text
from briefbot.upkeep import check as check_index
from briefbot.upkeep import prune as prune_index
from briefbot.upkeep import purge as purge_document
from briefbot.upkeep import rollback as roll_back
from briefbot.upkeep import status as status_of

if TYPE_CHECKING:
    from briefbot.reports import CheckReport, PruneReport, PurgeReport, RollbackReport, StatusReport


@click.command()
@with_session
def status(session: Session) -> None:
    """Tell generation, age, documents, passages, model, size, and what has changed in the documents since."""
    _print(session, status_of(session.settings.index, session.settings.limits))


@click.command()
@with_session
def check(session: Session) -> int:
    """Verify every byte of every generation; exit code 1 and the file's name where one is damaged."""
    report = check_index(session.settings.index)
    _print(session, report)
    return 1 if report.faults else 0


@click.command()
@click.argument("number", type=click.IntRange(min=1), required=False)
@with_session
def rollback(session: Session, *, number: int | None) -> None:
    """Make generation NUMBER the current one, at once; without NUMBER, the one before the current."""
    roll_back(Disk(session.settings.index), number, lambda report: _print(session, report))


@click.command()
@click.option("--keep", type=click.IntRange(min=1), metavar="N", help="How many generations stay.  [default: 3]")
@with_session
def prune(session: Session, *, keep: int | None) -> None:
    """Remove old generations, and the text only they hold, from the disk."""
    _print(session, prune_index(Disk(session.settings.index), keep or session.settings.keep))


@click.command()
@click.argument("document")
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
@with_session
def purge(session: Session, *, document: str, yes: bool) -> None:
    """Remove DOCUMENT's text from the disk for good, with every former generation that holds it."""
    _confirm(session, document, yes=yes)
    _print(session, purge_document(Disk(session.settings.index), document))


def _confirm(session: Session, document: str, *, yes: bool) -> None:
    if yes:
        return
    if not session.may_ask:
        raise UsageFault(f"Purging cannot be undone; add --yes to purge {document}.")
    click.confirm(f"Remove {document} from the index and from every former generation for good?", abort=True, err=True)


def _print(session: Session, report: StatusReport | CheckReport | RollbackReport | PruneReport | PurgeReport) -> None:
    session.result(lambda: report_text(report, session.paint), lambda: report_json(report))
