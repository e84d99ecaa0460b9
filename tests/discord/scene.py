"""A bench whose bot can be overheard, with what scenarios of conversation say again and again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.discord.bench import QUESTION, Bench
from tests.discord.overheard import NOTES

if TYPE_CHECKING:
    from tests.discord.standin.interactions import Interaction
    from tests.discord.standin.messages import Message
    from tests.discord.standin.process import BotProcess
    from tests.discord.standin.world import Channel, User

KEPT = '[discord]\nfeedback = "feedback.jsonl"\n'
SOUP_QUESTION, SOUP_ANSWER = "The canteen serves soup on Mondays?", "The canteen serves soup on Mondays."


class Scene(Bench):
    """Like `Bench`; `notes` are what each question came with."""

    module = "tests.discord.overheard"

    def new_bot(self, *arguments: str, **environment: str) -> BotProcess:
        return super().new_bot(*arguments, **{NOTES: str(self.folder / "notes"), **environment})

    @property
    def notes(self) -> list[dict[str, Any]]:
        """What each question came with, in the order in which they were searched."""
        return [json.loads(line) for line in (self.folder / "notes").read_text("utf-8").splitlines()]

    async def ask(
        self, question: str = QUESTION, user: User | None = None, channel: Channel | None = None, **options: Any
    ) -> Message:
        """Have somebody, Ada in `general` if nobody else, use /ask, and return the answer."""
        return await self.use("ask", user, channel, question=question, **options)

    async def use(self, name: str, user: User | None = None, channel: Channel | None = None, **options: Any) -> Message:
        """Have somebody use a command, and return the answer."""
        used = await self.discord.command(user or self.ada, channel or self.general, name, **options)
        return await used.answer()

    async def click(self, message: Message, label: str, user: User | None = None, **options: Any) -> Message:
        """Have somebody press a button of a message, and return what came of it."""
        pressed = await self.discord.click(user or message.audience or self.ada, message, label, **options)
        return await pressed.answer()

    async def tell(self, text: str, user: User | None = None, channel: Channel | None = None, **how: Any) -> Message:
        """Have somebody write a message, and return the bot's reply to it."""
        said = await self.discord.say(user or self.ada, channel or self.general, text, **how)
        return await self.discord.next_message(said.channel, after=said)

    async def rebuild(self) -> None:
        """Build the index anew from the documents as they are, and wait until the bot has taken it up."""
        await self.taken_up(self.desk.build().generation)

    async def taken_up(self, generation: int, times: int = 1) -> None:
        """Wait until the bot in this life of its has taken up a generation so many times."""
        said = f"generation {generation} is taken up"

        def look() -> bool:
            return sum(said in line for line in self.bot.stderr) >= times

        await self.discord.bell.until(look, f"{said!r}, {times} times", 20)

    async def completed(self, typed: str, user: User | None = None, channel: Channel | None = None) -> dict[str, str]:
        """Return what is offered for the document of a question, each with what it means."""
        who, where = user or self.ada, channel or self.general
        choices = await self.discord.autocomplete(who, where, "ask", focused="document", value=typed, question="?")
        return {choice["name"]: choice["value"] for choice in choices}

    async def first_answers(self, asked: list[Interaction], count: int) -> list[Message]:
        """Wait until so many of these have been answered, and return those answers."""

        def look() -> list[Message] | None:
            answers = [message for each in asked for _, message in each.effects]
            return answers if len(answers) >= count else None

        return await self.discord.bell.until(look, f"{count} of {len(asked)} answers", 20)
