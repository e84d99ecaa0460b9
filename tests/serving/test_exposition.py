from __future__ import annotations

import asyncio
import http.client
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from briefbot.errors import SettingsError
from briefbot.serving.exposition import LOCAL, Health, serve
from briefbot.serving.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable


def request(
    *paths: str, health: Callable[[], Health], method: str = "GET", metrics: Metrics | None = None
) -> list[tuple[int, str | None, bytes]]:
    """Status, content type and body of each path, asked over one connection, which is left open until the end."""

    def ask(port: int) -> list[tuple[int, str | None, bytes]]:
        answers = []
        for path in paths:
            connection.request(method, path)
            response = connection.getresponse()
            answers.append((response.status, response.getheader("Content-Type"), response.read()))
        return answers

    async def serve_and_ask() -> list[tuple[int, str | None, bytes]]:
        async with serve(LOCAL, 0, (metrics or Metrics()).text, health) as port:
            connection.port = port
            return await asyncio.to_thread(ask, port)

    connection = http.client.HTTPConnection(LOCAL, 0, timeout=20)
    try:
        return asyncio.run(serve_and_ask())
    finally:
        connection.close()


def well() -> Health:
    return Health(ok=True, facts={"generation": 7, "waiting": 0})


def refusal(host: str, port: int) -> tuple[str, int]:
    async def begin() -> None:
        async with serve(host, port, Metrics().text, well):
            pass

    with pytest.raises(SettingsError) as error:
        asyncio.run(begin())
    return str(error.value), error.value.exit_code


def test_prometheus_gets_every_figure_as_it_is_at_that_moment() -> None:
    metrics = Metrics()
    metrics.took_up(7, 12, 104)
    ((status, kind, body),) = request("/metrics", health=well, metrics=metrics)
    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert b"\nbriefbot_generation 7.0\n" in body
    assert b"\nprocess_resident_memory_bytes " in body


def test_a_service_that_is_well_says_so() -> None:
    ((status, kind, body),) = request("/healthz", health=well)
    assert (status, kind) == (200, "application/json; charset=utf-8")
    assert json.loads(body) == {"status": "ok", "generation": 7, "waiting": 0}


def test_a_service_that_is_not_says_why_with_another_code() -> None:
    ((status, _, body),) = request("/healthz", health=lambda: Health(ok=False, facts={"reason": "no index yet"}))
    assert (status, json.loads(body)) == (503, {"status": "unwell", "reason": "no index yet"})


def test_health_is_asked_anew_each_time() -> None:
    answers = iter([well(), Health(ok=False, facts={}), well()])
    statuses = [status for status, _, _ in request(*["/healthz"] * 3, health=lambda: next(answers))]
    assert statuses == [200, 503, 200]


def test_health_that_cannot_be_told_gives_nothing_away(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Health:
        raise RuntimeError("with a secret")

    answers = request("/healthz", "/metrics", health=broken)
    assert [status for status, _, _ in answers] == [500, 200]
    assert b"secret" not in answers[0][2]
    assert "with a secret" in caplog.text  # the log has it, and is what takes secrets out


@pytest.mark.parametrize("path", ["/", "/metrics/", "/healthz/../etc/passwd", "/docs"])
def test_there_is_no_other_page(path: str) -> None:
    assert request(path, health=well)[0][0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_changed(method: str) -> None:
    assert [status for status, _, _ in request("/metrics", "/healthz", health=well, method=method)] == [405, 405]


def test_a_port_in_use_is_one_sentence_and_a_setting_to_change() -> None:
    with socket.socket() as taken:
        taken.bind((LOCAL, 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence, code = refusal(LOCAL, port)
    assert sentence == (
        f"Metrics and health cannot be served on 127.0.0.1:{port}: "
        "another process uses this port; end that, or choose another port."
    )
    assert code == 78


@pytest.mark.parametrize(
    ("host", "port", "sentence"),
    [
        ("192.0.2.1", 9100, "192.0.2.1:9100: this machine does not have this address; choose another."),
        ("127.0.0.1", 70_000, "127.0.0.1:70000: a port is a number from 0 to 65535."),
        ("no such host", 9100, "no such host:9100: there is no such address; choose another."),
    ],
)
def test_an_address_that_cannot_be_used_is_one_sentence(host: str, port: int, sentence: str) -> None:
    assert refusal(host, port) == (f"Metrics and health cannot be served on {sentence}", 78)


def test_the_port_is_free_again_afterwards() -> None:
    async def begin(port: int) -> int:
        async with serve(LOCAL, port, Metrics().text, well) as bound:
            return bound

    first = asyncio.run(begin(0))
    assert asyncio.run(begin(first)) == first


def test_a_service_that_fails_leaves_no_port_open() -> None:
    ports: list[Any] = []

    async def fail() -> None:
        async with serve(LOCAL, 0, Metrics().text, well) as port:
            ports.append(port)
            raise LookupError

    with pytest.raises(LookupError):
        asyncio.run(fail())
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((LOCAL, ports[0]), timeout=5)
