"""Finds the whole name that a speaker's name or pronoun stands for within one document.

"Kim" is Kim Jong Un where the document calls him so; "he" is the last man that the text is about. What nothing in the
document tells stays unknown. The name is never looked for anywhere else.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING

from briefbot.quotes.cast import pronoun_gender

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefbot.quotes.cast import Cast, Gender
    from briefbot.quotes.mentions import Mention
    from briefbot.quotes.outline import Outline

PARAGRAPHS_BACK = 4
_NAMES_BACK = 60  # that are looked at for a pronoun
_AT_HAND = 2  # sentences back, where somebody of unknown gender is taken if nobody known fits

# What counts for a man's being the one that "he" stands for: how many sentences ago, in which role, and that he is
# known to be a man, or has at least two names. Chosen on articles of polnear/train that were read by hand.
_AWAY, _HERE, _SUBJECT, _CUED, _SPOKE, _KNOWN, _TWO_NAMES = 0.35, 0.4, 1.0, 0.6, 0.7, 0.8, 0.4
_AGENT = frozenset(("clause", "by"))
_SPEAKING = frozenset(("direct", "adverb", "insertion", "inverted"))


def whole_name(
    mention: Mention, outline: Outline, cast: Cast, mentions: Sequence[Sequence[Mention]], spoke: str | None
) -> str | None:
    """Return the whole name that a mention stands for, or None where nothing tells it. `spoke` spoke last."""
    token = outline.tokens(mention.paragraph)[mention.head]
    if mention.kind == "named":
        return _named(outline, cast, mention)
    if token.lower == "who":
        before = next(iter(_before(mention, outline, mentions)), None)
        return _named(outline, cast, before[1]) if before and before[0] == 0 else None
    gender = pronoun_gender(token.lower, outline.words) if mention.kind == "pronoun" else None
    if gender is None:
        return None
    told = _told(mention, outline, cast, mentions)
    near = [(away, one, _named(outline, cast, one))
            for away, one in islice(_before(mention, outline, mentions), _NAMES_BACK)]  # fmt: skip
    people = [(away, one, name) for away, one, name in near if name != told and cast.is_person(name)]
    fitting = [it for it in people if _may_be(it[2], it[1], outline, cast, gender)]
    unknown = [it for it in people if it[0] <= _AT_HAND and _is_introduced(it[1], it[2], outline, cast)]
    scores: dict[str, float] = {}
    for away, one, name in fitting or unknown:
        known = _KNOWN if cast.gender(name) else _TWO_NAMES * (" " in name)
        score = _standing(outline, one) + _SPOKE * (name == spoke) + _HERE * (not away) - _AWAY * away + known
        scores[name] = max(scores.get(name, score), score)
    return max(scores, key=scores.__getitem__) if scores else None


def _named(outline: Outline, cast: Cast, mention: Mention) -> str:
    tokens = outline.tokens(mention.paragraph)
    return cast.whole(outline.text[tokens[mention.first].start : tokens[mention.last - 1].end])


def _before(mention: Mention, outline: Outline, mentions: Sequence[Sequence[Mention]]) -> Iterator[tuple[int, Mention]]:
    """Yield the names before a pronoun, nearest first, each with how many sentences lie between."""
    reached = outline.tokens(mention.paragraph)[mention.first].sentence
    for number in range(mention.paragraph, max(-1, mention.paragraph - PARAGRAPHS_BACK - 1), -1):
        tokens, own = outline.tokens(number), mentions[number]
        if outline.paragraphs[number].depth != outline.paragraphs[mention.paragraph].depth:
            continue  # another letter
        until = len(own)
        if number == mention.paragraph:
            until = bisect_left(own, mention.first, key=lambda one: one.first)
        elif tokens:
            reached += tokens[-1].sentence + 1
        for one in reversed(own[max(0, until - _NAMES_BACK) : until]):
            if one.kind == "named":
                yield reached - tokens[one.first].sentence, one


def _told(mention: Mention, outline: Outline, cast: Cast, mentions: Sequence[Sequence[Mention]]) -> str | None:
    """Return the name of the one to whom it is said, who is somebody else: "he told Kim"."""
    own = mentions[mention.paragraph]
    at = bisect_left(own, mention.last, key=lambda one: one.first)
    following = own[at] if mention.cue and at < len(own) else None
    if following is None or following.kind != "named" or not mention.cue or following.first != mention.cue[1]:
        return None
    return _named(outline, cast, following)


def _may_be(name: str, one: Mention, outline: Outline, cast: Cast, gender: Gender) -> bool:
    """Tell whether a pronoun may stand for a name: one of that gender, or an unknown one that speaks as people do."""
    known = cast.gender(name)
    title = outline.tokens(one.paragraph)[one.first].lower in outline.words.all_titles
    return known == gender or (known is None and (title or one.link in _SPEAKING or cast.speaks(name)))


def _is_introduced(one: Mention, name: str, outline: Outline, cast: Cast) -> bool:
    """Tell whether a whole name of unknown gender is introduced as a person is: as a subject, or with what she is."""
    tokens = outline.tokens(one.paragraph)
    described = any(it.text == "," for it in tokens[one.last : one.last + 1])
    return " " in name and cast.gender(name) is None and (_begins(outline, one) or described)


def _begins(outline: Outline, one: Mention) -> bool:
    tokens = outline.tokens(one.paragraph)
    return one.first == 0 or tokens[one.first - 1].sentence != tokens[one.first].sentence


def _standing(outline: Outline, one: Mention) -> float:
    """Return how much a sentence is about somebody: its subject, who speaks."""
    tokens = outline.tokens(one.paragraph)
    owns = one.last < len(tokens) and tokens[one.last].is_possessive
    return _SUBJECT * (_begins(outline, one) and not owns) + _CUED * (one.link in _SPEAKING or one.link in _AGENT)
