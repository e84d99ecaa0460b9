"""Quotations looked up and checked over a real index: by speaker, by words, and by who may see what."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk

from briefbot.answering import open_library
from briefbot.checking.verdicts import Verdict
from briefbot.errors import UsageFault
from briefbot.index.store import open_current
from briefbot.model import Attribution, Filters, Quotation, Scope, Span
from briefbot.quoting import Wanted, checked, claims, claims_in, every, find, speakers
from briefbot.search.sources import DenseSource, LexicalSource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from briefbot.answering import Library

CORPUS = {
    "visit.md": "---\ntitle: The visit\ndate: 2023-09-20\n---\nKim Jong Un spoke in the evening. Kim said his country "
    'would "always be with Russia."\n\n"The train was slow," said Vladimir Putin. "It was also green."\n',
    "grain.md": "---\ntitle: Grain\ndate: 2024-01-02\n---\n“The harvest was good this year,” said Anna Lee, the "
    "minister.\n\nThe harbour was full of ships.\n",
    "secret.md": "---\ntitle: Secret\ndate: 2025-01-02\n---\n“Nobody may know of the treasure,” said Anna Lee.\n",
}
PUBLIC = Scope(frozenset({"visit.md", "grain.md"}))
EVERYTHING = Scope.everything()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk.built(tmp_path_factory.mktemp("desk"), CORPUS)


@contextmanager
def library_of(desk: Desk) -> Iterator[Library]:
    with open_current(desk.index) as generation:
        yield open_library(generation, desk.encoder, (DenseSource(generation), LexicalSource(generation)), ())


def found(desk: Desk, words: str = "", scope: Scope = EVERYTHING, **more: object) -> list[tuple[str, str | None]]:
    with library_of(desk) as library:
        answer = find(Wanted(words, scope, **more), library, {})  # type: ignore[arg-type]
    shown = answer.quoted or answer.related
    return [(one.quotation.text, one.quotation.attribution and one.quotation.attribution.full) for one in shown]


def test_what_somebody_said_is_found_by_the_name_also_by_a_part_of_it(desk: Desk) -> None:
    assert found(desk, speaker="Kim") == [("always be with Russia.", "Kim Jong Un")]
    assert found(desk, speaker="PUTIN") == [
        ("The train was slow,", "Vladimir Putin"),
        ("It was also green.", "Vladimir Putin"),
    ]


def test_quotations_are_found_by_their_words_and_the_passage_around_them(desk: Desk) -> None:
    assert found(desk, "harvest good", k=1) == [("The harvest was good this year,", "Anna Lee")]
    assert found(desk, "it was also green", k=1) == [("It was also green.", "Vladimir Putin")]


def test_without_words_the_newest_come_first(desk: Desk) -> None:
    assert [text for text, _ in found(desk, speaker="Anna Lee")] == [
        "Nobody may know of the treasure,",
        "The harvest was good this year,",
    ]


def test_filters_and_what_may_be_seen_act_before_anything_else(desk: Desk) -> None:
    assert [text for text, _ in found(desk, speaker="Anna Lee", scope=PUBLIC)] == ["The harvest was good this year,"]
    assert found(desk, "treasure", scope=PUBLIC, speaker="Anna Lee")[0][0] == "The harvest was good this year,"
    assert found(desk, speaker="Anna Lee", filters=Filters(document="visit.md")) == []


def test_nothing_at_all_is_not_looked_for(desk: Desk) -> None:
    with library_of(desk) as library, pytest.raises(UsageFault, match="Say which quotation"):
        find(Wanted(" … ", EVERYTHING), library, {})


def test_speakers_are_counted_among_what_may_be_seen(desk: Desk) -> None:
    with library_of(desk) as library:
        counted = {one.name: one.direct for one in speakers(library.generation, PUBLIC, {})}
        everybody = {one.name: one.direct for one in speakers(library.generation, EVERYTHING, {})}
    assert counted == {"Vladimir Putin": 2, "Kim Jong Un": 1, "Anna Lee": 1}
    assert everybody == counted | {"Anna Lee": 2}


def test_all_are_written_with_their_place(desk: Desk) -> None:
    with library_of(desk) as library:
        rows = [(one.text, citation.document, citation.paragraph) for one, citation in every(library, PUBLIC)]
    assert rows == [
        ("The harvest was good this year,", "grain.md", 1),
        ("always be with Russia.", "visit.md", 1),
        ("The train was slow,", "visit.md", 2),
        ("It was also green.", "visit.md", 2),
    ]


@pytest.mark.parametrize(
    ("text", "speaker", "verdict"),
    [
        ("It was also green.", None, Verdict.EXACT),
        ("The train was slow,", None, Verdict.PART),
        ("the train was fast", None, Verdict.ALTERED),
        ("The train was slow,", "Kim", Verdict.ANOTHER_SPEAKER),
        ("The harbour was full of ships.", None, Verdict.IN_TEXT),
        ("Nobody may know of the treasure,", None, Verdict.NOT_FOUND),
    ],
)
def test_a_quotation_is_checked_in_what_may_be_seen(
    desk: Desk, text: str, speaker: str | None, verdict: Verdict
) -> None:
    with library_of(desk) as library:
        answer = checked(text, speaker, library, PUBLIC, {})
    assert answer.check.verdict is verdict
    assert [place.citation.document for place in answer.places] == [match.document for match in answer.check.matches]


def test_what_stands_in_a_document_that_changed_or_is_gone_is_not_exact_any_more(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for name, text in CORPUS.items():
        desk.write(name, text)
    desk.build()
    desk.write("grain.md", CORPUS["grain.md"].replace("harvest", "vintage"))
    desk.build()
    (desk.corpus / "visit.md").unlink()
    with library_of(desk) as library:
        old, new, gone = (
            checked(text, None, library, EVERYTHING, {}).check.verdict
            for text in (
                "The harvest was good this year,",
                "The vintage was good this year,",
                "The train was slow, It was also green.",
            )
        )
    assert (old, new) == (Verdict.ALTERED, Verdict.EXACT)
    assert gone in (Verdict.NOT_FOUND, Verdict.PARAPHRASE)


def test_a_text_is_taken_apart_into_what_it_quotes() -> None:
    text = 'Kim Jong Un arrived. "We came by train," Kim said.\n\n"It was green," said Anna Lee.'
    assert claims_in(text) == [("We came by train,", "Kim Jong Un"), ("It was green,", "Anna Lee")]
    assert claims_in("“It was green,” the minister said. “It was slow,” it says.") == [
        ("It was green,", None),
        ("It was slow,", None),
    ]
    assert claims_in("No marks here.") == []


def test_a_speakers_full_name_is_what_a_draft_claims() -> None:
    span = Span(0, 4)
    named = Attribution("he", span, "Kim Lee", "said", 1.0)

    assert claims([Quotation("draft", 1, "direct", span, "text", span, named)]) == [("text", "Kim Lee")]
