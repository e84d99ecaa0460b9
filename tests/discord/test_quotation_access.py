"""Quotations of what somebody may not see: neither found, listed, offered nor confirmed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tests.discord.secrecy import PATIENCE, Archive, Paper
from tests.discord.test_access_matrix import SHORT, Cell, shown

if TYPE_CHECKING:
    from pathlib import Path

MENU, EXACT = "Check this quote", "Exact: word for word"


def said_in(paper: Paper) -> str:
    return f"In the end {paper.secret} was forgotten by everyone"


async def verdict(cell: Cell, paper: Paper) -> str:
    answer = await cell.use("quote check", text=said_in(paper))
    assert answer.audience == cell.user
    return answer.content.split("**")[1]


async def from_menu(cell: Cell, paper: Paper) -> str:
    said = await cell.archive.discord.say(cell.user, cell.channel, f"“{said_in(paper)},” it says.")
    used = await cell.archive.discord.context_menu(cell.user, cell.channel, MENU, said)
    return (await used.answer(PATIENCE)).content.split("**")[1]


@pytest.mark.parametrize("at", SHORT, ids=" ".join)
def test_only_what_one_may_see_is_found_listed_offered_and_confirmed(tmp_path: Path, at: tuple[str, str, str]) -> None:
    async def scenario() -> None:
        async with Archive(tmp_path) as archive:
            cell = Cell(archive, *at)
            quoted = {paper for paper in cell.mine if not paper.twin}
            allowed, hidden = cell.asked[0], cell.forbidden

            listed = await cell.use("quote speakers")
            assert shown(listed.text) == quoted
            offered = await archive.discord.autocomplete(
                cell.user, cell.channel, "quote find", focused="speaker", value="Teller"
            )
            assert shown(" ".join(choice["value"] for choice in offered)) == quoted
            for paper in (allowed, hidden):
                found = await cell.use("quote find", about=said_in(paper), speaker=f"Teller {paper.secret}")
                assert found.content.startswith("**1** “") is (paper is allowed)
            assert await verdict(cell, allowed) == await from_menu(cell, allowed) == EXACT
            assert await verdict(cell, hidden) == await from_menu(cell, hidden) != EXACT

    asyncio.run(scenario())
