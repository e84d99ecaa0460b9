"""The story of a quotation that is looked up: by who said it, by what it means and by the words it has.

What is asked for is searched for as any question is, among the passages that hold a quotation that fits. Then each
quotation of the best passages is looked at by itself, as closely as passages are. Nothing here writes a word of its
own: a quotation is a slice of its document, checked once more before it is given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from briefbot.answering import cite, excerpt_of, piece_ends, search, there
from briefbot.checking import Bench, Check, Source, check
from briefbot.corpus.freshness import is_gone
from briefbot.corpus.language import language_of
from briefbot.errors import DamagedIndex, UsageFault
from briefbot.index.quotations import KIND, NAME, PASSAGE
from briefbot.model import QUOTATION_KINDS, Block, Document, Filters, Metadata, Question, Span
from briefbot.passages import undivided
from briefbot.quotes import quotations
from briefbot.quotes.spellings import is_pronoun, may_name, speaker_key
from briefbot.search.reranking import scores_of_parts
from briefbot.wording import letters

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from briefbot.answering import Library, Retrieved
    from briefbot.checking.verdicts import Match
    from briefbot.codes import Codes
    from briefbot.index.generation import Generation
    from briefbot.index.segment import Segment
    from briefbot.index.vectors import Mask, Rows
    from briefbot.model import Attribution, Citation, Excerpt, Passage, Quotation, QuotationKind, Scope

    Claim = tuple[str, str | None]  # a text, and who is said to have said it

_NEAREST = 3  # passages that say about the same as what is checked
_PARAGRAPH = re.compile(r"\S(?:.*?\S)??(?=\s*(?:\n\s*\n|\Z))", re.DOTALL)
_CLOSELY = 20  # passages whose quotations are looked at one by one


@dataclass(frozen=True, slots=True)
class Wanted:
    """What quotations are looked for, who asks (`scope`), and how many are wanted (`k`).

    Without words, all that fit are given, the newest first. `kind` is None for both kinds.
    """

    words: str
    scope: Scope
    speaker: str | None = None
    kind: QuotationKind | None = "direct"
    filters: Filters = field(default_factory=Filters)
    k: int = 5


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation with the passage it stands in, where it is the highlight.

    `context` are the document's own words around it, with what introduces or completes it.
    """

    quotation: Quotation
    excerpt: Excerpt
    context: str


@dataclass(frozen=True, slots=True)
class FoundQuotations:
    """The quotations that fit best; `related` instead, where none of them is likely what was meant.

    `searched` counts the quotations that fit the speaker and the filters; `understood_as` is how the words were read.
    """

    wanted: Wanted
    understood_as: str
    quoted: tuple[Quoted, ...]
    related: tuple[Quoted, ...]
    searched: int
    generation: int


@dataclass(frozen=True, slots=True)
class SpeakerLine:
    """Somebody who is quoted: the commonest spelling, how often (direct and in all), and all spellings."""

    name: str
    direct: int
    quotations: int
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Fitting:
    """The quotations of one segment that fit: their rows, and the rows of their passages in the generation."""

    segment: Segment
    rows: Rows
    passages: Rows


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A quotation by its row in a segment, and its passage's row in the generation."""

    segment: Segment
    row: int
    passage: int


def find(wanted: Wanted, library: Library, aliases: Mapping[str, str]) -> FoundQuotations:
    """Return the quotations that fit best, from the documents that the scope and filters allow.

    `aliases` are other names of speakers. Raises UsageFault where nothing is asked for, and DamagedIndex.
    """
    if not any(map(str.isalnum, wanted.words + (wanted.speaker or ""))):
        raise UsageFault('Say which quotation, or whose: briefbot quote find "always be with Russia" --speaker Kim')
    fitting = _fitting(wanted, library.generation, aliases)
    searched = sum(len(one.rows) for one in fitting)
    if any(map(str.isalnum, wanted.words)):
        question = Question(wanted.words, wanted.scope, wanted.filters, wanted.k)
        retrieved = search(question, library, among=_among(fitting, library.generation))
        candidates, sure = _by_meaning(retrieved, fitting, library), retrieved.verdict().answered
        understood = retrieved.reading.text
    else:
        candidates, sure, understood = _newest(fitting), True, ""
    shown = tuple(islice(_distinct(candidates, library), wanted.k))
    return FoundQuotations(
        wanted=wanted,
        understood_as=understood,
        quoted=shown if sure else (),
        related=() if sure else shown,
        searched=searched,
        generation=library.generation.number,
    )


def speakers(generation: Generation, scope: Scope, aliases: Mapping[str, str]) -> tuple[SpeakerLine, ...]:
    """Return who is quoted by name in the documents that may be seen, those first who are quoted most."""
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in _fitting(Wanted("", scope, kind=None), generation, {}):
        fields, quotations = one.segment.quotations.fields[one.rows], one.segment.quotations
        for kind in range(len(QUOTATION_KINDS)):
            numbers = np.bincount(fields[fields[:, KIND] == kind, NAME], minlength=len(quotations.names) + 1)
            for name, count in zip(quotations.names, numbers[1:].tolist(), strict=True):
                counts[name][kind] += count
    merged: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(counts, key=lambda name: (-sum(counts[name]), name)):
        if sum(counts[name]) and not is_pronoun(name):
            merged[speaker_key(name, aliases)].append(name)
    lines = (_line(names, counts) for names in merged.values())
    return tuple(sorted(lines, key=lambda line: (-line.quotations, line.name)))


def _line(names: Sequence[str], counts: Mapping[str, Sequence[int]]) -> SpeakerLine:
    direct, indirect = (sum(counts[name][kind] for name in names) for kind in range(len(QUOTATION_KINDS)))
    return SpeakerLine(names[0], direct, direct + indirect, tuple(names))


def every(library: Library, scope: Scope) -> Iterator[tuple[Quotation, Citation]]:
    """Yield all quotations that may be seen, by document, each with where it stands."""
    generation = library.generation
    for name, listed in generation.documents.items():
        if scope.allows(name):
            segment, document = generation.segments[listed.segment], generation.document(name)
            rows = segment.quotations.rows_of(listed.row)
            for row, quotation in zip(rows, segment.quotations.of(document, rows), strict=True):
                passage = segment.passage(int(segment.quotations.fields[row, PASSAGE]))
                yield quotation, cite(document, passage, library.links)


def _fitting(wanted: Wanted, generation: Generation, aliases: Mapping[str, str]) -> list[_Fitting]:
    allowed, found = generation.allowed(wanted.scope, wanted.filters), []
    for start, segment in generation.parted():
        quotations = segment.quotations
        fields = quotations.fields
        fits = allowed[start + fields[:, PASSAGE].astype(np.int64)]
        if wanted.kind:
            fits &= fields[:, KIND] == QUOTATION_KINDS.index(wanted.kind)
        if wanted.speaker is not None:
            called = [may_name(wanted.speaker, name, aliases) for name in quotations.names]
            fits &= np.array([False, *called])[fields[:, NAME]]
        rows = np.flatnonzero(fits)
        found.append(_Fitting(segment, rows, start + fields[rows, PASSAGE].astype(np.int64)))
    return found


def _among(fitting: Sequence[_Fitting], generation: Generation) -> Mask:
    among = np.zeros(sum(segment.entry.passages for segment in generation.segments), np.bool_)
    for one in fitting:
        among[one.passages] = True
    return among


def _newest(fitting: Sequence[_Fitting]) -> Iterator[_Candidate]:
    """Yield the quotations of the newest documents first; those of documents without a date come last."""
    keys = [
        (-day, i, row, passage)
        for i, one in enumerate(fitting)
        for day, row, passage in zip(_days(one).tolist(), one.rows.tolist(), one.passages.tolist(), strict=True)
    ]
    for _, i, row, passage in sorted(keys):
        yield _Candidate(fitting[i].segment, row, passage)


def _days(one: _Fitting) -> Rows:
    documents = np.searchsorted(one.segment.quotations.starts, one.rows, "right") - 1
    return np.asarray(one.segment.days[documents], np.int64)


def _by_meaning(retrieved: Retrieved, fitting: Sequence[_Fitting], library: Library) -> Iterator[_Candidate]:
    """Yield the quotations of the passages that were found; those of the best passages by how near each comes."""
    hits = retrieved.ranked.hits
    held = _held(fitting, frozenset(hits.rows.tolist()))
    candidates = [(place, one) for place, row in enumerate(hits.rows.tolist()) for one in held.get(row, ())]
    close = [(place, one) for place, one in candidates if place < _CLOSELY] if library.weights else []
    if close and library.weights:
        places = np.array([place for place, _ in close])
        codes = [one for _, some in groupby(close, itemgetter(0)) for one in _codes(some, library)]
        scores = scores_of_parts(retrieved.ranked, retrieved.pieces, places, codes, library.weights)
        for i in np.argsort(-scores, kind="stable").tolist():
            yield close[i][1]
    yield from (one for _, one in candidates[len(close) :])


def _held(fitting: Sequence[_Fitting], wanted: frozenset[int]) -> dict[int, list[_Candidate]]:
    """Return the quotations that fit by the rows of their passages, of those passages that are wanted."""
    held: defaultdict[int, list[_Candidate]] = defaultdict(list)
    for one in fitting:
        here = np.flatnonzero(np.isin(one.passages, list(wanted)))
        for row, passage in zip(one.rows[here].tolist(), one.passages[here].tolist(), strict=True):
            held[passage].append(_Candidate(one.segment, row, passage))
    return held


def _codes(candidates: Iterable[tuple[int, _Candidate]], library: Library) -> Iterator[Codes]:
    """Yield for each of one passage's quotations the codes of the sentences it stands in."""
    some = [one for _, one in candidates]
    passage, codes = library.generation.passage(some[0].passage), library.generation.codes(some[0].passage)
    ends = piece_ends(passage, len(codes), library)
    for one in some:
        context = _quotation(one, library.generation).context
        inside = [i for i, it in enumerate(passage.sentences) if _overlap(it.span, context)] if ends else []
        yield codes[ends[inside[0]] : ends[inside[-1] + 1]] if inside else codes


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _quotation(one: _Candidate, generation: Generation) -> Quotation:
    document = generation.document(generation.place(one.passage)[0])
    (quotation,) = one.segment.quotations.of(document, [one.row])
    return quotation


def _distinct(candidates: Iterable[_Candidate], library: Library) -> Iterator[Quoted]:
    """Yield the quotations, the same words of the same speaker once, of the documents that are still there."""
    shown: dict[tuple[str, str | None], None] = {}
    corpus = Path(library.generation.manifest.corpus)
    for one in candidates:
        name = library.generation.place(one.passage)[0]
        if is_gone(corpus, name):
            continue
        quotation = _quotation(one, library.generation)
        who = quotation.attribution
        same = letters(quotation.text), who.name if who else None
        if same not in shown:
            shown[same] = None
            yield _quoted(quotation, one, library)


def _quoted(quotation: Quotation, one: _Candidate, library: Library) -> Quoted:
    passage = library.generation.passage(one.passage)
    end = min(quotation.span.end, passage.span.end)
    highlight = Span(quotation.span.start, max(quotation.span.start, end)).shifted(-passage.span.start)
    excerpt = excerpt_of(passage, library, highlight=highlight)
    return Quoted(quotation, excerpt, quotation.context.of(library.generation.document(quotation.document).text))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a match stands, and the sha256 of the file that its document was read from."""

    citation: Citation
    document_sha256: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on a text, with the place of each match, and which index it was checked in."""

    check: Check
    places: tuple[Place, ...]
    generation: int
    made: datetime


def checked(text: str, speaker: str | None, library: Library, scope: Scope, aliases: Mapping[str, str]) -> Checked:
    """Tell whether the documents that may be seen have a text as a quotation, word for word. Raises DamagedIndex.

    What stands in a document that is gone since is not found. Where nothing else is, the nearest passages are given.
    """
    if not any(map(str.isalnum, text)):
        raise UsageFault('Say what is to be checked: briefbot quote check "always be with Russia" --speaker Kim')
    found, manifest = _checked(text, speaker, library, scope, aliases), library.generation.manifest
    places = tuple(_place(match, library) for match in found.matches)
    return Checked(found, places, manifest.generation, manifest.made)


def all_checked(claims: Iterable[Claim], library: Library, scope: Scope, aliases: Mapping[str, str]) -> list[Checked]:
    """Return the verdicts on texts that are credited to speakers, the worst first, and of these those with warnings."""
    found = [checked(text, speaker, library, scope, aliases) for text, speaker in claims]
    return sorted(found, key=lambda one: one.check.rank)


def _checked(text: str, speaker: str | None, library: Library, scope: Scope, aliases: Mapping[str, str]) -> Check:
    bench = Bench(speaker, lambda name, credited: _is_same(name, credited, aliases))
    gone: set[str] = set()
    corpus = Path(library.generation.manifest.corpus)
    while True:
        found = check(text, list(_sources(library.generation, gone)), scope, bench, partial(_nearest, library, scope))
        missing = {match.document for match in found.matches if is_gone(corpus, match.document)}
        if missing <= gone:
            return found
        gone |= missing


def _place(match: Match, library: Library) -> Place:
    generation = library.generation
    document, passages = generation.document(match.document), list(generation.passages(match.document))
    if match.text != match.span.of(document.text):
        raise DamagedIndex(f"A quotation of {match.document} is not in its text; run: briefbot build --full")
    starts = [passage.span.start for passage in passages]
    passage = passages[max(0, bisect_right(starts, match.span.start) - 1)]
    return Place(cite(document, passage, library.links), generation.origin(match.document).sha256)


def claims_in(text: str) -> list[Claim]:
    """Return what a text quotes word for word, as `claims` does."""
    document = Document("", "", text, Metadata(), language_of(text), ())
    blocks = [Block("paragraph", Span(*match.span())) for match in _PARAGRAPH.finditer(text)]
    return claims(quotations(document, undivided(language_of).cut(document, blocks)))


def claims(quoted: Iterable[Quotation]) -> list[Claim]:
    """Return what is quoted word for word, each with who is said to have said it, where a name is given.

    Whom "the minister" stands for, a draft does not tell well enough for calling a speaker wrong.
    """
    return [(one.text, one.attribution.full if one.attribution else None) for one in quoted if one.kind == "direct"]


def _is_same(name: str, credited: Attribution, aliases: Mapping[str, str]) -> bool:
    return any(
        may_name(name, it, aliases) or may_name(it, name, aliases) for it in (credited.full, credited.speaker) if it
    )


def _sources(generation: Generation, gone: Container[str]) -> Iterator[Source]:
    """Yield what to check in: each piece of the concordance of each segment, but for documents that are gone."""
    for segment in generation.segments:
        document = 0
        for piece, first in segment.concordance.numbered:
            rows = range(document, document + piece.documents)
            live = np.array([not segment.dead[row] and segment.name(row) not in gone for row in rows], np.bool_)
            yield Source(piece, live, generation.document, partial(_by_row, segment, first))
            document += piece.documents


def _by_row(segment: Segment, first: int, row: int) -> Quotation:
    place = first + row
    document = int(np.searchsorted(segment.quotations.starts, place, "right")) - 1
    (found,) = segment.quotations.of(segment.document(document), [place])
    return found


def _nearest(library: Library, scope: Scope, text: str) -> list[Passage]:
    """Return passages that say about the same as a text, where some are likely to."""
    retrieved = search(Question(text, scope), library)
    if not retrieved.verdict().answered:
        return []
    return [found.passage for found in islice(there(retrieved.ranked, library), _NEAREST)]
