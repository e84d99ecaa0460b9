"""What is asked for literally: codes, and phrases in quotation marks.

They are looked for letter by letter, where words are looked for by their stems and by what they mean. A passage that
holds one comes first, whatever the ranking makes of it; where no passage holds one, the documents do not answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

import numpy as np

from briefbot.corpus.language import language_of
from briefbot.search.analysis import asked_terms
from briefbot.search.languages import asked_languages
from briefbot.search.spelling import PASTED, rows_of
from briefbot.wording import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from briefbot.index.generation import Generation, Visible
    from briefbot.index.vectors import Mask, Rows
    from briefbot.search.ranking import Ranked

_HINT = re.compile("[0-9_\"'«»‹›„“”‘’‚]")  # what every code and every quotation holds one of
_QUOTED = re.compile(r"[\"“”„]([^\"“”„]+)[\"“”„]|[«»]([^«»]+)[«»]|[‹›]([^‹›]+)[‹›]|(?<!\w)['‘‚]([^'‘’‚]+)['’‘](?!\w)")
_TOKEN = re.compile(r"\w+(?:[-./:]\w+)*")
_PIECE = re.compile(r"[^\W\d_]+|\d+")
_MIXED = re.compile(r"(?=\w*[^\W\d_])(?=\w*\d)\w+")
_QUANTITY = re.compile(r"\d[\d.,:]*[^\W\d_]{1,3}")  # 5th, 10am, 1990s, 500MB
_DOTTED = re.compile(r"\d+(?:\.\d+){2,}")  # versions and addresses
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4}\.\d{1,2}\.\d{1,2}")
_FEW, _SHARE = 10, 0.01  # passages; what more of them hold, and a greater share, is no more than a word among others
_READ = 48  # passages that are read to see whether they hold something
_CODES = 64  # of a pasted text
_WHOLE = 1_000  # characters that are embedded as they are; models read little more
_ENDS, _AROUND = 200, 120  # characters that are embedded at the ends of a longer text, and around what was found
_UNSPACED = "\u0e00"  # scripts from here on put no spaces between words, or join words to others


@dataclass(frozen=True, slots=True)
class Literal:
    """Something to be found literally, and whether it stood in quotation marks."""

    text: str
    quoted: bool

    @property
    def is_phrase(self) -> bool:
        """Tell whether it is several words in quotation marks."""
        return self.quoted and any(map(str.isspace, self.text))


@dataclass(frozen=True, slots=True)
class Findings:
    """What became of a question's literals.

    `worth` tells for each row that holds rare ones what these are worth together; `found` are these. `missing` are
    those that no passage holds, unless the question is a pasted text.
    """

    worth: Mapping[int, float]
    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def decided(self, confidence: float, row: int, threshold: float) -> float:
        """Return how sure it is that the passage in that row answers, where otherwise it would be `confidence`."""
        if self.missing:
            return min(confidence, threshold / 2)
        return max(confidence, threshold) if row in self.worth else confidence


NOTHING = Findings({})


def literals(text: str) -> tuple[Literal, ...]:
    """Return what a question asks for literally, in order: phrases in quotation marks, then codes outside of them."""
    if not _HINT.search(text):
        return ()
    quoted = [Literal(phrase, quoted=True) for phrase in _phrases(text)]
    codes = [Literal(code, quoted=False) for code in _TOKEN.findall(_QUOTED.sub(" ", text)) if is_code(code)]
    return tuple(dict.fromkeys(quoted + codes))


def _phrases(text: str) -> Iterator[str]:
    for match in _QUOTED.finditer(text):
        phrase = next(filter(None, match.groups())).strip().removesuffix("'s")
        if any(map(str.isalnum, phrase)):
            yield phrase


def is_code(token: str) -> bool:
    """Tell whether a token is a code: an error's, a part's, a version; a number, a date, a quantity is none.

    Letters with a digit are (E4304, v2.4.1, 0x7ffd), capitals joined to a number (ISO-9001), three numbers with dots,
    and words with an underscore between them (ERR_RESET).
    """
    if _DOTTED.fullmatch(token):
        return not _DATE.fullmatch(token)
    if re.search(r"[^\W_]_+[^\W_]", token):
        return True
    pieces = re.split(r"[-./:]", token)
    if any(_MIXED.fullmatch(piece) and not _QUANTITY.fullmatch(piece) for piece in pieces):
        return True
    capitals = any(piece.isalpha() and piece.isupper() for piece in pieces)
    return capitals and any(piece.isdigit() for piece in pieces)


def pattern_of(literal: Literal) -> re.Pattern[str]:
    """Return what finds a literal in a folded text, as a whole.

    Between letters and digits of a code a mark may stand or not, so that E-23 is E23; between the words of a phrase,
    any marks may.
    """
    pieces = _PIECE.findall(folded(literal.text))
    joints = ["", *(_joint(before, after, literal.quoted) for before, after in pairwise(pieces))]
    inner = "".join(joint + re.escape(piece) for joint, piece in zip(joints, pieces, strict=True))
    before = r"(?<![^\W_])(?<!\d\.)" if pieces[0][0] < _UNSPACED else ""
    after = r"(?![^\W_]|\.\d)" if pieces[-1][-1] < _UNSPACED else ""
    return re.compile(f"{before}{inner}{after}")


def _joint(before: str, after: str, quoted: bool) -> str:
    alike = before[-1].isdigit() == after[0].isdigit()
    if quoted:
        return r"[\W_]+" if alike else r"[\W_]*"
    return r"[\W_]" if alike else r"[\W_]?"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The passages that literals are looked for in: those that are allowed, among all that are visible."""

    generation: Generation
    visible: Visible
    allowed: Mask

    def holding(self, literal: Literal, languages: Sequence[str | None], first: Rows) -> Rows | None:
        """Return the rows that hold a literal, or None where that is not known, or says nothing because many do.

        Where many may hold it, only some are read: those in `first`, then others.
        """
        if not literal.quoted and self._is_common(len(rows_of(folded(literal.text), self.generation, self.visible))):
            return None
        may = self._that_may(literal, languages)
        rows = np.concatenate([first[np.isin(first, may)], may[~np.isin(may, first)]])[:_READ]
        pattern = pattern_of(literal)
        held = np.array([row for row in rows.tolist() if self._holds(row, pattern)], np.int64)
        if len(held) == 0:
            return None if len(may) > len(rows) else held
        common = not literal.is_phrase and self._is_common(len(held) * len(may) / len(rows))
        return None if common else held

    def _is_common(self, count: float) -> bool:
        return count > max(_FEW, _SHARE * self.visible.count)

    def _that_may(self, literal: Literal, languages: Sequence[str | None]) -> Rows:
        """Return the rows that hold all terms of a literal, by the rules of one of the languages."""
        pieces = _PIECE.findall(folded(literal.text))
        ways = {frozenset(asked_terms(literal.text, language)) for language in languages}
        if not literal.quoted:
            ways |= {frozenset(pieces), frozenset(["".join(pieces)])}
        found = [self._with_all(sorted(way)) for way in sorted(ways, key=sorted) if way]
        rows = np.array(sorted({row for some in found for row in some.tolist()}), np.int64)
        return rows[self.allowed[rows]]

    def _with_all(self, wanted: Sequence[str]) -> Rows:
        held = sorted((rows_of(term, self.generation, self.visible) for term in wanted), key=len)
        rows = held[0]
        for others in held[1:]:
            if len(rows) == 0:
                break
            rows = rows[others[np.minimum(others.searchsorted(rows), len(others) - 1)] == rows]
        return rows

    def _holds(self, row: int, pattern: re.Pattern[str]) -> bool:
        passage = self.generation.passage(row)
        places = (passage.text, *passage.heading, passage.header or "")
        if any(pattern.search(folded(place)) for place in places):
            return True
        return bool(pattern.search(folded(self.generation.title(passage.document))))


def look_up(text: str, shelf: Shelf, first: Rows) -> Findings:
    """Return where what a question asks for literally stands; `first` are rows that are looked at before others."""
    asked = literals(text)
    if not asked:
        return NOTHING
    pasted = len(text) > PASTED
    if pasted:
        asked = tuple(islice((it for it in asked if it.is_phrase or not it.quoted), _CODES))
    worth, languages = dict[int, float](), asked_languages(text, shelf.generation, shelf.visible)
    found: list[str] = []
    missing: list[str] = []
    for literal in asked:
        own = language_of(literal.text) if literal.is_phrase else None
        rows = shelf.holding(literal, (*languages, own, "en"), first)
        if rows is None or (len(rows) == 0 and pasted):
            continue
        (found if len(rows) else missing).append(literal.text)
        gain = float(np.log1p(shelf.visible.count / max(1, len(rows))))
        worth |= {row: worth.get(row, 0.0) + gain for row in rows.tolist()}
    return Findings(worth, tuple(found), tuple(missing))


def is_long(text: str) -> bool:
    """Tell whether a question is longer than what is embedded as it is."""
    return len(text) > _WHOLE


def gist(text: str, found: Sequence[str]) -> str:
    """Return what of a question is embedded: all of it, or of a pasted text its ends and what surrounds the found."""
    if not is_long(text):
        return text
    places = [(0, _ENDS), (len(text) - _ENDS, len(text))]
    for words in found:
        start = text.find(words)
        spans = sorted([*places, (max(0, start - _AROUND), start + len(words) + _AROUND)])
        if len(_joined(text, spans)) > _WHOLE:
            break
        places = spans
    return _joined(text, places)


def _joined(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return what stands in the spans, in their order, each character once."""
    parts, done = [], 0
    for start, end in spans:
        parts.append(text[max(start, done) : end])
        done = max(done, end)
    return " ".join(filter(None, parts))


def lifted(ranked: Ranked, findings: Findings) -> Ranked:
    """Return the hits with those in front that hold what was asked for literally, the most of it first."""
    if not findings.worth:
        return ranked
    hits = ranked.hits
    ranked_rows = set(hits.rows.tolist())
    outside = np.array([row for row in findings.worth if row not in ranked_rows], np.int64)
    rows = np.concatenate([hits.rows, outside])
    worth = np.array([findings.worth.get(row, 0.0) for row in rows.tolist()])
    order = np.argsort(-worth, kind="stable")
    scores = np.concatenate([hits.scores, np.zeros(len(outside))])
    scores[worth > 0] = scores.max(initial=0.0)  # they stand above all others
    unknown = np.full(len(outside), np.nan)
    features = {name: np.concatenate([them, unknown])[order] for name, them in hits.features.items()}
    return replace(ranked, hits=replace(hits, rows=rows[order], scores=scores[order], features=features))
