"""Whether somebody really said that: the story of one check.

Documents come as sources. How speakers are compared and which passages say nearly the same are arguments too. This
package refuses to know where any of them come from, and how a verdict is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefbot.checking.comparing import Claimed
from briefbot.checking.folding import is_unspaced
from briefbot.checking.judging import Bench
from briefbot.checking.readings import findings
from briefbot.checking.sources import Shelf, Source
from briefbot.checking.splicing import spliced
from briefbot.checking.verdicts import OF_SENSE, Cause, Caveat, Check, Match, Searched, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from briefbot.checking.judging import Judgement
    from briefbot.model import Passage, Scope, Span

    Nearest = Callable[[str], Sequence[Passage]]

__all__ = ["Bench", "Cause", "Check", "Match", "Source", "Verdict", "check"]

FEW_WORDS, FEW_SIGNS = 4, 6  # words, or signs of a script without spaces: fewer may stand anywhere by chance
SHOWN = 5  # matches of one kind
VERSION = 0.75  # of what a claim's words are worth: what is told of as another version beside an exact one


def check(text: str, sources: Sequence[Source], scope: Scope, bench: Bench, nearest: Nearest = lambda _: ()) -> Check:
    """Tell whether the documents that may be seen have `text` as a quotation, word for word.

    `bench` holds who is said to have said it, or None, and how speakers are compared. `nearest` is asked for passages
    that say about the same, and only where the words are not found.
    """
    claimed = Claimed.of(text)
    shelves = [Shelf.of(source, scope) for source in sources]
    found = [findings(claimed, shelf, bench) for shelf in shelves] if claimed.words else []
    judged = _each_once(it for each in found for it in each.judgements)
    verdict, matches = _decided(claimed, shelves, judged, bench)
    if verdict is Verdict.NOT_FOUND and (passages := nearest(text)):
        verdict, matches = Verdict.PARAPHRASE, tuple(map(_of_passage, passages))
    warnings = [*_of_text(claimed), *_of_matches(verdict, matches), *_of_speakers(verdict, matches, bench)]
    if any(each.crowded for each in found):
        warnings.append(Caveat(Cause.MANY_PLACES))
    return Check(
        text=text,
        speaker=bench.speaker,
        verdict=verdict,
        matches=matches,
        documents=len(frozenset().union(*(each.documents for each in found))),
        warnings=tuple(dict.fromkeys(warnings)),
        searched=_searched(shelves),
    )


def _each_once(judged: Iterable[Judgement]) -> list[Judgement]:
    """Return judgements in their order, of each place the first."""
    ordered = sorted(judged, key=lambda judgement: judgement.order)
    places: dict[tuple[str, Span], Judgement] = {}
    for it in ordered:
        places.setdefault((it.match.document, it.match.span), it)
    return list(places.values())


def _decided(
    claimed: Claimed, shelves: Sequence[Shelf], judged: Sequence[Judgement], bench: Bench
) -> tuple[Verdict, tuple[Match, ...]]:
    """Return the verdict and the matches to show, those that decided it first."""
    literal = [it.match for it in judged if it.is_literal]
    versions = [it.match for it in judged if not it.is_literal and it.worth >= VERSION and it.match.quotation]
    if literal:
        return judged[0].verdict, tuple(literal[:SHOWN] + versions[:SHOWN])
    agreeing = judged[0].agreeing if judged else ()
    if parts := spliced(claimed, shelves, bench, agreeing):
        return Verdict.SPLICED, tuple(dict.fromkeys([*(it.match for it in parts), *versions[:SHOWN]]))
    if judged:
        return judged[0].verdict, tuple(it.match for it in judged[:SHOWN])
    return Verdict.NOT_FOUND, ()


def _of_passage(passage: Passage) -> Match:
    return Match(passage.document, passage.span, passage.text, passage.span, passage.text, None, (), (), ())


def _of_text(claimed: Claimed) -> list[Caveat]:
    """Return what is to be said of the text itself."""
    few = FEW_SIGNS if all(is_unspaced(form) for form in claimed.forms) else FEW_WORDS
    return [Caveat(Cause.SHORT)] if len(claimed.words) < few else []


def _of_matches(verdict: Verdict, matches: Sequence[Match]) -> list[Caveat]:
    """Return what the first match warns of, and what others do that may turn the sense of the same words."""
    found = list(matches[0].warnings) if matches else []
    others = [match for match in matches[1:] if not match.differences or not verdict.is_exact]
    found += [it for match in others for it in match.warnings if it.cause in OF_SENSE]
    if verdict.is_exact and any(match.differences for match in matches):
        found.append(Caveat(Cause.OTHER_VERSION))
    return found


def _of_speakers(verdict: Verdict, matches: Sequence[Match], bench: Bench) -> list[Caveat]:
    """Return to whom else the words are credited; where no place has all of them, to whom those of the nearest are."""
    said = [match for match in matches if not match.differences] or matches[:1]
    credited = [it.quotation.attribution for it in said if it.quotation and it.quotation.attribution]
    if not credited or verdict is Verdict.NOT_FOUND:
        return []
    claimed = bench.speaker or credited[0].name
    others = [it for it in credited if bench.same_speaker(claimed, it) is False]
    return [Caveat(Cause.CREDITED, it.name) for it in others]


def _searched(shelves: Sequence[Shelf]) -> Searched:
    views = [shelf.view for shelf in shelves]
    return Searched(
        documents=sum(int(view.visible.sum()) for view in views),
        quotations=sum(view.concordance.quotations_in(view.visible) for view in views),
    )
