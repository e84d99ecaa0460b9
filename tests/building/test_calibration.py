"""What becomes of an index's own calibration when it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk
from tests.fakes import WordEncoder

from briefbot.index.store import open_current
from briefbot.reports import Remark
from briefbot.search.confidence import Calibration, calibration_bytes, learnt_with
from briefbot.upkeep import calibrate, check

if TYPE_CHECKING:
    from pathlib import Path

OWN = calibration_bytes(Calibration({"cosine": 1.0}, {"cosine": 0.5}, -0.125, 0.75), {"questions": 40})
AGAIN = "run: briefbot calibrate QUESTIONS"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.write("a.txt", "The red tram stops here.")
    desk.build()
    calibrate(desk.disk, OWN, learnt_with(), 3)
    return desk


def own(desk: Desk) -> bytes | None:
    with open_current(desk.index) as generation:
        return generation.own_calibration()


@pytest.mark.parametrize("full", [False, True])
def test_it_is_kept_as_long_as_the_model_is_the_same(desk: Desk, *, full: bool) -> None:
    desk.write("b.txt", "The blue bus stops there.")
    report = desk.build(full=full)
    assert (report.generation, report.remarks, own(desk)) == (3, (), OWN)


def test_it_is_kept_where_the_same_weights_are_compiled_in_another_way(desk: Desk) -> None:
    desk.encoder = WordEncoder(identity="words-2", source=f"{learnt_with()} float32 4")
    assert (desk.build().remarks, own(desk)) == ((), OWN)


def test_it_is_dropped_with_a_remark_when_the_model_changes(desk: Desk) -> None:
    desk.encoder = WordEncoder(identity="words-2", source="other")
    remark = Remark("calibration", f"it was learnt with another model and is dropped; {AGAIN}")
    assert desk.build(dry_run=True).remarks == (remark,)
    assert own(desk) == OWN
    assert desk.build().remarks == (remark,)
    assert own(desk) is None
    assert desk.build().remarks == ()


@pytest.mark.parametrize("full", [False, True])
def test_a_damaged_one_is_dropped_though_nothing_else_has_changed(desk: Desk, *, full: bool) -> None:
    (part,) = (desk.index / "parts").glob("calibration-*")
    part.write_bytes(OWN.replace(b"0.75", b"0.25"))
    report = desk.build(full=full)
    assert (report.published, report.remarks) == (
        True,
        (Remark("calibration", f"its bytes are damaged and it is dropped; {AGAIN}"),),
    )
    assert own(desk) is None
    assert check(desk.index).sound[-1] == report.generation


def test_a_build_without_changes_leaves_it_and_publishes_nothing(desk: Desk) -> None:
    report = desk.build()
    assert (report.published, report.generation, own(desk)) == (False, 2, OWN)
