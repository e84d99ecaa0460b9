"""Rights that change while the bot runs, places it was not told of, and ways round the rules that one might try."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from tests.discord.secrecy import PAPERS, PATIENCE, Archive, Paper, may_know
from tests.discord.standin.upheaval import GUILDS as GUILD_EVENTS
from tests.discord.test_access_matrix import Cell, clause, shown, tickets, told

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.discord.standin.messages import Message
    from tests.discord.standin.world import Channel, User

NOTHING = "Not in the documents"
TULIPS = "Who planted tulips beside the northern wall of the orchard?"


def paper(kind: str, guild: str = "", channel: str = "", role: str = "") -> Paper:
    """Return the first paper that is for those."""
    wanted = (kind, guild, channel, role)
    return next(each for each in PAPERS if (each.kind, each.guild, each.channel, each.role) == wanted and not each.twin)


COMMONS, ALPHA, BETA = paper("commons"), paper("guild", "alpha"), paper("guild", "beta")
RED, BLUE, BETA_BLUE = (
    paper("role", "alpha", "", "red"),
    paper("role", "alpha", "", "blue"),
    paper("role", "beta", "", "blue"),
)
HALL, HALL_RED = paper("channel", "alpha", "hall"), paper("both", "alpha", "hall", "red")
ALL = [COMMONS, ALPHA, BETA, RED, BLUE, BETA_BLUE, HALL, HALL_RED]


async def whole(archive: Archive, user: User, answer: Message) -> set[Paper]:
    """Return the papers of an answer with all that More brings to somebody."""
    return shown(await Cell(archive, "", "", "").all_of(answer, user))


async def all_in(archive: Archive, user: User, channel: Channel, papers: Iterable[Paper], **options: Any) -> set[Paper]:
    """Return the papers that somebody is shown of those that he asks for, with all that More brings."""
    answer = await archive.use(user, channel, "ask", question=clause(papers), **options)
    return await whole(archive, user, answer) & set(papers)


def test_private_messages_show_what_the_roles_of_now_allow_and_nothing_to_strangers(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Archive(tmp_path) as archive:
            world, alpha, beta = archive.discord.world, archive.guilds["alpha"], archive.guilds["beta"]
            traveller, stranger, left = map(world.user, ("traveller", "stranger", "left"))
            alpha.add(traveller, "red")
            beta.add(traveller, "blue")
            alpha.add(left, "red")
            del alpha.members[left.id]
            for user, expected in [
                (traveller, {COMMONS, ALPHA, BETA, RED, BETA_BLUE}),
                (archive.people["alpha", "nobody"], {COMMONS, ALPHA}),
                (archive.people["alpha", "admin"], {COMMONS, ALPHA}),
                (archive.people["beta", "owner"], {COMMONS, BETA}),
                (stranger, set()),
                (left, set()),
            ]:
                dm = world.dm(user)
                reply = await archive.write(user, clause(ALL))
                assert await whole(archive, user, reply) & set(ALL) == expected, user
                assert await all_in(archive, user, dm, ALL) == expected
                assert await all_in(archive, user, dm, ALL, private=True) == expected
                mine = {each for each in PAPERS if may_know(each, archive.alone(user))}
                status = told(await archive.use(user, dm, "status"))
                assert f"Documents: {len(mine)} " in status
                choices = await archive.discord.autocomplete(
                    user, dm, "ask", focused="document", value=RED.stem, question="?"
                )
                assert (RED.stem in json.dumps(choices)) == (RED in expected)
                menu = await archive.discord.context_menu(user, dm, "Answer from the documents", reply)
                await menu.answer(PATIENCE)
                for name in ("sources", "help", "privacy"):
                    await archive.use(user, dm, name)
            archive.ear.listen()
            await archive.discord.leave_guild(alpha)
            for who in ("owner", "blue"):
                reply = await archive.write(archive.people["alpha", who], clause(ALL))
                assert shown(reply.content) == set()
            archive.ear.assert_quiet()

    asyncio.run(scenario())


def test_a_role_that_was_taken_shows_nothing_more_behind_any_button(tmp_path: Path) -> None:
    async def scenario() -> None:
        archive = Archive(tmp_path, '[discord]\nfeedback = "feedback.jsonl"\n')
        async with archive:
            red, hall = archive.people["alpha", "red"], archive.places["alpha", "hall"]
            answer = await archive.use(red, hall, "ask", question=clause([RED]))
            many = await archive.use(red, hall, "ask", question=clause([RED, HALL_RED]))
            within = await archive.use(red, hall, "ask", question=clause([RED]), document=RED.folder, private=True)
            page = await archive.use(red, hall, "source", document=RED.name)
            listed = await archive.use(red, hall, "sources", document=RED.name)
            assert all(RED in shown(told(each)) for each in (answer, within, page, listed))
            archive.ear.listen()
            await archive.discord.set_roles(archive.guilds["alpha"], red)
            before = len(hall.messages)
            for message in (answer, many, within, page, listed):
                for label in message.labels:
                    if label != "Not helpful":
                        pressed = await archive.press(red, message, label)
                        assert not shown(told(pressed)) & {RED, HALL_RED}, label
            assert not [each for each in hall.messages[before:] if not each.ephemeral]  # nothing was shared
            asked = await archive.discord.click(red, answer, "Not helpful")
            await (await archive.discord.submit(red, asked, {"reason": "no"})).answer(PATIENCE)
            assert await all_in(archive, red, hall, [RED, HALL_RED, HALL], private=True) == {HALL}
            assert RED.name not in (tmp_path / "feedback.jsonl").read_text("utf-8")
            archive.ear.assert_quiet()

    asyncio.run(scenario())


def test_what_is_public_is_pressed_by_each_with_his_own_rights_even_at_the_edge_of_a_document(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Archive(tmp_path) as archive:
            hall = archive.places["alpha", "hall"]
            nobody, every = archive.people["alpha", "nobody"], archive.people["alpha", "all"]
            public = await archive.use(every, hall, "ask", question=clause([COMMONS]), private=False)
            for ticket in tickets(archive, RED):
                if ticket.reference is not None and ticket.action == "context":
                    for number in (0, 1, 3, 4, 1_000_000):
                        moved = type(ticket)(
                            "context",
                            type(ticket.reference)(ticket.reference.document, ticket.reference.words, number, 0, 10**6),
                        )
                        for user, sees in ((nobody, False), (every, True)):
                            got = await (await archive.discord.press(user, public, str(moved))).answer(PATIENCE)
                            assert (RED in shown(told(got))) == sees
                            assert shown(told(got)) <= {RED}
            archive.ear.assert_quiet()

    asyncio.run(scenario())


def test_of_two_documents_with_the_same_words_only_the_visible_one_is_ever_hinted_at(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Archive(tmp_path) as archive:
            seen, hidden = (each for each in PAPERS if each.twin)
            hall = archive.places["alpha", "hall"]
            nobody, red = archive.people["alpha", "nobody"], archive.people["alpha", "red"]
            answer = await archive.use(nobody, hall, "ask", question=TULIPS, private=True)
            assert shown(answer.content) == {seen}
            assert hidden not in await whole(archive, nobody, answer)
            both = await archive.use(red, hall, "ask", question=TULIPS, private=True)
            assert {seen, hidden} <= await whole(archive, red, both)
            related = await archive.use(nobody, hall, "ask", question="submarine zebra quasar", private=True)
            assert NOTHING in related.content
            assert hidden not in await whole(archive, nobody, related)
            archive.ear.assert_quiet()

    asyncio.run(scenario())


def test_what_may_not_be_seen_is_answered_as_if_it_did_not_exist(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Archive(tmp_path) as archive:
            user, hall = archive.people["alpha", "nobody"], archive.places["alpha", "hall"]
            absent = Paper(999, "unplaced")
            for hidden, private in ((RED, True), (RED, False), (BETA, True), (paper("unplaced"), True)):
                said = [
                    [
                        told(await archive.use(user, hall, name, **options)).replace(word, "…")
                        for word in (each.name, each.folder, each.stem)
                        for name, options in (
                            ("ask", {"question": "What is it?", "document": word, "private": private}),
                            ("sources", {"document": word}),
                            ("source", {"document": word}),
                        )
                    ]
                    for each in (hidden, absent)
                ]
                assert said[0] == said[1]
                authors = [
                    told(await archive.use(user, hall, "ask", question="?What", author=name, private=True))
                    for name in (f"Author {hidden.secret}", f"Author {absent.secret}")
                ]
                assert authors[0].replace(hidden.secret, absent.secret) == authors[1]
            red = archive.people["alpha", "red"]
            chosen = await archive.use(red, hall, "ask", question="What is it?", document=RED.name, private=False)
            assert RED.stem not in chosen.content  # his own choice from a list that others do not get
            archive.ear.assert_quiet()

    asyncio.run(scenario())


def test_an_earlier_private_question_is_in_nobody_elses_conversation(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Archive(tmp_path) as archive:
            hall = archive.places["alpha", "hall"]
            nobody, red, blue = (archive.people["alpha", who] for who in ("nobody", "red", "blue"))
            await archive.use(red, hall, "ask", question=clause([RED]), private=True)
            await archive.use(red, hall, "ask", question=clause([HALL_RED]))
            await archive.use(red, hall, "ask", question=clause([HALL]), private=False)
            await archive.use(blue, hall, "ask", question="What about it, blue?", private=True)
            await archive.use(nobody, hall, "ask", question="What about it, all?", private=False)
            said = await archive.discord.say(nobody, hall, "What about it, then?", mention_bot=True)
            await archive.discord.next_message(hall, after=said, within=PATIENCE)
            await archive.use(red, hall, "ask", question="What about it, red?", private=True)
            lines = (tmp_path / "notes").read_text("utf-8").splitlines()
            history = {note["question"]: json.dumps(note["history"]) for note in map(json.loads, lines)}
            assert shown(history["What about it, blue?"]) == set()
            assert shown(history["What about it, all?"]) == {HALL}
            assert HALL in shown(history["What about it, then?"])
            assert not shown(history["What about it, then?"]) & {RED, HALL_RED}
            assert shown(history["What about it, red?"]) == {RED, HALL_RED}
            assert RED.stem not in history["What about it, then?"]
            archive.ear.assert_quiet()

    asyncio.run(scenario())


def test_a_guild_that_no_rule_names_learns_nothing_nor_does_a_thread_the_bot_was_not_told_of(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Archive(tmp_path) as archive:
            world = archive.discord.world
            alpha, hall = archive.guilds["alpha"], archive.places["alpha", "hall"]
            boss, red = world.user("boss"), archive.people["alpha", "red"]
            delta = archive.guilds["delta"] = world.guild("delta", roles=["red"], members=[boss])
            delta.add(boss, "red")
            delta.members[boss.id].roles.append(alpha.roles["red"])  # no such role is there, whatever is claimed
            archive.guilds["beta"].members[boss.id] = type(delta.members[boss.id])(boss, [alpha.roles["red"]])
            room = world.channel(delta, "hall")
            await archive.discord.join_guild(delta)
            for who, where, expected in [
                (boss, room, set()),
                (delta.owner, room, set()),
                (boss, archive.places["beta", "hall"], {COMMONS, BETA}),
            ]:
                for private in (True, False):
                    assert await all_in(archive, who, where, ALL, private=private) == expected
                assert await all_in(archive, who, where, ALL) == expected
                said = await archive.discord.say(who, where, clause(ALL), mention_bot=True)
                reply = await archive.discord.next_message(where, after=said, within=PATIENCE)
                assert shown(told(reply)) & set(ALL) <= expected
                for name in ("status", "sources", "help"):
                    assert shown(told(await archive.use(who, where, name))) <= set(PAPERS)
            untold = world.thread(hall, "untold", members=[red, world.bot])
            archive.places["alpha", "untold"] = untold
            for private in (True, False):
                await all_in(archive, red, untold, [*ALL], private=private)
            said = await archive.discord.say(red, untold, clause(ALL), mention_bot=True)
            await archive.discord.next_message(untold, after=said, within=PATIENCE)
            archive.ear.assert_quiet()

    asyncio.run(scenario())


def test_an_answer_that_comes_too_late_for_its_reader_is_not_said_aloud(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Archive(tmp_path) as archive:
            hall, red = archive.places["alpha", "hall"], archive.people["alpha", "red"]
            with archive.held("questions"):
                asked = await archive.discord.command(red, hall, "ask", question=clause([RED]))
                aloud = await archive.discord.command(red, hall, "ask", question=clause([HALL, RED]), private=False)
                await asked.acknowledged(PATIENCE)
                await aloud.acknowledged(PATIENCE)
                archive.discord.clock.forward(16 * 60)
            public = await archive.discord.next_message(hall, within=PATIENCE)
            hint = await archive.discord.next_message(archive.discord.world.dm(red), within=PATIENCE)
            assert HALL in shown(public.content)
            assert shown(hint.content) == set()
            archive.ear.assert_quiet()

    asyncio.run(scenario())


def test_where_answers_are_not_public_none_is_whatever_is_wished(tmp_path: Path) -> None:
    async def scenario() -> None:
        archive = Archive(tmp_path)
        hall, lab, cellar = (archive.places["alpha", place] for place in ("hall", "lab", "cellar"))
        text = (tmp_path / "briefbot.toml").read_text("utf-8")
        listed = text.replace("[discord]\n", f"[discord]\npublic_channels = [{hall.id}]\n", 1)
        (tmp_path / "briefbot.toml").write_text(listed, "utf-8")
        async with archive:
            every = archive.people["alpha", "all"]
            for where, public in (
                (hall, True),
                (archive.places["alpha", "thread"], True),
                (lab, False),
                (cellar, False),
            ):
                answer = await archive.use(every, where, "ask", question=clause([COMMONS]), private=False)
                assert (answer.audience is None) == public
                said = await archive.discord.say(every, where, clause([COMMONS]), mention_bot=True)
                reply = await archive.discord.next_message(where, after=said, within=PATIENCE)
                assert (COMMONS in shown(reply.content)) == public
                private = await archive.use(every, where, "ask", question=clause([COMMONS]), private=True)
                before = len(where.messages)
                await archive.press(every, private, "Share")
                assert any(COMMONS in shown(each.content) for each in where.messages[before:]) == public
            archive.ear.assert_quiet()

    asyncio.run(scenario())


def test_the_report_of_a_build_names_only_what_everybody_there_may_see(tmp_path: Path) -> None:
    async def scenario() -> None:
        archive = Archive(tmp_path)
        alpha, red = archive.guilds["alpha"], archive.people["alpha", "red"]
        text = (tmp_path / "briefbot.toml").read_text("utf-8")
        named = text.replace("[discord]\n", f"[discord]\nhome = [{alpha.id}]\noperators = [{red.id}]\n", 1)
        (tmp_path / "briefbot.toml").write_text(named, "utf-8")
        hidden = next(each for each in PAPERS if each.kind == "role" and each.number % 3 == 0)
        assert COMMONS.number % 3 == 0  # their rules name folders
        async with archive:
            archive.desk.write(f"{COMMONS.folder}/added.md", "A text that all may see.")
            archive.desk.write(f"{hidden.folder}/{hidden.stem}-added.md", "A text that few may see.")
            archive.desk.write(f"{paper('unplaced').folder}/added.md", "A text that nobody may see.")
            archive.desk.write(f"{hidden.folder}/{hidden.stem}-broken.pdf", "no PDF")
            archive.desk.write(f"{COMMONS.folder}/broken.pdf", "no PDF")
            archive.desk.write(HALL_RED.name, HALL_RED.text + "\nOne more thing.\n")
            (archive.desk.corpus / BETA.name).unlink()
            hall = archive.places["alpha", "hall"]
            started = await archive.discord.command(red, hall, "reindex")
            report = await started.answer(PATIENCE, when=lambda message: "new index is in use" in message.content)
            assert report.audience is None
            assert [line for line in report.content.splitlines() if line[0].isupper()] == [
                "The new index is in use.",
                "Added: 1",
                "Could not be read: 1",
            ]
            for guild, who in (("alpha", "admin"), ("alpha", "owner"), ("beta", "owner")):
                user, where = archive.people[guild, who], archive.places[guild, "hall"]
                assert "Only operators" in told(await archive.use(user, where, "reindex"))
            archive.ear.assert_quiet()

    asyncio.run(scenario())


def test_without_rules_only_the_first_guild_sees_anything_whoever_joins_or_is_renamed(tmp_path: Path) -> None:
    async def scenario() -> None:
        archive = Archive(tmp_path, ruled=False)
        archive.guilds["gamma"].present = False
        async with archive:
            for guild in ("alpha", "beta"):
                await sees(archive, guild, everything=guild == "alpha")
            await archive.discord.join_guild(archive.guilds["gamma"])
            for guild in ("alpha", "beta", "gamma"):
                await sees(archive, guild, everything=guild == "alpha")
            for name in ("alpha", "beta"):
                renamed = archive.guilds[name]
                event = {"id": str(renamed.id), "name": f"new {name}", "owner_id": str(renamed.owner.id), "roles": []}
                await archive.discord.state.gateway.dispatch(renamed, "GUILD_UPDATE", event, intent=GUILD_EVENTS)
                await sees(archive, name, everything=name == "alpha")
            archive.ear.assert_quiet()

    asyncio.run(scenario())


async def sees(archive: Archive, guild: str, *, everything: bool) -> None:
    """Assert that a guild's people see everything, or nothing at all, in a channel and by themselves."""
    user, hall = archive.people[guild, "admin"], archive.places[guild, "hall"]
    for where in (hall, archive.discord.world.dm(user)):
        assert await all_in(archive, user, where, [RED, BETA]) == ({RED, BETA} if everything else set())
        assert f"Documents: {len(PAPERS) if everything else 0} " in told(await archive.use(user, where, "status"))
    reply = await archive.write(user, clause([RED]))
    assert (RED in shown(reply.content)) == everything


def test_while_not_every_shard_has_told_of_its_guilds_no_later_guild_is_taken_for_the_first(tmp_path: Path) -> None:
    async def scenario() -> None:
        archive = Archive(tmp_path, ruled=False, shards=2)
        archive.guilds["gamma"].present = False
        beta, hall = archive.guilds["beta"], archive.places["beta", "hall"]
        async with archive.discord:
            async with archive.new_bot(STANDIN_IDENTIFY_PAUSE="3") as archive.bot:
                gateway = archive.discord.gateway
                await archive.discord.bell.until(
                    lambda: [each for each in gateway.sessions if each.ready and each.shard == 0], "a shard", PATIENCE
                )
                said = await archive.discord.say(beta.owner, hall, clause([RED]), mention_bot=True)
                reply = await archive.discord.next_message(hall, after=said, within=PATIENCE)
                assert shown(reply.content) == set()
                await archive.bot.ready(PATIENCE)
                for guild in ("alpha", "beta"):
                    await sees(archive, guild, everything=guild == "alpha")
                archive.ear.assert_quiet()
            archive.discord.assert_clean()

    asyncio.run(scenario())
