"""An evaluation as one page that needs nothing else: tables, plots, misses. No script, and all text is escaped."""

from __future__ import annotations

from html import escape
from itertools import accumulate
from typing import TYPE_CHECKING

from briefbot.evaluation.drawing import Line, shares, shares_by_number
from briefbot.evaluation.rows import sound
from briefbot.evaluation.telling import (
    OPERATIONS,
    about_abstention,
    about_collection,
    about_questions,
    asked_of,
    came_of,
    figures_of_collection,
    figures_of_questions,
    operations,
    remarks_on_collection,
    remarks_on_questions,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from briefbot.evaluation.abstaining import Abstention
    from briefbot.evaluation.figures import CollectionReport, QuestionsReport

_STYLE = """\
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #7d859055; }
svg { max-width: 100%; height: auto; }
"""
_HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
"""


def questions_page(report: QuestionsReport) -> str:
    """Return the page of a team's own questions."""
    misses = [(miss.place, miss.question, asked_of(miss), came_of(miss)) for miss in report.misses]
    return _page(
        f"Evaluation of {report.file}",
        [
            _paragraphs([about_questions(report)]),
            _table((), figures_of_questions(report)),
            _right_within(report),
            *_confidence(report.abstention),
            *(
                [f"<h2>Misses ({len(misses):,})</h2>", _table(("where", "question", "expected", "came first"), misses)]
                if misses
                else []
            ),
            _paragraphs(remarks_on_questions(report)),
        ],
    )


def collection_page(report: CollectionReport) -> str:
    """Return the page of a collection."""
    return _page(
        f"Evaluation of {report.collection}",
        [
            _paragraphs([about_collection(report)]),
            _table((), figures_of_collection(report)),
            *(_confidence(report.abstention) if report.abstention else []),
            _paragraphs(remarks_on_collection(report)),
        ],
    )


def _right_within(report: QuestionsReport) -> str:
    if not report.answerable:
        return ""
    points = tuple((n, right / report.answerable) for n, right in enumerate(accumulate(report.ranks), start=1))
    return shares_by_number("A right excerpt among the first", "excerpts looked at", [Line("right", points)])


def _confidence(found: Abstention | None) -> list[str]:
    if found is None:
        return [_paragraphs([about_abstention(found)])]
    points = tuple((one.coverage, 1 - (one.precision or 0.0)) for one in found.curve)
    return [
        "<h2>Confidence</h2>",
        _paragraphs([about_abstention(found)]),
        _table(OPERATIONS, operations(found)),
        shares("Risk: wrong among what is answered", "coverage: answered, of all", [Line("all", points, dotted=False)]),
    ]


def _page(title: str, parts: Iterable[str]) -> str:
    named = f"<title>{_escaped(title)}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n<h1>{_escaped(title)}</h1>"
    return "\n".join([_HEAD + named, *filter(None, parts), "</body>", "</html>", ""])


def _paragraphs(texts: Iterable[str]) -> str:
    return "\n".join(f"<p>{_escaped(text)}</p>" for text in texts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    first = [_row(head, "th")] if head else []
    return "\n".join(["<table>", *first, *(_row(row, "td") for row in rows), "</table>"])


def _row(cells: Sequence[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{_escaped(cell)}</{tag}>' for cell in cells)}</tr>"


def _escaped(text: str) -> str:
    return escape(sound(text))
