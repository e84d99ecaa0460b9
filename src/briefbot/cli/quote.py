"""briefbot quote: find quotations, list who is quoted, write them all as a file, and check what is to be published."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefbot.cli.options import Session, as_date, with_session
from briefbot.errors import UsageFault
from briefbot.model import Filters, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefbot.answering import Library
    from briefbot.model import QuotationKind
    from briefbot.quoting import Checked, Claim

_KINDS: dict[str, QuotationKind | None] = {"direct": "direct", "indirect": "indirect", "all": None}


@click.group()
def quote() -> None:
    """Find who said what, word for word, and check a quotation before it is published."""


@quote.command(short_help="Find quotations by meaning, words and speaker.")
@click.argument("words", nargs=-1)
@click.option("--speaker", metavar="NAME", help="Only what this person said.")
@click.option("--document", metavar="NAME|FOLDER", help="Only from this document or folder.")
@click.option("--since", metavar="DATE", callback=as_date, help="Only from documents of this date or later.")
@click.option("--until", metavar="DATE", callback=as_date, help="Only from documents of this date or earlier.")
@click.option(
    "--kind",
    type=click.Choice(list(_KINDS)),
    default="direct",
    show_default=True,
    help="Word for word, only reported by the document, or both.",
)
@click.option("-k", metavar="N", type=click.IntRange(1, 100), default=5, show_default=True, help="How many at most.")
@with_session
def find(session: Session, *, words: tuple[str, ...], speaker: str | None, kind: str, k: int, **filters: Any) -> None:
    """Find quotations by meaning, words and speaker together; without WORDS, all of the speaker, the newest first."""
    from briefbot.quoting import Wanted
    from briefbot.quoting import find as found_in
    from briefbot.terminal.quotations import quotations_json, render_quotations

    wanted = Wanted(" ".join(words), Scope.everything(), speaker, _KINDS[kind], Filters(**filters), k)
    with _library(session) as library:
        found = found_in(wanted, library, session.settings.aliases)
    width = shutil.get_terminal_size().columns
    session.result(lambda: render_quotations(found, session.paint, width), lambda: quotations_json(found))


@quote.command(short_help="List who is quoted, how often, and in which spellings.")
@with_session
def speakers(session: Session) -> None:
    """List who is quoted, those first who are quoted most, with all spellings of their names."""
    from briefbot.index.store import open_current
    from briefbot.quoting import speakers as quoted_in
    from briefbot.terminal.quotations import render_speakers, speakers_json

    with open_current(session.settings.index) as generation:
        lines = quoted_in(generation, Scope.everything(), session.settings.aliases)
    session.result(lambda: render_speakers(lines, session.paint), lambda: speakers_json(lines))


@quote.command(short_help="Write all quotations, one a line.")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@with_session
def export(session: Session, *, form: str) -> None:
    """Write all quotations: one JSON object a line, or one row of CSV with the names of the columns above."""
    from briefbot.quoting import every
    from briefbot.terminal.quotations import quotation_json

    with _library(session) as library:
        rows = (quotation_json(*one) for one in every(library, Scope.everything()))
        if form == "jsonl":
            for row in rows:
                click.echo(json.dumps(row, ensure_ascii=False))
        else:
            _write_csv(rows)


@quote.command(short_help="Check whether somebody really said that, word for word.")
@click.argument("text", required=False)
@click.option("--speaker", metavar="NAME", help="Who is said to have said it.")
@click.option("--file", "draft", type=click.Path(path_type=Path), help="Check every quotation of this draft instead.")
@with_session
def check(session: Session, *, text: str | None, speaker: str | None, draft: Path | None) -> None:
    """Check whether the documents have TEXT as a quotation, word for word, or every quotation of a draft.

    The draft is read and not kept. The exit code is 0 only where everything is exact, typography aside, and nothing
    around it that was left out turns its sense.
    """
    from briefbot.terminal.checks import check_json, render_check, render_draft

    if (text is None) == (draft is None):
        raise UsageFault('Name a text or a draft, as in: briefbot quote check "…", or: briefbot quote check --file F')
    if draft is None:
        (found,) = checks = _checked(session, [(text or "", speaker)])
        width = shutil.get_terminal_size().columns
        session.result(lambda: render_check(found, session.paint, width), lambda: check_json(found))
    else:
        checks = _checked(session, _quoted_in(draft, speaker, session))
        fields = [check_json(one) for one in checks]
        session.result(lambda: render_draft(checks, session.paint), lambda: {"format": 1, "checks": fields})
    if not all(one.check.is_sound for one in checks):
        click.get_current_context().exit(1)


def _checked(session: Session, claims: list[Claim]) -> list[Checked]:
    """Return the verdicts on texts that are credited to speakers, the worst first."""
    from briefbot.quoting import all_checked

    with _library(session) as library:
        return all_checked(claims, library, Scope.everything(), session.settings.aliases)


def _quoted_in(draft: Path, speaker: str | None, session: Session) -> list[Claim]:
    """Return what a draft quotes, each with who is said to have said it."""
    from briefbot.building.preparing import draft_quotations
    from briefbot.quoting import claims

    return [(text, speaker or own) for text, own in claims(draft_quotations(draft, session.settings.limits))]


def _write_csv(rows: Iterator[dict[str, Any]]) -> None:
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(sys.stdout, list(row), lineterminator="\n")
            writer.writeheader()
        plain = {key: json.dumps(value) if isinstance(value, list) else value for key, value in row.items()}
        writer.writerow(plain)


@contextmanager
def _library(session: Session) -> Iterator[Library]:
    from briefbot.cli.encoders import reference_encoder
    from briefbot.cli.library import Libraries
    from briefbot.index.store import open_current

    with open_current(session.settings.index) as generation:
        yield Libraries(session.settings, reference_encoder).open(generation)
