"""briefbot build."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefbot.cli.options import COMPILING, Session, with_session
from briefbot.errors import UnreadableFile

if TYPE_CHECKING:
    from briefbot.building import Gate
    from briefbot.embedding.encoder import Encoder
    from briefbot.evaluation.judging import Outcome
    from briefbot.index.generation import Generation
    from briefbot.reports import Remark


@click.command()
@click.option("--full", is_flag=True, help="Read and embed everything anew.")
@click.option("--dry-run", is_flag=True, help="Tell what would be done, and change nothing.")
@click.option("--allow-removals", is_flag=True, help="Publish although many documents are gone or unreadable.")
@click.option(
    "--gate",
    metavar="QUESTIONS",
    type=click.Path(path_type=Path),
    help="Publish only what answers this file of questions, as eval reads it, no worse than now.",
)
@click.option(
    "--background",
    is_flag=True,
    help="Run at the lowest priority, and be the first to be ended when memory runs out.",
)
@click.option("--progress-json", is_flag=True, help="Tell progress on standard error, one JSON object a line.")
@with_session
def build(session: Session, *, gate: Path | None, background: bool, progress_json: bool, **options: bool) -> int:
    """Bring the index up to the documents: what was added, changed, removed and skipped.

    Unchanged passages are not embedded again. The generation that was current answers until the new one is complete.
    """
    if background:
        _step_back()

    from briefbot.building import BuildOptions
    from briefbot.building import build as build_index
    from briefbot.building.preparing import Tools
    from briefbot.cli.encoders import building_encoder
    from briefbot.index.disk import Disk
    from briefbot.packages import READING, require_for_building
    from briefbot.reports import Remark
    from briefbot.terminal.reports import render_build, report_json

    require_for_building(READING)  # a reader without its library would take every document for unreadable
    settings = session.settings
    gates = (_gate(session, gate),) if gate else ()
    bars = session.bars(as_json=progress_json)
    told = (lambda: None) if progress_json else lambda: session.note(COMPILING)
    encoder, remark = building_encoder(settings, anew=options["full"], compiling=told)
    report = build_index(Tools(settings, Disk(settings.index), encoder, bars), BuildOptions(**options, gates=gates))
    if report.published and (strange := _strange(session, encoder)):
        report = replace(report, remarks=(*report.remarks, Remark("languages", strange)))
    if remark:
        report = replace(report, remarks=(_not_compiled(remark), *report.remarks))
    session.result(lambda: render_build(report, session.paint), lambda: report_json(report))
    return UnreadableFile.exit_code if report.skipped else 0


def _gate(session: Session, path: Path) -> Gate:
    """Return what asks both generations the questions of a file, each with the model it was made with."""
    from briefbot.cli.encoders import reference_encoder
    from briefbot.cli.library import Libraries
    from briefbot.evaluation.asking import ask_all
    from briefbot.evaluation.gate import refuse_worse
    from briefbot.evaluation.questions import read_questions

    asked = read_questions(path).asked

    def outcomes(generation: Generation) -> list[Outcome]:
        settings = replace(session.settings, model=generation.manifest.encoder.name)
        return ask_all(asked, Libraries(settings, reference_encoder).open(generation), session.bars())

    return lambda current, coming: refuse_worse(outcomes(current), outcomes(coming))


def _strange(session: Session, encoder: Encoder) -> str:
    """Return which languages of the documents the model does not know and what can be done, or nothing."""
    from briefbot.index.store import open_current
    from briefbot.model import Scope
    from briefbot.search.familiarity import FIX, in_words, unfamiliar

    with open_current(session.settings.index) as generation:
        rows = generation.visible(Scope.everything()).rows
        strange = in_words(unfamiliar(generation, rows, encoder.count), encoder.name)
    return f"{strange}: {FIX}" if strange else ""


def _not_compiled(reason: str) -> Remark:
    from briefbot.reports import Remark

    return Remark("model", f"it runs without being compiled, which is slower ({reason}); see: briefbot doctor")


def _step_back() -> None:
    """Let everything else on this machine go first; its threads and children follow."""
    os.nice(19)
    with contextlib.suppress(AttributeError, OSError):  # macOS has neither of the two
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    if os.getsid(0) == os.getpid():
        # Linux weighs whole sessions against each other, so that in one of its own the lowest priority would be half a
        # core; what stands in a session with others is weighed against those alone.
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text("19", "ascii")
