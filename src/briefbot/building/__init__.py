"""The story of a build: scan, plan, read and write, check, try at the gates, publish.

A build never changes what is there: it writes new parts beside the old, checks them, and then publishes a generation
that refers to them. Killed at any moment, it leaves the generation that was current, and for the next build what it had
encoded.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from briefbot.building.carrying import carry_over, settle
from briefbot.building.planning import Plan, corpus_contents, known_contents, load_cache, plan_build, save_cache
from briefbot.building.preparing import Prepared, Tools, read_and_write, read_only
from briefbot.corpus.scan import Scan, scan
from briefbot.errors import CorpusError, DamagedIndex, ForeignIndex, NoIndex
from briefbot.index import encoded
from briefbot.index.manifest import EncoderEntry, Manifest, SkippedEntry
from briefbot.index.parts import PartEntry, verify_part, write_part
from briefbot.index.store import (
    beyond,
    next_number,
    open_current,
    publish,
    remove_generations,
    staged,
    tried,
)
from briefbot.passages import CUTTING
from briefbot.quotes import EXTRACTION
from briefbot.reports import BuildReport, Remark, Skipped
from briefbot.search.analysis import ANALYSIS
from briefbot.wording import RECIPE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from briefbot.embedding.encoder import Encoder
    from briefbot.index.generation import Generation

    Gate = Callable[[Generation, Generation], None]
    """Is given the current generation and the one to come, and raises where that one must not be published."""

LOSS_ALLOWED = 0.2


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """`full` reads and encodes everything anew; `allow_removals` publishes whatever has gone; `dry_run` only tells.

    What is to replace another generation is tried at all `gates` before it is published.
    """

    full: bool = False
    dry_run: bool = False
    allow_removals: bool = False
    gates: tuple[Gate, ...] = ()


@dataclass(frozen=True, slots=True)
class _Task:
    """What one build was asked for, what it found, and when it began."""

    tools: Tools
    options: BuildOptions
    base: Generation | None
    scan: Scan
    plan: Plan
    began: float
    remarks: tuple[Remark, ...]


def build(tools: Tools, options: BuildOptions) -> BuildReport:
    """Bring the index up to the corpus, and return what was done.

    Raises CorpusError where nothing may be published, Busy where another process builds, and DiskError.
    """
    if options.dry_run:
        with contextlib.ExitStack() as stack:
            task = _task(tools, options, stack)
            return _report(task, read_only(task.plan.to_read, tools), published=None)
    try:
        return _locked_build(tools, options)
    except DamagedIndex as damage:  # found while taking over what had not changed
        if options.full:
            raise
        report = _locked_build(tools, replace(options, full=True))
        return replace(report, remarks=(Remark("index", str(damage)), *report.remarks))


def _locked_build(tools: Tools, options: BuildOptions) -> BuildReport:
    disk = tools.disk
    with disk.locked():
        with contextlib.ExitStack() as stack:
            report = _published(_task(tools, options, stack), stack)
        remove_generations(disk, beyond(disk.root, tools.settings.keep))
        return report


def _published(task: _Task, stack: contextlib.ExitStack) -> BuildReport:
    disk = task.tools.disk
    staging = stack.enter_context(staged(disk))
    save_cache(disk, staging, task.scan, task.tools.settings.limits, task.plan.contents)
    _refuse_losses(task, ())
    prepared = _read_and_write(task, staging)
    manifest = None if _is_up_to_date(task, prepared) else _manifest(task, prepared, staging)
    if manifest:
        _check(task, prepared, manifest)
        _try(task, manifest, staging)
        publish(disk, staging, manifest)
    disk.remove(encoded.FOLDER)
    return _report(task, prepared, published=manifest)


def _task(tools: Tools, options: BuildOptions, stack: contextlib.ExitStack) -> _Task:
    began, settings = time.monotonic(), tools.settings
    found = _scan(settings.corpus, time.time_ns(), options)
    base, remarks = _base(tools.disk.root, stack)
    contents = corpus_contents(found, settings.limits, {} if options.full else load_cache(tools.disk.root))
    plan = plan_build(found, contents, base, reuse=not options.full and _same_rules(base, tools.encoder))
    return _Task(tools, options, base, found, plan, began, remarks)


def _scan(corpus: Path, now: int, options: BuildOptions) -> Scan:
    if options.allow_removals and not corpus.exists():
        return Scan((), (), {})
    return scan(corpus, now)


def _base(index: Path, stack: contextlib.ExitStack) -> tuple[Generation | None, tuple[Remark, ...]]:
    """Open what is to be replaced. A generation that cannot be used is replaced by a full build."""
    try:
        base = stack.enter_context(open_current(index))
        known_contents(base)  # read here, so that damage to the names of documents does not stop the full build too
    except NoIndex:
        return None, ()
    except (DamagedIndex, ForeignIndex) as fault:
        return None, (Remark("index", str(fault)),)
    return base, ()


def _derivation(encoder: Encoder) -> str:
    rules = f"cutting {CUTTING}, wording {RECIPE}, analysis {ANALYSIS}, quotations {EXTRACTION}"
    return f"{rules}, encoder {encoder.identity}"


def _same_rules(base: Generation | None, encoder: Encoder) -> bool:
    return base is not None and base.manifest.derivation == _derivation(encoder)


def _read_and_write(task: _Task, staging: str) -> Prepared:
    encoded_before = task.base if _same_encoder(task) and not task.options.full else None
    return read_and_write(task.plan.to_read, encoded_before, task.tools, staging, resume=not task.options.full)


def _is_up_to_date(task: _Task, prepared: Prepared) -> bool:
    return (
        task.base is not None
        and not (prepared.read or task.plan.removed)
        and task.base.manifest.corpus == _corpus_name(task)
        and task.base.manifest.encoder.name == task.tools.encoder.name
        and [(entry.name, entry.reason) for entry in task.base.manifest.skipped] == _refusals(task, prepared)
    )


def _refusals(task: _Task, prepared: Prepared) -> list[tuple[str, str]]:
    return sorted([*task.scan.refused, *prepared.refused])


def _refuse_losses(task: _Task, refused: Sequence[tuple[str, str]]) -> None:
    """Raise CorpusError where more documents would go than may go unnoticed."""
    if task.base is None or task.options.allow_removals:
        return
    renamed = {old for old, _ in task.plan.renamed}
    unreadable = {name for name, _ in refused} & task.base.documents.keys()
    lost = sorted((set(task.plan.removed) - renamed) | unreadable)
    if len(lost) > LOSS_ALLOWED * len(task.base.documents):
        raise CorpusError(
            f"{len(lost)} of {len(task.base.documents)} documents are gone or cannot be read ({_some(lost)}), so "
            f"generation {task.base.number} stays; {_elsewhere(task)}if that is meant, add --allow-removals."
        )


def _elsewhere(task: _Task) -> str:
    """Return where the generation's documents stood, if that is another folder than the one that was given."""
    if task.base is None or task.base.manifest.corpus == _corpus_name(task):
        return ""
    return f"it was built from {task.base.manifest.corpus} and this looked in {_corpus_name(task)}; set --corpus, or "


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


def _manifest(task: _Task, prepared: Prepared, staging: str) -> Manifest:
    tools, kept = task.tools, task.plan.kept
    carried = carry_over(task.base, frozenset(kept)) if task.base and kept else []
    encoder = _encoder_entry(task, staging)
    entries = [*carried, *prepared.segments]
    written = range(len(carried), len(entries))
    together = frozenset(written if len(written) > 1 else ())  # what one build has written stands in one segment
    segments = settle(entries, encoder, tools.disk, staging, rewrite=together)
    return Manifest(
        generation=next_number(tools.disk.root),
        made=datetime.now(UTC).replace(microsecond=0),
        corpus=_corpus_name(task),
        encoder=encoder,
        derivation=_derivation(tools.encoder),
        documents=len(kept) + len(prepared.read),
        passages=sum(segment.live for segment in segments),
        segments=segments,
        skipped=tuple(SkippedEntry(name, reason) for name, reason in _refusals(task, prepared)),
        calibration=task.base.manifest.calibration if task.base and _same_encoder(task) else None,
    )


def _corpus_name(task: _Task) -> str:
    return str(task.tools.settings.corpus.resolve())


def _same_encoder(task: _Task) -> bool:
    return task.base is not None and task.base.manifest.encoder.identity == task.tools.encoder.identity


def _encoder_entry(task: _Task, staging: str) -> EncoderEntry:
    """Describe the encoder, without loading it where the base already does, and keep its compiled model."""
    encoder = task.tools.encoder
    if task.base and _same_encoder(task):
        return replace(task.base.manifest.encoder, name=encoder.name)
    compiled = encoder.compiled
    model = write_part(task.tools.disk, staging, "model", [compiled]) if compiled else None
    return EncoderEntry(
        name=encoder.name,
        identity=encoder.identity,
        source=encoder.source,
        dimensions=encoder.dimensions,
        window=encoder.window,
        code_bytes=encoder.code_bytes,
        model=model,
    )


def _check(task: _Task, prepared: Prepared, manifest: Manifest) -> None:
    """Raise where the generation must not be published: too little left, or bytes that did not reach the disk."""
    if manifest.documents == 0 and not task.options.allow_removals:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in _refusals(task, prepared)[:3])
        raise CorpusError(f"No document in {task.tools.settings.corpus} could be read. {reasons}".strip())
    _refuse_losses(task, prepared.refused)
    for part in sorted(set(manifest.parts()) - _taken_over(task), key=lambda part: part.file):
        verify_part(task.tools.disk.root, part)


def _try(task: _Task, manifest: Manifest, staging: str) -> None:
    """Raise where a gate does not let the generation pass."""
    if task.base is None or not task.options.gates:
        return
    with tried(task.tools.disk, staging, manifest) as generation:
        for gate in task.options.gates:
            gate(task.base, generation)


def _taken_over(task: _Task) -> set[PartEntry]:
    """Return the parts that this build has not written."""
    if task.base is None:
        return set()
    base = task.base.manifest
    single = {base.encoder.model, base.calibration} - {None} if _same_encoder(task) else set()
    return {part for part in single if part} | (set(base.parts()) if task.plan.kept else set())


def _report(task: _Task, prepared: Prepared, published: Manifest | None) -> BuildReport:
    plan, failed = task.plan, {name for name, _ in prepared.refused}
    renamed_from, renamed_to = {old for old, _ in plan.renamed}, {new for _, new in plan.renamed}
    base = task.base.manifest if task.base else None
    shown = published or base
    return BuildReport(
        generation=shown.generation if shown else 0,
        added=tuple(name for name in plan.added if name not in failed | renamed_to),
        changed=tuple(name for name in plan.changed if name not in failed),
        removed=tuple(name for name in plan.removed if name not in renamed_from),
        renamed=plan.renamed,
        skipped=tuple(Skipped(name, reason) for name, reason in _refusals(task, prepared)),
        ignored=task.scan.ignored,
        unchanged=len(plan.kept),
        documents=shown.documents if shown else 0,
        passages=shown.passages if shown else 0,
        encoded=prepared.encoded,
        remarks=(*task.remarks, *(Remark(name, text) for name, text in prepared.remarks)),
        seconds=time.monotonic() - task.began,
        published=published is not None,
        dry_run=task.options.dry_run,
    )
