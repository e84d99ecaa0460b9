"""Finds who might be speaking around quotations: names, noun phrases for people, and pronouns, with their cues.

Rules only propose, generously; `scoring` decides. Every mention knows how it hangs together with a word that introduces
speech: "Kim said", "said Kim", "according to Kim", "Kim: ". What is within quotations is not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from briefbot.quotes.links import link_of
from briefbot.quotes.tokens import PARTY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.quotes.tokens import Token
    from briefbot.quotes.words import Words

Kind = Literal["named", "nominal", "pronoun"]

_PARTICLES = frozenset(
    (
        "de",
        "da",
        "di",
        "du",
        "del",
        "della",
        "der",
        "den",
        "von",
        "van",
        "bin",
        "ibn",
        "al",
        "el",
        "la",
        "le",
        "zu",
        "y",
        "of",
    )
)
_LONGEST_NAME, _LONGEST_PHRASE, _LONGEST_TAIL = 9, 8, 8
_COLONS = frozenset(":：")


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody who might speak: tokens `first` to `last` (half-open) of a paragraph; `head` is the decisive one.

    `link` names how a cue belongs to it, and `cue` which tokens are that cue; "none" and None where none does.
    """

    paragraph: int
    kind: Kind
    first: int
    last: int
    head: int
    link: str
    cue: tuple[int, int] | None


def mentions_of(paragraph: int, tokens: Sequence[Token], words: Words, common: frozenset[str]) -> list[Mention]:
    """Return the mentions of a paragraph in order. `common` holds the words that the document writes small."""
    found: list[Mention] = []
    at = 0
    while at < len(tokens):
        phrase = _mention_at(tokens, at, words, common)
        if phrase is None:
            at += 1
            continue
        kind, first, last, head = phrase
        while found and found[-1].first >= first:
            found.pop()  # "Idaho" in "Idaho executive Frank VanderSloot"
        first = max(first, found[-1].last) if found else first
        link, cue = link_of(tokens, first, last, words)
        found.append(Mention(paragraph, kind, first, last, head, link, cue))
        at = last
    return found


def _mention_at(
    tokens: Sequence[Token], at: int, words: Words, common: frozenset[str]
) -> tuple[Kind, int, int, int] | None:
    """Return the kind, tokens and head of the mention whose name, noun or pronoun begins at a token."""
    token = tokens[at]
    if token.text[0] == "@":
        return "named", at, at + 1, at
    if not token.is_word or PARTY.match(token.text):
        return None
    if _is_pronoun(tokens, at, words):
        return "pronoun", at, at + 1, at
    if token.is_capital and not _is_common(tokens, at, words, common):
        return _name(tokens, at, words)
    is_noun = token.lower in words.people and not _continues(tokens, at + 1, words)
    return _phrase(tokens, at, words) if is_noun or _is_unlisted_subject(tokens, at, words) else None


def _is_pronoun(tokens: Sequence[Token], at: int, words: Words) -> bool:
    token = tokens[at]
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.lower in words.subjects:
        leads = following is not None and token.lower in words.articles | words.people and _modifies(following, words)
        return token.text != "i" and not leads  # "one" and "some" stand alone or begin a phrase
    if token.lower not in words.masculine | words.feminine | words.plural:
        return False
    return any(later.lower in words.sayings for later in tokens[at + 1 : at + 4])  # "her claim that"


def _is_common(tokens: Sequence[Token], at: int, words: Words, common: frozenset[str]) -> bool:
    """Tell whether a word has its capital only because a sentence begins, or is no name for another reason."""
    token = tokens[at]
    if token.text[0] >= "\u2e80":
        listed = token.lower in words.cues or token.lower in words.between
        return listed or not _beside_cue(tokens, at, words)
    if token.lower in words.not_names or token.lower in words.cues:
        return not (token.text == "New" and at + 1 < len(tokens) and tokens[at + 1].is_capital)  # New York
    if token.lower in words.people and not _continues(tokens, at + 1, words):
        return not _is_office(tokens, at)
    begins = at == 0 or tokens[at - 1].sentence != token.sentence or tokens[at - 1].quote >= 0
    if not begins or _continues(tokens, at + 1, words):
        return begins and token.lower.endswith("ly")  # Specifically
    return token.lower in common or token.lower.endswith("ly") or _is_participle(tokens, at, words)


def _is_participle(tokens: Sequence[Token], at: int, words: Words) -> bool:
    """Tell whether a sentence begins with what somebody is doing: "Voicing full support, Kim said"."""
    if not tokens[at].lower.endswith("ing") or at + 1 >= len(tokens):
        return False
    following = tokens[at + 1]
    speaks = following.lower in words.cues or following.lower in words.between
    return following.is_word and following.text[0].islower() and not speaks


def _is_office(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a noun with a capital begins a name: "Department of Transport"."""
    return at > 0 and at + 2 < len(tokens) and tokens[at + 1].lower == "of" and tokens[at + 2].is_capital


def _beside_cue(tokens: Sequence[Token], at: int, words: Words) -> bool:
    later = next((token for token in tokens[at + 1 : at + 5] if token.lower not in words.between), None)
    follows = at > 0 and (tokens[at - 1].lower,) in words.phrases
    return follows or (later is not None and (later.lower in words.cues or later.text in _COLONS))


def _continues(tokens: Sequence[Token], at: int, words: Words) -> bool:
    """Tell whether the token goes on with what stands before it: a name, or another noun for people."""
    if at >= len(tokens) or not tokens[at].is_word:
        return False
    token = tokens[at]
    if (token.is_capital and token.lower not in words.not_names) or token.lower in words.people:
        return True
    through = token.text[0].islower() and _modifies(token, words) and at + 1 < len(tokens)
    return through and tokens[at + 1].lower in words.people and tokens[at + 1].text[0].islower()


def _name(tokens: Sequence[Token], at: int, words: Words) -> tuple[Kind, int, int, int] | None:
    """Return the name that begins at a token, with the titles and descriptions in front of it."""
    last = at + 1
    while last < len(tokens) and last - at < _LONGEST_NAME and _joins(tokens, last, words):
        last += 1
    while last > at + 1 and tokens[last - 1].lower in _PARTICLES:
        last -= 1
    if last < len(tokens) and tokens[last].lower in words.people and tokens[last].text[0].islower():
        return None  # "White House officials", "Clinton campaign manager Robby Mook": begins something longer
    if last < len(tokens) and tokens[last].is_possessive and _possessed(tokens, last + 1, words):
        return None  # "Trump's campaign"
    linked = next((i for i in range(at + 1, last) if tokens[i].lower == "of"), last)
    return "named", _described(tokens, at, words), _with_party(tokens, last), linked - 1


def _joins(tokens: Sequence[Token], at: int, words: Words) -> bool:
    """Tell whether a token belongs to the name before it."""
    token = tokens[at]
    if token.quote >= 0:  # Gov. C.L. “Butch” Otter
        return (
            token.end - token.start < 20
            and at + 1 < len(tokens)
            and tokens[at + 1].is_capital
            and tokens[at + 1].is_word
        )
    if not token.is_word or token.sentence != tokens[at - 1].sentence:
        return False
    if token.text[0] >= "\u2e80":
        return False
    if token.lower in _PARTICLES:
        named = next((later for later in tokens[at + 1 : at + 3] if later.lower not in _PARTICLES), None)
        return named is not None and named.is_capital and named.is_word
    if token.lower in words.cues and token.text.istitle():
        return tokens[at - 1].lower == "united"  # in headlines cues have capitals; the United States says nothing there
    return token.is_capital and token.lower not in words.not_names


def _described(tokens: Sequence[Token], at: int, words: Words) -> int:
    """Return where the titles and nouns begin that stand right before a name."""
    first = at
    while first > 0 and at - first < _LONGEST_PHRASE and _describes(tokens, first - 1, words):
        first -= 1
    return first - 1 if first > 0 and tokens[first - 1].lower in words.articles else first


def _describes(tokens: Sequence[Token], at: int, words: Words) -> bool:
    token = tokens[at]
    if not token.is_word or token.lower in words.cues or token.lower in words.between:
        return False
    if token.is_capital:
        return token.lower not in words.not_names and token.text[0] < "\u2e80"
    if token.lower in words.all_titles or token.lower in words.people:
        return True
    noun = tokens[at + 1]  # "presidential" in "presidential nominee Donald Trump"
    return (
        noun.lower in words.people
        and noun.text[0].islower()
        and _modifies(token, words)
        and (token.lower not in words.articles)
    )


def _with_party(tokens: Sequence[Token], last: int) -> int:
    """Return where a name ends with the party and state that stand after it: (R-S.C.), or R-Ky. between commas."""
    if last + 1 < len(tokens) and tokens[last].text == "," and PARTY.match(tokens[last + 1].text):
        return last + 2
    if last < len(tokens) and tokens[last].text == "(":
        for at in range(last + 1, min(last + 8, len(tokens))):
            if tokens[at].text == ")":
                return at + 1
    return last


def _possessed(tokens: Sequence[Token], at: int, words: Words) -> bool:
    """Tell whether a noun for people follows within a few words: "'s former campaign manager"."""
    for token in tokens[at : at + 4]:
        if not token.is_word or token.lower in words.cues:
            return False
        if token.lower in words.people:
            return True
    return False


def _is_unlisted_subject(tokens: Sequence[Token], at: int, words: Words) -> bool:
    """Tell whether a word that is in no list is what a cue is about: "the barber said"."""
    if at + 1 >= len(tokens) or tokens[at + 1].lower not in words.cues or not tokens[at].text[0].islower():
        return False
    listed = (words.cues, words.between, words.linking, words.articles, words.not_names, words.that)
    if any(tokens[at].lower in some for some in listed):
        return False
    return any(before.lower in words.articles for before in tokens[max(0, at - 4) : at])


def _phrase(tokens: Sequence[Token], at: int, words: Words) -> tuple[Kind, int, int, int]:
    """Return the noun phrase around its noun: from its article on, with "for the campaign" after it."""
    first = at
    while first > 0 and at - first < _LONGEST_PHRASE:
        if tokens[first - 1].lower in words.articles:
            first -= 1
            break
        if not _modifies(tokens[first - 1], words):
            break
        first -= 1
    last = at + 1
    if (
        last < len(tokens)
        and tokens[last].lower in words.linking
        and tokens[last].lower not in ("to", "on", "and", "who")
    ):
        end = last + 1
        while end < len(tokens) and end - last < _LONGEST_TAIL and _modifies(tokens[end], words):
            end += 1
        last = end if end > last + 1 else last
    return "nominal", first, last, at


def _modifies(token: Token, words: Words) -> bool:
    if token.is_possessive:
        return True
    return (
        token.is_word
        and token.lower not in words.cues
        and token.lower not in words.subjects
        and (token.lower not in words.between and token.lower not in words.that and token.lower not in words.linking)
    )
