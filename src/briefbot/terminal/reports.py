"""What the commands other than `ask` print: each report as text for a person and as JSON for a program.

Text cuts long lists, JSON never does. Names and reasons come from files, so in text they are made harmless; no width
is asked for, because a line with a name or a command must stay whole to be copied.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from briefbot.harmless import one_line
from briefbot.terminal.answers import FORMAT
from briefbot.terminal.wrapping import cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from briefbot.evaluation.figures import CollectionReport, QuestionsReport
    from briefbot.reports import (
        BuildReport,
        CalibrationReport,
        Changes,
        CheckReport,
        DoctorReport,
        DocumentLine,
        Item,
        PruneReport,
        PurgeReport,
        RollbackReport,
        SegmentLine,
        StatusReport,
        Surety,
    )
    from briefbot.terminal.paint import Paint

    Evaluation = CollectionReport | QuestionsReport
    Report = (
        BuildReport
        | CalibrationReport
        | StatusReport
        | CheckReport
        | DoctorReport
        | RollbackReport
        | PruneReport
        | PurgeReport
        | Evaluation
    )

LINES_SHOWN = 20

_HASH_SHOWN = 12
_AGES = ((86_400, "day"), (3_600, "hour"), (60, "minute"))  # seconds, largest first
_SIZES = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))


def render_build(report: BuildReport, paint: Paint) -> str:
    """Return what a build did, or in a dry run would do; what could not be read is in its first sentence."""
    renamed = [f"{one_line(old)} → {one_line(new)}" for old, new in report.renamed]
    skipped = [f"{one_line(file.name)}: {one_line(file.reason)}" for file in report.skipped]
    return joined(
        [_built(report, paint)],
        _listed("Added", map(one_line, report.added), paint),
        _listed("Changed", map(one_line, report.changed), paint),
        _listed("Removed", map(one_line, report.removed), paint),
        _listed("Renamed", renamed, paint),
        _listed("Not read", skipped, paint),
        _listed("Remarks", [f"{one_line(about.name)}: {one_line(about.text)}" for about in report.remarks], paint),
        [paint.dim(line) for line in _counted_work(report)],
    )


def render_status(report: StatusReport, paint: Paint, now: datetime) -> str:
    """Return what the current generation holds and what has changed since; `now` tells its age."""
    made = f"{report.made:%Y-%m-%d %H:%M} UTC, {_age(now, report.made)}"
    facts = {
        "Generation": f"{report.generation}, made on {made}",
        "Documents": f"{report.documents:,}",
        "Passages": f"{report.passages:,} in {_counted(len(report.segments), 'segment')}",
        "Search": _search(report.segments),
        "Model": f"{one_line(report.model)}, sha256 {report.model_sha256[:_HASH_SHOWN]}…",
        "Confidence": _surety(report.surety),
        "Size": f"{_size(report.bytes)}, format {report.index_format}",
        "Kept": _generations(report.generations),
        "Corpus": one_line(report.corpus),
    }
    width = max(map(len, facts))
    return joined(
        [f"{paint.dim(name.ljust(width))}  {fact}" for name, fact in facts.items()],
        *_since(report.changes, paint),
        _listed("Remarks", map(one_line, report.remarks), paint),
    )


def _surety(surety: Surety | None) -> str:
    if surety is None:
        return "not calibrated for this model; run: briefbot calibrate QUESTIONS"
    return f"an answer needs {surety.threshold:.3f}, {'set by calibrate' if surety.own else 'as comes with the model'}"


def _search(segments: Sequence[SegmentLine]) -> str:
    """Say how the vectors are searched, and how many of the nearest that finds."""
    in_cells = [one for one in segments if one.kind == "cells"]
    if not in_cells:
        return "exact: every vector is compared"
    worst = min(one.recall for one in in_cells)
    return f"in cells in {_counted(len(in_cells), 'segment')}, finding {worst:.1%} of the ten nearest; else exact"


def render_check(report: CheckReport, paint: Paint) -> str:
    """Return whether every byte is as it was written, and what is damaged."""
    extent = f"{_counted(report.files, 'file')} of {_counted(report.generations, 'generation')}"
    if not report.faults:
        return paint.good(f"Every byte is as it was written: {extent}, {_size(report.bytes)}.")
    files = dict.fromkeys(fault.file for fault in report.faults)
    return joined(
        [paint.bad(f"{_counted(len(files), 'damaged file')} among {extent}.")],
        _listed("Damaged", [f"{one_line(fault.file)}: {one_line(fault.reason)}" for fault in report.faults], paint),
        _way_out(report),
    )


def _way_out(report: CheckReport) -> list[str]:
    rebuild = "ake a new one with: briefbot build --full"
    if report.current in report.sound:
        kept = f"The current generation, {report.current}, is sound."
        return [kept, "Remove the damaged ones with: briefbot prune --keep 1"]
    if report.sound:
        return [f"Go back to a sound generation with: briefbot rollback {report.sound[-1]}", f"Or m{rebuild}"]
    return [f"No generation is sound. M{rebuild}"]


def render_doctor(report: DoctorReport, paint: Paint) -> str:
    """Return the state of each item, with the fix where one is needed."""
    width = max((cells(one_line(item.name)) for item in report.items), default=0)
    return joined([line for item in report.items for line in _examined(item, width, paint)], [_verdict(report)])


def render_rollback(report: RollbackReport, paint: Paint) -> str:
    """Return which generation is current now, and what that does to the documents."""
    lists = (
        _listed("Back again", map(one_line, report.returning), paint),
        _listed("No longer there", map(one_line, report.leaving), paint),
        _listed("With former words", map(one_line, report.other), paint),
    )
    return joined(
        [f"Generation {report.to_generation} is current, instead of {report.from_generation}."],
        *(lists if any(lists) else (["Both hold the same documents."],)),
        [f"To undo this, run: briefbot rollback {report.from_generation}"],
    )


def render_calibration(report: CalibrationReport) -> str:
    """Return what an answer needs from now on, and what that makes of the questions it was set from."""
    published = f"Generation {report.generation} is current."
    one = report.setting
    if one is None:
        return joined([published, "What comes with briefbot decides again what is sure enough."])
    right, given = 100 * one.precision, 100 * one.coverage
    return joined(
        [
            f"{published} An answer needs a confidence of {one.threshold:.3f}.",
            f"Of {one.questions:,} questions, {given:.1f} % of those with an answer get one; {right:.1f} % are right.",
            "To go back, run: briefbot calibrate --remove",
        ]
    )


def render_prune(report: PruneReport) -> str:
    """Return which generations were removed, which are kept, and which are still in use."""
    removed = f"Removed {_generations(report.removed)}; {_size(report.bytes_freed)} freed."
    in_use = f"Still in use: {_generations(report.in_use)}. To remove what is no longer used, run: briefbot prune"
    return joined(
        [
            removed if report.removed else "Nothing was removed.",
            f"Kept {_generations(report.kept)}.",
            *([in_use] if report.in_use else []),
        ]
    )


def render_purge(report: PurgeReport, paint: Paint) -> str:
    """Return that a document's text is gone from the index, and whether its file would bring it back."""
    which = _generations(report.removed_generations)
    removed = f"Removed {which}, whose files held it; {_size(report.bytes_freed)} freed."
    warning = "Its file is still in the corpus: remove it there too, or the next build reads it again."
    return joined(
        [
            f"The text of {one_line(report.document)} is gone from the index.",
            f"Generation {report.generation} is current and does not hold it.",
            *([removed] if report.removed_generations else []),
            *([paint.warn(warning)] if report.still_in_corpus else []),
        ]
    )


def render_documents(documents: Sequence[DocumentLine], paint: Paint) -> str:
    """Return the documents as a table, all of them: a list that was asked for is not cut."""
    if not documents:
        return "There are no documents."
    rows = [("Document", "Passages", "Date", "Language", "Title"), *map(_cells_of, documents)]
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    head, *lines = ["  ".join(map(_padded, row, widths)).rstrip() for row in rows]
    return "\n".join([paint.dim(head), *lines])


def report_json(report: Report) -> dict[str, Any]:
    """Return the object that a command prints with `--json`; what is missing is None."""
    return {"format": FORMAT} | {name: _json(value) for name, value in asdict(report).items()}


def documents_json(documents: Sequence[DocumentLine]) -> dict[str, Any]:
    """Return the object that `show --json` prints for the list of documents."""
    return {"format": FORMAT, "documents": [_json(asdict(line)) for line in documents]}


def _built(report: BuildReport, paint: Paint) -> str:
    unread = f", but {_counted(len(report.skipped), 'file')} could not be read" if report.skipped else ""
    shade = paint.warn if report.skipped else paint.bold
    extent = f"{_counted(report.documents, 'document')}, {_counted(report.passages, 'passage')}"
    if report.dry_run:
        return shade(f"Dry run, nothing is written{unread}. A build would make these changes: {_planned(report)}.")
    if report.published:
        return shade(f"Generation {report.generation} is published{unread}: {extent}, in {report.seconds:.1f} s.")
    return shade(f"Nothing has changed{unread}: generation {report.generation} stays, with {extent}.")


def _planned(report: BuildReport) -> str:
    counts = {
        "added": len(report.added),
        "changed": len(report.changed),
        "removed": len(report.removed),
        "renamed": len(report.renamed),
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "none"


def _counted_work(report: BuildReport) -> list[str]:
    encoded = f"{_counted(report.unchanged, 'document')} unchanged, {_counted(report.encoded, 'passage')} encoded."
    ignored = ", ".join(f"{count} × {one_line(suffix) or 'no ending'}" for suffix, count in report.ignored.items())
    return [*([encoded] if report.published else []), *([f"Ignored files: {ignored}."] if ignored else [])]


def _since(changes: Changes | None, paint: Paint) -> list[list[str]]:
    if changes is None:
        return [["The corpus is out of reach, so what has changed since is not known."]]
    if not (changes.added or changes.changed or changes.removed):
        return [["The corpus has not changed since."]]
    return [
        [paint.warn("The corpus has changed since. To take that up, run: briefbot build")],
        _listed("Added", map(one_line, changes.added), paint),
        _listed("Changed", map(one_line, changes.changed), paint),
        _listed("Removed", map(one_line, changes.removed), paint),
    ]


def _examined(item: Item, width: int, paint: Paint) -> list[str]:
    shade = {"ok": paint.good, "warn": paint.warn, "fail": paint.bad}[item.state]
    name = _padded(one_line(item.name), width)
    lines = [f"{shade(item.state.ljust(4))}  {name}  {one_line(item.message)}"]
    if item.state != "ok" and item.fix:
        lines.append(f"{' ' * (8 + width)}Fix: {one_line(item.fix)}")
    return lines


def _verdict(report: DoctorReport) -> str:
    states = [item.state for item in report.items]
    failed, warned = states.count("fail"), states.count("warn")
    if not (failed or warned):
        return "All is well."
    told = [f"{failed} failed"] * bool(failed) + [_counted(warned, "warning")] * bool(warned)
    return f"{', '.join(told)}, {states.count('ok')} ok."


def _cells_of(line: DocumentLine) -> tuple[str, ...]:
    stated = line.date.isoformat() if line.date else "–"
    return one_line(line.name), f"{line.passages:,}", stated, one_line(line.language or "–"), one_line(line.title)


def _listed(title: str, lines: Iterable[str], paint: Paint) -> list[str]:
    """Return a list under its title and number; nothing where it is empty, and only the first twenty of many."""
    every = list(lines)
    if not every:
        return []
    shown = [f"  {line}" for line in every[:LINES_SHOWN]]
    hidden = len(every) - len(shown)
    more = [paint.dim(f"  … and {hidden:,} more (--json lists all)")] if hidden else []
    return [paint.bold(f"{title} ({len(every):,})"), *shown, *more]


def joined(*sections: Sequence[str]) -> str:
    """Return the sections that have any lines, with a blank line between them."""
    return "\n\n".join("\n".join(section) for section in sections if section)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _generations(numbers: Sequence[int]) -> str:
    return f"generation{'' if len(numbers) == 1 else 's'} {', '.join(map(str, numbers))}"


def _size(count: int) -> str:
    return next((f"{count / unit:.1f} {name}" for unit, name in _SIZES if count >= unit), f"{count} B")


def _age(now: datetime, then: datetime) -> str:
    seconds = int((now - then).total_seconds())
    ages = (f"{_counted(seconds // unit, name)} ago" for unit, name in _AGES if seconds >= unit)
    return next(ages, "just now")


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cells(text))


def _json(value: Any) -> Any:
    """Return a value of a report as JSON has it: dates as ISO texts, tuples as lists."""
    match value:
        case date():  # a datetime is one too
            return value.isoformat()
        case dict():
            return {name: _json(each) for name, each in value.items()}
        case tuple():
            return [_json(each) for each in value]
    return value
