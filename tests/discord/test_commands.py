"""Questions as commands: what comes first, what narrows them, who reads the answer, and what is said without one."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from tests.discord.bench import ANSWER, QUESTION
from tests.discord.scene import SOUP_ANSWER, SOUP_QUESTION, Scene
from tests.discord.standin.interactions import Callback

from briefbot.discord.catalogue import catalogue
from briefbot.serving.references import hash_of

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = "**Not in the documents.**"
LONG = f"{'deep/' * 30}minutes of a very long meeting.txt"


def first(content: str) -> str:
    return content.partition("\n")[0]


def test_a_question_is_acknowledged_before_anything_is_searched_and_answered_with_the_sentence_first(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            before = len(scene.discord.requests)
            with scene.held("questions"):
                asked = await scene.discord.command(scene.ada, scene.general, "ask", question=QUESTION)
                acknowledged = await asked.acknowledged()
                assert acknowledged.kind is Callback.DEFERRED_MESSAGE
                assert asked.original is not None
                assert asked.original.loading
                assert [request.path for request in scene.discord.requests[before:]] == [
                    f"/interactions/{asked.id}/{asked.token}/callback"
                ]
            answer = await asked.answer()
            address = "https://news.example/visit#:~:text=Kim%20met%20Putin%20at%20the%20cosmodrome."
            assert answer.content.split("\n") == [
                ANSWER,
                f"[The Visit](<{address}>) · By train · paragraph 1 · 2023-09-13",
                "",
                "Strong match · 6 more",
                "> They came by train. **Kim met Putin at the cosmodrome.** It rained.",
                "",
                f"-# Question: {QUESTION}",
            ]
            assert answer.labels == ["More (6)", "Context", "Copy"]
            assert not answer.ephemeral

    asyncio.run(scenario())


def test_a_question_is_narrowed_to_a_document_by_choice_folder_title_or_hash(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        scene.desk.write(LONG, "Kim met Putin at the cosmodrome, said the minutes.")
        scene.desk.build()
        async with scene:
            chosen = (await scene.completed("vis"))["visit.md · The Visit"]
            (deep,) = {value for name, value in (await scene.completed("very long")).items() if name.endswith("…")}
            assert (chosen, deep) == ("visit.md", f"#{hash_of(LONG)}")
            for typed, shown in [
                (chosen, "Only in visit.md"),
                ("the visit", "Only in visit.md"),
                ("visit", "Only in visit.md"),
                ("team", "Only in team"),
                ("team/", "Only in team"),
                ("food", "Only in team/food.txt"),
                (deep, "Only in deep/deep/"),
            ]:
                answer = await scene.ask(QUESTION, document=typed)
                assert shown in answer.content, typed
                assert (first(answer.content) == ANSWER) == ("visit" in shown), typed
            assert first((await scene.ask(QUESTION, document=deep)).content).endswith("said the minutes.")
            for typed in ("no such thing", "e", "@everyone **x**"):
                told = await scene.ask(document=typed, private=True)
                assert told.content.startswith("There is no document or folder “")
                assert (await scene.ask(document=typed)).content.startswith(
                    "There is no such document or folder, or not"
                )
            assert r"“\@everyone \*\*x\*\*”" in told.content

    asyncio.run(scenario())


def test_a_question_is_narrowed_by_date_and_author(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            for since, day in [("2023-09-13", "2023-09-13"), ("2023-09", "2023-09-01"), (" 2023 ", "2023-01-01")]:
                answer = await scene.ask(QUESTION, since=since)
                assert first(answer.content) == ANSWER
                assert f"-# Only since {day}\n" in answer.content
            assert first((await scene.ask(QUESTION, since="2023-09-14")).content) == NOTHING
            for garbage in ("yesterday", "2023-13", "13.09.2023", "2023-09-13-1", "-", "`<@1>`"):
                told = await scene.ask(QUESTION, since=garbage)
                assert told.content.endswith("is not a date; write it as in 2023-09-13.")
            assert told.content.startswith(r"“\`\<@1>\`”")
            answer = await scene.ask(QUESTION, author="author")
            assert first(answer.content) == ANSWER
            assert "-# Only by author\n" in answer.content
            assert first((await scene.ask(QUESTION, author="Nobody")).content) == NOTHING
            answer = await scene.ask(QUESTION, document="visit.md", since="2023", author="a. author")
            assert "-# Only in visit.md · Only since 2023-01-01 · Only by a. author\n" in answer.content

    asyncio.run(scenario())


def test_an_answer_is_private_where_that_is_wished_and_public_where_nothing_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            seen = {wish: await scene.ask(QUESTION, private=wish) for wish in (True, False)}
            assert [seen[wish].ephemeral for wish in (True, False)] == [True, False]
            assert seen[True].labels == ["More (6)", "Context", "Copy", "Share"]
            assert seen[False].labels == ["More (6)", "Context", "Copy"]
            assert not (await scene.ask(QUESTION)).ephemeral
            answer = await scene.ask(QUESTION, channel=scene.discord.world.dm(scene.ada), private=True)
            assert first(answer.content) == ANSWER
            assert answer.labels == ["More (6)", "Context", "Copy"]  # nobody else is there to share it with

    asyncio.run(scenario())


def test_where_public_channels_are_set_answers_elsewhere_are_private_whatever_is_wished(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        scene.settings(f"[discord]\npublic_channels = [{scene.general.id}]\n")
        other = scene.discord.world.channel(scene.guild, "other")
        thread = scene.discord.world.thread(scene.general, "thread")
        async with scene:
            for channel, wish, private in [
                (scene.general, None, False),
                (thread, None, False),
                (scene.general, True, True),
                (other, None, True),
                (other, False, True),
            ]:
                options: dict[str, Any] = {} if wish is None else {"private": wish}
                answer = await scene.ask(QUESTION, channel=channel, **options)
                assert first(answer.content) == ANSWER
                assert answer.ephemeral is private

    asyncio.run(scenario())


def test_what_is_not_in_the_documents_is_said_plainly_with_what_comes_close_named_as_no_answer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            answer = await scene.ask("zzz qqq canteen")
            lines = answer.content.split("\n")
            assert lines[:5] == [NOTHING, "", "Related, not an answer:", "", lines[4]]
            assert lines[4].startswith("**1** food · paragraph ")
            assert answer.labels == ["More (4)", *(f"Context {number}" for number in (1, 2, 3))]
            more = await scene.click(answer, "More (4)")
            assert first(more.content) == "Related, not an answer:"
            nothing = await scene.ask("And why?", since="2030")
            understood = "And why? (canteen)"  # it is too little to stand for itself
            assert nothing.content == f"{NOTHING}\n\n-# Only since 2030-01-01\n-# Understood as: {understood}"
            for empty in ("?", "… 🙂 ", "\u200b"):
                told = await scene.ask(empty)
                assert told.content.startswith("There are no words in that question")

    asyncio.run(scenario())


def test_a_question_of_6000_characters_is_kept_whole_in_a_file_from_which_more_takes_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            question = f"{QUESTION} {'ü@everyone ' * 540}"[:5_990] + "END"
            answer = await scene.ask(question)
            assert answer.file("question.txt").decode() == question
            assert first(answer.content.rsplit("\n", 1)[1]).endswith("…")
            answer = await scene.click(answer, next(label for label in answer.labels if label.startswith("More")))
            assert scene.notes[-1]["question"] == question
            assert answer.file("question.txt").decode() == question  # for the page after that

    asyncio.run(scenario())


def test_rows_tables_and_code_are_shown_in_a_block_and_what_could_close_it_in_a_file(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        code = "Steps\n\n```\nrestart the relay   now\n```\n\n    cat ```relay``` fences\n"
        scene.desk.write("run.md", f"# Running\n\n{code}\n\n| Valve | Colour |\n|---|---|\n| seven | green |\n")
        scene.desk.build()
        async with scene:
            row = await scene.ask("E5001 the disk is full")
            assert row.content.startswith("```\nCode,Meaning,What to do\nE5001,The disk is full,Call Priya\n```\n")
            block = await scene.ask("restart the relay now")
            assert block.content.startswith("```\nrestart the relay   now\n```\n")
            table = await scene.ask("valve seven green")
            assert "```\n" in table.content
            assert "seven" in table.content
            fences = await scene.ask("cat relay fences")
            assert "```relay```" in fences.file("passage.txt").decode()
            assert "```relay" not in fences.content

    asyncio.run(scenario())


def test_everybody_is_answered_in_his_own_language_and_in_english_where_there_is_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            for locale, language in {
                "de": "de",
                "es-ES": "es",
                "es-419": "es",
                "ru": "ru",
                "tr": "tr",
                "zh-CN": "zh",
                "zh-TW": "zh",
                "fr": "en",
                "en-GB": "en",
            }.items():
                words = catalogue(language)
                found = await scene.ask(QUESTION, locale=locale)
                assert f"\n{words('answer.strong')} · {words('answer.others', count=6)}\n" in found.content
                assert words("button.context") in found.labels
                lost = await scene.ask("zzz", since="2030", locale=locale)
                assert first(lost.content) == words("answer.nothing")
                read_on = await scene.click(found, words("button.more", count=6), locale=locale)
                assert first(read_on.content) == words("answer.next")
            asked = await scene.tell(QUESTION, mention_bot=True)  # in the language Ada used last
            assert catalogue("en")("answer.strong") in asked.content

    asyncio.run(scenario())


def test_documents_complete_from_what_the_asker_may_see_and_at_most_25(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        for number in range(40):
            scene.desk.write(f"notes/note{number:02}.txt", f"Note number {number} of the harbour.")
        scene.desk.build()
        staff = scene.guild.roles["staff"].id
        scene.settings(
            f'[[access]]\ndocuments = ["team"]\nguilds = [{scene.guild.id}]\n'
            f'[[access]]\ndocuments = ["notes", "visit.md"]\nroles = [{staff}]\n'
        )
        scene.guild.add(scene.bob, "staff")
        async with scene:
            assert await scene.completed("") == {"team/": "team", "team/codes.csv · codes": "team/codes.csv"} | {
                "team/food.txt · food": "team/food.txt"
            }
            assert await scene.completed("visit") == await scene.completed("note") == {}
            seen = await scene.completed("", scene.bob)
            assert len(seen) == 25
            assert "notes/" in seen
            assert await scene.completed("NOTE07", scene.bob) == {"notes/note07.txt · note07": "notes/note07.txt"}
            assert await scene.completed("the vis", scene.bob) == {"visit.md · The Visit": "visit.md"}
            assert await scene.completed("", scene.bob, scene.discord.world.dm(scene.bob)) == seen

    asyncio.run(scenario())


def test_while_the_index_is_being_loaded_questions_wait_and_nothing_completes(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        async with contextlib.AsyncExitStack() as stack:
            with scene.held("questions"):
                await stack.enter_async_context(scene)
                assert await scene.completed("") == {}
                asked = await scene.discord.command(scene.ada, scene.general, "ask", question=QUESTION)
                assert (await asked.acknowledged()).kind is Callback.DEFERRED_MESSAGE
            assert first((await asked.answer()).content) == ANSWER
            assert len(await scene.completed("")) == 4

    asyncio.run(scenario())


def test_beyond_the_queue_askers_are_told_it_is_busy_and_all_others_are_answered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path, "[discord]\nqueue = 1\n") as scene:
            with scene.held("questions"):
                people = [scene.discord.world.user(f"person {number}") for number in range(8)]
                asked = [
                    await scene.discord.command(person, scene.general, "ask", question=QUESTION) for person in people
                ]
                told = await scene.first_answers(asked, 5)  # of the others, two are searched for and one waits
            busy = "Too many questions at once; please ask again in a minute."
            assert {message.content for message in told} == {busy}
            said = [first((await each.answer()).content) for each in asked]
            assert set(said) == {ANSWER, busy}
            assert first((await scene.ask(QUESTION, people[-1])).content) == ANSWER

    asyncio.run(scenario())


def test_who_asks_again_within_the_cooldown_is_told_privately_to_wait_and_nobody_else_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path, "[discord]\ncooldown = 600\n") as scene:
            answer = await scene.ask(QUESTION)
            told = await scene.ask(SOUP_QUESTION)
            assert told.ephemeral
            assert told.content == "Please wait 600 s before your next question."
            assert first((await scene.ask(SOUP_QUESTION, scene.bob)).content) == SOUP_ANSWER
            assert first((await scene.click(answer, "More (6)")).content) == "The next passages:"
            asked = await scene.tell(SOUP_QUESTION, mention_bot=True)
            assert asked.content.startswith("Please wait ")

    asyncio.run(scenario())


def test_commands_are_registered_once_and_again_only_when_they_have_changed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            discord = scene.discord
            await scene.bot.line("the commands were registered")
            assert len(discord.requests_to("PUT", "/commands")) == 1
            await scene.restart()
            await scene.bot.line("the commands are registered as they are")
            assert len(discord.requests_to("PUT", "/commands")) == 1
            changed = next(command for command in discord.commands.all() if command["name"] == "sources")
            changed["description"] = "What an earlier version said"
            await scene.restart()
            await scene.bot.line("the commands were registered")
            assert len(discord.requests_to("PUT", "/commands")) == 2

    asyncio.run(scenario())
