from __future__ import annotations

import numpy as np
from benchmarks.follow_ups import intervals, share_of_gap


def test_the_share_of_a_gap_is_what_was_gained_of_what_could_be() -> None:
    bare, after, full = (
        np.array([[0.2, 0.5], [0.4, 0.5]]),
        np.array([[0.5, 0.5], [0.4, 0.7]]),
        np.array([[1.0, 0.5]] * 2),
    )

    assert share_of_gap(bare, after, full).tolist()[0] == 0.3 / 1.4
    assert np.isnan(share_of_gap(bare, after, full)[1])


def test_an_interval_comes_from_whole_conversations() -> None:
    values = np.array([[1.0, np.nan, 0.0]] * 3 + [[0.0, np.nan, 0.0]])
    lines = list(intervals("gained", ["a", "a", "a", "b"], lambda rows: values[rows].mean(axis=0)))

    assert lines == [
        "gained, nDCG@10: +0.750 [+0.000, +1.000]",
        "gained, R@1: there is none",
        "gained, MRR@10: +0.000 [+0.000, +0.000]",
    ]
