"""briefbot ask, briefbot chat."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from briefbot.answering import answer_of, consider
from briefbot.answering import ask as answer_to
from briefbot.cli.options import Session, as_date, with_session
from briefbot.errors import UsageFault
from briefbot.model import Filters, Question, Scope
from briefbot.terminal.answers import answer_json, render_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefbot.answering import Library


_FILTERS = (
    click.option(
        "-k", metavar="N", type=click.IntRange(1, 100), default=3, show_default=True, help="How many excerpts at most."
    ),
    click.option("--document", metavar="NAME|FOLDER", help="Only from this document or folder."),
    click.option("--since", metavar="DATE", callback=as_date, help="Only from documents of this date or later."),
    click.option("--until", metavar="DATE", callback=as_date, help="Only from documents of this date or earlier."),
    click.option("--author", metavar="NAME", help="Only from documents whose author has this in the name."),
)


def _with_filters(command: Any) -> Any:
    for option in reversed(_FILTERS):
        command = option(command)
    return command


@click.command()
@click.argument("question", nargs=-1, required=True)
@_with_filters
@click.option("--explain", is_flag=True, help="Show what the order and the confidence are made of.")
@with_session
def ask(session: Session, *, question: tuple[str, ...], k: int, explain: bool, **filters: Any) -> None:
    """Answer a question with the exact passage and its citation, or say that the documents do not."""
    with _library(session) as library:
        asked = Question(_sound(" ".join(question)), Scope.everything(), Filters(**filters), k)
        if explain:
            _print_explained(session, asked, library)
        else:
            _print_answer(session, asked, library, one_of_many=False)


@click.command()
@_with_filters
@with_session
def chat(session: Session, *, k: int, **filters: Any) -> None:
    """Answer questions one after the other; an empty line or Ctrl-D ends it."""
    history: list[str] = []
    with _library(session) as library:
        for line in _lines(session):
            asked = Question(line, Scope.everything(), Filters(**filters), k, tuple(history))
            try:
                history += [line, *_print_answer(session, asked, library, one_of_many=True)]
            except UsageFault as fault:
                session.note(f"briefbot: {fault}")


@contextmanager
def _library(session: Session) -> Iterator[Library]:
    from briefbot.cli.encoders import reference_encoder
    from briefbot.cli.library import Libraries
    from briefbot.index.store import open_current

    with open_current(session.settings.index) as generation:
        yield Libraries(session.settings, reference_encoder).open(generation)


def _print_answer(session: Session, question: Question, library: Library, *, one_of_many: bool) -> list[str]:
    """Print the answer and return the words of its first excerpt."""
    answer = answer_to(question, library)
    width = _width()
    end = "\n" * one_of_many  # a blank line between one answer and the next
    session.result(
        lambda: render_answer(answer, session.paint, width) + end,
        lambda: answer_json(answer),
        one_of_many=one_of_many,
    )
    return [excerpt.text for excerpt in answer.excerpts[:1]]


def _print_explained(session: Session, question: Question, library: Library) -> None:
    """Print the answer and what it was made of."""
    from briefbot.explaining import explain
    from briefbot.terminal.explanations import explanation_json, render_explanation

    considered = consider(question, library)
    answer, explanation = answer_of(considered, library), explain(considered, library)
    session.result(
        lambda: f"{render_answer(answer, session.paint, _width())}\n\n{render_explanation(explanation, session.paint)}",
        lambda: answer_json(answer) | {"explanation": explanation_json(explanation)},
    )


def _width() -> int:
    return min(shutil.get_terminal_size().columns, 100)


def _lines(session: Session) -> Iterator[str]:
    """Yield questions until there are no more; the prompt is shown only where somebody can type."""
    while True:
        if session.may_ask:
            click.echo("? ", nl=False, err=True)
        line = sys.stdin.readline()
        if not line.strip():
            return
        yield _sound(line.strip())


def _sound(text: str) -> str:
    """Return what was typed, with bytes that are no text replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")
