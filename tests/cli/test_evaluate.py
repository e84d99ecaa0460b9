from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from tests.cli.conftest import PROJECT, Place
from tests.evaluation.collection import write_collection

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    {"question": "Where did Kim Jong Un and Vladimir Putin meet?", "text": "the Vostochny Cosmodrome"},
    {"question": "What does E1201 mean?", "document": "product/error-codes.csv"},
    {"question": "Who may approve travel?", "document": "gone.md", "paragraph": 2},
    {"question": "Who invented penicillin?", "unanswerable": True},
    {"question": "When?", "verdict": "unanswered", "document": None, "paragraph": None, "reason": None},
]
ENTRIES = [
    {"_id": "a/1", "title": "Trams", "text": "The red tram stops at the harbour every ten minutes."},
    {"_id": "A/1", "title": "", "text": "The blue bus stops at the market on Sundays."},
    {"_id": "é", "title": "Soup of the day", "text": ""},
]
QUERIES = [
    {"_id": "1", "text": "red tram stops at the harbour every ten minutes", "history": ["Trams?", "Yes."]},
    {"_id": "2", "text": "soup of the day"},
    {"_id": "3", "text": "penicillin"},
    {"_id": "4", "text": "x" * 6_000},
]
QRELS = "query-id\tcorpus-id\tscore\n1\ta/1\t1\n2\té\t2\n2\tA/1\t0\n"


@pytest.fixture
def questions(tmp_path: Path) -> str:
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS), "utf-8")
    return str(path)


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    return write_collection(tmp_path / "some", ENTRIES, QUERIES, QRELS)


def with_words(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line with the fake model, and a cache of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tests.word_cli", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{PROJECT}:{PROJECT / 'src'}", "XDG_CACHE_HOME": str(folder / "cache")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def ranked(folder: Path, *arguments: str) -> dict[str, Any]:
    called = with_words(folder, "eval", "--beir", *arguments, "--json")
    assert (called.returncode, called.stderr) == (0, "")
    fields: dict[str, Any] = json.loads(called.stdout)
    return fields


def test_own_questions_are_measured_and_the_misses_listed(samples: Place, questions: str) -> None:
    told, counted = samples.briefbot("eval", questions), samples.briefbot("eval", questions, "--json")
    figures = json.loads(counted.stdout)

    assert (told.returncode, told.stderr, counted.returncode) == (0, "", 0)
    assert figures["metrics"] == pytest.approx(
        {**dict.fromkeys(("hit@1", "hit@3", "hit@5", "hit@10", "MRR", "nDCG@10"), 2 / 3), "sentence": 1.0}
    )
    assert (figures["questions"], figures["answerable"], figures["unsettled"]) == (4, 3, 1)
    assert [miss["document"] for miss in figures["misses"]] == ["gone.md"]
    assert "hit@1               66.7 %   of 3 with an answer" in told.stdout
    assert "  Who may approve travel? (line 3)\n    expected    gone.md, paragraph 2\n" in told.stdout
    assert "Not in the index, so never found: gone.md." in told.stdout


def test_a_page_is_written_beside(samples: Place, questions: str, tmp_path: Path) -> None:
    called = samples.briefbot("eval", questions, "--html", str(tmp_path / "page.html"))

    assert called.returncode == 0
    assert len(html.fromstring((tmp_path / "page.html").read_text("utf-8")).xpath("//svg")) == 2


def test_a_page_that_cannot_be_written_is_told(samples: Place, questions: str, tmp_path: Path) -> None:
    called = samples.briefbot("eval", questions, "--html", str(tmp_path))

    assert (called.returncode, called.stderr) == (
        74,
        f"briefbot: The page cannot be written to {tmp_path}: Is a directory; name another file.\n",
    )


def test_a_collection_is_ranked_and_the_second_time_only_asked(collection: Path) -> None:
    first, second = (ranked(collection.parent, str(collection)) for _ in range(2))

    assert first == second
    assert first["metrics"] == {"nDCG@10": 1.0, "R@10": 1.0, "R@100": 1.0, "MRR@10": 1.0, "P@1": 1.0}
    assert (first["entries"], first["passages"], first["queries"], first["judged"]) == (3, 3, 4, 2)
    (kept,) = (collection.parent / "cache" / "briefbot" / "evaluations").iterdir()
    assert (kept / "index" / "CURRENT").read_text("ascii") == "000001\n"


def test_abstention_counts_queries_without_a_relevant_entry(collection: Path) -> None:
    found = ranked(collection.parent, str(collection), "--abstain", "--conversation", "--html", "page.html")[
        "abstention"
    ]

    assert (found["questions"], found["unanswerable"], found["auroc"]) == (4, 2, 1.0)
    assert (collection.parent / "page.html").read_text("utf-8").count("<svg") == 1


@pytest.mark.parametrize("arguments", [[], ["questions.jsonl", "--beir", "folder"]])
def test_one_of_the_two_must_be_named(tmp_path: Path, arguments: list[str]) -> None:
    called = Place(tmp_path).briefbot("eval", *arguments)

    assert (called.returncode, called.stderr) == (
        2,
        "briefbot: Name a file of questions, or a folder with --beir, as in: briefbot eval questions.jsonl\n",
    )


def test_a_bad_row_is_named_and_nothing_is_asked(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text("question,document\nWhere?,\n", "utf-8")
    called = Place(tmp_path).briefbot("eval", "q.csv")

    assert (called.returncode, called.stdout) == (2, "")
    assert called.stderr.startswith("briefbot: q.csv, line 2: what is right is missing; name a document")


def test_without_an_index_the_build_is_named(tmp_path: Path, questions: str) -> None:
    assert Place(tmp_path).briefbot("eval", questions).returncode == 5


def test_a_build_that_would_answer_worse_is_not_published(tmp_path: Path) -> None:
    corpus = tmp_path / "docs_corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("The red tram stops at the harbour every ten minutes.", "utf-8")
    (tmp_path / "q.jsonl").write_text('{"question": "Where stops the red tram?", "text": "at the harbour"}\n', "utf-8")
    gated = ("build", "--gate", "q.jsonl")
    assert with_words(tmp_path, *gated).returncode == 0
    (corpus / "a.txt").write_text("The red tram stops nowhere.", "utf-8")

    worse, meant = with_words(tmp_path, *gated), with_words(tmp_path, "build", "-q")

    assert (worse.returncode, worse.stdout) == (4, "")
    assert worse.stderr == (
        "briefbot: The new generation answers 0 of 1 questions rightly and the current one 1, so generation 1 stays; "
        "no longer right: 'Where stops the red tram?' (q.jsonl, line 1). Mend the documents or the questions, or "
        "build without --gate.\n"
    )
    assert meant.returncode == 0
    assert (tmp_path / "index" / "CURRENT").read_text("ascii") == "000002\n"
