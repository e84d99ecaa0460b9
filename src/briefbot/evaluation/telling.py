"""What an evaluation's figures are in words and in rows of tables: the same on a terminal and on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.evaluation.abstaining import Abstention, Operation
    from briefbot.evaluation.calibrating import CalibrationReport
    from briefbot.evaluation.figures import CollectionReport, Miss, QuestionsReport

Rows = list[tuple[str, ...]]

OPERATIONS = ("precision", "threshold", "answered, of all", "rightly, of those with an answer", "wrongly, without one")
_NONE = "–"
_NAMED = 3  # documents


def about_questions(report: QuestionsReport) -> str:
    """Return what was asked, in one sentence."""
    without = report.questions - report.answerable
    told = f", {without:,} of them without an answer in the documents" if without else ""
    return f"{counted(report.questions, 'question')} of generation {report.generation}{told}."


def about_collection(report: CollectionReport) -> str:
    """Return what was ranked, in one sentence."""
    entries = f"{counted(report.entries, 'entry', 'entries')} in {counted(report.passages, 'passage')}"
    queries = counted(report.queries, "query", "queries")
    return f"{report.collection}: {entries}; {queries}, {report.judged:,} of them with a relevant entry."


def figures_of_questions(report: QuestionsReport) -> Rows:
    """Return the name of each measure, its value, and what it is taken of."""
    named = {"sentence": "answering sentence"}
    taken_of = {"sentence": f"of {report.sentences:,} with a text that came first"}
    rows: Rows = []
    for name, value in report.metrics.items():
        as_share = name.startswith("hit@") or name == "sentence"
        told = _NONE if value is None else _percent(value) if as_share else f"{value:.3f}"
        rows.append((named.get(name, name), told, taken_of.get(name, f"of {report.answerable:,} with an answer")))
    return rows


def figures_of_collection(report: CollectionReport) -> Rows:
    """Return the name and the value of each measure."""
    return [(name, f"{value:.4f}") for name, value in report.metrics.items()]


def about_abstention(found: Abstention | None) -> str:
    """Return how well confidence parts what has an answer from what has none."""
    if found is None:
        return "Confidence is not calibrated for the model of this index; to do so, run: briefbot calibrate QUESTIONS"
    if found.auroc is None:
        return "Questions of both kinds are needed to say how well confidence tells them apart."
    return f"Confidence tells answerable questions from others with an AUROC of {found.auroc:.3f}."


def about_calibration(report: CalibrationReport) -> str:
    """Return what was published, and what it was learnt from."""
    found = report.abstention
    how = "moved the built-in numbers" if report.started_from == "built-in" else f"taught numbers for {report.model}"
    asked = f"{counted(found.questions, 'question')}, {found.unanswerable:,} of them without an answer, {how}"
    return f"Generation {report.generation} answers from a confidence of {report.threshold:.3f} on: {asked}."


def held_out(report: CalibrationReport) -> Rows:
    """Return a head and a row with what the threshold makes of questions, as OPERATIONS names."""
    found = report.abstention
    precision = found.today.precision
    return [
        OPERATIONS,
        _operation(_NONE if precision is None else _percent(precision), found.today, found.unanswerable),
    ]


def operations(found: Abstention) -> Rows:
    """Return a row for each precision that may be wanted, and one for the threshold in force, as OPERATIONS names."""
    unanswerable = found.unanswerable
    wanted = [(f"{100 * float(name):g} %", operation) for name, operation in found.reachable.items()]
    rows = [_operation(name, operation, unanswerable) for name, operation in wanted]
    precision = found.today.precision
    now = f"today {_NONE if precision is None else _percent(precision)}"
    return [*rows, _operation(now, found.today, unanswerable)]


def asked_of(miss: Miss) -> str:
    """Return what should have come first."""
    if miss.document is None and miss.text is None:
        return "no answer"
    paragraph = f", paragraph {miss.paragraph}" if miss.paragraph else ""
    text = f"“{miss.text}”" if miss.text else ""
    return " with ".join(filter(None, [f"{miss.document}{paragraph}" if miss.document else "", text]))


def came_of(miss: Miss) -> str:
    """Return what came first, and where the right one stands."""
    if miss.first is None:
        return "nothing"
    unanswerable = miss.document is None and miss.text is None
    rank = "not among those looked at" if miss.rank is None else f"number {miss.rank}"
    sure = "not calibrated" if miss.confidence is None else f"{miss.confidence:.2f}"
    right = f" (confidence {sure})" if unanswerable else f" (the right one is {rank})"
    return f"{miss.first.document}, paragraph {miss.first.paragraph}{right}: {miss.first.text}"


def remarks_on_questions(report: QuestionsReport) -> list[str]:
    """Return what the figures do not tell."""
    remarks = remarks_on_unsettled(report.unsettled)
    if names := report.unknown_documents:
        listed = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
        remarks.append(f"Not in the index, so never found: {listed}.")
    return remarks


def remarks_on_unsettled(unsettled: int) -> list[str]:
    """Return how many rows of feedback were left out, if any."""
    if not unsettled:
        return []
    rows, do = counted(unsettled, "row"), "does" if unsettled == 1 else "do"
    advice = "add a text, or unanswerable: true"
    return [f"Left out: {rows} of feedback that {do} not tell what is right; {advice}."]


def remarks_on_collection(report: CollectionReport) -> list[str]:
    """Return what the figures do not tell."""
    entries = counted(report.unknown_entries, "judged entry", "judged entries")
    queries = counted(report.unknown_queries, "judged query", "judged queries")
    return [
        *([f"Not in corpus.jsonl, so never found: {entries}."] * bool(report.unknown_entries)),
        *([f"Not in queries.jsonl, so left out: {queries}."] * bool(report.unknown_queries)),
    ]


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _operation(name: str, one: Operation | None, unanswerable: int) -> tuple[str, ...]:
    if one is None:
        return (name, *[_NONE] * (len(OPERATIONS) - 1))
    wrongly = f"{one.wrongly_answered:,} of {unanswerable:,}" if unanswerable else _NONE
    return (name, f"{one.threshold:.3f}", _percent(one.coverage), _percent(one.found), wrongly)


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def padded(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows as lines whose columns stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
