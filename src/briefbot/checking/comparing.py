"""How a claim reads beside one place of a document: what differs, what is left out, and from where to where it goes.

Here the words and signs of the document are what counts, each as it is written; that other modules found the place by
keys proves nothing. This module refuses to know who said something, and which verdict follows.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from briefbot.checking.folding import OMISSION, Word, same_sign, sign, spelt, spelt_alike, words
from briefbot.checking.verdicts import Change, Difference
from briefbot.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefbot.checking.alignment import Alignment

_HYPHENS = "-‐‑"
_ENDING = re.compile(r"[^\w\s]*+")
_FULL_STOP = re.compile(r"[.!?。！？]\s|[\r\n]\s*[\r\n]")
FEW = 2  # words at an end of a claim that are other words than the document's there, rather than more of them
_LONGEST = 40  # letters of a part of a compound that are shown
_BEFORE, _BEHIND, _JOINING = "#@&/\\§−", "%‰°", "+&#/"  # signs that are a part of what a word says


@dataclass(frozen=True, slots=True)
class Claimed:
    """A text that somebody wants to quote, with its words, and the places before which an omission mark stands."""

    text: str
    words: tuple[Word, ...]
    marked: frozenset[int]

    @classmethod
    def of(cls, text: str) -> Claimed:
        """Read a text; whatever stands around its words, such as quotation marks, is no part of what is claimed."""
        found = words(text)
        signs = (sign(text[before.end : after.start]) for before, after in pairwise(found))
        return cls(text, tuple(found), frozenset(i for i, here in enumerate(signs, 1) if OMISSION in here))

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms of the words."""
        return tuple(word.form for word in self.words)


class Place(NamedTuple):
    """A part of a document that a claim is read beside; `edges` are where direct quotations begin and end, in order."""

    text: str
    words: Sequence[Word]
    edges: Sequence[int] = ()


class Omission(NamedTuple):
    """Words of the document that the claim leaves out, and whether a mark says so; a mark may stand for none."""

    span: Span
    marked: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim beside a place: `pieces` are the document's words between omissions, `same` whether no sign differs.

    `agreeing` tells of each word of the claim whether the document has exactly it.
    """

    span: Span
    pieces: tuple[Span, ...]
    differences: tuple[Difference, ...]
    omissions: tuple[Omission, ...]
    is_question: bool
    same: bool
    agreeing: tuple[bool, ...]


class _Pair(NamedTuple):
    """The same word in the claim and in the document, by their numbers."""

    claim: int
    place: int


def read(claimed: Claimed, place: Place, alignment: Alignment) -> Reading | None:
    """Read a claim beside a place, or return None where they have no word in common."""
    pairs = [
        _Pair(block.first + i, block.place + i)
        for block in alignment.blocks
        for i in range(block.length)
        if spelt_alike(claimed.words[block.first + i].form, place.words[block.place + i].form)
    ]
    if not pairs:
        return None
    beside = _Beside(claimed, place)
    pairs = beside.within(pairs)
    start, head = beside.head(pairs[0], alignment.start)
    end, tail = beside.tail(pairs[-1], alignment.end)
    between = [beside.between(before, after) for before, after in pairwise(pairs)]
    span = Span(place.words[start].start, place.words[end - 1].end)
    omissions = tuple(it for it in between if isinstance(it, Omission))
    found = [*head, *(it for it in between if isinstance(it, Difference)), *tail]
    gaps = [(place.words[pair.place].end, place.words[after.place].start) for pair, after in pairwise(pairs)]
    parted = [gap for gap, it in zip(gaps, between, strict=True) if isinstance(it, Omission) and len(it.span)]
    agreeing = {pair.claim for pair in pairs}
    return Reading(
        span=span,
        pieces=tuple(_pieces(span, parted)),
        differences=tuple(found),
        omissions=omissions,
        is_question="?" in _ending(place.text, span.end),
        same=not omissions and span.of(place.text) == claimed.text[claimed.words[0].start : claimed.words[-1].end],
        agreeing=tuple(i in agreeing for i in range(len(claimed.words))),
    )


@dataclass(frozen=True, slots=True)
class _Beside:
    """A claim and a place, whose parts are compared."""

    claimed: Claimed
    place: Place

    def within(self, pairs: list[_Pair]) -> list[_Pair]:
        """Return pairs without a word or two at the ends that are outside of the quotation the others are in."""
        first, end = 0, len(pairs)
        for i in range(1, min(FEW, len(pairs) - 1) + 1):
            first = i if self._leaves(pairs[i - 1], pairs[i]) else first
            end = len(pairs) - i if self._leaves(pairs[-i - 1], pairs[-i]) else end
        return pairs[first:end] if first < end else pairs

    def _leaves(self, before: _Pair, after: _Pair) -> bool:
        """Tell whether words are left out silently between two, and a quotation begins or ends there."""
        if after.place - before.place == 1 or after.claim - before.claim > 1 or after.claim in self.claimed.marked:
            return False
        return self._is_parted(before.place, after.place)

    def between(self, before: _Pair, after: _Pair) -> Difference | Omission | None:
        """Compare what stands between two words that agree."""
        added, left_out = after.claim - before.claim - 1, after.place - before.place - 1
        if not added and not left_out:
            return self._signs(before, after)
        if not added:
            first, last = self.place.words[before.place + 1], self.place.words[after.place - 1]
            return Omission(Span(first.start, last.end), after.claim in self.claimed.marked)
        says, document = self._both(before, after, inside=False)
        if spelt_alike(*map(spelt, self._both(before, after, inside=True))):
            return None
        return Difference(Change.WORDS if left_out else Change.ADDED, says, document)

    def head(self, first: _Pair, start: int) -> tuple[int, list[Difference]]:
        """Compare what stands before the first word that agrees; return also where the claim begins in the place."""
        start = first.place if self._is_parted(start, first.place) else min(start, first.place)
        if not first.claim:
            return first.place, self._cut_before(first.place)
        for begin in range(start, max(0, start - 2) - 1, -1):
            says = self._claim(0, first.claim + 1)
            if spelt_alike(spelt(says), spelt(self._document(begin, first.place + 1))):
                return begin, self._cut_before(begin)
        start = self._opposite(start, first.place - first.claim, first.place)
        return start, [self._edge(self._claim(0, first.claim), self._document(start, first.place))]

    def tail(self, last: _Pair, end: int) -> tuple[int, list[Difference]]:
        """Compare what stands after the last word that agrees; return also where the claim ends in the place."""
        count, end = len(self.claimed.words), max(end, last.place + 1)
        end = last.place + 1 if self._is_parted(last.place, end - 1) else end
        if last.claim == count - 1:
            return last.place + 1, self._cut_after(last.place) + self._ending(last.place)
        for stop in range(end, min(len(self.place.words), end + 2) + 1):
            says = self._claim(last.claim, count)
            if spelt_alike(spelt(says), spelt(self._document(last.place, stop))):
                return stop, self._cut_after(stop - 1) + self._ending(stop - 1)
        rest = count - 1 - last.claim
        if end == last.place + 1 and self._opposite(end, last.place, last.place + rest) == last.place:
            end += rest
        return end, [self._edge(self._claim(last.claim + 1, count), self._document(last.place + 1, end))]

    def _opposite(self, place: int, first: int, last: int) -> int:
        """Return `first` where the few words from there to `last` were said on end: those are the other words."""
        if first < 0 or last >= len(self.place.words) or last - first > FEW:
            return place
        between = self.place.text[self.place.words[first].end : self.place.words[last].start]
        return place if self._is_parted(first, last) or _FULL_STOP.search(between) else first

    def _signs(self, before: _Pair, after: _Pair) -> Difference | Omission | None:
        """Compare the signs between two words that follow each other in both."""
        ours = self._gap(self.claimed.text, self.claimed.words, after.claim)
        theirs = self._gap(self.place.text, self.place.words, after.place)
        if same_sign(ours, theirs) or (self._is_seam(after.place) and _at_seam(ours) == _at_seam(theirs)):
            return None
        if after.claim in self.claimed.marked and sign(ours).replace(OMISSION, "") in ("", sign(theirs)):
            return Omission(Span(self.place.words[after.place].start, self.place.words[after.place].start), marked=True)
        return Difference(Change.SIGNS, *self._both(before, after, inside=True))

    def _both(self, before: _Pair, after: _Pair, *, inside: bool) -> tuple[str, str]:
        """Return what stands between two words in claim and document, with these words or without."""
        shift = 0 if inside else 1
        return (
            self._claim(before.claim + shift, after.claim + 1 - shift),
            self._document(before.place + shift, after.place + 1 - shift),
        )

    def _claim(self, first: int, end: int) -> str:
        return _slice(self.claimed.text, self.claimed.words, first, end)

    def _document(self, first: int, end: int) -> str:
        return _slice(self.place.text, self.place.words, first, end)

    def _is_seam(self, i: int) -> bool:
        """Tell whether a quotation begins or ends between a word of the document and the one before."""
        return self._is_parted(i - 1, i)

    def _is_parted(self, first: int, last: int) -> bool:
        """Tell whether a quotation begins or ends between two words of the document."""
        if first >= last:
            return False
        edge = bisect_left(self.place.edges, self.place.words[first].end)
        return edge < len(self.place.edges) and self.place.edges[edge] <= self.place.words[last].start

    @staticmethod
    def _gap(text: str, found: Sequence[Word], i: int) -> str:
        return text[found[i - 1].end : found[i].start]

    @staticmethod
    def _edge(says: str, document: str) -> Difference:
        return Difference(Change.WORDS if document else Change.ADDED, says, document)

    def _cut_before(self, place: int) -> list[Difference]:
        """Compare what is attached to the first word: “violent” is not “non-violent”, nor is 5 the same as $5."""
        ours, theirs = self.claimed.words[0], self.place.words[place]
        here = _attached_before(self.claimed.text, ours.start)
        there = _attached_before(self.place.text, theirs.start)
        if sign(here) == sign(there):
            return []
        return [Difference(Change.WORDS, here + ours.of(self.claimed.text), there + theirs.of(self.place.text))]

    def _cut_after(self, place: int) -> list[Difference]:
        """Compare what is attached to the last word: 5 is not 5 %."""
        ours, theirs = self.claimed.words[-1], self.place.words[place]
        here = _attached_after(self.claimed.text, ours.end)
        there = _attached_after(self.place.text, theirs.end)
        if sign(here) == sign(there):
            return []
        return [Difference(Change.WORDS, ours.of(self.claimed.text) + here, theirs.of(self.place.text) + there)]

    def _ending(self, last: int) -> list[Difference]:
        """Compare question and exclamation marks after the last word, where the claim has a sign of its own there."""
        ours = _ending(self.claimed.text, self.claimed.words[-1].end)
        theirs = _ending(self.place.text, self.place.words[last].end)
        asked = "?" in theirs
        if ("?" in ours and not asked) or ("!" in ours and "!" not in theirs) or (asked and ours[:1] in (".", "!")):
            says = self.claimed.words[-1].of(self.claimed.text) + ours
            return [Difference(Change.SIGNS, says, self.place.words[last].of(self.place.text) + theirs)]
        return []


def _slice(text: str, found: Sequence[Word], first: int, end: int) -> str:
    return text[found[first].start : found[end - 1].end] if end > first else ""


def _at_seam(gap: str) -> str:
    """Return what two gaps have in common where one joins two parts of a quotation: marks go, a full stop comes."""
    return sign(gap).replace('"', "").replace(",", ".")


def _pieces(span: Span, parted: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """Yield the parts of a span that are not omitted, from word to word."""
    start = span.start
    for end, following in parted:
        yield Span(start, end)
        start = following
    yield Span(start, span.end)


def _ending(text: str, end: int) -> str:
    """Return the signs that follow a word, in one form, up to a closing quotation mark."""
    signs = _ENDING.match(text[end : end + 8])
    return sign(signs[0] if signs else "").replace(OMISSION, "").split('"')[0]


def _attached_before(text: str, start: int) -> str:
    """Return the sign directly before a word that is a part of what it says, and the word that a hyphen joins it to."""
    last = text[start - 1] if start else " "
    if last not in _HYPHENS:
        return last if last in _BEFORE or unicodedata.category(last) in ("Sc", "Sm") else ""
    joined = re.search(r"\w*$", text[max(0, start - 1 - _LONGEST) : start - 1])
    compound = joined[0] if joined else ""
    return f"{compound}-" if compound or text[start].isnumeric() else ""


def _attached_after(text: str, end: int) -> str:
    """Return what follows a word and is a part of what it says, and the word that a hyphen joins it to."""
    following = text[end : end + _LONGEST]
    if joined := re.match(rf"[{_HYPHENS}]\w+", following):
        return joined[0]
    here = following.lstrip(" \u00a0\u202f\u2009")[:1]
    if here and (here in _BEHIND or (unicodedata.category(here) == "Sc" and text[end - 1].isnumeric())):
        return here
    joined = re.match(rf"[{_JOINING}]\w|[+#]++", following)
    return joined[0][0] if joined else ""
