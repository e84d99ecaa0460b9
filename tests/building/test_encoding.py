"""A build encodes beside reading, goes on where one before was interrupted, and ends cleanly when something fails."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk, contents
from tests.fakes import WordEncoder

from briefbot.building import BuildOptions, build, encoding, preparing
from briefbot.corpus.sandbox import ReaderProcess
from briefbot.errors import BriefbotError
from briefbot.index import encoded
from briefbot.upkeep import check

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefbot.embedding.encoder import Vectors

PROJECT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from pathlib import Path
from tests.building.test_encoding import EndingEncoder, small_portions
from tests.desk import Desk
small_portions()
Desk(Path(sys.argv[1]), EndingEncoder(after=20, end=lambda: os.kill(os.getpid(), signal.SIGKILL))).build()
"""


@dataclass
class EndingEncoder(WordEncoder):
    """Calls `end` when it is asked for more than `after` texts in all."""

    after: int = 20
    end: Callable[[], object] = lambda: None

    def encode_passages(self, texts: Sequence[str], done: Callable[[int], None]) -> Vectors:
        if len(self.encoded) + len(texts) > self.after:
            self.end()
        return super().encode_passages(texts, done)


@dataclass
class Told:
    told: Counter[str]
    label: str

    def __enter__(self) -> Callable[[int], None]:
        return self.step

    def __exit__(self, *_: object) -> None:
        pass

    def step(self, count: int) -> None:
        self.told[self.label] += count


def small_portions() -> None:
    """Make a build of few texts go through as many hands as one of many."""
    encoding.PORTION = preparing.PORTION = 4
    encoded._ROWS = 8
    preparing.SEGMENT_PASSAGES = 16
    preparing._BLOCKS = 2


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for place, name in ((encoding, "PORTION"), (preparing, "PORTION"), (encoded, "_ROWS")):
        monkeypatch.setattr(place, name, getattr(place, name))  # so that they are as before afterwards
    monkeypatch.setattr(preparing, "SEGMENT_PASSAGES", 0)
    monkeypatch.setattr(preparing, "_BLOCKS", 0)
    small_portions()
    made = Desk(tmp_path)
    for number in range(30):
        made.write(f"{number:02}.txt", f"Document {number} begins here.\n\nRussia sent grain, {number} tons.")
    return made


def failed(desk: Desk, error: BaseException) -> None:
    """Build until the encoder raises `error`."""

    def fail() -> None:
        raise error

    desk.encoder = EndingEncoder(end=fail)
    with pytest.raises(type(error), match=str(error)):
        desk.build()
    desk.encoder = WordEncoder()


def built_anew(desk: Desk) -> dict:
    other = Desk(desk.root / "fresh") if not (desk.root / "fresh").mkdir() else desk
    shutil.copytree(desk.corpus, other.corpus, dirs_exist_ok=True)
    other.build()
    return contents(other.index)


def test_a_build_that_was_killed_is_taken_up_where_it_was(desk: Desk) -> None:
    child = subprocess.run([sys.executable, "-c", KILLED, str(desk.root)], cwd=PROJECT, check=False)
    assert child.returncode == -signal.SIGKILL
    report = desk.build()
    assert (report.passages, report.encoded, len(desk.encoder.encoded)) == (60, 44, 44)  # 16 of 20 were on the disk
    assert not (desk.index / encoded.FOLDER).exists()
    assert check(desk.index).faults == ()
    assert contents(desk.index) == built_anew(desk)


def test_after_an_error_all_that_was_encoded_is_used(desk: Desk) -> None:
    failed(desk, BriefbotError("The model is gone."))
    assert desk.build().encoded == 40
    assert contents(desk.index) == built_anew(desk)


@pytest.mark.parametrize("error", [BriefbotError("The model is gone."), KeyboardInterrupt("stop"), MemoryError("much")])
def test_an_error_in_the_encoder_is_the_error_of_the_build_and_leaves_no_thread(
    desk: Desk, error: BaseException
) -> None:
    before = threading.active_count()
    failed(desk, error)
    assert threading.active_count() == before
    assert not list(desk.index.glob(".building-*"))


def test_an_error_in_reading_ends_what_is_being_encoded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, steps, before = threading.Event(), [], threading.active_count()
    read = ReaderProcess.read

    def interrupted(self: ReaderProcess, data: bytes, suffix: str) -> object:
        if b"Document 3 " in data:
            begun.wait(10)
            raise KeyboardInterrupt
        return read(self, data, suffix)

    class Endless(WordEncoder):
        def encode_passages(self, texts: Sequence[str], done: Callable[[int], None]) -> Vectors:
            begun.set()
            while True:
                steps.append(1)
                done(1)

    monkeypatch.setattr(ReaderProcess, "read", interrupted)
    desk.encoder = Endless()
    with pytest.raises(KeyboardInterrupt):
        desk.build()
    assert steps
    assert threading.active_count() == before


def test_damage_to_what_was_kept_costs_only_encoding(desk: Desk) -> None:
    failed(desk, BriefbotError("The model is gone."))
    first, second, *_ = sorted((desk.index / encoded.FOLDER).iterdir())
    data = bytearray(first.read_bytes())
    data[len(data) // 2] ^= 1
    first.write_bytes(data)
    os.truncate(second, 100)
    assert desk.build().encoded == 56
    assert contents(desk.index) == built_anew(desk)


def test_what_another_model_encoded_is_not_used(desk: Desk) -> None:
    failed(desk, BriefbotError("The model is gone."))
    desk.encoder = WordEncoder(identity="words-2")
    assert desk.build().encoded == 60
    assert not (desk.index / encoded.FOLDER).exists()


def test_a_full_build_uses_nothing_of_the_one_before(desk: Desk) -> None:
    failed(desk, BriefbotError("The model is gone."))
    assert desk.build(full=True).encoded == 60


def test_a_text_is_encoded_once_however_often_it_occurs(desk: Desk) -> None:
    for number in range(30):
        desk.write(f"{number:02}.md", f"---\ntitle: Same\n---\nThe same words everywhere.\n\nBut number {number} here.")
    assert desk.build().encoded == 60 + 1 + 30
    assert max(Counter(desk.encoder.encoded).values()) == 1


def test_the_encoder_is_given_texts_of_like_length_together(desk: Desk) -> None:
    desk.build()
    portions = [desk.encoder.encoded[start : start + 4] for start in range(0, 60, 4)]
    assert all(portion == sorted(portion, key=len, reverse=True) for portion in portions)


def test_no_more_than_two_portions_wait(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, most = [], []
    start = encoding.EncodingThread.start

    def counted(self: encoding.EncodingThread, keys: Sequence[bytes], texts: Sequence[str]) -> object:
        waiting[:] = [future for future in waiting if not future.done()]
        waiting.append(start(self, keys, texts))
        most.append(len(waiting))
        return waiting[-1]

    monkeypatch.setattr(encoding.EncodingThread, "start", counted)
    desk.build()
    assert max(most) <= 2


def test_bars_tell_of_each_text_once(desk: Desk) -> None:
    told = Counter[str]()

    def bars(label: str, total: int) -> object:
        told[f"{label} in all"] += total
        return Told(told, label)

    tools = preparing.Tools(desk.settings, desk.disk, desk.encoder, bars)
    build(tools, BuildOptions())
    assert told == {"reading": 30, "reading in all": 30, "encoding": 60, "encoding in all": 60}
