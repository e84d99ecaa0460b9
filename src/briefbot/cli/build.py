"""briefbot build."""

from __future__ import annotations

import os
import sys

import click

from briefbot.cli.options import Session, with_session
from briefbot.errors import UnreadableFile


@click.command()
@click.option("--full", is_flag=True, help="Read and embed everything anew.")
@click.option("--dry-run", is_flag=True, help="Tell what would be done, and change nothing.")
@click.option("--allow-removals", is_flag=True, help="Publish although many documents are gone or unreadable.")
@with_session
def build(session: Session, *, full: bool, dry_run: bool, allow_removals: bool) -> int:
    """Bring the index up to the documents: what was added, changed, removed and skipped.

    Unchanged passages are not embedded again. The generation that was current answers until the new one is complete.
    """
    from briefbot.building import BuildOptions
    from briefbot.building import build as build_index
    from briefbot.building.preparing import Tools
    from briefbot.embedding.reference import ReferenceEncoder
    from briefbot.index.disk import Disk
    from briefbot.terminal.progress import Bars, bars_wanted
    from briefbot.terminal.reports import render_build, report_json

    settings = session.settings
    bars = Bars(sys.stderr, enabled=bars_wanted(sys.stderr, os.environ, quiet=session.quiet))
    tools = Tools(settings, Disk(settings.index), ReferenceEncoder(settings.model), bars)
    report = build_index(tools, BuildOptions(full=full, dry_run=dry_run, allow_removals=allow_removals))
    session.result(lambda: render_build(report, session.paint), lambda: report_json(report))
    return UnreadableFile.exit_code if report.skipped else 0
