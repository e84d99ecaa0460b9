"""A crash at any moment leaves the old generation or the new one, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.crash import RecordingDisk, crash_states, materialise, snapshot
from tests.desk import Desk

from briefbot.index import encoded
from briefbot.index.store import open_current, verified
from briefbot.search.confidence import calibration, calibration_bytes, learnt_with
from briefbot.upkeep import calibrate, purge, rollback, uncalibrate

if TYPE_CHECKING:
    from pathlib import Path


def words(index: Path) -> tuple[int, list[str]]:
    """Return the current generation's number and every passage of it, read and verified."""
    with open_current(index) as generation:
        texts = [passage.text for name in generation.documents for passage in generation.passages(name)]
        generation.own_calibration()  # read and verified, too
        return generation.number, texts


def prepared(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, keep=2, disk=RecordingDisk(tmp_path / "index"))
    for i in range(3):
        desk.write("one.txt", f"The first paragraph, {i}.")
        desk.write("two.txt", f"Another document, number {i}.")
        desk.write("same.txt", "It stays as it is.")
        desk.build()
    return desk


def recorded(desk: Desk) -> RecordingDisk:
    assert isinstance(desk.disk, RecordingDisk)
    return desk.disk


def replayed(desk: Desk, before: object, old: tuple[int, list[str]], tmp_path: Path) -> tuple[int, int]:
    """Open every state that a crash could have left; return how many held the old and how many the new generation."""
    new = words(desk.index)
    found = {old[0]: 0, new[0]: 0}
    for i, (description, state) in enumerate(crash_states(before, recorded(desk).operations, seed=7)):
        place = tmp_path / f"crash-{i}"
        materialise(state, place)
        number, texts = words(place)
        assert (number, texts) in (old, new), description
        assert [fault for fault in verified(place) if fault[2] and fault[0].startswith("CURRENT")] == [], description
        found[number] += 1
    return found[old[0]], found[new[0]]


@pytest.mark.slow
def test_a_crash_during_a_build_leaves_the_old_or_the_new_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoded, "_ROWS", 1)  # so that what is encoded is kept at once
    desk = prepared(tmp_path)
    before, old = snapshot(desk.index), words(desk.index)
    recorded(desk).operations.clear()
    desk.write("one.txt", "The first paragraph, changed.")
    desk.write("three.txt", "A third document.")
    desk.build()
    olds, news = replayed(desk, before, old, tmp_path)
    assert olds > 100
    assert news > 20


@pytest.mark.slow
def test_a_crash_during_a_rollback_or_a_purge_leaves_one_of_two_generations(tmp_path: Path) -> None:
    desk = prepared(tmp_path)
    before, old = snapshot(desk.index), words(desk.index)
    recorded(desk).operations.clear()
    rollback(desk.disk, None, lambda _: None)
    assert min(replayed(desk, before, old, tmp_path)) > 0
    for path in tmp_path.glob("crash-*"):
        path.rename(tmp_path / f"done-{path.name}")
    before, old = snapshot(desk.index), words(desk.index)
    recorded(desk).operations.clear()
    purge(desk.disk, "two.txt")
    assert min(replayed(desk, before, old, tmp_path)) > 0


@pytest.mark.slow
def test_a_crash_while_a_calibration_is_published_or_removed_leaves_one_of_two_generations(tmp_path: Path) -> None:
    desk = prepared(tmp_path)
    learnt = calibration_bytes(calibration(), {})
    for change in (lambda: calibrate(desk.disk, learnt, learnt_with(), 2), lambda: uncalibrate(desk.disk, 2)):
        before, old = snapshot(desk.index), words(desk.index)
        recorded(desk).operations.clear()
        change()
        assert min(replayed(desk, before, old, tmp_path)) > 0
        for path in tmp_path.glob("crash-*"):
            path.rename(tmp_path / f"done-{old[0]}-{path.name}")
