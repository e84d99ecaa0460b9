"""From a question somebody asks in Discord to its answer: whom it is for, what was said before, what is kept of it.

Commands, mentions, menus and buttons all come through here. This module refuses to know how the answer is shown.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from briefbot.answering import ask
from briefbot.conversation import Conversations, Turn, history
from briefbot.discord.places import resolved
from briefbot.discord.rendering import WANTED
from briefbot.errors import DiskError, NoIndex, Overloaded, UsageFault
from briefbot.model import Filters, Question
from briefbot.serving.feedback import Unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from briefbot.conversation import Place
    from briefbot.model import Answer, Scope
    from briefbot.reports import DocumentLine
    from briefbot.serving.desk import AnswerDesk, Opened
    from briefbot.serving.feedback import Feedback, FeedbackFile
    from briefbot.serving.metrics import Metrics
    from briefbot.serving.rebuild import Rebuilder
    from briefbot.settings import AccessRule, DiscordSettings

_log = logging.getLogger("briefbot.discord")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the bot works with, put together elsewhere."""

    desk: AnswerDesk
    settings: DiscordSettings
    rules: tuple[AccessRule, ...]
    rebuilder: Rebuilder
    metrics: Metrics
    feedback: FeedbackFile | None
    aliases: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question with who asks, who will read the answer (`seen_by`), and where it belongs in a conversation.

    `document` is what was typed; `turns` are earlier questions and answers, oldest first.
    """

    asker: int
    seen_by: Callable[[Opened], Scope]
    text: str
    document: str | None = None
    since: date | None = None
    author: str | None = None
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, and the filters that were in force for it."""

    answer: Answer
    filters: Filters


class NoSuchPlace(UsageFault):
    """What was typed names no document or folder that the asker may see, or more than one."""


@dataclass(slots=True)
class Asking:
    """Asks the desk, and remembers what was said in each place."""

    parts: Parts
    conversations: Conversations = field(default_factory=lambda: Conversations(time.monotonic))
    _asked: dict[int, float] = field(default_factory=dict, init=False)

    def seconds_to_wait(self, asker: int) -> int:
        """Return for how long somebody should wait before the next question; begin to count where it is 0."""
        now, pause = time.monotonic(), self.parts.settings.cooldown
        left = self._asked.get(asker, now - pause) + pause - now
        if left > 0:
            return int(left) + 1
        if len(self._asked) > 10_000:
            self._asked = {user: then for user, then in self._asked.items() if now - then < pause}
        if pause:
            self._asked[asker] = now
        return 0

    async def answer(self, inquiry: Inquiry, place: Place | None = None) -> Told:
        """Return the answer to a question, and take both down in `place`, which is given where it is a new question.

        Raises Overloaded, NoIndex, NoSuchPlace, UsageFault for a question without a word, and IndexFault.
        """
        began, outcome = time.monotonic(), "failed"
        try:
            told = await self.parts.desk.run(inquiry.asker, lambda opened: _answered(opened, inquiry))
            outcome = "answered" if told.answer.answered else "nothing"
        except Overloaded:
            outcome = "busy"
            raise
        except (NoIndex, UsageFault):
            outcome = "nothing"
            raise
        finally:
            seconds = time.monotonic() - began
            self.parts.metrics.answered(outcome, seconds)  # type: ignore[arg-type] # one of its four words
            self._log(inquiry, outcome, seconds)
        if place is not None:
            await self._take_down(told.answer, inquiry, place)
        return told

    async def _take_down(self, answer: Answer, inquiry: Inquiry, place: Place) -> None:
        """Remember a question with its answer, and keep one that found none."""
        said = answer.excerpts[0].text if answer.excerpts else ""
        self.conversations.add(place, Turn(inquiry.text, said))
        if not answer.answered:
            record = Unanswered(inquiry.text, inquiry.asker, datetime.now(UTC), answer.generation)
            await keep(self.parts.feedback, record)

    def _log(self, inquiry: Inquiry, outcome: str, seconds: float) -> None:
        extra = {"outcome": outcome, "seconds": round(seconds, 4)}
        if self.parts.settings.log_questions:
            extra["question"] = inquiry.text
        _log.info("a question was asked", extra=extra)


async def keep(file: FeedbackFile | None, record: Feedback | Unanswered) -> bool:
    """Write a record where feedback is kept, and tell whether it is; a full disk costs nobody an answer."""
    if file is None:
        return False
    try:
        await asyncio.to_thread(file.append, record)
    except DiskError as error:
        _log.warning("feedback could not be kept: %s", error)
        return False
    return True


def visible(opened: Opened, scope: Scope) -> list[DocumentLine]:
    """Return the documents of a generation that may be seen."""
    return [line for line in opened.documents if scope.allows(line.name)]


def place_typed(opened: Opened, scope: Scope, typed: str | None) -> str | None:
    """Return the document or folder that somebody means by what he typed. Raises NoSuchPlace where none is visible."""
    if not typed:
        return None
    place = resolved(visible(opened, scope), typed)
    if place is None:
        raise NoSuchPlace(typed)
    return place


def _answered(opened: Opened, inquiry: Inquiry) -> Told:
    scope = inquiry.seen_by(opened)
    filters = Filters(place_typed(opened, scope, inquiry.document), inquiry.author, inquiry.since)
    sound = inquiry.text.encode("utf-8", "replace").decode("utf-8")  # half a pair of surrogates is no text
    question = Question(sound, scope, filters, WANTED, history(inquiry.turns))
    return Told(ask(question, opened.library), filters)
