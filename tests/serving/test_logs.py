from __future__ import annotations

import asyncio
import io
import json
import logging
import warnings
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from briefbot.serving.logs import configure_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA.Gabcde." + "x-Y_z0123456789" * 3
OTHER_TOKEN = "OTg3NjU0MzIxMDk4NzY1NDMyMQ.Gz9876." + "abcdefghi" * 4
INTERACTION = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OTpBYkNk_-Ee"
ODD_SECRET = 'it\'s "odd"\\ & ä/ö'  # noqa: S105 - nobody's
log = logging.getLogger("briefbot.test")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Leave no trace of a test in the process's logging."""
    root = logging.getLogger()
    names = ("briefbot", "discord", "discord.gateway", "aiohttp.access")
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in names}
    level = root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, former in levels.items():
        logging.getLogger(name).setLevel(former)


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def fail(error: Exception) -> None:
    raise error


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Every line of JSON, without its time, which is checked."""
    records = [json.loads(line) for line in stream.getvalue().removesuffix("\n").split("\n")]
    assert all(len(record.pop("time")) == len("2026-01-31T12:00:00.000Z") for record in records)
    return records


def test_a_record_is_one_object_with_its_extra_fields(stream: io.StringIO) -> None:
    configure_logs(stream, secrets=[TOKEN])
    log.info(
        "Generation %d is in use", 7, extra={"documents": 12, "ratio": 0.5, "names": ("a", None), "by": {1: {True}}}
    )
    assert lines(stream) == [
        {
            "level": "info",
            "logger": "briefbot.test",
            "message": "Generation 7 is in use",
            "documents": 12,
            "ratio": 0.5,
            "names": ["a", None],
            "by": {"1": [True]},
        }
    ]


def test_the_time_is_that_of_the_record_in_utc_with_milliseconds(stream: io.StringIO) -> None:
    configure_logs(stream, secrets=[])
    record = logging.makeLogRecord({"name": "briefbot", "levelno": logging.INFO, "created": 1_700_000_000.25})
    log.handle(record)
    assert json.loads(stream.getvalue())["time"] == "2023-11-14T22:13:20.250Z"


def test_a_person_gets_plain_lines(stream: io.StringIO) -> None:
    configure_logs(stream, secrets=[], human=True)
    record = {"name": "briefbot.serving", "levelname": "WARNING", "levelno": 30, "created": 1_700_000_000.25}
    log.handle(logging.makeLogRecord({**record, "msg": "Disk %s", "args": ("full",), "path": "a b", "left": 0}))
    assert stream.getvalue() == '2023-11-14T22:13:20.250Z warning  briefbot.serving: Disk full  (path="a b" left=0)\n'


def test_a_terminal_is_a_person(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "isatty", lambda: True)
    configure_logs(stream, secrets=[])
    log.info("Ready")
    assert stream.getvalue().endswith("Z info     briefbot.test: Ready\n")


def test_an_exception_is_text_on_the_same_line(stream: io.StringIO) -> None:
    configure_logs(stream, secrets=[])
    try:
        fail(ValueError("of this kind"))
    except ValueError:
        log.exception("It went wrong")
    (record,) = lines(stream)
    assert record["traceback"].startswith("Traceback (most recent call last):\n")
    assert record["traceback"].endswith("\nValueError: of this kind")


def test_a_traceback_for_a_person_is_indented_so_that_it_cannot_forge_a_line(stream: io.StringIO) -> None:
    configure_logs(stream, secrets=[], human=True)
    try:
        fail(ValueError("bad\n2026-01-01T00:00:00.000Z info briefbot: all is well\rx"))
    except ValueError:
        log.exception("It went wrong")
    first, *rest = stream.getvalue().removesuffix("\n").split("\n")
    assert first.endswith("error    briefbot.test: It went wrong")
    assert all(line.startswith("    ") for line in rest)
    assert rest[-1] == "    2026-01-01T00:00:00.000Z info briefbot: all is well\\rx"


def _in_the_message(secret: str) -> None:
    log.info("token " + secret)  # noqa: G003 - as somebody careless would


def _in_an_argument(secret: str) -> None:
    log.info("token %s and %r", secret, {"authorization": f"Bot {secret}"})


def _in_bytes(secret: str) -> None:
    log.info("header %r", secret.encode())


def _as_json_in_the_message(secret: str) -> None:
    log.info("payload %s", json.dumps({"token": secret}))


def _in_extra(secret: str) -> None:
    log.info("look", extra={"deep": [{"a": {secret: (secret, {"b": [[[[secret]]]]})}}], "plain": secret})


def _in_the_name_of_an_extra(secret: str) -> None:
    log.info("look", extra={secret: 1})


def _in_the_logger(secret: str) -> None:
    logging.getLogger(f"briefbot.{secret}").info("look")


def _in_a_traceback(secret: str) -> None:
    try:
        try:
            fail(KeyError(secret))
        except KeyError as error:
            raise RuntimeError(f"after {secret}") from error
    except RuntimeError as error:
        error.add_note(f"note {secret}")
        log.exception("failed")


def _in_arguments_that_do_not_fit(secret: str) -> None:
    log.info("%d questions, %d", secret)  # noqa: PLE1206 - that is the mistake


def _encoded_in_an_address(secret: str) -> None:
    log.info("GET /?a=%s&b=%s&c=%s", quote(secret), quote(secret, safe=""), quote_plus(secret))


def _in_a_warning(secret: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(secret, stacklevel=1)


PLACES: list[Callable[[str], None]] = [
    _in_the_message,
    _in_an_argument,
    _in_bytes,
    _as_json_in_the_message,
    _in_extra,
    _in_the_name_of_an_extra,
    _in_the_logger,
    _in_a_traceback,
    _in_arguments_that_do_not_fit,
    _encoded_in_an_address,
    _in_a_warning,
]


@pytest.mark.parametrize("human", [True, False])
@pytest.mark.parametrize(
    "secret", [TOKEN, ODD_SECRET, "pass word", OTHER_TOKEN], ids=["token", "odd", "space", "other"]
)
@pytest.mark.parametrize("log_secret", PLACES, ids=lambda place: place.__name__)
def test_a_secret_is_nowhere(
    log_secret: Callable[[str], None],
    secret: str,
    human: bool,
    stream: io.StringIO,
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs(stream, secrets=["", f"{TOKEN}\n", ODD_SECRET, " pass word\n"], human=human)
    log_secret(secret)
    written = stream.getvalue() + "".join(capsys.readouterr())
    forms = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    forms |= {json.dumps(secret)[1:-1], repr(secret.encode())[2:-1]}
    assert [form for form in forms if form in written or json.dumps(form)[1:-1] in written] == []
    assert "[secret]" in written


@pytest.mark.parametrize(
    ("secrets", "shown"),
    [
        (["", "  ", "one", "\n"], "one-secret-two and one-secret"),  # too short to be told from words
        (["one-secret", "one-secret-two"], "[secret] and [secret]"),  # nothing of the longer one is left
    ],
)
def test_only_secrets_are_taken_out_and_wholly(secrets: list[str], shown: str, stream: io.StringIO) -> None:
    configure_logs(stream, secrets=secrets)
    log.info("one-secret-two and one-secret")
    assert lines(stream)[0]["message"] == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            f"POST https://discord.com/api/v10/interactions/123/{INTERACTION}/callback?with_response=true",
            "POST https://discord.com/api/v10/interactions/123/[secret]/callback?with_response=true",
        ),
        (
            f"URL('https://discord.com/api/v10/webhooks/123/{INTERACTION}/messages/@original')",
            "URL('https://discord.com/api/v10/webhooks/123/[secret]/messages/@original')",
        ),
        ("PATCH /webhooks/123/short~token responded with 429", "PATCH /webhooks/123/[secret] responded with 429"),
        ("<ClientResponse(/webhooks/123/t0ken%3D) [200 OK]>", "<ClientResponse(/webhooks/123/[secret]) [200 OK]>"),
        (
            quote(f"/webhooks/123/{INTERACTION}/messages?wait=1", safe=""),
            "%2Fwebhooks%2F123%2F[secret]%2Fmessages%3Fwait%3D1",
        ),
        ("a%2fwebhooks%2f123%2fshort%2fmessages", "a%2fwebhooks%2f123%2f[secret]%2fmessages"),
        (f"{{'token': '{INTERACTION}', 'type': 2}}", "{'token': 'aW50ZXJhY3Rpb246[secret]', 'type': 2}"),
        ("/webhooks/123 and /interactions/{id}/{token}", "/webhooks/123 and /interactions/{id}/{token}"),
    ],
)
def test_the_token_of_an_interaction_is_known_by_its_place(text: str, shown: str, stream: io.StringIO) -> None:
    configure_logs(stream, secrets=[])
    log.info("%s", text)
    assert lines(stream)[0]["message"] == shown


def test_what_aiohttp_says_of_a_failed_request_holds_no_token(stream: io.StringIO) -> None:
    configure_logs(stream, secrets=[TOKEN])
    url = URL(f"http://127.0.0.1:9/api/webhooks/123/{INTERACTION}?token={TOKEN}")
    request = aiohttp.RequestInfo(url, "POST", CIMultiDictProxy(CIMultiDict(Authorization=f"Bot {TOKEN}")), url)
    try:
        fail(aiohttp.ClientResponseError(request, (), status=500, message=f"no {TOKEN}"))
    except aiohttp.ClientResponseError as error:
        log.exception("%r", error)  # noqa: TRY401 - as discord.py does
    assert INTERACTION not in stream.getvalue()
    assert TOKEN not in stream.getvalue()
    assert "/webhooks/123/[secret]?token=[secret]" in stream.getvalue()


def test_an_exception_that_nobody_took_holds_no_token(stream: io.StringIO) -> None:
    configure_logs(stream, secrets=[TOKEN])

    async def fail_later() -> None:
        fail(RuntimeError(TOKEN))

    async def forget_a_task() -> None:
        task = asyncio.create_task(fail_later())
        await asyncio.wait([task])

    asyncio.run(forget_a_task())
    (record,) = lines(stream)
    assert (record["logger"], record["message"].splitlines()[0]) == ("asyncio", "Task exception was never retrieved")
    assert TOKEN not in stream.getvalue()


@given(st.text(), st.text(), st.dictionaries(st.text(), st.text()))
def test_whatever_is_logged_is_one_line_that_can_be_read_back(message: str, argument: str, extra: Any) -> None:
    for human in (True, False):
        stream = io.StringIO()
        configure_logs(stream, secrets=[], human=human)
        log.info("%s %s", message, argument, extra={"extra": extra})
        line = stream.getvalue()
        assert line.endswith("\n")
        assert line[:-1].isprintable()
        line.encode("utf-8")
    read = json.loads(stream.getvalue())
    assert (read["message"], read["extra"]) == (f"{message} {argument}", extra)


@pytest.mark.parametrize("forged", ["time", "level", "logger", "traceback"])
def test_an_extra_field_cannot_stand_for_one_of_ours(forged: str, stream: io.StringIO) -> None:
    configure_logs(stream, secrets=[])
    log.info("Ready", extra={forged: "2000"})
    assert lines(stream) == [{"level": "info", "logger": "briefbot.test", "message": "Ready", f"{forged}_": "2000"}]


def test_a_value_that_cannot_be_shown_does_not_lose_the_record(stream: io.StringIO) -> None:
    class Broken:
        def __str__(self) -> str:
            raise LookupError

    endless: list[Any] = []
    endless.append(endless)
    circle: dict[str, Any] = {}
    circle["again"] = circle
    configure_logs(stream, secrets=[])
    log.info("%s", Broken(), extra={"value": Broken(), "endless": endless, "circle": circle, "nan": float("nan")})
    (record,) = lines(stream)
    assert record["value"] == "<Broken that cannot be shown>"
    assert record["message"].startswith("%s ")
    assert record["nan"] == "nan"


def test_a_stream_that_fails_gives_nothing_away(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    configure_logs(stream, secrets=[TOKEN])
    stream.close()
    log.error("token %s", TOKEN)
    assert "".join(capsys.readouterr()) == ""


def test_libraries_are_heard_from_warning_up_and_connections_always(stream: io.StringIO) -> None:
    configure_logs(stream, secrets=[], level=logging.DEBUG)
    for name in ("briefbot.serving", "discord.http", "discord.gateway", "aiohttp.server", "aiohttp.access"):
        for level in (logging.DEBUG, logging.INFO, logging.WARNING):
            logging.getLogger(name).log(level, "x")
    assert [(record["logger"], record["level"]) for record in lines(stream)] == [
        ("briefbot.serving", "debug"),
        ("briefbot.serving", "info"),
        ("briefbot.serving", "warning"),
        ("discord.http", "warning"),
        ("discord.gateway", "info"),
        ("discord.gateway", "warning"),
        ("aiohttp.server", "warning"),
    ]


def test_a_higher_level_is_for_all(stream: io.StringIO) -> None:
    configure_logs(stream, secrets=[], level=logging.ERROR)
    for name in ("briefbot.serving", "discord.gateway", "discord.http"):
        logging.getLogger(name).warning("x")
        logging.getLogger(name).error("y")
    assert [(record["logger"], record["message"]) for record in lines(stream)] == [
        ("briefbot.serving", "y"),
        ("discord.gateway", "y"),
        ("discord.http", "y"),
    ]


def test_the_last_call_is_in_force(stream: io.StringIO) -> None:
    configure_logs(io.StringIO(), secrets=[])
    configure_logs(stream, secrets=[])
    log.info("Ready")
    assert len(lines(stream)) == 1
