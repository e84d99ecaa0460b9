"""Collections in BEIR's form: `corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`, as values.

This module reads; it refuses to know what becomes of an entry. Ids are whatever the files say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from briefbot.errors import UsageFault
from briefbot.evaluation.rows import history_of, json_rows, sound, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_FORM = "a folder in BEIR's form holds corpus.jsonl, queries.jsonl and qrels/test.tsv"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a collection; its title or its text may be empty."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A query, with the earlier questions and answers of its conversation in turn."""

    id: str
    text: str
    history: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Collection:
    """Entries, queries, and for each query's id the grades of the entries that were judged, also of unknown ones."""

    name: str
    entries: tuple[Entry, ...]
    queries: tuple[Query, ...]
    grades: Mapping[str, Mapping[str, int]]

    def relevant(self, query: Query) -> frozenset[str]:
        """Return the ids of the entries that answer a query; none where none was judged to."""
        return frozenset(entry for entry, grade in self.grades.get(query.id, {}).items() if grade > 0)


def read_collection(folder: Path) -> Collection:
    """Return the collection of a folder. Raises UsageFault, which names file and line."""
    files = [folder / "corpus.jsonl", folder / "queries.jsonl", folder / "qrels" / "test.tsv"]
    if gone := [file for file in files if not file.is_file()]:
        raise UsageFault(f"There is no {gone[0]}; {_FORM}.")
    corpus, queries, qrels = files
    collection = Collection(
        name=folder.resolve().name,
        entries=tuple(_entry(row, place) for place, row in json_rows(corpus)),
        queries=tuple(_queries(queries)),
        grades=_grades(qrels),
    )
    for file, rows in ((corpus, collection.entries), (queries, collection.queries)):
        if not rows:
            raise UsageFault(f"{file} is empty; {_FORM}.")
    return collection


def _entry(row: dict[str, Any], place: str) -> Entry:
    return Entry(_id(row, place), _words(row, "title", place), _words(row, "text", place))


def _queries(path: Path) -> Iterator[Query]:
    seen: set[str] = set()
    for place, row in json_rows(path):
        query = Query(_id(row, place), sound(_words(row, "text", place)), history_of(row, place))
        if query.id in seen:
            raise UsageFault(f"{place}: there is a query {query.id!r} already; give each an _id of its own.")
        seen.add(query.id)
        yield query


def _id(row: dict[str, Any], place: str) -> str:
    value = row.get("_id")
    if not isinstance(value, str | int) or isinstance(value, bool) or value == "":
        raise UsageFault(f'{place}: there is no _id; name it, as in "_id": "a-1".')
    return str(value)


def _words(row: dict[str, Any], name: str, place: str) -> str:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise UsageFault(f"{place}: {name} must be a text.")
    return value or ""


def _grades(path: Path) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    for number, line in enumerate(text_of(path).split("\n"), start=1):
        cells = line.rstrip("\r").split("\t")
        if not line.strip() or (number == 1 and _is_head(cells)):
            continue
        if len(cells) != 3 or (grade := _grade(cells[2])) is None:
            raise UsageFault(
                f"{path}, line {number}: this is no judgement; write query-id, corpus-id and a whole number, with tabs."
            )
        query, entry, _ = cells
        grades.setdefault(query, {})[entry] = grade
    return grades


def _is_head(cells: list[str]) -> bool:
    return _grade(cells[-1]) is None and any(map(str.isalpha, cells[-1]))


def _grade(cell: str) -> int | None:
    try:
        value = float(cell)
        return int(value) if value == int(value) else None
    except (ValueError, OverflowError):
        return None
