"""Words that the asker mistyped: a question as it is understood.

A word that no visible passage holds, and that the model does not know as a word either, is looked for among the words
of the visible passages. Where one of them is clearly meant, it stands for the mistyped one in the question. Where
several may be, or where it may be a name that only looks like another, the question stays as it is and all of them are
searched for, each for a part of what it is worth. Nothing that is hidden from the asker counts.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from briefbot.search.analysis import asked_terms, stems, terms
from briefbot.search.distance import distances, edited
from briefbot.search.languages import asked_languages, terms_in
from briefbot.search.sources import inverse_frequency
from briefbot.wording import folded, normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from briefbot.index.generation import Generation, Visible
    from briefbot.index.vectors import Rows
    from briefbot.search.sources import Scores

_WORD = re.compile(r"(?<![\w.@/:\\-])[^\W\d_]{4,}(?![\w@/:\\]|[.-]\w)")  # no part of a code, an address or a number
_SEEN_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 3  # letters of a term that may be meant
PASTED = 400  # characters; a question with more was pasted, or says enough without one word
_MANY, _RAREST = 96, 64  # terms of a question; of more than so many, only the rarest are searched for
_AT_MOST = 6  # unknown words, and half of all; a question with more is in another language, or about something else
_LONG = 8  # letters; from here on two mistakes are allowed for
_SAMPLED = 6  # passages that are read to see how a word is spelt
_LOOKED_AT = 6  # candidates
_GLANCE = 32  # rows that are looked at before all: mostly one of them is visible
_FREQUENT = 4_096  # rows; a term that more hold says nothing about where another one stands

# Learnt from one mistake in each of 4,000 questions (benchmarks/typos.py) and from words that are spelt rightly.
_COMMON = 0.3  # for the logarithm of how many passages hold it
_TOGETHER = 4.0  # for company
_SAME_FIRST = 1.0  # for the first letter
_MARGIN = 1.0  # by which the best must be better than the next
_FLOORS = ((8, 1.5), (6, 2.0), (0, 2.5))  # what the best must reach, for words of as many letters
_TWICE = 0.5  # share of the question's other words beside which a word with two mistakes must stand
_GUESS = 0.5  # share of a word's worth


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it is understood: its text, its distinct terms, and the share that counts of those guessed.

    `languages` are those by which its words were analysed.
    """

    text: str
    terms: tuple[str, ...]
    languages: tuple[str, ...]
    shares: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """What one asker's words are compared with: the passages that are visible, and the words that the model knows."""

    generation: Generation
    visible: Visible
    known: Callable[[list[str]], list[bool]]

    def holds(self, term: str) -> bool:
        """Tell whether a visible passage holds the term."""
        return is_held(term, self.generation, self.visible)


@dataclass(frozen=True, slots=True)
class Meant:
    """A word that may be meant: its term, how it is spelt, how many edits away it is, and how likely it is."""

    term: str
    spellings: tuple[str, ...]
    edits: int
    rows: Rows
    likely: float


def read(text: str, view: View) -> Reading:
    """Return how a question in normalised form is understood."""
    languages = asked_languages(text, view.generation, view.visible)
    if len(text) > PASTED:
        return Reading(text, _rarest(terms_in(text, languages[:1], view.holds), view), languages[:1])
    found = terms_in(text, languages, view.holds)
    if all(map(view.holds, found)):
        return Reading(text, found, languages)
    return _Speller(languages, found, view).reading(text)


def _rarest(found: Sequence[str], view: View) -> tuple[str, ...]:
    """Return a question's terms; of very many, those that the fewest visible passages hold."""
    if len(found) <= _MANY:
        return tuple(found)
    often = {term: len(rows_of(term, view.generation, view.visible)) for term in found}
    return tuple(sorted((term for term in found if often[term]), key=often.__getitem__)[:_RAREST])


def is_held(term: str, generation: Generation, visible: Visible) -> bool:
    """Tell whether a visible passage holds the term."""
    for start, segment in generation.parted():
        rows, _ = segment.postings.of(term)
        if len(rows) == 0:
            continue
        seen = visible.rows[start:]
        if visible.whole or seen[rows[:_GLANCE]].any() or seen[rows].any():
            return True
    return False


def rows_of(term: str, generation: Generation, visible: Visible) -> Rows:
    """Return the visible rows that hold the term."""
    parts = [segment.postings.of(term)[0].astype(np.int64) + start for start, segment in generation.parted()]
    rows = np.concatenate([np.empty(0, np.int64), *parts])
    return rows if visible.whole else rows[visible.rows[rows]]


class _Speller:
    """One question's words against the visible passages."""

    def __init__(self, languages: tuple[str, ...], found: Sequence[str], view: View) -> None:
        self.generation, self.visible, self.known, self._is_held = view.generation, view.visible, view.known, view.holds
        self.languages = tuple(dict.fromkeys((*languages, "en")))  # English words stand among those of any language
        self.asked = languages
        self.terms = found

    def reading(self, text: str) -> Reading:
        """Return the question with its mistyped words replaced or guessed."""
        unknown = [match for match in _WORD.finditer(text) if self._is_unknown(match[0])]
        if not unknown or len(unknown) > min(_AT_MOST, max(1, len(text.split()) // 2)):
            return Reading(text, tuple(self.terms), self.asked)
        corrected, guesses = text, dict[str, float]()
        for match in reversed(unknown):
            meant = self._meant(match[0])
            if len(meant) == 1 and not _may_be_a_name(match, meant[0]):
                right = _in_case_of(match[0], meant[0].spellings[0])
                corrected = f"{corrected[: match.start()]}{right}{corrected[match.end() :]}"
            else:
                guesses |= {candidate.term: _GUESS for candidate in meant}
        found = dict.fromkeys(terms_in(corrected, self.asked, self._is_held))
        shares = {term: share for term, share in guesses.items() if term not in found}
        return Reading(corrected, tuple(found | guesses), self.asked, shares)

    def _is_unknown(self, word: str) -> bool:
        ways = [asked_terms(word, language) for language in self.languages]
        if word[1:].isupper() or any(len(way) != 1 or self._is_held(way[0]) for way in ways):
            return False
        return not self.known([word])[0]

    def _meant(self, written: str) -> list[Meant]:
        """Return the words that may be meant: none, the one that is, or several that are about as likely."""
        word = folded(written)
        near = self._near(word, 1)
        candidates = self._looked_at(word, self._once(word, near))
        if not candidates and len(word) >= _LONG:
            candidates = self._looked_at(word, self._twice(word))
        floor = next(floor for letters, floor in _FLOORS if len(word) >= letters)
        if not candidates or candidates[0].likely < floor:
            return []
        return [candidate for candidate in candidates if candidate.likely > candidates[0].likely - _MARGIN]

    def _near(self, word: str, edits: int) -> set[str]:
        """Return the terms that hold at most so many kinds of letters which `word` does not hold."""
        letters, strange = set(word), edits if word.isascii() else 2 * edits
        longest = len(word) + edits
        likely = [
            segment.postings.words.likely(word, strange, longest * (1 if word.isascii() else 4))
            for _, segment in self.generation.parted()
        ]
        return {
            term
            for term in set(chain.from_iterable(likely))
            if _SHORTEST <= len(term) <= longest and len(set(term) - letters) <= edits and term.isalpha()
        }

    def _once(self, word: str, near: set[str]) -> Iterator[Meant]:
        """Yield the words that are one edit away."""
        alphabet = {*word, *(string.ascii_lowercase if word.isascii() else "".join(near))}
        spellings = sorted(edited(word, "".join(sorted(alphabet))))
        found: dict[str, list[str]] = {}
        for stemmed in [spellings, *(stems(spellings, language) for language in self.languages)]:
            for spelling, term in zip(spellings, stemmed, strict=True):
                if term in near and spelling not in found.setdefault(term, []):
                    found[term].append(spelling)
        for term, spelt in found.items():
            yield from self._weighed(word, term, tuple(spelt), 1)

    def _twice(self, word: str) -> Iterator[Meant]:
        """Yield the words whose stem is two edits away, and which stand together with the rest of the question.

        What only goes on in another way, as defector and defected do, is another word and no mistake.
        """
        near = sorted(term for term in self._near(word, 2) if term[0] == word[0] and not word.startswith(term))
        stemmed = [stems([word], language)[0] for language in self.languages]
        apart = np.min([distances(stem, near) for stem in stemmed], axis=0)
        for term, distance in zip(near, apart.tolist(), strict=True):
            if distance <= 2:
                yield from (it for it in self._weighed(word, term, (), 2) if self._company(it.rows) >= _TWICE)

    def _weighed(self, word: str, term: str, spellings: tuple[str, ...], edits: int) -> Iterator[Meant]:
        rows = rows_of(term, self.generation, self.visible)
        if len(rows):
            likely = _COMMON * float(np.log(len(rows))) + _TOGETHER * self._company(rows)
            yield Meant(term, spellings, edits, rows, likely + _SAME_FIRST * (term[0] == word[0]))

    def _looked_at(self, word: str, candidates: Iterator[Meant]) -> list[Meant]:
        """Return the likeliest candidates that are words, each with its likeliest spelling, best first."""
        ordered = sorted(candidates, key=lambda it: (-it.likely, it.term))[:_LOOKED_AT]
        spelt = ((candidate, self._spelling(word, candidate)) for candidate in ordered)
        return [Meant(it.term, (right,), it.edits, it.rows, it.likely) for it, right in spelt if right]

    def _spelling(self, word: str, candidate: Meant) -> str | None:
        """Return how a candidate is spelt: as a word that the model knows, or as a visible passage spells it."""
        spellings = candidate.spellings
        right = [it for it, known in zip(spellings, self.known(list(spellings)), strict=True) if known]
        if right:
            return max(right, key=lambda it: it[0] == word[0])
        seen = self._seen(candidate)
        near = distances(word, [folded(it) for it in seen]).tolist()
        best = min(zip(near, seen, strict=True), default=(candidate.edits + 1, ""))
        if best[0] <= candidate.edits:
            return best[1]
        return candidate.term if not seen and candidate.term in spellings else None  # it may stand in titles only

    def _seen(self, candidate: Meant) -> list[str]:
        """Return the words of that term in the passages where it most likely stands."""
        best = candidate.rows[np.argsort(-self._others[candidate.rows], kind="stable")[:_SAMPLED]]
        passages = [self.generation.passage(int(row)) for row in best]
        seen = {(it, passage.language) for passage in passages for it in _SEEN_WORD.findall(normalised(passage.text))}
        return sorted({word for word, language in seen if candidate.term in terms(word, language)})

    def _company(self, rows: Rows) -> float:
        """Return which share of what the other words are worth is held by one of the rows."""
        return float(self._others[rows].max()) / self._worth if self._worth else 0.0

    @cached_property
    def _held(self) -> dict[str, tuple[Rows, float]]:
        """The visible rows of the question's terms, and what each term is worth."""
        rows = {term: rows_of(term, self.generation, self.visible) for term in self.terms}
        total = self.visible.count
        return {term: (it, inverse_frequency(len(it), total)) for term, it in rows.items() if len(it)}

    @cached_property
    def _worth(self) -> float:
        return sum(worth for _, worth in self._held.values())

    @cached_property
    def _others(self) -> Scores:
        """What the question's terms in each row are worth."""
        scores = np.zeros(len(self.visible.rows))
        for rows, worth in self._held.values():
            if len(rows) <= _FREQUENT:
                scores[rows] += worth
        return scores


def _may_be_a_name(match: re.Match[str], meant: Meant) -> bool:
    """Tell whether a word may be a name of its own: one that differs from the other in a letter, and not by a slip."""
    word, right = match[0], meant.spellings[0]
    inside = match.start() > 0 and word[0].isupper() and len(word) < _LONG
    return inside and len(word) == len(right) and sorted(folded(word)) != sorted(folded(right))


def _in_case_of(written: str, right: str) -> str:
    """Return a word with capitals where the asker puts them."""
    if written.islower():
        return right.lower()
    return right[:1].upper() + right[1:] if written[0].isupper() else right
