"""Weighs who might have said something: what is seen of a quotation and a mention, and which mention is likeliest.

A small learnt model gives every candidate a score; the probability is its share among all, nobody included. How
mentions are found, and what name somebody bears, is not known here.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefbot.quotes.logistic import model
from briefbot.quotes.unmarked import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefbot.quotes.mentions import Mention
    from briefbot.quotes.outline import Outline
    from briefbot.quotes.tokens import Token

# Below this probability nobody is credited. Of what is credited at 0.5 to 0.6, 56 of 100 were right on articles that
# the weights were not learnt on, and 97 of 100 from 0.9 on: the probabilities are true without another calibration.
SURE = 0.5
REACH = 70  # words around a quotation in which its speaker is looked for
PARAGRAPHS_BACK = 2

_SIGNS = frozenset(",:，：-—–―")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mention that might be the speaker of a quotation, and what is seen of the two as names of signals."""

    mention: Mention
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A quotation whose speaker is looked for: its place, its paragraph's mentions, and who spoke before."""

    outline: Outline
    segment: int
    mentions: Sequence[Sequence[Mention]]
    previous: Mention | None
    previous_segment: int | None


def candidates(asked: Asked) -> list[Candidate]:
    """Return who might have said a quotation, the nearest paragraphs' mentions and the last speaker."""
    paragraph = asked.outline.segments[asked.segment].paragraph
    tokens = asked.outline.tokens(paragraph)
    at = asked.outline.place(asked.segment)
    mentions = asked.mentions[paragraph]
    start = bisect_left(mentions, at - REACH, key=lambda one: one.first)
    end = bisect_right(mentions, at + REACH, key=lambda one: one.last)
    own = list(mentions[start:end])
    near = list(own)
    for back in range(1, PARAGRAPHS_BACK + 1):
        if paragraph >= back and _is_beside(asked.outline, paragraph, paragraph - back):
            near += asked.mentions[paragraph - back][-8:]
    if asked.previous and asked.previous not in near:
        near.append(asked.previous)
    near = [one for one in near if one.cue or not _is_thing(asked.outline, one)]
    shared = tuple(_of_quotation(asked, tokens, at))
    order = _Order(own, at)
    return [Candidate(one, (*_signals(asked, one, at, order), *_with(shared, one))) for one in near]


def _is_thing(outline: Outline, one: Mention) -> bool:
    """Tell whether a mention is "it", which says something only where a word says so."""
    return outline.tokens(one.paragraph)[one.head].lower in outline.words.neuter


def _is_beside(outline: Outline, paragraph: int, above: int) -> bool:
    """Tell whether a paragraph above is of the same letter, or what introduces a block quotation."""
    return outline.paragraphs[above].depth == outline.paragraphs[paragraph].depth or any(
        outline.segments[place].mark == BLOCK for place in outline.outermost[paragraph]
    )


def shares(scores: Sequence[float], nobody: float) -> list[float]:
    """Return the probability of each candidate from the scores of all, beside the score that nobody has."""
    top = max((*scores, nobody))
    weights = [math.exp(score - top) for score in scores]
    total = sum(weights) + math.exp(nobody - top)
    return [weight / total for weight in weights]


def likeliest(found: Sequence[Candidate]) -> tuple[Candidate, float] | None:
    """Return the likeliest candidate with its probability, or None where it is below `SURE`."""
    if not found:
        return None
    speaker = model("speaker")
    chances = shares([speaker.score(one.signals) for one in found], speaker.bias)
    best = max(range(len(found)), key=chances.__getitem__)
    return (found[best], chances[best]) if chances[best] >= SURE else None


class _Order:
    """Which mentions of the quotation's own paragraph stand nearest to it on either side, with a cue and without."""

    def __init__(self, own: Sequence[Mention], at: int) -> None:
        before = [one for one in own if one.last <= at]
        after = [one for one in own if one.first > at]
        self.nearest = {id(one) for one in (*before[-1:], *after[:1])}
        self.cued_before = [one for one in before if one.cue][-1:]
        self.cued_after = [one for one in after if one.cue][:1]
        self.cued = {id(one) for one in (*self.cued_before, *self.cued_after)}
        self.subjects = {id(one) for i, one in enumerate(before) if i == 0}


def _of_quotation(asked: Asked, tokens: Sequence[Token], at: int) -> Iterator[str]:
    """Yield what is seen of the quotation alone and changes what position means."""
    segment = asked.outline.segments[asked.segment]
    text = asked.outline.text
    yield "first in paragraph" if at == 0 else "within paragraph"
    yield "last in paragraph" if at == len(tokens) - 1 else "followed"
    ending = text[segment.span.start : segment.span.end].rstrip()[-1:]
    yield "ends with comma" if ending in ",，" else "ends sentence" if ending in ".?!。？！" else "ends open"
    first = text[segment.span.start : segment.span.start + 1]
    yield "fragment" if first.islower() else "whole"


def _with(shared: Sequence[str], one: Mention) -> Iterator[str]:
    for signal in shared:
        yield f"{signal}, {one.kind}"


def _signals(asked: Asked, one: Mention, at: int, order: _Order) -> Iterator[str]:
    segment = asked.outline.segments[asked.segment]
    distance = segment.paragraph - one.paragraph
    yield f"kind {one.kind}"
    if one is asked.previous:
        yield from _inherited(asked, distance)
    elif asked.previous and _same_words(asked, one, asked.previous):
        yield "named like the last speaker"
    if distance:
        yield from _from_above(asked, one, distance, at)
        return
    yield from _within(asked.outline.tokens(segment.paragraph), one, at, order)


def _inherited(asked: Asked, distance: int) -> Iterator[str]:
    """Yield what speaks for the last speaker going on."""
    segment = asked.outline.segments[asked.segment]
    if segment.continues:
        yield "goes on after a paragraph"
    before = asked.previous_segment
    same = before is not None and asked.outline.segments[before].paragraph == segment.paragraph
    yield f"last speaker, {'same paragraph' if same else 'other paragraph'}"
    if before is not None and same:
        between = asked.outline.text[asked.outline.segments[before].outer.end : segment.outer.start]
        yield f"last speaker, gap {_bucket(len(between.split()))}"
        yield "last speaker, new sentence" if any(sign in between for sign in ".?!") else "last speaker, same sentence"


def _same_words(asked: Asked, one: Mention, other: Mention) -> bool:
    mine = asked.outline.tokens(one.paragraph)[one.head].lower
    return mine == asked.outline.tokens(other.paragraph)[other.head].lower


def _from_above(asked: Asked, one: Mention, distance: int, at: int) -> Iterator[str]:
    """Yield what is seen of a mention in a paragraph before."""
    tokens = asked.outline.tokens(one.paragraph)
    mentions = asked.mentions[one.paragraph]
    yield f"above {min(distance, 3)}, {one.link}"
    yield f"above {min(distance, 3)}, from end {sum(later.first > one.first for later in mentions[-4:])}"
    if tokens[one.first].sentence == tokens[-1].sentence:
        yield "above, in its last sentence"
    if tokens[-1].text in ":：":
        yield f"above, colon, {'at start' if at == 0 else 'within'}"
    if one.first == 0 or tokens[one.first - 1].sentence != tokens[one.first].sentence:
        yield "above, begins sentence"


def _within(tokens: Sequence[Token], one: Mention, at: int, order: _Order) -> Iterator[str]:
    """Yield how a mention and a quotation of one paragraph stand to each other."""
    before = one.last <= at
    side = "before" if before else "after"
    start, end = (one.last, at) if before else (at + 1, one.first)
    cue = one.cue or (one.first, one.last)
    near_start, near_end = (max(one.last, cue[1]), at) if before else (at + 1, min(one.first, cue[0]))
    sentences = abs(tokens[one.first].sentence - tokens[at].sentence)
    quotes = sum(token.quote >= 0 for token in tokens[start:end])
    gap = _gap(tokens, near_start, near_end)
    yield f"{side}, sentences {min(sentences, 3)}"
    yield f"{side}, {one.link}, gap {gap}"
    yield f"{side}, {one.link}, sentences {min(sentences, 1)}, quotations {min(quotes, 1)}"
    yield f"{side}, quotations {min(quotes, 2)}, sentences {min(sentences, 2)}, {'cued' if one.cue else 'bare'}"
    yield f"{side}, words {_bucket(end - start)}"
    if id(one) in order.nearest:
        yield f"nearest {side}, {one.link}"
    if id(one) in order.cued:
        yield f"nearest cued {side}, sentences {min(sentences, 2)}, quotations {min(quotes, 1)}"
        yield f"nearest cued {side}, other side {bool(order.cued_after if before else order.cued_before):d}"
    if id(one) in order.subjects:
        yield "first of paragraph"
    if one.first == 0 or tokens[one.first - 1].sentence != tokens[one.first].sentence:
        yield f"begins sentence, {side}"
    if before and any(token.lower == "that" for token in tokens[near_start:near_end]):
        yield f"that between, {one.link}"


def _gap(tokens: Sequence[Token], start: int, end: int) -> str:
    """Return what stands between a cue or mention and the quotation."""
    between = tokens[start:end]
    if not between:
        return "nothing"
    if any(token.quote >= 0 for token in between):
        return "quotation"
    if all(token.text in _SIGNS for token in between):
        return "colon" if between[-1].text in ":：" else "sign"
    ending = ", sign" if between[-1].text in _SIGNS else ""
    return f"{_bucket(len(between))}{ending}"


def _bucket(count: int) -> str:
    for limit in (0, 1, 2, 4, 7, 12, 20, 35):
        if count <= limit:
            return str(limit)
    return "many"
