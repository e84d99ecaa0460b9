"""Block quotations that a format marks as such: credited by what introduces or signs them, and by nothing else."""

from __future__ import annotations

import pytest
from tests.quotes.reading import read_as

INTRODUCED = "<p>Karin Holt met the guests. She said:</p>"
SAID = "<blockquote><p>We are ready.</p><p>It was a long way, and nobody gave up.</p></blockquote>"
SIGNED = "<p>It rained all day.</p><blockquote>The bridge will stand for ever.{}</blockquote>"


def told(page: str) -> list[tuple[str, str | None]]:
    made = read_as(f"<html><body><h1>The bridge</h1>{page}</body></html>".encode(), ".html")
    return [(one.text, one.attribution.full if one.attribution else None) for one in made]


def test_a_block_that_is_introduced_is_one_utterance_of_whoever_is_named() -> None:
    (first, second) = read_as(f"<html><body>{INTRODUCED}{SAID}</body></html>".encode(), ".html")

    assert (first.text, second.text) == ("We are ready.", "It was a long way, and nobody gave up.")
    assert first.utterance == second.utterance
    assert {one.attribution.full for one in (first, second) if one.attribution} == {"Karin Holt"}


@pytest.mark.parametrize(
    "below", ["<br>— Thomas Berg", "<p>— Thomas Berg</p>", "<footer>— <cite>Thomas Berg</cite></footer>"]
)
def test_a_block_that_is_signed_is_of_whoever_signed_it(below: str) -> None:
    assert told(SIGNED.format(below)) == [("The bridge will stand for ever.", "Thomas Berg")]


def test_a_block_that_nobody_is_credited_with_is_no_quotation() -> None:
    assert told("<p>The house rule is simple.</p><blockquote>Nobody runs in the hall.</blockquote>") == []


def test_an_earlier_mail_within_a_mail_is_no_quotation() -> None:
    before = "<p>We agree.</p><p>On Monday, 3 May 2027 at 10:14, Karin Holt &lt;holt@example.org&gt; wrote:</p>"

    assert told(f"{before}<blockquote>The bridge will open in May.</blockquote>") == []
