"""Documents, paragraphs, status, help and privacy: what each shows, to whom, and how one goes on from there."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

from tests.discord.bench import QUESTION
from tests.discord.scene import KEPT, Scene

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.standin.messages import Message

NO_PARAGRAPH = "There is no such paragraph in this document."


def titles(message: Message) -> list[str]:
    return re.findall(r"^\*\*(.+)\*\*$", message.text, re.MULTILINE)


def numbers(message: Message) -> list[int]:
    """Return the numbers of the paragraphs that are shown."""
    return [int(number) for number in re.findall(r"^-# paragraph (\d+)", message.content, re.MULTILINE)]


def rules(scene: Scene) -> str:
    """Return settings by which everybody sees `team`, and those with the role `staff` all else."""
    staff = scene.guild.roles["staff"].id
    return (
        f'[[access]]\ndocuments = ["team"]\nguilds = [{scene.guild.id}]\n'
        f'[[access]]\ndocuments = ["*"]\nroles = [{staff}]\n'
    )


def test_sources_lists_every_document_once_over_pages_that_go_forward_and_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        for number in range(23):
            scene.desk.write(f"notes/note{number:02}.txt", f"Note {number}.")
        scene.desk.build()
        async with scene:
            page = await scene.use("sources")
            assert page.ephemeral
            assert "**Documents:** 26 · passages: 30\nIndex of 2" in page.text
            assert "UTC (age: 0 min)" in page.text
            assert page.labels == ["Next"]
            second = await scene.click(page, "Next")
            assert second.labels == ["Previous", "Next"]
            third = await scene.click(second, "Next")
            assert third.labels == ["Previous"]
            seen = [titles(each) for each in (page, second, third)]
            assert [len(each) for each in seen] == [10, 10, 6]
            every = [title for each in seen for title in each]
            assert sorted(every) == sorted(["The Visit", "food", "codes", *(f"note{n:02}" for n in range(23))])
            assert titles(await scene.click(third, "Previous")) == seen[1]
            folder = await scene.use("sources", document="notes")
            assert "\nOnly in notes\n" in folder.text
            assert len(titles(folder)) == 10
            assert "Only in notes" in (await scene.click(folder, "Next")).text
            shutil.rmtree(scene.desk.corpus / "notes")
            await scene.rebuild()
            assert (await scene.click(folder, "Next")).content.startswith("The cited words are no longer")
            assert (await scene.click(page, "Next")).labels == ["Previous"]  # there are no more than ten now

    asyncio.run(scenario())


def test_no_document_is_left_out_of_the_list_however_long_and_odd_its_title(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        for number in range(14):
            title = f"{number:02} {'*_`' * 40}"
            scene.desk.write(f"{'*_' * 60}{number:02}.md", f"---\ntitle: '{title}'\n---\nNote {number}.\n")
        scene.desk.build()
        async with scene:
            page = await scene.use("sources")
            seen = titles(page)
            while "Next" in page.labels:
                page = await scene.click(page, "Next")
                seen += titles(page)
            assert len(seen) == len(set(seen)) == 17

    asyncio.run(scenario())


def test_sources_tells_of_one_document_and_read_and_later_and_earlier_go_through_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        scene.desk.write("long.txt", "\n\n".join(f"Paragraph number {number} of it." for number in range(1, 13)))
        scene.desk.build()
        async with scene:
            visit = await scene.use("sources", document="visit.md")
            assert visit.text.split("\n") == [
                "**[The Visit](<https://news.example/visit>)**",
                "Name: visit.md",
                "Author: A. Author",
                "Date: 2023-09-13",
                *[line for line in visit.text.split("\n") if line.startswith("Language: ")],
                "passages: 2",
            ]
            assert visit.labels == ["Read"]
            assert numbers(await scene.click(visit, "Read")) == [1, 2]
            page = await scene.use("source", document="long.txt")
            assert numbers(page) == [1, 2, 3, 4, 5]
            assert page.content.startswith("**long**\n-# paragraph 1\n> Paragraph number 1 of it.\n")
            assert page.labels == ["Later"]
            page = await scene.click(page, "Later")
            assert (numbers(page), page.labels) == ([6, 7, 8, 9, 10], ["Earlier", "Later"])
            page = await scene.click(page, "Later")
            assert numbers(page) == [11, 12]
            assert (await scene.click(page, "Later")).content == NO_PARAGRAPH
            assert numbers(await scene.click(page, "Earlier"))[-1] >= 10
            assert numbers(await scene.use("source", document="long.txt", paragraph=12)) == [12]
            assert (await scene.use("source", document="long.txt", paragraph=13)).content == NO_PARAGRAPH
            for folder in ("team", "nothing of that name"):
                told = await scene.use("source", document=folder)
                assert told.content.startswith("There is no document or folder “")

    asyncio.run(scenario())


def test_every_list_shows_only_what_the_asker_may_see(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        scene.settings(rules(scene))
        scene.guild.add(scene.bob, "staff")
        async with scene:
            assert titles(await scene.use("sources")) == ["codes", "food"]
            assert titles(await scene.use("sources", scene.bob)) == ["codes", "food", "The Visit"]
            assert "Documents: 2 · passages: 5" in (await scene.use("status")).text
            assert "Documents: 3 · passages: 7" in (await scene.use("status", scene.bob)).text
            assert "The Visit" not in (await scene.use("help")).text
            assert "/ask question: The Visit" in (await scene.use("help", scene.bob)).text
            for command in ("source", "sources"):
                told = await scene.use(command, document="visit.md")
                assert told.content.startswith("There is no document or folder “visit.md”")
            page = await scene.use("sources", scene.bob, document="visit.md")
            scene.guild.add(scene.bob)
            assert "cosmodrome" not in (await scene.click(page, "Read")).content
            stranger = scene.discord.world.user("stranger")
            alone = scene.discord.world.dm(stranger)
            assert (await scene.use("sources", stranger, alone)).content == (
                "There are no documents that you may see here."
            )

    asyncio.run(scenario())


def test_help_tells_of_languages_that_the_model_does_not_know_only_those_who_may_see_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        russian = (
            "Совещание проходит каждый понедельник в большом зале, а кто не может прийти, сообщает об этом в офис. "
        )
        scene.desk.write(
            "hidden/ru.txt", russian + "Отпуск нужно запросить заранее, и решает об этом начальник отдела."
        )
        scene.desk.build()
        scene.settings(rules(scene))
        scene.guild.add(scene.bob, "staff")
        async with scene:
            told = "Some documents are in languages that I do not know well"
            assert told not in (await scene.use("help")).text
            assert f"{told} (Русский)." in (await scene.use("help", scene.bob)).text

    asyncio.run(scenario())


def test_status_tells_of_the_index_and_of_the_lack_of_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path, indexed=False) as scene:
            await scene.bot.line("the index is not taken up")
            lacking = await scene.use("status")
            assert "\nThere is no index yet. An operator must run: `briefbot build`\n" in lacking.text
            assert (await scene.ask()).content.startswith("There is no index yet, so I cannot answer.")
            assert (await scene.use("sources")).content.startswith("There is no index yet")
            assert "For example:" not in (await scene.use("help")).text
            await scene.rebuild()
            there = await scene.use("status")
            assert there.ephemeral
            assert there.text.startswith("**briefbot ")
            assert re.search(r"^Index: generation 1, made \S+ \S+ UTC \(age: 0 min\)$", there.text, re.MULTILINE)
            assert "\nDocuments: 3 · passages: 7\nModel: words\nRunning since 2" in there.text

    asyncio.run(scenario())


def test_status_and_help_answer_while_the_index_is_being_loaded(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        with scene.held("questions"):
            await scene.__aenter__()
            assert "I am still loading the index." in (await scene.use("status")).text
            assert "For example:" not in (await scene.use("help")).text
            waiting = await scene.discord.command(scene.ada, scene.general, "sources")
        assert len(titles(await waiting.answer())) == 3
        await scene.__aexit__(None, None, None)

    asyncio.run(scenario())


def test_help_is_short_in_the_askers_language_and_names_reindex_to_operators_only(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path) as scene:
            told = await scene.use("help")
            assert told.ephemeral
            assert len(told.text) < 1_000
            assert "/reindex" not in told.text
            assert "/reindex" in (await scene.use("help", scene.guild.owner)).text
            examples = re.findall(r"^/ask question: (.+)$", told.text, re.MULTILINE)
            assert examples == ["codes", "food", "The Visit"]
            assert "Zum Beispiel" in (await scene.use("help", locale="de")).text

    asyncio.run(scenario())


def test_privacy_says_what_is_kept_and_deletes_what_is_the_askers_and_nothing_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path, KEPT) as scene:
            for user in (scene.ada, scene.bob):
                await scene.click(await scene.ask(user=user), "Helpful", user)
                await scene.ask("zzz", user)
            told = await scene.use("privacy")
            assert told.ephemeral
            assert "stay in memory for 30 minutes" in told.text
            assert "The log does not hold your questions." in told.text
            assert "Days until they are deleted: 90." in told.text
            assert (await scene.click(told, "Delete my feedback")).content == "Deleted: 2."
            lines = (scene.folder / "feedback.jsonl").read_text("utf-8").splitlines()
            assert [json.loads(line)["user"] for line in lines] == [str(scene.bob.id)] * 2
            assert (await scene.click(told, "Delete my feedback")).content == "Deleted: 0."
            assert all(QUESTION not in line for line in scene.bot.stderr)

    asyncio.run(scenario())


def test_privacy_forgets_private_conversations_too_and_offers_no_button_where_nothing_is_kept(tmp_path: Path) -> None:
    async def history(scene: Scene, **how: Any) -> list[str]:
        await scene.ask("And the rain?", **how)
        return list(scene.notes[-1]["history"])

    async def scenario() -> None:
        async with Scene(tmp_path, f"{KEPT}log_questions = true\n") as scene:
            dm = scene.discord.world.dm(scene.ada)
            ways: list[dict[str, Any]] = [{"private": True}, {"channel": dm}]
            for how in ways:
                await scene.ask(**how)
                assert (await history(scene, **how))[0] == QUESTION
            told = await scene.use("privacy")
            assert "Questions are written to the log of whoever runs this bot." in told.text
            await scene.click(told, "Delete my feedback")
            for how in ways:
                assert await history(scene, **how) == []
            scene.settings("")
            await scene.restart()
            told = await scene.use("privacy")
            assert "Nothing else is kept." in told.text
            assert told.labels == []

    asyncio.run(scenario())
