"""The whole names in a document, and what it tells of whom "he" and "she" may stand for.

Names are words with capitals that stand together; titles and descriptions in front of them are no part of them. Gender
is told by titles, by common given names and by the pronouns that follow a name; where none of them does, it is unknown.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal

from briefbot.quotes.spellings import speaker_key
from briefbot.quotes.tokens import PARTY
from briefbot.wording import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from briefbot.quotes.words import Words

Gender = Literal["masculine", "feminine"]

_PARTICLES = ("de", "da", "di", "del", "der", "den", "von", "van", "bin", "ibn", "al", "el", "la", "le")
_CAPITAL = r"(?:[^\W\d_a-zа-яäöüßñç]\.|(?=[^\W\d_])[^\W\d_a-zа-яäöüßñç][\w’'‐‑-]*\w)"
_NAME = re.compile(rf"(?<![\w.]){_CAPITAL}(?:[^\S\n]+(?:(?:{'|'.join(_PARTICLES)})[^\S\n]+){{0,2}}{_CAPITAL}){{1,4}}")
_POSSESSIVE = re.compile(r"['’]s?$")
_OFFICE_BEFORE = re.compile(r"\b(\w+)[^\S\n]of[^\S\n](?:the[^\S\n])?$")
_LONGEST_OFFICE = 40  # characters
_NAMESAKES = 50
_UNSPACED_FROM = "\u2e80"


@dataclass(frozen=True, slots=True)
class Person:
    """A whole name as the document writes it first, with where it stands."""

    name: str
    words: tuple[str, ...]
    places: tuple[int, ...]
    gender: Gender | None


class Cast:
    """The whole names of a document. `common` holds the words that it writes small."""

    def __init__(self, text: str, words: Words, common: frozenset[str]) -> None:
        self._common, self._words = common, words
        found: dict[str, list[tuple[str, int]]] = {}
        self._titled: dict[str, Gender] = {}
        for match in _title_pattern(words.titles_masculine | words.titles_feminine).finditer(text):
            told = _titled(match.group(1).lower(), words)
            if told:
                self._titled.setdefault(folded(match.group(2)), told)
        for match in _NAME.finditer(text):
            self._note(match, found)
        self._speaking: frozenset[str] = frozenset()
        self._followed = _followed(text, words)
        self._by_word: dict[str, list[Person]] = {}
        for key, spellings in found.items():
            parts = tuple(key.split())
            person = Person(spellings[0][0], parts, tuple(place for _, place in spellings), _given(parts))
            for word in dict.fromkeys((parts[-1], parts[0])):
                self._by_word.setdefault(word, []).append(person)

    def _note(self, match: re.Match[str], found: dict[str, list[tuple[str, int]]]) -> None:
        """Add a name that stands in the text to those found, and keep what its title tells."""
        written = match.group().split()
        while written and written[0].lower() in self._words.not_names and written[0] != "New":
            written = written[1:]
        written = written[: _end_of_name(written, self._words)]
        office = _OFFICE_BEFORE.search(match.string, max(0, match.start() - _LONGEST_OFFICE), match.start())
        if office:
            written = _after_office([office.group(1), "of", *written], self._words) or written
        written = written[_headline_words(written, self._words) :]
        bare, gender = bare_name(written, self._words) if written else ([], None)
        key = speaker_key(" ".join(bare))
        if gender and key:
            self._titled.setdefault(key.split()[-1], gender)
        if " " in key and bare[-1].lower() not in self._words.not_names:
            found.setdefault(key, []).append((" ".join(bare), match.start()))

    def whole(self, name: str) -> str:
        """Return the whole name that a name stands for: itself, unless the document has a longer one.

        Of several, the one that stands there most often, and then the one that came first, has the surname for itself.
        """
        written = name.split()
        bare, gender = bare_name(written[_headline_words(written, self._words) :], self._words)
        key = speaker_key(" ".join(bare)).split()
        fitting = self._fitting(key, gender) if key else []
        called = [one for one in fitting if one.words[-1] == key[-1]] or [one for one in fitting if self._leads(one)]
        if not called:
            return " ".join(bare)
        return max(called, key=lambda one: (len(one.places), -one.places[0])).name

    def note_speakers(self, names: Iterable[str]) -> None:
        """Keep the names of those who say something in the document, as it writes them."""
        self._speaking = frozenset(map(self.whole, names))

    def _fitting(self, key: Sequence[str], gender: Gender | None) -> list[Person]:
        """Return who may be meant by the words of a name."""
        fitting = []
        for person in self._by_word.get(key[-1], ())[:_NAMESAKES]:
            left = iter(person.words)
            if all(word in left for word in key) and (not gender or person.gender in (gender, None)):
                fitting.append(person)
        return fitting

    def _leads(self, person: Person) -> bool:
        """Tell whether a name may be called by its first word: Kim Jong Un may, Trump Tower may not."""
        last = person.words[-1]
        ordinary = self._common | self._words.people | self._words.not_names
        return "-" not in person.name.split()[0] and last not in ordinary

    def is_person(self, whole: str) -> bool:
        """Tell whether a name may be a person's: a college's may not, nor a word alone that never says anything."""
        words = tuple(map(folded, whole.split()))
        if _given(words) is not None or not self._titled.keys().isdisjoint(words[-1:]):
            return words[-1] not in self._words.bodies
        if whole.isascii() and whole.isupper():
            return False  # an abbreviation, or a headline
        ordinary = self._words.bodies | self._common
        return self.speaks(whole) if len(words) < 2 else words[-1] not in ordinary

    def speaks(self, whole: str) -> bool:
        """Tell whether somebody of that name is known to have said something."""
        return whole in self._speaking

    def gender(self, whole: str) -> Gender | None:
        """Return the gender that given name, title and pronouns tell of a name, in this order."""
        words = speaker_key(whole).split()
        if not words:
            return None
        given = _given(words) if len(words) > 1 else None
        return given or self._titled.get(words[-1]) or self._followed.get(words[-1])


def _end_of_name(written: Sequence[str], words: Words) -> int:
    """Return how many words belong to a name: up to a possessor, and not the verb of a headline ("Holt Says")."""
    for at, word in enumerate(written):
        if _POSSESSIVE.search(word):
            return at + 1
        if at and word.lower() in words.cues and written[at - 1] != "United":
            return at
    return len(written)


def bare_name(written: Sequence[str], words: Words) -> tuple[list[str], Gender | None]:
    """Return the words of a name without titles, descriptions and brackets, and the gender that these tell."""
    if len(written) == 1 and written[0][:1] >= _UNSPACED_FROM:
        return [_without_role(written[0], words)], None
    gender: Gender | None = None
    kept: list[str] = []
    for at, word in enumerate(written):
        if "of" in written[at + 1 : at + 2] and word[0].isupper():
            named = _after_office(written[at:], words)
            return bare_name(named, words) if named else (list(written[at:]), None)  # Department of Transport
        if word.startswith("(") or PARTY.match(word):
            break
        plain = word.strip(",;:").lower()
        gender = _titled(plain, words) or gender
        if _is_description(word, plain, words):
            kept = []
        else:
            kept.append(_POSSESSIVE.sub("", word.strip(",;:")))
    return kept or [word.strip(",;:") for word in written], gender


def _after_office(written: Sequence[str], words: Words) -> list[str]:
    """Return the name that stands after an office: "Secretary of State Jon Husted"; nothing where there is none."""
    if written[0].lower() not in words.all_titles | words.people:
        return []
    masculine, feminine = _given_names()
    starts = (at for at in range(3, len(written) - 1) if folded(written[at]) in masculine | feminine)
    first = next(starts, len(written))
    return list(written[first:]) if folded(written[-1]) not in words.bodies else []


def _headline_words(written: Sequence[str], words: Words) -> int:
    """Return how many words of a headline stand before the name in it: "Daily Paper Attacks Jon Husted"."""
    masculine, feminine = _given_names()
    first = next((at for at, word in enumerate(written[:-1]) if folded(word) in masculine | feminine), 0)
    return first if first > 1 and folded(written[-1]) not in words.bodies else 0


def pronoun_gender(pronoun: str, words: Words) -> Gender | None:
    """Return whom a pronoun stands for; None where it stands for either, for several or for things."""
    if pronoun in words.feminine and pronoun not in words.masculine:
        return "feminine"  # German "sie" is more often one woman than several people where somebody is quoted
    if pronoun in words.masculine and pronoun not in words.feminine | words.plural:
        return "masculine"
    return None


@cache
def _title_pattern(titles: frozenset[str]) -> re.Pattern[str]:
    """Return what finds a title that tells a gender, right before a surname."""
    listed = "|".join(re.escape(title.rstrip(".")) for title in sorted(titles))
    return re.compile(rf"\b((?i:{listed}))\.?[^\S\n]+([^\W\d_a-z][\w’'-]*\w)")


@cache
def _pronoun_pattern(pronouns: frozenset[str]) -> re.Pattern[str]:
    """Return what finds a name and the first pronoun after it in its sentence, unless another name comes before."""
    listed = "|".join(map(re.escape, sorted(pronouns)))
    name = r"\b([^\W\d_a-z][\w’'-]*\w)(?:['’]s)?\b"
    return re.compile(rf"{name}[^.!?“”\"A-ZА-Я]{{1,60}}?\b({listed})\b")


def _titled(plain: str, words: Words) -> Gender | None:
    if plain in words.titles_masculine:
        return "masculine"
    return "feminine" if plain in words.titles_feminine else None


def _without_role(name: str, words: Words) -> str:
    """Return a Chinese name without the office that stands before it."""
    ends = (name.rfind(role) + len(role) for role in words.people | words.all_titles if role in name)
    return name[max(ends, default=0) :] or name


def _is_description(word: str, plain: str, words: Words) -> bool:
    listed = plain in words.all_titles or plain in words.people or plain in words.articles
    return listed or (word[0].islower() and plain not in _PARTICLES)


def _followed(text: str, words: Words) -> dict[str, Gender]:
    """Return the gender that the pronouns right after names tell, where they agree two to one."""
    votes: dict[str, Counter[Gender]] = {}
    for match in _pronoun_pattern(words.masculine | words.feminine).finditer(text):
        gender = pronoun_gender(match.group(2).lower(), words)
        if gender and not match.group(1).endswith("ly"):
            votes.setdefault(folded(match.group(1)), Counter())[gender] += 1
    told: dict[str, Gender] = {}
    for name, counts in votes.items():
        (gender, most), *rest = counts.most_common()
        if most >= 2 * sum(count for _, count in rest):
            told[name] = gender
    return told


def _given(words: Sequence[str]) -> Gender | None:
    """Return the gender of the first given name that is a common one; None where it is common for both."""
    masculine, feminine = _given_names()
    first = next((word for word in words[:-1] if word in masculine or word in feminine), "")
    if (first in masculine) == (first in feminine):
        return None
    return "masculine" if first in masculine else "feminine"


@cache
def _given_names() -> tuple[frozenset[str], frozenset[str]]:
    file = resources.files("briefbot.quotes").joinpath("languages", "given_names.toml")
    names = tomllib.loads(file.read_text("utf-8"))
    masculine, feminine = (frozenset(map(folded, names[key].split())) for key in ("masculine", "feminine"))
    return masculine, feminine
