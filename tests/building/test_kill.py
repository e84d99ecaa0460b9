"""A build that is killed at any moment leaves the old generation or the new one, and the next build puts all right."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.desk import Desk, contents

from briefbot.index.store import manifests, verified

KILLS = int(os.environ.get("BRIEFBOT_KILLS", "8"))
PROJECT = Path(__file__).parents[2]
BUILD = """
import sys
from pathlib import Path
from tests.desk import Desk
import briefbot.search.sources, faiss
from briefbot.index import encoded
encoded._ROWS = 1  # so that what is encoded is kept at once
desk = Desk(Path(sys.argv[1]))
print("ready", flush=True)
desk.build()
"""


def build_in_child(desk: Desk, kill_after: float = 60) -> float | None:
    """Build in a child process; return how many seconds that took, or None if the child was killed before its end."""
    command = [sys.executable, "-c", BUILD, str(desk.root)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"ready\n"
        began = time.monotonic()
        try:
            assert child.wait(kill_after) == 0
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        return None if child.wait() == -signal.SIGKILL else time.monotonic() - began


def edited(desk: Desk, chance: random.Random) -> None:
    """Change, add and remove some of about thirty documents."""
    for _ in range(3):
        number = chance.randrange(34)
        path = desk.corpus / f"{number}.txt"
        if path.exists() and chance.random() < 0.3:
            path.unlink()
        else:
            desk.write(path.name, f"Document {number}.\n\nKim met {chance.random()} in {chance.randrange(2000)}.")


def built_anew(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Return what a full build in an empty folder makes of the corpus."""
    fresh = desk.root / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(desk.corpus, fresh / "corpus")
    other = Desk(fresh)
    other.build()
    return contents(other.index)


def left_over(index: Path) -> set[str]:
    """Return the files and folders in an index that no generation needs."""
    generations = dict(manifests(index))
    needed = {index / part.file for manifest in generations.values() for part in manifest.parts()} | generations.keys()
    folders = {index / "parts", *(path.parent for path in generations)}
    known = needed | folders | {index / name for name in (".lock", "CURRENT", "scan.json")}
    return {str(path.relative_to(index)) for path in index.rglob("*") if path not in known}


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_the_old_or_the_new_generation(tmp_path: Path) -> None:
    desk, chance = Desk(tmp_path), random.Random(KILLS)
    for number in range(30):
        desk.write(f"{number}.txt", f"Document {number}.\n\nRussia sent grain, {number} tons.")
    build_in_child(desk)
    edited(desk, chance)
    duration = build_in_child(desk)
    assert duration
    old, outcomes = contents(desk.index), Counter[str]()
    while outcomes["killed, old"] + outcomes["killed, new"] < KILLS:
        edited(desk, chance)
        new = built_anew(desk)
        took = build_in_child(desk, chance.uniform(0, duration))
        duration = took or duration  # it finished before its time: the machine is less busy than it was
        found = contents(desk.index)
        assert found in (old, new)
        assert [fault for fault in verified(desk.index) if fault[2]] == []
        outcomes[f"{'finished' if took else 'killed'}, {'new' if found == new else 'old'}"] += 1
        desk.build()
        assert contents(desk.index) == new
        assert left_over(desk.index) == set()
        old = new
    print(dict(outcomes))  # noqa: T201 - the figures, for who runs it with -s
