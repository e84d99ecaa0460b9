"""From readings to a verdict: what one place of a document says about a claim, and which place decides.

Whatever is doubtful counts against exactness. This module knows the rules that part one verdict from another; it
refuses to know how places are found and how a verdict is shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from briefbot.checking.cautions import cautions, negates
from briefbot.checking.folding import sign
from briefbot.checking.surroundings import left_out_warnings, quoted, same_paragraph, surroundings
from briefbot.checking.verdicts import Cause, Caveat, Change, Difference, Match, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefbot.checking.comparing import Omission, Reading
    from briefbot.checking.surroundings import Quoted, Surroundings
    from briefbot.model import Attribution, Document, Quotation, Span

    # Tells whether an attribution names the speaker that was given; None where that cannot be told.
    SameSpeaker = Callable[[str, Attribution], bool | None]

LONGEST_INTRODUCTION = 200  # characters that may stand between two parts of what was said
FEW_WORDS = 2  # left out without a mark: with a negation among them the sense is altered, else words are left out

_WORDS = re.compile(r"\w+(?:['’]\w+)*+")
_EXACT = (Verdict.EXACT, Verdict.TYPOGRAPHY, Verdict.PART, Verdict.SHORTENED)
_DECIDING = (*_EXACT, Verdict.ANOTHER_SPEAKER, Verdict.IN_TEXT)  # the first decides


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one place says: a verdict, the match to show, and whether the speaker is known to be right.

    `worth` is how much of the claim the place has, 1 for all, and `agreeing` are the words of the claim that it has.
    """

    verdict: Verdict
    match: Match
    credited: bool | None
    worth: float
    agreeing: frozenset[int]

    @property
    def is_literal(self) -> bool:
        """Tell whether the place has the words of the claim, and no others but those that a mark stands for."""
        return self.verdict in _DECIDING

    @property
    def order(self) -> tuple[float, int, float, int]:
        """What a list of judgements is sorted by, so that the first decides the verdict."""
        rank = _DECIDING.index(self.verdict) if self.is_literal else len(_DECIDING)
        unsure = self.verdict in _EXACT and self.credited is None  # weighs less than words of somebody else
        return (
            (len(_EXACT) + 0.5 if unsure else rank),
            int(not self.match.quotation),
            -self.worth,
            len(self.match.differences),
        )


@dataclass(frozen=True, slots=True)
class Bench:
    """What every judgement of one claim needs: the speaker that was given, and how speakers are compared."""

    speaker: str | None
    same_speaker: SameSpeaker

    def judged(self, reading: Reading, document: Document, quotations: Sequence[Quotation], worth: float) -> Judgement:
        """Judge a reading; `worth` is how much of the claim it has."""
        inside = quoted(document, reading.pieces, quotations)
        interrupting = [it for it in reading.omissions if _interrupts(it, inside, document)]
        silent = [it for it in reading.omissions if not it.marked and it not in interrupting]
        marked = tuple(it.span for it in reading.omissions if it.marked and len(it.span))
        around = surroundings(document, reading.span, quotations, inside.first)
        credited = self._credited(inside.first)
        left_out = [Difference(Change.LEFT_OUT, "", it.span.of(document.text)) for it in silent]
        plain = _plain_verdict(reading, silent, document) or self._literal(
            (reading, inside, around), (marked, document), credited
        )
        match = Match(
            document=document.name,
            span=reading.span,
            text=reading.span.of(document.text),
            sentence_span=around.sentence,
            sentence=around.sentence.of(document.text),
            quotation=inside.first or _reported(reading.span, quotations),
            differences=(*reading.differences, *left_out),
            left_out=marked,
            warnings=(
                *around.warnings,
                *left_out_warnings(document, (*marked, *(it.span for it in silent))),
                *_changed_warnings(reading, document),
                *(Caveat(Cause.INTERRUPTED, it.span.of(document.text), document.name) for it in interrupting),
                *self._remarks(reading, inside, credited, quotations),
            ),
        )
        return Judgement(plain, match, credited, worth, frozenset(i for i, same in enumerate(reading.agreeing) if same))

    def glance(self, reading: Reading, document: Document, quotations: Sequence[Quotation]) -> tuple[bool, ...]:
        """Return what tells quickly which of many literal readings are best: those that sort first."""
        inside = quoted(document, reading.pieces, quotations)
        begun = inside.first is not None and inside.first.span.trimmed(document.text).start >= reading.span.start - 1
        return (
            bool(reading.differences),
            not inside.whole,
            not self._credited(inside.first),
            not begun,
            not reading.same,
        )

    def _credited(self, quotation: Quotation | None) -> bool | None:
        if self.speaker is None:
            return True  # nothing is claimed
        if quotation is None or quotation.attribution is None:
            return None
        return self.same_speaker(self.speaker, quotation.attribution)

    @staticmethod
    def _literal(
        found: tuple[Reading, Quoted, Surroundings], omitted: tuple[Sequence[Span], Document], credited: bool | None
    ) -> Verdict:
        """Return the verdict on words that are all in the document, one after the other but for marked omissions."""
        (reading, inside, around), (marked, document) = found, omitted
        together = inside.one if inside.first else same_paragraph(document.text, reading.span)
        if not together and (marked or inside.whole):
            return Verdict.SPLICED
        if not inside.whole:
            return Verdict.IN_TEXT
        if credited is False:
            return Verdict.ANOTHER_SPEAKER
        if marked:
            return Verdict.SHORTENED
        if around.is_part:
            return Verdict.PART
        return Verdict.EXACT if reading.same else Verdict.TYPOGRAPHY

    def _remarks(
        self, reading: Reading, inside: Quoted, credited: bool | None, quotations: Sequence[Quotation]
    ) -> list[Caveat]:
        """Return what else is to be said of a place."""
        found = []
        if reading.is_question:
            found.append(Cause.QUESTION)
        if any(it.marked and not len(it.span) for it in reading.omissions):
            found.append(Cause.NOTHING_OMITTED)
        if inside.first and not inside.whole:
            found.append(Cause.PARTLY_QUOTED)
        if inside.first and credited is None:
            found.append(Cause.UNKNOWN_SPEAKER)
        if not inside.first and _reported(reading.span, quotations):
            found.append(Cause.REPORTED)
        return [Caveat(cause) for cause in found]


def _plain_verdict(reading: Reading, silent: Sequence[Omission], document: Document) -> Verdict | None:
    """Return the verdict on words that are not those of the document; None where they are."""
    if reading.differences:
        return Verdict.ALTERED
    for omission in silent:
        text = omission.span.of(document.text)
        if len(text.split()) <= FEW_WORDS and negates(text, document.language):
            return Verdict.ALTERED
    return Verdict.SPLICED if silent else None


def _changed_warnings(reading: Reading, document: Document) -> list[Caveat]:
    """Return what to warn of in words of the document that the claim has changed, and does not warn of itself."""
    found = []
    for difference in reading.differences:
        ours = {it.cause for it in cautions(difference.says, document.language)}
        theirs = cautions(difference.document, document.language)
        found += [replace(it, document=document.name) for it in theirs if it.cause not in ours]
    return found


def _interrupts(omission: Omission, inside: Quoted, document: Document) -> bool:
    """Tell whether what is left out is the introduction of one utterance: it names who speaks, and quotes nothing.

    A pair such as “a shame” and “a scandal” has one introduction too, but put together nobody said it.
    """
    credited = inside.first.attribution if inside.first else None
    if omission.marked or not credited or not inside.one or len(omission.span) > LONGEST_INTRODUCTION:
        return False
    named = max(credited.span.start, omission.span.start) < min(credited.span.end, omission.span.end)
    return named and '"' not in sign(_WORDS.sub("", omission.span.of(document.text)))


def _reported(span: Span, quotations: Sequence[Quotation]) -> Quotation | None:
    """Return the reported speech that a place is in."""
    holding = [
        it for it in quotations if it.kind == "indirect" and it.span.start < span.end and span.start < it.span.end
    ]
    return holding[0] if holding else None
