"""Verdicts on quotations as text for a person and as JSON for a program.

The verdict comes first and says no more than is sure. Then what differs, in words, each place with the document's own
sentence and its citation, and what to look at before relying on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from briefbot.checking import Verdict
from briefbot.harmless import one_line
from briefbot.terminal.answers import (
    BAR,
    FORMAT,
    NARROWEST,
    block_quote,
    citation_json,
    citation_line,
    flat,
    in_sections,
    indented,
    marked_on_one_line,
    on_one_line,
)
from briefbot.terminal.quotations import speaker_words
from briefbot.terminal.wrapping import cells

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefbot.checking.verdicts import Match
    from briefbot.quoting import Checked, Place
    from briefbot.terminal.paint import Paint

_HEADS = {
    Verdict.EXACT: "Exact: word for word in {documents}.",
    Verdict.TYPOGRAPHY: "Exact but for typography, in {documents}.",
    Verdict.PART: "Exact, but a part of a sentence, in {documents}.",
    Verdict.SHORTENED: "Shortened: words are left out where … stands.",
    Verdict.ALTERED: "Altered: the documents have other words.",
    Verdict.SPLICED: "Spliced: parts from different places are put together, or words are silently left out.",
    Verdict.ANOTHER_SPEAKER: "Another speaker: the documents credit these words to somebody else.",
    Verdict.IN_TEXT: "In the text, not a quotation: these are the document's own words.",
    Verdict.PARAPHRASE: "Paraphrase only: the documents say something near, in other words.",
    Verdict.NOT_FOUND: "Not found in these documents.",
}
_SHOWN = 3  # places


def render_check(checked: Checked, paint: Paint, width: int) -> str:
    """Return a verdict for a screen of `width` columns; below 20 it is shown as for 20."""
    columns = max(width, NARROWEST)
    check = checked.check
    pairs = list(zip(check.matches, checked.places, strict=True))[:_SHOWN]
    sections = [
        _head(checked, paint, columns),
        *(_match(match, place, paint, columns) for match, place in pairs),
        _searched(checked, paint, columns),
    ]
    return in_sections(sections)


def render_draft(checks: Sequence[Checked], paint: Paint) -> str:
    """Return one line for each quotation of a draft, the worst first."""
    if not checks:
        return "The draft has no quotation."
    return "\n".join(_line(one, paint) for one in checks)


def check_json(checked: Checked) -> dict[str, Any]:
    """Return the object that `quote check --json` prints; what is not known is None."""
    check = checked.check
    return {
        "format": FORMAT,
        "text": check.text,
        "speaker": check.speaker,
        "verdict": check.verdict.value,
        "matches": [_match_json(*pair) for pair in zip(check.matches, checked.places, strict=True)],
        "documents": check.documents,
        "warnings": [_warning_json(one.cause.value, one.sentence) for one in check.warnings],
        "searched": {
            "documents": check.searched.documents,
            "quotations": check.searched.quotations,
            "made": checked.made.isoformat(),
        },
        "generation": checked.generation,
    }


def _head(checked: Checked, paint: Paint, width: int) -> list[str]:
    check = checked.check
    head = _HEADS[check.verdict].format(documents=_counted(check.documents, "document"))
    warnings = [line for one in check.warnings for line in flat(f"! {one_line(one.sentence)}", width)]
    return [*map(_colour(check.verdict, paint), flat(head, width)), *map(paint.warn, warnings)]


def _colour(verdict: Verdict, paint: Paint) -> Callable[[str], str]:
    return paint.good if verdict.severity < 2 else paint.warn if verdict.is_exact else paint.bad


def _match(match: Match, place: Place, paint: Paint, width: int) -> list[str]:
    """Return what differs, the document's sentence with the matched words marked, who said it, and where."""
    words = marked_on_one_line(match.sentence, match.sentence_span, match.span)
    quotation = match.quotation
    who = [] if quotation is None else flat(f"— {speaker_words(quotation.attribution)}", width - 2)
    lines = [
        *(line for one in match.differences for line in flat(f"It {one_line(one.sentence)}.", width - 2)),
        *block_quote(flat(words, width - 2 - cells(BAR)), paint),
        *who,
        *flat(citation_line(place.citation), width - 2),
    ]
    return indented(lines, "  ")


def _searched(checked: Checked, paint: Paint, width: int) -> list[str]:
    found = checked.check.searched
    counts = f"{_counted(found.documents, 'document')} with {_counted(found.quotations, 'quotation')}"
    told = f"Searched: {counts}, index of {checked.made:%Y-%m-%d %H:%M} UTC (generation {checked.generation})."
    return [paint.dim(line) for line in flat(told, width)]


def _line(checked: Checked, paint: Paint) -> str:
    check = checked.check
    told = [*(one.sentence for match in check.matches[:1] for one in match.differences)]
    told += [one.sentence for one in check.warnings]
    more = f" ({'; '.join(map(one_line, told))})" if told else ""
    return f"{_colour(check.verdict, paint)(check.verdict.value)}: “{on_one_line(check.text)}”{more}"


def _match_json(match: Match, place: Place) -> dict[str, Any]:
    who = match.quotation.attribution if match.quotation else None
    return {
        "text": match.text,
        "sentence": match.sentence,
        "start": match.span.start,
        "end": match.span.end,
        "speaker": who.speaker if who else None,
        "speaker_full": who.full if who else None,
        "citation": citation_json(place.citation),
        "differences": [
            {"change": one.change.value, "says": one.says, "document": one.document, "sentence": one.sentence}
            for one in match.differences
        ],
        "left_out": [{"start": span.start, "end": span.end} for span in match.left_out],
        "warnings": [_warning_json(one.cause.value, one.sentence) for one in match.warnings],
        "document_sha256": place.document_sha256,
    }


def _warning_json(cause: str, sentence: str) -> dict[str, str]:
    return {"cause": cause, "sentence": sentence}


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
