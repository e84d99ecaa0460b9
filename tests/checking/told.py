"""Documents with quotations, written down in one line: “words”<Kim> is credited to Kim, “words”<Kim 2> is utterance 2.

“words”<> is credited to nobody, and “words” without such a note is not taken for a quotation.
"""

from __future__ import annotations

import re

from briefbot.checking import Bench, Check, Source, check
from briefbot.model import Attribution, Document, Metadata, Quotation, Scope, Span

EVERYONE = Scope.everything()
_NOTED = re.compile(r"([“„«「])([^“„«」”»“]*)([”“»」])<([^>]*)>")


def told(text: str, name: str = "paper.txt", language: str | None = "en") -> tuple[Document, list[Quotation]]:
    """Return a document without the notes, and the quotations that they are about."""
    plain, quotations, last = "", [], 0
    for match in _NOTED.finditer(text):
        plain += text[last : match.start()] + match[1]
        speaker, _, number = match[4].partition(" ")
        span = Span(len(plain), len(plain) + len(match[2]))
        credited = Attribution(speaker, Span(0, 0), None, "said", 1.0) if speaker else None
        utterance = int(number) if number else 100 + len(quotations)
        quotations.append(Quotation(name, utterance, "direct", span, match[2], span, credited))
        plain += match[2] + match[3]
        last = match.end()
    plain += text[last:]
    quotations = [_placed(it, plain) for it in quotations]
    return Document(name, name, plain, Metadata(), language, ()), quotations


def _placed(quotation: Quotation, text: str) -> Quotation:
    """Return a quotation whose speaker is where the name stands first after it, or before."""
    credited = quotation.attribution
    if credited is None or credited.speaker not in text:
        return quotation
    start = text.find(credited.speaker, quotation.span.end)
    start = start if start >= 0 else text.index(credited.speaker)
    span = Span(start, start + len(credited.speaker))
    at = Attribution(credited.speaker, span, credited.full, credited.cue, credited.confidence)
    return Quotation(
        quotation.document, quotation.utterance, quotation.kind, quotation.span, quotation.text, quotation.context, at
    )


def source(*documents: tuple[Document, list[Quotation]]) -> Source:
    """Return a source of told documents."""
    return Source.of([it for it, _ in documents], [it for _, quotations in documents for it in quotations])


def same_name(given: str, credited: Attribution) -> bool | None:
    """Tell whether two names are the same; "he" may be anybody."""
    return None if credited.speaker == "he" else given == credited.speaker


def checked(text: str, claim: str, speaker: str | None = None, language: str | None = "en") -> Check:
    """Check a claim in one told document."""
    return check(claim, [source(told(text, language=language))], EVERYONE, Bench(speaker, same_name))
