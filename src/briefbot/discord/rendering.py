"""From an answer to Discord messages: the answering sentence first, then its passage, then what one can do with it.

The one module that decides what stands in a message and that it fits: what does not fit becomes a page or a file. It
refuses to know how messages are sent, and who may see what: it is given nothing that the reader may not see.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from briefbot.discord import quoting
from briefbot.discord.catalogue import LANGUAGES, catalogue
from briefbot.discord.citing import also_line, citation_line, plain_citation, title_of
from briefbot.discord.escaping import FENCE, code_block, escaped, lightly_escaped, unescaped
from briefbot.discord.limits import CONTENT, SCREEN, clipped, length
from briefbot.discord.messages import Button, Message, TextFile
from briefbot.discord.tickets import Narrowing, Ticket
from briefbot.harmless import one_line
from briefbot.serving.references import Reference, hash_of
from briefbot.wording import letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.discord.catalogue import Words
    from briefbot.discord.tickets import Action
    from briefbot.model import Answer, Excerpt, Filters

WANTED = 10  # excerpts that a question asks for: one is shown, the others are "more"
PAGE = 3  # excerpts on a page of "more"
QUESTION_FILE = "question.txt"
PASSAGE_FILE = "passage.txt"

_QUESTION = 200  # characters of the question that are shown
_ALSO = 400  # characters that name where else the same is said
_NAME = 60  # characters of a person's or a folder's name
_GAP = "\n\n"
_SMALL = "-# "
_BOLD = "**"  # no sentence of a document begins with it: there it is escaped
_STRONG, _GOOD = 0.85, 0.65


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question was put, as far as its answer's buttons need it; `feedback` tells whether verdicts are kept."""

    filters: Filters
    private: bool
    feedback: bool


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands around the passages of a message: the question, from which a button takes it again."""

    question: str
    asked: Asked
    words: Words
    label: str = "answer.question"
    note: str = ""
    answers: bool = True

    @property
    def footer(self) -> str:
        """The last lines: who shares it, what the question was limited to, and the question."""
        lines = [self.note, " · ".join(filter(None, _limits(self.asked.filters, self.words)))]
        lines = [*filter(None, lines), f"{self.words(self.label)}: {_short(self.question, _QUESTION)}"]
        return "\n".join(f"{_SMALL}{line}" for line in lines)

    @property
    def files(self) -> tuple[TextFile, ...]:
        """The question, where the last line does not hold all of it."""
        return () if length(one_line(self.question)) <= _QUESTION else (TextFile(QUESTION_FILE, self.question),)


def render_answer(answer: Answer, asked: Asked, words: Words) -> Message:
    """Return the message for an answer, found or not."""
    frame = _Frame(answer.question, asked, words)
    if letters(answer.understood_as) != letters(answer.question):
        frame = _Frame(answer.understood_as, asked, words, "answer.understood")
    return _found(answer, frame) if answer.answered else _not_found(answer, frame)


def render_more(answer: Answer, offset: int, asked: Asked, words: Words) -> Message:
    """Return the passages of an answer after the first `offset`, with the question for the next page."""
    frame = _Frame(answer.question, asked, words, answers=answer.answered)
    excerpts = answer.excerpts or answer.related
    page = excerpts[offset : offset + PAGE]
    if not page:
        return Message(_GAP.join([words("answer.no_more"), frame.footer]), (), frame.files)
    head = words("answer.next" if answer.answered else "answer.related")
    buttons = _numbered_buttons(page, words, first=offset + 1)
    return _list_of(page, head, frame, offset + 1, (*buttons, *_more_row(excerpts, offset + len(page), frame)))


def render_context(paragraphs: Sequence[Excerpt], cited: int, words: Words) -> Message:
    """Return consecutive paragraphs of one document; the one at place `cited`, if any, is said to be the cited one."""
    first = paragraphs[0]
    title = f"**{_short(title_of(first.citation), _QUESTION)}**"
    room = (CONTENT - length(title) - 2) // len(paragraphs) - 2
    shown = [_paragraph(paragraph, i == cited, room, words) for i, paragraph in enumerate(paragraphs)]
    whole = all(part.whole for part in shown)
    files = () if whole else (TextFile(PASSAGE_FILE, _GAP.join(map(quoting.full_text, paragraphs))),)
    content = "\n".join([title, *(part.content for part in shown)])
    return Message(content, (reading_buttons(paragraphs, words),), files)


def render_copy(excerpt: Excerpt, words: Words) -> Message:
    """Return the exact words and a citation, and a file where backslashes or the length would alter the words."""
    citation = f"— {plain_citation(excerpt.citation, words)}"
    text = quoting.full_text(excerpt)
    block = code_block(text) if excerpt.kind in quoting.LAID_OUT else None
    content = block or lightly_escaped(text, citation)
    exact = (bool(block) or content == text) and length(content) + length(citation) + 2 <= CONTENT
    if exact:
        return Message(f"{content}{_GAP}{citation}")
    room = CONTENT - length(citation) - length(words("copy.exact")) - 6
    shown = content if length(content) <= room else quoting.passage(excerpt, room).content
    return Message(f"{shown}{_GAP}{citation}\n{_SMALL}{words('copy.exact')}", (), (TextFile(PASSAGE_FILE, text),))


def render_shared(excerpt: Excerpt, question: str, sharer: str, asked: Asked, words: Words) -> Message:
    """Return a private answer as everybody may see it, with the name of who shares it."""
    note = words("answer.shared_by", name=_short(sharer, _NAME))
    return _one(excerpt, "", _Frame(question, replace(asked, private=False), words, note=note))


def question_in(content: str) -> str | None:
    """Return the question that a message of ours holds, or None; a long one is cut there and whole in its file."""
    label, colon, text = content.rsplit("\n", 1)[-1].partition(": ")
    return unescaped(text) if colon and label in _labels() else None


def sentence_in(content: str) -> str:
    """Return the answering sentence that a message of ours begins with; empty where nothing was found."""
    if content.startswith(FENCE):
        return content.removeprefix(f"{FENCE}\n").partition(f"\n{FENCE}")[0]
    return "" if content.startswith(_BOLD) else unescaped(content.partition("\n")[0])


@cache
def _labels() -> frozenset[str]:
    """Return what the last line of an answer begins with, in every language."""
    keys = ("answer.question", "answer.understood")
    return frozenset(f"{_SMALL}{catalogue(language)(key)}" for language in LANGUAGES for key in keys)


def strength(confidence: float | None, words: Words) -> str:
    """Return how sure it is that the first excerpt answers, in words."""
    if confidence is None:
        return words("answer.uncalibrated")
    grade = "strong" if confidence >= _STRONG else "good" if confidence >= _GOOD else "weak"
    return words(f"answer.{grade}")


def reading_buttons(paragraphs: Sequence[Excerpt], words: Words) -> tuple[Button, ...]:
    """Return the buttons to read on before the first and after the last of these paragraphs."""
    place = Narrowing(hash_of(paragraphs[0].citation.document))
    first, last = paragraphs[0].citation.paragraph, paragraphs[-1].citation.paragraph
    earlier = Button(words("button.earlier"), Ticket("read", None, max(1, first - len(paragraphs)), place))
    later = Button(words("button.later"), Ticket("read", None, last + 1, place))
    return (earlier, later) if first > 1 else (later,)


def _found(answer: Answer, frame: _Frame) -> Message:
    others = len(answer.excerpts) - 1
    status = strength(answer.confidence, frame.words)
    if others:
        status += f" · {frame.words('answer.others', count=others)}"
    message = _one(answer.excerpts[0], status, frame)
    (first, *rest), more = message.buttons, _more_row(answer.excerpts, 1, frame)
    return message.with_buttons((*more[0], *first) if more else first, *rest)


def _one(excerpt: Excerpt, status: str, frame: _Frame) -> Message:
    """Return the message that shows one excerpt: sentence, citation, status, passage, question."""
    citation = citation_line(excerpt, frame.words)
    sentence = quoting.sentence(excerpt, max(SCREEN - length(citation) - 1, SCREEN // 3))
    head = f"{sentence.content}\n{citation}"
    said = [*filter(None, [status]), *_staleness(excerpt, frame.words), *_also(excerpt, _ALSO, frame.words)]
    room = CONTENT - sum(map(length, [head, *said, frame.footer])) - len(said) - 2 * len(_GAP)
    body, files = _body(excerpt, sentence, room, frame.words)
    content = _GAP.join([head, "\n".join([*said, *body]), frame.footer])
    return Message(content, _buttons(excerpt, frame), (*files, *frame.files))


def _body(excerpt: Excerpt, sentence: quoting.Shown, room: int, words: Words) -> tuple[list[str], tuple[TextFile, ...]]:
    """Return the passage below the sentence, unless the sentence is all of it, and the file it did not fit into."""
    if sentence.whole and len(excerpt.highlight) == len(excerpt.text.strip()):
        return [f"{_SMALL}{words('answer.whole_passage')}"], ()
    note = f"{_SMALL}{words('answer.in_file', file=PASSAGE_FILE)}"
    shown = quoting.passage(excerpt, room - length(note) - 1)
    if shown.whole:
        return [shown.content], ()
    return [shown.content, note], (TextFile(PASSAGE_FILE, quoting.full_text(excerpt)),)


def _not_found(answer: Answer, frame: _Frame) -> Message:
    words, related = frame.words, answer.related[:PAGE]
    verdicts = _verdicts(None, frame)
    if not related:
        return Message(_GAP.join([words("answer.nothing"), frame.footer]), verdicts, frame.files)
    head = f"{words('answer.nothing')}{_GAP}{words('answer.related')}"
    contexts, more = _numbered_buttons(related, words, first=1)[0], _more_row(answer.related, len(related), frame)
    first = (*more[0], *contexts) if more else contexts
    return _list_of(related, head, replace(frame, answers=False), 1, (first, *verdicts))


def _list_of(
    excerpts: Sequence[Excerpt], head: str, frame: _Frame, first: int, buttons: tuple[tuple[Button, ...], ...]
) -> Message:
    """Return one numbered section for each excerpt, and files for those that need one."""
    room = CONTENT - length(head) - length(frame.footer) - 2 * len(_GAP)
    each = room // len(excerpts) - len(_GAP)
    sections, files = [], []
    for number, excerpt in enumerate(excerpts, start=first):
        lines = [f"**{number}** {citation_line(excerpt, frame.words)}", *_staleness(excerpt, frame.words)]
        lines += _also(excerpt, min(_ALSO, each // 2 - sum(map(length, lines))), frame.words)
        room_left = each - sum(map(length, lines)) - len(lines)
        shown = quoting.passage(excerpt, room_left, answers=frame.answers)
        sections.append("\n".join([*lines, shown.content]))
        files += [] if shown.whole else [TextFile(f"passage-{number}.txt", quoting.full_text(excerpt))]
    return Message(_GAP.join([head, *sections, frame.footer]), buttons, (*files, *frame.files))


def _paragraph(paragraph: Excerpt, cited: bool, room: int, words: Words) -> quoting.Shown:
    number = paragraph.citation.paragraph
    label = f"{_SMALL}{words('context.cited' if cited else 'citation.paragraph', number=number)}"
    shown = quoting.passage(paragraph, room - length(label) - 1)
    return quoting.Shown(f"{label}\n{shown.content}", shown.whole)


def _buttons(excerpt: Excerpt, frame: _Frame) -> tuple[tuple[Button, ...], ...]:
    reference = Reference.of(excerpt)
    actions: tuple[Action, ...] = ("context", "copy", "share") if frame.asked.private else ("context", "copy")
    first = tuple(Button(frame.words(f"button.{action}"), Ticket(action, reference)) for action in actions)
    return (first, *_verdicts(reference, frame))


def _verdicts(reference: Reference | None, frame: _Frame) -> tuple[tuple[Button, ...], ...]:
    """Return the row of buttons by which an asker judges the answer, where that is kept."""
    if not frame.asked.feedback:
        return ()
    actions: tuple[Action, Action] = ("helpful", "poor")
    return (tuple(Button(frame.words(f"button.{action}"), Ticket(action, reference)) for action in actions),)


def _numbered_buttons(excerpts: Sequence[Excerpt], words: Words, *, first: int) -> tuple[tuple[Button, ...], ...]:
    actions: tuple[Action, Action] = ("context", "copy")
    return tuple(
        tuple(
            Button(words(f"button.{action}_of", number=number), Ticket(action, Reference.of(excerpt)))
            for number, excerpt in enumerate(excerpts, start=first)
        )
        for action in actions
    )


def _more_row(excerpts: Sequence[Excerpt], shown: int, frame: _Frame) -> tuple[tuple[Button, ...], ...]:
    left = len(excerpts) - shown
    ticket = Ticket("more", None, shown, Narrowing.of(frame.asked.filters))
    return ((Button(frame.words("button.more", count=left), ticket, "primary"),),) if left > 0 else ()


def _staleness(excerpt: Excerpt, words: Words) -> list[str]:
    if excerpt.stale is None:
        return []
    indexed, changed = (f"{moment:%Y-%m-%d %H:%M} UTC" for moment in (excerpt.stale.indexed, excerpt.stale.changed))
    return [f"{_SMALL}{words('answer.stale', indexed=indexed, changed=changed)}"]


def _also(excerpt: Excerpt, room: int, words: Words) -> list[str]:
    line = also_line(excerpt, room - length(_SMALL), words)
    return [f"{_SMALL}{line}"] if line else []


def _limits(filters: Filters, words: Words) -> list[str]:
    """Return what a question was limited to."""
    return [
        words("answer.within", place=_short(filters.document, _NAME)) if filters.document else "",
        words("answer.since", date=filters.since.isoformat()) if filters.since else "",
        words("answer.by", author=_short(filters.author, _NAME)) if filters.author else "",
    ]


def _short(text: str, most: int) -> str:
    """Return at most `most` characters of somebody's words on one line, as text."""
    return escaped(clipped(one_line(text), most))
