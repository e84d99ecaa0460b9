from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from briefbot.errors import UsageFault
from briefbot.evaluation.questions import Asked, Questions, read_questions

if TYPE_CHECKING:
    from pathlib import Path

Q = "Where did they meet?"


def written(folder: Path, *rows: dict[str, Any] | str) -> Path:
    path = folder / "q.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n", "utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UsageFault) as error:
        read_questions(path)
    return str(error.value)


def test_each_kind_of_row_is_a_complete_value(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {"question": Q, "document": "a.md", "paragraph": 2},
        "",
        {"question": Q, "text": " at the port ", "history": ["Who?", "Two men."]},
        {"question": Q, "answer": "port", "document": "a.md", "note": "anything"},
        {"question": Q, "unanswerable": True, "document": None},
    )
    assert read_questions(path) == Questions(
        (
            Asked(f"{path}, line 1", Q, (), "a.md", 2, None),
            Asked(f"{path}, line 3", Q, ("Who?", "Two men."), None, None, "at the port"),
            Asked(f"{path}, line 4", Q, (), "a.md", None, "port"),
            Asked(f"{path}, line 5", Q, (), None, None, None),
        ),
        unsettled=0,
    )


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_has_the_same_names_as_columns(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "q.CSV"
    rows = [["Question", "document", "paragraph", "text", "unanswerable"], [Q, "a.md", "2", "", ""]]
    rows += [[Q, "", "", '"one\ntwo"', "no"], [Q, "", "", "", "yes"]]
    path.write_text("\ufeff" + "\r\n".join(mark.join(row) for row in rows), "utf-8")
    assert read_questions(path).asked == (
        Asked(f"{path}, line 2", Q, (), "a.md", 2, None),
        Asked(f"{path}, line 4", Q, (), None, None, "one\ntwo"),
        Asked(f"{path}, line 5", Q, (), None, None, None),
    )


def test_a_line_separator_within_a_text_ends_no_row(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "a\u2028b?", "document": "a.md"}', "utf-8")
    assert [one.text for one in read_questions(path).asked] == ["a\u2028b?"]


def test_of_feedback_only_what_tells_the_right_answer_counts(tmp_path: Path) -> None:
    said = {"question": Q, "document": "a.md", "paragraph": 3, "reason": None}
    nothing = {"question": Q, "document": None, "paragraph": None, "reason": None}
    path = written(
        tmp_path,
        said | {"verdict": "helpful"},
        said | {"verdict": "not helpful"},
        nothing | {"verdict": "unanswered"},
        nothing | {"verdict": "helpful"},
        nothing | {"verdict": "unanswered", "unanswerable": True},
        nothing | {"verdict": "not helpful", "text": "the port"},
    )
    asked = read_questions(path).asked
    assert [(one.document, one.paragraph, one.answer) for one in asked] == [
        ("a.md", 3, None),
        (None, None, None),
        (None, None, "the port"),
    ]
    assert read_questions(path).unsettled == 3


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    (asked,) = read_questions(written(tmp_path, '{"question": "a\\ud800?", "document": "a.md"}')).asked
    assert asked.text == "a??"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            "x",
            "this is not JSON (Expecting value: line 1 column 1 (char 0)); write one object a line.",
        ),
        ("[1]", 'this is not an object; write one a line, as in {"question": "…"}.'),
        ({"document": "a.md"}, 'there is no question; name it, as in "question": "Where did they meet?".'),
        ({"question": " ?"}, 'there is no question; name it, as in "question": "Where did they meet?".'),
        ({"question": 7}, 'question must be a text, as in "question": "…".'),
        ({"question": Q, "document": ["a"]}, 'document must be a text, as in "document": "…".'),
        (
            {"question": Q},
            (
                "what is right is missing; name a document, a text that must be in the answer, "
                "or set unanswerable to true."
            ),
        ),
        (
            {"question": Q, "text": "a", "paragraph": 1},
            "there is a paragraph and no document; name the document as well.",
        ),
        *(
            (
                {"question": Q, "document": "a.md", "paragraph": value},
                f"{value!r} is no paragraph; paragraphs are counted from 1, as briefbot ask tells them.",
            )
            for value in (0, -1, True, 1.5, "two", "²", "9" * 5000)
        ),
        (
            {"question": Q, "answer": "a", "text": "b"},
            "there is an answer and a text, which mean the same; keep one.",
        ),
        (
            {"question": Q, "text": "a", "unanswerable": True},
            "the question is said to be unanswerable, and its answer is named; keep one.",
        ),
        ({"question": Q, "unanswerable": "perhaps"}, "unanswerable must be true or false, and is 'perhaps'."),
        (
            {"question": Q, "text": "a", "history": "Who?"},
            'the history must be a list of texts, as in "history": ["Who is he?", "A guard."].',
        ),
    ],
    ids=str,
)
def test_what_cannot_be_understood_is_named_with_its_line(
    tmp_path: Path, row: dict[str, Any] | str, sentence: str
) -> None:
    path = written(tmp_path, {"question": Q, "document": "a.md"}, row)
    assert refusal(path) == f"{path}, line 2: {sentence}"


def test_a_table_with_too_many_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text("question,text\nWho, me?,a,b\n", "utf-8")
    assert refusal(path) == f"{path}, line 2: there are more cells than columns; quote the commas."


def test_a_file_that_is_no_file_of_questions_is_refused(tmp_path: Path) -> None:
    empty = written(tmp_path)
    assert refusal(empty) == f"{empty} holds no question; write one a line, with its document or its answer."
    vague = written(tmp_path, {"question": Q, "verdict": "unanswered"})
    assert refusal(vague) == (
        f"{vague} does not tell what is right; add to its rows a text, or that they are unanswerable."
    )
    assert refusal(tmp_path / "none.jsonl") == f"{tmp_path / 'none.jsonl'} cannot be read: No such file or directory."
    (tmp_path / "q.jsonl").write_bytes(b"\xff\xfe")
    assert refusal(tmp_path / "q.jsonl") == f"{tmp_path / 'q.jsonl'} is not UTF-8; save it as UTF-8."
