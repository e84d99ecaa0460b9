"""Messages that speak to the bot: mentions, replies that ping it, private messages. They are answered as replies.

A reply is public in its channel, so it shows only what everybody there may see. Messages of other bots, and those that
are not meant for this one, are not even looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from briefbot.conversation import Place, Turn
from briefbot.discord.asking import Inquiry
from briefbot.discord.catalogue import words_for
from briefbot.discord.delivery import LOST, send
from briefbot.discord.faults import in_words
from briefbot.discord.messages import Message
from briefbot.discord.rendering import Asked, question_in, render_answer, sentence_in
from briefbot.discord.replying import tell_privately, why_not

if TYPE_CHECKING:
    from briefbot.discord.bot import BriefBot
    from briefbot.discord.catalogue import Words

_CHAIN = 4  # earlier answers that are read again
_ORDINARY = (discord.MessageType.default, discord.MessageType.reply)


def is_meant(bot: BriefBot, message: discord.Message) -> bool:
    """Tell whether a message speaks to the bot."""
    if message.author.bot or message.webhook_id or message.type not in _ORDINARY or bot.user is None:
        return False
    return message.guild is None or any(user.id == bot.user.id for user in message.mentions)


async def answer_message(bot: BriefBot, message: discord.Message) -> None:
    """Answer a message that speaks to the bot, or say in one sentence why not."""
    words = _words(bot, message)
    with bot.at_work() as stopping:
        if stopping:
            answer = Message(words("fault.stopping"))
        else:
            bot.run_beside(_show_typing(message), "typing")  # what Discord says to it must not delay the answer
            await bot.visibility.settled()
            answer = await _answered(bot, message, words)
        await _reply(bot, message, answer, words)


async def _answered(bot: BriefBot, message: discord.Message, words: Words) -> Message:
    try:
        return await _answer(bot, message, words)
    except Exception as error:  # noqa: BLE001 - becomes a sentence
        return Message(in_words(error, words))


async def _answer(bot: BriefBot, message: discord.Message, words: Words) -> Message:
    question = bot.without_own_name(message.content)
    if not question:
        return Message(words("fault.empty"))
    if message.guild is not None and not bot.visibility.is_public(message.channel):
        return Message(words("fault.only_private"))
    if seconds := bot.asking.seconds_to_wait(message.author.id):
        return Message(words("fault.cooldown", seconds=seconds))
    if message.guild is None:
        audience = await bot.visibility.in_private_messages(message.author.id)
    else:
        audience = bot.visibility.everybody(message.guild.id, message.channel)
    place = _place(message)
    inquiry = Inquiry(
        asker=message.author.id,
        seen_by=bot.visibility.seen_by(audience),
        text=question,
        turns=await _turns(bot, message),
    )
    told = await bot.asking.answer(inquiry, place)
    return render_answer(told.answer, Asked(told.filters, False, bot.parts.feedback is not None), words)


def _place(message: discord.Message) -> Place:
    return Place(message.channel.id, None if message.guild else message.author.id)


async def _turns(bot: BriefBot, message: discord.Message) -> tuple[Turn, ...]:
    """Return what was said before: what is remembered, and before it what the chain of replies holds."""
    remembered = bot.asking.conversations.turns(_place(message))
    known = {turn.question for turn in remembered}
    chain = [turn for turn in await _chain(bot, message) if turn.question not in known]
    return (*chain, *remembered)


async def _chain(bot: BriefBot, message: discord.Message) -> list[Turn]:
    """Return the questions and answers of the bot's own messages up the chain of replies, oldest first."""
    turns: list[Turn] = []
    above = await _replied_to(message)
    for _ in range(2 * _CHAIN):
        if above is None:
            break
        if bot.user and above.author.id == bot.user.id and (question := question_in(above.content)):
            turns.insert(0, Turn(question, sentence_in(above.content)))
        above = await _replied_to(above)
    return turns


async def _replied_to(message: discord.Message) -> discord.Message | None:
    reference = message.reference
    if reference is None or reference.message_id is None:
        return None
    if isinstance(reference.resolved, discord.Message):
        return reference.resolved
    try:
        return reference.cached_message or await message.channel.fetch_message(reference.message_id)
    except (discord.HTTPException, *LOST):  # it was deleted, or may not be read: what came before is then not known
        return None


async def _show_typing(message: discord.Message) -> None:
    try:
        await message.channel.typing()
    except (discord.HTTPException, *LOST):  # only a sign of life; the answer's own sending tells what is wrong
        return


async def _reply(bot: BriefBot, message: discord.Message, answer: Message, words: Words) -> None:
    try:
        await send(message.channel, answer, message.id, reply_to=message)
    except Exception as error:  # noqa: BLE001 - the last door of the edge
        bot.parts.metrics.discord_failed()
        await tell_privately(message.author, why_not(error, words))


def _words(bot: BriefBot, message: discord.Message) -> Words:
    """Return the texts in the language that the author last used a command in, else in the server's."""
    known = bot.locales.get(message.author.id)
    return words_for(known or (message.guild.preferred_locale.value if message.guild else None))
