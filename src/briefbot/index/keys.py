"""Which row each key has, found in a time that hardly grows with the number of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from briefbot.index.columns import Array

    Rows = npt.NDArray[np.int64]
    Halves = npt.NDArray[np.uint64]


class _Run(NamedTuple):
    """Keys in the order of their first halves, and their rows."""

    firsts: Halves
    seconds: Halves
    rows: Rows


class KeyRows:
    """The rows of keys (n × 16 bytes) that are added in portions, numbered as they come.

    They are kept in sorted runs, each at least twice as long as the next, so that there are few, and each key is sorted
    a few times. Keys that agree in their first half alone, which chance does not bring about, may be missed.
    """

    def __init__(self, keys: Array | None = None) -> None:
        self._runs: list[_Run] = []
        self._count = 0
        if keys is not None:
            self.add(keys)

    def __len__(self) -> int:
        return self._count

    def add(self, keys: Array) -> None:
        """Give the next rows to keys."""
        if not len(keys):
            return
        halves = _halves(keys)
        run = _in_order(halves[:, 0], halves[:, 1], np.arange(self._count, self._count + len(keys)))
        while self._runs and len(self._runs[-1].rows) < 2 * len(run.rows):
            last = self._runs.pop()
            run = _in_order(*(np.concatenate([one, other]) for one, other in zip(last, run, strict=True)))
        self._runs.append(run)
        self._count += len(keys)

    def find(self, wanted: Array) -> tuple[Rows, Rows]:
        """Return the rows of those keys of `wanted` (n × 16 bytes) that are known, and which of `wanted` they are."""
        halves = _halves(wanted)
        rows = np.full(len(wanted), -1, np.int64)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run.firsts, halves[:, 0]), len(run.rows) - 1)
            same = (run.firsts[places] == halves[:, 0]) & (run.seconds[places] == halves[:, 1])
            rows[same] = run.rows[places[same]]
        found = np.flatnonzero(rows >= 0)
        return rows[found], found


def _in_order(firsts: Halves, seconds: Halves, rows: Rows) -> _Run:
    order = np.argsort(firsts, kind="stable")
    return _Run(firsts[order], seconds[order], rows[order])


def _halves(keys: Array) -> Halves:
    return np.ascontiguousarray(keys, np.uint8).view(np.uint64).reshape(-1, 2)
