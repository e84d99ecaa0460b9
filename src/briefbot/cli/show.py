"""briefbot show."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import click

from briefbot.cli.options import Session, with_session
from briefbot.errors import UsageFault
from briefbot.harmless import printable
from briefbot.index.store import open_current
from briefbot.model import Passage, Scope
from briefbot.terminal.reports import documents_json, render_documents
from briefbot.upkeep import documents

if TYPE_CHECKING:
    from briefbot.index.generation import Generation


@click.command()
@click.argument("document", required=False)
@click.option("--paragraph", type=click.IntRange(min=1), metavar="N", help="Only this paragraph.")
@with_session
def show(session: Session, *, document: str | None, paragraph: int | None) -> None:
    """List the documents, or print the text that citations of DOCUMENT refer to."""
    with open_current(session.settings.index) as generation:
        if document is None:
            lines = documents(generation, Scope.everything())
            session.result(lambda: render_documents(lines, session.paint), lambda: documents_json(lines))
            return
        _require(document, generation)
        if paragraph is None:
            text = generation.document(document).text
            session.result(lambda: printable(text), lambda: {"format": 1, "document": document, "text": text})
            return
        passage = _passage(generation, document, paragraph)
        session.result(lambda: printable(passage.text), lambda: _fields(passage))


def _require(document: str, generation: Generation) -> None:
    if document not in generation.documents:
        close = difflib.get_close_matches(document, generation.documents, n=1)
        advice = f"did you mean {close[0]!r}?" if close else "briefbot show lists them."
        raise UsageFault(f"There is no document {document!r}; {advice}")


def _passage(generation: Generation, document: str, number: int) -> Passage:
    count = generation.documents[document].passages
    if number > count:
        raise UsageFault(f"{document} has {count} paragraphs, so there is no paragraph {number}.")
    return next(passage for passage in generation.passages(document) if passage.number == number)


def _fields(passage: Passage) -> dict[str, Any]:
    return {
        "format": 1,
        "document": passage.document,
        "paragraph": passage.number,
        "text": passage.text,
        "heading": " › ".join(passage.heading) or None,
        "header": passage.header,
        "pages": list(passage.pages) if passage.pages else None,
        "lines": list(passage.lines),
        "span": {"start": passage.span.start, "end": passage.span.end},
        "language": passage.language,
    }
