"""How the bot starts, what it says when it cannot, how it is watched, and how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from tests.discord.bench import ANSWER, QUESTION, Bench
from tests.discord.standin.interactions import Callback
from tests.discord.standin.launch import PAUSE
from tests.discord.standin.stage import TOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.standin.process import BotProcess
    from tests.discord.standin.world import Channel

STOPPING = "I am just being restarted; please ask again in a minute."


async def _ended(bench: Bench, bot: BotProcess) -> tuple[int, list[str]]:
    """Return with which code a bot ends by itself, and what it then has said on standard error."""
    async with bot:
        code = await bot.exited(30)
    assert TOKEN not in bot.output
    assert bot.stdout == []
    return code, bot.stderr


def _sentence(lines: list[str]) -> str:
    """Return the one line that is not of the log."""
    (sentence,) = [line for line in lines if not line.startswith("{")]
    return sentence


# What an operator must mend


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"DISCORD_TOKEN": ""}, "briefbot: There is no token for Discord; get one in Discord's developer portal"),
        (
            {"DISCORD_TOKEN": "", "DISCORD_TOKEN_FILE": "nowhere"},
            "briefbot: DISCORD_TOKEN_FILE names nowhere, which is not in ",
        ),
        ({"DISCORD_TOKEN": "", "DISCORD_TOKEN_FILE": "empty"}, "briefbot: The file of DISCORD_TOKEN_FILE is empty;"),
    ],
)
def test_without_a_token_it_says_how_to_get_one_and_ends_with_78(
    tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    async def scenario() -> None:
        bench = Bench(tmp_path, indexed=False)
        (tmp_path / "empty").touch()
        async with bench.discord:
            code, lines = await _ended(bench, bench.new_bot(**environment))
        assert (code, len(lines)) == (78, 1)
        assert lines[0].startswith(sentence), lines
        assert "https://discord.com/developers/applications" in lines[0]
        assert bench.discord.requests == []

    asyncio.run(scenario())


def test_a_token_that_discord_refuses_is_one_sentence_and_78(tmp_path: Path) -> None:
    asyncio.run(_token_refused(tmp_path))


async def _token_refused(folder: Path) -> None:
    bench = Bench(folder)
    async with bench.discord as discord:
        discord.state.token = "another one"  # noqa: S105 - of nobody
        code, lines = await _ended(bench, bench.new_bot())  # REST refuses it with 401
        assert (code, _sentence(lines)) == (78, lines[-1])
        assert lines[-1].startswith("briefbot: Discord refuses the token; take a new one")

        discord.state.token = TOKEN  # was good at the login, and is not at the gateway
        discord.refuse_identify(4004)
        code, again = await _ended(bench, bench.new_bot())
        assert (code, _sentence(again)) == (78, lines[-1])
        assert len(discord.gateway.identifies) == 1  # never tried a second time


def test_the_token_may_come_from_a_file_and_the_variable_goes_before_it(tmp_path: Path) -> None:
    asyncio.run(_token_file(tmp_path))


async def _token_file(folder: Path) -> None:
    bench = Bench(folder)
    secret = folder / "secret"
    secret.write_text(f"{TOKEN}\n", "utf-8")
    async with bench.discord as discord:
        async with bench.new_bot(DISCORD_TOKEN="", DISCORD_TOKEN_FILE=str(secret)) as bot:
            await bot.ready()
            await bench.assert_answers()
            assert await bot.terminate() == 0
            assert TOKEN not in bot.output
        secret.write_text("not this one", "utf-8")
        async with bench.new_bot(DISCORD_TOKEN_FILE=str(secret)) as bot:
            await bot.ready()
        discord.assert_clean()


def test_a_refused_intent_is_one_sentence_and_78(tmp_path: Path) -> None:
    asyncio.run(_intent_refused(tmp_path))


async def _intent_refused(folder: Path) -> None:
    bench = Bench(folder)
    async with bench.discord as discord:
        discord.refuse_identify(4014)
        code, lines = await _ended(bench, bench.new_bot())
        assert (code, _sentence(lines)) == (78, lines[-1])
        assert lines[-1].startswith("briefbot: Discord refuses an intent that the bot asks for;")
        assert len(discord.gateway.identifies) == 1


def test_a_port_for_figures_that_is_taken_is_one_sentence_and_78(tmp_path: Path) -> None:
    async def scenario() -> None:
        bench = Bench(tmp_path)
        async with bench.discord as discord:
            port = discord.url.rpartition(":")[2]
            code, lines = await _ended(bench, bench.new_bot("--metrics-port", port))
            assert code == 78
            assert _sentence(lines).startswith(f"briefbot: Metrics and health cannot be served on 127.0.0.1:{port}:")

    asyncio.run(scenario())


# What it waits for


@pytest.mark.parametrize("fault", ["refused", "503", "banned"])
def test_a_discord_that_cannot_be_reached_at_the_start_is_waited_for(tmp_path: Path, fault: str) -> None:
    asyncio.run(_unreachable(tmp_path, fault))


async def _unreachable(folder: Path, fault: str) -> None:
    bench = Bench(folder)
    async with bench.discord as discord:
        struck = discord.fault("GET /users/@me", fault, times=2)
        async with bench.new_bot() as bot:
            await bot.line("Discord cannot be reached", 40)
            await bot.ready(60)
            await bench.assert_answers()
            assert struck.used == struck.times
            assert await bot.terminate() == 0
            assert TOKEN not in bot.output
    discord.assert_clean()


def test_a_discord_that_is_wholly_away_at_the_start_is_waited_for_and_the_wait_can_be_ended(tmp_path: Path) -> None:
    asyncio.run(_away_at_start(tmp_path))


async def _away_at_start(folder: Path) -> None:
    bench = Bench(folder)
    async with bench.discord as discord:
        async with discord.away(), bench.new_bot() as bot:
            await bot.line("Discord cannot be reached")
            assert await bot.terminate() == 0
        discord.fault("GET /gateway/bot", "refused", times=2)  # aiohttp itself tries twice
        async with bench.new_bot() as bot:  # logged in, but where is the gateway?
            await bot.line("the gateway cannot be reached")
            await bot.ready()
            await bench.assert_answers()
    discord.assert_clean()


def test_without_an_index_it_stays_online_and_answers_as_soon_as_one_is_built(tmp_path: Path) -> None:
    asyncio.run(_without_index(tmp_path))


async def _without_index(folder: Path) -> None:
    async with Bench(folder, indexed=False) as bench:
        told = await bench.ask()
        assert told.content == "There is no index yet, so I cannot answer. An operator must run: `briefbot build`"
        status = await (await bench.discord.command(bench.ada, bench.general, "status")).answer()
        assert "There is no index yet. An operator must run: `briefbot build`" in status.text
        bench.desk.build()
        await bench.bot.line("generation 1 is taken up", 2)
        await bench.assert_answers()


def test_what_is_asked_while_the_model_loads_is_acknowledged_at_once_and_answered_later(tmp_path: Path) -> None:
    asyncio.run(_slow_model(tmp_path))


async def _slow_model(folder: Path) -> None:
    async with Bench(folder) as bench:
        with bench.held("questions"):
            await bench.restart()
            asked = await bench.discord.command(bench.ada, bench.general, "ask", question=QUESTION)
            said = await bench.discord.say(bench.bob, bench.general, QUESTION, mention_bot=True)
            acknowledged = await asked.acknowledged()
            status = await bench.discord.command(bench.ada, bench.general, "status")
            assert "I am still loading the index." in (await status.answer()).text
            assert acknowledged.kind is Callback.DEFERRED_MESSAGE
            assert acknowledged.seconds < 1
            assert asked.times.answered is None
        assert (await asked.answer()).content.startswith(ANSWER)
        assert (await bench.discord.next_message(bench.general, said)).content.startswith(ANSWER)


def test_the_invite_link_asks_for_two_scopes_and_only_the_permissions_that_are_needed(tmp_path: Path) -> None:
    asyncio.run(_invite(tmp_path))


async def _invite(folder: Path) -> None:
    async with Bench(folder) as bench:
        line = json.loads(await bench.bot.line("invite: "))["message"]
        wanted = bench.discord.world.application_id
        permissions = 1 << 10 | 1 << 11 | 1 << 15 | 1 << 16 | 1 << 38
        assert line == (
            f"invite: https://discord.com/oauth2/authorize?client_id={wanted}"
            f"&scope=bot%20applications.commands&permissions={permissions}"
        )


# Shards


def test_several_shards_answer_each_in_its_guilds(tmp_path: Path) -> None:
    asyncio.run(_shards(tmp_path))


async def _shards(folder: Path) -> None:
    bench, other = _on_two_shards(folder)
    bench.settings(f"[discord]\nhome = [{bench.guild.id}, {other.guild.id}]\n")
    async with bench:
        ours, theirs = await asyncio.gather(bench.ask(), bench.ask(channel=other))
        assert (ours.content[: len(ANSWER)], theirs.content[: len(ANSWER)]) == (ANSWER, ANSWER)
        await bench.discord.drop_gateway(0)
        await bench.discord.ready()
        assert len(bench.discord.gateway.resumes) == 1
        assert (await bench.ask(channel=other)).content.startswith(ANSWER)
        await bench.assert_answers()
        assert await bench.bot.terminate() == 0
        assert sorted(each.code for each in bench.discord.gateway.closes) == [1000, 1000, 1006]


def test_a_second_guild_sees_nothing_also_while_the_shard_of_the_first_is_still_on_its_way(tmp_path: Path) -> None:
    asyncio.run(_first_shard_alone(tmp_path))


async def _first_shard_alone(folder: Path) -> None:
    """No guild is named, so the documents are the first guild's; all shards together know which one that is."""
    bench, other = _on_two_shards(folder)
    async with bench:
        assert (await bench.ask(channel=other)).content.startswith("**Not in the documents.**")
        await bench.begin_again(**{PAUSE: "4"})
        gateway = bench.discord.gateway
        await bench.discord.bell.until(lambda: any(each.ready for each in gateway.sessions), "the first shard", 20)
        await bench.bot.line("generation 1 is taken up")
        assert [each.shard for each in gateway.sessions] == [0]
        owner = other.guild.owner
        asked = await bench.discord.command(owner, other, "ask", question=QUESTION)
        completed = await bench.discord.autocomplete(owner, other, "ask", question="?", focused="document", value="v")
        rebuilt = await bench.discord.command(owner, other, "reindex")
        assert (await asked.acknowledged()).seconds < 1
        assert completed == []
        assert (await rebuilt.answer()).content.startswith("Only operators may do this.")
        assert [each.shard for each in gateway.sessions] == [0]
        assert (await asked.answer(20)).content.startswith("**Not in the documents.**")
        await bench.discord.ready()
        await bench.assert_answers()


def _on_two_shards(folder: Path) -> tuple[Bench, Channel]:
    """Return a bench whose guild is known to the second shard, and a channel of another guild, known to the first."""
    bench = Bench(folder, shard=(1, 2), shards=2)
    other = bench.discord.world.guild("Other", members=[bench.ada], shard=(0, 2))
    return bench, bench.discord.world.channel(other, "other")


# How it ends


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_delivers_what_it_answers_takes_nothing_new_and_says_goodbye(
    tmp_path: Path, number: signal.Signals
) -> None:
    asyncio.run(_end(tmp_path, number))


async def _end(folder: Path, number: signal.Signals) -> None:
    async with Bench(folder) as bench:
        discord, bot = bench.discord, bench.bot
        direct = discord.world.dm(bench.bob)
        with bench.held("questions"):
            asked = await discord.command(bench.ada, bench.general, "ask", question=QUESTION)
            said = await discord.say(bench.bob, bench.general, QUESTION, mention_bot=True)
            await asked.acknowledged()
            await discord.requested("POST", "/typing")
            bot.send(number)
            await bot.line("the bot was told to end")
            assert (await bench.ask(user=bench.bob)).content == STOPPING
            rebuilt = await discord.command(bench.guild.owner, bench.general, "reindex")
            assert (await rebuilt.answer()).content == STOPPING
            written = await discord.say(bench.bob, direct, QUESTION)
            assert (await discord.next_message(direct, written)).content == STOPPING
            assert asked.times.answered is None
        assert (await asked.answer()).content.startswith(ANSWER)
        assert (await discord.next_message(bench.general, said)).content.startswith(ANSWER)
        assert await bot.exited() == 0
        assert [each.code for each in discord.gateway.closes] == [1000]
        assert bot.stdout == []
        assert all(line.startswith("{") for line in bot.stderr), bot.output  # nothing but the log


def test_told_to_end_while_an_index_is_built_it_ends_the_build_and_says_so(tmp_path: Path) -> None:
    asyncio.run(_end_while_building(tmp_path))


async def _end_while_building(folder: Path) -> None:
    async with Bench(folder) as bench:
        bench.desk.write("new.txt", "The red tram stops at the harbour.")
        with bench.held("passages"):
            rebuilt = await bench.discord.command(bench.guild.owner, bench.general, "reindex")
            await rebuilt.answer(when=lambda message: message.content.startswith("The index is being"))
            builder = await bench.builder()
            assert await bench.bot.terminate() == 0
            with pytest.raises(ProcessLookupError):
                os.kill(builder, 0)
        message = await rebuilt.answer()
        assert message.content.startswith("The build failed, and the index stays as it was"), message.content
        assert all(line.startswith("{") for line in bench.bot.stderr), bench.bot.output


# How it is watched


def test_health_and_figures_are_told_over_http_and_health_is_good_only_when_it_can_answer(tmp_path: Path) -> None:
    asyncio.run(_watched(tmp_path))


async def _watched(folder: Path) -> None:
    async with Bench(folder, indexed=False) as bench, aiohttp.ClientSession() as web:
        port = _free_port()
        await bench.begin_again("--metrics-port", str(port))
        await bench.bot.ready()

        async def look() -> tuple[int, Any]:
            async with web.get(f"http://127.0.0.1:{port}/healthz") as page:
                return page.status, await page.json()

        await bench.bot.line('"ready"')
        no_index = "There is no index in index yet; run: briefbot build"
        facts: dict[str, Any] = {"generation": None, "loading": False, "waiting": 0, "problem": no_index}
        assert await look() == (503, {**facts, "ready": True, "status": "unwell"})

        bench.desk.build()
        await bench.bot.line("generation 1 is taken up")
        facts = {"generation": 1, "loading": False, "waiting": 0}
        assert await look() == (200, {**facts, "ready": True, "status": "ok"})
        await bench.assert_answers()
        async with web.get(f"http://127.0.0.1:{port}/metrics") as page:
            figures = (await page.text()).splitlines()
        assert 'briefbot_questions_total{outcome="answered"} 1.0' in figures
        assert "briefbot_generation 1.0" in figures
        assert "briefbot_generation_swaps_total 1.0" in figures
        assert "briefbot_documents 3.0" in figures

        async with bench.discord.away():
            await bench.bot.line("Attempting a reconnect")
            assert await look() == (503, {**facts, "ready": False, "status": "unwell"})
        await bench.discord.ready()
        await bench.assert_answers()
        assert (await look())[0] == 200


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_the_log_is_json_and_holds_neither_the_token_nor_a_question_unless_that_is_set(tmp_path: Path) -> None:
    asyncio.run(_logged(tmp_path))


async def _logged(folder: Path) -> None:
    async with Bench(folder) as bench:
        asked = await bench.discord.command(bench.ada, bench.general, "ask", question=QUESTION)
        await asked.answer()
        said = await bench.discord.say(bench.bob, bench.general, QUESTION, mention_bot=True)
        await bench.discord.next_message(bench.general, said)
        lines = await _ended_log(bench)
        questions = [line for line in lines if line["message"] == "a question was asked"]
        assert [line["outcome"] for line in questions] == ["answered", "answered"]
        for secret in (TOKEN, asked.token, "cosmodrome", str(bench.ada.id)):
            assert secret not in bench.bot.output, secret

        bench.settings("[discord]\nlog_questions = true\n")
        await bench.restart()
        await bench.ask()
        questions = [line for line in await _ended_log(bench) if line["message"] == "a question was asked"]
        assert [line["question"] for line in questions] == [QUESTION]


async def _ended_log(bench: Bench) -> list[dict[str, Any]]:
    assert await bench.bot.terminate() == 0
    lines = [json.loads(line) for line in bench.bot.stderr]
    assert all({"time", "level", "logger", "message"} <= set(line) for line in lines)
    return lines
