from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html
from tests.evaluation.reports import COLLECTION, QUESTIONS, WITH_ABSTENTION

from briefbot.evaluation.page import collection_page, questions_page

PAGES = [questions_page(QUESTIONS), collection_page(COLLECTION), collection_page(WITH_ABSTENTION)]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_nothing_else_and_runs_nothing(page: str) -> None:
    root = html.fromstring(page)

    assert root.xpath("//script|//link|//img|//iframe|//@src|//@href|//@onload") == []
    assert "default-src 'none'" in page


def test_what_comes_from_files_is_escaped() -> None:
    hostile = "<script>alert('x')</script>&\ud800"
    miss = replace(QUESTIONS.misses[0], question=hostile, text=hostile)
    pages = [
        questions_page(replace(QUESTIONS, file=hostile, misses=(miss,))),
        collection_page(replace(COLLECTION, collection=hostile)),
    ]

    for page in pages:
        assert "<script>" not in page
        assert "alert('x')" not in page
        assert page.encode("utf-8")
        assert html.fromstring(page).xpath("string(//h1)") == "Evaluation of <script>alert('x')</script>&?"


def test_own_questions_are_drawn_and_every_miss_is_listed() -> None:
    root = html.fromstring(questions_page(replace(QUESTIONS, misses=QUESTIONS.misses * 10)))

    assert [title.text_content() for title in root.xpath("//svg/title")] == [
        "A right excerpt among the first",
        "Risk: wrong among what is answered",
    ]
    assert len(root.xpath("//table")[-1].xpath(".//td/..")) == 30
    assert "a.md, paragraph 3 with “the <port>”" in root.text_content()


def test_a_collection_without_abstention_is_a_table_alone() -> None:
    assert [len(html.fromstring(page).xpath("//svg")) for page in PAGES] == [2, 0, 1]
