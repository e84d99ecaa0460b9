"""Quotations as text for a person and as JSON for a program: what was found, and who is quoted how often.

A quotation is shown as the document has it, and marked in the document's own words around it. What a document only
reports is said to be that, so that nobody takes it for somebody's words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from briefbot.harmless import one_line
from briefbot.terminal.answers import (
    BAR,
    FORMAT,
    NARROWEST,
    block_quote,
    citation_json,
    flat,
    in_sections,
    indented,
    marked_on_one_line,
    on_one_line,
    place_lines,
)
from briefbot.terminal.wrapping import GLUE, cells
from briefbot.wording import letters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefbot.model import Attribution, Citation, Quotation
    from briefbot.quoting import FoundQuotations, Quoted, SpeakerLine
    from briefbot.terminal.paint import Paint

_INDENT = "   "
_REPORTED = "Reported, not word for word: "


def render_quotations(found: FoundQuotations, paint: Paint, width: int) -> str:
    """Return the quotations that were found for a screen of `width` columns; below 20 it is shown as for 20."""
    columns = max(width, NARROWEST)
    shown = found.quoted or found.related
    sections = [
        *_head(found, paint),
        *(_numbered(number, one, paint, columns) for number, one in enumerate(shown, start=1)),
    ]
    return in_sections(sections)


def quotations_json(found: FoundQuotations) -> dict[str, Any]:
    """Return the object that `quote find --json` prints; what is not known is None."""
    return {
        "format": FORMAT,
        "words": found.wanted.words,
        "understood_as": found.understood_as,
        "speaker": found.wanted.speaker,
        "found": bool(found.quoted),
        "searched": found.searched,
        "generation": found.generation,
        "quotations": [_quoted_json(one) for one in found.quoted],
        "related": [_quoted_json(one) for one in found.related],
    }


def quotation_json(quotation: Quotation, citation: Citation) -> dict[str, Any]:
    """Return a quotation as an object: its words, who said them, and the fields of its citation."""
    who = quotation.attribution
    return {
        "document": quotation.document,
        "start": quotation.span.start,
        "end": quotation.span.end,
        "text": quotation.text,
        "speaker": who.speaker if who else None,
        "speaker_full": who.full if who else None,
        "cue": who.cue if who else None,
        "kind": quotation.kind,
        "confidence": who.confidence if who else None,
        **{name: value for name, value in citation_json(citation).items() if name not in ("document", "span")},
    }


def render_speakers(lines: Sequence[SpeakerLine], paint: Paint) -> str:
    """Return who is quoted, how often word for word and in all, and other spellings."""
    if not lines:
        return "Nobody is quoted in these documents."
    width = max(cells(one_line(line.name)) for line in lines)
    return "\n".join(_speaker(line, width, paint) for line in lines)


def speakers_json(lines: Sequence[SpeakerLine]) -> dict[str, Any]:
    """Return the object that `quote speakers --json` prints."""
    rows = [
        {
            "speaker": line.name,
            "direct": line.direct,
            "indirect": line.quotations - line.direct,
            "spellings": list(line.spellings),
        }
        for line in lines
    ]
    return {"format": FORMAT, "speakers": rows}


def speaker_words(who: Attribution | None) -> str:
    """Return who said something: the whole name, and where that differs the name as written."""
    if who is None:
        return "It is not known who said this"
    if who.full is None or letters(who.full) == letters(who.speaker):
        return one_line(who.name)
    return f"{one_line(who.full)} (in the text: {one_line(who.speaker)})"


def _head(found: FoundQuotations, paint: Paint) -> Iterator[list[str]]:
    if found.understood_as and letters(found.understood_as) != letters(found.wanted.words):
        yield [paint.dim(f"Understood as: {one_line(found.understood_as)}")]
    if not found.quoted:
        yield [paint.bold(f"No such quotation in these documents; quotations searched: {found.searched:,}.")]
    if found.related:
        yield ["Related, not what was asked for:"]


def _numbered(number: int, one: Quoted, paint: Paint, width: int) -> list[str]:
    """Return a quotation: its words, who said them, where, and the document's own words around it."""
    inner = width - len(_INDENT)
    quotation, who = one.quotation, one.quotation.attribution
    words = on_one_line(quotation.text)
    said = f"{_REPORTED}{words}" if quotation.kind == "indirect" else f"“{words}”"
    cue = f"{GLUE}· {one_line(who.cue)}" if who and who.cue else ""
    marked = marked_on_one_line(one.context, quotation.context, quotation.span)
    lines = [
        *(paint.bold(line) for line in flat(said, inner)),
        *flat(f"— {speaker_words(who)}{cue}", inner),
        *place_lines(one.excerpt, paint, inner),
        *block_quote(flat(marked, inner - cells(BAR)), paint),
    ]
    first, *rest = indented(lines, _INDENT)
    return [f"{paint.bold(str(number))}{first[len(str(number)) :]}", *rest]


def _quoted_json(one: Quoted) -> dict[str, Any]:
    also = [citation_json(citation) for citation in one.excerpt.also]
    return {**quotation_json(one.quotation, one.excerpt.citation), "context": one.context, "also": also}


def _speaker(line: SpeakerLine, width: int, paint: Paint) -> str:
    name = one_line(line.name)
    counts = f"{line.direct:>6,} word for word{GLUE}· {line.quotations - line.direct:,} reported"
    spellings = ", ".join(map(one_line, line.spellings[1:]))
    more = paint.dim(f"  also: {spellings}") if spellings else ""
    return f"{name}{' ' * (width - cells(name))}  {counts}{more}".replace(GLUE, " ")
