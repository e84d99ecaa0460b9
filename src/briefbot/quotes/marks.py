"""Finds what stands between quotation marks: which mark opens, which closes, and how they nest.

Marks are told from apostrophes, feet, inches and minutes by what stands beside them, and paired paragraph by paragraph
with a stack of bounded depth, so that the time grows with the text and not with what a hostile text nests. Whether the
words between marks were said by anybody is not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from briefbot.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DEEPEST = 8  # marks within marks; what opens beyond is text like any other

_MARK = re.compile(r"(?<!`)``(?!`)|''|[\"“”„‟«»‹›‘’‚‛'「」『』＂〝〞〟]")
_FEET = re.compile(r"\d['’]\s?\d{1,2}\"")
_CODE = re.compile(r"(?<!`)(?:`[^`\n]{1,200}`|``(?:(?!'')[^`\n]){1,200}``)(?!`)")
_ELIDED = re.compile(r"(?:em|n|til|tis|twas|cause|bout|round|cuz|nuff|s|\d\ds?)\b", re.IGNORECASE)
_CLOSERS = {
    "“": "”\"“〞", "”": "”\"", '"': "\"”", "„": "“”\"‟", "‟": "”", "«": "»", "»": "«»", "‹": "›", "›": "‹›",
    "‘": "’'", "‚": "‘’'", "'": "'’", "’": "’", "「": "」", "『": "』", "〝": "〞〟",
}  # fmt: skip
_OPENERS = frozenset("“„«‹‘‚「『〝‟‛")
_BOTH = frozenset("\"”»›'’")  # open in some languages, or in all, and close in others
_SINGLE = frozenset("'‘’‚‛")
_STRONG_END = frozenset(".,!?…;。！？，—-")
_BEFORE_OPENING = frozenset(" \t\n\r\xa0\u2009\u202f([{<*_/—–-:>=|\u200b\ufeff，。：、；！？（…")
_AFTER_CLOSING = frozenset(" \t\n\r\xa0\u2009\u202f)]}>.,;:!?*_/—–-|…，。：、；！？）")
_ALIKE = {"＂": '"', "''": '"', "``": "“", "‛": "‘", "〟": "〞"}


@dataclass(frozen=True, slots=True)
class Segment:
    """Words between marks. `outer` is the range with the marks, `depth` how many segments it stands in.

    `closed` is False where the paragraph, or what must end it, comes before a closing mark. `continues` says that it
    goes on with the segment that was open at the end of the paragraph before.
    """

    span: Span
    outer: Span
    mark: str
    depth: int
    paragraph: int
    closed: bool
    continues: bool


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    sign: str


@dataclass(slots=True)
class _Open:
    """A mark that has opened; `tentative` is where a single mark closes it unless a better one follows."""

    mark: _Mark
    depth: int
    tentative: _Mark | None = None


@dataclass(slots=True)
class _Pairing:
    """The marks of one paragraph while they are paired."""

    text: str
    whole: Span
    stack: list[_Open] = field(default_factory=list)
    pairs: list[tuple[_Open, _Mark]] = field(default_factory=list)
    stray: _Mark | None = None  # a closing mark that nothing opened and that stands before any other

    def take(self, mark: _Mark) -> None:
        """Open or close with the next mark, or pass it over."""
        before, after = self._beside(mark)
        if _is_inside_word(mark, before, after):
            return
        place = self._closed_by(mark, before, after)
        if place is not None:
            self._close(place, mark, before, after)
        elif self._opens(mark, before, after):
            if len(self.stack) < DEEPEST:
                self.stack.append(_Open(mark, len(self.stack)))
        elif not self.stack and not self.pairs and self.stray is None and mark.sign not in _SINGLE:
            self.stray = mark

    def _beside(self, mark: _Mark) -> tuple[str, str]:
        before = self.text[mark.start - 1] if mark.start > self.whole.start else " "
        after = self.text[mark.end] if mark.end < self.whole.end else " "
        return before, after

    def _closed_by(self, mark: _Mark, before: str, after: str) -> int | None:
        """Return the place on the stack of what `mark` closes, or None where it closes nothing."""
        if before in " \t\xa0([—" and (after.isalnum() or after in "@#$") and mark.sign not in "」』»":
            return None  # it stands as an opening mark does
        if mark.sign in _OPENERS and after.isalnum() and not self._ends_low_quote(mark):
            return None
        for place in range(len(self.stack) - 1, -1, -1):
            if mark.sign in _CLOSERS.get(self.stack[place].mark.sign, ""):
                return None if self._is_measure(mark, before, place) else place
        return None

    def _ends_low_quote(self, mark: _Mark) -> bool:
        return bool(self.stack) and self.stack[-1].mark.sign in "„‚" and mark.sign in "“‘"

    def _is_measure(self, mark: _Mark, before: str, place: int) -> bool:
        """Tell whether the mark stands for inches within a quotation (5'10")."""
        if not before.isdigit() or mark.sign != '"' or mark.end == self.whole.end:
            return False
        return bool(_FEET.search(self.text, max(self.stack[place].mark.end, mark.start - 8), mark.end))

    def _close(self, place: int, mark: _Mark, before: str, after: str) -> None:
        opened = self.stack[place]
        if mark.sign in "'’" and before in "sS" and after == " " and self.text[mark.end + 1 : mark.end + 2].isalpha():
            opened.tentative = mark  # may be a plural's apostrophe (the workers' rights)
            return
        del self.stack[place + 1 :]
        self.stack.pop()
        self.pairs.append((opened, mark))

    def _opens(self, mark: _Mark, before: str, after: str) -> bool:
        if mark.sign in "'‘":
            return _opens_single(self.text, mark, before, after)
        if mark.sign in _OPENERS:
            return True
        if mark.sign not in _BOTH or mark.sign == "’":
            return False
        stands_open = before in _BEFORE_OPENING or before in _OPENERS or before == "'"
        if mark.sign == '"':
            return not before.isdigit() and (stands_open or after not in _AFTER_CLOSING) and bool(after.strip())
        return stands_open and not after.isspace() and after not in _AFTER_CLOSING

    def settle(self) -> None:
        """Close what only a plural's apostrophe could close."""
        kept = []
        for opened in self.stack:
            if opened.tentative:
                self.pairs.append((opened, opened.tentative))
            else:
                kept.append(opened)
        self.stack = kept


def _is_inside_word(mark: _Mark, before: str, after: str) -> bool:
    return mark.sign in "'’‘" and before.isalnum() and after.isalnum() and ord(before) < 0x2E80


def _opens_single(text: str, mark: _Mark, before: str, after: str) -> bool:
    stands_open = before in _BEFORE_OPENING or before in '"“„«'
    if not stands_open and ord(before) < 0x2E80:
        return False
    return (after.isalnum() or after in '@#$([…“"') and not _ELIDED.match(text, mark.end, mark.end + 8)


def segments(text: str, spans: Sequence[Span]) -> tuple[Segment, ...]:
    """Return what stands between marks in the paragraphs `spans` of `text`, in the order of their openings."""
    found: list[Segment] = []
    open_before: str | None = None
    for number, whole in enumerate(spans):
        following = spans[number + 1] if number + 1 < len(spans) else None
        pairing = _paired(text, whole)
        made = list(_of_paragraph(text, number, pairing, open_before, following))
        found.extend(made)
        last = made[-1] if made else None
        open_before = last.mark if last and not last.closed and last.outer.end == whole.end else None
    return tuple(found)


def _paired(text: str, whole: Span) -> _Pairing:
    pairing = _Pairing(text, whole)
    code = [match.span() for match in _CODE.finditer(text, whole.start, whole.end)]
    for match in _outside(_MARK.finditer(text, whole.start, whole.end), code):
        pairing.take(_Mark(*match.span(), _ALIKE.get(match.group(), match.group())))
    pairing.settle()
    return pairing


def _outside(matches: Iterable[re.Match[str]], code: Sequence[tuple[int, int]]) -> Iterator[re.Match[str]]:
    """Yield the marks that do not stand in code within a line."""
    reached = 0
    for match in matches:
        while reached < len(code) and code[reached][1] <= match.start():
            reached += 1
        if reached == len(code) or match.start() < code[reached][0]:
            yield match


def _of_paragraph(
    text: str, number: int, pairing: _Pairing, open_before: str | None, following: Span | None
) -> Iterator[Segment]:
    """Yield the segments of one paragraph in order: pairs, what continues the one before, and what stays open."""
    whole, made = pairing.whole, []
    for opened, closing in pairing.pairs:
        continues = open_before == opened.mark.sign and opened.mark.start == whole.start
        outer = Span(opened.mark.start, closing.end)
        inner = Span(opened.mark.end, closing.start)
        made.append(Segment(inner, outer, opened.mark.sign, opened.depth, number, closed=True, continues=continues))
    if open_before and pairing.stray and text[whole.start].islower():
        outer = Span(whole.start, pairing.stray.end)
        inner = Span(whole.start, pairing.stray.start)
        made.append(Segment(inner, outer, open_before, 0, number, closed=True, continues=True))
    made.extend(_left_open(text, number, pairing, open_before, following))
    made.sort(key=lambda one: (one.outer.start, -one.outer.end))
    yield from (one for one in _nested(made) if len(one.span))


def _left_open(
    text: str, number: int, pairing: _Pairing, open_before: str | None, following: Span | None
) -> Iterator[Segment]:
    """Yield the segment that no mark closes, if there is one: to the paragraph's end or where it must end."""
    whole = pairing.whole
    lasting = [one for one in pairing.stack if one.mark.sign not in _SINGLE or _reopens(text, one, following)]
    if not lasting:
        return
    opened = lasting[0]
    end = whole.end
    if not _reopens(text, opened, following):
        later = [one.mark.start for one in pairing.stack if one.mark.start > opened.mark.start]
        later += [one.mark.start for one, _ in pairing.pairs if one.mark.start > opened.mark.start]
        end = min(later, default=whole.end)
    continues = open_before == opened.mark.sign and opened.mark.start == whole.start
    inner = Span(opened.mark.end, max(end, opened.mark.end))
    outer = Span(opened.mark.start, inner.end)
    yield Segment(inner, outer, opened.mark.sign, opened.depth, number, closed=False, continues=continues)


def _reopens(text: str, opened: _Open, following: Span | None) -> bool:
    return following is not None and text.startswith(opened.mark.sign, following.start)


def _nested(ordered: Sequence[Segment]) -> Iterator[Segment]:
    """Yield the segments with their depth as it came out, and drop what would overlap another by halves."""
    around: list[Segment] = []
    for one in ordered:
        while around and around[-1].outer.end <= one.outer.start:
            around.pop()
        if around and one.outer.end > around[-1].outer.end:
            continue
        yield Segment(one.span, one.outer, one.mark, len(around), one.paragraph, one.closed, one.continues)
        around.append(one)
