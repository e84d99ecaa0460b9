"""Cases for checks of quotations: what becomes of one in print, in chat, and in the hands of somebody careless.

The lists of negations and numbers are this module's own, so that it shares no mistake with what it tests.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefbot.checking import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from briefbot.model import Quotation

_NEGATION = re.compile(r"(?i)^(?:not|never|no|none|nothing|nobody|cannot|without|neither|nor|\w+n['’]t)$")
_NUMBERS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("twenty", "thirty", "forty", "fifty", "hundred", "thousand", "million", "billion"),
)
_AUXILIARIES = frozenset(
    (
        *("is", "are", "was", "were", "am", "do", "does", "did", "has", "have", "had"),
        *("will", "would", "can", "could", "should", "must", "may", "might"),
    )
)
_OUTER = ".,;:!?\"“”'‘’()[]—–-…"
_MARKS = (" … ", " ... ", " [...] ", " […] ", "… ", "... ", " (...) ")
_EXACT = (Verdict.EXACT, Verdict.TYPOGRAPHY)


class NotPossible(Exception):
    """No case of this kind can be made of that quotation."""


@dataclass(frozen=True)
class Gold:
    """A real quotation, its document's text, and what kind of words name its speaker."""

    quotation: Quotation
    text: str
    speaker_kind: str | None


@dataclass(frozen=True)
class Case:
    """A text to check, the verdicts that are right, and what must not happen with it."""

    text: str
    original: str
    verdicts: tuple[Verdict, ...]
    speaker: str | None = None
    exact: bool = False
    altered: bool = False
    cut_negation: bool = False


def _exact(gold: Gold, text: str, speaker: str | None = None) -> Case:
    """A whole quotation; where it only completes a sentence, "part of a sentence" is right as well."""
    original = gold.quotation.text
    completes = not original[:1].isupper() or original.rstrip("\"”’'")[-1:] == ","
    return Case(text, original, (*_EXACT, Verdict.PART) if completes else _EXACT, speaker, exact=True)


def _altered(text: str, original: str, *verdicts: Verdict) -> Case:
    return Case(text, original, verdicts or (Verdict.ALTERED,), altered=True)


def _words(gold: Gold, least: int) -> list[str]:
    words = gold.quotation.text.split()
    if len(words) < least:
        raise NotPossible
    return words


def _chosen(places: Sequence[int], chance: Random) -> int:
    if not places:
        raise NotPossible
    return chance.choice(places)


def _core(word: str) -> str:
    return word.strip(_OUTER)


def as_it_is(gold: Gold, others: Sequence[Gold], chance: Random) -> Case:
    """Return the quotation."""
    return _exact(gold, gold.quotation.text)


def printed(gold: Gold, others: Sequence[Gold], chance: Random) -> Case:
    """Return the quotation as a PDF has it: ligatures, line ends, hyphens there, other spaces, decomposed accents."""
    text = re.sub(
        "ffi|ffl|fi|fl|ff", lambda it: _maybe(it[0], unicodedata.lookup(_LIGATURES[it[0]]), chance), gold.quotation.text
    )
    text = re.sub(r"(?<=[a-z]{3})(?=[a-z]{3})", lambda _: _hyphen(chance), text)
    text = re.sub(
        r" (?!\n)", lambda _: chance.choices((" ", "\n", "  ", "\u00a0", " \n", "\u2009"), (12, 2, 1, 1, 1, 1))[0], text
    )
    if chance.random() < 0.5:
        text = unicodedata.normalize("NFD", text)
    return _exact(gold, _other_signs(text, chance))


_LIGATURES = {
    "ffi": "LATIN SMALL LIGATURE FFI",
    "ffl": "LATIN SMALL LIGATURE FFL",
    "fi": "LATIN SMALL LIGATURE FI",
    "fl": "LATIN SMALL LIGATURE FL",
    "ff": "LATIN SMALL LIGATURE FF",
}


def _maybe(one: str, other: str, chance: Random) -> str:
    return other if chance.random() < 0.7 else one


def _hyphen(chance: Random) -> str:
    return chance.choices(("", "-\n", "\u00ad", "\u00ad\n"), (60, 2, 2, 1))[0]


def _other_signs(text: str, chance: Random) -> str:
    text = re.sub(r"\s*—\s*", lambda _: chance.choice(("—", " — ", "--", " – ", " -- ")), text)
    text = re.sub("…|\\.\\.\\.", lambda _: chance.choice(("…", "...", ". . .")), text)
    text = re.sub("[‘’']", lambda _: chance.choice("’'"), text)
    return re.sub('[“”"]', lambda _: chance.choice('“”"'), text)


def chatted(gold: Gold, others: Sequence[Gold], chance: Random) -> Case:
    """Return the quotation as somebody types or pastes it into a chat."""
    text = gold.quotation.text.translate(str.maketrans("“”‘’", "\"\"''")).replace("—", "--").replace("…", "...")
    words = re.split(r"( )", text)
    place = chance.randrange(0, len(words), 2)
    if chance.random() < 0.3 and _core(words[place]).isalpha():
        words[place] = f"**{words[place]}**"
    text = "".join("  " if word == " " and chance.random() < 0.05 else word for word in words)
    if chance.random() < 0.3:
        text = text.rstrip(".,")
    if chance.random() < 0.2:
        text = "\u200b".join((text[: len(text) // 2], text[len(text) // 2 :]))
    return _exact(gold, f'"{text}"' if chance.random() < 0.5 else f"> {text}\n")


def word_changed(gold: Gold, others: Sequence[Gold], chance: Random) -> Case:
    """Return the quotation with one word changed for another one of the collection."""
    words = _words(gold, 5)
    place = _chosen([i for i, word in enumerate(words) if _core(word).isalpha()], chance)
    other = _core(chance.choice(chance.choice(others).quotation.text.split()))
    if not other.isalpha() or other.lower() == _core(words[place]).lower():
        raise NotPossible
    changed = words[place].replace(_core(words[place]), other)
    return _altered(" ".join([*words[:place], changed, *words[place + 1 :]]), gold.quotation.text)


def negation_added(gold: Gold, others: Sequence[Gold], chance: Random) -> Case:
    """Return the quotation with a negation put in, after an auxiliary where there is one."""
    words = _words(gold, 5)
    places = [i + 1 for i, word in enumerate(words[:-1]) if word.lower() in _AUXILIARIES]
    place = chance.choice(places or range(1, len(words)))
    if (
        words[place - 1].lower() in {"is", "are", "was", "were", "do", "does", "did", "have", "had", "would"}
        and chance.random() < 0.5
    ):
        words[place - 1] += chance.choice(("n't", "n’t"))
    else:
        words.insert(place, chance.choice(("not", "never", "no")))
    return _altered(" ".join(words), gold.quotation.text)


def negation_dropped(gold: Gold, others: Sequence[Gold], chance: Random) -> Case:
    """Return the quotation without a negation from its inside."""
    words = _words(gold, 5)
    place = _chosen([i for i in range(1, len(words) - 1) if _NEGATION.match(words[i])], chance)
    short = {"cannot": "can", "can't": "can", "can’t": "can", "won't": "will", "won’t": "will"}
    left = short.get(words[place].lower()) or (words[place][:-3] if re.search("n['’]t$", words[place]) else "")
    rest = [left] if left else []
    case = _altered(
        " ".join([*words[:place], *rest, *words[place + 1 :]]), gold.quotation.text, Verdict.ALTERED, Verdict.SPLICED
    )
    return Case(case.text, case.original, case.verdicts, altered=True, cut_negation=True)


def negation_clipped(gold: Gold, others: Sequence[Gold], chance: Random) -> Case:
    """Return what stands after or before a negation of the quotation's sentence, up to three words from it."""
    words = _words(gold, 6)
    place = _chosen([i for i, word in enumerate(words) if _NEGATION.match(_core(word))], chance)
    away = chance.randrange(4)
    after = chance.random() < 0.7
    gap = words[place : place + 1 + away] if after else words[max(0, place - away) : place + 1]
    kept = words[place + 1 + away :] if after else words[: max(0, place - away)]
    if len(kept) < 4 or any(
        word.rstrip("\"”’'")[-1:] in tuple(".?!") for word in (gap if after else [*gap[:-1], kept[-1]])
    ):
        raise NotPossible
    return Case(" ".join(kept), gold.quotation.text, (Verdict.PART,), exact=True, cut_negation=True)


def number_changed(gold: Gold, others: Sequence[Gold], chance: Random) -> Case:
    """Return the quotation with another number."""
    words = _words(gold, 4)
    is_number = [bool(re.search(r"\d", word)) or _core(word).lower() in _NUMBERS for word in words]
    place = _chosen([i for i, here in enumerate(is_number) if here], chance)
    word = words[place]
    if re.search(r"\d", word):
        at = chance.choice([i for i, sign in enumerate(word) if sign.isdigit()])
        word = (
            f"{word[:at]}{chance.choice('0123456789'.replace(word[at], ''))}{word[at + 1 :]}"
            if word[at].isdecimal()
            else f"{word[:at]}7{word[at + 1 :]}"
        )
    else:
        word = word.replace(_core(word), chance.choice([it for it in _NUMBERS if it != _core(word).lower()]))
    return _altered(" ".join([*words[:place], word, *words[place + 1 :]]), gold.quotation.text)


def _left_out(gold: Gold, chance: Random, mark: str) -> str:
    words = _words(gold, 9)
    count = chance.randrange(1, min(12, len(words) - 6))
    start = chance.randrange(3, len(words) - count - 2)
    before, after = " ".join(words[:start]), " ".join(words[start + count :])
    if " ".join(words[start : start + count]) == after[: len(" ".join(words[start : start + count]))]:
        raise NotPossible
    return before + mark + after


def shortened(gold: Gold, others: Sequence[Gold], chance: Random) -> Case:
    """Return the quotation with words left out from its middle, and a mark there."""
    text = _left_out(gold, chance, chance.choice(_MARKS))
    return Case(text, gold.quotation.text, (Verdict.SHORTENED,), altered=True)


def silently_shortened(gold: Gold, others: Sequence[Gold], chance: Random) -> Case:
    """Return the quotation with words left out from its middle, and nothing to say so."""
    text = _left_out(gold, chance, " ")
    left_out = len(gold.quotation.text.split()) - len(text.split())
    return _altered(
        text, gold.quotation.text, *((Verdict.SPLICED, Verdict.ALTERED) if left_out <= 2 else (Verdict.SPLICED,))
    )


def joined(gold: Gold, others: Sequence[Gold], chance: Random) -> Case:
    """Return two quotations from different places as if they were one."""
    near = [it for it in others if it.text is gold.text] if chance.random() < 0.5 else others
    other = chance.choice(near)
    one, two = gold.quotation, other.quotation
    if (one.document, one.utterance) == (two.document, two.utterance) or min(
        map(len, (_words(gold, 5), _words(other, 5)))
    ) < 5:
        raise NotPossible
    if one.document == two.document and one.span.start < two.span.start < one.span.end + 200:
        raise NotPossible  # neighbours, between which only an introduction stands
    joint = chance.choice((" ", ". ", *_MARKS[:3]))
    return _altered(one.text.rstrip(" .,") + joint + two.text, f"{one.text} | {two.text}", Verdict.SPLICED)


def speaker_swapped(gold: Gold, others: Sequence[Gold], chance: Random) -> Case:
    """Return the quotation with somebody else's name."""
    _words(gold, 5)
    other = chance.choice(others)
    ours, theirs = gold.quotation.attribution, other.quotation.attribution
    if not ours or not theirs or "pronoun" in (gold.speaker_kind, other.speaker_kind):
        raise NotPossible
    if ours.speaker.split()[-1:] == theirs.speaker.split()[-1:]:
        raise NotPossible
    return Case(gold.quotation.text, gold.quotation.text, (Verdict.ANOTHER_SPEAKER,), theirs.speaker, altered=True)


def speaker_right(gold: Gold, others: Sequence[Gold], chance: Random) -> Case:
    """Return the quotation with its speaker's name."""
    if not gold.quotation.attribution or gold.speaker_kind == "pronoun":
        raise NotPossible
    return _exact(gold, gold.quotation.text, gold.quotation.attribution.speaker)


KINDS: dict[str, Callable[[Gold, Sequence[Gold], Random], Case]] = {
    "as it is": as_it_is,
    "as in a PDF": printed,
    "as in chat": chatted,
    "speaker right": speaker_right,
    "word changed": word_changed,
    "negation added": negation_added,
    "negation dropped": negation_dropped,
    "negation clipped off": negation_clipped,
    "number changed": number_changed,
    "left out with a mark": shortened,
    "left out silently": silently_shortened,
    "two joined": joined,
    "speaker swapped": speaker_swapped,
}
