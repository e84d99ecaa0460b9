"""Lists for Discord: documents, one document, the state of things, help and privacy, each as pages of text blocks.

Like `rendering` it knows the limits and no way to send. It is given only what the reader may see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from briefbot.conversation import LIFE
from briefbot.discord.escaping import escaped, link
from briefbot.discord.limits import LIST_BYTES, LIST_TEXT, clipped, length
from briefbot.discord.messages import Button, ListMessage
from briefbot.discord.tickets import Narrowing, Ticket
from briefbot.harmless import one_line
from briefbot.serving.references import hash_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from briefbot.discord.catalogue import Words
    from briefbot.model import Document
    from briefbot.reports import DocumentLine

PAGE = 10  # documents
_TITLE, _NAME = 100, 120  # characters shown
Lack = Literal["loading", "no_index", "no_use"]
_EXAMPLES = 3
_AGES = ((86_400, "days"), (3_600, "hours"), (60, "minutes"))  # seconds, largest first


@dataclass(frozen=True, slots=True)
class State:
    """What `/status` tells; counts are of what the asker may see. Without a generation, `lack` says why."""

    generation: int | None
    made: datetime | None
    documents: int
    passages: int
    model: str
    version: str
    up_since: datetime
    now: datetime
    lack: Lack
    problem: bool
    building: bool


def render_sources(documents: Sequence[DocumentLine], place: str | None, page: Page, words: Words) -> ListMessage:
    """Return a page of the list of documents."""
    passages = sum(line.passages for line in documents)
    head = [words("sources.head", documents=len(documents), passages=passages)]
    if place:
        head.append(words("answer.within", place=escaped(clipped(one_line(place), _NAME))))
    if page.made:
        head.append(words("sources.age", made=_moment(page.made), age=_age(page.now, page.made, words)))
    shown = documents[page.offset : page.offset + PAGE]
    blocks = _fitting(["\n".join(head), *(_line(line, words) for line in shown)])
    following = page.offset + len(blocks) - 1
    buttons = _paging(page.offset, following if following < len(documents) else None, place, words)
    return ListMessage(blocks, buttons)


@dataclass(frozen=True, slots=True)
class Page:
    """Which page of a list: what comes before it, and how old the index is now."""

    offset: int
    made: datetime | None
    now: datetime


def render_document(document: Document, line: DocumentLine, url: str | None, words: Words) -> ListMessage:
    """Return what is known of one document, with a button to read it."""
    stated = document.metadata
    facts = {
        "sources.name": one_line(document.name),
        "sources.author": one_line(stated.author or ""),
        "sources.date": stated.date.isoformat() if stated.date else "",
        "sources.language": one_line(document.language or ""),
        "sources.passages": str(line.passages),
    }
    title = f"**{link(_title(document), url)}**"
    told = [words(key, value=escaped(clipped(value, _NAME))) for key, value in facts.items() if value]
    read = Button(words("button.read"), Ticket("read", None, 1, Narrowing(hash_of(document.name))), "primary")
    return ListMessage(_fitting(["\n".join([title, *told])]), ((read,),))


def render_status(state: State, words: Words) -> ListMessage:
    """Return the state of the index and of the bot."""
    lines = [words("status.head", version=state.version)]
    if state.generation is None or state.made is None:
        lines.append(words(f"status.{state.lack}"))
    else:
        age = _age(state.now, state.made, words)
        lines.append(words("status.generation", number=state.generation, made=_moment(state.made), age=age))
        lines.append(words("status.documents", documents=state.documents, passages=state.passages))
        lines.append(words("status.model", model=escaped(clipped(one_line(state.model), _NAME))))
    if state.building:
        lines.append(words("status.building"))
    if state.problem and state.generation is not None:
        lines.append(words("status.problem"))
    lines.append(words("status.up", since=_moment(state.up_since)))
    return ListMessage(_fitting(["\n".join(lines)]))


def render_help(
    examples: Sequence[str], *, may_rebuild: bool, words: Words, strange: Sequence[str] = ()
) -> ListMessage:
    """Return what one can do, with examples that fit the documents; the model does not know the languages `strange`."""
    blocks = [words("help.head")]
    if examples:
        asked = [words("help.example", title=escaped(clipped(one_line(title), _TITLE))) for title in examples]
        blocks.append("\n".join([words("help.examples"), *asked[:_EXAMPLES]]))
    blocks.append(words("help.commands"))
    if may_rebuild:
        blocks.append(words("help.reindex"))
    if strange:
        blocks.append(words("help.strange", languages=escaped(", ".join(strange))))
    return ListMessage(_fitting(blocks))


def render_privacy(*, kept_days: int | None, logged: bool, words: Words) -> ListMessage:
    """Return what is kept, for how long, and how it is deleted."""
    lines = [words("privacy.head"), words("privacy.memory", minutes=LIFE // 60)]
    lines.append(words("privacy.logged" if logged else "privacy.not_logged"))
    lines.append(words("privacy.kept", days=kept_days) if kept_days else words("privacy.nothing_kept"))
    delete = Button(words("button.forget"), Ticket("forget"), "danger")
    return ListMessage(_fitting(["\n".join(lines)]), ((delete,),) if kept_days else ())


def _line(line: DocumentLine, words: Words) -> str:
    name = escaped(clipped(one_line(line.name), _NAME))
    facts = [name, line.date.isoformat() if line.date else "", words("sources.passages", value=line.passages)]
    return f"**{escaped(_title(line))}**\n-# {' · '.join(filter(None, facts))}"


def _title(named: Document | DocumentLine) -> str:
    """Return the title, or the name where the title cannot be seen."""
    return clipped(one_line(named.title) or one_line(named.name), _TITLE)


def _paging(offset: int, following: int | None, place: str | None, words: Words) -> tuple[tuple[Button, ...], ...]:
    narrowing = Narrowing(hash_of(place) if place else "")
    row = []
    if offset > 0:
        row.append(Button(words("button.previous"), Ticket("sources", None, max(0, offset - PAGE), narrowing)))
    if following is not None:
        row.append(Button(words("button.next"), Ticket("sources", None, following, narrowing)))
    return (tuple(row),) if row else ()


def _fitting(blocks: Sequence[str]) -> tuple[str, ...]:
    """Return the first blocks, as many as fit into one message."""
    kept: list[str] = []
    for block in blocks:
        every = [*kept, block]
        if sum(map(length, every)) > LIST_TEXT or sum(len(text.encode()) for text in every) > LIST_BYTES:
            break
        kept = every
    return tuple(kept)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _age(now: datetime, then: datetime, words: Words) -> str:
    seconds = max(0, int((now - then).total_seconds()))
    unit, name = next(((unit, name) for unit, name in _AGES if seconds >= unit), (60, "minutes"))
    return words(f"age.{name}", count=seconds // unit)
