"""The stand-in as a test sees it: started and stopped, driven, waited for, and looked through afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from aiohttp import web
from tests.discord.standin.acting import Acting
from tests.discord.standin.contract import contract
from tests.discord.standin.gateway import Gateway
from tests.discord.standin.rest import application
from tests.discord.standin.state import Clock, Refusal, Request, State
from tests.discord.standin.upheaval import Upheaval
from tests.discord.standin.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.discord.standin.bell import Bell
    from tests.discord.standin.command_store import CommandStore, Definition
    from tests.discord.standin.messages import Message
    from tests.discord.standin.world import Channel

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"  # noqa: S105 - a made-up one of the right shape


class Discord(Acting, Upheaval):
    """A Discord on a port of this machine, for as long as the `async with` block lasts."""

    def __init__(
        self,
        world: World | None = None,
        *,
        token: str = TOKEN,
        shards: int = 1,
        heartbeat: float = 41.25,
        privileged: int = 0,
        check_answers: bool = False,
    ) -> None:
        self.world = world or World()
        self.state = State(self.world, token, shards, contract(), check_answers=check_answers)
        self.state.gateway = Gateway(self.state, heartbeat, privileged)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = application(self.state, self.gateway.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.world.address = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in list(self.gateway.connections):
            connection.cut()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        return self.world.address

    @property
    def token(self) -> str:
        return self.state.token

    @property
    def gateway(self) -> Gateway:
        return self.state.gateway

    @property
    def bell(self) -> Bell:
        return self.state.bell

    @property
    def clock(self) -> Clock:
        return self.state.clock

    @property
    def requests(self) -> list[Request]:
        return self.state.requests

    @property
    def refusals(self) -> list[Refusal]:
        """What Discord would have refused: empty where the bot makes no mistake."""
        return self.state.refusals

    @property
    def violations(self) -> list[Refusal]:
        """What Discord takes and the house does not: pings, embeds of links."""
        return self.state.violations

    @property
    def commands(self) -> CommandStore:
        return self.state.commands

    @property
    def messages(self) -> list[Message]:
        """All messages, ephemeral and deleted ones too, in the order in which they were made."""
        return list(self.world.messages.values())

    def requests_to(self, method: str, part: str) -> list[Request]:
        """Return the requests of a method whose path holds a part."""
        return [each for each in self.requests if each.method == method and part in each.path]

    def assert_clean(self) -> None:
        """Say what the bot did wrong, if it did."""
        wrong = [f"{each.method} {each.path}: {each.reason}" for each in [*self.refusals, *self.violations]]
        wrong += [f"the stand-in broke: {crash}" for crash in self.state.crashes]
        assert not wrong, "\n".join(wrong)

    async def ready(self, within: float = 30.0) -> None:
        """Wait until every shard has a session that has been told of its guilds."""

        def look() -> bool:
            shards = {each.shard for each in self.gateway.sessions if each.ready and each.connection is not None}
            return len(shards) == self.state.shards

        await self.bell.until(look, f"{self.state.shards} shards to be ready", within)

    async def registered(self, within: float = 30.0) -> list[Definition]:
        """Wait until the bot has registered global commands and return them."""
        return await self.bell.until(lambda: self.commands.all() or None, "commands to be registered", within)

    async def next_message(
        self,
        channel: Channel,
        after: Message | None = None,
        within: float = 10.0,
        when: Callable[[Message], bool] | None = None,
    ) -> Message:
        """Wait for a message of the bot that all see, after the given one or else after the last of anybody else."""
        bot = self.world.bot
        others = [each for each in channel.messages if each.author is not bot]
        start = after or (others[-1] if others else None)

        def look() -> Message | None:
            new = [each for each in channel.messages if start is None or each.id > start.id]
            seen = [each for each in new if each.author is bot and not each.ephemeral and not each.loading]
            return next((each for each in seen if when is None or when(each)), None)

        return await self.bell.until(look, f"a message of the bot in {channel.name or 'a DM'}", within)

    async def edited(self, message: Message, within: float = 10.0, *, versions: int | None = None) -> Message:
        """Wait until a message has one version more than now, or as many as `versions`."""
        wanted = versions or len(message.history) + 1
        await self.bell.until(lambda: len(message.history) >= wanted, f"edit {wanted - 1} of a message", within)
        return message

    async def deleted(self, message: Message, within: float = 10.0) -> None:
        await self.bell.until(lambda: message.deleted, "a message to be deleted", within)

    async def requested(self, method: str, part: str, within: float = 10.0, *, times: int = 1) -> Request:
        """Wait for the request of a method whose path holds a part; the one that makes it `times`."""
        what = f"{times} {method} …{part}"
        await self.bell.until(lambda: len(self.requests_to(method, part)) >= times, what, within)
        return self.requests_to(method, part)[times - 1]
