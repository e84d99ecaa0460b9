"""Both kinds of dense part: the bytes are those that FAISS would write, and equal vectors score equally anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import faiss
import numpy as np
import pytest

from briefbot.errors import ForeignIndex
from briefbot.index.cells import Cells, cells_for, in_cells
from briefbot.index.disk import Disk
from briefbot.index.parts import MappedPart, write_part
from briefbot.index.vectors import Codes, DenseVectors, Vectors, exact_chunks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

COUNT, DIMENSIONS = 6_000, 32
FP16, PRODUCT = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT


@pytest.fixture(scope="module")
def codes() -> Codes:
    """Vectors in some hundred heaps, the last of them equal to the first."""
    chance = np.random.default_rng(3)
    heaps = chance.standard_normal((100, DIMENSIONS), np.float32)
    vectors = heaps[chance.integers(100, size=COUNT)] + chance.standard_normal((COUNT, DIMENSIONS), np.float32) / 2
    vectors[-1] = vectors[0]
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)


@pytest.fixture(scope="module")
def cells(codes: Codes) -> Cells:
    return cells_for(lambda: [codes[:1000], codes[1000:]], *codes.shape)


def chunks(codes: Codes, cells: Cells | None) -> Iterable[bytes | memoryview]:
    return in_cells(cells, codes.__getitem__) if cells else exact_chunks([codes[:7], codes[7:]], *codes.shape)


def opened(root: Path, data: Iterable[bytes | memoryview], count: int = COUNT) -> DenseVectors:
    disk = Disk(root)
    disk.make_folder("parts")
    disk.make_folder("staging")
    return DenseVectors(
        MappedPart(root, write_part(disk, "staging", "dense", data)), count=count, dimensions=DIMENSIONS
    )


def nearest(codes: Codes, question: Vectors, allowed: np.ndarray) -> list[int]:
    products = np.where(allowed, codes.astype(np.float32) @ question, -np.inf)
    return np.argsort(-products, kind="stable")[:10].tolist()


def test_the_bytes_of_an_exact_part_are_those_that_faiss_writes(codes: Codes) -> None:
    index = faiss.IndexScalarQuantizer(DIMENSIONS, FP16, PRODUCT)
    index.add(codes.astype(np.float32))
    assert b"".join(map(bytes, chunks(codes, None))) == faiss.serialize_index(index).tobytes()


def test_the_bytes_of_a_part_in_cells_are_those_that_faiss_writes(codes: Codes, cells: Cells) -> None:
    around = faiss.IndexFlatIP(DIMENSIONS)
    around.add(cells.centroids)
    index = faiss.IndexIVFScalarQuantizer(around, DIMENSIONS, len(cells.centroids), FP16, PRODUCT, False)
    index.is_trained, index.nprobe = True, cells.probes
    index.add(codes.astype(np.float32))
    assert b"".join(map(bytes, chunks(codes, cells))) == faiss.serialize_index(index).tobytes()


def test_the_same_vectors_are_divided_the_same_way(codes: Codes, cells: Cells) -> None:
    again = cells_for(lambda: [codes], *codes.shape)
    assert np.array_equal(again.centroids, cells.centroids)
    assert (again.probes, again.recall) == (cells.probes, cells.recall)


@pytest.mark.parametrize("in_cells", [False, True])
def test_vectors_come_back_as_they_were_and_equal_ones_score_equally(
    tmp_path: Path, codes: Codes, cells: Cells, *, in_cells: bool
) -> None:
    dense = opened(tmp_path, chunks(codes, cells if in_cells else None))
    rows = np.random.default_rng(1).permutation(COUNT)
    assert np.array_equal(dense.codes(rows), codes[rows])
    first, among_all = (
        dense.scores(codes[5].astype(np.float32), np.array([0])),
        dense.scores(codes[5], np.arange(COUNT)),
    )
    assert first[0] == among_all[0] == among_all[-1]


def test_the_recall_that_was_measured_is_that_of_searches(tmp_path: Path, codes: Codes, cells: Cells) -> None:
    dense, everything = opened(tmp_path, chunks(codes, cells)), np.ones(COUNT, np.bool_)
    chance, found = np.random.default_rng(5), []
    for row in range(0, COUNT, 30):
        question = codes[row] + chance.standard_normal(DIMENSIONS, np.float32) / np.float32(np.sqrt(DIMENSIONS))
        ours = dense.search(question, 10, None)[1]
        found.append(len(set(nearest(codes, question, everything)) & set(ours.tolist())) / 10)
    assert cells.recall >= 0.985
    assert np.mean(found) == pytest.approx(cells.recall, abs=0.02)


@pytest.mark.parametrize("share", [0.001, 0.1, 0.8])
def test_of_few_allowed_rows_the_nearest_are_always_found(
    tmp_path: Path, codes: Codes, cells: Cells, share: float
) -> None:
    dense, chance = opened(tmp_path, chunks(codes, cells)), np.random.default_rng(2)
    for _ in range(20):
        allowed = chance.random(COUNT) < share
        question = chance.standard_normal(DIMENSIONS, np.float32)
        wanted = [row for row in nearest(codes, question, allowed) if allowed[row]]
        assert sorted(dense.search(question, 10, allowed)[1].tolist()) == sorted(wanted)


def test_another_kind_of_index_or_another_size_is_foreign(tmp_path: Path, codes: Codes) -> None:
    flat = faiss.IndexFlatIP(DIMENSIONS)
    flat.add(codes.astype(np.float32))
    with pytest.raises(ForeignIndex, match="unknown kind"):
        opened(tmp_path, [faiss.serialize_index(flat).tobytes()]).rows(np.array([1]))
    with pytest.raises(ForeignIndex, match="another size"):
        opened(tmp_path, chunks(codes, None), count=COUNT - 1).search(codes[0].astype(np.float32), 3, None)
