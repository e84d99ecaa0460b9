"""What an operator does to an index that is built: look at it, verify it, go back, and remove for good."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from briefbot.answering import calibration_of
from briefbot.building.carrying import carry_over, settle
from briefbot.building.planning import corpus_contents, known_contents, load_cache, plan_build
from briefbot.corpus.scan import Scan, scan
from briefbot.errors import BriefbotError, CorpusError, IndexFault, UsageFault
from briefbot.index import encoded
from briefbot.index.manifest import FORMAT, NAME, Manifest, folder_name, read_manifest
from briefbot.index.parts import write_part
from briefbot.index.store import (
    beyond,
    current_number,
    next_number,
    numbers,
    open_current,
    open_number,
    point,
    publish,
    remove_generations,
    staged,
    verified,
)
from briefbot.reports import (
    Changes,
    CheckReport,
    DocumentLine,
    Fault,
    PruneReport,
    PurgeReport,
    RollbackReport,
    SegmentLine,
    StatusReport,
    Surety,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefbot.index.disk import Disk
    from briefbot.index.generation import Generation
    from briefbot.model import Scope
    from briefbot.settings import Limits


def status(index: Path, limits: Limits) -> StatusReport:
    """Return what the current generation holds, and what has changed in its corpus since."""
    with open_current(index) as generation:
        manifest = generation.manifest
        return StatusReport(
            generation=manifest.generation,
            made=manifest.made,
            documents=manifest.documents,
            passages=manifest.passages,
            segments=tuple(SegmentLine(one.live, one.kind, one.recall) for one in manifest.segments),
            bytes=_size(index),
            model=manifest.encoder.name,
            model_sha256=manifest.encoder.identity,
            index_format=FORMAT,
            surety=_surety(generation),
            generations=tuple(numbers(index)),
            corpus=manifest.corpus,
            changes=_changes(generation, limits),
            remarks=tuple(f"{entry.name}: {entry.reason}" for entry in manifest.skipped),
        )


def _surety(generation: Generation) -> Surety | None:
    calibration = calibration_of(generation)
    return Surety(calibration.threshold, generation.manifest.calibration is not None) if calibration else None


def _changes(generation: Generation, limits: Limits) -> Changes | None:
    try:
        found = scan(Path(generation.manifest.corpus), time.time_ns())
    except CorpusError:
        return None
    contents = corpus_contents(found, limits, load_cache(generation.root))
    plan = plan_build(found, contents, generation, reuse=True)
    unread = _still_unread(generation.manifest, found)
    return Changes(tuple(name for name in plan.added if name not in unread), plan.changed, plan.removed)


def _still_unread(manifest: Manifest, found: Scan) -> set[str]:
    """Return the files that could not be read when the generation was made and have not been written since."""
    skipped = {entry.name for entry in manifest.skipped}
    made = manifest.made.timestamp() * 1_000_000_000
    return {source.name for source in found.files if source.name in skipped and source.modified < made}


def documents(generation: Generation, scope: Scope) -> tuple[DocumentLine, ...]:
    """Return the documents that may be seen, in the order of their names."""
    lines = []
    for name, listed in generation.documents.items():
        if scope.allows(name):
            document = generation.document(name)
            stated = document.metadata.date
            lines.append(DocumentLine(name, document.title, stated, listed.passages, document.language))
    return tuple(lines)


def check(index: Path) -> CheckReport:
    """Verify every byte of every generation."""
    files = list(verified(index))
    faulty = {file for file, _, reason in files if reason}
    return CheckReport(
        generations=len(numbers(index)),
        files=len(files),
        bytes=sum(size for _, size, _ in files),
        faults=tuple(Fault(file, reason) for file, _, reason in files if reason),
        sound=tuple(number for number in numbers(index) if _is_sound(index, number, faulty)),
        current=_current_or_none(index),
    )


def _is_sound(index: Path, number: int, faulty: set[str]) -> bool:
    try:
        manifest = read_manifest(index / folder_name(number) / NAME)
    except IndexFault:
        return False
    return faulty.isdisjoint(part.file for part in manifest.parts())


def _current_or_none(index: Path) -> int | None:
    try:
        return current_number(index)
    except IndexFault:
        return None


def rollback(disk: Disk, number: int | None, announce: Callable[[RollbackReport], None]) -> None:
    """Make a former generation the current one, after `announce` has been told what that changes.

    Without a number, it is the generation before the current one.
    """
    with disk.locked():
        current = current_number(disk.root)
        target = number if number is not None else _before(disk.root, current)
        with open_number(disk.root, target) as wanted:
            announce(_difference(disk.root, current, wanted))
            with staged(disk) as staging:
                point(disk, staging, target)


def _before(index: Path, current: int) -> int:
    older = [number for number in numbers(index) if number < current]
    if not older:
        raise UsageFault(f"There is no generation before {current}; briefbot status lists those that are kept.")
    return older[-1]


def _difference(index: Path, current: int, wanted: Generation) -> RollbackReport:
    there = known_contents(wanted)
    try:
        with open_number(index, current) as left:
            here = known_contents(left)
    except BriefbotError:  # what is left behind may be damaged: that is a reason to leave it
        here = {}
    return RollbackReport(
        from_generation=current,
        to_generation=wanted.number,
        returning=tuple(sorted(there.keys() - here)),
        leaving=tuple(sorted(here.keys() - there)),
        other=tuple(sorted(name for name in there.keys() & here if there[name] != here[name])),
    )


def set_calibration(disk: Disk, chosen: Callable[[Generation], bytes | None]) -> int:
    """Publish the current generation with another calibration, or none of its own, and return the new one's number."""
    with disk.locked(), open_current(disk.root) as base, staged(disk) as staging:
        data = chosen(base)
        manifest = replace(
            base.manifest,
            generation=next_number(disk.root),
            made=datetime.now(UTC).replace(microsecond=0),
            calibration=write_part(disk, staging, "calibration", [data]) if data else None,
        )
        publish(disk, staging, manifest)
    return manifest.generation


def prune(disk: Disk, keep: int) -> PruneReport:
    """Remove all but the newest `keep` generations; the current one, and those in use, stay."""
    with disk.locked():
        before, size = numbers(disk.root), _size(disk.root)
        in_use = remove_generations(disk, beyond(disk.root, keep))
        kept = numbers(disk.root)
        return PruneReport(
            removed=tuple(number for number in before if number not in kept),
            kept=tuple(kept),
            in_use=tuple(in_use),
            bytes_freed=size - _size(disk.root),
        )


def purge(disk: Disk, document: str) -> PurgeReport:
    """Remove a document's text from the disk: from the current generation, and with every other that ever held it."""
    with disk.locked():
        size = _size(disk.root)
        with open_current(disk.root) as base:
            holding, unreadable = _holding(disk.root, document)
            if not holding:
                raise UsageFault(f"There is no document {document!r} in the index; briefbot show lists them.")
            purged = _without(base, document, disk)
        disk.remove(encoded.FOLDER)  # vectors tell something of a text
        removed = [number for number in sorted(holding + unreadable) if number != purged.generation]
        remove_generations(disk, removed, in_use_too=True)
        return PurgeReport(
            document=document,
            generation=purged.generation,
            removed_generations=tuple(removed),
            bytes_freed=size - _size(disk.root),
            still_in_corpus=(Path(purged.corpus) / document).exists(),
        )


def _holding(index: Path, document: str) -> tuple[list[int], list[int]]:
    """Return the generations whose parts hold a document's text, live or not, and those that may, being unreadable."""
    found, unreadable = [], []
    for number in numbers(index):
        try:
            found += [number] if _ever_held(index, number, document) else []
        except IndexFault:
            unreadable.append(number)
    return found, unreadable


def _ever_held(index: Path, number: int, document: str) -> bool:
    with open_number(index, number) as generation:
        return any(segment.row_of(document) is not None for segment in generation.segments)


def _without(base: Generation, document: str, disk: Disk) -> Manifest:
    """Publish the current generation without a document, unless it does not hold it at all; return its manifest."""
    holding = {segment.entry.parts for segment in base.segments if segment.row_of(document) is not None}
    if not holding:
        return base.manifest
    keep = frozenset(base.documents) - {document}
    with staged(disk) as staging:
        carried = carry_over(base, keep)
        rewrite = frozenset(i for i, entry in enumerate(carried) if entry.parts in holding)
        segments = settle(carried, base.manifest.encoder, disk, staging, rewrite=rewrite)
        manifest = replace(
            base.manifest,
            generation=next_number(disk.root),
            made=datetime.now(UTC).replace(microsecond=0),
            documents=len(keep),
            passages=sum(segment.live for segment in segments),
            segments=segments,
        )
        publish(disk, staging, manifest)
    return manifest


def _size(index: Path) -> int:
    return sum(_size_of(path) for path in index.rglob("*"))


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:  # another process has just removed it
        return 0
