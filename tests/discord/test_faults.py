"""Whatever goes wrong at Discord, on the way or within: all get an answer or one sentence, and the bot goes on."""

from __future__ import annotations

import asyncio
import json
import re
import resource
import warnings
from typing import TYPE_CHECKING

import pytest
from tests.discord.bench import ANSWER, QUESTION, Bench
from tests.discord.standin.interactions import Callback
from tests.discord.standin.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.discord.standin.world import User

MAY_NOT_SPEAK = "I may not write in the channel where you asked me."
CHANNEL_GONE = "The channel where you asked me is gone; please ask again elsewhere."
TOO_LATE = "Your answer took too long for Discord; please ask again."
UNEXPECTED = "Something went wrong on my side. If it happens again, tell whoever runs me this reference: "
NOTHING = "**Not in the documents.**"
KEPT = '[discord]\nfeedback = "feedback.jsonl"\n'
CALLBACK, EDIT, MESSAGE, TYPING = "POST */callback", "PATCH /webhooks/*", "POST */messages", "POST */typing"
ALREADY = "Interaction has already been acknowledged."
MINUTES = 60.0


def survived(folder: Path, scene: Callable[[Bench], Awaitable[None]], settings: str = "") -> None:
    """Play a scene, after which a question must be answered as ever."""

    async def whole() -> None:
        async with Bench(folder, settings) as bench:
            await scene(bench)
            bench.discord.clear_faults()
            await bench.assert_answers()

    asyncio.run(whole())


async def hint(bench: Bench, user: User) -> str:
    """Return what somebody is told privately."""
    return (await bench.discord.next_message(bench.discord.world.dm(user))).content


# The gateway


def test_a_lost_connection_is_resumed_and_what_was_asked_meanwhile_is_answered(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        with bench.held("questions"):
            before = await bench.discord.command(bench.ada, bench.general, "ask", question=QUESTION)
            await before.acknowledged()
            await bench.discord.drop_gateway()
            meanwhile = await bench.discord.command(bench.bob, bench.general, "ask", question=QUESTION)
        for asked in (before, meanwhile):
            assert (await asked.answer()).content.startswith(ANSWER)
        gateway = bench.discord.gateway
        assert (len(gateway.identifies), len(gateway.resumes)) == (1, 1)

    survived(tmp_path, scene)


def test_where_resuming_is_refused_a_new_session_begins(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        gateway = bench.discord.gateway
        await bench.discord.drop_gateway()
        gateway.sessions.clear()
        await bench.discord.bell.until(lambda: len(gateway.identifies) == 2, "a new session", 20)
        await bench.discord.ready()
        assert len(gateway.resumes) == 1

    survived(tmp_path, scene)


@pytest.mark.parametrize("resumable", [True, False])
def test_an_invalid_session_is_resumed_or_begun_anew(tmp_path: Path, resumable: bool) -> None:
    async def scene(bench: Bench) -> None:
        gateway = bench.discord.gateway
        await bench.discord.invalidate_session(resumable=resumable)
        tries = gateway.resumes if resumable else gateway.identifies
        wanted = 1 if resumable else 2
        await bench.discord.bell.until(lambda: len(tries) == wanted, "the session", 20)
        await bench.discord.ready()

    survived(tmp_path, scene)


def test_a_request_to_reconnect_is_followed(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        gateway = bench.discord.gateway
        await bench.discord.request_reconnect()
        await bench.discord.bell.until(lambda: gateway.resumes, "the resumed session", 20)
        await bench.discord.ready()
        assert len(gateway.identifies) == 1

    survived(tmp_path, scene)


@pytest.mark.parametrize("code", [1000, 4000, 4009])
def test_a_gateway_that_closes_the_connection_is_connected_to_again(tmp_path: Path, code: int) -> None:
    async def scene(bench: Bench) -> None:
        gateway = bench.discord.gateway
        await bench.discord.close_gateway(code)
        await bench.discord.bell.until(lambda: len(gateway.identifies) + len(gateway.resumes) > 1, "the bot", 20)
        await bench.discord.ready()

    survived(tmp_path, scene)


def test_a_discord_that_is_away_for_a_while_is_waited_for_and_gets_the_answer_then(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        with bench.held("questions"):
            asked = await bench.discord.command(bench.ada, bench.general, "ask", question=QUESTION)
            said = await bench.discord.say(bench.bob, bench.general, QUESTION, mention_bot=True)
            await asked.acknowledged()
            await bench.discord.requested("POST", "/typing")
            await bench.discord.ready()
            away = bench.discord.away()
            await away.__aenter__()
        await bench.bot.line("a request to Discord was lost")
        await bench.bot.line("Attempting a reconnect")
        await away.__aexit__(None, None, None)
        assert (await asked.answer(20)).content.startswith(ANSWER)
        assert (await bench.discord.next_message(bench.general, said, 20)).content.startswith(ANSWER)
        await bench.discord.ready()

    survived(tmp_path, scene)


def test_after_a_long_outage_nobody_waits_for_more_than_half_a_minute() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # discord.py imports audioop
        from discord import shard

        import briefbot.discord.running  # noqa: F401 - sets how long the library waits

    backoff = shard.ExponentialBackoff()
    assert 16 < max(backoff.delay() for _ in range(1_000)) <= 32


# Requests that fail


@pytest.mark.parametrize(
    "kind",
    [
        "429",
        "429-global",
        pytest.param("500", marks=pytest.mark.slow),
        "502",
        "503",
        "refused",
        "lost",
        pytest.param("lost-502", marks=pytest.mark.slow),
    ],
)
def test_a_request_that_fails_once_costs_no_answer_and_makes_none_twice(tmp_path: Path, kind: str) -> None:
    """The callback, the edit, typing, the reply to a mention, and what is shared are each struck once."""

    async def scene(bench: Bench) -> None:
        discord = bench.discord
        struck = [discord.fault(each, kind) for each in (CALLBACK, EDIT, TYPING, MESSAGE)]
        asked = await discord.command(bench.ada, bench.general, "ask", question=QUESTION, private=True)
        said = await discord.say(bench.bob, bench.general, QUESTION, mention_bot=True)
        replied = await discord.next_message(bench.general, said, 20)
        private = await asked.answer(20)
        assert (private.content[: len(ANSWER)], replied.content[: len(ANSWER)]) == (ANSWER, ANSWER)
        assert replied.reference is said
        assert [fault.used for fault in struck] == [1, 1, 1, 1]

        struck = [discord.fault(each, kind) for each in (CALLBACK, EDIT, MESSAGE)]
        pressed = await discord.click(bench.ada, private, "Share")
        assert (await pressed.answer(20)).content == "Shared in this channel."
        assert [fault.used for fault in struck] == [1, 1, 1]
        public = [message for message in bench.general.messages if message.author is discord.world.bot]
        shared = [message for message in public if not message.ephemeral and message is not replied]
        assert [message.content[: len(ANSWER)] for message in shared] == [ANSWER]
        assert len(public) == 4  # the answer, the reply, what was shared, and that it was
        await _forgive_second_acknowledgements(bench, 2 if kind.startswith("lost") else 0)

    survived(tmp_path, scene)


async def _forgive_second_acknowledgements(bench: Bench, times: int) -> None:
    """Pass over what the bot cannot know: that an acknowledgement took effect, of which the answer was lost."""
    refusals = bench.discord.refusals
    await bench.discord.bell.until(lambda: len(refusals) >= times, "a second acknowledgement", 10)
    assert [refusal.reason for refusal in refusals] == [ALREADY] * times
    refusals.clear()


def test_no_reply_waits_for_what_discord_says_to_the_sign_of_life(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        bench.discord.fault(TYPING, "slow", delay=5)
        said = await bench.discord.say(bench.bob, bench.general, QUESTION, mention_bot=True)
        assert (await bench.discord.next_message(bench.general, said)).content.startswith(ANSWER)
        assert (await bench.discord.requested("POST", "/typing")).answered_at is None

    survived(tmp_path, scene)


@pytest.mark.parametrize("kind", ["503", "refused", "lost"])
def test_a_form_that_fails_once_is_shown_all_the_same(tmp_path: Path, kind: str) -> None:
    async def scene(bench: Bench) -> None:
        answer = await bench.ask()
        bench.discord.fault(CALLBACK, kind)
        pressed = await bench.discord.click(bench.ada, answer, "Not helpful")
        submitted = await bench.discord.submit(bench.ada, pressed, reason="too short")
        assert (await submitted.answer()).content.startswith("Thank you.")
        await _forgive_second_acknowledgements(bench, int(kind == "lost"))

    survived(tmp_path, scene, KEPT)


def test_an_answer_that_discord_refuses_is_told_privately_with_a_reference_that_is_in_the_log(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        bench.discord.fault(EDIT, "banned")
        await bench.discord.command(bench.ada, bench.general, "ask", question=QUESTION)
        await _assert_referenced(bench, await hint(bench, bench.ada), "discord.errors.HTTPException: 429")

        bench.discord.fault(f"POST /channels/{bench.general.id}/messages", "banned")
        await bench.discord.say(bench.bob, bench.general, QUESTION, mention_bot=True)
        await _assert_referenced(bench, await hint(bench, bench.bob), "discord.errors.HTTPException: 429")

    survived(tmp_path, scene)


async def _assert_referenced(bench: Bench, told: str, cause: str) -> None:
    """Look whether somebody was told in one sentence of a reference under which the log holds what happened."""
    found = re.fullmatch(re.escape(UNEXPECTED) + "([0-9a-f]{8})", told)
    assert found, told
    line = json.loads(await bench.bot.line(f'"reference": "{found[1]}"'))
    assert line["level"] == "error"
    assert cause in line["traceback"]


# Too late


def test_a_public_answer_that_comes_after_its_interaction_goes_into_the_channel(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        with bench.held("questions"):
            asked = await bench.discord.command(bench.ada, bench.general, "ask", question=QUESTION)
            await asked.acknowledged()
            bench.discord.clock.forward(16 * MINUTES)
        answer = await bench.discord.next_message(bench.general, asked.original)
        assert answer.content.startswith(ANSWER)
        assert answer.interaction is None
        copied = await bench.discord.click(bench.bob, answer, "Copy")
        assert ANSWER in (await copied.answer()).content

    survived(tmp_path, scene)


def test_a_private_answer_that_comes_after_its_interaction_is_told_of_privately_and_shown_nowhere(
    tmp_path: Path,
) -> None:
    async def scene(bench: Bench) -> None:
        with bench.held("questions"):
            asked = await bench.discord.command(bench.ada, bench.general, "ask", question=QUESTION, private=True)
            await asked.acknowledged()
            bench.discord.clock.forward(16 * MINUTES)
        assert await hint(bench, bench.ada) == TOO_LATE
        assert [message for message in bench.general.messages if message is not asked.original] == []

    survived(tmp_path, scene)


def test_an_interaction_that_is_heard_too_late_is_told_of_privately(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        bench.discord.fault(CALLBACK, "slow")
        asked = await bench.discord.command(bench.ada, bench.general, "ask", question=QUESTION)
        await bench.discord.requested("POST", "/callback")
        bench.discord.clock.forward(4)
        assert await hint(bench, bench.ada) == TOO_LATE
        assert asked.callback is None

    survived(tmp_path, scene)


# What is no longer there


@pytest.mark.parametrize("as_message", [True, False])
def test_who_asked_in_a_channel_that_is_deleted_meanwhile_gets_a_private_hint(
    tmp_path: Path,
    as_message: bool,
) -> None:
    async def scene(bench: Bench) -> None:
        channel = bench.discord.world.channel(bench.guild, "short-lived")
        await bench.discord.announce(channel)
        with bench.held("questions"):
            asked = await bench.discord.command(bench.ada, channel, "ask", question=QUESTION)
            await asked.acknowledged()
            await bench.discord.say(bench.bob, channel, QUESTION, mention_bot=True)
            await bench.discord.requested("POST", "/typing")
            assert asked.original is not None
            asked.original.deleted = as_message
            await bench.discord.delete_channel(channel)
        assert await hint(bench, bench.ada) == CHANNEL_GONE
        assert await hint(bench, bench.bob) == CHANNEL_GONE

    survived(tmp_path, scene)


def test_an_answer_whose_place_is_deleted_meanwhile_is_let_be(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        with bench.held("questions"):
            asked = await bench.discord.command(bench.ada, bench.general, "ask", question=QUESTION)
            await asked.acknowledged()
            assert asked.original is not None
            await bench.discord.delete_message(asked.original)
        await bench.bot.line("the place of an answer was deleted before the answer came")
        assert [message for message in bench.general.messages if not message.deleted] == []
        assert bench.discord.world.dm(bench.ada).messages == []

    survived(tmp_path, scene)


def test_a_question_that_is_deleted_meanwhile_is_answered_without_naming_it(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        with bench.held("questions"):
            said = await bench.discord.say(bench.bob, bench.general, QUESTION, mention_bot=True)
            await bench.discord.requested("POST", "/typing")
            await bench.discord.delete_message(said)
        answer = await bench.discord.next_message(bench.general, said)
        assert (answer.content[: len(ANSWER)], answer.reference) == (ANSWER, None)

    survived(tmp_path, scene)


def test_a_guild_that_is_out_for_a_while_is_answered_when_it_is_back(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        await bench.discord.guild_outage(bench.guild)
        direct = bench.discord.world.dm(bench.ada)
        said = await bench.discord.say(bench.ada, direct, QUESTION)
        assert (await bench.discord.next_message(direct, said)).content.startswith(ANSWER)
        await bench.discord.guild_returns(bench.guild)

    survived(tmp_path, scene)


# Where the bot may not speak


def test_who_mentions_the_bot_where_it_may_not_speak_gets_a_private_hint_and_answers_by_command(
    tmp_path: Path,
) -> None:
    async def scene(bench: Bench) -> None:
        await _silence(bench, Permission.SEND_MESSAGES)
        await bench.discord.say(bench.ada, bench.general, QUESTION, mention_bot=True)
        assert (await hint(bench, bench.ada)).startswith(MAY_NOT_SPEAK)

        asked = await bench.discord.command(bench.ada, bench.general, "ask", question=QUESTION, private=True)
        shared = await bench.discord.click(bench.ada, await asked.answer(), "Share")
        assert (await shared.answer()).content.startswith("I may not write in this channel.")

    survived(tmp_path, scene)


def test_who_takes_no_private_messages_is_not_told_and_the_log_is(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        bench.bob.takes_dms = False
        await _silence(bench, Permission.SEND_MESSAGES)
        await bench.discord.say(bench.bob, bench.general, QUESTION, mention_bot=True)
        await bench.bot.line("a private hint could not be given")
        assert '"level": "error"' not in bench.bot.output

    survived(tmp_path, scene)


def test_an_answer_too_late_for_its_interaction_where_the_bot_may_not_speak_is_told_of_privately(
    tmp_path: Path,
) -> None:
    async def scene(bench: Bench) -> None:
        await _silence(bench, Permission.SEND_MESSAGES)
        with bench.held("questions"):
            asked = await bench.discord.command(bench.ada, bench.general, "ask", question=QUESTION)
            await asked.acknowledged()
            bench.discord.clock.forward(16 * MINUTES)
        assert (await hint(bench, bench.ada)).startswith(MAY_NOT_SPEAK)

    survived(tmp_path, scene)


def test_where_the_bot_may_not_read_what_was_said_it_answers_without_naming_the_question(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        await _silence(bench, Permission.READ_MESSAGE_HISTORY)
        said = await bench.discord.say(bench.ada, bench.general, QUESTION, mention_bot=True)
        answer = await bench.discord.next_message(bench.general, said)
        assert (answer.content[: len(ANSWER)], answer.reference) == (ANSWER, None)

    survived(tmp_path, scene)


def test_who_asks_in_a_locked_thread_gets_a_private_hint(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        thread = bench.discord.world.thread(bench.general, "closed")
        await bench.discord.announce(thread)
        thread.locked = True
        await bench.discord.say(bench.ada, thread, QUESTION, mention_bot=True)
        assert (await hint(bench, bench.ada)).startswith(MAY_NOT_SPEAK)

    survived(tmp_path, scene)


async def _silence(bench: Bench, permission: Permission) -> None:
    """Take a permission from the bot in the channel."""
    await bench.discord.permit(bench.general, bench.discord.world.bot, deny=permission)


# Within the bot


def test_what_nobody_foresaw_is_a_sentence_with_a_reference_that_is_in_the_log(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        asked = await bench.ask("Did they detonate the cosmodrome?")
        await _assert_referenced(bench, asked.content, "RuntimeError: the fuse was lit")
        said = await bench.discord.say(bench.bob, bench.general, "Did it detonate?", mention_bot=True)
        replied = await bench.discord.next_message(bench.general, said)
        await _assert_referenced(bench, replied.content, "RuntimeError: the fuse was lit")
        assert asked.content != replied.content

    survived(tmp_path, scene)


def test_completion_that_fails_offers_nothing_and_works_again(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        direct = bench.discord.world.dm(bench.ada)
        bench.discord.fault("GET /guilds/*/members/*", "503")
        typed = await bench.discord.typed(bench.ada, direct, "ask", question="?", focused="document", value="visit")
        assert (await typed.acknowledged()).kind is Callback.CHOICES
        assert typed.choices == []
        choices = await bench.discord.autocomplete(
            bench.ada, direct, "ask", question="?", focused="document", value="visit"
        )
        assert [choice["value"] for choice in choices] == ["visit.md"]

    survived(tmp_path, scene)


def test_feedback_that_finds_the_disk_full_costs_nobody_an_answer(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        await _limit_files(bench, 10)
        nothing = await bench.ask("Which wallpaper sings?")
        assert nothing.content.startswith(NOTHING)
        await bench.bot.line("feedback could not be kept")
        answer = await bench.ask()
        judged = await bench.discord.click(bench.ada, answer, "Helpful")
        assert (await judged.answer()).content == "Your feedback could not be kept; the log says why."
        await _limit_files(bench, resource.RLIM_INFINITY)
        again = await bench.discord.click(bench.ada, answer, "Helpful")
        assert (await again.answer()).content.startswith("Thank you.")

    survived(tmp_path, scene, KEPT)


async def _limit_files(bench: Bench, largest: int) -> None:
    """Let the bot, and the builds it begins, write no file that is larger than so many bytes."""
    resource.prlimit(bench.bot.process.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
