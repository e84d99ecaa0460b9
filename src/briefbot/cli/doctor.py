"""briefbot doctor."""

from __future__ import annotations

import os

import click

from briefbot.cli.options import Session, with_session
from briefbot.doctor import doctor as look_at_everything
from briefbot.terminal.reports import render_doctor, report_json


@click.command()
@with_session
def doctor(session: Session) -> int:
    """Look at Python, packages, model, corpus, index, disk and token, and say how to mend what is missing."""
    report = look_at_everything(session.settings, os.environ)
    session.result(lambda: render_doctor(report, session.paint), lambda: report_json(report))
    return 1 if any(item.state == "fail" for item in report.items) else 0
