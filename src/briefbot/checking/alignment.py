"""Which words of a claim are which words of a document: a diff of two short sequences of numbers.

Long runs that both have are anchors, the longest first; only what lies between them is compared word by word with all
that may be done to it. Where that would be too much, it counts as replaced. So the work grows with the length of the
sequences, whatever they hold. This module refuses to know what the numbers mean.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

GRAM = 3  # words that an anchor has at least
RIVALS = 4  # places of the longest anchor that are tried
AS_OFTEN = 8  # places of one gram in the document that are looked at
ANCHORS = 1_024  # the longest of those found
CELLS = 6_000  # of what is compared word by word; beyond, it is taken for replaced
SLACK = 8  # words of the document that are looked at before and after, beyond as many as the claim has
_REPLACED, _ADDED, _OPENED, _LONGER = 1.2, 1.0, 0.9, 0.02  # what it costs; the last two to leave out words
_AT_MARK = 0.002  # what it costs to leave out one more word where a mark says so: the nearest is meant
LOOSE = 2  # words at an end that agree by chance where more than these are left out beside them


class Block(NamedTuple):
    """`length` words from `first` in the claim are those from `place` in the document."""

    first: int
    place: int
    length: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """The blocks that agree, in order, and the part of the document that the whole claim was laid beside."""

    blocks: tuple[Block, ...]
    start: int
    end: int

    @property
    def matched(self) -> int:
        """How many words agree."""
        return sum(block.length for block in self.blocks)


def aligned(claim: Sequence[int], document: Sequence[int], marked: AbstractSet[int]) -> Alignment:
    """Lay a claim beside the part of `document` that it has most in common with.

    `marked` are the places in the claim before which an omission mark stands: leaving out words there costs nothing.
    """
    return rivals(claim, document, marked)[0]


def rivals(claim: Sequence[int], document: Sequence[int], marked: AbstractSet[int]) -> list[Alignment]:
    """Lay a claim beside each part of `document` with which it has most in common: first the one nearest in length.

    There are several where somebody says almost the same twice, such as that he does and that he does not.
    """
    groups = _groups(_anchors(claim, document, marked))
    chosen = groups[0][:RIVALS] if groups else [None]
    found = [_beside(claim, document, _chain(groups, block), marked) for block in chosen]
    most = max(it.matched for it in found)
    best = [it for it in dict.fromkeys(found) if it.matched == most]
    return sorted(best, key=lambda it: abs(it.end - it.start - len(claim)))


def _beside(
    claim: Sequence[int], document: Sequence[int], chain: Sequence[Block], marked: AbstractSet[int]
) -> Alignment:
    """Compare what is between the anchors of a chain."""
    edges = [Block(0, 0, 0), *chain, Block(len(claim), len(document), 0)]
    pairs: list[tuple[int, int, bool]] = []
    for before, after in pairwise(edges):
        pairs += _between(claim, document, (before, after), marked)
        pairs += [(after.first + i, after.place + i, True) for i in range(after.length)]
    blocks = _firm(list(_blocks(pairs)), marked)
    touched = [place for _, place, _ in pairs] or [0]
    return _bounded(blocks, (touched[0], touched[-1] + 1), len(claim), len(document))


def _firm(blocks: list[Block], marked: AbstractSet[int]) -> list[Block]:
    """Return the blocks without those at the ends that agree by chance: a word or two before or after a leap."""
    while len(blocks) > 1 and _is_loose(blocks[0], blocks[0], blocks[1], marked):
        del blocks[0]
    while len(blocks) > 1 and _is_loose(blocks[-1], blocks[-2], blocks[-1], marked):
        del blocks[-1]
    return blocks


def _is_loose(block: Block, one: Block, two: Block, marked: AbstractSet[int]) -> bool:
    leap = two.place - one.place - one.length
    return block.length <= LOOSE < leap and two.first not in marked


def _bounded(blocks: Sequence[Block], touched: tuple[int, int], count: int, room: int) -> Alignment:
    """Return the alignment with as much of the document before and after as words of the claim do not agree there."""
    if not blocks:
        return Alignment((), *touched)
    first, last = blocks[0], blocks[-1]
    rest = count - last.first - last.length
    return Alignment(
        tuple(blocks),
        max(0, first.place - first.first, touched[0]),
        min(room, last.place + last.length + rest, touched[1]),
    )


def _anchors(claim: Sequence[int], document: Sequence[int], marked: AbstractSet[int]) -> list[Block]:
    """Return the longest runs that both have, none of them across an omission mark."""
    grams: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    for place in range(len(document) - GRAM + 1):
        here = grams[tuple(document[place : place + GRAM])]
        if len(here) < AS_OFTEN:
            here.append(place)
    found = []
    for first in range(len(claim) - GRAM + 1):
        for place in grams.get(tuple(claim[first : first + GRAM]), ()):
            if first and place and claim[first - 1] == document[place - 1] and first not in marked:
                continue  # a run that began earlier
            length = _run(claim, document, first, place, marked)
            if length >= GRAM:
                found.append(Block(first, place, length))
    return sorted(found, key=lambda block: (-block.length, block))[:ANCHORS]


def _run(claim: Sequence[int], document: Sequence[int], first: int, place: int, marked: AbstractSet[int]) -> int:
    longest = min(len(claim) - first, len(document) - place)
    for length in range(longest):
        if claim[first + length] != document[place + length] or (length and first + length in marked):
            return length
    return longest


def _groups(anchors: Sequence[Block]) -> list[list[Block]]:
    """Return the anchors of the same words together, the longest first, and of these the ones with fewest places."""
    alike: defaultdict[tuple[int, int], list[Block]] = defaultdict(list)
    for block in anchors:
        alike[block.first, block.length].append(block)
    return sorted(alike.values(), key=lambda group: (-group[0].length, len(group)))


def _chain(groups: Sequence[Sequence[Block]], chosen: Block | None) -> list[Block]:
    """Return anchors that follow one another in both sequences, the longest first; overlaps are cut off.

    Of the first group one is chosen; of others, the place nearest to what is there already is taken.
    """
    kept = [chosen] if chosen else []
    for group in groups[1:]:
        found = [_fitted(block, kept) for block in group]
        fitting = [(distance, block) for distance, block in found if block]
        if fitting:
            insort(kept, min(fitting)[1])
    return kept


def _fitted(block: Block, kept: Sequence[Block]) -> tuple[int, Block | None]:
    """Return what is left of a block beside the ones around it, and how far it is shifted against these."""
    place = bisect_left(kept, block)
    left: Block | None = block
    distance = 0
    for other in kept[max(0, place - 1) : place + 1]:
        left = left and _apart(left, other)
        distance += abs(block.place - block.first - other.place + other.first)
    return distance, left


def _apart(block: Block, other: Block) -> Block | None:
    """Return what is left of a block that has to stand before or after another one in both sequences."""
    first, place, length = block
    if (first, place) >= (other.first, other.place):
        cut = max(other.first + other.length - first, other.place + other.length - place, 0)
        return Block(first + cut, place + cut, length - cut) if cut < length and place >= other.place else None
    cut = max(first + length - other.first, place + length - other.place, 0)
    return Block(first, place, length - cut) if cut < length else None


def _between(
    claim: Sequence[int], document: Sequence[int], edges: tuple[Block, Block], marked: AbstractSet[int]
) -> Iterator[tuple[int, int, bool]]:
    """Yield the pairs of words between two anchors, in order, with whether they agree."""
    before, after = edges
    first, last = before.first + before.length, after.first
    start, end = before.place + before.length, after.place
    is_first, is_last = not first, last == len(claim) and after.length == 0
    reach = last - first + SLACK
    if first == last:
        return
    marks = [mark - first for mark in range(first, last + 1) if mark in marked]
    if is_first and not is_last and not marks:
        start = max(start, end - reach)
    if is_last and not is_first and not marks:
        end = min(end, start + reach)
    if (last - first + 1) * (end - start + 1) > CELLS:
        return
    leaving = dict.fromkeys(marks, (0.0, _AT_MARK))
    leaving |= dict.fromkeys(({0} if is_first else set()) | ({last - first} if is_last else set()), (0.0, 0.0))
    for i, j, same in _compared(claim[first:last], document[start:end], leaving):
        yield first + i, start + j, same


def _compared(
    claim: Sequence[int], document: Sequence[int], leaving: Mapping[int, tuple[float, float]]
) -> list[tuple[int, int, bool]]:
    """Return the pairs of the cheapest alignment; `leaving` is what it costs to leave words out before some places."""
    width = len(document) + 1
    costs: list[float] = []
    steps = bytearray()  # 1 pairs two words, 2 leaves out the document's, 3 adds the claim's
    above: list[float] = []
    for i in range(len(claim) + 1):
        costs, taken = _row(above, claim[i - 1] if i else None, document, leaving.get(i, (_OPENED, _LONGER)))
        steps += taken
        above = costs
    return _traced(steps, width, claim, document)


def _row(
    above: list[float], word: int | None, document: Sequence[int], leaving: tuple[float, float]
) -> tuple[list[float], bytearray]:
    """Return a row of costs, and the steps that lead to them."""
    opened, longer = leaving
    first = above[0] + _ADDED if above else 0.0
    costs, steps = [first], bytearray([3])
    left_out = first + opened  # what it costs to have left out words just before
    for j, other in enumerate(document):
        left_out = min(left_out, costs[j] + opened) + longer
        best, step = left_out, 2
        if above:
            paired = above[j] + (0.0 if word == other else _REPLACED)
            added = above[j + 1] + _ADDED
            if paired <= best:
                best, step = paired, 1
            if added < best:
                best, step = added, 3
        costs.append(best)
        steps.append(step)
    return costs, steps


def _traced(steps: bytearray, width: int, claim: Sequence[int], document: Sequence[int]) -> list[tuple[int, int, bool]]:
    pairs = []
    i, j = len(claim), len(document)
    while i or j:
        step = steps[i * width + j]
        if step == 1:
            pairs.append((i - 1, j - 1, claim[i - 1] == document[j - 1]))
        i -= step != 2
        j -= step != 3
    return pairs[::-1]


def _blocks(pairs: Sequence[tuple[int, int, bool]]) -> Iterator[Block]:
    """Yield the runs of pairs that agree, each as long as it is."""
    first = place = length = 0
    for i, j, same in pairs:
        if not same:
            continue
        if length and (i, j) == (first + length, place + length):
            length += 1
            continue
        if length:
            yield Block(first, place, length)
        first, place, length = i, j, 1
    if length:
        yield Block(first, place, length)
