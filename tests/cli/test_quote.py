from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.conftest import Place

if TYPE_CHECKING:
    from pathlib import Path

SAID = (
    "“The canteen will never be closed on a Friday,” said Anna Lee, the minister.\n\n"
    "Kim Jong Un was there. Kim said his country would “always be with Russia.”\n"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("quoted")
    (folder / "docs_corpus").mkdir()
    (folder / "docs_corpus" / "visit.md").write_text(SAID, "utf-8")
    made = Place(folder)
    assert made.briefbot("build").returncode == 0
    return made


def drafted(place: Place, tmp_path: Path, text: str) -> tuple[int, list[dict[str, Any]]]:
    (tmp_path / "draft.md").write_text(text, "utf-8")
    called = place.briefbot("quote", "check", "--json", "--file", str(tmp_path / "draft.md"))
    return called.returncode, json.loads(called.stdout)["checks"]


def test_a_quotation_is_found_by_its_speaker_and_shown_in_its_sentence(place: Place) -> None:
    called = place.briefbot("quote", "find", "--speaker", "Kim")
    assert called.stdout.startswith("1  “always be with Russia.”\n   — Kim Jong Un (in the text: Kim) · said\n")
    assert "would “» always be with Russia. «”" in called.stdout


def test_who_is_quoted_is_listed(place: Place) -> None:
    assert place.briefbot("quote", "speakers").stdout.splitlines() == [
        "Anna Lee          1 word for word · 0 reported",
        "Kim Jong Un       1 word for word · 0 reported",
    ]


def test_both_forms_of_the_export_have_the_same_rows(place: Place) -> None:
    lines, table = (place.briefbot("quote", "export", "--format", form).stdout for form in ("jsonl", "csv"))
    rows = [json.loads(line) for line in lines.splitlines()]
    assert [SAID[row["start"] : row["end"]] for row in rows] == [row["text"] for row in rows]
    assert [row["speaker_full"] for row in rows] == ["Anna Lee", "Kim Jong Un"]
    assert [row["text"] for row in csv.DictReader(io.StringIO(table))] == [row["text"] for row in rows]


def test_a_changed_word_is_told_with_the_documents_own_and_the_marks_stand_beside_words(place: Place) -> None:
    called = place.briefbot("quote", "check", "would never be with Russia")
    assert called.stdout.startswith("Altered: the documents have other words.\n")
    assert "It says “never” where the document says “always”." in called.stdout
    assert "country » would “always be with Russia «.”" in called.stdout
    assert called.returncode == 1


def test_a_draft_is_told_worst_first_and_only_who_is_named_can_be_the_wrong_one(place: Place, tmp_path: Path) -> None:
    true = "“The canteen will never be closed on a Friday,”"
    code, checks = drafted(place, tmp_path, f"{true} said Bo Berg. {true} said the minister. {true} said Anna Lee.")
    assert [(one["verdict"], one["speaker"]) for one in checks] == [
        ("another speaker", "Bo Berg"),
        ("exact", None),
        ("exact", "Anna Lee"),
    ]
    assert code == 1
    code, checks = drafted(place, tmp_path, f"{true} said Anna Lee.")
    assert (code, [one["verdict"] for one in checks]) == (0, ["exact"])
