"""briefbot calibrate: what is set is kept with the index until the model changes, or it is removed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.cli.test_evaluate import with_words

if TYPE_CHECKING:
    from pathlib import Path

PLACES = ("harbour", "market", "station", "library", "museum", "theatre", "school", "garden")
COLOURS = ("red", "blue", "green", "yellow")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    corpus = tmp_path / "docs_corpus"
    corpus.mkdir()
    rows = []
    for name in PLACES:
        for colour in COLOURS:
            (corpus / f"{colour}-{name}.txt").write_text(f"The {colour} tram stops at the {name} every hour.", "utf-8")
            rows.append({"question": f"When does the {colour} tram stop at the {name}?", "text": f"{colour} tram"})
    rows += [{"question": f"Who painted {word} walls?", "unanswerable": True} for word in "abcdef"]
    (tmp_path / "questions.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    assert with_words(tmp_path, "build").returncode == 0
    return tmp_path


def asked(place: Path) -> dict[str, object]:
    done = with_words(place, "ask", "When does the red tram stop at the harbour?", "--json")
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_a_threshold_is_set_kept_by_builds_and_removed(place: Path) -> None:
    before = asked(place)
    done = with_words(place, "calibrate", "questions.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["generation"], report["setting"]["questions"]) == (2, 38)
    assert report["setting"]["precision"] >= 0.95
    assert 0 < report["setting"]["threshold"] < 1
    (place / "docs_corpus" / "new.txt").write_text("Ships are late.", "utf-8")
    assert with_words(place, "build").returncode == 0
    manifest = json.loads((place / "index" / "000003" / "manifest.json").read_text("utf-8"))
    assert asked(place)["answered"]
    kept = json.loads(
        (place / "index" / "parts" / f"calibration-{manifest['calibration']['sha256'][:32]}").read_bytes()
    )
    assert (kept["threshold"], kept["questions"], kept["precision"]) == (report["setting"]["threshold"], 38, 0.95)
    assert with_words(place, "check").returncode == 0
    told = with_words(place, "status").stdout
    assert f"Confidence  an answer needs {kept['threshold']:.3f}, set by calibrate\n" in told
    removed = with_words(place, "calibrate", "--remove")
    assert removed.stdout == ("Generation 4 is current.\nWhat comes with briefbot decides again what is sure enough.\n")
    after = asked(place)
    assert after["answered"] == before["answered"]
    assert after["confidence"] == pytest.approx(before["confidence"], abs=0.05)


def test_an_answer_is_explained_below_it(place: Path) -> None:
    question = "When does the red tram stop at the harbour?"
    plain, explained = (with_words(place, "ask", *options, question) for options in ([], ["--explain"]))
    assert explained.stdout.startswith(plain.stdout.rstrip("\n"))
    assert "Why in this order: each feature × its weight" in explained.stdout
    fields = json.loads(with_words(place, "ask", "--explain", "--json", question).stdout)
    told = fields["explanation"]["confidence"]
    assert told["confidence"] == fields["confidence"]
    assert told["confidence"] == pytest.approx(told["answered"]["probability"] * told["first"]["probability"])
    assert len(fields["explanation"]["candidates"]) == 10


def test_what_is_said_of_it(place: Path) -> None:
    done = with_words(place, "calibrate", "questions.jsonl", "--precision", "0.9")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Generation 2 is current. An answer needs a confidence of 0.")
    assert lines[1].startswith("Of 38 questions, ")
    assert lines[2] == "To go back, run: briefbot calibrate --remove"


@pytest.mark.parametrize("arguments", [(), ("questions.jsonl", "--remove")])
def test_a_file_or_the_wish_to_remove_is_needed(place: Path, arguments: tuple[str, ...]) -> None:
    done = with_words(place, "calibrate", *arguments)
    sentence = "briefbot: Name a file of questions, or --remove, as in: briefbot calibrate questions.jsonl\n"
    assert (done.returncode, done.stderr) == (2, sentence)


def test_too_few_questions_change_nothing(place: Path) -> None:
    (place / "few.jsonl").write_text('{"question": "Who?", "unanswerable": true}\n', "utf-8")
    done = with_words(place, "calibrate", "few.jsonl")
    assert done.returncode == 2
    assert done.stderr == (
        "briefbot: 1 questions, 1 of them without an answer, tell too little; give 30 or more, at least 5 of them with "
        "unanswerable: true.\n"
    )
    assert not (place / "index" / "000002").exists()
