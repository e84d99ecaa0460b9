from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk
from tests.fakes import no_bars

from briefbot.answering import Library, ask, open_library
from briefbot.evaluation.asking import ask_all, rank_all
from briefbot.evaluation.beir import Query
from briefbot.evaluation.questions import Asked
from briefbot.index.store import open_current
from briefbot.model import Question, Scope
from briefbot.search.sources import DenseSource, LexicalSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ENTRIES, EACH = 120, 20
QUESTION = "Where does tram 7 stop?"


@contextlib.contextmanager
def opened(root: Path) -> Iterator[Library]:
    """Open many documents, of which one has most of the passages that are about the question."""
    desk = Desk(root)
    for number in range(ENTRIES):
        times = 10 * EACH if number == 7 else 1
        paragraphs = (f"The tram {number} stops at the harbour, in row {n}." for n in range(times))
        desk.write(f"{number:03}.txt", "\n\n".join(paragraphs))
    desk.build()
    with open_current(desk.index) as generation:
        yield open_library(generation, desk.encoder, [DenseSource(generation), LexicalSource(generation)], ())


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("many")) as library:
        yield library


IDS = {f"{number:03}.txt": f"e/{number}" for number in range(ENTRIES)}


def test_a_hundred_entries_are_ranked_though_one_has_most_of_the_passages(library: Library) -> None:
    query = Query("q", QUESTION, ())

    (ranking,) = rank_all([query], IDS, library, no_bars, conversation=False)

    assert (ranking.query, ranking.entries[0]) == (query, "e/7")
    assert len(ranking.entries) == len(set(ranking.entries)) == 100


def test_order_and_confidence_are_those_of_ask(library: Library) -> None:
    texts = [QUESTION, "harbour in row 3", "Who invented penicillin?"]

    rankings = rank_all([Query(text, text, ()) for text in texts], IDS, library, no_bars, conversation=False)

    for text, ranking in zip(texts, rankings, strict=True):
        answer = ask(Question(text, Scope.everything(), k=100), library)
        documents = dict.fromkeys(one.citation.document for one in answer.excerpts + answer.related)
        entries = [IDS[name] for name in documents]
        assert list(ranking.entries[: len(entries)]) == entries
        assert ranking.confidence == answer.confidence


def test_a_long_an_empty_and_a_wordless_query_are_ranked(library: Library) -> None:
    texts = ["tram " * 1_200, "", "?!", "a" * 6_000]

    rankings = rank_all(
        [Query(str(n), text, ()) for n, text in enumerate(texts)], IDS, library, no_bars, conversation=True
    )

    assert [len(ranking.entries) for ranking in rankings] == [100] * 4


@pytest.mark.parametrize("conversation", [True, False])
def test_the_history_is_used_where_it_is_wanted(
    library: Library, monkeypatch: pytest.MonkeyPatch, conversation: bool
) -> None:
    from briefbot.evaluation import asking

    seen = []
    search = asking.search

    def noting(question: Question, library: Library, **options: int) -> object:
        seen.append(question.history)
        return search(question, library, **options)

    monkeypatch.setattr(asking, "search", noting)
    rank_all([Query("q", QUESTION, ("Who?", "A guard."))], IDS, library, no_bars, conversation=conversation)

    assert set(seen) == {("Who?", "A guard.") if conversation else ()}


def test_own_questions_are_asked_and_judged_and_progress_is_told(library: Library) -> None:
    told: list[tuple[str, int]] = []

    @contextlib.contextmanager
    def bars(label: str, total: int) -> Iterator[Callable[[int], None]]:
        yield lambda steps: told.append((f"{label} of {total}", steps))

    asked = [
        Asked("line 1", QUESTION, (), "007.txt", None, None),
        Asked("line 2", QUESTION, (), None, None, None),
    ]

    outcomes = ask_all(asked, library, bars)

    assert [outcome.place for outcome in outcomes] == [1, None]
    assert outcomes[0].answer == ask(Question(QUESTION, Scope.everything(), k=10), library)
    assert told == [("encoding questions of 1", 1), ("asking of 2", 1), ("asking of 2", 1)]
