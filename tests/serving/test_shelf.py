"""What is taken up, what is refused, and when a generation is closed; a real index, looked at step by step."""

from __future__ import annotations

import logging
import shutil
from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk
from tests.serving.stage import library_with

from briefbot import upkeep
from briefbot.errors import BriefbotError, DamagedIndex, ForeignIndex, ModelError, NoIndex
from briefbot.index import parts
from briefbot.index.store import open_number, point, remove_generations, staged
from briefbot.serving import shelf as shelf_module
from briefbot.serving.shelf import Shelf

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("documents", "passages", "sentences", "dense", "lexical")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Two generations in small blocks, so that opening them does not touch every block; the first is current."""
    monkeypatch.setattr(parts, "BLOCK", 64)
    desk = Desk(tmp_path)
    desk.write("a.txt", "Sheep graze on the hill.")
    desk.build()
    desk.write("b.txt", "Ships sail on the sea.")
    desk.build()
    make_current(desk, 1)
    return desk


@pytest.fixture
def shelf(desk: Desk) -> Shelf:
    shelf = Shelf(desk.index, library_with(desk.encoder))
    assert shelf.look()
    return shelf


def make_current(desk: Desk, number: int) -> None:
    with desk.disk.locked(), staged(desk.disk) as staging:
        point(desk.disk, staging, number)


def number(shelf: Shelf) -> int:
    assert shelf.current
    return shelf.current.library.generation.number


def own_part(desk: Desk, kind: str) -> Path:
    """Return the part of that kind that only the second generation has."""
    with open_number(desk.index, 1) as first, open_number(desk.index, 2) as second:
        (part,) = set(second.manifest.parts()) - set(first.manifest.parts()) - _others(second.manifest.parts(), kind)
        return desk.index / part.file


def _others(parts: tuple, kind: str) -> set:
    return {part for part in parts if part.kind != kind}


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def sentences(caplog: pytest.LogCaptureFixture, level: int = logging.WARNING) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= level]


# What is taken up


def test_the_current_generation_is_taken_up_once(shelf: Shelf) -> None:
    opened = shelf.current
    assert opened
    assert ([line.name for line in opened.documents], number(shelf), shelf.problem) == (["a.txt"], 1, None)
    assert not shelf.look()
    assert shelf.current is opened


def test_another_one_is_taken_up_in_either_direction(desk: Desk, shelf: Shelf) -> None:
    make_current(desk, 2)
    assert shelf.look()
    assert shelf.current
    assert [line.name for line in shelf.current.documents] == ["a.txt", "b.txt"]
    make_current(desk, 1)
    assert (shelf.look(), number(shelf)) == (True, 1)


def test_another_index_put_in_its_place_is_taken_up_though_its_number_is_the_same(desk: Desk, shelf: Shelf) -> None:
    shutil.rmtree(desk.index)
    desk.write("c.txt", "A restored text.")
    assert desk.build().generation == 1
    assert shelf.look()
    assert shelf.current
    assert [line.name for line in shelf.current.documents] == ["a.txt", "b.txt", "c.txt"]


def test_the_warming_question_goes_through_the_encoder_before_anybody_is_served(desk: Desk) -> None:
    asked: list[tuple[object, list[str]]] = []
    shelf = Shelf(desk.index, library_with(desk.encoder))
    encode = desk.encoder.encode_questions

    def watched(texts: list[str]) -> object:
        asked.append((shelf.current, texts))
        return encode(texts)

    desk.encoder.encode_questions = watched  # type: ignore[assignment, method-assign]
    assert shelf.look()
    assert asked == [(None, ["What are all these documents about?"])]


# What is refused


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_part_is_logged_once_and_the_old_generation_stays(
    desk: Desk, shelf: Shelf, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    part = own_part(desk, kind)
    flip(part)
    make_current(desk, 2)
    assert not any(shelf.look() for _ in range(40))
    assert number(shelf) == 1
    sentence = f"{part} is damaged; restore the index from a copy or run: briefbot build --full"
    assert (str(shelf.problem), type(shelf.problem)) == (sentence, DamagedIndex)
    assert sentences(caplog) == [f"the index is not taken up: {sentence}"]


@pytest.fixture
def _nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a large index, of which the warming question touches only a part."""
    monkeypatch.setattr(shelf_module, "ask", lambda *_: None)
    monkeypatch.setattr(shelf_module, "documents", lambda *_: ())


@pytest.mark.usefixtures("_nothing_is_read")
def test_damage_beyond_what_a_question_touches_is_found_too(desk: Desk, shelf: Shelf) -> None:
    flip(own_part(desk, "sentences"))
    make_current(desk, 2)
    assert (shelf.look(), number(shelf)) == (False, 1)


def test_a_broken_manifest_or_pointer_is_logged_and_the_old_generation_stays(
    desk: Desk, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    flip(desk.index / "000002" / "manifest.json")
    make_current(desk, 2)
    assert not any(shelf.look() for _ in range(20))
    (desk.index / "CURRENT").write_text("nonsense")
    assert not any(shelf.look() for _ in range(20))
    assert number(shelf) == 1
    assert [sentence.partition("; ")[0] for sentence in sentences(caplog)] == [
        f"the index is not taken up: {desk.index}/000002/manifest.json is damaged",
        f"the index is not taken up: {desk.index}/CURRENT does not name a generation",
    ]


def test_what_was_refused_is_tried_again_after_some_looks_and_taken_up_when_mended(desk: Desk, shelf: Shelf) -> None:
    part = own_part(desk, "dense")
    flip(part)
    make_current(desk, 2)
    assert not shelf.look()
    flip(part)
    looks = [shelf.look() for _ in range(11)]
    assert looks == [False] * 10 + [True]
    assert (number(shelf), shelf.problem) == (2, None)


def test_going_back_from_a_refused_generation_is_noticed_at_once(desk: Desk, shelf: Shelf) -> None:
    flip(own_part(desk, "dense"))
    make_current(desk, 2)
    assert not shelf.look()
    make_current(desk, 1)
    assert (shelf.look(), number(shelf), shelf.problem) == (False, 1, None)


def test_the_index_of_another_model_is_refused(desk: Desk, shelf: Shelf) -> None:
    desk.encoder.identity = "words-2"
    make_current(desk, 2)
    assert (shelf.look(), number(shelf), type(shelf.problem)) == (False, 1, ForeignIndex)


def test_no_index_is_the_problem_until_one_is_built(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(tmp_path)
    shelf = Shelf(desk.index, library_with(desk.encoder))
    assert not any(shelf.look() for _ in range(3))
    assert type(shelf.problem) is NoIndex
    assert len(sentences(caplog)) == 1
    with pytest.raises(NoIndex, match=r"There is no index in .* yet; run: briefbot build"), shelf.lent():
        pass
    desk.write("a.txt", "Sheep.")
    desk.build()
    assert (shelf.look(), number(shelf), shelf.problem) == (True, 1, None)


def test_a_removed_index_goes_on_serving(desk: Desk, shelf: Shelf) -> None:
    shutil.rmtree(desk.index)
    assert (shelf.look(), type(shelf.problem)) == (False, NoIndex)
    with shelf.lent() as opened:
        assert opened.library.generation.document("a.txt").text == "Sheep graze on the hill."


def test_a_model_that_fails_is_the_problem_of_whoever_wants_one_lent(desk: Desk) -> None:
    def refuse(_: object) -> None:
        raise ModelError("The model is missing.")

    shelf = Shelf(desk.index, refuse)  # type: ignore[arg-type]
    assert not shelf.look()
    raised = []
    for _ in range(2):
        with pytest.raises(ModelError, match=r"^The model is missing\.$") as error, shelf.lent():
            pass
        raised.append(error.value)
    assert raised[0] is not raised[1]


def test_a_fault_of_the_program_leaves_the_old_generation_and_its_traceback_in_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    made = library_with(desk.encoder)

    def faulty(generation):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        return made(generation) if generation.number == 1 else made(None)

    shelf = Shelf(desk.index, faulty)
    assert shelf.look()
    make_current(desk, 2)
    assert not any(shelf.look() for _ in range(40))
    assert (number(shelf), type(shelf.problem)) == (1, BriefbotError)
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info
    assert record.exc_info[0] is AttributeError


@pytest.mark.parametrize("what", ["part", "model"])
def test_a_generation_that_was_refused_is_not_kept_open(desk: Desk, shelf: Shelf, what: str) -> None:
    if what == "part":
        flip(own_part(desk, "dense"))
    else:
        desk.encoder.identity = "words-2"
    make_current(desk, 2)
    assert not shelf.look()
    make_current(desk, 1)
    with desk.disk.locked():
        in_use = remove_generations(desk.disk, [2])
    assert in_use == []


# Who has it lent


def test_it_is_closed_when_the_last_reader_is_done(desk: Desk, shelf: Shelf) -> None:
    with shelf.lent() as first, shelf.lent() as second:
        assert first is second
        make_current(desk, 2)
        assert shelf.look()
        assert upkeep.prune(desk.disk, 1).in_use == (1,)
        assert first.library.generation.document("a.txt").text == "Sheep graze on the hill."
    assert upkeep.prune(desk.disk, 1).removed == (1,)


def test_closing_waits_for_readers_too(desk: Desk, shelf: Shelf) -> None:
    with shelf.lent():
        shelf.close()
        make_current(desk, 2)
        assert upkeep.prune(desk.disk, 1).in_use == (1,)
    assert upkeep.prune(desk.disk, 1).removed == (1,)


def test_damage_that_a_reader_meets_has_the_generation_verified_and_opened_anew(
    desk: Desk, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    before = shelf.current
    with pytest.raises(DamagedIndex), shelf.lent():
        raise DamagedIndex("A block is damaged.")
    assert sentences(caplog) == ["generation 1 is damaged: A block is damaged."]
    assert shelf.look()
    assert shelf.current is not before
    assert not shelf.look()


@pytest.mark.usefixtures("_nothing_is_read")
def test_a_generation_that_stays_damaged_stays_in_force(desk: Desk, shelf: Shelf) -> None:
    before = shelf.current
    assert before
    part = desk.index / before.library.generation.manifest.segments[0].part("sentences").file
    flip(part)
    with pytest.raises(DamagedIndex), shelf.lent():
        raise DamagedIndex("A block is damaged.")
    assert not shelf.look()
    assert (shelf.current, type(shelf.problem)) == (before, DamagedIndex)
    flip(part)
    assert [shelf.look() for _ in range(11)] == [False] * 10 + [True]


def test_damage_in_a_generation_that_is_no_longer_in_force_is_nothing_to_the_one_that_is(
    desk: Desk, shelf: Shelf
) -> None:
    def read() -> None:
        with shelf.lent():
            make_current(desk, 2)
            assert shelf.look()
            raise DamagedIndex("A block is damaged.")

    with pytest.raises(DamagedIndex):
        read()
    assert not shelf.look()
