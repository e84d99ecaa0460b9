"""What an evaluation has to tell, counted from the outcomes: the values that are printed, drawn and written as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefbot.errors import UsageFault
from briefbot.evaluation.abstaining import Abstention, Trial, abstention
from briefbot.evaluation.judging import Outcome, shown
from briefbot.evaluation.measures import mean_measures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from briefbot.evaluation.asking import Ranking
    from briefbot.evaluation.beir import Collection
    from briefbot.evaluation.questions import Questions

HITS = (1, 3, 5, 10)
SENTENCE = "sentence"  # the measure's name: how often the highlighted sentence is the one that answers


@dataclass(frozen=True, slots=True)
class Found:
    """What stood first: its document, its paragraph, and its words."""

    document: str
    paragraph: int
    text: str


@dataclass(frozen=True, slots=True)
class Miss:
    """A question whose first excerpt is not right, or that was answered and has no answer.

    `document`, `paragraph` and `text` are what was expected, all None where nothing answers it. `rank` is where the
    first right excerpt stands, None where it is not among those looked at; `first` is None where nothing was found.
    """

    place: str
    question: str
    document: str | None
    paragraph: int | None
    text: str | None
    rank: int | None
    first: Found | None
    confidence: float | None


@dataclass(frozen=True, slots=True)
class QuestionsReport:
    """How a team's own questions are answered. `metrics` count those with an answer, and are None without any.

    `ranks` counts how many of them have their first right excerpt at each place, from 1 on. `sentences` is how many
    the share of right sentences is taken of; `unsettled` are rows of feedback that do not tell what is right.
    `abstention` is None where confidence is not calibrated for the index's model.
    """

    file: str
    generation: int
    questions: int
    answerable: int
    unsettled: int
    metrics: dict[str, float | None]
    ranks: tuple[int, ...]
    sentences: int
    abstention: Abstention | None
    misses: tuple[Miss, ...]
    unknown_documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CollectionReport:
    """How the entries of a collection are ranked, over the `judged` queries, those with a relevant entry.

    `unknown_entries` counts judged entries that the collection does not have: they cannot be found, and count as
    missed. `abstention` is None where nobody asked for it.
    """

    collection: str
    entries: int
    passages: int
    queries: int
    judged: int
    unknown_entries: int
    unknown_queries: int
    metrics: dict[str, float]
    abstention: Abstention | None


def questions_report(
    file: str, questions: Questions, outcomes: Sequence[Outcome], known: frozenset[str], threshold: float | None
) -> QuestionsReport:
    """Count the outcomes of a team's own questions; `known` are the documents of the index.

    The `threshold` is the one in force, None where confidence is not calibrated.
    """
    answerable = [outcome for outcome in outcomes if outcome.asked.answerable]
    sentences = [outcome.sentence for outcome in outcomes if outcome.sentence is not None]
    named = dict.fromkeys(outcome.asked.document for outcome in answerable if outcome.asked.document)
    return QuestionsReport(
        file=file,
        generation=outcomes[0].answer.generation,
        questions=len(outcomes),
        answerable=len(answerable),
        unsettled=questions.unsettled,
        metrics=_measured(answerable) | {SENTENCE: _share(sentences)},
        ranks=tuple(sum(outcome.place == n for outcome in answerable) for n in range(1, HITS[-1] + 1)),
        sentences=len(sentences),
        abstention=_abstention(map(_trial, outcomes), threshold),
        misses=tuple(_miss(outcome) for outcome in outcomes if outcome.missed),
        unknown_documents=tuple(name for name in named if name not in known),
    )


def collection_report(
    collection: Collection, passages: int, rankings: Sequence[Ranking], threshold: float | None
) -> CollectionReport:
    """Count the rankings of a collection; with a `threshold`, tell what confidence is worth. Raises UsageFault."""
    judged = [ranking for ranking in rankings if collection.relevant(ranking.query)]
    if not judged:
        raise UsageFault(f"No query of {collection.name} has a relevant entry, so there is nothing to measure.")
    ids, asked = {entry.id for entry in collection.entries}, {query.id for query in collection.queries}
    return CollectionReport(
        collection=collection.name,
        entries=len(collection.entries),
        passages=passages,
        queries=len(rankings),
        judged=len(judged),
        unknown_entries=len({entry for grades in collection.grades.values() for entry in grades} - ids),
        unknown_queries=len(collection.grades.keys() - asked),
        metrics=mean_measures([(collection.grades[one.query.id], one.entries) for one in judged]),
        abstention=_abstention((_tried(one, collection) for one in rankings), threshold),
    )


def _abstention(trials: Iterable[Trial | None], threshold: float | None) -> Abstention | None:
    """Return what confidence is worth, or None without a threshold: fused scores are parts of each question's best."""
    return None if threshold is None else abstention([trial for trial in trials if trial], threshold)


def _measured(answerable: Sequence[Outcome]) -> dict[str, float | None]:
    """Return hit@n, MRR and nDCG; one right excerpt answers a question, and further ones add nothing."""
    shares = {f"hit@{n}": _share([outcome.within(n) for outcome in answerable]) for n in HITS}
    means = mean_measures([({"right": 1}, _ranked(outcome.place)) for outcome in answerable])
    names = {"MRR": "MRR@10", "nDCG@10": "nDCG@10"}
    return shares | {name: means[of] if answerable else None for name, of in names.items()}


def _ranked(place: int | None) -> list[str]:
    """Return a ranking whose right entry stands at that place."""
    return [] if place is None else [*(f"{n} is wrong" for n in range(1, place)), "right"]


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def _trial(outcome: Outcome) -> Trial | None:
    confidence = outcome.answer.confidence
    return None if confidence is None else Trial(confidence, outcome.asked.answerable, outcome.first)


def _tried(ranking: Ranking, collection: Collection) -> Trial | None:
    relevant, confidence = collection.relevant(ranking.query), ranking.confidence
    right = bool(relevant.intersection(ranking.entries[:1]))
    return None if confidence is None else Trial(confidence, bool(relevant), right)


def _miss(outcome: Outcome) -> Miss:
    asked = outcome.asked
    first = next(
        (Found(one.citation.document, one.citation.paragraph, one.text) for one in shown(outcome.answer)), None
    )
    return Miss(
        place=asked.place,
        question=asked.text,
        document=asked.document,
        paragraph=asked.paragraph,
        text=asked.answer,
        rank=outcome.place,
        first=first,
        confidence=outcome.answer.confidence,
    )
