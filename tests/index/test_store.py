"""Numbering, going back, pruning and purging: what is in use stays, and what is purged is gone."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk, contents

from briefbot.errors import UsageFault
from briefbot.index.manifest import NAME, Manifest, folder_name, read_manifest
from briefbot.index.store import (
    current_number,
    make_staging,
    numbers,
    open_current,
    open_number,
    publish,
    sweep,
    verified,
)
from briefbot.upkeep import prune, purge, rollback

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefbot.reports import RollbackReport

PROJECT = Path(__file__).parents[2]
READ = """
import sys
from pathlib import Path
from briefbot.index.store import open_current
with open_current(Path(sys.argv[1])) as generation:
    print("open", flush=True)
    sys.stdin.read()
    print(*(passage.text for name in generation.documents for passage in generation.passages(name)))
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def build_versions(desk: Desk, *versions: int) -> None:
    """Build a generation for each version; one document changes and one stays."""
    desk.write("same.txt", "It stays as it is.")
    for version in versions:
        desk.write("one.txt", f"Version {version} of the document.")
        desk.build()


def text(desk: Desk) -> str:
    """Return the document that changes, from the current generation, after verifying all of them."""
    assert [fault for fault in verified(desk.index) if fault[2]] == []
    document = contents(desk.index)["one.txt"][0][0]
    assert isinstance(document.text, str)
    return document.text


def manifest(desk: Desk, number: int) -> Manifest:
    return read_manifest(desk.index / folder_name(number) / NAME)


def parts(desk: Desk) -> set[str]:
    return {f"parts/{path.name}" for path in (desk.index / "parts").iterdir()}


def files_of(*manifests: Manifest) -> set[str]:
    return {part.file for manifest in manifests for part in manifest.parts()}


def rolled_back(desk: Desk, number: int | None = None) -> RollbackReport:
    told: list[RollbackReport] = []
    rollback(desk.disk, number, told.append)
    (report,) = told
    return report


def test_numbers_go_on_beyond_six_digits(desk: Desk) -> None:
    build_versions(desk, 1)
    with desk.disk.locked():
        staging = make_staging(desk.disk)
        publish(desk.disk, staging, replace(manifest(desk, 1), generation=999_999))
    build_versions(desk, 2, 3)
    assert numbers(desk.index) == [999_999, 1_000_000, 1_000_001]
    assert (desk.index / "CURRENT").read_text() == "1000001\n"
    assert text(desk) == "Version 3 of the document."
    assert rolled_back(desk).to_generation == 1_000_000
    assert prune(desk.disk, 1).kept == (1_000_000, 1_000_001)
    assert text(desk) == "Version 2 of the document."


def test_generations_share_the_parts_that_did_not_change(desk: Desk) -> None:
    for i in range(3):
        desk.write(f"large{i}.txt", f"Document {i} stays as it is.")
    build_versions(desk, 1, 2)
    first, second = manifest(desk, 1), manifest(desk, 2)
    assert set(first.parts()) < set(second.parts())
    assert parts(desk) == files_of(second)


def test_a_former_generation_can_be_gone_back_to_and_left_again(desk: Desk) -> None:
    build_versions(desk, 1, 2, 3)
    told = rolled_back(desk)
    assert (told.from_generation, told.to_generation, told.other) == (3, 2, ("one.txt",))
    assert text(desk) == "Version 2 of the document."
    assert rolled_back(desk, 3).from_generation == 2
    assert text(desk) == "Version 3 of the document."
    rolled_back(desk, 1)
    assert text(desk) == "Version 1 of the document."
    with pytest.raises(
        UsageFault, match=r"^There is no generation before 1; briefbot status lists those that are kept\.$"
    ):
        rolled_back(desk)
    with pytest.raises(UsageFault, match=r"^There is no generation 7; kept are: 1, 2, 3\.$"):
        rolled_back(desk, 7)


def test_a_build_after_a_rollback_takes_a_new_number(desk: Desk) -> None:
    build_versions(desk, 1, 2, 3)
    rolled_back(desk, 1)
    assert desk.build().generation == 4
    assert text(desk) == "Version 3 of the document."
    assert numbers(desk.index) == [2, 3, 4]


def test_a_build_never_removes_the_generation_that_was_gone_back_to(desk: Desk) -> None:
    build_versions(desk, 1, 2, 3)
    rolled_back(desk, 1)
    desk.write("one.txt", "Version 1 of the document.")
    desk.keep = 1
    assert not desk.build().published
    assert numbers(desk.index) == [1, 3]
    assert text(desk) == "Version 1 of the document."


def test_pruning_leaves_the_newest_and_the_current_generation_and_what_they_need(desk: Desk) -> None:
    build_versions(desk, 1, 2, 3)
    rolled_back(desk, 2)
    report = prune(desk.disk, 1)
    assert (report.removed, report.kept, report.in_use) == ((1,), (2, 3), ())
    assert report.bytes_freed > 0
    assert parts(desk) == files_of(manifest(desk, 2), manifest(desk, 3))
    assert text(desk) == "Version 2 of the document."


def test_pruning_leaves_a_generation_that_this_process_has_open(desk: Desk) -> None:
    build_versions(desk, 1, 2, 3)
    with open_number(desk.index, 1) as used:
        assert prune(desk.disk, 1).in_use == (1,)
        assert [passage.text for passage in used.passages("one.txt")] == ["Version 1 of the document."]
    assert prune(desk.disk, 1).removed == (1,)


@contextlib.contextmanager
def reader(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    """Run another process that has the current generation open until it is spoken to, and then reads it."""
    command = [sys.executable, "-c", READ, str(desk.index)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "open\n"
        yield child


def test_neither_builds_nor_pruning_remove_a_generation_that_another_process_has_open(desk: Desk) -> None:
    build_versions(desk, 1)
    desk.keep = 1
    with reader(desk) as child:
        build_versions(desk, 2, 3)
        assert numbers(desk.index) == [1, 3]
        assert prune(desk.disk, 1).in_use == (1,)
        assert child.communicate()[0] == "Version 1 of the document. It stays as it is.\n"
    assert prune(desk.disk, 1).removed == (1,)
    assert parts(desk) == files_of(manifest(desk, 3))


def test_who_reads_a_generation_that_is_purged_reads_it_to_the_end(desk: Desk) -> None:
    build_versions(desk, 1)
    with reader(desk) as child:
        purge(desk.disk, "one.txt")
        assert numbers(desk.index) == [2]
        assert child.communicate()[0] == "Version 1 of the document. It stays as it is.\n"


def publish_again(desk: Desk) -> None:
    """Publish the current generation under the next number."""
    with desk.disk.locked():
        number = current_number(desk.index)
        staging = make_staging(desk.disk)
        publish(desk.disk, staging, replace(manifest(desk, number), generation=number + 1))


def test_a_reader_never_fails_while_generations_come_and_go(desk: Desk) -> None:
    build_versions(desk, 0)
    desk.keep = 1
    done, opened, failures = threading.Event(), [0], []

    def read_on() -> None:
        try:
            while not done.is_set():
                with open_current(desk.index) as generation:
                    (passage,) = generation.passages("same.txt")
                    assert passage.text == "It stays as it is."
                opened[0] += 1
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test has to know
            failures.append(error)

    thread = threading.Thread(target=read_on)
    thread.start()
    try:
        for version in range(1, 4):
            build_versions(desk, version)
            purge(desk.disk, "one.txt")
            for _ in range(15):
                publish_again(desk)
                prune(desk.disk, 1)
    finally:
        done.set()
        thread.join()
    assert failures == []
    assert opened[0] > 10


def test_purging_removes_the_words_from_every_file(desk: Desk) -> None:
    secret = b"Rosebud"
    desk.write("large.txt", "\n\n".join(f"Paragraph {i} keeps the first segment alive." for i in range(9)))
    desk.write("secret.txt", "The word is Rosebud. Nobody else says Rosebud.")
    build_versions(desk, 1, 2)
    desk.write("secret.txt", "The word was Rosebud, and is another one now.")
    build_versions(desk, 3)
    (desk.corpus / "secret.txt").unlink()
    build_versions(desk, 4)
    assert holding(desk, secret)
    report = purge(desk.disk, "secret.txt")
    assert holding(desk, secret) == holding(desk, secret.lower()) == []
    assert (report.generation, report.removed_generations) == (5, (2, 3, 4))
    assert numbers(desk.index) == [5]
    assert text(desk) == "Version 4 of the document."
    assert sorted(contents(desk.index)) == ["large.txt", "one.txt", "same.txt"]


def holding(desk: Desk, words: bytes) -> list[Path]:
    return [path for path in desk.index.rglob("*") if path.is_file() and words in path.read_bytes()]


def test_a_document_that_is_not_there_cannot_be_purged(desk: Desk) -> None:
    build_versions(desk, 1)
    with pytest.raises(UsageFault, match=r"^There is no document 'two\.txt' in the index; briefbot show lists them\.$"):
        purge(desk.disk, "two.txt")
    assert numbers(desk.index) == [1]


def test_sweeping_removes_what_no_generation_needs_and_nothing_else(desk: Desk) -> None:
    build_versions(desk, 1, 2)
    (desk.index / ".building-77" / "deep").mkdir(parents=True)
    (desk.index / "000009").mkdir()
    (desk.index / "parts" / "dense-of-nobody").write_bytes(b"half a part")
    (desk.index / "notes").write_text("not ours")
    sweep(desk.disk)
    assert parts(desk) == files_of(manifest(desk, 1), manifest(desk, 2))
    assert {path.name for path in desk.index.iterdir()} == {
        *(".lock", "000001", "000002", "CURRENT", "notes", "parts", "scan.json")
    }
    assert text(desk) == "Version 2 of the document."


def test_sweeping_keeps_every_part_while_a_manifest_cannot_be_read(desk: Desk) -> None:
    build_versions(desk, 1, 2)
    before = parts(desk)
    (desk.index / folder_name(1) / NAME).write_text("damaged")
    sweep(desk.disk)
    assert parts(desk) == before
    assert current_number(desk.index) == 2
