from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk, contents

from briefbot.errors import CorpusError
from briefbot.index.store import numbers

if TYPE_CHECKING:
    from pathlib import Path

    from briefbot.index.generation import Generation


def refuse(_current: Generation, _coming: Generation) -> None:
    raise CorpusError("worse")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.write("a.txt", "The red tram stops here.")
    desk.build()
    desk.write("b.txt", "The blue bus stops there.")
    return desk


def test_a_gate_sees_both_generations_before_one_replaces_the_other(desk: Desk) -> None:
    seen = []

    def gate(current: Generation, coming: Generation) -> None:
        texts = [passage.text for name in coming.documents for passage in coming.passages(name)]
        seen.append((current.number, list(current.documents), coming.number, texts, numbers(desk.index)))

    report = desk.build(gates=(gate,))

    assert seen == [(1, ["a.txt"], 2, ["The red tram stops here.", "The blue bus stops there."], [1])]
    assert (report.generation, report.published) == (2, True)
    assert {path.name for path in desk.index.iterdir()} == {
        "000001",
        "000002",
        "CURRENT",
        "parts",
        ".lock",
        "scan.json",
    }


def test_what_a_gate_refuses_is_not_published_and_the_next_build_goes_on(desk: Desk) -> None:
    before = contents(desk.index)

    with pytest.raises(CorpusError, match=r"^worse$"):
        desk.build(gates=(refuse,))

    assert (contents(desk.index), numbers(desk.index)) == (before, [1])
    assert not list(desk.index.glob(".building-*"))
    assert desk.build().generation == 2


def test_a_first_generation_an_unchanged_one_and_a_dry_run_pass_no_gate(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("a.txt", "The red tram stops here.")

    assert desk.build(gates=(refuse,)).published
    assert not desk.build(gates=(refuse,)).published
    desk.write("b.txt", "The blue bus stops there.")
    assert not desk.build(gates=(refuse,), dry_run=True).published
