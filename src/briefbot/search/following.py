"""Questions that lean on earlier ones: what of a conversation is carried over into a question, and when.

A question leans where a word such as "he" stands in it before anything that it could stand for, or where its own words
are worth little. That is told by small lists of words (`following.toml`) and by how rare words are in the visible
passages. Then the rarest words of the question before are carried over, and of those before it as long as each leans
itself: behind the question in what is encoded, and as terms that count for a part of their worth. The words of answers
are not, because the passages that were shown would come first again; those are put back. Nothing that is hidden from
the asker counts.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from briefbot.corpus.language import language_of
from briefbot.search.languages import terms_in
from briefbot.search.sources import inverse_frequency
from briefbot.search.spelling import PASTED, Reading, View, rows_of
from briefbot.wording import folded, letters, normalised

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SHARE = 0.4  # of a carried word's worth
_AT_MOST = 3  # words and names are carried over
_LONGEST_NAME = 4  # words
_BACK = 6  # questions are looked at
_WORTH_CARRYING = 0.45  # of what a term is worth that one passage holds
_LITTLE = 1.0  # as much: a question whose words are worth less together leans
_LITTLE_OPENED = 2.0  # and one that begins with "and"
_SAYS_SOMETHING = 0.3  # as much: a word worth less is nothing that another one could stand for
_BEFORE = 2  # words that say something may stand before one that stands for something named earlier

_UNSPACED = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_WORD = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+(?:[-'./:][^\W_{_UNSPACED}]+)*")
_FIRST_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_SHORTENED = re.compile(r"'(?:s|re|ve|ll|d|m)$")
_SENTENCE_END = re.compile(r"[!?]|\.(?=\s)|。")
_SAME = 30  # letters that a passage and an answer have in common at least, to be the same


@dataclass(frozen=True, slots=True)
class Followed:
    """A question as it is read after others; one that is `complete` says enough to be answered as it stands."""

    reading: Reading
    complete: bool


def follow(own: Reading, history: Sequence[str], view: View) -> Followed:
    """Return how a question is read after earlier questions and answers in turn: as it is, or with words of theirs."""
    if not history or len(own.text) > PASTED:
        return Followed(own, complete=True)
    conversation = _Conversation(own, history, view)
    carried = ", ".join(conversation.carried())
    if not carried:
        return Followed(own, complete=True)
    found = terms_in(carried, own.languages, view.holds)
    new = {term: SHARE for term in found if term not in own.terms}
    reading = Reading(f"{own.text} ({carried})", (*own.terms, *new), own.languages, {**own.shares, **new})
    return Followed(reading, complete=conversation.worth(own.text) >= _LITTLE)


def was_said(passage: str, answers: Sequence[str]) -> bool:
    """Tell whether a passage is, holds or stands in one of some answers; small differences of writing do not count."""
    said = letters(passage)
    return any(
        len(min(said, answer, key=len)) >= _SAME and (answer in said or said in answer)
        for answer in map(letters, answers)
    )


@dataclass(frozen=True, slots=True)
class _Word:
    """A word where it stands, whether it stands for something named before, its terms, and what it is worth.

    What a word is worth is told in parts of what a term is worth that one passage holds; small words are worth nothing.
    """

    text: str
    start: int
    refers: bool
    terms: tuple[str, ...]
    worth: float

    @property
    def end(self) -> int:
        """Where the word ends."""
        return self.start + len(self.text)


class _Conversation:
    """One question after others, against the visible passages."""

    def __init__(self, own: Reading, history: Sequence[str], view: View) -> None:
        self._view, self._own = view, own
        self._questions, self._asked_back = _turns(history)
        language = language_of(" ".join([own.text, *self._questions[:3]])) or "en"  # one says too little
        self._small = _small_words().get(language) or _small_words()["en"]
        self._most = inverse_frequency(1, view.visible.count)
        self._known: dict[str, float] = {}
        self._read: dict[str, list[_Word]] = {}

    def carried(self) -> list[str]:
        """Return the phrases that are carried over: of the question before, and on as long as these lean as well."""
        if not self.leans(self._own.text):
            return []
        phrases, taken, room = list[str](), set(self._own.terms), _AT_MOST
        for text in self._leant_on():
            chosen = self._rarest(text, taken, room)
            phrases += _phrases(text, chosen)
            taken.update(term for name in chosen for word in name for term in word.terms)
            room -= len(chosen)
            if not room:
                break
        return phrases

    def leans(self, text: str) -> bool:
        """Tell whether a question depends on what was said before."""
        if self.worth(text) < (_LITTLE_OPENED if self._small.opening.match(folded(text)) else _LITTLE):
            return True
        ends = [match.start() for match in _SENTENCE_END.finditer(text)]
        return any(map(_refers_back, _by_sentence(self._words(text), ends)))

    def worth(self, text: str) -> float:
        """Return what the words of a question are worth together."""
        return sum({word.terms: word.worth for word in self._words(text)}.values())

    def _leant_on(self) -> Iterator[str]:
        """Yield what is carried over from, the nearest first."""
        if self._asked_back and not self.worth(self._own.text):  # "yes", or "the first one"
            yield self._asked_back
        for text in self._questions:
            yield text
            if not self.leans(text):
                return

    def _rarest(self, text: str, taken: set[str], room: int) -> list[list[_Word]]:
        """Return the rarest words and names that visible passages hold and that are not taken, in their order."""
        fresh = {
            word.terms: word
            for word in reversed(self._words(text))
            if word.terms and not taken.intersection(word.terms) and self._is_held(word)
        }
        names = (name for name in _names(text, list(fresh.values())[::-1]) if _worth_of(name) >= _WORTH_CARRYING)
        rarest = sorted(names, key=lambda name: -_worth_of(name))[:room]
        return sorted(rarest, key=lambda name: name[0].start)

    def _words(self, text: str) -> list[_Word]:
        if text not in self._read:
            self._read[text] = list(self._cut(text))
        return self._read[text]

    def _cut(self, text: str) -> Iterator[_Word]:
        small = self._small
        for start, word in _cut(text, small):
            plain = folded(word)
            bare = _SHORTENED.sub("", plain)
            refers = plain in small.back or bare in small.back
            if refers or plain in small.light or bare in small.light:
                yield _Word(word, start, refers, (), 0.0)
            elif found := terms_in(word, self._own.languages, self._view.holds):
                yield _Word(word, start, False, found, min(1.0, max(map(self._worth, found))))

    def _worth(self, term: str) -> float:
        if term not in self._known:
            count = len(rows_of(term, self._view.generation, self._view.visible))
            self._known[term] = inverse_frequency(count, self._view.visible.count) / self._most
        return self._known[term]

    def _is_held(self, word: _Word) -> bool:
        return any(map(self._view.holds, word.terms))


def _turns(history: Sequence[str]) -> tuple[list[str], str]:
    """Return the earlier questions, the last one first, and what the asker was asked back, if anything.

    Where all answers are questions, they are none: somebody keeps only what was asked.
    """
    only_asked = len(history) > 2 and all(_is_question(text) for text in history[1::2])
    asked = history if only_asked else history[::2]
    last = history[-1] if len(history) % 2 == 0 and not only_asked else ""
    back = _SENTENCE_END.split(normalised(last[-PASTED:]).rstrip("?"))[-1] if _is_question(last) else ""
    return [normalised(text[:PASTED]) for text in reversed(asked[-_BACK:])], back


def _is_question(text: str) -> bool:
    return text.rstrip().endswith(("?", "？"))


def _by_sentence(words: Sequence[_Word], ends: Sequence[int]) -> Iterator[list[_Word]]:
    for start, end in pairwise([-1, *ends, math.inf]):
        yield [word for word in words if start < word.start < end]


def _refers_back(sentence: Sequence[_Word]) -> bool:
    """Tell whether a word stands for something before the sentence has said what that could be."""
    said = 0
    for word in sentence:
        if word.refers:
            return True
        said += word.worth >= _SAYS_SOMETHING
        if said > _BEFORE:
            return False
    return False


def _names(text: str, words: Sequence[_Word]) -> list[list[_Word]]:
    """Return the words one by one, but those with capitals that stand side by side together."""
    names: list[list[_Word]] = []
    for word in words:
        name = names[-1] if names else []
        goes_on = 0 < len(name) < _LONGEST_NAME and text[name[-1].end : word.start].isspace()
        if goes_on and name[-1].text[0].isupper() and word.text[0].isupper():
            name.append(word)
        else:
            names.append([word])
    return names


def _worth_of(name: Sequence[_Word]) -> float:
    return max(word.worth for word in name)


def _phrases(text: str, names: Sequence[Sequence[_Word]]) -> list[str]:
    """Return the words as the text has them, those that stand side by side as one."""
    spans: list[tuple[int, int]] = []
    for name in names:
        beside = bool(spans) and text[spans[-1][1] : name[0].start].isspace()
        spans.append((spans.pop()[0] if beside else name[0].start, name[-1].end))
    return [_SHORTENED.sub("", text[start:end]) for start, end in spans]


@dataclass(frozen=True, slots=True)
class _SmallWords:
    """The small words of a language; `opening` finds what goes on with the question before, `apart` cuts at them."""

    back: frozenset[str]
    light: frozenset[str]
    opening: re.Pattern[str]
    apart: re.Pattern[str]


@cache
def _small_words() -> Mapping[str, _SmallWords]:
    """Return the small words by language."""
    text = resources.files("briefbot.search").joinpath("following.toml").read_text("utf-8")
    return {language: _made(lists) for language, lists in tomllib.loads(text).items()}


def _made(lists: Mapping[str, Any]) -> _SmallWords:
    back, light = (frozenset(map(folded, lists[name].split())) for name in ("back", "light"))
    light |= frozenset(chain.from_iterable(folded(words).split() for words in lists["openings"]))
    openings = "|".join(re.escape(folded(words)) for words in lists["openings"])
    unspaced = sorted(filter(_FIRST_UNSPACED.match, back | light), key=len, reverse=True)
    apart = "|".join(unspaced) or "(?!)"
    return _SmallWords(back, light, re.compile(rf"\W*(?:{openings})(?:\b|(?=[{_UNSPACED}]))"), re.compile(f"({apart})"))


def _cut(text: str, small: _SmallWords) -> Iterator[tuple[int, str]]:
    """Yield the words of a text with where they start; a script without spaces is cut at its small words."""
    for match in _WORD.finditer(text):
        if not _FIRST_UNSPACED.match(match[0]):
            yield match.start(), match[0]
            continue
        start = match.start()
        for piece in small.apart.split(match[0]):
            if piece:
                yield start, piece
            start += len(piece)
