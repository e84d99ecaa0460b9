from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk, contents

from briefbot.errors import NoIndex, UsageFault
from briefbot.index import encoded
from briefbot.index.store import current_number, numbers, open_current, open_number
from briefbot.model import Scope
from briefbot.reports import Changes, DocumentLine, Fault, PruneReport, PurgeReport, RollbackReport, Surety
from briefbot.settings import Limits
from briefbot.upkeep import check, documents, prune, purge, rollback, status

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "The word to forget is xylophone."


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build three generations: 1 has a and secret, 2 also has b, 3 has another a and no secret."""
    desk = Desk(tmp_path_factory.mktemp("template"))
    desk.write("a.txt", "Document a speaks of trains.")
    desk.write("secret.txt", TEXT)
    desk.build()
    desk.write("b.md", "---\ntitle: Bees\ndate: 2024-02-29\n---\nDocument b speaks of bees.\n\nBees make honey for us.")
    desk.build()
    desk.write("a.txt", "Document a speaks of ships.")
    (desk.corpus / "secret.txt").unlink()
    desk.build()
    return desk.root


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Desk:
    shutil.copytree(template, tmp_path / "desk", symlinks=True)
    return Desk(tmp_path / "desk")


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def holding(folder: Path, text: str) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def rolled_back(desk: Desk, number: int | None) -> RollbackReport:
    told: list[RollbackReport] = []
    rollback(desk.disk, number, told.append)
    (report,) = told
    return report


# Looking


def test_status_says_what_the_current_generation_is(desk: Desk, template: Path) -> None:
    found = status(desk.index, Limits())
    assert timedelta(0) <= datetime.now(UTC) - found.made < timedelta(minutes=10)
    assert (found.generation, found.generations, found.documents, found.passages) == (3, (1, 2, 3), 2, 3)
    assert (found.model, found.model_sha256, found.index_format) == ("words", "words-1", 4)
    assert (found.bytes, found.corpus, found.remarks) == (size(desk.index), str(template / "corpus"), ())
    assert found.changes == Changes((), (), ())
    assert found.surety == Surety(0.5, own=False)


def test_status_says_what_has_changed_since(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for name in ("a.txt", "b.txt", "c.txt"):
        desk.write(name, f"Document {name} has words.")
    os.utime(desk.write("empty.txt", ""), (0, 0))
    os.utime(desk.write("mended.txt", ""), (0, 0))
    desk.build()
    desk.write("mended.txt", "No longer without words.")
    later = time.time() + 10
    os.utime(desk.corpus / "mended.txt", (later, later))
    desk.write("b.txt", "Document b has other words.")
    (desk.corpus / "c.txt").unlink()
    desk.write("d.txt", "A new document.")
    before = {path: path.read_bytes() for path in desk.index.rglob("*") if path.is_file()}
    found = status(desk.index, Limits())
    assert found.changes == Changes(("d.txt", "mended.txt"), ("b.txt",), ("c.txt",))
    assert found.remarks == ("empty.txt: the file is empty", "mended.txt: the file is empty")
    assert {path: path.read_bytes() for path in desk.index.rglob("*") if path.is_file()} == before


def test_of_a_corpus_out_of_reach_no_changes_are_known(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("a.txt", "Document a has words.")
    desk.build()
    shutil.rmtree(desk.corpus)
    assert status(desk.index, Limits()).changes is None


def test_without_an_index_there_is_no_status(tmp_path: Path) -> None:
    with pytest.raises(NoIndex, match=r"run: briefbot build$"):
        status(tmp_path, Limits())


def test_documents_are_listed_by_name_as_far_as_they_may_be_seen(desk: Desk) -> None:
    with open_current(desk.index) as generation:
        lines = documents(generation, Scope.everything())
        assert lines == (
            DocumentLine("a.txt", "a", None, 1, lines[0].language),
            DocumentLine("b.md", "Bees", date(2024, 2, 29), 2, "en"),
        )
        assert documents(generation, Scope(frozenset({"a.txt"}))) == lines[:1]


# Checking


def test_a_sound_index_has_no_faults(desk: Desk) -> None:
    found = check(desk.index)
    assert (found.generations, found.faults) == (3, ())
    assert found.files == 1 + 3 + len(list((desk.index / "parts").iterdir()))


def test_every_damaged_file_is_named(desk: Desk) -> None:
    part = min((desk.index / "parts").glob("dense-*"))
    part.write_bytes(part.read_bytes()[:-1])
    manifest = desk.index / "000002" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b"words", b"swords"))
    faults = check(desk.index).faults
    assert {fault.file for fault in faults} == {f"parts/{part.name}", "000002/manifest.json"}
    assert all(isinstance(fault, Fault) and "is damaged" in fault.reason for fault in faults)


# Going back


def test_a_rollback_names_what_changes_and_makes_the_former_generation_current(desk: Desk) -> None:
    assert rolled_back(desk, 1) == RollbackReport(3, 1, ("secret.txt",), ("b.md",), ("a.txt",))
    assert current_number(desk.index) == 1
    assert contents(desk.index).keys() == {"a.txt", "secret.txt"}
    assert numbers(desk.index) == [1, 2, 3]


def test_without_a_number_it_is_the_generation_before(desk: Desk) -> None:
    assert rolled_back(desk, None).to_generation == 2
    assert rolled_back(desk, None).to_generation == 1
    with pytest.raises(UsageFault, match=r"^There is no generation before 1;"):
        rolled_back(desk, None)


def test_one_may_go_forward_again(desk: Desk) -> None:
    rolled_back(desk, 1)
    assert rolled_back(desk, 3) == RollbackReport(1, 3, ("b.md",), ("secret.txt",), ("a.txt",))


def test_a_generation_that_is_not_kept_is_refused(desk: Desk) -> None:
    with pytest.raises(UsageFault) as error:
        rolled_back(desk, 7)
    assert str(error.value) == "There is no generation 7; kept are: 1, 2, 3."
    assert current_number(desk.index) == 3


def test_who_objects_when_told_keeps_the_current_generation(desk: Desk) -> None:
    def object_to(_: RollbackReport) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rollback(desk.disk, 1, object_to)
    assert current_number(desk.index) == 3


def test_a_damaged_generation_can_be_left(desk: Desk) -> None:
    (desk.index / "000003" / "manifest.json").write_text("{}")
    assert rolled_back(desk, 2) == RollbackReport(3, 2, ("a.txt", "b.md", "secret.txt"), (), ())
    assert contents(desk.index).keys() == {"a.txt", "b.md", "secret.txt"}


# Removing


def test_pruning_keeps_the_newest_and_frees_the_rest(desk: Desk) -> None:
    before = size(desk.index)
    assert prune(desk.disk, 1) == PruneReport((1, 2), (3,), (), before - size(desk.index))
    assert size(desk.index) < before
    assert contents(desk.index).keys() == {"a.txt", "b.md"}
    assert check(desk.index).faults == ()


def test_pruning_never_removes_what_is_current_or_in_use(desk: Desk) -> None:
    rolled_back(desk, 1)
    with open_number(desk.index, 2) as used:
        report = prune(desk.disk, 1)
        assert (report.removed, report.kept, report.in_use) == ((), (1, 2, 3), (2,))
        assert used.document("b.md").title == "Bees"
    assert prune(desk.disk, 1).removed == (2,)
    assert contents(desk.index).keys() == {"a.txt", "secret.txt"}


def test_purging_removes_every_trace_of_a_documents_text(desk: Desk) -> None:
    before = size(desk.index)
    report = purge(desk.disk, "secret.txt")
    assert holding(desk.index, "xylophone") == []
    assert report == PurgeReport("secret.txt", 3, (1, 2), before - size(desk.index), False)
    assert contents(desk.index).keys() == {"a.txt", "b.md"}
    assert check(desk.index).faults == ()


def test_purging_leaves_the_other_documents_of_the_current_generation(desk: Desk) -> None:
    rolled_back(desk, 2)
    kept = contents(desk.index)
    purge(desk.disk, "secret.txt")
    assert holding(desk.index, "xylophone") == []
    assert contents(desk.index) == {name: kept[name] for name in ("a.txt", "b.md")}


def test_purging_rewrites_what_holds_the_text_of_a_document_that_has_gone(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("a.txt", "Trains are long.\n\nShips are wide.")
    path = desk.write("secret.txt", TEXT)
    desk.build()
    path.unlink()
    desk.build()
    kept = contents(desk.index)
    assert purge(desk.disk, "secret.txt").removed_generations == (1, 2)
    assert (contents(desk.index), holding(desk.index, "xylophone")) == (kept, [])


def test_purging_the_only_document_leaves_an_index_without_any(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("secret.txt", TEXT)
    desk.build()
    assert purge(desk.disk, "secret.txt").still_in_corpus
    assert (contents(desk.index), holding(desk.index, "xylophone")) == ({}, [])


def test_a_damaged_generation_does_not_keep_a_purged_text(desk: Desk) -> None:
    rolled_back(desk, 2)
    (desk.index / "000001" / "manifest.json").write_text("{}")
    assert purge(desk.disk, "secret.txt").removed_generations == (1, 2)
    assert holding(desk.index, "xylophone") == []


def test_a_purge_removes_what_an_interrupted_build_has_encoded(desk: Desk) -> None:
    (desk.index / encoded.FOLDER).mkdir()
    (desk.index / encoded.FOLDER / "000000").write_bytes(b"vectors")
    purge(desk.disk, "secret.txt")
    assert not (desk.index / encoded.FOLDER).exists()


def test_a_document_that_no_generation_holds_cannot_be_purged(desk: Desk) -> None:
    with pytest.raises(UsageFault) as error:
        purge(desk.disk, "nothing.txt")
    assert str(error.value) == "There is no document 'nothing.txt' in the index; briefbot show lists them."
    assert numbers(desk.index) == [1, 2, 3]
