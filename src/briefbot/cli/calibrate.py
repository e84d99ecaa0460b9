"""briefbot calibrate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefbot.cli.options import Session, with_session
from briefbot.errors import UsageFault
from briefbot.reports import CalibrationReport, Setting

if TYPE_CHECKING:
    from briefbot.evaluation.calibrating import Calibrated
    from briefbot.index.disk import Disk
    from briefbot.index.generation import Generation


@click.command()
@click.argument("questions", required=False, type=click.Path(path_type=Path))
@click.option(
    "--precision",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.95,
    show_default=True,
    help="The share of answers whose first passage is to be right.",
)
@click.option("--remove", is_flag=True, help="Go back to what comes with briefbot.")
@with_session
def calibrate(session: Session, *, questions: Path | None, precision: float, remove: bool) -> None:
    """Set from a team's own questions how sure an answer must be to be given.

    QUESTIONS is a file as eval reads it: 30 questions or more, at least 5 of them with unanswerable: true. With the
    model that comes with briefbot, the threshold is set; for another model, what makes it sure is learnt as well. It
    is kept with the index, as a new generation, until the model changes.
    """
    from briefbot.index.disk import Disk
    from briefbot.terminal.reports import render_calibration, report_json
    from briefbot.upkeep import set_calibration

    if (questions is None) != remove:
        raise UsageFault("Name a file of questions, or --remove, as in: briefbot calibrate questions.jsonl")
    disk = Disk(session.settings.index)
    if questions is None:
        report = CalibrationReport(set_calibration(disk, lambda _: None), None)
    else:
        report = _set(session, disk, questions, precision)
    session.result(lambda: render_calibration(report), lambda: report_json(report))


def _set(session: Session, disk: Disk, questions: Path, precision: float) -> CalibrationReport:
    from briefbot.cli.encoders import reference_encoder
    from briefbot.cli.library import Libraries
    from briefbot.evaluation.asking import observe_all
    from briefbot.evaluation.calibrating import calibrated
    from briefbot.evaluation.questions import read_questions
    from briefbot.search.confidence import calibration_bytes
    from briefbot.upkeep import set_calibration

    asked = read_questions(questions).asked
    found: list[Calibrated] = []

    def chosen(generation: Generation) -> bytes:
        library = Libraries(session.settings, reference_encoder).open(generation)
        observed = observe_all(asked, library, session.bars())
        made_with = generation.manifest.encoder.weights
        found.append(calibrated(observed, library.calibration, made_with, precision))
        return calibration_bytes(found[0].calibration, questions=found[0].questions, precision=precision)

    number = set_calibration(disk, chosen)
    one = found[0]
    return CalibrationReport(number, Setting(one.questions, one.calibration.threshold, one.precision, one.coverage))
