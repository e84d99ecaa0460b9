"""Where front matter ends."""

from __future__ import annotations

import pytest

from briefbot.corpus.front_matter import NO_FRONT_MATTER, FrontMatter, read_front_matter
from briefbot.model import Metadata


@pytest.mark.parametrize(
    "matter",
    ["---\ntitle: A\n---\n", "---  \r\ntitle: A\r\n---\r\n", "---\ntitle: A\n...\n", "+++\ntitle = 'A'\n+++\n"],
)
def test_the_text_goes_on_after_the_closing_line(matter: str) -> None:
    assert read_front_matter(f"{matter}Words.") == FrontMatter(Metadata(title="A"), len(matter), ())
    assert read_front_matter(matter.rstrip()) == FrontMatter(Metadata(title="A"), len(matter.rstrip()), ())


def test_empty_front_matter_says_nothing() -> None:
    assert read_front_matter("---\n---\nWords.") == FrontMatter(Metadata(), 8, ())


@pytest.mark.parametrize(
    "text", ["", "Words.", "---", "---\ntitle: A\n", "\n---\ntitle: A\n---\n", "---\ntitle: A\n+++\n"]
)
def test_a_text_without_it_has_none(text: str) -> None:
    assert read_front_matter(text) == NO_FRONT_MATTER


def test_what_is_far_longer_than_front_matter_is_text() -> None:
    assert read_front_matter("---\n" + "a: b\n" * 20_000 + "---\n") == NO_FRONT_MATTER
