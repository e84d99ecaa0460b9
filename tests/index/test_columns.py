import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.errors import DamagedIndex, ForeignIndex
from briefbot.index.columns import Columns, blob, column_chunks
from briefbot.index.disk import Disk
from briefbot.index.parts import BLOCK, MappedPart, PartEntry, verify_part, write_part


def written(root: Path, chunks: list[bytes]) -> PartEntry:
    disk = Disk(root)
    disk.make_folder("staging")
    disk.make_folder("parts")
    return write_part(disk, "staging", "kind", chunks)


def test_columns_come_back_as_they_were_written(tmp_path: Path) -> None:
    columns = {
        "numbers": np.arange(300_000, dtype=np.uint32),
        "empty": np.empty(0, np.uint8),
        "pairs": np.arange(20, dtype=np.int64).reshape(-1, 2),
        "strided": np.arange(10, dtype=np.uint32).reshape(5, 2)[:, 1],
    }
    entry = written(tmp_path, list(column_chunks(columns)))
    read = Columns(MappedPart(tmp_path, entry))
    assert {name: read.whole(name).tolist() for name in columns} == {n: c.tolist() for n, c in columns.items()}
    assert read.slice("pairs", 3, 5).tolist() == [[6, 7], [8, 9]]


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_a_blob_gives_every_text_back(texts: list[str]) -> None:
    data, ends = blob(texts)
    slices = [data[int(a) : int(b)].tobytes().decode() for a, b in itertools.pairwise(ends)]
    assert slices == texts


def test_a_block_is_verified_when_it_is_first_read_and_no_other(tmp_path: Path) -> None:
    entry = written(tmp_path, [bytes(BLOCK), b"\1" * BLOCK, b"end"])
    path = tmp_path / entry.file
    data = bytearray(path.read_bytes())
    data[BLOCK + 7] ^= 4
    path.write_bytes(data)
    part = MappedPart(tmp_path, entry)
    assert bytes(part.read(0, BLOCK)) == bytes(BLOCK)
    assert bytes(part.read(2 * BLOCK, 2 * BLOCK + 3)) == b"end"
    with pytest.raises(DamagedIndex, match="is damaged; restore the index from a copy or run: briefbot build --full"):
        part.read(BLOCK - 1, BLOCK + 1)
    with pytest.raises(DamagedIndex):
        verify_part(tmp_path, entry)


def test_a_shorter_longer_or_missing_file_is_damaged(tmp_path: Path) -> None:
    entry = written(tmp_path, [b"twelve bytes"])
    path = tmp_path / entry.file
    path.write_bytes(b"twelve byte")
    with pytest.raises(DamagedIndex):
        MappedPart(tmp_path, entry)
    path.write_bytes(b"twelve bytes!")
    with pytest.raises(DamagedIndex):
        MappedPart(tmp_path, entry)
    path.unlink()
    with pytest.raises(DamagedIndex, match="is missing"):
        MappedPart(tmp_path, entry)


def test_a_part_that_is_not_in_this_form_is_foreign(tmp_path: Path) -> None:
    entry = written(tmp_path, [b"something else entirely"])
    with pytest.raises(ForeignIndex):
        Columns(MappedPart(tmp_path, entry))


def test_parts_are_named_by_what_they_hold(tmp_path: Path) -> None:
    assert written(tmp_path, [b"ab", b"c"]) == written(tmp_path, [b"abc"])
    assert [path.name for path in (tmp_path / "parts").iterdir()] == ["kind-ba7816bf8f01cfea414140de5dae2223"]
