from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from briefbot.evaluation.drawing import Axis, Even, Line, drawn, shares, shares_by_number

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_an_axis_is_logarithmic() -> None:
    axis = Axis(0.0, 4.0, 100.0, 500.0)

    assert [axis.at(value) for value in (1, 10, 100, 10_000)] == [100.0, 200.0, 300.0, 500.0]
    assert axis.named == [1.0, 10.0, 100.0, 1000.0, 10000.0]


@pytest.mark.parametrize("most", [1.5, 3, 20, 10_000, 10**7])
def test_an_axis_names_three_values_at_least(most: float) -> None:
    assert len(Axis.over([1, most], 0, 300).named) >= 3


def test_a_picture_is_sound_and_names_each_line_at_its_end_without_overlap() -> None:
    lines = [Line("ours & more", ((1, 10), (10, 100))), Line("theirs", ((1, 20), (10, 101)))]

    names = dict(texts(drawn("Cost <s>", "size", lines)))

    assert {"Cost <s>", "ours & more: 100", "theirs: 101"} <= names.keys()
    assert abs(names["ours & more: 100"] - names["theirs: 101"]) >= 14


def texts(picture: str) -> Iterator[tuple[str, float]]:
    for text in etree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text"):
        yield str(text.text), float(text.get("y"))


def test_an_even_axis_names_shares_as_percentages() -> None:
    axis = Even(0.0, 0.5, 100.0, 200.0)

    assert [axis.at(value) for value in (0, 0.25, 0.5)] == [100.0, 150.0, 200.0]
    assert [axis.told(value) for value in axis.named] == ["0 %", "10 %", "20 %", "30 %", "40 %", "50 %"]


def test_shares_stand_where_they_belong() -> None:
    picture = shares("Risk", "coverage", [Line("risk", ((0.0, 0.0), (0.5, 0.1), (1.0, 0.2)), dotted=False)])

    assert '<path d="M70.0 348.0L275.0 196.0L480.0 44.0"' in picture
    assert "<circle" not in picture
    assert {"risk: 20 %", "0 %", "4 %", "100 %"} <= dict(texts(picture)).keys()


def test_shares_over_numbers_name_every_number() -> None:
    names = [name for name, _ in texts(shares_by_number("Right", "excerpts", [Line("right", ((1, 0.5), (3, 1.0)))]))]

    assert names == ["Right", *(f"{n} %" for n in (0, 20, 40, 60, 80, 100)), "1", "2", "3", "excerpts", "right: 100 %"]
