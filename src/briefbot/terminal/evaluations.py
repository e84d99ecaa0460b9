"""What `briefbot eval` prints for a person: the figures, what confidence is worth, and the misses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefbot.evaluation.telling import (
    OPERATIONS,
    about_abstention,
    about_calibration,
    about_collection,
    about_questions,
    asked_of,
    came_of,
    figures_of_collection,
    figures_of_questions,
    held_out,
    operations,
    padded,
    remarks_on_collection,
    remarks_on_questions,
    remarks_on_unsettled,
)
from briefbot.harmless import one_line
from briefbot.terminal.reports import LINES_SHOWN, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.evaluation.abstaining import Abstention
    from briefbot.evaluation.calibrating import CalibrationReport
    from briefbot.evaluation.figures import CollectionReport, Miss, QuestionsReport
    from briefbot.terminal.paint import Paint

_LONGEST = 160  # characters of a line in the list of misses


def render_questions(report: QuestionsReport, paint: Paint) -> str:
    """Return how a team's own questions are answered, and which are not."""
    return joined(
        [paint.bold(about_questions(report))],
        padded(figures_of_questions(report)),
        _confidence(report.abstention, paint),
        _misses(report.misses, paint),
        [paint.warn(one_line(remark)) for remark in remarks_on_questions(report)],
    )


def render_collection(report: CollectionReport, paint: Paint) -> str:
    """Return how the entries of a collection are ranked."""
    return joined(
        [paint.bold(one_line(about_collection(report)))],
        padded(figures_of_collection(report)),
        _confidence(report.abstention, paint) if report.abstention else [],
        [paint.warn(remark) for remark in remarks_on_collection(report)],
    )


def render_calibration(report: CalibrationReport, paint: Paint) -> str:
    """Return what was learnt about confidence, and what that makes of questions it was not learnt from."""
    return joined(
        [paint.bold(about_calibration(report))],
        [
            paint.dim(line) if first else line
            for first, line in zip((True, False), padded(held_out(report)), strict=True)
        ],
        ["Each question's confidence is by numbers that were learnt without it; publishing used all questions."],
        [paint.warn(remark) for remark in remarks_on_unsettled(report.unsettled)],
    )


def _confidence(found: Abstention | None, paint: Paint) -> list[str]:
    if found is None:
        return [about_abstention(found)]
    head, *lines = padded([OPERATIONS, *operations(found)])
    return [paint.bold(about_abstention(found)), "", paint.dim(head), *lines]


def _misses(misses: Sequence[Miss], paint: Paint) -> list[str]:
    """Return the misses with what was expected and what came, the first twenty of many."""
    if not misses:
        return []
    lines = [line for miss in misses[:LINES_SHOWN] for line in _missed(miss, paint)]
    hidden = len(misses) - LINES_SHOWN
    more = [paint.dim(f"  … and {hidden:,} more (--json and --html list all)")] if hidden > 0 else []
    return [paint.bold(f"Misses ({len(misses):,})"), *lines, *more]


def _missed(miss: Miss, paint: Paint) -> list[str]:
    where = miss.place.rpartition(", ")[2]
    return [
        f"  {_short(miss.question)} {paint.dim(f'({where})')}",
        f"    expected    {_short(asked_of(miss))}",
        f"    came first  {_short(came_of(miss))}",
    ]


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST].rstrip()}…"
