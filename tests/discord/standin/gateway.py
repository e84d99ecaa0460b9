"""The gateway: sessions that outlive their connections, what they missed, and what goes wrong with them on demand."""

from __future__ import annotations

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from aiohttp import WSCloseCode, WSMsgType, web
from tests.discord.standin.payloads import guild_create_json, member_json, user_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.discord.standin.state import State
    from tests.discord.standin.world import Guild

Json = dict[str, Any]
DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT = 0, 1, 2, 3, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, ACK = 8, 9, 10, 11
GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15  # members, presences, message content
ABNORMAL = 1006
BAD_TOKEN, BAD_SEQUENCE, BAD_SHARD, BAD_INTENTS = 4004, 4007, 4010, 4014


@dataclass(eq=False, slots=True)
class Dispatch:
    sequence: int
    name: str
    data: Any
    on_sent: Callable[[float], None] | None = None


@dataclass(eq=False, slots=True)
class Session:
    id: str
    shard: int
    intents: int
    sequence: int = 0
    log: list[Dispatch] = field(default_factory=list)
    connection: Connection | None = None
    ready: bool = False


class Connection:
    """One WebSocket, with the compression it asked for; what is sent through it stays in order."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse, compression: str | None) -> None:
        self.request, self.socket = request, socket
        self._compress = _compressor(compression)
        self._lock = asyncio.Lock()
        self.session: Session | None = None

    async def send(self, payload: Json, on_sent: Callable[[float], None] | None = None) -> None:
        """Send a payload; `on_sent` is told when its bytes are written."""
        text = json.dumps(payload)
        async with self._lock:
            if on_sent is not None:
                on_sent(perf_counter())
            try:
                if self._compress is None:
                    await self.socket.send_str(text)
                else:
                    await self.socket.send_bytes(self._compress(text.encode()))
            except ConnectionError:
                self.cut()

    def cut(self) -> None:
        """Break the connection without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()


def _compressor(name: str | None) -> Callable[[bytes], bytes] | None:
    if name == "zlib-stream":
        stream = zlib.compressobj()
        return lambda data: stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH)
    if name == "zstd-stream":
        return _zstd()
    return None


def _zstd() -> Callable[[bytes], bytes]:
    """Return a stream of the library that discord.py would take, too: zstandard, or else Python's own since 3.14."""
    try:
        import zstandard
    except ImportError:
        from compression import zstd

        own = zstd.ZstdCompressor()
        return lambda data: own.compress(data, mode=own.FLUSH_BLOCK)
    packer = zstandard.ZstdCompressor().compressobj()
    return lambda data: packer.compress(data) + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


@dataclass(frozen=True, slots=True)
class Closed:
    shard: int | None
    code: int
    at: float


class Gateway:
    """Everything a bot sees of the gateway, and what a test can look up and upset in it."""

    def __init__(self, state: State, heartbeat: float, allowed_privileged: int) -> None:
        self._state = state
        self.heartbeat = heartbeat
        self.allowed_privileged = allowed_privileged
        self.sessions: list[Session] = []
        self.connections: list[Connection] = []
        self.identifies: list[Json] = []
        self.resumes: list[Json] = []
        self.presences: list[Json] = []
        self.heartbeats = 0
        self.closes: list[Closed] = []  # the close codes of connections; 1006 where one was cut
        self.attempts = 0
        self.acknowledges = True  # whether heartbeats are answered
        self.refuse_identify: int | None = None  # a close code

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.attempts += 1
        if self._state.away:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=0, compress=False, autoping=True)
        await socket.prepare(request)
        connection = Connection(request, socket, request.query.get("compress"))
        self.connections.append(connection)
        try:
            await connection.send({"op": HELLO, "d": {"heartbeat_interval": int(self.heartbeat * 1000)}})
            await self._read(connection)
        except Exception as error:
            self._state.crashes.append(f"gateway: {error!r}")
            raise
        finally:
            self._ended(connection)
        return socket

    async def _read(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            payload = json.loads(message.data)
            await self._received(connection, payload["op"], payload.get("d"))

    def _ended(self, connection: Connection) -> None:
        self.connections.remove(connection)
        session = connection.session
        code = connection.socket.close_code or ABNORMAL
        self.closes.append(Closed(session.shard if session else None, int(code), perf_counter()))
        if session is not None and session.connection is connection:
            session.connection = None
            if code in {WSCloseCode.OK, WSCloseCode.GOING_AWAY}:  # Discord forgets a session that is closed so
                self.sessions.remove(session)
        self._state.bell.ring()

    async def _received(self, connection: Connection, op: int, data: Any) -> None:
        if op == HEARTBEAT:
            self.heartbeats += 1
            if self.acknowledges:
                await connection.send({"op": ACK})
        elif op == IDENTIFY:
            await self._identify(connection, data)
        elif op == RESUME:
            await self._resume(connection, data)
        elif op == PRESENCE:
            self.presences.append(data)
        elif op == REQUEST_MEMBERS and connection.session is not None:
            await self._members(connection.session, data)
        self._state.bell.ring()

    async def _identify(self, connection: Connection, data: Json) -> None:
        self.identifies.append(data)
        shard, shards = data.get("shard") or (0, 1)
        code = self._objection(data, shard, shards)
        if code is not None:
            await connection.socket.close(code=code, message=b"refused")
            return
        self.sessions = [each for each in self.sessions if each.connection is not None or each.shard != shard]
        session = Session(uuid4().hex, shard, data.get("intents", 0), connection=connection)
        connection.session = session
        self.sessions.append(session)
        guilds = [guild for guild in self._state.world.guilds.values() if guild.present and self.shard(guild) == shard]
        await self._dispatch(session, "READY", self._ready(session, guilds, shards))
        for guild in guilds:
            await self._to(session, "GUILD_CREATE", guild_create_json(guild, self._state.world.bot), GUILDS)
        session.ready = True

    def _objection(self, data: Json, shard: int, shards: int) -> int | None:
        if self.refuse_identify is not None:
            return self.refuse_identify
        if str(data.get("token", "")).removeprefix("Bot ") != self._state.token:
            return BAD_TOKEN
        if not 0 <= shard < shards:
            return BAD_SHARD
        return BAD_INTENTS if data.get("intents", 0) & PRIVILEGED & ~self.allowed_privileged else None

    def _ready(self, session: Session, guilds: list[Guild], shards: int) -> Json:
        world = self._state.world
        return {
            "v": 10,
            "user": {**user_json(world.bot), "verified": True, "mfa_enabled": True, "email": None},
            "user_settings": {},
            "session_type": "normal",
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "relationships": [],
            "private_channels": [],
            "presences": [],
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "shard": [session.shard, shards],
            "application": {"id": str(world.application_id), "flags": 0},
        }

    @property
    def url(self) -> str:
        return self._state.world.address.replace("http://", "ws://") + "/gateway"

    async def _resume(self, connection: Connection, data: Json) -> None:
        self.resumes.append(data)
        session = next((each for each in self.sessions if each.id == data.get("session_id")), None)
        if session is None or data.get("token", "").removeprefix("Bot ") != self._state.token:
            await connection.send({"op": INVALID_SESSION, "d": False})
            return
        if (data.get("seq") or 0) > session.sequence:
            await connection.socket.close(code=BAD_SEQUENCE)
            return
        connection.session, session.connection = session, connection
        for missed in [each for each in session.log if each.sequence > (data.get("seq") or 0)]:
            await self._write(connection, missed)
        await self._dispatch(session, "RESUMED", {"_trace": []})

    async def _members(self, session: Session, data: Json) -> None:
        guild = self._state.world.guilds.get(int(data["guild_id"]))
        if guild is None:
            return
        wanted = {int(each) for each in data.get("user_ids") or []}
        found = [member_json(member) for number, member in guild.members.items() if number in wanted]
        chunk = {"guild_id": str(guild.id), "members": found, "chunk_index": 0, "chunk_count": 1}
        await self._dispatch(session, "GUILD_MEMBERS_CHUNK", {**chunk, "nonce": data.get("nonce")})

    def shard(self, guild: Guild | None) -> int:
        """Return the shard a guild belongs to; direct messages belong to the first."""
        return 0 if guild is None else (guild.id >> 22) % self._state.shards

    async def dispatch(
        self,
        guild: Guild | None,
        name: str,
        data: Any,
        *,
        intent: int = 0,
        on_sent: Callable[[float], None] | None = None,
    ) -> int:
        """Send an event to every session of the guild's shard that wants it; return how many get it, now or later."""
        shard = self.shard(guild)
        wanting = [each for each in self.sessions if each.shard == shard]
        for session in wanting:
            await self._to(session, name, data, intent, on_sent)
        return len(wanting)

    async def _to(
        self,
        session: Session,
        name: str,
        data: Any,
        intent: int,
        on_sent: Callable[[float], None] | None = None,
    ) -> None:
        if not intent or session.intents & intent:
            await self._dispatch(session, name, data, on_sent)

    async def _dispatch(
        self, session: Session, name: str, data: Any, on_sent: Callable[[float], None] | None = None
    ) -> None:
        session.sequence += 1
        made = Dispatch(session.sequence, name, data, on_sent)
        session.log.append(made)
        if session.connection is not None:
            await self._write(session.connection, made)

    async def _write(self, connection: Connection, made: Dispatch) -> None:
        payload = {"op": DISPATCH, "t": made.name, "s": made.sequence, "d": made.data}
        await connection.send(payload, made.on_sent)
