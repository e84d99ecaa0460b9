"""What an earlier message of the bot asked: whole in its file where it was long, else in its last line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefbot.discord.rendering import QUESTION_FILE, question_in

if TYPE_CHECKING:
    import discord


async def question_of(message: discord.Message) -> str | None:
    """Return the question that a message of the bot answers, or None."""
    for file in message.attachments:
        if file.filename == QUESTION_FILE:
            return (await file.read()).decode("utf-8", "replace")
    return question_in(message.content)
