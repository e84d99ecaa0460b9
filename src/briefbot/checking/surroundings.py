"""What stands around a place in a document: its sentences, the quotation it is in, and what changes its sense.

A whole sentence is what the readers of a document saw. Words of it that are not quoted may turn those that are, so they
are looked through for negations, conditions and hedges, and so is the clause just before and after. This module
refuses to know how a place was found and what the verdict is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from briefbot.checking.cautions import cautions
from briefbot.checking.folding import places
from briefbot.checking.verdicts import Cause, Caveat
from briefbot.model import Span
from briefbot.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from briefbot.model import Document, Quotation

WITHIN = 1_500  # characters before and after a place in which its sentences are looked for
SHORT_REACH = 80  # characters before and after a sentence in which a short one is looked for
FEW_WORDS = 3  # that may be a name or title within a sentence, though they begin with a capital
SHORT_SENTENCE = 6  # words of a sentence beside a quotation that may take back what it says: "That is not true."

_PARAGRAPH = re.compile(r"(?:\r\n|\r|\n)[^\S\r\n]*(?:\r\n|\r|\n)")
_CLAUSE_END = re.compile(r"[,;:.!?…。，；：！？、\n]|\s[-–—]\s|—|--")
_LAST_SENTENCE = re.compile(r"(?:^|[.!?。！？])([^.!?。！？]++[.!?。！？]\W*+)\Z")
_FIRST_SENTENCE = re.compile(r"([^.!?。！？]++[.!?。！？])")
_ENDED = re.compile(r"[.!?。！？]\W*\Z")
_NO_END = re.compile(r"(?:[…;:,—–-]|\.\.\.|\b(?:[A-Z][a-z]{0,4}|[A-Z](?:\.[A-Z])+)\.)\Z")  # "Sen. Lee", "the U.S. Army"
_MARKS = " \t\r\n\u00a0\"'“”„‟«»‹›‘’‚‛「」『』"
_RUNS_ON = re.compile(r"[^\w]*")


class Quoted(NamedTuple):
    """The direct quotations that the words of a place are in.

    `first` is the one that the place begins in, `whole` whether all words are in quotations, `one` whether all that are
    belong to one utterance.
    """

    first: Quotation | None
    whole: bool
    one: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The sentences around a place, whether it is only a part of what was said in them, and what to warn of."""

    sentence: Span
    is_part: bool
    warnings: tuple[Caveat, ...]


def quoted(document: Document, pieces: Sequence[Span], quotations: Sequence[Quotation]) -> Quoted:
    """Tell which direct quotations the pieces of a text are in; of nested ones, the innermost that holds a piece."""
    first, last = pieces[0].start, pieces[-1].end
    direct = [it for it in quotations if it.kind == "direct" and it.span.start < last and first < it.span.end]
    found = [_around_piece(document.text, piece, direct) for piece in pieces]
    present = [quotation for touching, _ in found for quotation in touching]
    utterances = {quotation.utterance for quotation in present}
    return Quoted(present[0] if present else None, all(whole for _, whole in found), len(utterances) == 1)


def surroundings(
    document: Document, span: Span, quotations: Sequence[Quotation], inside: Quotation | None
) -> Surroundings:
    """Look around a place; `inside` is the quotation that it is in, `quotations` are those of its document."""
    text = document.text
    sentence = sentence_around(text, span)
    own = [it.span for it in quotations if inside and it.kind == "direct" and it.utterance == inside.utterance]
    outside = (Span(sentence.start, span.start), Span(span.end, max(span.end, sentence.end)))
    said = _goes_on(text, span, sentence, own)
    beside = [*outside, *_clauses_beside(text, sentence, own), *_short_sentences(text, sentence)]
    near = [it for part in outside for it in _warnings(document, part)]
    farther = [it for part in beside[2:] for it in _warnings(document, part) if it.cause is Cause.NEGATION]
    completes = bool(inside) and bool(near) and _completes(text, span)
    return Surroundings(sentence, said or completes, tuple(_distinct((*near, *farther))))


def _distinct(found: Iterable[Caveat]) -> list[Caveat]:
    """Return caveats without those that say of more words, or of fewer, what another one says."""
    kept: list[Caveat] = []
    for caveat in found:
        alike = [it for it in kept if (it.cause, it.document) == (caveat.cause, caveat.document)]
        if not any(it.words in caveat.words or caveat.words in it.words for it in alike):
            kept.append(caveat)
    return kept


def _goes_on(text: str, span: Span, sentence: Span, own: Sequence[Span]) -> bool:
    """Tell whether the same person says more in the sentence than is quoted.

    What stands in another part of the utterance does only where no sentence ends between the parts, or begins there.
    """
    before = [it for mine in own if (it := _common(mine, Span(sentence.start, span.start))) and _has_words(text, it)]
    after = [it for mine in own if (it := _common(mine, Span(span.end, sentence.end))) and _has_words(text, it)]
    holding = [mine for mine in own if _common(mine, span)]
    ended = span.of(text)[:1].isupper() or any(_ENDED.search(it.of(text)) for it in before)
    ends = bool(holding) and bool(_ENDED.search(text[span.start : max(mine.end for mine in holding)]))
    inside_before = any(_common(it, mine) for it in before for mine in holding)
    inside_after = any(_common(it, mine) for it in after for mine in holding)
    return inside_before or inside_after or bool(before and not ended) or bool(after and not ends)


def left_out_warnings(document: Document, left_out: Iterable[Span]) -> tuple[Caveat, ...]:
    """Return what to warn of in words that are left out."""
    return tuple(dict.fromkeys(it for part in left_out for it in _warnings(document, part)))


def sentence_around(text: str, span: Span) -> Span:
    """Return the span of the whole sentences that a place is in, within its paragraphs."""
    window = _window(text, span)
    spans = [it.shifted(window.start) for it in sentence_spans(window.of(text))]
    first = max((i for i, it in enumerate(spans) if it.start <= span.start), default=0)
    last = min((i for i, it in enumerate(spans) if it.end >= span.end), default=len(spans) - 1)
    while first > 0 and _runs_on(spans[first - 1].of(text), spans[first].of(text)):
        first -= 1
    while last + 1 < len(spans) and _runs_on(spans[last].of(text), spans[last + 1].of(text)):
        last += 1
    return Span(min(spans[first].start, span.start), max(spans[last].end, span.end))


def same_paragraph(text: str, span: Span) -> bool:
    """Tell whether no paragraph ends within a span."""
    return not _PARAGRAPH.search(text, span.start, span.end)


def _window(text: str, span: Span) -> Span:
    before, after = max(0, span.start - WITHIN), min(len(text), span.end + WITHIN)
    start = max((match.end() for match in _PARAGRAPH.finditer(text, before, span.start)), default=before)
    following = _PARAGRAPH.search(text, span.end, after)
    return Span(start, following.start() if following else after)


def _runs_on(sentence: str, following: str) -> bool:
    """Tell whether what was taken for a sentence may go on: with a small letter, or after an abbreviation or dots."""
    begun = _RUNS_ON.match(following)
    return following[begun.end() if begun else 0 :][:1].islower() or bool(_NO_END.search(sentence))


def _completes(text: str, span: Span) -> bool:
    """Tell whether a place goes on with a sentence of the document's own: “He is no ‘Einstein’”."""
    before = text[max(0, span.start - 8) : span.start].rstrip(_MARKS)
    few = sum(1 for _ in places(text, span.start, span.end)) <= FEW_WORDS
    return text[span.start].islower() or (few and before[-1:].isalnum())


def _has_words(text: str, span: Span | None) -> bool:
    return span is not None and any(True for _ in places(text, span.start, span.end))


def _common(one: Span, other: Span) -> Span | None:
    start, end = max(one.start, other.start), min(one.end, other.end)
    return Span(start, end) if start < end else None


def _around_piece(text: str, piece: Span, direct: Sequence[Quotation]) -> tuple[Sequence[Quotation], bool]:
    """Return the quotations that a piece is in, in order, and whether all its words are in quotations."""
    holding = [it for it in direct if it.span.start <= piece.start and piece.end <= it.span.end]
    if holding:
        return [min(holding, key=lambda it: len(it.span))], True
    touching = sorted((it for it in direct if _has_words(text, _common(it.span, piece))), key=lambda it: it.span)
    place, whole = piece.start, bool(touching)
    for it in touching:
        whole = whole and not (place < it.span.start and _has_words(text, Span(place, it.span.start)))
        place = max(place, it.span.end)
    whole = whole and not (place < piece.end and _has_words(text, Span(place, piece.end)))
    return touching, whole


def _clauses_beside(text: str, sentence: Span, own: Sequence[Span]) -> list[Span]:
    """Return the last clause before a sentence and the first after it, as far as the same person says them."""
    found = []
    for mine in own:
        if mine.start < sentence.start < mine.end:
            before = Span(max(mine.start, sentence.start - WITHIN), sentence.start).trimmed(text)
            ends = [
                match.end() for match in _CLAUSE_END.finditer(text, before.start, max(before.start, before.end - 1))
            ]
            found.append(Span(max(ends, default=before.start), before.end))
        if mine.start < sentence.end < mine.end:
            after = Span(sentence.end, min(mine.end, sentence.end + WITHIN)).trimmed(text)
            end = _CLAUSE_END.search(text, _first_word(text, after), after.end)
            found.append(Span(after.start, end.start() if end else after.end))
    return found


def _first_word(text: str, span: Span) -> int:
    return next((start for start, _ in places(text, span.start, span.end)), span.end)


def _short_sentences(text: str, sentence: Span) -> list[Span]:
    """Return what stands before and after a sentence up to the next full stop, in any paragraph, where it is short."""
    before = _LAST_SENTENCE.search(text, max(0, sentence.start - SHORT_REACH), sentence.start)
    after = _FIRST_SENTENCE.match(text, sentence.end, sentence.end + SHORT_REACH)
    found = [Span(*match.span(1)) for match in (before, after) if match]
    return [it for it in found if sum(1 for _ in places(text, it.start, it.end)) <= SHORT_SENTENCE]


def _warnings(document: Document, part: Span) -> list[Caveat]:
    """Return what to warn of in a part of a document."""
    found = cautions(part.of(document.text), document.language)
    return [replace(it, document=document.name) for it in found]
