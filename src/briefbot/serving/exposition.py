"""Shows how the service is, over HTTP: /metrics for Prometheus, /healthz for whoever restarts it.

The only door to aiohttp as a server. It listens on this machine alone unless told otherwise, since who may see figures
is not asked. This module refuses to know what is measured and what health is.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from briefbot.errors import SettingsError
from briefbot.serving.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

LOCAL = "127.0.0.1"

_REASONS = {
    errno.EADDRINUSE: "another process uses this port; end that, or choose another port",
    errno.EACCES: "this user may not use this port; choose one above 1023",
    errno.EADDRNOTAVAIL: "this machine does not have this address; choose another",
}


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the service can do its work, and what there is to know about that: plain values, and nothing secret."""

    ok: bool
    facts: Mapping[str, Any]


@contextlib.asynccontextmanager
async def serve(host: str, port: int, figures: Callable[[], bytes], health: Callable[[], Health]) -> AsyncIterator[int]:
    """Serve both pages for as long as the context lasts; its value is the port, which matters where `port` is 0.

    Raises SettingsError where nobody can listen there.
    """
    runner = web.AppRunner(_application(figures, health), access_log=None)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _application(figures: Callable[[], bytes], health: Callable[[], Health]) -> web.Application:
    async def show_metrics(_: web.Request) -> web.Response:
        return web.Response(body=figures(), headers={"Content-Type": CONTENT_TYPE})

    async def show_health(_: web.Request) -> web.Response:
        now = health()
        facts = {**now.facts, "status": "ok" if now.ok else "unwell"}
        return web.json_response(facts, status=200 if now.ok else 503, headers={"Cache-Control": "no-store"})

    application = web.Application()
    application.add_routes([web.get("/metrics", show_metrics), web.get("/healthz", show_health)])
    return application


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except (OSError, OverflowError) as error:
        raise SettingsError(f"Metrics and health cannot be served on {host}:{port}: {_reason(error)}.") from error


def _reason(error: OSError | OverflowError) -> str:
    if isinstance(error, socket.gaierror):
        return "there is no such address; choose another"
    if isinstance(error, OverflowError):
        return "a port is a number from 0 to 65535"
    return _REASONS.get(error.errno or 0, os.strerror(error.errno or 0))
