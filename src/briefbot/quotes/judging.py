"""Tells the words that somebody said from what else stands between marks: titles, scare quotes, names, markup.

A small learnt model decides by what is seen from outside: how long the words are, how they begin and end, and which
words stand beside them. Who said them is not asked here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefbot.quotes.logistic import model, probability
from briefbot.quotes.unmarked import BLOCK, TURN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from briefbot.quotes.marks import Segment
    from briefbot.quotes.outline import Outline
    from briefbot.quotes.tokens import Token
    from briefbot.quotes.words import Words

THRESHOLD = 0.5  # from this probability on, words between marks count as said by somebody
SINGLE_THRESHOLD = 0.9  # the same between single marks, where a document's quotations have double ones
SINGLE = frozenset("'‘‚‹")

_SEEN = 400  # characters of a quotation that are looked at, at either end
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_FIRST_OR_SECOND = re.compile(
    r"\b(?:I|I['’]\w+|we|we['’]\w+|my|our|us|me|you|you['’]\w+|your|ich|wir|yo|nosotros|я|мы|ben|biz)\b", re.IGNORECASE
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|am|be|been|has|have|had|do|does|did|will|would|can|could|should|must|not|\w+n['’]t|\w+['’](?:re|ve|ll|m)"
    r"|ist|sind|war|hat|haben|wird|werden|nicht|es|son|está|ha|han|no|не|будет|есть|değil|var|yok)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?:|www\.|^[@#]\w+$|^[\d\W]+$|^\w+=")
_SPEECH_ENDS = {
    ",": "comma", "，": "comma", ".": "stop", "。": "stop", "?": "asks", "？": "asks", "!": "calls", "！": "calls",
    "…": "more", "-": "dash", "—": "dash",
}  # fmt: skip
_UNSPACED = re.compile(r"[\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff]+")  # two signs count as a word
_NICKNAME = 16  # characters
_REACH, _FAR = 6, 30  # words beside a quotation that are looked at, and those of its sentence


def said_segments(outline: Outline) -> list[int]:
    """Return the places of the outermost segments whose words count as said by somebody, in order."""
    single = _is_single(outline)
    return [
        token.quote
        for paragraph, places in enumerate(outline.outermost)
        if places
        for at, token in enumerate(outline.tokens(paragraph))
        if token.quote >= 0 and is_said(outline, paragraph, at, single=single)
    ]


def is_said(outline: Outline, paragraph: int, at: int, *, single: bool) -> bool:
    """Tell whether token `at` of a paragraph, a segment, was said; `single` tells whether single marks are usual."""
    tokens = outline.tokens(paragraph)
    segment = outline.segments[tokens[at].quote]
    if segment.mark in (TURN, BLOCK):
        return True
    if not len(segment.span.trimmed(outline.text)):
        return False
    if (at and tokens[at - 1].lower in outline.words.doubted) or _is_nickname(outline.text, segment, tokens, at):
        return False
    chance = likelihood(signals_of(outline.text, segment, tokens, at, outline.words))
    return chance >= (SINGLE_THRESHOLD if segment.mark in SINGLE and not single else THRESHOLD)


def _is_nickname(text: str, segment: Segment, tokens: Sequence[Token], at: int) -> bool:
    """Tell whether the words stand within a name: William “Bill” Berg."""
    beside = (*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 2])
    return (
        len(beside) == 2
        and all(it.is_word and it.text[0].isupper() for it in beside)
        and (len(segment.span) < _NICKNAME and segment.span.of(text)[:1].isupper())
    )


def _is_single(outline: Outline) -> bool:
    """Tell whether the document quotes between single marks, as British papers do."""
    singles = [outline.segments[place].mark in SINGLE for places in outline.outermost for place in places]
    return 2 * sum(singles) > len(singles)


def likelihood(signals: Sequence[str]) -> float:
    """Return the probability that words between marks with these signals were said by somebody."""
    return probability(model("said").score(signals))


def signals_of(text: str, segment: Segment, tokens: Sequence[Token], at: int, words: Words) -> list[str]:
    """Return what is seen of a segment, which is token `at` of its paragraph, as names of signals."""
    return [
        *_inside(text, segment, words),
        *_before(text, tokens, at, words),
        *_after(tokens, at, words),
        *_around(segment, tokens, at, words),
    ]


def _inside(text: str, segment: Segment, words: Words) -> Iterator[str]:
    span = segment.span
    seen = text[span.start : min(span.end, span.start + _SEEN)].strip()
    found = _WORD.findall(seen)
    yield f"words {_size(max(len(found), sum(map(len, _UNSPACED.findall(seen))) // 2))}"
    if not found or _ADDRESS.search(seen):
        yield "address"
    first = found[0] if found else ""
    yield "starts capital" if first[:1].isupper() else "starts small"
    yield f"ends {_SPEECH_ENDS.get(text[span.start : span.end].rstrip()[-1:], 'word')}"
    long = [word for word in found if len(word) > 3]
    if len(found) > 1 and all(word[0].isupper() or word[0].isdigit() for word in long or found):
        yield "titled"
    if _FIRST_OR_SECOND.search(seen):
        yield "first person"
    if _VERB.search(seen):
        yield "verb"
    elif len(found) > 3:
        yield "long without verb"


def _size(count: int) -> str:
    for limit in (1, 2, 3, 4, 6, 9, 14, 24):
        if count <= limit:
            return str(limit)
    return "many"


def _before(text: str, tokens: Sequence[Token], at: int, words: Words) -> Iterator[str]:
    if tokens[at].start and text[tokens[at].start - 1] in "=<":
        yield "markup"
    if at == 0:
        yield "begins paragraph"
        return
    last = tokens[at - 1]
    near = [token.lower for token in tokens[max(0, at - _REACH) : at] if token.is_word]
    cued = not words.introducing.isdisjoint(near)
    yield f"before {_kind(last, words)}"
    yield from _true(
        {
            f"before: {last.text}": last.is_word and last.text.islower(),  # no names, which are those of one time
            "cue before": cued,
            "cue before, sign": cued and last.text in ",:：",
            "that before": not words.that.isdisjoint(near[-1:]),
            "saying before": not words.sayings.isdisjoint(near),
            "thing before": not words.names_things.isdisjoint(near[-3:]),
            "person before": any(word in words.people or word in words.subjects for word in near),
        }
    )


def _after(tokens: Sequence[Token], at: int, words: Words) -> Iterator[str]:
    if at + 1 >= len(tokens):
        yield "ends paragraph"
        return
    following = tokens[at + 1]
    near = [token.lower for token in tokens[at + 1 : at + _REACH] if token.is_word]
    yield f"after {_kind(following, words)}"
    yield from _true(
        {
            f"after: {following.text}": following.is_word and following.text.islower(),
            "cue after": not words.introducing.isdisjoint(near),
            "thing after": not words.names_things.isdisjoint(near[:2]),
        }
    )


def _around(segment: Segment, tokens: Sequence[Token], at: int, words: Words) -> Iterator[str]:
    """Yield what the rest of the sentence says."""
    sentence = tokens[at].sentence
    earlier = [token for token in tokens[max(0, at - _FAR) : at] if token.sentence == sentence]
    later = [token for token in tokens[at + 1 : at + _FAR] if token.sentence == sentence]
    beside = [*earlier, tokens[at], *later]
    introducing = words.introducing
    cues = [any(token.lower in introducing for token in side) for side in (earlier, later)]
    yield f"cue in sentence {cues[0]:d}{cues[1]:d}"
    yield from _true(
        {
            "left open": not segment.closed,
            "continues": segment.continues,
            "possessive before": any(token.is_possessive for token in earlier[-2:]),
            "in brackets": any(token.text in "([" for token in earlier[-1:]),
            "begins sentence": not any(token.is_word for token in earlier),
            "ends sentence": not any(token.is_word for token in later),
            "subject in sentence": any(token.lower in words.subjects for token in beside),
            "several in sentence": sum(token.quote >= 0 for token in beside) > 1,
            "name in sentence": any(token.is_capital for token in beside[1:]),
        }
    )


def _true(signals: Mapping[str, bool]) -> Iterator[str]:
    return (name for name, holds in signals.items() if holds)


def _kind(token: Token, words: Words) -> str:
    if token.quote >= 0:
        return "quotation"
    if not token.is_word:
        return f"sign {token.text[0]}"
    if token.lower in words.cues:
        return "cue"
    if token.lower in words.subjects:
        return "subject"
    return "capital" if token.text[0].isupper() else "word"
