"""The story of an answer: the question's vector and terms, the ranked passages, the excerpts with their citations.

Nothing here writes a word of its own: an excerpt is a slice of a document, checked against it once more before it is
given.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import numpy as np

from briefbot.corpus.freshness import is_gone, staleness
from briefbot.errors import DamagedIndex, ForeignIndex, UsageFault
from briefbot.model import (
    Answer,
    Citation,
    Document,
    Excerpt,
    Filters,
    Hit,
    Passage,
    Question,
    Sentence,
    Span,
    in_place,
)
from briefbot.sameness import gathered
from briefbot.search.confidence import Calibration, calibration, read_calibration, signals
from briefbot.search.following import follow, was_said
from briefbot.search.literal import NOTHING, Findings, Shelf, gist, is_long, lifted, look_up
from briefbot.search.marking import marked_by_pieces, marked_by_terms
from briefbot.search.ranking import CANDIDATES, Ranked, rank
from briefbot.search.reranking import Weights, pieces_of, put_back, reranked, weights
from briefbot.search.sources import LexicalMatches, Pieces, Query, Source
from briefbot.search.spelling import Reading, View, read
from briefbot.wording import normalised, prefix

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from briefbot.embedding.encoder import Encoder
    from briefbot.index.generation import Generation, Visible
    from briefbot.index.vectors import Mask
    from briefbot.settings import LinkRule


_AS_IT_STANDS = 0.3  # confidence from which a question is not read with those before it
_KNOWN = 0.5  # how well a model must know a question's words to tell which sentence answers it


@dataclass(frozen=True, slots=True)
class Library:
    """An open generation and all that is needed to answer from it.

    Without `weights`, fusion alone ranks, and without a calibration nobody knows how sure an answer is.
    """

    generation: Generation
    encoder: Encoder
    sources: Sequence[Source]
    links: Sequence[LinkRule] = ()
    weights: Weights | None = None
    calibration: Calibration | None = None


Decision = Literal["found", "missing"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a hit answers, and how sure that is: None where nothing was learnt with the index's model."""

    confidence: float | None
    answered: bool


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What a question was understood as, the passages for it, and what of them holds literally what it asks for."""

    reading: Reading
    pieces: Pieces
    ranked: Ranked
    findings: Findings
    calibration: Calibration | None

    def verdict(self, first: int = 0, copies: Container[int] = ()) -> Verdict:
        """Return whether the hit at place `first` answers; what is asked for literally decides by itself.

        Hits at the places `copies` say the same as it does. Nothing answers where there is no hit.
        """
        if len(self.ranked.hits) <= first:
            return Verdict(0.0 if self.calibration else None, answered=False)
        if self.calibration is None:
            return Verdict(None, answered=not self.findings.missing)
        learnt = self.calibration.confidence(signals(self.ranked, first, copies))
        confidence = self.findings.decided(learnt, self.ranked.hits[first].row, self.calibration.threshold)
        return Verdict(confidence, answered=confidence >= self.calibration.threshold)

    def literally(self, first: int) -> Decision | None:
        """Return how what is asked for literally decides whether the hit at place `first` answers, if it does."""
        if self.findings.missing:
            return "missing"
        return "found" if self.ranked.hits[first].row in self.findings.worth else None


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that may be shown, with its hit and that one's place."""

    place: int
    hit: Hit
    passage: Passage


@dataclass(frozen=True, slots=True)
class Considered:
    """A question with what was found for it: what an answer is made of, and explained by.

    `groups` are the passages to show, best first, each before those that say the same.
    """

    question: Question
    retrieved: Retrieved
    groups: Sequence[Sequence[Found]]

    @property
    def first(self) -> tuple[int, tuple[int, ...]]:
        """The place of the first passage to show, and of those that say the same. Without one, no hit is there."""
        first, *copies = (
            (found.place for found in self.groups[0]) if self.groups else (len(self.retrieved.ranked.hits),)
        )
        return first, tuple(copies)


def ask(question: Question, library: Library) -> Answer:
    """Return what the documents say to a question, from those that its scope and filters allow.

    Raises UsageFault for an empty question or a place that does not exist, and DamagedIndex.
    """
    return answer_of(consider(question, library), library)


def consider(question: Question, library: Library) -> Considered:
    """Return what there is to answer a question with. Raises as `ask` does."""
    _refuse_unanswerable(question, library.generation)
    retrieved = search(question, library)
    groups = gathered(there(retrieved.ranked, library), question.k, lambda found: found.passage)
    return Considered(question, retrieved, groups)


def answer_of(considered: Considered, library: Library) -> Answer:
    """Return what was found as an answer. Raises DamagedIndex."""
    retrieved = considered.retrieved
    verdict = retrieved.verdict(*considered.first)
    excerpts = tuple(_excerpt(group, retrieved, library) for group in considered.groups)
    return Answer(
        question=considered.question.text,
        understood_as=retrieved.reading.text,
        excerpts=excerpts if verdict.answered else (),
        related=() if verdict.answered else excerpts,
        confidence=verdict.confidence,
        generation=library.generation.number,
    )


def observe(considered: Considered) -> dict[str, float] | None:
    """Return the signals of the first excerpt, or None where confidence does not decide: what is there or not, does.

    That is where there is no excerpt, and where something was asked for literally.
    """
    retrieved = considered.retrieved
    if not considered.groups or retrieved.findings != NOTHING:
        return None
    return signals(retrieved.ranked, *considered.first)


def open_library(
    generation: Generation, encoder: Encoder, sources: Sequence[Source], links: Sequence[LinkRule]
) -> Library:
    """Return a library. Raises ForeignIndex where the index was made with another model."""
    made_with = generation.manifest.encoder
    if made_with.identity != encoder.identity:
        raise ForeignIndex(
            f"The index was made with the model {made_with.name!r} and the settings name {encoder.name!r}; "
            "set that model, or run: briefbot build"
        )
    learnt = weights() if _fits(weights().model, generation) else None
    return Library(generation, encoder, sources, links, learnt, calibration_of(generation))


def _fits(model: str, generation: Generation) -> bool:
    """Tell whether what was learnt with a model is true of a generation."""
    encoder = generation.manifest.encoder
    return encoder.code_bytes > 0 and encoder.weights == model


def calibration_of(generation: Generation) -> Calibration | None:
    """Return what makes a generation's answers sure: its own, else what comes with its model, else nothing."""
    own = generation.calibration()
    if own is not None:
        return read_calibration(own)
    return calibration() if _fits(calibration().model, generation) else None


def _refuse_unanswerable(question: Question, generation: Generation) -> None:
    if not any(map(str.isalnum, question.text)):
        raise UsageFault('The question is empty; ask something, as in: briefbot ask "Where did they meet?"')
    place = question.filters.document
    visible = (name for name in generation.documents if question.scope.allows(name))
    if place and not any(in_place(name, place) for name in visible):
        raise UsageFault(f"There is no document or folder {place!r}; briefbot show lists them.")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it reads by itself, what its asker may see, and which rows may answer it, `depth` from a source."""

    question: Question
    alone: Reading
    visible: Visible
    allowed: Mask
    depth: int


def search(question: Question, library: Library, *, depth: int = CANDIDATES, among: Mask | None = None) -> Retrieved:
    """Return the passages for a question, best first, from the documents that its scope and filters allow.

    Each source nominates `depth` of them, where `among` is given only of those rows. In front stand those that hold
    what is asked for literally. A question that leans on those before it is read with words of theirs, unless it says
    enough and is answered as it stands.
    """
    generation = library.generation
    visible = generation.visible(question.scope)
    view = View(generation, visible, partial(_known, library.encoder))
    alone = read(normalised(question.text), view)
    allowed = visible.rows if question.filters == Filters() else generation.allowed(question.scope, question.filters)
    asked = _Asked(question, alone, visible, allowed if among is None else allowed & among, depth)
    followed = follow(alone, question.history, view)
    if followed.complete:
        found = _searched(asked, alone, library)
        if followed.reading == alone or (found.verdict().confidence or 0.0) >= _AS_IT_STANDS:
            return found
    return _searched(asked, followed.reading, library)


def _searched(asked: _Asked, reading: Reading, library: Library) -> Retrieved:
    """Search for what a question is read as; what it asks for literally is what it says by itself."""
    generation, text = library.generation, asked.alone.text
    shelf = Shelf(generation, asked.visible, asked.allowed)
    pasted = look_up(text, shelf, np.empty(0, np.int64)) if is_long(text) else None
    words = gist(text, pasted.found) if pasted else reading.text
    encoded = library.encoder.encode_with_pieces([words])[0]
    query = Query(
        vector=encoded.vector,
        terms=reading.terms,
        allowed=asked.allowed,
        visible=asked.visible,
        shares=reading.shares,
        pieces=pieces_of(words, encoded, reading.languages),
    )
    ranked = rank(query, library.sources, generation.place, asked.depth)
    if library.weights:
        ranked = reranked(ranked, query, generation, library.weights)
        if reading != asked.alone:
            said = asked.question.history[1::2]
            ranked = put_back(ranked, lambda row: was_said(generation.passage(row).text, said))
    findings = pasted or look_up(text, shelf, ranked.hits.rows)
    return Retrieved(reading, query.pieces, lifted(ranked, findings), findings, library.calibration)


def _known(encoder: Encoder, words: list[str]) -> list[bool]:
    """Tell which words the model knows: it cuts what it has rarely or never met into pieces."""
    return [pieces == 1 for pieces in encoder.count(words)]


def there(ranked: Ranked, library: Library) -> Iterator[Found]:
    """Yield the passages of the hits, best first; those whose source is gone are passed over."""
    corpus = Path(library.generation.manifest.corpus)
    for place, hit in enumerate(ranked.hits):
        passage = library.generation.passage(hit.row)
        if not is_gone(corpus, passage.document):
            yield Found(place, hit, passage)


def _excerpt(group: Sequence[Found], retrieved: Retrieved, library: Library) -> Excerpt:
    """Return the first of some passages that say the same as an excerpt that names the others."""
    best, *others = group
    highlight, also = _highlight(best, retrieved, library), [other.passage for other in others]
    return excerpt_of(best.passage, library, highlight=highlight, score=best.hit.score, also=also)


def excerpt_of(
    passage: Passage,
    library: Library,
    *,
    highlight: Span | None = None,
    score: float = 1.0,
    also: Sequence[Passage] = (),
) -> Excerpt:
    """Return a passage as an excerpt, checked against its document once more; `highlight` counts within its text.

    Without a highlight, the whole passage is it. `also` are passages that say the same. Raises DamagedIndex where a
    passage is not in its document's text.
    """
    generation = library.generation
    documents = {name: generation.document(name) for name in {each.document for each in (passage, *also)}}
    return Excerpt(
        kind=passage.kind,
        text=passage.text,
        score=score,
        highlight=Span(0, len(passage.text)) if highlight is None else highlight,
        header=passage.header,
        citation=_cited(passage, documents, library.links),
        stale=staleness(Path(generation.manifest.corpus), passage.document, generation.origin(passage.document)),
        sentences=tuple(_within(passage, sentence) for sentence in passage.sentences),
        also=tuple(_cited(other, documents, library.links) for other in also),
    )


def _cited(passage: Passage, documents: Mapping[str, Document], links: Sequence[LinkRule]) -> Citation:
    document = documents[passage.document]
    if passage.text != passage.span.of(document.text):
        raise DamagedIndex(f"A passage of {passage.document} is not in its text; run: briefbot build --full")
    return cite(document, passage, links)


def _highlight(found: Found, retrieved: Retrieved, library: Library) -> Span:
    """Return where, within a passage's text, the sentence stands that answers best, or the two that do."""
    passage = found.passage
    first, last = _marked(found, retrieved, library)
    start, end = _within(passage, passage.sentences[first]).start, _within(passage, passage.sentences[last]).end
    return Span(start, end)


def _marked(found: Found, retrieved: Retrieved, library: Library) -> tuple[int, int]:
    passage, pieces, codes = found.passage, retrieved.pieces, library.generation.codes(found.hit.row)
    if len(pieces.vectors) and pieces.known > _KNOWN and (ends := piece_ends(passage, len(codes), library)):
        ahead, *ends = ends
        return marked_by_pieces(pieces.vectors, codes[ahead:], [end - ahead for end in ends])
    lexical = retrieved.ranked.matches["lexical"]
    worth = lexical.worth if isinstance(lexical, LexicalMatches) else {}
    return marked_by_terms([sentence.text for sentence in passage.sentences], passage.language, worth)


def piece_ends(passage: Passage, count: int, library: Library) -> list[int]:
    """Return where, among a passage's `count` word pieces, those end that stand ahead, and those of each sentence.

    Nothing, where the sentences are not all that was encoded, piece by piece.
    """
    title = library.generation.title(passage.document)
    texts = [prefix(title, passage.heading, passage.header), *(normalised(it.text) for it in passage.sentences)]
    ends: list[int] = np.cumsum(library.encoder.count(texts)).tolist() if count else []
    return ends if ends and ends[-1] == count else []


def _within(passage: Passage, sentence: Sentence) -> Span:
    """Return where a sentence stands within its passage's text."""
    return Span(sentence.span.start - passage.span.start, sentence.span.end - passage.span.start)


def cite(document: Document, passage: Passage, links: Sequence[LinkRule]) -> Citation:
    """Return where a passage stands."""
    return Citation(
        document=document.name,
        title=document.title,
        author=document.metadata.author,
        paragraph=passage.number,
        pages=passage.pages,
        heading=passage.heading,
        lines=passage.lines,
        span=passage.span,
        url=_link(passage, links) or document.metadata.url,
        date=document.metadata.date,
        language=passage.language,
    )


def _link(passage: Passage, links: Sequence[LinkRule]) -> str | None:
    rule = next((rule for rule in links if fnmatchcase(passage.document, rule.pattern)), None)
    if rule is None:
        return None
    page = passage.pages[0] if passage.pages else 1
    return rule.template.format(path=quote(passage.document), page=page, line=passage.lines[0])
