"""briefbot eval."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefbot.cli.options import COMPILING, Session, with_session
from briefbot.errors import DiskError, UsageFault

if TYPE_CHECKING:
    from briefbot.evaluation.beir import Collection
    from briefbot.evaluation.figures import CollectionReport, QuestionsReport
    from briefbot.settings import Settings


@click.command(name="eval")
@click.argument("questions", required=False, type=click.Path(path_type=Path))
@click.option("--beir", metavar="FOLDER", type=click.Path(path_type=Path), help="Rank a collection in BEIR's form.")
@click.option("--abstain", is_flag=True, help="With --beir: tell what confidence is worth.")
@click.option("--conversation", is_flag=True, help="With --beir: use the history of each query.")
@click.option("--html", metavar="FILE", type=click.Path(path_type=Path), help="Write a page with the plots as well.")
@with_session
def evaluate(
    session: Session, *, questions: Path | None, beir: Path | None, html: Path | None, **options: bool
) -> None:
    """Measure how well questions with known answers are answered, and list the misses.

    QUESTIONS is a file with one JSON object a line, or a CSV file with the same names as columns: question; document,
    and paragraph or not; answer (or text), which must stand in the right passage; or unanswerable: true. All that a
    row names must hold. What `briefbot feedback export` writes can be read too. They are asked of the index in force.

    A folder in BEIR's form (corpus.jsonl, queries.jsonl, qrels/test.tsv) is built into an index of its own, which is
    kept in the cache. 100 entries are ranked for each query. With --abstain, a query without a relevant entry is one
    that should not be answered.
    """
    from briefbot.packages import require_for_evaluating

    if (questions is None) == (beir is None):
        raise UsageFault("Name a file of questions, or a folder with --beir, as in: briefbot eval questions.jsonl")
    require_for_evaluating()
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # FAISS's threads wait for each other at every question, and
    # by spinning they took four fifths of the time on a machine that had other work
    if questions is not None:
        _evaluate_questions(session, questions, html)
    elif beir is not None:
        _evaluate_collection(session, beir, html, **options)


def _evaluate_questions(session: Session, path: Path, html: Path | None) -> None:
    from briefbot.evaluation.page import questions_page
    from briefbot.terminal.evaluations import render_questions
    from briefbot.terminal.reports import report_json

    report = _questions_report(session, path)
    if html:
        _write(html, questions_page(report))
    session.result(lambda: render_questions(report, session.paint), lambda: report_json(report))


def _questions_report(session: Session, path: Path) -> QuestionsReport:
    from briefbot.cli.encoders import reference_encoder
    from briefbot.cli.library import Libraries
    from briefbot.evaluation.asking import ask_all
    from briefbot.evaluation.figures import questions_report
    from briefbot.evaluation.questions import read_questions
    from briefbot.index.store import open_current

    questions = read_questions(path)
    with open_current(session.settings.index) as generation:
        library = Libraries(session.settings, reference_encoder).open(generation)
        outcomes = ask_all(questions.asked, library, session.bars())
        known = frozenset(generation.documents)
    return questions_report(str(path), questions, outcomes, known, library.threshold)


def _evaluate_collection(
    session: Session, folder: Path, html: Path | None, *, abstain: bool, conversation: bool
) -> None:
    from briefbot.evaluation.beir import read_collection
    from briefbot.evaluation.page import collection_page
    from briefbot.packages import READING, require_for_building
    from briefbot.terminal.evaluations import render_collection
    from briefbot.terminal.reports import report_json

    require_for_building(READING)
    report = _collection_report(session, read_collection(folder), abstain=abstain, conversation=conversation)
    if html:
        _write(html, collection_page(report))
    session.result(lambda: render_collection(report, session.paint), lambda: report_json(report))


def _collection_report(
    session: Session, collection: Collection, *, abstain: bool, conversation: bool
) -> CollectionReport:
    from briefbot.building.preparing import Tools
    from briefbot.cli.encoders import building_encoder
    from briefbot.cli.library import library_of
    from briefbot.evaluation.asking import rank_all
    from briefbot.evaluation.entries import index_of, require_all, shelve
    from briefbot.evaluation.figures import collection_report
    from briefbot.index.disk import Disk
    from briefbot.index.store import open_current

    shelf, bars = shelve(collection), session.bars()
    settings: Settings = shelf.settings(session.settings)
    encoder, _ = building_encoder(settings, anew=False, compiling=lambda: session.note(COMPILING))
    index_of(shelf, Tools(settings, Disk(settings.index), encoder, bars))
    with open_current(settings.index) as generation:
        require_all(shelf, generation)
        library = library_of(generation, encoder, settings)
        if abstain and library.threshold is None:
            raise UsageFault(f"Confidence is not calibrated for the model {encoder.name!r}; leave out --abstain.")
        rankings = rank_all(collection.queries, shelf.ids, library, bars, conversation=conversation)
        passages = generation.manifest.passages
    return collection_report(collection, passages, rankings, library.threshold if abstain else None)


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, "utf-8")
    except OSError as error:
        raise DiskError(f"The page cannot be written to {path}: {error.strerror}; name another file.") from error
