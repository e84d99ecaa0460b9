from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from briefbot.model import Hit
from briefbot.search.ranking import CANDIDATES, rank
from briefbot.search.sources import Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from briefbot.index.vectors import Rows
    from briefbot.search.sources import Scores

QUERY = Query(np.zeros(2, np.float32), (), np.ones(9, np.bool_), np.ones(9, np.bool_))


@dataclass(frozen=True)
class Given:
    """A source, and its own matches, that nominates `nominated` and scores what `worth` says."""

    name: str
    nominated: tuple[int, ...]
    worth: Mapping[int, float]

    def match(self, _query: Query) -> Given:
        return self

    def candidates(self, n: int) -> Rows:
        return np.array(self.nominated[:n], np.int64)

    def scores(self, rows: Rows) -> Scores:
        return np.array([self.worth.get(int(row), 0.0) for row in rows])


def test_the_fusion_is_a_weighted_sum_over_the_candidates_of_all_sources() -> None:
    dense = Given("dense", (3, 1), {3: 1.0, 1: 0.5, 7: 0.25})
    lexical = Given("lexical", (7,), {7: 1.0, 1: 0.5, 2: 0.9})
    ranked = rank(QUERY, [dense, lexical], lambda row: row)
    assert tuple(ranked.hits) == (
        Hit(3, 0.7 * 1.0, {"dense": 1.0, "lexical": 0.0}),
        Hit(1, pytest.approx(0.5), {"dense": 0.5, "lexical": 0.5}),
        Hit(7, pytest.approx(0.475), {"dense": 0.25, "lexical": 1.0}),
    )
    assert ranked.matches == {"dense": dense, "lexical": lexical}


def test_equal_scores_stand_in_the_order_of_the_documents() -> None:
    dense = Given("dense", (0, 1, 2, 3), {0: 0.5, 1: 0.5, 2: 1.0, 3: 0.5})
    places = {0: ("c.txt", 1), 1: ("a.txt", 2), 3: ("a.txt", 1)}  # the place of row 2 is not needed
    assert [hit.row for hit in rank(QUERY, [dense], places.__getitem__).hits] == [2, 3, 1, 0]


def test_a_candidate_of_two_sources_is_one_hit() -> None:
    sources = [Given("dense", (4,), {4: 1.0}), Given("lexical", (4,), {4: 1.0})]
    assert tuple(rank(QUERY, sources, lambda row: row).hits) == (Hit(4, 1.0, {"dense": 1.0, "lexical": 1.0}),)


def test_each_source_nominates_so_many_at_most() -> None:
    dense = Given("dense", tuple(range(1000)), {})
    assert len(rank(QUERY, [dense], lambda row: row).hits) == CANDIDATES == 100
    assert len(rank(QUERY, [dense], lambda row: row, 120).hits) == 120


def test_without_candidates_there_are_no_hits() -> None:
    assert tuple(rank(QUERY, [], lambda row: row).hits) == ()
    assert tuple(rank(QUERY, [Given("dense", (), {})], lambda row: row).hits) == ()
