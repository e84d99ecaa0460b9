"""A crash at any moment leaves the old generation or the new one, whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from briefbot.building import BuildOptions, build
from briefbot.building.preparing import Tools
from briefbot.index.disk import Disk
from briefbot.index.store import open_current, verified
from briefbot.settings import Settings
from briefbot.upkeep import purge, rollback
from tests.crash import RecordingDisk, crash_states, materialise, snapshot
from tests.fakes import WordEncoder, no_bars


class Desk:
    """A small corpus and its index."""

    def __init__(self, root: Path, disk_kind: type[Disk]) -> None:
        self.corpus, self.index = root / "corpus", root / "index"
        self.corpus.mkdir()
        self.disk = disk_kind(self.index)
        self.settings = Settings(corpus=self.corpus, index=self.index, keep=2)

    def write(self, **texts: str) -> None:
        for name, text in texts.items():
            (self.corpus / f"{name}.txt").write_text(text)

    def build(self) -> None:
        build(Tools(self.settings, self.disk, WordEncoder(), no_bars), BuildOptions(allow_removals=True))


def words(index: Path) -> tuple[int, list[str]]:
    """Return the current generation's number and every passage of it, read and verified."""
    with open_current(index) as generation:
        texts = [passage.text for name in generation.documents for passage in generation.passages(name)]
        return generation.number, texts


def prepared(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, RecordingDisk)
    for i in range(3):
        desk.write(one=f"The first paragraph, {i}.", two=f"Another document, number {i}.", same="It stays as it is.")
        desk.build()
    return desk


def replayed(desk: Desk, before: object, old: tuple[int, list[str]], tmp_path: Path) -> tuple[int, int]:
    """Open every state that a crash could have left; return how many held the old and how many the new generation."""
    new = words(desk.index)
    found = {old[0]: 0, new[0]: 0}
    for i, (description, state) in enumerate(crash_states(before, desk.disk.operations, seed=7)):
        place = tmp_path / f"crash-{i}"
        materialise(state, place)
        number, texts = words(place)
        assert (number, texts) in (old, new), description
        assert [fault for fault in verified(place) if fault[2] and fault[0].startswith("CURRENT")] == [], description
        found[number] += 1
    return found[old[0]], found[new[0]]


@pytest.mark.slow
def test_a_crash_during_a_build_leaves_the_old_or_the_new_generation(tmp_path: Path) -> None:
    desk = prepared(tmp_path)
    before, old = snapshot(desk.index), words(desk.index)
    desk.disk.operations.clear()
    desk.write(one="The first paragraph, changed.", three="A third document.")
    desk.build()
    olds, news = replayed(desk, before, old, tmp_path)
    assert olds > 100
    assert news > 20


@pytest.mark.slow
def test_a_crash_during_a_rollback_or_a_purge_leaves_one_of_two_generations(tmp_path: Path) -> None:
    desk = prepared(tmp_path)
    before, old = snapshot(desk.index), words(desk.index)
    desk.disk.operations.clear()
    rollback(desk.disk, None)
    assert min(replayed(desk, before, old, tmp_path)) > 0
    for path in tmp_path.glob("crash-*"):
        os.rename(path, tmp_path / f"done-{path.name}")
    before, old = snapshot(desk.index), words(desk.index)
    desk.disk.operations.clear()
    purge(desk.disk, "two.txt")
    assert min(replayed(desk, before, old, tmp_path)) > 0
