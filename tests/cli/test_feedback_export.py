from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from tests.cli.conftest import Place

from briefbot.serving.feedback import Feedback, FeedbackFile, Unanswered

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty folder whose settings name a file for feedback."""
    (tmp_path / "briefbot.toml").write_text('[discord]\nfeedback = "said/feedback.jsonl"\n')
    return Place(tmp_path)


def test_what_users_said_is_printed_a_line_each_without_who_said_it(place: Place) -> None:
    file = FeedbackFile(place.folder / "said" / "feedback.jsonl", 90)
    file.append(Feedback("Wo?", "helpful", "ja „gut“", "a.md", 3, 4711, datetime(2026, 3, 9, tzinfo=UTC), 7))
    file.append(Unanswered("When?", 4711, datetime(2026, 3, 10, tzinfo=UTC), 7))
    both, later = (place.briefbot("feedback", "export", *flags) for flags in ([], ["--since", "2026-03-10"]))
    assert both.stdout == (
        '{"question": "Wo?", "verdict": "helpful", "document": "a.md", "paragraph": 3, "reason": "ja „gut“"}\n'
        '{"question": "When?", "verdict": "unanswered", "document": null, "paragraph": null, "reason": null}\n'
    )
    assert [json.loads(line)["question"] for line in later.stdout.splitlines()] == ["When?"]
    assert (both.returncode, both.stderr, later.returncode) == (0, "", 0)


def test_where_nobody_has_said_anything_a_note_says_so(place: Place) -> None:
    called, quiet = place.briefbot("feedback", "export"), place.briefbot("feedback", "export", "--quiet")
    assert (called.returncode, called.stdout) == (0, "")
    assert called.stderr == "No feedback is kept yet in said/feedback.jsonl.\n"
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_without_a_file_the_setting_is_named(tmp_path: Path) -> None:
    called = Place(tmp_path).briefbot("feedback", "export")
    assert (called.returncode, called.stdout, called.stderr) == (
        2,
        "",
        'briefbot: No feedback is kept; name a file for it in briefbot.toml: [discord] feedback = "feedback.jsonl"\n',
    )


def test_a_day_that_is_none_is_a_wrong_usage(place: Place) -> None:
    called = place.briefbot("feedback", "export", "--since", "March")
    assert called.returncode == 2
    assert "'March' is not a date; write it as 2023-09-13." in called.stderr


def test_without_a_subcommand_the_help_is_shown(place: Place) -> None:
    called = place.briefbot("feedback")
    assert called.returncode == 2
    assert "export  Print what users said, one JSON object a line." in called.stderr
