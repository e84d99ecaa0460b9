"""Tells how a word that introduces speech belongs to somebody: "Kim said", "said Kim", "according to Kim", "Kim: ".

A link is the name of such a form and the tokens of its cue, None where the form has none. Which form means that
somebody speaks is weighed elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefbot.quotes.tokens import Token
    from briefbot.quotes.words import Words

    Link = tuple[str, tuple[int, int] | None]

_LONGEST_INSERTION = 30
_CLAUSE = 8  # words that may stand between a subject and its cue
_DASHES = frozenset("—–―-~")
_COLONS = frozenset(":：")
_INSERTING = frozenset(",(—–")


def link_of(tokens: Sequence[Token], first: int, last: int, words: Words) -> Link:
    """Return how a cue belongs to the mention in tokens `first` to `last`."""
    for phrase in words.phrases:
        start = first - len(phrase)
        if start >= 0 and tuple(token.lower for token in tokens[start:first]) == phrase:
            return "phrase", (start, first)
    for link, cue in (*_after(tokens, last, words), *_before(tokens, first, words)):
        return link, cue
    return "none", None


def _after(tokens: Sequence[Token], last: int, words: Words) -> Iterator[Link]:
    """Yield how a cue follows a mention: at once, after adverbs, after an insertion, or after a few other words."""
    if last >= len(tokens):
        return
    if tokens[last].text in _COLONS:
        yield "colon", (last, last + 1)
    if (tokens[last].lower,) in words.phrases:  # Turkish and German have some that follow
        yield "phrase", (last, last + 1)
    if any(token.lower in words.sayings for token in tokens[last : last + 3]) and _is_owner(tokens[last - 1], words):
        yield "saying", None
    yield from _at_once(tokens, last, words)
    if tokens[last].is_possessive:
        yield from _possessive(tokens, last, words)
    elif tokens[last].text in _INSERTING and (closing := _insertion_end(tokens, last, words)):
        yield "insertion", (closing, closing + 1)
    else:
        yield from _in_clause(tokens, last, words)


def _at_once(tokens: Sequence[Token], last: int, words: Words) -> Iterator[Link]:
    at = _skipped(tokens, last, words)
    if at < len(tokens) and tokens[at].lower in words.cues:
        yield ("direct" if at == last else "adverb"), (at, at + 1)
    closing = _closing(tokens, at, words) if words.closing else None
    if closing:
        yield "direct", (closing, closing + 1)


def _in_clause(tokens: Sequence[Token], last: int, words: Words) -> Iterator[Link]:
    for at in range(last, min(len(tokens), last + _CLAUSE)):
        if not tokens[at].is_word:
            return
        if tokens[at].lower in words.cues:
            yield "clause", (at, at + 1)
            return


def _closing(tokens: Sequence[Token], at: int, words: Words) -> int | None:
    """Return the cue behind a quotation that begins at a token or behind a comma there: "Kaya, “…” dedi"."""
    quote = at + 1 if at < len(tokens) and tokens[at].text == "," else at
    if quote + 1 >= len(tokens) or tokens[quote].quote < 0:
        return None
    return quote + 1 if tokens[quote + 1].lower in words.closing else None


def _is_owner(token: Token, words: Words) -> bool:
    return token.lower in words.masculine | words.feminine | words.plural and token.lower not in words.subjects


def _skipped(tokens: Sequence[Token], at: int, words: Words) -> int:
    end = at
    while end < len(tokens) and end - at < 5 and tokens[end].lower in words.between and tokens[end].quote < 0:
        end += 1
    return end


def _possessive(tokens: Sequence[Token], last: int, words: Words) -> Iterator[Link]:
    for at in range(last + 1, min(len(tokens), last + 5)):
        if tokens[at].lower in words.sayings:
            yield "saying", (at, at + 1)
            return
    yield "possessor", None


def _insertion_end(tokens: Sequence[Token], comma: int, words: Words) -> int | None:
    """Return the cue after what a comma, bracket or dash inserts: "Kim, the leader of the North, said"."""
    sign = {"(": ")"}.get(tokens[comma].text, tokens[comma].text)
    for at in range(comma + 1, min(len(tokens) - 1, comma + _LONGEST_INSERTION)):
        if tokens[at].quote >= 0 or tokens[at].sentence != tokens[comma].sentence:
            return None
        if tokens[at].text == sign:
            cue = _skipped(tokens, at + 1, words)
            if cue < len(tokens) and tokens[cue].lower in words.cues and not tokens[cue].lower.endswith("ing"):
                return cue
    return None


def _before(tokens: Sequence[Token], first: int, words: Words) -> Iterator[Link]:
    """Yield how a cue stands before a mention: "said Kim", with or without a subject of its own, or a dash."""
    if not first:
        return
    cue = first - 1
    if tokens[cue].lower in words.cues:
        bare = cue == 0 or not tokens[cue - 1].is_word
        yield ("inverted" if bare else "object"), (cue, cue + 1)
    elif tokens[cue].text in _DASHES and any(token.quote >= 0 for token in tokens[max(0, cue - 2) : cue]):
        yield "dash", (cue, cue + 1)
    elif tokens[cue].lower in ("by", "from") and cue:
        yield "by", None
    elif tokens[cue].lower in words.linking:
        yield "linked", None
