from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.evaluation.collection import write_collection

from briefbot.errors import UsageFault
from briefbot.evaluation.beir import Collection, Entry, Query, read_collection

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "query-id\tcorpus-id\tscore\n"
ENTRIES: list[dict[str, Any]] = [{"_id": "a", "title": "T", "text": "One."}, {"_id": 2, "text": "Two."}]
QUERIES: list[dict[str, Any]] = [{"_id": "q", "text": "Who?", "history": ["A?", "B."]}, {"_id": "r", "text": None}]


def written(folder: Path, qrels: str, *, corpus: Any = ENTRIES, queries: Any = QUERIES) -> Path:
    return write_collection(folder / "some", corpus, queries, qrels)


@pytest.mark.parametrize("head", [HEAD, "", HEAD.replace("\n", "\r\n")])
def test_a_collection_is_read_with_a_header_of_judgements_or_without(tmp_path: Path, head: str) -> None:
    folder = written(tmp_path, f"{head}q\ta\t2\nq\t2\t0\n\nnobody\ta\t1.0\nr\tunknown\t1\r\n")

    collection = read_collection(folder)

    assert collection == Collection(
        "some",
        (Entry("a", "T", "One."), Entry("2", "", "Two.")),
        (Query("q", "Who?", ("A?", "B.")), Query("r", "", ())),
        {"q": {"a": 2, "2": 0}, "nobody": {"a": 1}, "r": {"unknown": 1}},
    )
    assert [collection.relevant(query) for query in collection.queries] == [{"a"}, {"unknown"}]


def test_a_query_without_judgements_has_nothing_relevant(tmp_path: Path) -> None:
    collection = read_collection(written(tmp_path, f"{HEAD}q\ta\t1\n"))

    assert collection.relevant(collection.queries[1]) == frozenset()


def test_halves_of_characters_and_zero_bytes_are_read(tmp_path: Path) -> None:
    corpus = [{"_id": "a\0b", "text": "x\ud800\0y"}]
    folder = written(tmp_path, f"{HEAD}q\ta\t1\n", corpus=corpus, queries=[{"_id": "q", "text": "a\ud800b"}])

    collection = read_collection(folder)

    assert collection.entries == (Entry("a\0b", "", "x\ud800\0y"),)
    assert collection.queries[0].text == "a?b"


@pytest.mark.parametrize(
    ("line", "place"), [("q\ta\n", 2), ("q\ta\t0.5\n", 2), ("q a 1\n", 2), ("q\ta\tmuch\n", 2), ("q\ta\tnan\n", 2)]
)
def test_a_judgement_that_is_none_is_named_with_its_line(tmp_path: Path, line: str, place: int) -> None:
    folder = written(tmp_path, HEAD + line)
    with pytest.raises(UsageFault) as error:
        read_collection(folder)
    assert str(error.value) == (
        f"{folder / 'qrels' / 'test.tsv'}, line {place}: this is no judgement; "
        "write query-id, corpus-id and a whole number, with tabs."
    )


@pytest.mark.parametrize(
    ("corpus", "queries", "sentence"),
    [
        ([{"text": "x"}], QUERIES, 'corpus.jsonl, line 1: there is no _id; name it, as in "_id": "a-1".'),
        ([{"_id": "a", "text": 7}], QUERIES, "corpus.jsonl, line 1: text must be a text."),
        (
            ENTRIES,
            [*QUERIES, {"_id": "q"}],
            "queries.jsonl, line 3: there is a query 'q' already; give each an _id of its own.",
        ),
        (
            [],
            QUERIES,
            "corpus.jsonl is empty; a folder in BEIR's form holds corpus.jsonl, queries.jsonl and qrels/test.tsv.",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_line(
    tmp_path: Path, corpus: list[dict[str, Any]], queries: list[dict[str, Any]], sentence: str
) -> None:
    folder = written(tmp_path, HEAD, corpus=corpus, queries=queries)
    with pytest.raises(UsageFault) as error:
        read_collection(folder)
    assert str(error.value) == f"{folder}/{sentence}"


def test_a_folder_without_the_files_is_told_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UsageFault) as error:
        read_collection(tmp_path)
    assert str(error.value) == (
        f"There is no {tmp_path / 'corpus.jsonl'}; "
        "a folder in BEIR's form holds corpus.jsonl, queries.jsonl and qrels/test.tsv."
    )
