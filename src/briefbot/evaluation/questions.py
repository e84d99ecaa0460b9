"""A team's own questions with what must be answered: from JSONL, CSV, or what `briefbot feedback export` writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from briefbot.errors import UsageFault
from briefbot.evaluation.rows import column_rows, history_of, json_rows, sound

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = (".csv", ".tsv")
_YES, _NO = ("true", "yes", "1"), ("false", "no", "0", "")
_UNSETTLED = ("not helpful", "unanswered")  # verdicts that tell that an answer was bad, and not which one is good


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what is right: all that is named must hold. Where nothing is named, nothing answers it.

    `answer` is a text that stands in the right passage; `place` is where the question stands in its file.
    """

    place: str
    text: str
    history: tuple[str, ...]
    document: str | None
    paragraph: int | None
    answer: str | None

    @property
    def answerable(self) -> bool:
        """Tell whether the documents answer it."""
        return self.document is not None or self.answer is not None


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a file, and how many rows of feedback do not tell what would have been right."""

    asked: tuple[Asked, ...]
    unsettled: int


def read_questions(path: Path) -> Questions:
    """Return the questions of a file. Raises UsageFault, which names file and line."""
    rows = list(column_rows(path) if path.suffix.lower() in _COLUMNS else json_rows(path))
    settled = [(place, row) for place, row in rows if not _is_unsettled(row)]
    if not rows:
        raise UsageFault(f"{path} holds no question; write one a line, with its document or its answer.")
    if not settled:
        raise UsageFault(f"{path} does not tell what is right; add to its rows a text, or that they are unanswerable.")
    return Questions(tuple(_asked(place, row) for place, row in settled), len(rows) - len(settled))


def _is_unsettled(row: dict[str, Any]) -> bool:
    """Tell whether a row is feedback that names no right answer: the document is that of the bad one."""
    by_hand = any(row.get(name) for name in ("text", "answer", "unanswerable"))
    helped_by_nothing = row.get("verdict") == "helpful" and not row.get("document")
    return not by_hand and (row.get("verdict") in _UNSETTLED or helped_by_nothing)


def _asked(place: str, row: dict[str, Any]) -> Asked:
    text = _text(row, "question", place)
    if text is None or not any(map(str.isalnum, text)):
        raise UsageFault(f'{place}: there is no question; name it, as in "question": "Where did they meet?".')
    asked = Asked(
        place=place,
        text=text,
        history=history_of(row, place),
        document=_text(row, "document", place),
        paragraph=_paragraph(row, place),
        answer=_answer(row, place),
    )
    _refuse_contradictions(asked, unanswerable=_flag(row, place))
    return asked


def _refuse_contradictions(asked: Asked, *, unanswerable: bool) -> None:
    if unanswerable and asked.answerable:
        raise UsageFault(f"{asked.place}: the question is said to be unanswerable, and its answer is named; keep one.")
    if asked.paragraph is not None and asked.document is None:
        raise UsageFault(f"{asked.place}: there is a paragraph and no document; name the document as well.")
    if not (unanswerable or asked.answerable):
        raise UsageFault(
            f"{asked.place}: what is right is missing; name a document, a text that must be in the answer, "
            "or set unanswerable to true."
        )


def _text(row: dict[str, Any], name: str, place: str) -> str | None:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise UsageFault(f'{place}: {name} must be a text, as in "{name}": "…".')
    return sound(value).strip() or None if value else None


def _answer(row: dict[str, Any], place: str) -> str | None:
    answer, text = _text(row, "answer", place), _text(row, "text", place)
    if answer and text and answer != text:
        raise UsageFault(f"{place}: there is an answer and a text, which mean the same; keep one.")
    return answer or text


def _paragraph(row: dict[str, Any], place: str) -> int | None:
    value = row.get("paragraph")
    if value is None or value == "":
        return None
    digits = value.isascii() and value.isdecimal() and len(value) < 10 if isinstance(value, str) else False
    number = int(value) if digits else value
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise UsageFault(
            f"{place}: {value!r} is no paragraph; paragraphs are counted from 1, as briefbot ask tells them."
        )
    return number


def _flag(row: dict[str, Any], place: str) -> bool:
    value = row.get("unanswerable")
    word = value.lower() if isinstance(value, str) else value
    if word is True or word in _YES:
        return True
    if word is None or word is False or word in _NO:
        return False
    raise UsageFault(f"{place}: unanswerable must be true or false, and is {value!r}.")
