"""Proves the stand-in for Discord with a tiny client of plain discord.py, in a process of its own."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from tests.discord.standin.contract import contract
from tests.discord.standin.interactions import Callback
from tests.discord.standin.limits import choice_reasons, house_reasons, message_reasons, modal_reasons
from tests.discord.standin.limits_commands import command_reasons
from tests.discord.standin.messages import COMPONENTS_V2, Upload
from tests.discord.standin.permissions import Permission
from tests.discord.standin.process import BotProcess
from tests.discord.standin.stage import Discord

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

TINY = "tests.discord.standin.tiny_client"
CALLBACKS, HOOKS = "POST /interactions/*", "* /webhooks/*"


class Play:
    """A Discord with one guild, one user, and the tiny bot."""

    def __init__(self, discord: Discord, bot: BotProcess) -> None:
        self.discord, self.bot = discord, bot
        self.ada = discord.world.user("Ada", locale="en-GB")
        self.team = discord.world.guild("Team", roles=["hr"], members=[self.ada])
        self.general = discord.world.channel(self.team, "general")

    async def echo(self, text: str) -> str:
        interaction = await self.discord.command(self.ada, self.general, "echo", text=text)
        return (await interaction.answer()).text


@asynccontextmanager
async def playing(**settings: Any) -> AsyncIterator[Play]:
    async with Discord(check_answers=True, **settings) as discord:
        bot = BotProcess(discord, discord.token, module=TINY)
        play = Play(discord, bot)
        async with bot:
            await bot.ready()
            yield play
        assert discord.state.wrong_answers == []


def played(scene: Callable[[Play], Awaitable[None]], **settings: Any) -> None:
    async def whole() -> None:
        async with playing(**settings) as play:
            await scene(play)

    asyncio.run(whole())


def test_commands_components_modals_and_files_make_the_round() -> None:
    played(_round)


async def _round(play: Play) -> None:
    discord, ada, general = play.discord, play.ada, play.general
    echo = await discord.command(ada, general, "echo", text="hello ", file=("a.txt", b"inside"), locale="de")
    message = await echo.answer()
    assert (message.text, message.labels, message.ephemeral) == ("hello inside", ["More", "Ask"], False)
    assert (await echo.acknowledged()).kind is Callback.MESSAGE
    assert 0 < (await echo.acknowledged()).seconds < 3

    picked = await discord.choose(ada, message, "B")
    assert (await picked.answer()).text == "picked b"
    more = await discord.click(ada, message, "More")
    assert (await more.answer()) is message
    assert [version.content for version in message.history] == ["hello inside", "more"]
    with pytest.raises(AssertionError, match="disabled"):
        await discord.click(ada, message, "More")

    asked = await discord.click(ada, message, "ask")
    told = await discord.submit(ada, asked, Why="because")
    assert ((await told.answer()).text, (await told.answer()).audience) == ("because / more", ada)

    late = await discord.command(ada, general, "late")
    answer = await late.answer()
    assert (answer.text, answer.file("whole.txt"), answer.ephemeral) == ("at last", b"whole", True)
    assert (await late.acknowledged()).kind is Callback.DEFERRED_MESSAGE
    shown = await discord.command(ada, general, "shown")
    assert (await shown.answer()).text == "**shown**\nbelow"
    offered = await discord.autocomplete(ada, general, "echo", focused="text", value="ab")
    assert offered == [{"name": "ab0", "value": "ab0"}, {"name": "ab1", "value": "ab1"}]
    discord.assert_clean()


def test_a_bot_without_the_intent_reads_only_what_is_said_to_it() -> None:
    played(_reading)


async def _reading(play: Play) -> None:
    discord, ada, general = play.discord, play.ada, play.general
    secret = await discord.say(ada, general, "not for bots")
    thread = discord.world.thread(general, "aside")
    await discord.announce(thread)
    said = await discord.say(ada, thread, "hello", mention_bot=True)
    reply = await discord.next_message(thread)
    assert (reply.text, reply.reference) == ("heard hello", said)
    again = await discord.say(ada, thread, "and now", reply_to=reply)
    assert (await discord.next_message(thread, after=again)).text == "heard and now"
    direct = discord.world.dm(ada)
    await discord.say(ada, direct, "psst")
    assert (await discord.next_message(direct)).text == "heard psst"
    quoted = await discord.context_menu(ada, general, "Quote this", secret)
    assert (await quoted.answer()).text == "quoted not for bots"
    assert [message.text for message in general.messages] == ["not for bots", "quoted not for bots"]
    discord.assert_clean()


def test_a_session_is_resumed_and_what_was_missed_comes_after() -> None:
    played(_resumed)


async def _resumed(play: Play) -> None:
    discord, gateway = play.discord, play.discord.gateway
    await discord.drop_gateway()
    missed = await discord.command(play.ada, play.general, "echo", text="missed")
    assert (await missed.answer()).text == "missed"
    await discord.request_reconnect()
    await discord.bell.until(lambda: len(gateway.resumes) == 2, "a second resume", 5)
    await discord.invalidate_session(resumable=True)
    await discord.bell.until(lambda: len(gateway.resumes) == 3, "a third resume", 5)
    assert (await play.echo("same session"), len(gateway.identifies)) == ("same session", 1)
    await discord.invalidate_session()
    await discord.ready()
    assert (await play.echo("new session"), len(gateway.identifies)) == ("new session", 2)
    assert await play.bot.terminate() == 0
    assert [closed.code for closed in gateway.closes] == [1006, 4000, 4000, 1000, 1000]


def test_faults_strike_and_discord_py_gets_over_those_it_can() -> None:
    played(_struck)


async def _struck(play: Play) -> None:
    discord = play.discord
    discord.fault(CALLBACKS, "429", retry_after=0.1)
    assert await play.echo("limited") == "limited"
    discord.fault("POST /channels/*", "429-global", retry_after=0.1)
    discord.fault("POST /channels/*", "slow", delay=0.1)
    await discord.say(play.ada, play.general, "you", mention_bot=True)
    assert (await discord.next_message(play.general)).text == "heard you"

    discord.fault("POST /channels/*", "lost-502")
    await discord.say(play.ada, play.general, "twice?", mention_bot=True)
    await discord.requested("POST", "/messages", times=4)
    await discord.bell.until(lambda: discord.requests[-1].status == 200, "the second try", 5)
    heard = [message for message in play.general.messages if message.text == "heard twice?"]
    assert len(heard) == 1, "a nonce makes the second try harmless"

    discord.fault(CALLBACKS, "refused")
    cut = await discord.command(play.ada, play.general, "echo", text="cut")
    await discord.bell.until(lambda: "refused" in [each.fault for each in discord.requests], "the cut", 5)
    assert cut.callback is None
    discord.fault(CALLBACKS, "lost")
    assert await play.echo("lost") == "lost"
    discord.fault(HOOKS, "503", html=False)
    late = await discord.command(play.ada, play.general, "late")
    assert (await late.answer()).text == "at last"
    discord.assert_clean()


def test_mistakes_are_refused_and_taken_down() -> None:
    played(_mistaken)


async def _mistaken(play: Play) -> None:
    discord = play.discord
    wrong = await discord.command(play.ada, play.general, "wrong")
    await play.bot.line("50035")
    assert (wrong.callback, [refusal.method for refusal in discord.refusals]) == (None, ["POST"])
    assert discord.requests_to("POST", "/callback")[-1].code == 50035
    with pytest.raises(AssertionError, match="callback"):
        discord.assert_clean()

    await discord.permit(play.general, play.team.everyone, deny=Permission.SEND_MESSAGES)
    await discord.permit(play.general, play.team.roles["briefbot"], deny=Permission.SEND_MESSAGES)
    await discord.say(play.ada, play.general, "may you?", mention_bot=True)
    await play.bot.line("50013")
    play.ada.takes_dms = False
    await discord.say(play.ada, discord.world.dm(play.ada), "hello?")
    await play.bot.line("50007")
    gone = discord.world.channel(play.team, "gone")
    await discord.announce(gone)
    await discord.say(play.ada, gone, "hello?", mention_bot=True)
    await discord.next_message(gone)
    await discord.delete_channel(gone)
    assert len(discord.refusals) == 1, "what the bot could not know is no mistake of its own"


def test_an_interaction_is_answered_once_and_in_time() -> None:
    played(_timed)


async def _timed(play: Play) -> None:
    discord = play.discord
    discord.fault(CALLBACKS, "slow", delay=0.2)
    echo = await discord.command(play.ada, play.general, "echo", text="too late")
    discord.clock.forward(4)
    await play.bot.line("10062")
    assert echo.callback is None
    discord.fault("PATCH /webhooks/*", "slow", delay=0.2)
    await discord.command(play.ada, play.general, "late")
    await discord.requested("PATCH", "@original")
    discord.clock.forward(15 * 60)
    await play.bot.line("50027")
    discord.fault(CALLBACKS, "lost-502")
    await discord.command(play.ada, play.general, "echo", text="once")
    await play.bot.line("40060")
    assert [refusal.reason for refusal in discord.refusals] == ["Interaction has already been acknowledged."]


def test_every_shard_gets_its_guilds() -> None:
    played(_sharded, shards=2)


async def _sharded(play: Play) -> None:
    discord, world = play.discord, play.discord.world
    other = world.guild("Other", members=[play.ada], shard=(1 - discord.gateway.shard(play.team), 2))
    await discord.join_guild(other)
    hall = world.channel(other, "hall")
    await discord.announce(hall)
    for channel in (play.general, hall):
        echo = await discord.command(play.ada, channel, "echo", text="there")
        assert (await echo.answer()).channel is channel
    await discord.leave_guild(other)
    assert sorted(each["shard"] for each in discord.gateway.identifies) == [[0, 2], [1, 2]]
    assert play.bot.memory.resident > play.bot.memory.anonymous > 2**20


def test_registered_commands_come_back_in_discords_form() -> None:
    played(_registered)


async def _registered(play: Play) -> None:
    (echo, *_) = await play.discord.registered()
    fixed = {key: echo[key] for key in ("name", "type", "contexts", "integration_types", "nsfw", "dm_permission")}
    assert fixed == {
        "name": "echo",
        "type": 1,
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
        "dm_permission": True,
    }
    assert [option["name"] for option in echo["options"]] == ["text", "file"]
    assert (echo["options"][0]["required"], "required" in echo["options"][1]) == (True, False)


@pytest.mark.parametrize(
    ("token", "more", "said"),
    [("wrong", (), "Improper token"), ("", ("members",), "privileged intents")],
    ids=["a wrong token", "an intent that is not allowed"],
)
def test_a_bot_that_may_not_come_in_ends(token: str, more: tuple[str, ...], said: str) -> None:
    async def whole() -> None:
        async with Discord() as discord, BotProcess(discord, token or discord.token, *more, module=TINY) as bot:
            assert await bot.exited() == 1
            assert said in bot.output

    asyncio.run(whole())


def test_a_discord_that_is_away_is_found_again() -> None:
    played(_away)


async def _away(play: Play) -> None:
    async with play.discord.away():
        await play.discord.bell.until(lambda: play.discord.gateway.attempts > 1, "a try to come back", 5)
    await play.discord.ready()
    assert await play.echo("back") == "back"


class Rest:
    """Asks the REST API as a bot without discord.py would."""

    def __init__(self, discord: Discord, session: aiohttp.ClientSession) -> None:
        self.discord, self._session = discord, session

    async def __call__(self, method: str, path: str, body: Any = None, code: int | None = None) -> Any:
        """Return the answer's body; `code` is the error that is expected."""
        headers = {"Authorization": f"Bot {self.discord.token}"}
        url = f"{self.discord.url}/api/v10{path}"
        async with self._session.request(method, url, json=body, headers=headers) as answer:
            said = await answer.json() if answer.status != 204 else None
            assert (said or {}).get("code") == code if isinstance(said, dict) else code is None
            return said


def asked(scene: Callable[[Rest], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with Discord(check_answers=True) as discord, aiohttp.ClientSession() as session:
            await scene(Rest(discord, session))
            assert (discord.state.wrong_answers, discord.state.crashes) == ([], [])

    asyncio.run(whole())


def quiet(content: str, **more: Any) -> dict[str, Any]:
    return {"content": content, "flags": 4, "allowed_mentions": {"parse": []}, **more}


def test_messages_need_a_channel_permissions_and_what_they_refer_to() -> None:
    asked(_posting)


async def _posting(rest: Rest) -> None:
    world = rest.discord.world
    channel = world.channel(world.guild("Team"), "general")
    path = f"/channels/{channel.id}/messages"
    first = await rest("POST", path, quiet("one", nonce="1", enforce_nonce=True))
    assert (await rest("POST", path, quiet("two", nonce="1", enforce_nonce=True)))["id"] == first["id"]
    assert (await rest("PATCH", f"{path}/{first['id']}", quiet("edited")))["content"] == "edited"
    reply = quiet("two", message_reference={"message_id": first["id"]})
    assert (await rest("POST", path, reply))["referenced_message"]["content"] == "edited"
    await rest("DELETE", f"{path}/{first['id']}")
    await rest("PATCH", f"{path}/{first['id']}", quiet("again"), code=10008)
    await rest("POST", path, reply, code=50035)
    loose = {"message_id": first["id"], "fail_if_not_exists": False}
    await rest("POST", path, quiet("three", message_reference=loose))
    world.overwrite(channel, world.bot, deny=Permission.SEND_MESSAGES)
    await rest("POST", path, quiet("four"), code=50013)
    world.overwrite(channel, world.bot, deny=Permission.VIEW_CHANNEL)
    await rest("GET", path, code=50001)
    channel.deleted = True
    await rest("POST", path, quiet("five"), code=10003)
    assert [message.text for message in channel.messages] == ["edited", "two", "three"]
    rest.discord.assert_clean()


def test_a_thread_needs_its_own_permission() -> None:
    asked(_in_threads)


async def _in_threads(rest: Rest) -> None:
    world = rest.discord.world
    guild = world.guild("Team", everyone=Permission.VIEW_CHANNEL, bot=Permission.SEND_MESSAGES)
    channel = world.channel(guild, "general")
    thread = world.thread(channel, "aside")
    await rest("POST", f"/channels/{channel.id}/messages", quiet("here"))
    await rest("POST", f"/channels/{thread.id}/messages", quiet("there"), code=50013)
    world.overwrite(channel, guild.everyone, allow=Permission.SEND_MESSAGES_IN_THREADS)
    await rest("POST", f"/channels/{thread.id}/messages", quiet("there"))
    secret = world.thread(channel, "secret", private=True)
    await rest("POST", f"/channels/{secret.id}/messages", quiet("there"), code=50001)
    post = world.thread(world.forum(guild, "forum"), "post")
    assert (await rest("GET", f"/channels/{post.id}"))["type"] == 11
    await rest("POST", f"/channels/{world.forum(guild, 'forum').id}/messages", quiet("there"), code=50008)


def test_commands_keep_their_ids_and_change_their_versions() -> None:
    asked(_registering)


async def _registering(rest: Rest) -> None:
    path = f"/applications/{rest.discord.world.application_id}/commands"
    ask = {"name": "ask", "description": "Ask", "name_localizations": {"de": "frage"}}
    (first,) = await rest("PUT", path, [ask])
    (same,) = await rest("PUT", path, [ask])
    (other,) = await rest("PUT", path, [{**ask, "description": "Ask me"}])
    assert (same, other["id"]) == (first, first["id"])
    assert int(other["version"]) > int(first["version"])
    assert "name_localizations" not in (await rest("GET", path))[0]
    assert (await rest("GET", f"{path}?with_localizations=true"))[0]["name_localizations"] == {"de": "frage"}
    await rest("PUT", path, [ask, ask], code=50035)
    await rest("PUT", path, [{**ask, "name": "Ask"}], code=50035)
    await rest("GET", "/applications/none/commands", code=0)
    assert len(rest.discord.refusals) == 3


def buttons(rows: int, each: int, label: str = "x") -> list[dict[str, Any]]:
    def button(row: int, place: int) -> dict[str, Any]:
        return {"type": 2, "style": 1, "label": label, "custom_id": f"{row}.{place}"}

    return [{"type": 1, "components": [button(row, place) for place in range(each)]} for row in range(rows)]


def texts(*texts: str) -> dict[str, Any]:
    return {"components": [{"type": 10, "content": text} for text in texts], "flags": COMPONENTS_V2}


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"content": "x" * 2000}, False),
        ({"content": "x" * 2001}, True),
        ({"content": "😀" * 1001}, True),
        ({"content": ""}, True),
        ({"content": " \n"}, True),
        ({"components": buttons(5, 5)}, False),
        ({"components": buttons(6, 1)}, True),
        ({"components": buttons(1, 6)}, True),
        ({"components": buttons(1, 1, "x" * 81)}, True),
        ({"components": [*buttons(1, 1), *buttons(1, 1)]}, True),
        (texts(*["x" * 100] * 40), False),
        (texts(*["x"] * 41), True),
        (texts("x" * 4001), True),
        (texts("漢" * 3166), False),
        (texts("漢" * 3167), True),
        ({**texts("x"), "content": "y"}, True),
        ({"embeds": [{"description": "x" * 4096}]}, False),
        ({"embeds": [{"description": "x" * 4097}]}, True),
    ],
)
def test_messages_are_held_to_discords_limits(body: dict[str, Any], wrong: bool) -> None:
    assert bool(message_reasons(body, {}, body.get("flags", 0))) is wrong


def test_files_are_held_to_discords_limits() -> None:
    large = Upload("a", b"x" * (10 * 1024 * 1024 + 1))
    assert message_reasons({}, {"files[0]": large}, 0) == ["files[0] is larger than 10 MiB"]
    many = {f"files[{i}]": Upload("a", b"") for i in range(11)}
    assert message_reasons({}, many, 0) == ["11 files; 10 are allowed"]


def test_modals_and_choices_are_held_to_discords_limits() -> None:
    text = {"type": 4, "custom_id": "a", "style": 1, "placeholder": "x" * 100}
    modal = {"custom_id": "m", "title": "x" * 45, "components": [{"type": 18, "label": "x" * 45, "component": text}]}
    assert modal_reasons(modal) == []
    assert len(modal_reasons({**modal, "title": "x" * 46})) == 1
    assert len(modal_reasons({**modal, "components": [{"type": 18, "label": "x" * 46, "component": text}]})) == 1
    assert choice_reasons([{"name": "x" * 100, "value": "y"}] * 25) == []
    assert len(choice_reasons([{"name": "x", "value": "y"}] * 26)) == 1
    assert len(choice_reasons([{"name": "", "value": "y" * 101}])) == 2


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, False),
        ({"name": "Ask"}, True),
        ({"name": "größe-1"}, False),
        ({"description": "x" * 101}, True),
        ({"name_localizations": {"de": "zwei worte"}}, True),
        ({"name_localizations": {"xx": "frage"}}, True),
        ({"type": 3, "description": ""}, False),
        ({"options": [{"type": 3, "name": "a", "description": "b", "max_length": 6001}]}, True),
        ({"description_localizations": dict.fromkeys(["de", "fr"], "x" * 100)}, False),
        ({"options": [{"type": 3, "name": f"o{i}", "description": "x" * 100} for i in range(26)]}, True),
    ],
)
def test_commands_are_held_to_discords_limits(change: dict[str, Any], wrong: bool) -> None:
    assert bool(command_reasons({"name": "ask", "description": "Ask", **change})) is wrong


def test_of_all_texts_of_a_command_the_longest_localisations_count() -> None:
    choices = [{"name": "x" * 100, "value": "y" * 100}] * 25
    option = {"type": 3, "name": "o", "description": "d", "choices": choices}
    assert command_reasons({"name": "ask", "description": "d", "options": [option]}) == []
    two = [option, {**option, "name": "p"}]
    assert command_reasons({"name": "ask", "description": "d", "options": two}) == [
        "/ask: 10008 characters in all; 8000 are allowed"
    ]


def test_the_house_wants_no_pings_and_no_embeds() -> None:
    body = quiet("x")
    assert house_reasons(body, 4, creating=True) == []
    assert house_reasons(body, 0, creating=False) == []
    assert house_reasons(body, 0, creating=True) == ["embeds are not suppressed"]
    assert len(house_reasons({"content": "x"}, 4, creating=True)) == 1
    assert len(house_reasons({**body, "allowed_mentions": {"parse": [], "replied_user": True}}, 4, creating=True)) == 1


@pytest.mark.skipif(contract() is None, reason="Discord's own API document is not at hand")
def test_requests_are_held_to_discords_own_document() -> None:
    known = contract()
    assert known is not None
    original = known.find("PATCH", "/webhooks/1/token/messages/@original")
    assert original is not None
    assert original.path.endswith("@original")
    assert original.reasons({"content": "x", "components": buttons(1, 1)}) == []
    assert original.reasons({"content": 7}) == ["$.content: 7 is not of type 'string', 'null'"]
    assert original.wrong_answers(200, {"id": "1"}) != []
    assert known.find("GET", "/channels/general/messages") is None
