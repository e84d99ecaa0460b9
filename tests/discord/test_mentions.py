"""Messages that speak to the bot and those that do not, the message menu, and what is known of a conversation."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.discord.bench import ANSWER, QUESTION
from tests.discord.scene import SOUP_ANSWER, SOUP_QUESTION, Scene
from tests.discord.standin.gateway import GUILD_MESSAGES
from tests.discord.standin.payloads import message_event_json
from tools.discord_markdown import alive

from briefbot.discord.catalogue import catalogue
from briefbot.discord.escaping import unescaped

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.standin.messages import Message

MENU = "Answer from the documents"
PASSAGE = "They came by train. Kim met Putin at the cosmodrome. It rained."
FOLLOW_UP = "Kim met Putin by train, and it rained?"
HOSTILE = (
    "@everyone <@&1> <#2> **Kim** met https://evil.example [Putin](https://evil.example) `at` </x:3> <t:4> :a: ||c||"
)


def first(message: Message) -> str:
    return message.content.partition("\n")[0]


def spoken(scene: Scene) -> list[Message]:
    """Return what the bot said for all to see."""
    return [each for each in scene.discord.messages if each.author is scene.discord.world.bot and not each.ephemeral]


async def happened(scene: Scene, text: str, **changes: Any) -> None:
    """Let a message of Ada's come as Discord would tell of it, but for these fields."""
    made = await scene.discord.say(scene.ada, scene.general, "")
    told = message_event_json(made, scene.discord.world) | {"content": text} | changes
    await scene.discord.gateway.dispatch(scene.guild, "MESSAGE_CREATE", told, intent=GUILD_MESSAGES)


def test_mentions_replies_that_ping_and_private_messages_are_answered_as_silent_replies(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            dm = scene.discord.world.dm(scene.ada)
            asked = await scene.tell(QUESTION, mention_bot=True)
            again = await scene.tell(QUESTION, scene.bob, reply_to=asked)
            alone = await scene.tell(QUESTION, channel=dm)
            for answer in (asked, again, alone):
                assert first(answer) == ANSWER
                assert answer.content.endswith(f"\n-# Question: {QUESTION}")  # without the mention
                assert answer.labels == ["More (6)", "Context", "Copy"]
                assert answer.reference is not None
                assert answer.allowed_mentions == {"parse": [], "replied_user": False}
            assert (await scene.click(asked, "Copy", scene.bob)).content.startswith(PASSAGE)
            assert (await scene.click(alone, "Copy")).content.startswith(PASSAGE)
            middle = f"Where did Kim {scene.discord.world.bot.mention} met Putin at the cosmodrome?"
            assert first(await scene.tell(middle)) == ANSWER
            assert scene.discord.world.bot.mention not in scene.notes[-1]["question"]
            empty = await scene.tell("", mention_bot=True)
            assert empty.content.startswith("There are no words in that question")

    asyncio.run(scenario())


def test_nothing_is_answered_that_is_not_meant_for_the_bot(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            world, say = scene.discord.world, scene.discord.say
            robot = world.user("robot")
            robot.bot = True
            earlier = await scene.ask()
            for how in ({"mention_bot": True}, {"reply_to": earlier}):
                await say(robot, scene.general, QUESTION, **how)
            await say(robot, world.dm(robot), QUESTION)
            await say(scene.ada, scene.general, QUESTION)
            await say(scene.ada, scene.general, QUESTION, reply_to=earlier, ping=False)
            await say(scene.ada, scene.general, f"{scene.bob.mention} {QUESTION}")
            await happened(scene, f"@everyone {QUESTION}", mention_everyone=True)
            role = str(scene.guild.roles[world.bot.name].id)
            await happened(scene, f"<@&{role}> {QUESTION}", mention_roles=[role])
            called = [{"id": str(world.bot.id), "username": "briefbot", "discriminator": "0000", "avatar": None}]
            await happened(scene, f"{world.bot.mention} {QUESTION}", mentions=called, webhook_id="77")
            await happened(scene, f"{world.bot.mention} {QUESTION}", mentions=called, type=6)  # it was pinned
            answer = await scene.tell(SOUP_QUESTION, mention_bot=True)
            assert spoken(scene) == [earlier, answer]
            assert [note["question"] for note in scene.notes] == [QUESTION, SOUP_QUESTION]

    asyncio.run(scenario())


def test_a_hostile_question_is_shown_as_text_and_read_back_whole(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            asked = await scene.tell(HOSTILE, mention_bot=True)
            line = asked.content.rsplit("\n", 1)[1]
            assert unescaped(line) == f"-# Question: {HOSTILE}"
            assert {each.kind for each in alive(line)} == {"subtext"}
            command = await scene.ask(HOSTILE)
            assert command.content.rsplit("\n", 1)[1] == line
            more = next(label for label in asked.labels if label.startswith("More"))
            await scene.click(asked, more)
            assert scene.notes[-1]["question"] == HOSTILE

    asyncio.run(scenario())


def test_where_answers_are_private_a_mention_is_told_to_use_the_command(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        other = scene.discord.world.channel(scene.guild, "other")
        scene.settings(f"[discord]\npublic_channels = [{scene.general.id}]\n")
        async with scene:
            told = await scene.tell(QUESTION, channel=other, mention_bot=True)
            assert told.content == "In this channel I answer only privately: use /ask."
            assert first(await scene.tell(QUESTION, mention_bot=True)) == ANSWER
            thread = scene.discord.world.thread(scene.general, "thread")
            await scene.discord.announce(thread)
            assert first(await scene.tell(QUESTION, channel=thread, mention_bot=True)) == ANSWER

    asyncio.run(scenario())


def test_a_mention_is_answered_in_the_language_last_used_or_the_servers(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        scene.guild.locale = "tr"
        async with scene:
            asked = await scene.tell(QUESTION, mention_bot=True)
            assert catalogue("tr")("answer.strong") in asked.content
            await scene.use("help", locale="ru")
            asked = await scene.tell(QUESTION, mention_bot=True)
            assert catalogue("ru")("answer.strong") in asked.content

    asyncio.run(scenario())


def test_the_menu_answers_any_message_privately_and_the_answer_can_be_shared(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:

            async def answered(message: Message, **how: Any) -> Message:
                used = await scene.discord.context_menu(scene.ada, scene.general, MENU, message, **how)
                return await used.answer()

            said = await scene.discord.say(scene.bob, scene.general, QUESTION)
            answer = await answered(said)
            assert (first(answer), answer.audience) == (ANSWER, scene.ada)
            assert answer.labels == ["More (6)", "Context", "Copy", "Share"]
            assert (await scene.click(answer, "Share")).content == "Shared in this channel."
            (shared,) = spoken(scene)
            assert first(shared) == ANSWER
            assert "\n-# Shared by ada\n" in shared.content
            assert first(await answered(shared)) == ANSWER  # the bot's own message asks what it answers
            assert scene.notes[-1]["question"] == QUESTION
            long = await scene.ask(f"{QUESTION} {'ü' * 300}")
            await answered(long)
            assert scene.notes[-1]["question"] == f"{QUESTION} {'ü' * 300}"
            picture = await scene.discord.say(scene.bob, scene.general, "", files=[("cat.png", b"PNG")])
            assert (await answered(picture)).content == "There is no text in that message that I can read."
            called = await scene.discord.say(scene.bob, scene.general, "", mention_bot=True)
            assert (await answered(called)).content == "There is no text in that message that I can read."
            told = await scene.tell("", mention_bot=True)
            assert (await answered(told)).content == "There is no text in that message that I can read."
            alone = scene.discord.world.dm(scene.ada)
            mine = await scene.tell(QUESTION, channel=alone)
            used = await scene.discord.context_menu(scene.ada, alone, MENU, mine)
            assert (await used.answer()).labels == ["More (6)", "Context", "Copy"]

    asyncio.run(scenario())


def test_what_was_said_in_a_place_is_handed_on_there_and_private_words_nowhere_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            other = scene.discord.world.channel(scene.guild, "other")

            async def history(how: dict[str, Any], *, by_mention: bool = False) -> list[str]:
                ask = scene.tell if by_mention else scene.ask
                await ask(FOLLOW_UP, **how)
                return list(scene.notes[-1]["history"])

            asked = await scene.tell(QUESTION, mention_bot=True)
            assert await history({"user": scene.bob}) == [QUESTION, PASSAGE]
            said = [QUESTION, PASSAGE, FOLLOW_UP, PASSAGE]
            assert await history({"mention_bot": True}, by_mention=True) == said
            assert await history({"reply_to": asked}, by_mention=True) == [
                *said,
                FOLLOW_UP,
                PASSAGE,
            ]  # nothing comes twice
            assert await history({"channel": other}) == []
            assert await history({"private": True}) == []
            await scene.ask(SOUP_QUESTION, private=True)
            assert (await history({"private": True}))[-2:] == [SOUP_QUESTION, SOUP_ANSWER]
            assert await history({"user": scene.bob, "private": True}) == []
            assert SOUP_QUESTION not in await history({})
            alone = {"channel": scene.discord.world.dm(scene.ada)}
            assert await history(alone, by_mention=True) == []
            await scene.tell(SOUP_QUESTION, **alone)
            assert (await history(alone))[-2:] == [SOUP_QUESTION, SOUP_ANSWER]  # by command and by message alike
            assert SOUP_QUESTION not in await history({"mention_bot": True}, by_mention=True)
            for _ in range(7):
                await scene.ask()
            assert await history({}) == [QUESTION, PASSAGE] * 6

    asyncio.run(scenario())


def test_after_a_restart_the_chain_of_replies_is_read_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            one = await scene.tell(QUESTION, mention_bot=True)
            two = await scene.tell("E5001 the disk is full", reply_to=one)
            three = await scene.tell("And why?", reply_to=two)
            said = [QUESTION, ANSWER, "E5001 the disk is full", two.content.split("\n```")[0].removeprefix("```\n")]
            await scene.restart()
            reads = len(scene.discord.requests_to("GET", "/messages/"))
            await scene.tell(FOLLOW_UP, scene.bob, reply_to=three)
            understood = "And why? (E5001, disk, full)"  # what a question was read with is part of it from then on
            assert scene.notes[-1]["history"] == [*said, understood, ""]
            assert len(scene.discord.requests_to("GET", "/messages/")) > reads
            await scene.restart()
            await scene.discord.delete_message(one)
            await scene.tell(FOLLOW_UP, reply_to=two)
            assert scene.notes[-1]["history"] == said[2:]
            await scene.restart()
            await scene.tell(FOLLOW_UP, mention_bot=True)
            assert scene.notes[-1]["history"] == []

    asyncio.run(scenario())
