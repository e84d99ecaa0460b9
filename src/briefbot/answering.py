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
from briefbot.search.analysis import terms
from briefbot.search.confidence import Calibration, in_force, signals
from briefbot.search.literal import Findings, Shelf, gist, is_long, lifted, look_up
from briefbot.search.ranking import CANDIDATES, Ranked, rank
from briefbot.search.sources import LexicalMatches, Query, Source
from briefbot.search.spelling import Reading, View, read
from briefbot.wording import normalised

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from briefbot.embedding.encoder import Encoder
    from briefbot.index.generation import Generation
    from briefbot.settings import LinkRule


Decision = Literal["found", "missing"]


@dataclass(frozen=True, slots=True)
class Library:
    """An open generation and all that is needed to answer from it."""

    generation: Generation
    encoder: Encoder
    sources: Sequence[Source]
    links: Sequence[LinkRule] = ()
    calibration: Calibration | None = None

    @property
    def threshold(self) -> float | None:
        """The confidence below which nothing is answered, None where it is not calibrated."""
        return self.calibration.threshold if self.calibration else None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What a question was understood as, the passages for it, and what of them holds literally what it asks for.

    `calibration` tells how sure it is that a passage answers; None where that is not known of the model.
    """

    reading: Reading
    ranked: Ranked
    findings: Findings
    calibration: Calibration | None

    def confidence(self, first: int = 0, copies: Container[int] = ()) -> float | None:
        """Return how sure it is that the hit at place `first` answers; what is asked for literally decides by itself.

        Hits at the places `copies` say the same as it does. Nothing answers where there is no hit.
        """
        if self.calibration is None:
            return None
        if len(self.ranked.hits) <= first:
            return 0.0
        learnt = self.calibration.confidence(signals(self.ranked, first, copies))
        return self.findings.decided(learnt, self.ranked.hits[first].row, self.calibration.threshold)

    def literally(self, first: int = 0) -> Decision | None:
        """Return how what is asked for literally decides whether the hit at place `first` answers, if it does."""
        if self.findings.missing:
            return "missing"
        return "found" if self.ranked.hits[first].row in self.findings.worth else None

    def answers(self, confidence: float | None) -> bool:
        """Tell whether what is shown with that confidence is an answer, and not only related.

        Where it is not calibrated, whatever was found is one, unless what is asked for literally stands nowhere.
        """
        if confidence is None or self.calibration is None:
            return not self.findings.missing
        return confidence >= self.calibration.threshold


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
        """The place of the first passage to show, and of those that say the same. There must be one."""
        first, *copies = (found.place for found in self.groups[0])
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
    retrieved, groups = considered.retrieved, considered.groups
    nothing = None if library.calibration is None else 0.0
    confidence = retrieved.confidence(*considered.first) if groups else nothing
    excerpts = tuple(_excerpt(group, retrieved.ranked, library) for group in groups)
    answered = retrieved.answers(confidence)
    return Answer(
        question=considered.question.text,
        understood_as=retrieved.reading.text,
        excerpts=excerpts if answered else (),
        related=() if answered else excerpts,
        confidence=confidence,
        generation=library.generation.number,
    )


def open_library(
    generation: Generation, encoder: Encoder, sources: Sequence[Source], links: Sequence[LinkRule]
) -> Library:
    """Return a library. Raises ForeignIndex where the index was made with another model, and DamagedIndex."""
    made_with = generation.manifest.encoder
    if made_with.identity != encoder.identity:
        raise ForeignIndex(
            f"The index was made with the model {made_with.name!r} and the settings name {encoder.name!r}; "
            "set that model, or run: briefbot build"
        )
    return Library(generation, encoder, sources, links, in_force(generation).calibration)


def _refuse_unanswerable(question: Question, generation: Generation) -> None:
    if not any(map(str.isalnum, question.text)):
        raise UsageFault('The question is empty; ask something, as in: briefbot ask "Where did they meet?"')
    place = question.filters.document
    visible = (name for name in generation.documents if question.scope.allows(name))
    if place and not any(in_place(name, place) for name in visible):
        raise UsageFault(f"There is no document or folder {place!r}; briefbot show lists them.")


def search(question: Question, library: Library, *, depth: int = CANDIDATES) -> Retrieved:
    """Return the passages for a question, best first, from the documents that its scope and filters allow.

    Each source nominates `depth` of them. In front stand those that hold what is asked for literally.
    """
    generation = library.generation
    visible = generation.visible(question.scope)
    allowed = visible.rows if question.filters == Filters() else generation.allowed(question.scope, question.filters)
    reading = read(normalised(question.text), View(generation, visible, partial(_known, library.encoder)))
    text, shelf = reading.text, Shelf(generation, visible, allowed)
    pasted = look_up(text, shelf, np.empty(0, np.int64)) if is_long(text) else None
    query = Query(
        vector=library.encoder.encode_questions([gist(text, pasted.found) if pasted else text])[0],
        terms=reading.terms,
        allowed=allowed,
        visible=visible,
        shares=reading.shares,
    )
    ranked = rank(query, library.sources, generation.place, depth)
    findings = pasted or look_up(text, shelf, ranked.hits.rows)
    return Retrieved(reading, lifted(ranked, findings), findings, library.calibration)


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


def _excerpt(group: Sequence[Found], ranked: Ranked, library: Library) -> Excerpt:
    """Return the first of some passages that say the same as an excerpt that names the others."""
    best, *others = group
    highlight, also = _answering_sentence(best.passage, ranked), [other.passage for other in others]
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


def _answering_sentence(passage: Passage, ranked: Ranked) -> Span:
    """Return the sentence that holds most of what the question's terms are worth, the first of equals."""
    lexical = ranked.matches["lexical"]
    worth = lexical.worth if isinstance(lexical, LexicalMatches) else {}

    def held(sentence: Sentence) -> float:
        found = set(terms(sentence.text, passage.language))
        return sum(value for term, value in worth.items() if term in found)

    best = max(passage.sentences, key=held)
    return _within(passage, best)


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
