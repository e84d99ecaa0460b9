from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from briefbot.search.distance import distances, edited

short = st.text("abя", max_size=7)


def slowly(word: str, other: str) -> int:
    """The distance by its definition."""
    rows = {(i, 0): i for i in range(len(word) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(word) + 1):
        for j in range(1, len(other) + 1):
            ways = [rows[i - 1, j] + 1, rows[i, j - 1] + 1, rows[i - 1, j - 1] + (word[i - 1] != other[j - 1])]
            if i > 1 and j > 1 and word[i - 2 : i] == other[j - 1] + other[j - 2]:
                ways.append(rows[i - 2, j - 2] + 1)
            rows[i, j] = min(ways)
    return rows[len(word), len(other)]


@given(short, st.lists(short, max_size=4))
def test_distances_are_what_their_definition_says(word: str, others: list[str]) -> None:
    assert distances(word, others).tolist() == [slowly(word, other) for other in others]


@given(short)
def test_one_edit_makes_the_words_at_distance_one_and_no_other(word: str) -> None:
    assert {slowly(word, other) for other in edited(word, "abя")} <= {1}


@given(short, short)
def test_every_word_at_distance_one_is_made_by_one_edit(word: str, other: str) -> None:
    assert (slowly(word, other) == 1) == (other in edited(word, "abя"))
