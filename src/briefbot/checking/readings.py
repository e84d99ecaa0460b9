"""The judgements on a claim that one source has: of every place with its words, and of the places with most of them.

This module knows how much of a claim makes a version of it. It refuses to know which judgement decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from briefbot.checking.alignment import Alignment, Block, rivals
from briefbot.checking.comparing import read
from briefbot.checking.finding import Claim, regions, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefbot.checking.comparing import Claimed, Reading
    from briefbot.checking.finding import Places, Region
    from briefbot.checking.judging import Bench, Judgement
    from briefbot.checking.sources import Shelf

READ = 200  # places with all words of a claim that are read
JUDGED = 10  # of these that are looked at closely
WORTH, NUMBER = 0.6, 0.5  # of what a claim's words are worth, and of their number, that make a version of it
LESS_WORTH, MORE = 0.4, 0.66  # the same where the words that differ are the rare ones


@dataclass(frozen=True, slots=True)
class Findings:
    """What one source has: judgements, the names of the documents with all the words, whether there were too many."""

    judgements: tuple[Judgement, ...]
    documents: frozenset[str]
    crowded: bool


def findings(claimed: Claimed, shelf: Shelf, bench: Bench) -> Findings:
    """Judge the places of a source that have a claim's words, or most of them."""
    claim = Claim.of(claimed.forms, claimed.marked, shelf.view.concordance)
    places = whole(claim, shelf.view)
    literal = list(_literal(claimed, _first_read(places, len(claimed.words), shelf), shelf))
    literal.sort(key=lambda found: bench.glance(found[1], *shelf.opened(found[0])))
    judged = [bench.judged(reading, *shelf.opened(number), worth=1.0) for number, reading in literal[:JUDGED]]
    for region in regions(claim, shelf.view):
        if not ((places >= region.start) & (places < region.end)).any():
            judged += _version(claimed, claim, shelf, (region, bench))
    names = {shelf.opened(number)[0].name for number, reading in literal if not reading.differences}
    return Findings(tuple(judged), frozenset(names), len(places) > READ)


def _first_read(places: Places, length: int, shelf: Shelf) -> list[int]:
    """Return the places to read: not too many, whole quotations first, and then those in quotations."""
    concordance = shelf.view.concordance
    order = np.lexsort((~concordance.in_quotations(places), ~concordance.are_quotations(places, length)))
    return [int(place) for place in places[order][:READ]]


def _literal(claimed: Claimed, places: list[int], shelf: Shelf) -> Iterator[tuple[int, Reading]]:
    """Yield the readings at places with all words of a claim, each with the number of its document."""
    length = len(claimed.words)
    straight = Alignment((Block(0, 0, length),), 0, length)
    for place in places:
        number = shelf.view.concordance.document_of(place)
        if reading := read(claimed, shelf.place(number, place, place + length), straight):
            yield number, reading


def _version(claimed: Claimed, claim: Claim, shelf: Shelf, at: tuple[Region, Bench]) -> Iterator[Judgement]:
    """Yield the judgements on a region where it has enough of a claim."""
    region, bench = at
    numbers = shelf.view.concordance.words[region.start : region.end].tolist()
    for alignment in rivals(claim.numbers, numbers, claim.marked):
        worth = _worth(claim, alignment)
        if not worth:
            continue
        if reading := read(claimed, shelf.place(region.document, region.start, region.end), alignment):
            yield bench.judged(reading, *shelf.opened(region.document), worth=worth)


def _worth(claim: Claim, alignment: Alignment) -> float:
    """Return how much of a claim agrees, by what its words are worth; 0 where that makes no version of it."""
    agreeing = [i for block in alignment.blocks for i in range(block.first, block.first + block.length)]
    worth = sum(claim.worth[i] for i in agreeing) / sum(claim.worth)
    number = len(agreeing) / len(claim.numbers)
    enough = (worth >= WORTH and number >= NUMBER) or (worth >= LESS_WORTH and number >= MORE)
    return worth if enough else 0.0
