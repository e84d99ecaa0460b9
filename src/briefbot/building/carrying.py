"""What a build takes over from the generation before: segments with more of their documents dead, or merged by tiers.

Nothing is read, cut or encoded again for that. A calibration is taken over as long as the model is the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from briefbot.errors import DamagedIndex
from briefbot.index.manifest import weights_of
from briefbot.index.merging import Source, merge_segments
from briefbot.index.parts import verify_part
from briefbot.index.segment import Segment
from briefbot.reports import Remark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.index.disk import Disk
    from briefbot.index.generation import Generation
    from briefbot.index.manifest import EncoderEntry, SegmentEntry
    from briefbot.index.parts import PartEntry

_TIER = 16  # a segment of the next tier is about so many times as large
_SMALLEST = 1_024  # passages; all segments below are of one tier
_CROWD = 4  # so many segments of one tier become one

_AGAIN = "run: briefbot calibrate QUESTIONS"


def carried_calibration(base: Generation, source: str) -> tuple[PartEntry | None, tuple[Remark, ...]]:
    """Return the base's own calibration, or why what an encoder of this source has encoded cannot go by it."""
    part = base.manifest.calibration
    if part is None:
        return None, ()
    if base.manifest.encoder.weights != weights_of(source):
        return None, (Remark("calibration", f"it was learnt with another model and is dropped; {_AGAIN}"),)
    try:
        verify_part(base.root, part)
    except DamagedIndex:
        return None, (Remark("calibration", f"its bytes are damaged and it is dropped; {_AGAIN}"),)
    return part, ()


def carry_over(base: Generation, keep: frozenset[str]) -> list[SegmentEntry]:
    """Return the base's segments reduced to the documents in `keep`, with all others marked dead."""
    reduced = (_reduced(segment, keep) for segment in base.segments)
    return [entry for entry in reduced if len(entry.dead) < entry.documents]


def settle(
    entries: Sequence[SegmentEntry],
    encoder: EncoderEntry,
    disk: Disk,
    staging: str,
    *,
    rewrite: frozenset[int] = frozenset(),
) -> tuple[SegmentEntry, ...]:
    """Merge segments until there are few, and return those that there are then.

    Merged are those that are mostly dead, those whose place is in `rewrite`, and those of a tier that has too many. So
    each passage is written again a few times at most while an index grows to sixteen times its size.
    """
    planned = [_Planned((entry,), entry.live) for entry in entries]
    must = {i for i, one in enumerate(planned) if 2 * one.live < entries[i].passages or i in rewrite}
    while must or (must := _crowded(planned)):
        others = [one for i, one in enumerate(planned) if i not in must]
        planned = [*others, _together([planned[i] for i in sorted(must)])]
        must = set()
    return tuple(_written(one, encoder, disk, staging) for one in planned)


@dataclass(frozen=True, slots=True)
class _Planned:
    """A segment to be: one that is there already, or several that are written as one."""

    entries: tuple[SegmentEntry, ...]
    live: int
    anew: bool = False


def _together(planned: Sequence[_Planned]) -> _Planned:
    entries = tuple(entry for one in planned for entry in one.entries)
    return _Planned(entries, sum(one.live for one in planned), anew=True)


def _crowded(planned: Sequence[_Planned]) -> set[int]:
    """Return the segments of the lowest tier that has too many."""
    tiers: dict[int, set[int]] = {}
    for i, one in enumerate(planned):
        tiers.setdefault(max(0, math.ceil(math.log(max(one.live, 1) / _SMALLEST, _TIER))), set()).add(i)
    return next((tiers[tier] for tier in sorted(tiers) if len(tiers[tier]) >= _CROWD), set())


def _written(planned: _Planned, encoder: EncoderEntry, disk: Disk, staging: str) -> SegmentEntry:
    if not planned.anew:
        return planned.entries[0]
    segments = (Segment(disk.root, entry, encoder) for entry in planned.entries)
    return merge_segments(
        disk, staging, [Source(one, np.logical_not(one.dead)) for one in segments], encoder.dimensions
    )


def _reduced(segment: Segment, keep: frozenset[str]) -> SegmentEntry:
    dead = tuple(row for row, name in enumerate(segment.names) if name not in keep or segment.dead[row])
    live = segment.entry.passages - sum(len(segment.rows_of(row)) for row in dead)
    return replace(segment.entry, live=live, dead=dead)
