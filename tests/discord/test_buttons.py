"""What each button does: for who presses it, by his rights, whatever has happened to bot and index since."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.discord.bench import ANSWER, QUESTION
from tests.discord.scene import KEPT, SOUP_ANSWER, SOUP_QUESTION, Scene
from tests.discord.standin.permissions import Permission

from briefbot.index.disk import Disk
from briefbot.upkeep import rollback

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.standin.messages import Message

GONE = "The cited words are no longer in the documents, or you may not see them here."
THANKS = "Thank you. Days for which your feedback is kept: 90. You can delete it with /privacy."
PASSAGE = "They came by train. Kim met Putin at the cosmodrome. It rained."


def first(message: Message) -> str:
    return message.content.partition("\n")[0]


def records(scene: Scene) -> list[dict[str, Any]]:
    file = scene.folder / "feedback.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


async def assert_buttons_work(scene: Scene, answer: Message) -> None:
    """Say which button of an answer to QUESTION does not do what it says."""
    more = await scene.click(answer, next(label for label in answer.labels if label.startswith("More")))
    assert first(more) == "The next passages:"
    assert f"-# Question: {QUESTION}" in more.content
    context = await scene.click(answer, "Context")
    assert first(context) == "**The Visit**"
    assert (
        "-# paragraph 1, the one cited\n> They came by train. **Kim met Putin at the cosmodrome.**" in context.content
    )
    copy = await scene.click(answer, "Copy")
    assert copy.content.startswith(f"{PASSAGE}\n\n— The Visit · A. Author · ")
    assert first(await scene.click(answer, "Helpful")) == THANKS
    assert all(message.ephemeral for message in (more, context, copy))


async def judged_poor(scene: Scene, answer: Message, reason: str, *, restarted: bool = False) -> Message:
    pressed = await scene.discord.click(scene.ada, answer, "Not helpful")
    form = await pressed.opened()
    assert form["title"] == "What was wrong?"
    if restarted:
        await scene.restart()
    sent = await scene.discord.submit(scene.ada, pressed, {"reason": reason})
    return await sent.answer()


def test_more_pages_to_the_end_each_passage_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        for number in range(12):
            scene.desk.write(f"trams/{number}.txt", f"The tram number {number} stops at the harbour.")
        scene.desk.build()
        async with scene:
            answer = await scene.ask("The tram number 7 stops at the harbour?", document="trams")
            label, shown = "More (9)", [first(answer)]
            while label:
                answer = await scene.click(answer, label)
                assert answer.ephemeral
                shown += [
                    line.removeprefix("> ").replace("**", "") for line in answer.content.split("\n") if line[0:1] == ">"
                ]
                label = next((each for each in answer.labels if each.startswith("More")), "")
            assert len(shown) == len(set(shown)) == 10
            assert "**10** " in answer.content
            assert "\n-# Only in trams\n-# Question: The tram number 7" in answer.content

    asyncio.run(scenario())


def test_buttons_work_for_everybody_after_a_restart_a_rebuild_and_a_rollback(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path, KEPT) as scene:
            answer = await scene.ask(private=True)
            public = await scene.ask()
            await assert_buttons_work(scene, answer)
            by_bob = await scene.click(public, "Copy", scene.bob)
            assert by_bob.audience is scene.bob
            assert by_bob.content.startswith(PASSAGE)
            await scene.restart()
            await assert_buttons_work(scene, answer)
            scene.desk.write("aaa.txt", "The red tram stops at the harbour.\n\nIt is red.")
            scene.desk.write("team/food.txt", "The canteen is closed for good.")
            await scene.rebuild()
            await assert_buttons_work(scene, answer)
            assert first(await scene.ask(SOUP_QUESTION)) != SOUP_ANSWER
            rollback(Disk(scene.desk.index), None, lambda _: None)
            await scene.taken_up(1, times=2)
            assert first(await scene.ask(SOUP_QUESTION)) == SOUP_ANSWER
            await assert_buttons_work(scene, answer)

    asyncio.run(scenario())


@pytest.mark.parametrize("change", ["edited", "removed", "renamed"])
def test_buttons_say_so_when_the_cited_words_are_gone(tmp_path: Path, change: str) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path, KEPT) as scene:
            answer = await scene.ask(private=True)
            lists = [await scene.use("sources", document="visit.md"), await scene.use("source", document="visit.md")]
            path = scene.desk.corpus / "visit.md"
            if change == "edited":
                text = path.read_text("utf-8")
                path.write_text(text.replace("Kim met Putin", "Putin met Kim"), "utf-8")
            elif change == "removed":
                path.unlink()
                for label in ("Context", "Copy", "Share"):
                    assert (await scene.click(answer, label)).content == GONE  # before the index knows of it
            else:
                path.rename(path.with_name("journey.md"))
            await scene.rebuild()
            for label in ("Context", "Copy", "Share"):
                assert (await scene.click(answer, label)).content == GONE
            assert first(await scene.click(answer, "Helpful")) == THANKS
            assert records(scene)[-1]["document"] is None
            reads = [await scene.click(lists[0], "Read"), await scene.click(lists[1], "Later")]
            if change != "edited":
                assert [read.content for read in reads] == [GONE, GONE]
            more = await scene.click(answer, "More (6)")
            assert first(more) == ("Related, not an answer:" if change == "removed" else "The next passages:")

    asyncio.run(scenario())


def test_copy_gives_the_exact_words_and_a_file_where_markdown_would_alter_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        lively = (
            "The **red** tram_line_ pays @everyone and <@1> at https://tram.example in [full](https://evil.example)."
        )
        scene.desk.write("tram.txt", lively)
        scene.desk.build()
        async with scene:
            plain = await scene.click(await scene.ask(), "Copy")
            assert plain.content.split("\n\n")[0] == PASSAGE
            assert plain.content.endswith("paragraph 1 · 2023-09-13 · visit.md · <https://news.example/visit>")
            assert plain.attachments == []
            copied = await scene.click(await scene.ask("The red tram_line_ pays everyone"), "Copy")
            assert copied.file("passage.txt").decode() == lively
            assert copied.content.endswith("\n-# The file holds the exact characters.")
            assert "@everyone" not in copied.content.replace(r"\@everyone", "")
            row = await scene.click(await scene.ask("E5001 the disk is full"), "Copy")
            assert row.content.startswith("```\nCode,Meaning,What to do\nE5001,The disk is full,Call Priya\n```\n\n— ")

    asyncio.run(scenario())


def test_a_private_answer_is_shared_with_the_name_of_who_shares_it_once_whatever_is_lost_on_the_way(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path, KEPT) as scene:
            scene.guild.add(scene.ada, nick="**Ada** @everyone")
            answer = await scene.ask(private=True)
            scene.discord.fault(f"POST /channels/{scene.general.id}/messages", "lost")
            told = await scene.click(answer, "Share")
            assert (told.content, told.ephemeral) == ("Shared in this channel.", True)
            (shared,) = [message for message in scene.general.messages if not message.ephemeral]
            assert first(shared) == ANSWER
            assert "\n-# Shared by \\*\\*Ada\\*\\* \\@everyone\n-# Question: " in shared.content
            assert shared.labels == ["Context", "Copy", "Helpful", "Not helpful"]
            assert (await scene.click(shared, "Copy", scene.bob)).content.startswith(PASSAGE)
            thread = scene.discord.world.thread(scene.general, "thread")
            answer = await scene.ask(channel=thread, private=True)
            await scene.click(answer, "Share")
            assert [first(message) for message in thread.messages if not message.ephemeral] == [ANSWER]

    asyncio.run(scenario())


def test_what_not_everybody_may_see_or_where_the_bot_may_not_speak_is_not_shared(tmp_path: Path) -> None:
    async def scenario() -> None:
        scene = Scene(tmp_path)
        quiet = scene.discord.world.channel(scene.guild, "quiet")
        closed = scene.discord.world.channel(scene.guild, "closed")
        staff = scene.guild.roles["staff"]
        scene.settings(
            f"[discord]\npublic_channels = [{scene.general.id}, {quiet.id}]\n"
            f'[[access]]\ndocuments = ["team"]\nguilds = [{scene.guild.id}]\n'
            f'[[access]]\ndocuments = ["visit.md"]\nroles = [{staff.id}]\n'
        )
        scene.guild.add(scene.ada, "staff")
        scene.discord.world.overwrite(quiet, scene.guild.everyone, deny=Permission.SEND_MESSAGES)
        async with scene:
            secret = await scene.ask()
            assert secret.ephemeral  # a role of Ada's adds to what all may see
            assert first(secret) == ANSWER
            refused = await scene.click(secret, "Share")
            assert refused.content.startswith("This cannot be shared here: not everyone")
            elsewhere = await scene.ask(SOUP_QUESTION, channel=closed)
            assert elsewhere.ephemeral
            assert (await scene.click(elsewhere, "Share")).content == refused.content
            muted = await scene.ask(SOUP_QUESTION, channel=quiet, private=True)
            assert first(muted) == SOUP_ANSWER
            assert (await scene.click(muted, "Share")).content.startswith("I may not write in this channel.")
            fine = await scene.ask(SOUP_QUESTION, private=True)
            assert (await scene.click(fine, "Share")).content == "Shared in this channel."
            told = [message for message in scene.discord.messages if not message.ephemeral]
            assert [first(message) for message in told] == [SOUP_ANSWER]
            scene.guild.add(scene.ada)  # without the role: rights are those of the click
            assert (await scene.click(secret, "Copy")).content == GONE

    asyncio.run(scenario())


def test_verdicts_and_reasons_are_kept_exported_and_heard_after_a_restart(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path, KEPT) as scene:
            answer = await scene.ask()
            assert await scene.click(answer, "Helpful", scene.bob)
            assert first(await judged_poor(scene, answer, "Too short @everyone")) == THANKS
            assert first(await judged_poor(scene, answer, "", restarted=True)) == THANKS
            assert first(await judged_poor(scene, answer, "After the restart")) == THANKS
            nothing = await scene.ask("zzz qqq canteen")
            await scene.click(nothing, "More (4)")
            assert first(await scene.click(nothing, "Helpful")) == THANKS
            kept = records(scene)
            assert [(each["kind"], each.get("verdict"), each.get("reason")) for each in kept] == [
                ("feedback", "helpful", None),
                ("feedback", "not helpful", "Too short @everyone"),
                ("feedback", "not helpful", None),
                ("feedback", "not helpful", "After the restart"),
                ("unanswered", None, None),
                ("feedback", "helpful", None),
            ]
            assert [each["user"] for each in kept[:2]] == [str(scene.bob.id), str(scene.ada.id)]

    asyncio.run(scenario())
    run = [sys.executable, "-m", "briefbot", "feedback", "export"]
    told = subprocess.run(run, cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, check=True)
    exported = [json.loads(line) for line in told.stdout.splitlines()]
    assert len(exported) == 6
    assert exported[1] == {
        "question": QUESTION,
        "verdict": "not helpful",
        "document": "visit.md",
        "paragraph": 1,
        "reason": "Too short @everyone",
    }
    assert exported[4] == {
        "question": "zzz qqq canteen",
        "verdict": "unanswered",
        "document": None,
        "paragraph": None,
        "reason": None,
    }


def test_without_a_feedback_file_no_answer_asks_for_a_verdict_and_an_old_button_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Scene(tmp_path, KEPT) as scene:
            answer = await scene.ask()
            scene.settings("")
            await scene.restart()
            assert (await scene.ask()).labels == ["More (6)", "Context", "Copy"]
            for label in ("Helpful", "Not helpful"):
                assert (await scene.click(answer, label)).content == "Feedback is not kept here."
            assert records(scene) == []

    asyncio.run(scenario())
