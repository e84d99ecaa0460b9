"""Nothing reaches anybody who may not see it: three guilds, their channels and roles, every way to an answer."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.desk import Desk
from tests.discord.secrecy import GUILDS, PAPERS, PATIENCE, PEOPLE, PLACES, Archive, Paper, Reader, may_know

from briefbot.discord.tickets import Narrowing, Ticket
from briefbot.index.store import open_current
from briefbot.model import Scope
from briefbot.serving.references import Reference, hash_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.discord.standin.messages import Message
    from tests.discord.standin.world import Channel, User

    from briefbot.discord.tickets import Action

AT_ONCE = 12  # cells of the matrix
MENU = "Answer from the documents"
WHO = ("red", "nobody", "admin", "all", "red", "owner")  # in each place of the short matrix
SHORT = [("alpha", place, who) for place, who in zip(PLACES, WHO, strict=True)]


def clause(papers: Iterable[Paper]) -> str:
    """Return a question that the clauses of these papers answer, and that holds none of their secrets."""
    return f"What says the {' '.join(paper.stem for paper in papers)} clause?"


def shown(text: str) -> set[Paper]:
    """Return the papers whose secrets stand in a text."""
    return {paper for paper in PAPERS if paper.secret in text.lower()}


def told(message: Message) -> str:
    """Return all of a message: text, names and words of its files."""
    return " ".join([message.text, *(file.content.decode("utf-8") for file in message.attachments)])


@dataclass(frozen=True)
class Cell:
    """Somebody in a place of a guild, with the papers that he asks for there."""

    archive: Archive
    guild: str
    place: str
    who: str

    @property
    def user(self) -> User:
        return self.archive.people[self.guild, self.who]

    @property
    def channel(self) -> Channel:
        return self.archive.places[self.guild, self.place]

    @property
    def mine(self) -> set[Paper]:
        return {paper for paper in PAPERS if may_know(paper, [self.archive.reader(self.user, self.channel)])}

    @property
    def everybodys(self) -> set[Paper]:
        return {paper for paper in PAPERS if may_know(paper, [self.archive.crowd(self.channel)])}

    @property
    def asked(self) -> list[Paper]:
        """Up to three papers that everybody may see, three that only he may, and two that he may not."""
        public = [paper for paper in PAPERS if paper in self.everybodys and not paper.twin]
        own = [paper for paper in PAPERS if paper in self.mine - self.everybodys and not paper.twin]
        hidden = [paper for paper in PAPERS if paper not in self.mine and not paper.twin]
        turn = PLACES.index(self.place) + list(PEOPLE).index(self.who)
        return [*public[-3:], *own[-3:], hidden[turn % len(hidden)], hidden[(7 * turn + 3) % len(hidden)]]

    @property
    def forbidden(self) -> Paper:
        return self.asked[-1]

    async def use(self, name: str, **options: Any) -> Message:
        used = await self.archive.discord.command(self.user, self.channel, name, **options)
        return await used.answer(PATIENCE)

    async def all_of(self, answer: Message, user: User | None = None) -> str:
        """Return an answer with all that More brings to somebody."""
        found, message = [told(answer)], answer
        while more := next((label for label in message.labels if label.startswith("More")), None):
            message = await self.click(message, more, user)
            found.append(told(message))
        return " ".join(found)

    async def click(self, message: Message, label: str, user: User | None = None) -> Message:
        pressed = await self.archive.discord.click(user or message.audience or self.user, message, label)
        return await pressed.answer(PATIENCE)

    async def choices(self, typed: str) -> str:
        offered = await self.archive.discord.typed(
            self.user, self.channel, "ask", focused="document", value=typed, question="?"
        )
        await offered.acknowledged(PATIENCE)
        return json.dumps(offered.choices).lower()

    async def tour(self) -> None:
        """Go every way to an answer."""
        await self.ask()
        await self.narrow()
        await self.read()
        await self.speak()
        await self.forge()

    async def ask(self) -> None:
        question, asked = clause(self.asked), set(self.asked)
        private = await self.use("ask", question=question, private=True)
        assert private.audience is self.user
        assert shown(await self.all_of(private)) >= asked & self.mine
        public = await self.use("ask", question=question, private=False)
        assert public.audience is None
        assert shown(await self.all_of(public)) & asked >= asked & self.everybodys
        unset = await self.use("ask", question=question)
        assert (unset.audience is self.user) == bool(self.archive.reader(self.user, self.channel).roles & COLOURS)
        await self.press(private, public)

    async def press(self, private: Message, public: Message) -> None:
        """Press what stands below an answer, also as somebody with fewer and with more roles."""
        for who in ("nobody", "all"):
            other = self.archive.people[self.guild, who]
            theirs = Cell(self.archive, self.guild, self.place, who)
            assert shown(await self.all_of(public, other)) >= set(self.asked) & self.everybodys
            for label in public.labels:
                if label.startswith(("Context", "Copy")):
                    found = await self.click(public, label, other)
                    assert found.audience is other
                    assert shown(told(found)) <= theirs.mine
        for label in private.labels:
            if label.startswith(("Context", "Copy", "Share")):
                await self.click(private, label)

    async def narrow(self) -> None:
        """Name a document or folder, by what is typed and by what is chosen."""
        allowed, hidden = self.asked[0], self.forbidden
        for paper in (allowed, hidden):
            for typed in (paper.name, paper.folder, paper.stem):
                offered = await self.choices(typed)
                assert (paper.stem in offered) == (paper in self.mine)
                one = await self.use("ask", question=clause([paper]), document=typed, private=True)
                assert (paper in shown(told(one))) == (paper in self.mine)
                everybody = await self.use("ask", question=clause([paper]), document=typed, private=False)
                assert (paper in shown(told(everybody))) == (paper in self.everybodys)

    async def read(self) -> None:
        """List and read documents, ask for help and for the state."""
        listed, message = "", await self.use("sources")
        listed += told(message)
        while "Next" in message.labels:
            message = await self.click(message, "Next")
            listed += told(message)
        assert {paper for paper in PAPERS if paper.stem in listed} == self.mine
        assert f"Documents:** {len(self.mine)} " in listed
        assert f"Documents: {len(self.mine)} " in told(await self.use("status"))
        examples = shown(told(await self.use("help")))
        assert examples
        assert examples <= self.mine
        for paper in (self.asked[0], self.forbidden):
            one = await self.use("sources", document=paper.name)
            assert (paper in shown(told(one))) == (paper in self.mine)
            first = await self.use("source", document=paper.name)
            assert (paper in shown(told(first))) == (paper in self.mine)
            await self.use("source", document=paper.stem, paragraph=2)
            for label in first.labels:
                await self.click(first, label)

    async def speak(self) -> None:
        """Mention the bot, reply to it with a ping, and open the menu on a message."""
        discord, asked = self.archive.discord, set(self.asked)
        said = await discord.say(self.user, self.channel, clause(self.asked), mention_bot=True)
        reply = await self.reply_to(said)
        assert shown(await self.all_of(reply)) & asked >= asked & self.everybodys
        again = await discord.say(self.user, self.channel, clause([self.forbidden]), reply_to=reply)
        assert self.forbidden not in shown(told(await self.reply_to(again))) or self.forbidden in self.everybodys
        opened = await discord.context_menu(self.user, self.channel, MENU, said)
        answer = await opened.answer(PATIENCE)
        assert answer.audience is self.user
        assert shown(await self.all_of(answer)) >= asked & self.mine

    async def reply_to(self, said: Message) -> Message:
        return await self.archive.discord.next_message(
            self.channel, within=PATIENCE, when=lambda message: message.reference is said
        )

    async def forge(self) -> None:
        """Press buttons that were never there: tickets for papers that others may see, on a message of this place."""
        public = await self.use("ask", question=clause(self.asked[:1]), private=False)
        for paper in {self.asked[0], self.asked[-3], self.forbidden}:  # the second is for his role alone, if for any
            for ticket in tickets(self.archive, paper):
                before = len(self.channel.messages)
                answer = await self.press_forged(public, ticket)
                expected = self.everybodys if ticket.action == "share" else self.mine
                visible = " ".join([told(answer), *(told(each) for each in self.posted(before, answer))])
                if ticket.action in {"context", "copy", "share", "read"}:
                    assert (paper in shown(visible)) == (paper in expected), ticket

    def posted(self, before: int, answer: Message) -> list[Message]:
        """Return what a press of Share has put into the channel."""
        nonce = str(answer.interaction.id) if answer.interaction else None
        return [message for message in self.channel.messages[before:] if message.nonce == nonce]

    async def press_forged(self, message: Message, ticket: Ticket) -> Message:
        pressed = await self.archive.discord.press(self.user, message, str(ticket))
        return await pressed.answer(PATIENCE)


COLOURS = frozenset(f"{guild}.{role}" for guild in GUILDS for role in ("red", "blue", "green"))


def tickets(archive: Archive, paper: Paper) -> list[Ticket]:
    """Return every kind of ticket that knows a paper, as it stands below an answer of somebody who may see it."""
    with open_current(archive.desk.index) as generation:
        texts = [passage.text for passage in generation.passages(paper.name)]
    number = min(2, len(texts))
    reference = Reference(hash_of(paper.name), hash_of(texts[number - 1]), number, 0, 3)
    actions: tuple[Action, ...] = ("context", "copy", "share", "helpful")
    place, folder = Narrowing(hash_of(paper.name)), Narrowing(hash_of(paper.folder))
    return [
        *(Ticket(action, reference) for action in actions),
        Ticket("read", None, 1, place),
        Ticket("sources", None, 0, folder),
        Ticket("more", None, 0, folder),
        Ticket("more", None, 0, place),
    ]


async def matrix(folder: Path, cells: list[tuple[str, str, str]]) -> None:
    async with Archive(folder) as archive:
        turn = asyncio.Semaphore(AT_ONCE)

        async def tour(*cell: str) -> None:
            async with turn:
                await Cell(archive, *cell).tour()

        async with asyncio.TaskGroup() as tours:
            for cell in cells:
                tours.create_task(tour(*cell))
        archive.ear.assert_quiet()


def test_no_way_to_an_answer_tells_anybody_what_he_may_not_see(tmp_path: Path) -> None:
    asyncio.run(matrix(tmp_path, SHORT))


@pytest.mark.slow
def test_nobody_in_any_place_of_any_guild_learns_what_he_may_not_see(tmp_path: Path) -> None:
    asyncio.run(matrix(tmp_path, [(guild, place, who) for guild in GUILDS for place in PLACES for who in PEOPLE]))


def test_an_answer_is_to_the_last_digit_what_it_were_without_the_documents_that_are_hidden(tmp_path: Path) -> None:
    nobody = [Reader("alpha", frozenset({"alpha.hall"}))]
    visible = [paper for paper in PAPERS if may_know(paper, nobody)]
    full, less = (Desk(make_folder(tmp_path / name)) for name in ("full", "less"))
    for desk, papers in ((full, PAPERS), (less, visible)):
        for paper in papers:
            desk.write(paper.name, paper.text)
        desk.build()
    scope = Scope(frozenset(paper.name for paper in visible))
    hidden = next(paper for paper in PAPERS if paper.kind == "role" and not paper.twin)
    questions = [
        "Who planted tulips beside the northern wall of the orchard?",
        f"What says the {hidden.stem} clause of {hidden.secret}?",
        f"What says the {visible[0].stem} clause, and {hidden.secret}?",
        "What was a quiet harbour town, forgotten by everyone?",
        "submarine zebra quasar",
        *(clause([paper, hidden]) for paper in visible),
    ]
    for question in questions:
        assert full.ask(question, k=10, scope=scope) == less.ask(question, k=10), question
        within = {"document": visible[0].folder}
        assert full.ask(question, k=10, scope=scope, **within) == less.ask(question, k=10, **within), question


def make_folder(path: Path) -> Path:
    path.mkdir()
    return path
