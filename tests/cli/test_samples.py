"""The sample documents, the real model, real processes: what a stranger sees."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Place

pytestmark = pytest.mark.slow

ANSWERED = [
    (
        "Where did Kim Jong Un and Vladimir Putin meet?",
        "vostochny-2023.html",
        "Kim Jong Un and Vladimir Putin met on 13",
    ),
    ("How did Kim Jong Un travel to Russia?", "vostochny-2023.html", "Kim Jong Un travelled to Russia by rail"),
    ("How long had Kim not been abroad before the visit?", "vostochny-2023.html", "It was Kim’s first trip abroad"),
    ("What did Dmitry Peskov say about the talks?", "reactions.eml", "Moscow plays it down."),
    ("What is Pentagon spokesman Patrick Ryder concerned about?", "reactions.eml", "Washington does not accept"),
    ("How much grain did Russia announce after the floods?", "rupture-to-rapprochement.pdf", "Help came back"),
    ("When did Moscow open diplomatic relations with South Korea?", "rupture-to-rapprochement.pdf", "The rupture came"),
    ("Did Soviet pilots fight in the Korean War?", "soviet-help-1950.txt", "The great exception"),
    ("What does error E4304 mean?", "error-codes.csv", "E4304,Upload too large"),
    ("What did version 2.4.1 repair about uploads of 2 GiB?", "release-2.4.1.md", "Uploads of exactly 2 GiB"),
    ("How quickly must I acknowledge a page?", "on-call.md", "Acknowledge a page within 15 minutes."),
    ("How much may a hotel in London cost per night?", "expenses.docx", "City | Hotel, per night"),
    ("When are recordings of interviews deleted?", "retention-policy.html", "Recordings of interviews are deleted"),
    ("What is the translation budget for 2026?", "2026-03-12-desk.md", "The budget for translations in 2026"),
    ("Who do I ask about legal holds?", "contacts.tsv", "Jonas Eberlinck"),
    ("Wie hoch ist die Kaution für den Schlüssel?", "buero-berlin.txt", "Geöffnet ist montags bis freitags"),
]
NOT_IN_THE_DOCUMENTS = [
    "What is the capital of Australia?",
    "How do I bake sourdough bread?",
    "Who won the 2018 World Cup?",
    "What is the warranty period for the printer?",
]


@pytest.fixture(scope="module")
def answers(samples: Place) -> dict[str, dict[str, Any]]:
    """Return the JSON answer to each question, from one process."""
    questions = [question for question, _, _ in ANSWERED] + NOT_IN_THE_DOCUMENTS
    called = samples.briefbot("chat", "--json", stdin="\n".join(questions))
    assert called.returncode == 0, called.stderr
    decoder, found, place = json.JSONDecoder(), {}, 0
    while called.stdout[place:].strip():
        place += len(called.stdout[place:]) - len(called.stdout[place:].lstrip())
        answer, place = decoder.raw_decode(called.stdout, place)
        found[answer["question"]] = answer
    return found


@pytest.mark.parametrize(("question", "document", "words"), ANSWERED)
def test_the_right_passage_comes_first(
    answers: dict[str, dict[str, Any]], question: str, document: str, words: str
) -> None:
    answer = answers[question]
    first = answer["excerpts"][0]
    assert answer["answered"] is True
    assert first["citation"]["document"].rsplit("/", 1)[-1] == document
    assert first["text"].startswith(words)


@pytest.mark.parametrize("question", NOT_IN_THE_DOCUMENTS)
def test_what_is_not_in_the_documents_is_not_answered(answers: dict[str, dict[str, Any]], question: str) -> None:
    answer = answers[question]
    assert (answer["answered"], answer["excerpts"], len(answer["related"])) == (False, [], 3)


def test_every_excerpt_is_the_slice_that_its_citation_names(answers: dict[str, dict[str, Any]], samples: Place) -> None:
    texts: dict[str, str] = {}
    for answer in answers.values():
        for excerpt in answer["excerpts"] + answer["related"]:
            name, span = excerpt["citation"]["document"], excerpt["citation"]["span"]
            if name not in texts:
                texts[name] = json.loads(samples.briefbot("show", name, "--json").stdout)["text"]
            assert excerpt["text"] == texts[name][span["start"] : span["end"]]
            assert 0 <= excerpt["highlight"]["start"] < excerpt["highlight"]["end"] <= len(excerpt["text"])


def test_the_json_of_an_answer_has_these_keys_and_no_others(answers: dict[str, dict[str, Any]]) -> None:
    answer = answers[ANSWERED[5][0]]
    excerpt = answer["excerpts"][0]
    assert list(answer) == [
        *("format", "question", "understood_as", "answered", "confidence", "generation", "excerpts", "related"),
    ]
    assert set(excerpt) == {"text", "score", "highlight", "header", "citation", "also", "stale", "versions"}
    assert excerpt["citation"] | {"paragraph": 0, "lines": 0, "span": 0} == {
        "document": "russia-north-korea/rupture-to-rapprochement.pdf",
        "title": "From rupture to rapprochement: Russia and North Korea, 1990–2023",
        "author": "Ines Havelkamp",
        "paragraph": 0,
        "pages": [2, 2],
        "heading": excerpt["citation"]["heading"],
        "lines": 0,
        "span": 0,
        "url": None,
        "date": "2023-11-06",
        "language": "en",
    }


def test_a_changed_source_is_marked_and_a_missing_one_is_not_shown(own: Place) -> None:
    error_codes = own.folder / "docs_corpus" / "product" / "error-codes.csv"
    error_codes.write_text(error_codes.read_text("utf-8") + "E9999,New,New.,Wait.,v9\n", "utf-8")
    changed = json.loads(own.briefbot("ask", "What does error E4304 mean?", "--json").stdout)["excerpts"][0]
    assert changed["stale"] is True
    assert set(changed["versions"]) == {"indexed", "changed"}
    assert "changed" in own.briefbot("ask", "What does error E4304 mean?").stdout
    error_codes.unlink()
    gone = json.loads(own.briefbot("ask", "What does error E4304 mean?", "--json").stdout)
    documents = {excerpt["citation"]["document"] for excerpt in gone["excerpts"] + gone["related"]}
    assert "product/error-codes.csv" not in documents


def test_filters_narrow_the_documents(samples: Place) -> None:
    def documents(*filters: str) -> set[str]:
        answer = json.loads(samples.briefbot("ask", "Kim Putin Russia", "--json", "-k", "100", *filters).stdout)
        return {excerpt["citation"]["document"] for excerpt in answer["excerpts"] + answer["related"]}

    everything = documents()
    assert documents("--document", "handbook") == {name for name in everything if name.startswith("handbook/")}
    assert documents("--document", "handbook/on-call.md") == {"handbook/on-call.md"}
    assert documents("--author", "havelkamp") < everything
    assert documents("--until", "2023-12-31") | documents("--since", "2024-01-01") == everything


def test_links_are_made_from_the_settings(samples: Place) -> None:
    config = samples.folder / "links.toml"
    config.write_text('[links]\n"*.pdf" = "https://wiki/{path}#page={page}&line={line}"\n')
    called = samples.briefbot(
        "ask", "How much grain did Russia announce after the floods?", "--json", "-k", "1", "--config", str(config)
    )
    url = json.loads(called.stdout)["excerpts"][0]["citation"]["url"]
    assert url.startswith("https://wiki/russia-north-korea/rupture-to-rapprochement.pdf#page=2&line=")


def test_a_build_without_changes_does_nothing(own: Place) -> None:
    report = json.loads(own.briefbot("build", "--json").stdout)
    assert (report["published"], report["unchanged"], report["encoded"]) == (False, 12, 0)
