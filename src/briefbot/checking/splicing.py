"""Whether a claim is put together from different places, and from which.

A claim is cut into the longest runs that stand anywhere. Any sentence could be cut like that into runs of two or three
common words, so a run counts only where its words are too rare to stand together by chance. This module refuses to know
how a place is judged.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from briefbot.checking.alignment import Alignment, Block
from briefbot.checking.comparing import Claimed, read
from briefbot.checking.finding import Claim, Run, longest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from briefbot.checking.judging import Bench, Judgement
    from briefbot.checking.sources import Shelf

PART = 3  # words that a part has at least
BY_CHANCE = 1.4  # times the logarithm of how many words there are: a run that is worth more stands nowhere by chance
COVERED = 0.6  # of the words of a claim that its parts have
ELSEWHERE = 0.6  # of the words of a part that the best place does not have
SHOWN = 10  # parts that are shown, of as many as there are
TRIED = 12  # places of a part that are judged


def spliced(
    claimed: Claimed, shelves: Sequence[Shelf], bench: Bench, agreeing: Collection[int]
) -> tuple[Judgement, ...]:
    """Return the judgements on the parts of a claim, in its order; none where it is not put together.

    `agreeing` are the words that the best single place has, in their order: what it explains is not taken for a splice.
    """
    claims = [Claim.of(claimed.forms, claimed.marked, shelf.view.concordance) for shelf in shelves]
    parts = [(shelf, run) for shelf, run, sound in _parts(claims, shelves) if sound]
    if sum(run.length for _, run in parts) < COVERED * len(claimed.words):
        return ()
    elsewhere = [run for _, run in parts if _missed(run, agreeing) >= ELSEWHERE * run.length]
    if not elsewhere or (len(parts) < 2 and not agreeing):
        return ()
    judged = (_judged(claimed, shelf, run, bench) for shelf, run in parts[:SHOWN])
    return tuple(judgement for judgement in judged if judgement)


def _parts(claims: Sequence[Claim], shelves: Sequence[Shelf]) -> Iterator[tuple[Shelf, Run, bool]]:
    """Yield the longest runs one after the other, and whether each stands somewhere not by chance."""
    first, count = 0, len(claims[0].numbers) if claims else 0
    while first < count:
        runs = [longest(claim, first, shelf.view) for claim, shelf in zip(claims, shelves, strict=True)]
        best = max(range(len(runs)), key=lambda i: runs[i].length)
        run = runs[best]
        yield shelves[best], run, run.length >= PART and _is_sound(claims[best], run, shelves[best])
        first += max(1, run.length)


def _is_sound(claim: Claim, run: Run, shelf: Shelf) -> bool:
    """Tell whether a run does not stand somewhere by chance: its words are rare enough, or it is a whole quotation."""
    concordance = shelf.view.concordance
    needed = BY_CHANCE * log(max(2, len(concordance.words)))
    if sum(claim.worth[run.first : run.first + run.length]) >= needed:
        return True
    return bool(concordance.are_quotations(shelf.view.places(run.rows, TRIED), run.length).any())


def _missed(run: Run, agreeing: Collection[int]) -> int:
    return sum(1 for i in range(run.first, run.first + run.length) if i not in agreeing)


def _judged(claimed: Claimed, shelf: Shelf, run: Run, bench: Bench) -> Judgement | None:
    """Return the best judgement on one part."""
    words = claimed.words[run.first : run.first + run.length]
    part = Claimed.of(claimed.text[words[0].start : words[-1].end])
    straight = Alignment((Block(0, 0, run.length),), 0, run.length)
    concordance = shelf.view.concordance
    found = []
    for place in shelf.view.places(run.rows, TRIED).tolist():
        number = concordance.document_of(place)
        end = place + run.length
        if end > concordance.last_of(number) or concordance.words[place:end].tolist() != _numbers(part, shelf):
            continue
        if reading := read(part, shelf.place(number, place, end), straight):
            found.append(bench.judged(reading, *shelf.opened(number), worth=1.0))
    return min(found, key=lambda judgement: judgement.order, default=None)


def _numbers(part: Claimed, shelf: Shelf) -> list[int]:
    return list(Claim.of(part.forms, part.marked, shelf.view.concordance).numbers)
