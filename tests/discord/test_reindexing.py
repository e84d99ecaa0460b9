"""`/reindex`: who may, what is shown of a build while it runs and after, and that nothing it does harms an answer."""

from __future__ import annotations

import asyncio
import itertools
import os
import resource
import signal
from typing import TYPE_CHECKING, Any

import pytest
from tests.discord.bench import ANSWER, Bench
from tests.discord.standin.launch import PROGRESS
from tests.discord.standin.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.discord.standin.interactions import Interaction
    from tests.discord.standin.messages import Message
    from tests.discord.standin.world import Channel, User

STARTED = "The index is being brought up to date. Questions are answered meanwhile."
DONE, UNCHANGED = "The new index is in use.", "Nothing has changed."
RUNNING = "A build is running already; wait until it has ended."
FAILED = "The build failed, and the index stays as it was"
NOT_ALLOWED = "Only operators may do this."
TRAM = "The red tram stops at the harbour."
MINUTES = 60.0


def played(folder: Path, scene: Callable[[Bench], Awaitable[None]]) -> None:
    """Play a scene with progress that is shown at once, after which a question must be answered as ever."""

    async def whole() -> None:
        async with Bench(folder) as bench:
            await bench.begin_again(**{PROGRESS: "0.2"})
            await bench.bot.ready()
            await scene(bench)
            await bench.assert_answers()

    asyncio.run(whole())


async def reindex(bench: Bench, user: User | None = None, channel: Channel | None = None, **options: Any) -> Message:
    """Have somebody, the guild's owner if nobody else, rebuild the index, and return what is told in the end."""
    asked = await bench.discord.command(user or bench.guild.owner, channel or bench.general, "reindex", **options)
    return await ended(asked)


async def reindex_once_free(bench: Bench) -> Message:
    """Do the same as soon as the process of the build before is gone: what it published is in use a little earlier."""
    while (told := await reindex(bench)).content == RUNNING:
        pass
    return told


async def ended(asked: Interaction) -> Message:
    return await asked.answer(40, when=lambda message: not message.content.startswith((STARTED, "Encoding", "Reading")))


async def begun(bench: Bench) -> Interaction:
    """Begin a build that the test holds up, and return when it has begun."""
    asked = await bench.discord.command(bench.guild.owner, bench.general, "reindex")
    await asked.answer(45, when=lambda message: message.content.startswith("Encoding"))
    return asked


# Who may


def test_while_nothing_is_set_only_who_manages_the_only_guild_may_rebuild(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        assert (await reindex(bench, bench.ada)).content.startswith(NOT_ALLOWED)
        assert (await reindex(bench, channel=bench.discord.world.dm(bench.guild.owner))).content.startswith(NOT_ALLOWED)
        assert (await reindex(bench)).content in (DONE, UNCHANGED)
        await bench.discord.empower(bench.guild, bench.guild.roles["staff"], Permission.MANAGE_GUILD)
        await bench.discord.set_roles(bench.guild, bench.ada, "staff")
        assert (await reindex(bench, bench.ada)).content in (DONE, UNCHANGED)

        second = bench.discord.world.guild("Second")
        other = bench.discord.world.channel(second, "other")
        await bench.discord.join_guild(second)
        for channel in (bench.general, other):
            asked = await reindex(bench, channel.guild and channel.guild.owner, channel)
            assert asked.content.startswith(NOT_ALLOWED)
            assert asked.ephemeral
        await bench.discord.leave_guild(second)

    played(tmp_path, scene)


def test_operators_may_by_their_own_or_their_roles_id_and_only_in_the_guilds_named_home(tmp_path: Path) -> None:
    asyncio.run(_operators(tmp_path))


async def _operators(folder: Path) -> None:
    bench = Bench(folder)
    world, staff = bench.discord.world, bench.guild.roles["staff"]
    second = world.guild("Second", members=[bench.ada])
    other = world.channel(second, "other")
    bench.settings(f"[discord]\nhome = [{bench.guild.id}]\noperators = [{bench.ada.id}, {staff.id}]\n")
    bench.guild.add(bench.bob, "staff")
    async with bench:
        assert (await reindex(bench, bench.ada)).content in (DONE, UNCHANGED)
        assert (await reindex(bench, bench.bob)).content in (DONE, UNCHANGED)
        refused = [
            await reindex(bench, bench.guild.owner),  # manages the guild, and is not named
            await reindex(bench, bench.ada, other),
            await reindex(bench, bench.ada, world.dm(bench.ada)),
        ]
        assert [message.content.startswith(NOT_ALLOWED) for message in refused] == [True] * 3
        await bench.discord.set_roles(bench.guild, bench.bob)
        assert (await reindex(bench, bench.bob)).content.startswith(NOT_ALLOWED)


# What is shown


def test_the_report_names_what_was_added_changed_removed_and_skipped_with_the_reason(tmp_path: Path) -> None:
    asyncio.run(_reported(tmp_path))


async def _reported(folder: Path) -> None:
    bench = Bench(folder)
    for number in range(4):
        bench.desk.write(f"old/{number}.txt", f"Paper {number} is about the harbour.")
    bench.desk.build()
    async with bench:
        bench.desk.write("new_1.txt", TRAM)
        bench.desk.write("old/1.txt", "Paper 1 is about a tram.")
        (bench.desk.corpus / "old/2.txt").unlink()
        bench.desk.write("torn.pdf", "this is no PDF")
        told = (await reindex(bench)).content.splitlines()
        assert told[:7] == [
            DONE,
            "Added: 1",
            "-# new\\_1.txt",
            "Changed: 1",
            "-# old/1.txt",
            "Removed: 1",
            "-# old/2.txt",
        ]
        assert told[7] == "Could not be read: 1"
        assert told[8].startswith("-# torn.pdf: "), told
        assert len(told[8]) > len("-# torn.pdf: ")
        assert len(told) == 9
        await bench.bot.line("generation 3 is taken up", 2)
        assert (await bench.ask(TRAM)).content.startswith(TRAM)
        assert (await reindex(bench)).content.splitlines()[:2] == [UNCHANGED, "Could not be read: 1"]
        assert (await reindex(bench, full=True)).content.splitlines()[0] == DONE


def test_many_names_are_counted_and_ten_of_them_shown(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        for number in range(12):
            bench.desk.write(f"new{number:02}.txt", f"Paper {number} is about the harbour.")
        told = (await reindex(bench)).content.splitlines()
        assert told == [DONE, "Added: 12", *(f"-# new{number:02}.txt" for number in range(10)), "-# …"]

    played(tmp_path, scene)


def test_with_rules_the_report_tells_only_what_everybody_in_that_channel_may_see(tmp_path: Path) -> None:
    asyncio.run(_reported_by_rules(tmp_path))


async def _reported_by_rules(folder: Path) -> None:
    bench = Bench(folder)
    staff = bench.discord.world.channel(bench.guild, "staff")
    bench.settings(
        f"[discord]\nhome = [{bench.guild.id}]\noperators = [{bench.ada.id}]\n"
        f'[[access]]\ndocuments = ["visit.md", "open"]\nchannels = [{bench.general.id}, {staff.id}]\n'
        f'[[access]]\ndocuments = ["team"]\nchannels = [{staff.id}]\n'
    )
    async with bench:
        for place in ("open", "team"):
            bench.desk.write(f"{place}/tram.txt", TRAM)
            bench.desk.write(f"{place}/torn.pdf", "this is no PDF")
        bench.desk.write("team/food.txt", "There is no soup.")
        bench.desk.write("unplaced.txt", "Nobody may see this.")
        told = (await reindex(bench, bench.ada)).content
        assert told.splitlines()[:4] == [DONE, "Added: 1", "-# open/tram.txt", "Could not be read: 1"]
        assert told.splitlines()[4].startswith("-# open/torn.pdf: ")
        assert len(told.splitlines()) == 5

        (bench.desk.corpus / "team/torn.pdf").unlink()
        bench.desk.write("team/food.txt", "There is soup.")
        assert (await reindex(bench, bench.ada)).content.splitlines()[:2] == [DONE, "Could not be read: 1"]
        bench.desk.write("team/food.txt", "There is no soup.")
        assert (await reindex(bench, bench.ada, staff)).content.splitlines()[:3] == [
            DONE,
            "Changed: 1",
            "-# team/food.txt",
        ]

        bench.desk.corpus.rename(folder / "elsewhere")
        failed = (await reindex(bench, bench.ada)).content
        assert failed.startswith(f"{FAILED}. Reference for the log: ")
        line = await bench.bot.line(f'"reference": "{failed.rpartition(" ")[2]}"')
        assert '"exit_code": 4' in line
        (folder / "elsewhere").rename(bench.desk.corpus)


def test_questions_are_answered_while_a_build_runs_and_its_progress_is_shown(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        bench.desk.write("new.txt", TRAM)
        with bench.held("passages"):
            asked = await begun(bench)
            for user in (bench.ada, bench.bob, bench.guild.owner):
                assert (await bench.ask(user=user)).content.startswith(ANSWER)
            status = await bench.discord.command(bench.ada, bench.general, "status")
            assert "A new index is being built." in (await status.answer()).text
        message = await ended(asked)
        assert message.content.startswith(DONE)
        texts = [version.content for version in message.history]
        assert texts[:2] == ["", STARTED]
        assert set(texts[2:-1]) <= {
            f"{step}: {percent} %"
            for step in ("Reading the documents", "Encoding the passages")
            for percent in (0, 100)
        }
        assert "Encoding the passages: 0 %" in texts
        await bench.bot.line("generation 2 is taken up", 2)
        assert (await bench.ask(TRAM)).content.startswith(TRAM)

    played(tmp_path, scene)


@pytest.mark.slow
def test_progress_is_edited_at_most_every_ten_seconds(tmp_path: Path) -> None:
    asyncio.run(_ten_seconds(tmp_path))


async def _ten_seconds(folder: Path) -> None:
    async with Bench(folder) as bench:
        bench.desk.write("new.txt", TRAM)
        with bench.held("passages"):
            asked = await begun(bench)
            message = await asked.answer()
            await bench.discord.edited(message, 20)
        message = await ended(asked)
        *shown, last = message.history[1:]
        first, *others = [version.content for version in shown]
        assert first == STARTED
        assert others.count("Encoding the passages: 0 %") == 2
        assert all(text.startswith(("Reading", "Encoding")) for text in others)  # on a busy machine, one more of each
        pauses = [after.at - before.at for before, after in itertools.pairwise(shown)]
        assert min(pauses) >= 9.9
        assert last.content.startswith(DONE)


# A second one meanwhile


def test_a_second_build_meanwhile_is_told_so_also_where_the_first_was_begun_in_a_shell(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        bench.desk.write("new.txt", TRAM)
        with bench.held("passages"):
            first = await begun(bench)
            second = await reindex(bench)
            assert (second.content, second.ephemeral) == (RUNNING, True)
        assert (await ended(first)).content.startswith(DONE)

        bench.desk.write("newer.txt", "The green bus stops at the station.")
        with bench.held("passages"):
            shell = await bench.began("build", "--progress-json")
            assert shell.stdout is not None
            while b"encoding" not in await shell.stdout.readline():
                pass
            assert (await reindex(bench)).content == RUNNING
        await shell.communicate()
        assert shell.returncode == 0
        await bench.bot.line("generation 3 is taken up", 2)
        assert (await reindex_once_free(bench)).content == UNCHANGED

    played(tmp_path, scene)


# Builds that fail


def test_a_build_that_may_not_publish_says_why_and_the_old_index_serves(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        (bench.desk.corpus / "team/food.txt").unlink()
        told = (await reindex(bench)).content
        assert told.startswith(f"{FAILED}: 1 of 3 documents are gone or cannot be read (team/food.txt)"), told
        await bench.bot.line('"exit_code": 4')
        await bench.assert_answers()

        bench.desk.corpus.rename(bench.folder / "elsewhere")
        told = (await reindex(bench)).content
        assert told.startswith(f"{FAILED}: The corpus corpus is not a folder;"), told
        await bench.assert_answers()
        (bench.folder / "elsewhere").rename(bench.desk.corpus)

    played(tmp_path, scene)


def test_a_build_that_is_killed_says_so_and_the_next_one_works(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        bench.desk.write("new.txt", TRAM)
        with bench.held("passages"):
            asked = await begun(bench)
            os.kill(await bench.builder(), signal.SIGKILL)
            told = (await ended(asked)).content
        assert told == f"{FAILED}: The build was ended from outside (signal 9); nothing was published."
        await bench.bot.line('"exit_code": 70')
        await bench.assert_answers()
        assert (await reindex(bench)).content.startswith(DONE)

    played(tmp_path, scene)


def test_a_build_that_finds_the_disk_full_says_so_and_the_next_one_works(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        bench.desk.write("new.txt", TRAM)
        _limit_files(bench, 100)
        told = (await reindex(bench)).content
        assert told.startswith(f"{FAILED}: "), told
        assert "disk is full" in told or "larger than" in told, told
        await bench.bot.line('"exit_code": 74')
        await bench.assert_answers()
        _limit_files(bench, resource.RLIM_INFINITY)
        assert (await reindex(bench)).content.startswith(DONE)

    played(tmp_path, scene)


def _limit_files(bench: Bench, largest: int) -> None:
    """Let the bot, and the builds it begins, write no file that is larger than so many bytes."""
    resource.prlimit(bench.bot.process.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))


# What happens to its message meanwhile


def test_a_build_that_outlives_its_interaction_is_shown_by_the_bots_own_right(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        bench.desk.write("new.txt", TRAM)
        with bench.held("passages"):
            asked = await begun(bench)
            bench.discord.clock.forward(16 * MINUTES)
            await bench.discord.requested("PATCH", f"/channels/{bench.general.id}/messages/", 20)
        await bench.bot.line("generation 2 is taken up", 20)
        message = asked.original
        assert message is not None
        await bench.discord.bell.until(lambda: message.content.startswith(DONE), "the report", 10)
        assert message.content.splitlines() == [DONE, "Added: 1", "-# new.txt"]

    played(tmp_path, scene)


@pytest.mark.parametrize("kind", ["lost", "503", "429"])
def test_progress_that_is_lost_on_the_way_harms_no_build(tmp_path: Path, kind: str) -> None:
    async def scene(bench: Bench) -> None:
        bench.desk.write("new.txt", TRAM)
        with bench.held("passages"):
            asked = await begun(bench)
            struck = bench.discord.fault("PATCH /webhooks/*", kind)
            await bench.discord.bell.until(lambda: struck.used == 1, "progress to be shown", 20)
        message = await ended(asked)
        assert message.content.splitlines() == [DONE, "Added: 1", "-# new.txt"]
        assert [each for each in bench.general.messages if not each.ephemeral] == [message]

    played(tmp_path, scene)


def test_progress_that_discord_refuses_harms_no_build(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        bench.desk.write("new.txt", TRAM)
        with bench.held("passages"):
            asked = await begun(bench)
            bench.discord.fault("PATCH /webhooks/*", "banned")
            await bench.bot.line("progress could not be shown", 20)
        assert (await ended(asked)).content.startswith(DONE)

    played(tmp_path, scene)


def test_a_build_goes_on_where_its_message_is_deleted(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        bench.desk.write("new.txt", TRAM)
        with bench.held("passages"):
            asked = await begun(bench)
            assert asked.original is not None
            await bench.discord.delete_message(asked.original)
        await bench.bot.line("generation 2 is taken up", 20)
        assert (await bench.ask(TRAM)).content.startswith(TRAM)
        assert (await reindex_once_free(bench)).content == UNCHANGED

    played(tmp_path, scene)


def test_whoever_rebuilds_in_a_channel_that_is_deleted_meanwhile_gets_a_private_hint(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        channel = bench.discord.world.channel(bench.guild, "short-lived")
        await bench.discord.announce(channel)
        bench.desk.write("new.txt", TRAM)
        with bench.held("passages"):
            asked = await bench.discord.command(bench.guild.owner, channel, "reindex")
            await asked.answer(45, when=lambda message: message.content.startswith("Encoding"))
            await bench.discord.delete_channel(channel)
        direct = bench.discord.world.dm(bench.guild.owner)
        told = await bench.discord.next_message(direct, within=20)
        assert told.content == "The channel where you asked me is gone; please ask again elsewhere."
        await bench.bot.line("generation 2 is taken up")

    played(tmp_path, scene)
