"""The measurement counts as it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from benchmarks.polnear import ours, paired, span_line, speaker_lines
from benchmarks.polnear_articles import articles, head_word

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "“We are ready,” said Karin Holt, the mayor. He saw the “Blue Room” at noon. “I am not,” a man said.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "a.txt").write_text(TEXT, "utf-8")
    rows = [gold("We are ready,", "Karin Holt, the mayor", "named"), gold("I am not,", "a man", "nominal")]
    (tmp_path / "quoted_segments.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (tmp_path / "attributions.jsonl").write_text(json.dumps({"article": "a", "attributions": []}), "utf-8")
    return tmp_path


def gold(quote: str, speaker: str, kind: str) -> dict[str, object]:
    start, at = TEXT.index(quote), TEXT.index(speaker)
    spans = [[at, at + len(speaker)]]
    return {
        "article": "a",
        "start": start,
        "end": start + len(quote),
        "speaker": speaker,
        "speaker_spans": spans,
        "speaker_kind": kind,
    }


def test_spans_are_counted_beside_the_pattern(folder: Path) -> None:
    group = list(articles(folder))

    mine = span_line("mine", group, [ours(one) for one in group])
    plain = span_line("plain", group, [paired(one) for one in group])
    assert mine == "| mine | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 0 | 0 | 0 |"
    assert plain == "| plain | 0.667 | 1.000 | 0.800 | 0.667 | 1.000 | 0.800 | 1 | 0 | 1 |"


def test_speakers_are_counted_by_head_word_and_by_every_letter(folder: Path) -> None:
    group = list(articles(folder))

    lines = list(speaker_lines("mine", group, [ours(one) for one in group]))
    assert lines[:3] == [
        "| mine | all | 2 | 1.000 | 1.000 | 0.500 |",
        "| mine | named | 1 | 1.000 | 1.000 | 0.000 |",
        "| mine | nominal | 1 | 1.000 | 1.000 | 1.000 |",
    ]


@pytest.mark.parametrize(
    ("speaker", "head"),
    [
        ("Sen. Karin Holt (R-Tex.)", "holt"),
        ("a spokesman for the council", "spokesman"),
        ("Karin Holt, the mayor", "holt"),
        ("Holt’s", "holt"),
        ("the man who left", "man"),
        ("", ""),
    ],
)
def test_the_head_word_is_the_decisive_one(speaker: str, head: str) -> None:
    assert head_word(speaker) == head
