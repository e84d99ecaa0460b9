"""Tables of separated values: exact records, whatever separates the cells."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.corpus.readers.table import read
from briefbot.errors import UnreadableFile
from briefbot.settings import Limits

if TYPE_CHECKING:
    from briefbot.model import Reading


def read_table(text: str) -> Reading:
    reading = read(text.encode(), Limits())
    assert reading.text == text
    assert {block.kind for block in reading.blocks} <= {"row"}
    return reading


def rows(text: str) -> list[str]:
    return [block.span.of(text) for block in read_table(text).blocks]


def headers(text: str) -> set[str | None]:
    return {block.header.of(text) if block.header else None for block in read_table(text).blocks}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_each_record_is_a_row_under_the_first(mark: str, end: str) -> None:
    lines = [mark.join(cells) for cells in (["code", "meaning", "since"], ["E1", "full", "2.3"], ["E2", "late", "2.4"])]
    text = end.join(lines)
    assert rows(text) == lines[1:]
    assert headers(text) == {lines[0]}


def test_a_quoted_cell_may_hold_marks_quotation_marks_and_line_ends() -> None:
    record = 'E1,"full, or\r\n\r\nnearly ""full""",2.3'
    text = f'code,"mean\ning",since\r\n{record}\r\nE2,late,2.4\r\n'
    assert rows(text) == [record, "E2,late,2.4"]
    assert headers(text) == {'code,"mean\ning",since'}
    assert read_table(text).remarks == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name;price\nbread;1,50\nmilk;0,90\n", ";"),
        ("name\tnote\nAnn\tyes, and no\nBo\tno; not yet\n", "\t"),
        ("name,tags\nAnn,a;b\nBo,c;d\n", ","),
        ('name,note\n"a;b;c",x\n"d;e;f",y\n', ","),
        ("name,note\nAnn,\nBo,x\n", ","),
    ],
)
def test_the_separator_is_what_gives_every_record_as_many_cells(text: str, found: str) -> None:
    """A wrong one would be remarked on, because some records would have fewer cells."""
    lines = text.splitlines()
    assert read_table(f"{text}{'x'}{found}y{found}z\n").remarks == (
        f"1 of {len(lines)} rows have more or fewer cells than the first line",
    )


def test_blank_and_empty_records_are_left_out() -> None:
    assert rows("a,b\n\n1,2\n  \n,\n3,4\n\n") == ["1,2", "3,4"]


def test_a_single_record_is_a_row_without_a_header() -> None:
    assert rows("one,two\n") == ["one,two"]
    assert headers("one,two\n") == {None}


def test_records_of_other_lengths_are_remarked_on() -> None:
    text = "a,b,c\n1\n1,2,3\n1,2,3,4,5\n"
    assert rows(text) == ["1", "1,2,3", "1,2,3,4,5"]
    assert read_table(text).remarks == ("2 of 3 rows have more or fewer cells than the first line",)


def test_a_quotation_mark_that_is_not_closed_does_not_swallow_the_rest() -> None:
    text = 'name,age\nAnn,"31\nBo,30\n'
    assert rows(text) == ['Ann,"31', "Bo,30"]
    assert read_table(text).remarks == ("a quotation mark is not closed; all of them were read as ordinary characters",)


def test_a_cell_beyond_the_limit_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="it is not a table of separated values: field larger than field limit"):
        read(b"a,b\n" + b"x" * 1_500_000 + b",1\n", Limits(text_mb=1))
    assert len(rows("a,b\n" + "x" * 1_000_000 + ",1\n")) == 1


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('",;|\t\n\r '), max_size=8).map(
    "x{}x".format
)


@given(table=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=2, max_size=6), mark=st.sampled_from(",;\t|"))
def test_every_table_that_a_writer_writes_is_cut_at_its_records(table: list[list[str]], mark: str) -> None:
    """Every cell is quoted, so only the right mark gives records of three cells."""
    records = []
    for cells in table:
        stream = io.StringIO(newline="")
        csv.writer(stream, delimiter=mark, quoting=csv.QUOTE_ALL).writerow(cells)
        records.append(stream.getvalue())
    text = "".join(records)
    assert rows(text) == [record.strip() for record in records[1:]]
    assert headers(text) == {records[0].strip()}
