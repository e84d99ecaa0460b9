"""The REST API over HTTP: takes requests down, lets faults strike, checks them and hands them to their handlers."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web
from tests.discord.standin import faults, rest_commands, rest_interactions, rest_messages, rest_plain
from tests.discord.standin.answers import Answer, Refused, invalid_form
from tests.discord.standin.calls import Call, Handler
from tests.discord.standin.messages import Upload
from tests.discord.standin.state import Request, State

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

API = "/api/v10"
OPEN = ("/interactions/", "/webhooks/", "/gateway")  # authorised by the token in their path, or not at all
GENEROUS = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "999", "X-RateLimit-Reset-After": "1.000"}
LARGEST_BODY = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    handler: Handler


def _route(method: str, path: str, handler: Handler) -> Route:
    ids = re.sub(r"\{(\w+_id)\}", r"(?P<\1>[0-9]+|@original)", path)
    return Route(method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", ids)), handler)


ROUTES = [
    _route(*each) for module in (rest_plain, rest_commands, rest_messages, rest_interactions) for each in module.ROUTES
]


def application(state: State, gateway: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.Application:
    """Return the one server: gateway, REST and files."""
    rest = Rest(state)
    app = web.Application(client_max_size=LARGEST_BODY)
    app.router.add_get("/gateway", gateway)
    app.router.add_route("*", API + "/{path:.*}", rest.handle)
    for door in ("cdn", "media"):
        app.router.add_get(f"/{door}/attachments/{{channel}}/{{id}}/{{name}}", rest.file)
    return app


class Rest:
    def __init__(self, state: State) -> None:
        self._state = state

    async def handle(self, http: web.Request) -> web.StreamResponse:
        request = await _read(http)
        self._state.requests.append(request)
        self._state.bell.ring()
        struck = faults.find(self._state.faults, request, faults.BEFORE)
        if self._state.away or (struck is not None and struck.kind == "refused"):
            request.fault = "refused"
            return _cut(http)
        if struck is not None:
            request.fault = struck.kind
            await asyncio.sleep(struck.delay if struck.kind == "slow" else 0)
            if struck.answer is not None:
                return self._respond(request, struck.answer)
        answer = await self._answered(request)
        lost = faults.find(self._state.faults, request, faults.AFTER)
        if lost is None:
            return self._respond(request, answer)
        request.fault = lost.kind
        return _cut(http) if lost.answer is None else self._respond(request, lost.answer)

    async def file(self, http: web.Request) -> web.StreamResponse:
        """Answer with the bytes of an attachment."""
        found = self._state.world.attachments.get(int(http.match_info["id"]))
        if found is None or found.filename != http.match_info["name"]:
            return web.Response(status=404)
        return web.Response(body=found.content, content_type=found.content_type)

    async def _answered(self, request: Request) -> Answer:
        try:
            self._authorise(request)
            self._check(request)
            answer = await self._handled(request)
        except Refused as error:
            self._state.record(request, error)
            request.code = error.code
            return Answer(error.body, error.status)
        except Exception as error:
            self._state.crashes.append(f"{request.method} {request.path}: {error!r}")
            raise
        self._check_answer(request, answer)
        return answer

    def _authorise(self, request: Request) -> None:
        if request.path.startswith(OPEN) and request.path != "/gateway/bot":
            return
        if request.headers.get("Authorization") != f"Bot {self._state.token}":
            raise Refused(401, 0, "401: Unauthorized")

    def _check(self, request: Request) -> None:
        """Refuse what Discord's own document does not know."""
        if self._state.contract is None:
            return
        operation = self._state.contract.find(request.method, request.path)
        if operation is None:
            raise Refused(404, 0, "404: Not Found", recorded=True)
        if reasons := operation.reasons(request.body):
            raise invalid_form(reasons)

    async def _handled(self, request: Request) -> Answer:
        for route in ROUTES:
            found = route.pattern.fullmatch(request.path)
            if found and route.method == request.method:
                return await route.handler(Call(self._state, request, found.groupdict()))
        raise Refused(404, 0, "404: Not Found", recorded=True)

    def _check_answer(self, request: Request, answer: Answer) -> None:
        operation = self._state.contract.find(request.method, request.path) if self._state.contract else None
        if not self._state.check_answers or operation is None:
            return
        body = json.loads(json.dumps(answer.body))
        wrong = operation.wrong_answers(answer.status, body)
        self._state.wrong_answers += [f"{request.method} {request.path} {each}" for each in wrong]

    def _respond(self, request: Request, answer: Answer) -> web.Response:
        request.status, request.answered_at = answer.status, perf_counter()
        headers = dict(answer.headers)
        if answer.status != 429:
            headers = {"X-RateLimit-Bucket": _bucket(request), **GENEROUS, **headers}
        if answer.body is not None:
            headers.setdefault("Content-Type", "application/json")
        self._state.bell.ring()
        return web.Response(body=faults.as_bytes(answer), status=answer.status, headers=headers)


def _bucket(request: Request) -> str:
    return f"{request.method}:{re.sub('[0-9]{15,}', 'id', request.path).split('/')[1]}"


def _cut(http: web.Request) -> web.Response:
    if http.transport is not None:
        http.transport.abort()
    return web.Response(status=502)


async def _read(http: web.Request) -> Request:
    at = perf_counter()
    body: Any = None
    files: dict[str, Upload] = {}
    if http.content_type == "multipart/form-data":
        body, files = await _parts(http)
    elif text := await http.text():
        body = json.loads(text)
    path = http.path.removeprefix(API)
    return Request(http.method, path, dict(http.query), dict(http.headers), body, files, at)


async def _parts(http: web.Request) -> tuple[Any, dict[str, Upload]]:
    body: Any = None
    files: dict[str, Upload] = {}
    async for part in await http.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        content = bytes(await part.read())
        if part.name == "payload_json":
            body = json.loads(content)
        elif part.name is not None:
            files[part.name] = Upload(part.filename or part.name, content)
    return body, files
