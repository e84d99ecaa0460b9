from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from briefbot.corpus.freshness import is_gone, staleness
from briefbot.model import Origin, Staleness

if TYPE_CHECKING:
    from pathlib import Path

SECOND = 1_000_000_000
ORIGIN = Origin(hashlib.sha256(b"words").hexdigest(), "cd" * 32, 1000 * SECOND, ())


def put(corpus: Path, text: str, seconds: int) -> None:
    (corpus / "a.txt").write_text(text)
    os.utime(corpus / "a.txt", ns=(0, seconds * SECOND))


def test_a_file_as_it_was_is_not_stale(tmp_path: Path) -> None:
    put(tmp_path, "words", 1000)
    assert staleness(tmp_path, "a.txt", ORIGIN) is None


def test_a_file_that_was_only_touched_is_not_stale(tmp_path: Path) -> None:
    put(tmp_path, "words", 2000)
    assert staleness(tmp_path, "a.txt", ORIGIN) is None


@pytest.mark.parametrize("seconds", [2000, 500])
def test_a_changed_file_is_stale_and_both_dates_are_told(tmp_path: Path, seconds: int) -> None:
    put(tmp_path, "other", seconds)
    assert staleness(tmp_path, "a.txt", ORIGIN) == Staleness(
        datetime.fromtimestamp(1000, UTC), datetime.fromtimestamp(seconds, UTC)
    )


def test_a_file_out_of_reach_is_not_known_to_be_stale(tmp_path: Path) -> None:
    assert staleness(tmp_path / "unmounted", "a.txt", ORIGIN) is None
    assert staleness(tmp_path, "n" * 300, ORIGIN) is None


@pytest.mark.parametrize(
    ("name", "gone"), [("a.txt", False), ("b.txt", True), ("a.txt/b.txt", True), ("n" * 300, False)]
)
def test_gone_is_what_is_missing_from_the_corpus(tmp_path: Path, name: str, *, gone: bool) -> None:
    put(tmp_path, "words", 1000)
    assert is_gone(tmp_path, name) is gone


def test_what_is_out_of_reach_is_not_gone(tmp_path: Path) -> None:
    assert not is_gone(tmp_path / "unmounted", "a.txt")
