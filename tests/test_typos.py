from __future__ import annotations

import json
from typing import TYPE_CHECKING

import hypothesis.strategies as st
from benchmarks.typos import mistyped, write_mistyped
from hypothesis import given

from briefbot.search.distance import distances

if TYPE_CHECKING:
    from pathlib import Path


@given(st.text("abcdeř -'", max_size=40), st.text(max_size=3))
def test_a_question_gets_one_mistake_at_most_and_the_same_for_the_same_seed(text: str, seed: str) -> None:
    wrong = mistyped(text, seed)

    assert distances(text, [wrong]).tolist()[0] <= 1
    assert wrong == mistyped(text, seed)


@given(st.text())
def test_a_word_of_four_different_letters_always_gets_one(seed: str) -> None:
    assert mistyped("is a Word", seed).startswith("is a ")
    assert distances("is a Word", [mistyped("is a Word", seed)]).tolist() == [1]


def test_a_collection_keeps_its_entries_and_its_judgements(tmp_path: Path) -> None:
    folder, into = tmp_path / "from", tmp_path / "into"
    (folder / "qrels").mkdir(parents=True)
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\td\t1\n", "utf-8")
    (folder / "corpus.jsonl").write_text('{"_id": "d", "text": "Soup"}\n', "utf-8")
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "where is the canteen"}\n', "utf-8")

    write_mistyped(folder, into, 1)

    for name in ("corpus.jsonl", "qrels/test.tsv"):
        assert (into / name).read_bytes() == (folder / name).read_bytes()
    (row,) = map(json.loads, (into / "queries.jsonl").read_text("utf-8").splitlines())
    assert row["_id"] == "q"
    assert distances("where is the canteen", [row["text"]]).tolist() == [1]
