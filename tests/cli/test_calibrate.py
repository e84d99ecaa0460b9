from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.cli.conftest import Place
from tests.evaluation.collection import write_collection
from tests.fakes import WordEncoder

from briefbot.cli import encoders, library
from briefbot.search.confidence import learnt_with

if TYPE_CHECKING:
    from pathlib import Path

TOWNS = (
    *("Aachen", "Bergen", "Calais", "Dundee", "Evora", "Fulda", "Genoa", "Halle", "Izmir", "Jena", "Kiel", "Lviv"),
    *("Mainz", "Narvik", "Odense", "Porto", "Quimper", "Riga", "Siena", "Turku", "Udine", "Varna", "Worms", "York"),
)
NOWHERE = (
    "penicillin",
    "volcano",
    "saxophone",
    "chess",
    "glacier",
    "marathon",
    "orchid",
    "telescope",
    "enzyme",
    "comet",
)
ROWS: list[dict[str, object]] = [
    *({"question": f"Where does the tram of {town} stop?", "document": f"{town}.txt"} for town in TOWNS),
    *({"question": f"Who invented {what} anyway?", "unanswerable": True} for what in NOWHERE),
]


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def place(tmp_path: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A folder with an index by the fake model, and `questions.jsonl`."""
    monkeypatch.setattr(encoders, "building_encoder", lambda _settings, **_: (encoder, None))
    monkeypatch.setattr(library, "answering_encoder", lambda _generation, _settings, _plain: encoder)
    (tmp_path / "docs_corpus").mkdir()
    for town in TOWNS:
        text = f"The tram of {town} stops at the harbour of {town}.\n\nNobody knows when."
        (tmp_path / "docs_corpus" / f"{town}.txt").write_text(text, "utf-8")
    asked(tmp_path, ROWS)
    place = Place(tmp_path)
    assert place.briefbot("build", "-q").returncode == 0
    return place


def asked(folder: Path, rows: list[dict[str, object]]) -> None:
    (folder / "questions.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")


def test_a_threshold_is_learnt_published_answered_by_and_removed(place: Place) -> None:
    told = place.briefbot("calibrate", "questions.jsonl", "-q")
    status = json.loads(place.briefbot("status", "--json").stdout)
    explained = json.loads(place.briefbot("ask", "--explain", "--json", "tram of Riga").stdout)
    removed = place.briefbot("calibrate", "--remove")

    assert (told.returncode, told.stderr) == (0, "")
    head, _, *lines = told.stdout.splitlines()
    assert head == (
        f"Generation 2 answers from a confidence of {status['threshold']:.3f} on: 34 questions, 10 of them without an "
        "answer, moved the built-in numbers."
    )
    assert float(lines[1].split()[0]) >= 95
    assert f" {status['threshold']:.3f} " in lines[1]
    assert (status["generation"], status["calibration"]) == (2, "own")
    assert explained["generation"] == 2
    assert explained["explanation"]["confidence"]["threshold"] == status["threshold"] != 0.5
    assert explained["explanation"]["confidence"]["confidence"] == explained["confidence"]
    assert removed.returncode == 0
    assert removed.stdout == (
        "Generation 3 has no calibration of its own. Confidence: calibrated as it comes with briefbot, answers from "
        "0.500 on.\n"
    )
    assert all(word not in path.read_bytes() for path in kept(place) for word in (b"Riga", b"tram", b"chess"))


def kept(place: Place) -> list[Path]:
    found = list((place.folder / "index" / "parts").glob("calibration-*"))
    assert found
    return found


def test_an_answer_is_explained_below_it(place: Place) -> None:
    plain, explained = (place.briefbot("ask", *options, "tram of Riga") for options in ([], ["--explain"]))

    assert explained.returncode == 0
    assert explained.stdout.startswith(plain.stdout.rstrip("\n"))
    below = explained.stdout.removeprefix(plain.stdout.rstrip("\n"))
    assert below.startswith("\n\nWhy in this order: each feature × its weight\n\n 1  Riga.txt, paragraph 1\n    dense ")
    assert below.count(", paragraph ") == 10
    assert below.endswith(": answered.\n")
    assert "explanation" not in json.loads(place.briefbot("ask", "--json", "tram of Riga").stdout)


def test_the_figures_are_all_in_the_object(place: Place) -> None:
    fields = json.loads(place.briefbot("calibrate", "questions.jsonl", "--precision", "0.8", "--json").stdout)

    assert {name: fields[name] for name in ("format", "generation", "model", "started_from", "wanted_precision")} == {
        "format": 1,
        "generation": 2,
        "model": "words",
        "started_from": "built-in",
        "wanted_precision": 0.8,
    }
    assert fields["abstention"]["today"]["threshold"] == fields["threshold"]


def test_a_precision_out_of_reach_is_told_with_the_best_and_publishes_nothing(place: Place) -> None:
    wrong = [{**row, "document": "Aachen.txt"} if "document" in row else row for row in ROWS[:8]]
    asked(place.folder, [*wrong, *ROWS[8:]])
    called = place.briefbot("calibrate", "questions.jsonl", "--precision", "1", "-q")

    assert (called.returncode, called.stdout) == (4, "")
    assert called.stderr.startswith(
        "briefbot: No threshold answers these questions with a precision of 1, so nothing is published; the best is "
    )
    assert (place.folder / "index" / "CURRENT").read_text("ascii") == "000001\n"


def test_too_few_questions_are_refused(place: Place) -> None:
    asked(place.folder, ROWS[:20])
    called = place.briefbot("calibrate", "questions.jsonl", "-q")

    assert (called.returncode, called.stdout) == (2, "")
    assert called.stderr == (
        "briefbot: To calibrate, briefbot needs at least 30 questions, and there are 20; at least 5 questions without "
        "an answer in the documents (unanswerable: true), and there are 0.\n"
    )


@pytest.mark.parametrize(
    "arguments", [[], ["questions.jsonl", "--remove"], ["--remove", "--precision", "0.9"], ["--precision", "0.9"]]
)
def test_questions_or_their_removal_must_be_named(tmp_path: Path, arguments: list[str]) -> None:
    called = Place(tmp_path).briefbot("calibrate", *arguments)

    assert (called.returncode, called.stderr) == (
        2,
        "briefbot: Name a file of questions, or --remove alone, as in: briefbot calibrate questions.jsonl\n",
    )


@pytest.mark.parametrize("precision", ["0", "1.01", "much"])
def test_a_precision_that_is_none_is_refused(tmp_path: Path, precision: str) -> None:
    assert Place(tmp_path).briefbot("calibrate", "q.jsonl", "--precision", precision).returncode == 2


def test_there_must_be_something_to_remove_and_an_index_to_calibrate(place: Place) -> None:
    nothing = place.briefbot("calibrate", "--remove")
    nowhere = place.briefbot("calibrate", "questions.jsonl", "--index", "none")

    assert (nothing.returncode, nothing.stderr) == (
        2,
        "briefbot: The index has no calibration of its own, so there is none to remove.\n",
    )
    assert nowhere.returncode == 5
    assert place.briefbot("calibrate", "--remove", "--index", "none").returncode == 5


class TestAnotherModel:
    @pytest.fixture
    def encoder(self) -> WordEncoder:
        return WordEncoder(source="other")

    def test_nothing_is_claimed_until_questions_have_taught_it(self, place: Place) -> None:
        before, unknown = (place.briefbot("ask", text) for text in ("tram of Riga", "Who invented chess?"))
        evaluated = place.briefbot("eval", "questions.jsonl", "-q", "--html", "page.html")
        status = place.briefbot("status").stdout
        taught = place.briefbot("calibrate", "questions.jsonl", "-q")
        after, not_found = (place.briefbot("ask", text) for text in ("tram of Riga", "Who invented chess?"))

        for called in (before, unknown):
            assert "Confidence not calibrated: read the passage before you rely on it." in " ".join(
                called.stdout.split()
            )
        told = "Confidence is not calibrated for the model of this index; to do so, run: briefbot calibrate QUESTIONS"
        assert (evaluated.returncode, told in evaluated.stdout) == (0, True)
        assert told in (place.folder / "page.html").read_text("utf-8")
        assert "confidence not calibrated): " in evaluated.stdout
        assert "Confidence  not calibrated for this model, so every question is answered" in status
        assert (taught.returncode, "taught numbers for words" in taught.stdout) == (0, True)
        assert ("not calibrated" in after.stdout, not_found.stdout[:20]) == (False, "Not in the documents")

    def test_what_confidence_is_worth_cannot_be_asked(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(place.folder / "cache"))
        entries = [{"_id": "1", "title": "Trams", "text": "The red tram stops at the harbour."}]
        rows = [{"_id": "1", "text": "red tram"}]
        write_collection(place.folder / "some", entries, rows, "query-id\tcorpus-id\tscore\n1\t1\t1\n")

        refused, ranked = (place.briefbot("eval", "--beir", "some", "-q", *more) for more in (["--abstain"], []))

        assert (refused.returncode, refused.stdout, refused.stderr) == (
            2,
            "",
            "briefbot: Confidence is not calibrated for the model 'words'; leave out --abstain.\n",
        )
        assert ranked.returncode == 0

    def test_the_object_has_null_for_a_confidence(self, place: Place) -> None:
        fields = json.loads(place.briefbot("ask", "--json", "--explain", "tram of Riga").stdout)

        assert (fields["answered"], fields["confidence"], fields["explanation"]["confidence"]) == (True, None, None)
        assert len(fields["explanation"]["candidates"]) == 10

    def test_a_build_with_the_default_model_again_drops_what_was_learnt(
        self, place: Place, encoder: WordEncoder
    ) -> None:
        assert place.briefbot("calibrate", "questions.jsonl", "-q").returncode == 0
        encoder.identity, encoder.source = "words-2", learnt_with()
        built = place.briefbot("build", "-q")

        assert "calibration: it was learnt with another model and is dropped; run: briefbot calibrate" in built.stdout
        assert json.loads(place.briefbot("status", "--json").stdout)["calibration"] == "built-in"
