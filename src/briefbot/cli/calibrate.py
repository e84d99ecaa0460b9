"""briefbot calibrate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefbot.cli.options import Session, with_session
from briefbot.errors import UsageFault

if TYPE_CHECKING:
    from briefbot.evaluation.calibrating import CalibrationReport, Lesson
    from briefbot.evaluation.questions import Questions
    from briefbot.index.manifest import EncoderEntry

_PRECISION = 0.95


@click.command()
@click.argument("questions", required=False, type=click.Path(path_type=Path))
@click.option(
    "--precision",
    metavar="P",
    type=click.FloatRange(0, 1, min_open=True),
    help=f"Which share of the answers must be right.  [default: {_PRECISION:g}]",
)
@click.option("--remove", is_flag=True, help="Go back to what comes with briefbot.")
@with_session
def calibrate(session: Session, *, questions: Path | None, precision: float | None, remove: bool) -> None:
    """Learn from a team's own questions how sure an answer is, and below what nothing is answered.

    QUESTIONS is a file as `briefbot eval` reads it: at least 30 questions, 5 of them marked unanswerable, and 10 whose
    right passage comes first. They are asked of the index in force. The threshold is the lowest at which a share of P
    of the answers is right, of questions that the numbers were not learnt from. What was learnt is published with the
    index as a new generation; builds keep it as long as the model is the same. Nothing of the questions' words is kept.

    Where no threshold reaches P, the best is told, nothing is published, and the exit code is 4.
    """
    if (questions is None) != remove or (remove and precision is not None):
        raise UsageFault("Name a file of questions, or --remove alone, as in: briefbot calibrate questions.jsonl")
    if questions is None:
        _remove(session)
    else:
        _calibrate(session, questions, _PRECISION if precision is None else precision)


def _remove(session: Session) -> None:
    from briefbot.index.disk import Disk
    from briefbot.terminal.reports import render_uncalibrated, report_json
    from briefbot.upkeep import uncalibrate

    report = uncalibrate(Disk(session.settings.index), session.settings.keep)
    session.result(lambda: render_uncalibrated(report), lambda: report_json(report))


def _calibrate(session: Session, path: Path, precision: float) -> None:
    from briefbot.evaluation.questions import read_questions
    from briefbot.terminal.evaluations import render_calibration
    from briefbot.terminal.reports import report_json

    questions = read_questions(path)
    lesson, encoder = _learnt(session, questions, precision)
    report = _published(session, lesson, encoder, (path, questions, precision))
    session.result(lambda: render_calibration(report, session.paint), lambda: report_json(report))


def _learnt(session: Session, questions: Questions, precision: float) -> tuple[Lesson, EncoderEntry]:
    from briefbot.cli.encoders import reference_encoder
    from briefbot.cli.library import Libraries
    from briefbot.evaluation.asking import observe_all
    from briefbot.evaluation.calibrating import learn
    from briefbot.index.store import open_current
    from briefbot.search.confidence import built_in

    with open_current(session.settings.index) as generation:
        library = Libraries(session.settings, reference_encoder).open(generation)
        observed = observe_all(questions.asked, library, session.bars())
        encoder = generation.manifest.encoder
    return learn(observed, built_in(encoder.weights), precision), encoder


def _published(
    session: Session, lesson: Lesson, encoder: EncoderEntry, asked: tuple[Path, Questions, float]
) -> CalibrationReport:
    from briefbot import upkeep
    from briefbot.evaluation.calibrating import CalibrationReport
    from briefbot.index.disk import Disk
    from briefbot.search.confidence import built_in, calibration_bytes

    path, questions, precision = asked
    counts = {"questions": len(questions.asked), "unanswerable": lesson.abstention.unanswerable, "precision": precision}
    data = calibration_bytes(lesson.calibration, counts)
    settings = session.settings
    generation = upkeep.calibrate(Disk(settings.index), data, encoder.weights, settings.keep)
    return CalibrationReport(
        file=str(path),
        generation=generation,
        model=encoder.name,
        started_from="built-in" if built_in(encoder.weights) else "nothing",
        wanted_precision=precision,
        threshold=lesson.calibration.threshold,
        unsettled=questions.unsettled,
        abstention=lesson.abstention,
    )
