"""Damage is always found: no reader ever gives out other bytes than those that were written."""

from __future__ import annotations

import json
import os
import random
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.desk import Desk

from briefbot.errors import DamagedIndex, ForeignIndex, IndexFault
from briefbot.index.generation import Generation
from briefbot.index.manifest import NAME, Manifest, folder_name, manifest_bytes, read_manifest
from briefbot.index.parts import BLOCK, PartEntry
from briefbot.index.store import CURRENT, open_current, verified
from briefbot.model import Filters, Scope
from briefbot.search.sources import DenseSource, LexicalSource, Query, Source
from briefbot.upkeep import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FLIPS = int(os.environ.get("BRIEFBOT_FLIPS", "300"))
MEND = "restore the index from a copy or run: briefbot build --full"


@dataclass(frozen=True)
class Index:
    """An index of three generations; `values` has for each of them what each reader reads from it."""

    desk: Desk
    values: dict[int, dict[str, Any]]

    @property
    def root(self) -> Path:
        return self.desk.index

    @property
    def manifest_path(self) -> Path:
        return self.root / folder_name(3) / NAME

    @property
    def manifest(self) -> Manifest:
        return read_manifest(self.manifest_path)

    def files(self) -> list[Path]:
        """Return every file that the current generation is made of."""
        return [self.root / CURRENT, self.manifest_path, *(self.root / part.file for part in self.manifest.parts())]

    def part(self, kind: str, segment: int = 0) -> PartEntry:
        return self.manifest.segments[segment].part(kind)

    def publish(self, manifest: Manifest) -> None:
        self.manifest_path.write_bytes(manifest_bytes(manifest))

    def faults(self) -> list[tuple[str, str]]:
        return [(file, reason) for file, _, reason in verified(self.root) if reason]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """An index with three segments, one document of which is dead, and two parts of more than one block."""
    desk = Desk(tmp_path_factory.mktemp("damage"))
    chance = random.Random(1)
    desk.write("log.md", "# Log\n\n```\n" + "\n".join(chance.randbytes(40_000).hex() for _ in range(16)) + "\n```\n")
    desk.write(
        "grain.md", "---\nauthor: A. Writer\ndate: 2011-08-19\n---\n# Grain\n\nRussia sent grain. It came by train.\n"
    )
    desk.write("gone.txt", "This document goes away in the second generation.")
    desk.build()
    (desk.corpus / "gone.txt").unlink()
    desk.write("train.csv", "train,colour\nfirst,dark green\nsecond,grey\n")
    desk.build()
    desk.write("met.txt", "Kim met Putin at the cosmodrome.")
    desk.build()
    values = {
        number: {reader: read(Generation(desk.index, number)) for reader, read in READERS.items()}
        for number in (1, 2, 3)
    }
    return Index(desk, values)


@pytest.fixture
def index(pristine: Index, tmp_path: Path) -> Index:
    """A copy of the index that a test may damage."""
    shutil.copytree(pristine.desk.root, tmp_path, dirs_exist_ok=True)
    return replace(pristine, desk=Desk(tmp_path))


def documents(generation: Generation) -> Any:
    return [(generation.document(name), generation.origin(name)) for name in generation.documents]


def passages(generation: Generation) -> Any:
    return [list(generation.passages(name)) for name in generation.documents]


def entries(generation: Generation) -> Any:
    read = [entry for segment in generation.segments for entry in segment.entries(range(segment.entry.documents))]
    return [(entry.keys, entry.terms, entry.vectors.tolist(), entry.quotations) for entry in read]


def days(generation: Generation) -> Any:
    return generation.allowed(Scope.everything(), Filters(author="writer")).tolist()


def found_by(source: Callable[[Generation], Source]) -> Callable[[Generation], Any]:
    def read(generation: Generation) -> Any:
        allowed = generation.allowed(Scope.everything(), Filters())
        matches = source(generation).match(
            Query(
                np.full(64, 0.125, np.float32),
                ("grain", "train", "grey"),
                allowed,
                generation.visible(Scope.everything()),
            )
        )
        rows = matches.candidates(len(allowed))
        return rows.tolist(), matches.scores(rows).tolist()

    return read


READERS: dict[str, Callable[[Generation], Any]] = {
    "documents": documents,
    "passages": passages,
    "entries": entries,
    "days": days,
    "dense": found_by(DenseSource),
    "lexical": found_by(LexicalSource),
    "quotations": lambda generation: [
        [{name: column.tolist() for name, column in piece.columns.items()} for piece, _ in segment.concordance.numbered]
        for segment in generation.segments
    ],
    "number": lambda generation: generation.number,
}


def places(files: list[Path], count: int) -> Iterator[tuple[Path, int, int]]:
    """Yield files, each as often as the others, with the number of a byte and of a bit in it, at random."""
    chance = random.Random(7)
    for _ in range(count):
        path = chance.choice(files)
        yield path, chance.randrange(path.stat().st_size), chance.randrange(8)


def flip(path: Path, byte: int, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(byte)
        value = file.read(1)[0]
        file.seek(byte)
        file.write(bytes([value ^ 1 << bit]))


def test_a_flipped_bit_is_always_found_and_never_read(pristine: Index) -> None:
    """Every flip is found by `verified`, and no reader returns another value than without it.

    The one exception is a flip in CURRENT that makes it the name of another generation which is there: what is then
    read is that generation, whole.
    """
    assert {part.kind for part in pristine.manifest.parts() if part.size > BLOCK} == {
        "documents",
        "lexical",
        "concordance",
    }
    refusals = 0
    for path, byte, bit in places(pristine.files(), FLIPS):
        flip(path, byte, bit)
        try:
            refusals += refused_by_readers(pristine, path, f"{path.name}, byte {byte}, bit {bit}")
        finally:
            flip(path, byte, bit)
    assert refusals > 2 * FLIPS
    assert pristine.faults() == []


def refused_by_readers(index: Index, path: Path, where: str) -> int:
    """Return how many readers refused to read; the others must have read what was written."""
    named = other_generation(path)
    faulty = {file for file, _ in index.faults()}
    assert faulty == (set() if named else {str(path.relative_to(index.root))}), where
    refusals = 0
    for reader, read in READERS.items():
        try:
            with open_current(index.root) as generation:
                assert read(generation) == index.values[named or 3][reader], f"{where}, {reader}"
        except (DamagedIndex, ForeignIndex):
            refusals += 1
    assert refusals or named or path.stat().st_size > BLOCK, where
    return refusals


def other_generation(path: Path) -> int | None:
    named = path.read_text("utf-8", "replace") if path.name == CURRENT else ""
    return int(named) if named in ("000001\n", "000002\n") else None


def test_a_flip_in_the_name_of_the_current_generation_is_found_unless_it_names_another(pristine: Index) -> None:
    current, missed = pristine.root / CURRENT, []
    for place in range(8 * current.stat().st_size):
        flip(current, *divmod(place, 8))
        if not pristine.faults():
            missed.append(current.read_text())
        flip(current, *divmod(place, 8))
    assert missed == ["000002\n", "000001\n"]


def read_all(root: Path) -> None:
    with open_current(root) as generation:
        for read in READERS.values():
            read(generation)


def refusal(index: Index) -> tuple[type[Exception], str]:
    """Return the error that reading everything ends with, its paths below the index."""
    with pytest.raises(IndexFault) as raised:
        read_all(index.root)
    return type(raised.value), str(raised.value).replace(f"{index.root}/", "")


@pytest.mark.parametrize("length", [0, 1, -1])
def test_a_truncated_file_is_damaged(index: Index, length: int) -> None:
    for path in index.files()[1:]:
        whole, name = path.read_bytes(), str(path.relative_to(index.root))
        path.write_bytes(whole[:length])
        assert refusal(index) == (DamagedIndex, f"{name} is damaged; {MEND}")
        assert [file for file, _ in index.faults()] == [name]
        path.write_bytes(whole)


def test_parts_that_stand_under_each_others_name_are_damaged(index: Index) -> None:
    first, second = (index.root / index.part("passages", segment).file for segment in (0, 1))
    first.rename(index.root / "aside")
    second.rename(first)
    (index.root / "aside").rename(second)
    assert refusal(index) == (DamagedIndex, f"parts/{first.name} is damaged; {MEND}")
    assert {file for file, _ in index.faults()} == {f"parts/{first.name}", f"parts/{second.name}"}


def test_a_part_of_the_same_size_but_with_other_words_is_damaged(index: Index) -> None:
    path = index.root / index.part("documents").file
    path.write_bytes(path.read_bytes().replace(b"Russia sent grain", b"Russia sold grain"))
    assert refusal(index) == (DamagedIndex, f"parts/{path.name} is damaged; {MEND}")
    assert [file for file, _ in index.faults()] == [f"parts/{path.name}"]


def test_a_missing_part_is_damage(index: Index) -> None:
    path = index.root / index.part("lexical").file
    path.unlink()
    assert refusal(index) == (DamagedIndex, f"parts/{path.name} is missing; {MEND}")
    assert [file for file, _ in index.faults()] == [f"parts/{path.name}"]


@pytest.mark.parametrize("size", [0, -1, 10**18])
def test_a_part_has_the_size_that_its_manifest_states(index: Index, size: int) -> None:
    manifest, part = index.manifest, index.part("sentences")
    first = manifest.segments[0]
    parts = tuple(replace(part, size=size) if part.kind == "sentences" else part for part in first.parts)
    index.publish(replace(manifest, segments=(replace(first, parts=parts), *manifest.segments[1:])))
    assert refusal(index) == (DamagedIndex, f"{part.file} is damaged; {MEND}")
    assert [file for file, _ in index.faults()] == [part.file]


def test_a_manifest_of_another_format_is_foreign(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = index.manifest
    monkeypatch.setattr("briefbot.index.manifest.FORMAT", 99)
    index.publish(manifest)
    monkeypatch.undo()
    sentence = "000003/manifest.json has index format 99, and this briefbot reads 4; run: briefbot build --full"
    assert refusal(index) == (ForeignIndex, sentence)
    assert [file for file, _ in index.faults()] == ["000003/manifest.json"]


def test_a_manifest_that_is_not_ours_is_foreign(index: Index) -> None:
    index.manifest_path.write_text(json.dumps({"name": "A web app", "icons": [], "display": "standalone"}), "utf-8")
    assert refusal(index) == (ForeignIndex, "000003/manifest.json is not briefbot's; set another index folder.")
    assert [file for file, _ in index.faults()] == ["000003/manifest.json"]


@pytest.mark.parametrize("text", ["", "7", "null", "[1]", '"x"', "[" * 100_000, '{"generation": "\\ud800"}', "\0\xff"])
def test_a_manifest_that_is_not_a_manifest_is_damaged(index: Index, text: str) -> None:
    index.manifest_path.write_text(text, "latin-1")
    assert refusal(index) == (DamagedIndex, f"000003/manifest.json is damaged; {MEND}")
    assert [file for file, _ in index.faults()] == ["000003/manifest.json"]


def test_a_manifest_that_is_a_folder_cannot_be_read(index: Index) -> None:
    index.manifest_path.unlink()
    index.manifest_path.mkdir()
    assert refusal(index) == (DamagedIndex, "000003/manifest.json cannot be read: Is a directory.")
    assert [file for file, _ in index.faults()] == ["000003/manifest.json"]


def test_the_manifest_of_another_generation_is_damaged(index: Index) -> None:
    shutil.copy(index.root / folder_name(1) / NAME, index.manifest_path)
    assert refusal(index) == (DamagedIndex, f"000003/manifest.json is damaged; {MEND}")
    assert [file for file, _ in index.faults()] == ["000003/manifest.json"]


@pytest.mark.parametrize(
    "text", ["", "2\n", "generation 2\n", "000002\n\n", "-00002\n", "000002x", "\xb2" * 6, "\0" * 7]
)
def test_a_current_file_with_anything_else_in_it_is_damaged(index: Index, text: str) -> None:
    (index.root / CURRENT).write_text(text, "utf-8")
    sentence = "CURRENT does not name a generation; run: briefbot rollback N, or briefbot build --full"
    assert refusal(index) == (DamagedIndex, sentence)
    assert [file for file, _ in index.faults()] == ["CURRENT"]


def test_a_missing_generation_is_damage(index: Index) -> None:
    shutil.rmtree(index.root / folder_name(3))
    sentence = "CURRENT names generation 3, which is not there; run: briefbot rollback N, or briefbot build --full"
    assert refusal(index) == (DamagedIndex, sentence)
    assert [file for file, _ in index.faults()] == ["CURRENT"]


def test_check_counts_what_it_verified_and_names_what_is_damaged(index: Index) -> None:
    flip(index.root / index.part("dense").file, 100, 3)
    flip(index.root / CURRENT, 0, 6)
    report = check(index.root)
    assert [fault.file for fault in report.faults] == ["CURRENT", index.part("dense").file]
    assert (report.generations, report.files) == (3, 1 + 3 + 23)  # two segments without a quotation share that part
    parts = {part for number in (1, 2, 3) for part in read_manifest(index.root / folder_name(number) / NAME).parts()}
    manifests = sum((index.root / folder_name(number) / NAME).stat().st_size for number in (1, 2, 3))
    assert report.bytes == 7 + manifests + sum(part.size for part in parts)


def test_a_full_build_replaces_a_damaged_generation(index: Index) -> None:
    damaged = index.part("documents").file
    flip(index.root / damaged, 5000, 0)
    assert index.desk.build(full=True).generation == 4
    assert [file for file, _ in index.faults()] == [damaged]  # which the former generations still share
    with open_current(index.root) as generation:
        assert documents(generation) == index.values[3]["documents"]
