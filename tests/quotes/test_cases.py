"""Quotations as people write them: every case of `cases.txt`, compared whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.quotes.reading import found

if TYPE_CHECKING:
    from briefbot.model import Quotation

Row = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Case:
    about: str
    language: str
    text: str
    expected: tuple[Row, ...]


def cases() -> list[Case]:
    _, *parts = re.split(r"^# ", Path(__file__).with_name("cases.txt").read_text("utf-8"), flags=re.MULTILINE)
    return [case(part) for part in parts]


def case(part: str) -> Case:
    head, *lines = part.rstrip("\n").split("\n")
    about, language = head.rstrip("]").split(" [")
    text = "\n".join(line for line in lines if not line.startswith("=> ")).strip("\n")
    rows = [tuple(line[3:].split(" | ")) for line in lines if line.startswith("=> ")]
    return Case(about, language, text, tuple((row[0], row[1], row[2], row[3], row[4]) for row in rows))


def row(one: Quotation) -> Row:
    said = one.text.replace("\n", "\\n") if one.kind == "direct" else f"~{one.text}"
    who = one.attribution
    told = (who.speaker, who.full or "-", who.cue or "-") if who else ("-", "-", "-")
    return (str(one.utterance), said, *told)


@pytest.mark.parametrize("one", cases(), ids=lambda one: f"{one.language}: {one.about}")
def test_each_case_yields_what_stands_below_it(one: Case) -> None:
    made = found(one.text, one.language)

    assert tuple(map(row, made)) == one.expected
    assert [it.span.of(one.text) for it in made] == [it.text for it in made]
    assert [it.attribution.span.of(one.text) for it in made if it.attribution] == [
        it.attribution.speaker for it in made if it.attribution
    ]


def test_there_are_as_many_cases_as_were_promised() -> None:
    assert len(cases()) >= 150
    assert len({(one.language, one.text) for one in cases()}) == len(cases())
