"""What checking a quotation has to tell: frozen values, and which verdict is worse than which.

This module knows what a verdict says. It refuses to know how one is reached and how it is shown; the sentences that it
has are English, and whoever speaks another language makes them from the same fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from briefbot.model import Quotation, Span


class Verdict(StrEnum):
    """What is to be said of a text that somebody wants to quote; the worst first."""

    ALTERED = "altered"
    ANOTHER_SPEAKER = "another speaker"
    SPLICED = "spliced"
    NOT_FOUND = "not found"
    PARAPHRASE = "paraphrase only"
    IN_TEXT = "in the text, not a quotation"
    SHORTENED = "shortened"
    PART = "exact, part of a sentence"
    TYPOGRAPHY = "exact but for typography"
    EXACT = "exact"

    @property
    def severity(self) -> int:
        """How bad it is: 0 for the best."""
        return len(Verdict) - 1 - list(Verdict).index(self)

    @property
    def is_exact(self) -> bool:
        """Tell whether the words are said to be those of a quotation, each of them and no other."""
        return self in (Verdict.EXACT, Verdict.TYPOGRAPHY, Verdict.PART)


class Change(StrEnum):
    """How a text differs from the document in one place."""

    WORDS = "words"  # other words, or the same with another case, accent, digit or hyphen
    ADDED = "added"
    LEFT_OUT = "left out"  # without a mark of omission
    SIGNS = "signs"  # the same words with other punctuation between them


class Cause(StrEnum):
    """What a person has to look at before relying on a verdict."""

    NEGATION = "negation"
    CONDITION = "condition"
    HEDGE = "hedge"
    QUESTION = "question"
    SHORT = "short"
    UNKNOWN_SPEAKER = "speaker unknown"
    CREDITED = "credited to somebody else"
    OTHER_VERSION = "other version"
    INTERRUPTED = "interrupted"
    REPORTED = "reported speech"
    PARTLY_QUOTED = "partly quoted"
    NOTHING_OMITTED = "nothing omitted"
    MANY_PLACES = "many places"


OF_SENSE = frozenset((Cause.NEGATION, Cause.CONDITION, Cause.HEDGE, Cause.QUESTION))  # what may turn it round

_EXPLAINED = {
    Cause.NEGATION: "a negation lies outside what is quoted: “{words}”",
    Cause.CONDITION: "a condition lies outside what is quoted: “{words}”",
    Cause.HEDGE: "a hedge lies outside what is quoted: “{words}”",
    Cause.QUESTION: "in the document it is a question",
    Cause.SHORT: "so few words may be found anywhere by chance",
    Cause.UNKNOWN_SPEAKER: "the document does not say clearly enough who spoke",
    Cause.CREDITED: "the document credits these words to {words}",
    Cause.OTHER_VERSION: "the documents have another version of it",
    Cause.INTERRUPTED: "the document interrupts these words with “{words}”",
    Cause.REPORTED: "the document reports this in its own words",
    Cause.PARTLY_QUOTED: "only a part of these words is a quotation in the document",
    Cause.NOTHING_OMITTED: "the omission mark stands where the document leaves nothing out",
    Cause.MANY_PLACES: "it stands in more places than were looked at",
}


@dataclass(frozen=True, slots=True)
class Caveat:
    """One thing to look at, the document's words that it is about, and the document, where there is one."""

    cause: Cause
    words: str = ""
    document: str | None = None

    @property
    def sentence(self) -> str:
        """The caveat in English."""
        place = f"{self.document}: " if self.document else ""
        return place + _EXPLAINED[self.cause].format(words=self.words)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in which a text is not as the document has it: its own words, and the document's (or none)."""

    change: Change
    says: str
    document: str

    @property
    def sentence(self) -> str:
        """The difference in English."""
        if self.change is Change.ADDED:
            return f"adds “{self.says}”"
        if self.change is Change.LEFT_OUT:
            return f"leaves out “{self.document}”"
        return f"says “{self.says}” where the document says “{self.document}”"


@dataclass(frozen=True, slots=True)
class Match:
    """A place in a document that a text was compared with.

    `text` is the document's words from the first to the last that are quoted, and `sentence` those of the whole
    sentences around them. `left_out` are the words of `text` that an omission mark stands for; they and both spans
    count in the document's text. `quotation` is what the document credits to somebody, where the place is in one.
    """

    document: str
    span: Span
    text: str
    sentence_span: Span
    sentence: str
    quotation: Quotation | None
    differences: tuple[Difference, ...]
    left_out: tuple[Span, ...]
    warnings: tuple[Caveat, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """How much was looked through."""

    documents: int
    quotations: int


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict on a text; `documents` counts those that have it word for word, of which `matches` may be a few."""

    text: str
    speaker: str | None
    verdict: Verdict
    matches: tuple[Match, ...]
    documents: int
    warnings: tuple[Caveat, ...]
    searched: Searched

    @property
    def is_sound(self) -> bool:
        """Tell whether it was said exactly like that, and nothing around it that was found may turn its sense."""
        turned = any(it.cause in OF_SENSE for it in self.warnings)
        return self.verdict in (Verdict.EXACT, Verdict.TYPOGRAPHY) and not turned

    @property
    def rank(self) -> tuple[int, bool]:
        """What sorts the worst verdict first, and of one verdict those with warnings."""
        return -self.verdict.severity, not self.warnings
