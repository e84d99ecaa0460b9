"""Quotations and verdicts as Discord messages: the words first, who said them, where, and the document's own sentence.

It decides what stands in a message and that it fits. What a document only reports is said to be that. It refuses to
know how quotations are found and checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefbot.checking.verdicts import Cause, Change, Verdict
from briefbot.discord import quoting
from briefbot.discord.citing import citation_line, plain_citation
from briefbot.discord.escaping import escaped, quoted
from briefbot.discord.limits import CONTENT, LIST_BYTES, LIST_TEXT, clipped, length
from briefbot.discord.messages import Button, ListMessage, Message, TextFile
from briefbot.discord.tickets import Ticket
from briefbot.harmless import one_line
from briefbot.serving.references import Reference
from briefbot.wording import letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.checking.verdicts import Difference, Match
    from briefbot.discord.catalogue import Words
    from briefbot.discord.tickets import Action
    from briefbot.model import Attribution
    from briefbot.quoting import Checked, FoundQuotations, Place, Quoted, SpeakerLine

SHOWN = 3  # quotations in a message
_NAME, _WORDS, _SENTENCE, _CHECKED = 80, 300, 500, 160  # characters of each that are shown
_LEAST = 60  # characters of room below which nothing more is shown
_GAP, _SMALL = "\n\n", "-# "

# What is said of each, by its key in the catalogue.
_VERDICTS = {
    Verdict.ALTERED: "verdict.altered",
    Verdict.ANOTHER_SPEAKER: "verdict.another_speaker",
    Verdict.SPLICED: "verdict.spliced",
    Verdict.NOT_FOUND: "verdict.not_found",
    Verdict.PARAPHRASE: "verdict.paraphrase",
    Verdict.IN_TEXT: "verdict.in_text",
    Verdict.SHORTENED: "verdict.shortened",
    Verdict.PART: "verdict.part",
    Verdict.TYPOGRAPHY: "verdict.typography",
    Verdict.EXACT: "verdict.exact",
}
_CAUSES = {
    Cause.NEGATION: "cause.negation",
    Cause.CONDITION: "cause.condition",
    Cause.HEDGE: "cause.hedge",
    Cause.QUESTION: "cause.question",
    Cause.SHORT: "cause.short",
    Cause.UNKNOWN_SPEAKER: "cause.unknown_speaker",
    Cause.CREDITED: "cause.credited",
    Cause.OTHER_VERSION: "cause.other_version",
    Cause.INTERRUPTED: "cause.interrupted",
    Cause.REPORTED: "cause.reported",
    Cause.PARTLY_QUOTED: "cause.partly_quoted",
    Cause.NOTHING_OMITTED: "cause.nothing_omitted",
    Cause.MANY_PLACES: "cause.many_places",
}
_CHANGES = {
    Change.WORDS: "difference.words",
    Change.ADDED: "difference.added",
    Change.LEFT_OUT: "difference.left_out",
    Change.SIGNS: "difference.signs",
}


def render_quotations(found: FoundQuotations, words: Words) -> Message:
    """Return the quotations that were found, or that none fits, with those that come close."""
    shown = (found.quoted or found.related)[:SHOWN]
    head = [] if found.quoted else [words("quote.none", count=found.searched)]
    if shown and not found.quoted:
        head.append(words("quote.related"))
    footer = f"{_SMALL}{_asked(found, words)}"
    room = (CONTENT - sum(map(length, head)) - length(footer) - 4 * len(_GAP)) // max(1, len(shown))
    sections = [_quotation(number, one, room - len(_GAP), words) for number, one in enumerate(shown, start=1)]
    return Message(_GAP.join([*head, *sections, footer]), _buttons(shown, words), _files(shown))


def render_speakers(lines: Sequence[SpeakerLine], words: Words) -> ListMessage:
    """Return who is quoted and how often, as many as fit."""
    if not lines:
        return ListMessage((words("quote.nobody"),))
    told = [
        words(
            "quote.speaker", name=_short(line.name, _NAME), direct=line.direct, reported=line.quotations - line.direct
        )
        for line in lines
    ]
    return ListMessage((_fitting(told, words),))


def render_check(checked: Checked, words: Words) -> Message:
    """Return the verdict on one quotation, with what differs and the document's own sentence."""
    check = checked.check
    head = [f"**{words(_VERDICTS[check.verdict])}**", quoted(_short(check.text, _WORDS))]
    head += [f"⚠ {_short(words(_CAUSES[it.cause], words=it.words), _SENTENCE)}" for it in check.warnings]
    found = words("quote.searched", documents=check.searched.documents, quotations=check.searched.quotations)
    footer = f"{_SMALL}{found} · {checked.made:%Y-%m-%d %H:%M} UTC"
    sections, left = [], CONTENT - sum(map(length, head)) - length(footer) - 8 * len(_GAP)
    for match, place in list(zip(check.matches, checked.places, strict=True))[:SHOWN]:
        section = "\n".join(_match(match, place, words))
        if length(section) > left:
            break
        sections.append(section)
        left -= length(section) + len(_GAP)
    return Message(_GAP.join(["\n".join(head), *sections, footer]))


def render_checks(checks: Sequence[Checked], words: Words) -> ListMessage:
    """Return one line for each quotation of a text, the worst first."""
    lines = [f"**{words(_VERDICTS[one.check.verdict])}** “{_short(one.check.text, _CHECKED)}”" for one in checks]
    return ListMessage((_fitting(lines, words),))


def _quotation(number: int, one: Quoted, room: int, words: Words) -> str:
    who, said = one.quotation.attribution, _short(one.quotation.text, _WORDS)
    first = words("quote.reported", words=said) if one.quotation.kind == "indirect" else f"“{said}”"
    cue = f" · {_short(who.cue, _NAME)}" if who and who.cue else ""
    lines = [f"**{number}** {first}", f"— {_speaker(who, words)}{cue}", citation_line(one.excerpt, words)]
    left = room - sum(map(length, lines)) - len(lines)
    shown = quoting.passage(one.excerpt, left) if left > _LEAST else None
    return "\n".join([*lines, *([shown.content] if shown else [])])


def _match(match: Match, place: Place, words: Words) -> list[str]:
    differences = [_difference(one, words) for one in match.differences]
    sentence = quoted(_short(match.sentence, _SENTENCE))
    who = [f"— {_speaker(match.quotation.attribution, words)}"] if match.quotation else []
    return [*differences, sentence, *who, f"{_SMALL}{plain_citation(place.citation, words)}"]


def _difference(one: Difference, words: Words) -> str:
    return words(_CHANGES[one.change], says=_short(one.says, _NAME), document=_short(one.document, _NAME))


def _speaker(who: Attribution | None, words: Words) -> str:
    if who is None:
        return words("quote.unknown")
    full = _short(who.name, _NAME)
    if who.full is None or letters(who.full) == letters(who.speaker):
        return full
    return words("quote.as_written", name=full, written=_short(who.speaker, _NAME))


def _asked(found: FoundQuotations, words: Words) -> str:
    wanted = found.wanted
    parts = [
        _short(wanted.words, _CHECKED),
        words("quote.by", name=_short(wanted.speaker, _NAME)) if wanted.speaker else "",
        words("answer.within", place=_short(wanted.filters.document, _NAME)) if wanted.filters.document else "",
        words("answer.since", date=wanted.filters.since.isoformat()) if wanted.filters.since else "",
    ]
    return f"{words('quote.label')}: {' · '.join(filter(None, parts))}"


def _buttons(shown: Sequence[Quoted], words: Words) -> tuple[tuple[Button, ...], ...]:
    actions: tuple[Action, Action] = ("context", "copy")
    rows = tuple(
        tuple(
            Button(words(f"button.{action}_of", number=number), Ticket(action, Reference.of(one.excerpt)))
            for number, one in enumerate(shown, start=1)
        )
        for action in actions
    )
    return rows if shown else ()


def _files(shown: Sequence[Quoted]) -> tuple[TextFile, ...]:
    """Return the words of quotations that are too long to be shown."""
    return tuple(
        TextFile(f"quotation-{number}.txt", one.quotation.text)
        for number, one in enumerate(shown, start=1)
        if length(one_line(one.quotation.text)) > _WORDS
    )


def _fitting(lines: Sequence[str], words: Words) -> str:
    """Return as many lines as fit into one list, and how many more there are."""
    kept: list[str] = []
    for line in lines:
        text = "\n".join([*kept, line])
        if length(text) > LIST_TEXT - _LEAST or len(text.encode()) > LIST_BYTES - _LEAST:
            break
        kept.append(line)
    left = len(lines) - len(kept)
    return "\n".join([*kept, *([words("quote.left_out", count=left)] if left else [])])


def _short(text: str, most: int) -> str:
    return escaped(clipped(one_line(text), most))
