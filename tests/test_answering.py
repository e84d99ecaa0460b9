from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk
from tests.fakes import WordEncoder

from briefbot.answering import cite, open_library
from briefbot.errors import ForeignIndex, UsageFault
from briefbot.index.store import open_current
from briefbot.model import Answer, Citation, Document, Metadata, Passage, Scope, Span, Staleness
from briefbot.search.confidence import Calibration, calibration_bytes
from briefbot.settings import LinkRule
from briefbot.upkeep import calibrate

if TYPE_CHECKING:
    from pathlib import Path

VISIT = """---
title: The Visit
author: A. Author
date: 2023-09-13
url: https://news.example/visit
---
# The Visit

## By train

They came by train. Kim met Putin at the cosmodrome. It rained.

## Grain

Fifty thousand tons of grain were announced in 2011.
"""


def made(root: Path) -> Desk:
    desk = Desk(root)
    desk.write("visit.md", VISIT)
    desk.write("team/food.txt", "The canteen serves soup on Mondays.\n\nThe canteen is closed on Sundays.")
    desk.build()
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return made(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def own(tmp_path: Path) -> Desk:
    """Return a desk whose corpus the test may change."""
    return made(tmp_path)


def test_an_answer_is_the_exact_passage_with_its_place(desk: Desk) -> None:
    answer = desk.ask("Where did Kim  met Putin at the cosmodrome?", k=1)
    (excerpt,) = answer.excerpts
    start = VISIT.index("They came")
    passage = "They came by train. Kim met Putin at the cosmodrome. It rained."
    assert (answer.answered, answer.related, answer.generation) == (True, (), 1)
    assert answer.question == "Where did Kim  met Putin at the cosmodrome?"
    assert answer.understood_as == "Where did Kim met Putin at the cosmodrome?"
    assert 0.5 <= answer.confidence <= 1
    assert (excerpt.text, excerpt.header, excerpt.stale) == (passage, None, None)
    assert excerpt.highlight.of(excerpt.text) == "Kim met Putin at the cosmodrome."
    assert excerpt.citation == Citation(
        document="visit.md",
        title="The Visit",
        author="A. Author",
        paragraph=1,
        pages=None,
        heading=("The Visit", "By train"),
        lines=(11, 11),
        span=Span(start, start + len(passage)),
        url="https://news.example/visit",
        date=date(2023, 9, 13),
        language="en",
    )


def test_what_the_documents_do_not_say_is_not_answered(desk: Desk) -> None:
    answer = desk.ask("Who invented penicillin?", k=2)
    assert (answer.answered, answer.excerpts, len(answer.related)) == (False, (), 2)
    assert 0 <= answer.confidence < 0.5


@pytest.mark.parametrize("k", [1, 2, 3])
def test_as_many_excerpts_are_given_as_were_asked_for_best_first(desk: Desk, k: int) -> None:
    answer = desk.ask("Kim met Putin at the cosmodrome", k=k)
    scores = [excerpt.score for excerpt in answer.excerpts]
    assert len(scores) == k
    assert scores == sorted(scores, reverse=True)


def test_the_first_sentence_is_shown_where_none_holds_more(desk: Desk) -> None:
    (excerpt,) = desk.ask("zebra", k=1, document="visit.md", author="author").related
    assert excerpt.highlight.start == 0


def test_an_answer_comes_from_the_documents_that_may_be_seen(desk: Desk) -> None:
    answer = desk.ask("Kim met Putin at the cosmodrome", scope=Scope(frozenset({"team/food.txt"})))
    assert {found.citation.document for found in answer.excerpts + answer.related} == {"team/food.txt"}


def test_who_may_see_nothing_learns_nothing(desk: Desk) -> None:
    answer = desk.ask("Kim met Putin", scope=Scope(frozenset()))
    assert (answer.excerpts, answer.related, answer.confidence) == ((), (), 0.0)


def test_an_index_without_documents_has_no_answer(tmp_path: Path) -> None:
    empty = Desk(tmp_path)
    empty.build()
    answer = empty.ask("Kim met Putin")
    assert (answer.excerpts, answer.related, answer.confidence) == ((), (), 0.0)


@pytest.mark.parametrize("text", ["", "  \n", "\u200b"])
def test_an_empty_question_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(UsageFault, match=r"^The question is empty; ask something"):
        desk.ask(text)


def test_a_place_that_does_not_exist_is_refused(desk: Desk) -> None:
    with pytest.raises(UsageFault) as error:
        desk.ask("soup", document="tea")
    assert str(error.value) == "There is no document or folder 'tea'; briefbot show lists them."


def test_a_place_that_may_not_be_seen_is_refused_as_one_that_does_not_exist(desk: Desk) -> None:
    with pytest.raises(UsageFault, match=r"^There is no document or folder 'team';"):
        desk.ask("soup", scope=Scope(frozenset({"visit.md"})), document="team")


def test_an_index_of_another_model_is_refused(desk: Desk) -> None:
    with open_current(desk.index) as generation, pytest.raises(ForeignIndex) as error:
        open_library(generation, WordEncoder(name="other", identity="other-1"), (), ())
    assert str(error.value) == (
        "The index was made with the model 'words' and the settings name 'other'; "
        "set that model, or run: briefbot build"
    )


# What says the same


NOTICE = "Kim met Putin at the cosmodrome on 13 September."


@pytest.fixture
def copies(tmp_path: Path) -> Desk:
    """Return a desk where three documents say the same, one almost, and one something else."""
    desk = Desk(tmp_path)
    desk.write("a.txt", NOTICE)
    desk.write("b.txt", f"It rained.\n\n{NOTICE.replace(' met', chr(10) + 'met')}")
    desk.write("secret/c.txt", NOTICE.upper())
    desk.write("d.txt", NOTICE.replace("13", "14"))
    desk.write("e.txt", "Putin met Kim without a word about the cosmodrome.")
    desk.build()
    return desk


def shown(answer: Answer) -> list[tuple[str, list[str]]]:
    """Return the document of each excerpt, and those that it names."""
    return [
        (found.citation.document, [cited.document for cited in found.also])
        for found in answer.excerpts + answer.related
    ]


def test_passages_that_say_the_same_are_one_excerpt_that_names_the_others(copies: Desk) -> None:
    answer = copies.ask(NOTICE, k=3)
    assert shown(answer) == [("a.txt", ["b.txt", "secret/c.txt"]), ("d.txt", []), ("e.txt", [])]
    (named, _) = answer.excerpts[0].also
    assert (named.title, named.paragraph, named.lines) == ("b", 2, (3, 4))
    assert shown(copies.ask(NOTICE, k=1)) == [("a.txt", ["b.txt", "secret/c.txt"])]


def test_only_what_may_be_seen_and_was_asked_for_is_named(copies: Desk) -> None:
    some = Scope(frozenset({"a.txt", "b.txt", "d.txt"}))
    assert shown(copies.ask(NOTICE, k=3, scope=some)) == [("a.txt", ["b.txt"]), ("d.txt", []), ("b.txt", [])]
    assert shown(copies.ask(NOTICE, k=1, scope=Scope(frozenset({"a.txt"})))) == [("a.txt", [])]
    assert shown(copies.ask(NOTICE, k=1, document="secret")) == [("secret/c.txt", [])]


def test_a_copy_whose_source_is_gone_is_not_named(copies: Desk) -> None:
    (copies.corpus / "b.txt").unlink()
    assert shown(copies.ask(NOTICE, k=1)) == [("a.txt", ["secret/c.txt"])]
    (copies.corpus / "a.txt").unlink()
    assert shown(copies.ask(NOTICE, k=1)) == [("secret/c.txt", [])]


def test_an_excerpt_knows_its_sentences(desk: Desk) -> None:
    (excerpt,) = desk.ask("Kim met Putin at the cosmodrome", k=1).excerpts
    assert [span.of(excerpt.text) for span in excerpt.sentences] == [
        "They came by train.",
        "Kim met Putin at the cosmodrome.",
        "It rained.",
    ]


# Staleness


def test_an_excerpt_of_a_changed_source_says_so_with_both_dates(own: Desk) -> None:
    os.utime(own.corpus / "visit.md", ns=(0, 10**18))
    own.build(full=True)
    own.write("visit.md", VISIT + "More words.\n")
    os.utime(own.corpus / "visit.md", ns=(0, 2 * 10**18))
    (excerpt,) = own.ask("Kim met Putin at the cosmodrome", k=1).excerpts
    indexed = datetime.fromtimestamp(10**9, UTC)
    assert excerpt.stale == Staleness(indexed, datetime.fromtimestamp(2 * 10**9, UTC))
    assert excerpt.text in VISIT


def test_a_source_that_was_only_touched_is_not_stale(own: Desk) -> None:
    os.utime(own.corpus / "visit.md", ns=(0, 2 * 10**18))
    assert own.ask("Kim met Putin at the cosmodrome", k=1).excerpts[0].stale is None


def test_an_excerpt_of_a_source_that_is_gone_is_not_shown(own: Desk) -> None:
    (own.corpus / "visit.md").unlink()
    answer = own.ask("Kim met Putin at the cosmodrome", k=3)
    assert [found.citation.document for found in answer.excerpts + answer.related] == ["team/food.txt"] * 2
    assert not answer.answered


def test_a_corpus_out_of_reach_hides_nothing(own: Desk) -> None:
    own.corpus.rename(own.root / "elsewhere")
    (excerpt,) = own.ask("Kim met Putin at the cosmodrome", k=1).excerpts
    assert (excerpt.citation.document, excerpt.stale) == ("visit.md", None)


# Links


PASSAGE = Passage("a b/ü.pdf", 1, "paragraph", Span(0, 1), "x", (), (7, 8), (12, 13), None, None, ())


@pytest.mark.parametrize(
    ("rules", "url"),
    [
        ([], "https://own.example"),
        ([LinkRule("*.md", "https://wiki/{path}")], "https://own.example"),
        ([LinkRule("a b/*", "https://wiki/{path}#page={page}")], "https://wiki/a%20b/%C3%BC.pdf#page=7"),
        ([LinkRule("*.pdf", "https://one/L{line}"), LinkRule("*", "https://two")], "https://one/L12"),
        ([LinkRule("*.PDF", "https://one")], "https://own.example"),
    ],
)
def test_the_first_rule_that_matches_makes_the_link(rules: list[LinkRule], url: str) -> None:
    document = Document(PASSAGE.document, "T", "x", Metadata(url="https://own.example"), None, (0,))
    assert cite(document, PASSAGE, rules).url == url


def test_a_document_without_pages_is_linked_as_one_page() -> None:
    document = Document("a.txt", "T", "x", Metadata(), None, ())
    passage = Passage("a.txt", 1, "paragraph", Span(0, 1), "x", (), None, (1, 1), None, None, ())
    assert cite(document, passage, [LinkRule("*", "p{page}")]).url == "p1"


@pytest.fixture
def uncalibrated(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, WordEncoder(source="other"))
    desk.write("visit.md", VISIT)
    desk.write("codes.txt", "The pump shows E4304 when it is dry.")
    desk.build()
    return desk


def test_where_confidence_is_not_calibrated_what_was_found_is_given_and_none_claimed(uncalibrated: Desk) -> None:
    for text in ("Where did Kim met Putin?", "Who invented penicillin?"):
        answer = uncalibrated.ask(text)
        assert (answer.answered, answer.related, answer.confidence) == (True, (), None)
        assert len(answer.excerpts) == 3


def test_what_is_asked_for_literally_decides_also_where_confidence_is_not_calibrated(uncalibrated: Desk) -> None:
    found, missing = (uncalibrated.ask(f"What does {code} mean?") for code in ("E4304", "E9999"))
    assert (found.excerpts[0].citation.document, found.confidence) == ("codes.txt", None)
    assert (missing.answered, missing.confidence, len(missing.related)) == (False, None, 3)
    nobody = uncalibrated.ask("Kim met Putin", scope=Scope(frozenset()))
    assert (nobody.excerpts, nobody.related, nobody.confidence) == ((), (), None)


def test_a_generation_answers_by_its_own_threshold(uncalibrated: Desk) -> None:
    own = Calibration({"cosine": 0.0}, {"cosine": 0.0}, 0.0, 0.75)  # is always as sure as it is not
    for threshold, answered in ((0.75, False), (0.25, True)):
        learnt = calibration_bytes(replace(own, threshold=threshold), {})
        calibrate(uncalibrated.disk, learnt, "other", 3)
        answer = uncalibrated.ask("Where did Kim met Putin?")
        assert (answer.answered, answer.confidence) == (answered, 0.5)
