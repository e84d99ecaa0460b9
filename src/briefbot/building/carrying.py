"""What a build takes over from the generation before: segments with more of their documents dead, or merged by tiers.

Nothing is read, cut or encoded again for that.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from briefbot.index.segment import Segment, write_segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.index.disk import Disk
    from briefbot.index.generation import Generation
    from briefbot.index.manifest import SegmentEntry

_TIER = 8  # as many segments of about one size become one of the next size


def carry_over(
    base: Generation, keep: frozenset[str], disk: Disk, staging: str, *, rewrite: frozenset[int] = frozenset()
) -> list[SegmentEntry]:
    """Return the base's segments reduced to the documents in `keep`.

    Most stay as they are, with more of their documents marked dead. Those that are mostly dead, that have too many
    others of their size beside them, or whose number is in `rewrite`, are written together into one new segment.
    """
    reduced = [_reduced(segment, keep) for segment in base.segments]
    merged = rewrite | _mostly_dead(reduced) | _crowded(reduced)
    kept = [entry for i, entry in enumerate(reduced) if i not in merged and len(entry.dead) < entry.documents]
    entries = [
        entry
        for i in sorted(merged)
        for entry in base.segments[i].entries(sorted(set(range(reduced[i].documents)) - set(reduced[i].dead)))
    ]
    return [*kept, write_segment(disk, staging, entries)] if entries else kept


def _reduced(segment: Segment, keep: frozenset[str]) -> SegmentEntry:
    dead = tuple(row for row, name in enumerate(segment.names) if name not in keep or segment.dead[row])
    live = segment.entry.passages - sum(len(segment.rows_of(row)) for row in dead)
    return replace(segment.entry, live=live, dead=dead)


def _mostly_dead(reduced: Sequence[SegmentEntry]) -> set[int]:
    return {i for i, entry in enumerate(reduced) if 2 * entry.live < entry.passages}


def _crowded(reduced: Sequence[SegmentEntry]) -> set[int]:
    tiers: dict[int, set[int]] = {}
    for i, entry in enumerate(reduced):
        tiers.setdefault(int(math.log(max(entry.live, 1), _TIER)), set()).add(i)
    return {i for crowd in tiers.values() if len(crowd) >= _TIER for i in crowd}
