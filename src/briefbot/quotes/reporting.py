"""Finds what a document only reports: "Putin said that …", "…, officials say", "according to Kim, …".

These are the document's words for what somebody said, so they are kept as a kind of their own and never as a quotation.
A sentence with a quotation in it is not looked at: what was said stands there word for word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from briefbot.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefbot.quotes.mentions import Mention
    from briefbot.quotes.outline import Outline
    from briefbot.quotes.tokens import Token
    from briefbot.quotes.words import Words

# How often people had marked the statement with that speaker, of each form, in a third of
# the articles of polnear/train.
_TRUST = {"that": 0.81, "bare": 0.72, "after": 0.91, "phrase": 0.87}
_NOTHING = ("", 0, 0)
_COMMAS = frozenset(",，")
_SHORTEST = 3  # words
_ADDRESSEE = 7  # words that may stand between a cue and "that": "told reporters on Monday that"
_CLAUSE = 12  # words between a subject and a participle
_LINKS = frozenset(("direct", "adverb", "insertion", "inverted"))
_VERB = re.compile(
    r"(?:is|are|was|were|has|have|had|do|does|did|will|would|can|could|should|must|may|might|\w+n['’]t|\w+ed"
    r"|ist|sind|war|hat|haben|wird|werden|habe|sei|es|son|está|ha|han|se)"
)


@dataclass(frozen=True, slots=True)
class Reported:
    """What somebody is said to have said: the words, the mention of who said it, and how likely that is right."""

    paragraph: int
    span: Span
    speaker: Mention
    confidence: float


def reported(outline: Outline, paragraph: int, mentions: Sequence[Mention]) -> Iterator[Reported]:
    """Yield what a paragraph reports, one at most for each sentence, in order."""
    tokens = outline.tokens(paragraph)
    speakers = iter(mentions)
    waiting = next(speakers, None)
    for _, group in groupby(enumerate(tokens), key=lambda pair: pair[1].sentence):
        places = [at for at, _ in group]
        first, last = places[0], places[-1] + 1
        own: list[Mention] = []
        while waiting is not None and waiting.first < last:
            own.append(waiting)
            waiting = next(speakers, None)
        if not any(token.quote >= 0 for token in tokens[first:last]):
            yield from _of_sentence(outline, paragraph, (first, last), own)


def has_cue(outline: Outline, paragraph: int) -> bool:
    """Tell quickly whether a paragraph may report something."""
    words = outline.paragraphs[paragraph].span.of(outline.text).lower()
    return bool(_cue_pattern(outline.words.reporting, outline.words.phrases).search(words))


@cache
def _cue_pattern(reporting: frozenset[str], phrases: tuple[tuple[str, ...], ...]) -> re.Pattern[str]:
    spaced = [r"\s+".join(map(re.escape, phrase)) for phrase in phrases]
    return re.compile("|".join([*map(re.escape, sorted(reporting)), *spaced]))


def _of_sentence(
    outline: Outline, paragraph: int, sentence: tuple[int, int], mentions: Sequence[Mention]
) -> Iterator[Reported]:
    """Yield what a sentence reports, by the first of its mentions that says something."""
    tokens = outline.tokens(paragraph)
    for one in mentions:
        form, first, last = _statement(tokens, sentence, one, outline.words)
        span = _span(tokens, first, last)
        if form and span and sum(token.is_word for token in tokens[first:last]) >= _SHORTEST:
            by_participle = one.cue is None or one.link == "clause"  # ", saying that"
            speaker = replace(one, cue=(first - 2, first - 1)) if by_participle else one
            yield Reported(paragraph, span, speaker, _TRUST[form])
            return


def _statement(tokens: Sequence[Token], sentence: tuple[int, int], one: Mention, words: Words) -> tuple[str, int, int]:
    """Return the form in which a mention says something, and the tokens of what it says; "" where it says nothing."""
    if one.link == "phrase" and one.cue:
        return _by_phrase(tokens, sentence, one)
    if one.link in ("none", "clause", "linked"):
        return _by_participle(tokens, sentence, one, words)
    if one.cue is None or one.link not in _LINKS or tokens[one.head].lower == "who":
        return _NOTHING
    after = max(one.cue[1], one.last) if one.link == "inverted" else one.cue[1]
    return _around(tokens, sentence, (min(one.first, one.cue[0]), after), words, inverted=one.link == "inverted")


def _around(
    tokens: Sequence[Token], sentence: tuple[int, int], saying: tuple[int, int], words: Words, *, inverted: bool
) -> tuple[str, int, int]:
    """Return what stands after, or else before, the speaker and the cue, which are the tokens `saying`."""
    (first, last), (before, after) = sentence, saying
    if words.reporting.isdisjoint(token.lower for token in tokens[before:after]):
        return _NOTHING
    that = _that(tokens, after, last, words)
    if that is not None:
        return "that", that + 1, last
    if before > first and tokens[before - 1].text in _COMMAS and _ends(tokens, after, last, words):
        return ("after", first, before - 1) if _has_verb(tokens, first + 1, before) else _NOTHING
    if after < last and not inverted and _begins_clause(tokens, after, last, words):
        return "bare", after + (tokens[after].text in _COMMAS), last
    return _NOTHING


def _that(tokens: Sequence[Token], after: int, last: int, words: Words) -> int | None:
    """Return where "that" stands after a cue, with nothing but to whom and when it was said between."""
    for at in range(after, min(last, after + _ADDRESSEE)):
        if tokens[at].lower in words.that:
            return at
        if not tokens[at].is_word and tokens[at].text not in _COMMAS:
            return None
    return None


def _by_participle(
    tokens: Sequence[Token], sentence: tuple[int, int], one: Mention, words: Words
) -> tuple[str, int, int]:
    """Return what follows "asserting that" where the mention is the last one before it: "Kim left, saying that …"."""
    for at in range(one.last, min(sentence[1] - 2, one.last + _CLAUSE)):
        token = tokens[at]
        if token.is_capital:
            break
        if token.lower in words.reporting and token.lower.endswith("ing") and tokens[at - 1].text == ",":
            return ("that", at + 2, sentence[1]) if tokens[at + 1].lower in words.that else _NOTHING
    return _NOTHING


def _by_phrase(tokens: Sequence[Token], sentence: tuple[int, int], one: Mention) -> tuple[str, int, int]:
    first, last = sentence
    start = min(one.first, one.cue[0] if one.cue else one.first)
    if start > first + _SHORTEST:
        return "phrase", first, start - (tokens[start - 1].text in _COMMAS)
    end = max(one.last, one.cue[1] if one.cue else one.last)
    comma = next((at for at in range(end, min(last, end + 12)) if tokens[at].text in _COMMAS), None)
    return ("phrase", comma + 1, last) if comma is not None else _NOTHING


def _begins_clause(tokens: Sequence[Token], at: int, last: int, words: Words) -> bool:
    """Tell whether a statement begins without "that": with its subject, and a verb not far behind."""
    token = tokens[at]
    if token.text in _COMMAS:
        return token.text == "，" or (at + 1 < last and words.that == frozenset() and tokens[at + 1].is_word)
    if token.lower in words.subjects:
        return _has_verb(tokens, at + 1, min(last, at + 9))
    subject = token.lower in words.articles or token.is_capital or token.text[-1:] == "s"
    return (
        subject
        and token.is_word
        and any(_VERB.fullmatch(it.lower) and not it.lower.endswith("ed") for it in tokens[at + 1 : min(last, at + 9)])
    )


def _has_verb(tokens: Sequence[Token], first: int, last: int) -> bool:
    return any(_VERB.fullmatch(token.lower) for token in tokens[first:last])


def _ends(tokens: Sequence[Token], at: int, last: int, words: Words) -> bool:
    """Tell whether nothing but when and to whom it was said follows."""
    return last - at <= _ADDRESSEE and all(
        (not token.is_word and token.text not in ":：") or token.lower in words.between or token.is_capital
        for token in tokens[at:last]
    )


def _span(tokens: Sequence[Token], first: int, last: int) -> Span | None:
    """Return where tokens stand, without the signs at their ends."""
    while first < last and not (tokens[first].is_word or tokens[first].text in "$€£@#"):
        first += 1
    while first < last and not (tokens[last - 1].is_word or tokens[last - 1].text in "%)"):
        last -= 1
    return Span(tokens[first].start, tokens[last - 1].end) if first < last else None
