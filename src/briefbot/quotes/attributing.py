"""Credits each quotation of a document to its speaker, in the document's order, and tells the parts of one utterance.

Who spoke last matters for who speaks next, so quotations are taken one after the other. Where nobody is likely enough,
nobody is credited.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefbot.model import Attribution, Span
from briefbot.quotes.cast import Cast
from briefbot.quotes.mentions import mentions_of
from briefbot.quotes.naming import PARAGRAPHS_BACK as NAMES_BACK
from briefbot.quotes.naming import whole_name
from briefbot.quotes.reporting import has_cue, reported
from briefbot.quotes.scoring import PARAGRAPHS_BACK, Asked, candidates, likeliest
from briefbot.quotes.unmarked import TURN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefbot.model import QuotationKind
    from briefbot.quotes.mentions import Mention
    from briefbot.quotes.outline import Outline
    from briefbot.quotes.tokens import Token
    from briefbot.quotes.words import Words

_WORD = re.compile(r"(?<![\w-])[^\W\d_]+")
_LONGEST_GAP = 300  # characters between two parts of an utterance
_ENDS, _FEW_WORDS = (".", ",", "?", "!", "…", "。", "，", "？", "！"), 6
_LABELLED = 0.98  # that the name before a turn's colon is its speaker
_ADDRESSEE = 4  # words that may belong to a cue after it: "told reporters"
_TELLING = frozenset(
    ("told", "tells", "tell", "telling", "asked", "asks", "reminded", "informed", "assured", "erzählte")
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody said, or is said to have said; `utterance` is the same for the parts of one."""

    kind: QuotationKind
    utterance: object
    paragraph: int
    span: Span
    attribution: Attribution | None


@dataclass(frozen=True, slots=True)
class Scene:
    """The mentions of a document around its quotations, and its whole names."""

    outline: Outline
    mentions: tuple[tuple[Mention, ...], ...]
    cast: Cast


def scene_of(outline: Outline, needed: Sequence[bool]) -> Scene:
    """Return the mentions of the paragraphs that are `needed`; the others have none."""
    common = frozenset(word for word in _WORD.findall(outline.text) if word.islower())
    mentions = tuple(
        tuple(mentions_of(number, outline.tokens(number), outline.words, common)) if wanted else ()
        for number, wanted in enumerate(needed)
    )
    cast = Cast(outline.text, outline.words, common)
    cast.note_speakers(_speakers(outline, mentions))
    return Scene(outline, mentions, cast)


def _speakers(outline: Outline, mentions: Sequence[Sequence[Mention]]) -> Iterator[str]:
    """Yield the names with which a word for speaking goes."""
    for number, own in enumerate(mentions):
        for one in own:
            if one.kind == "named" and one.link in ("direct", "adverb", "insertion", "inverted"):
                tokens = outline.tokens(number)
                yield outline.text[tokens[one.first].start : tokens[one.last - 1].end]


def beside(outline: Outline, said: Sequence[int]) -> list[bool]:
    """Tell for each paragraph whether somebody may be named in it who speaks, or of whom it reports what he said."""
    needed = [has_cue(outline, number) for number in range(len(outline.paragraphs))]
    for place in said:
        paragraph = outline.segments[place].paragraph
        for number in range(max(0, paragraph - PARAGRAPHS_BACK - NAMES_BACK), paragraph + 1):
            needed[number] = True
    return needed


def credited(scene: Scene, said: Sequence[int]) -> list[Utterance]:
    """Return the quotations `said`, in order, with who said them."""
    made: list[tuple[int, Attribution | None]] = []
    previous: Mention | None = None
    before: int | None = None
    spoke: str | None = None
    utterance = 0
    for place in said:
        found = _speaker(scene, place, previous, before)
        speaker = found[0] if found else None
        goes_on = before is not None and _goes_on(scene, before, place, previous is speaker or speaker is None)
        utterance += not goes_on
        attribution = _attribution(scene, *found, spoke) if found else None
        made.append((utterance, attribution))
        spoke = attribution.full if attribution else spoke
        previous, before = speaker or previous, place
    utterances = [
        Utterance("direct", number, segment.paragraph, segment.span.trimmed(scene.outline.text), attribution)
        for place, (number, attribution) in zip(said, _of_one_speaker(scene, said, made), strict=True)
        for segment in (scene.outline.segments[place],)
    ]
    if any(one.attribution for one in utterances):
        return utterances
    return [one for one in utterances if _is_statement(one.span.of(scene.outline.text))]


def _is_statement(words: str) -> bool:
    """Tell whether words between marks are more than a few: in a manual, where nobody speaks, these are only named."""
    return words.rstrip("*_ ").endswith(_ENDS) or len(words.split()) > _FEW_WORDS


def reports(scene: Scene) -> list[Utterance]:
    """Return what a document only reports, with who is said to have said it."""
    return [
        Utterance(
            "indirect", ("reported", one.span), number, one.span, _attribution(scene, one.speaker, one.confidence, None)
        )
        for number, mentions in enumerate(scene.mentions)
        if mentions
        for one in reported(scene.outline, number, mentions)
    ]


def _speaker(scene: Scene, place: int, previous: Mention | None, before: int | None) -> tuple[Mention, float] | None:
    """Return who said a quotation, with the probability; a turn names its speaker itself, or nobody is known."""
    segment = scene.outline.segments[place]
    own = scene.mentions[segment.paragraph]
    signed = [
        one for one in own[-1:] if one.link == "dash" and one.last == len(scene.outline.tokens(segment.paragraph))
    ]
    if segment.mark == TURN:
        signed = [one for one in own[:1] if one.link == "colon"]
    if signed or segment.mark == TURN:
        return (signed[0], _LABELLED) if signed else None
    found = likeliest(candidates(Asked(scene.outline, place, scene.mentions, previous, before)))
    return (found[0].mention, found[1]) if found else None


def _goes_on(scene: Scene, before: int, place: int, same: bool) -> bool:
    """Tell whether a quotation goes on with the one before, which only its introduction interrupts."""
    first, second = scene.outline.segments[before], scene.outline.segments[place]
    if second.continues:
        return True
    if first.paragraph != second.paragraph or not same:
        return False
    between = scene.outline.text[first.outer.end : second.outer.start]
    return len(between) <= _LONGEST_GAP and len(re.findall(r"[.!?。！？](?=\s|$)", between)) <= 1


def _of_one_speaker(
    scene: Scene, said: Sequence[int], made: Sequence[tuple[int, Attribution | None]]
) -> list[tuple[int, Attribution | None]]:
    """Give the parts of one utterance one speaker.

    Paragraphs that go on have the one who is surest among them, because who spoke is often told only in the last one.
    Any other part that nobody was credited with has the speaker of the part before.
    """
    result: list[tuple[int, Attribution | None]] = []
    first = 0
    for at, (utterance, attribution) in enumerate(made):
        inherited = result[-1][1] if result and result[-1][0] == utterance else None
        result.append((utterance, attribution or inherited))
        if not scene.outline.segments[said[at]].continues:
            first = at
        if at + 1 == len(made) or not scene.outline.segments[said[at + 1]].continues:
            _share(result, first, at + 1)
    return result


def _share(result: list[tuple[int, Attribution | None]], first: int, last: int) -> None:
    """Give the parts `first` to `last` the attribution that is surest among theirs."""
    known = [attribution for _, attribution in result[first:last] if attribution]
    surest = max(known, key=lambda one: one.confidence, default=None)
    result[first:last] = [(utterance, surest) for utterance, _ in result[first:last]]


def _attribution(scene: Scene, speaker: Mention, sure: float, spoke: str | None) -> Attribution:
    tokens = scene.outline.tokens(speaker.paragraph)
    span = Span(tokens[speaker.first].start, tokens[speaker.last - 1].end)
    return Attribution(
        speaker=span.of(scene.outline.text),
        span=span,
        full=whole_name(speaker, scene.outline, scene.cast, scene.mentions, spoke),
        cue=cue_of(scene.outline, tokens, speaker),
        confidence=round(sure, 3),
    )


def cue_of(outline: Outline, tokens: Sequence[Token], speaker: Mention) -> str | None:
    """Return the words that introduce what a mention says, with whom it is said to: "told reporters"."""
    if speaker.cue is None:
        return None
    start, end = speaker.cue
    if tokens[start].lower in _TELLING and end > speaker.last:
        end = _with_addressee(tokens, end, outline.words)
    return outline.text[tokens[start].start : tokens[end - 1].end]


def _with_addressee(tokens: Sequence[Token], end: int, words: Words) -> int:
    """Return where a cue ends with whom it is said to, if that is told in a few words."""
    closing = words.linking | words.that | words.between
    for at in range(end, min(len(tokens), end + _ADDRESSEE + 1)):
        if not tokens[at].is_word or tokens[at].lower in closing:
            return at
    return end
