"""What the service logs, and how: one record a line, and never a secret in it.

A person at a terminal gets plain lines, everything else one JSON object a line. A record becomes text here and nowhere
else, so that nothing passes by the rules: secrets are taken out of every text, and whatever could begin a new line or
steer a terminal is written as an escape. This module knows how a secret can stand in a text; it refuses to know what
is worth logging.
"""

from __future__ import annotations

import json
import logging
import math
import re
import traceback
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HIDDEN = "[secret]"
_SHORTEST_SECRET = 6  # shorter ones stand in ordinary words
_DEEPEST = 4

# Whoever has an interaction's token can speak as the bot for 15 minutes. It is known by its place in an address, also
# where the address itself has been encoded, and by how it begins: it is base64 of "interaction:".
_INTERACTIONS = r"""(?<=aW50ZXJhY3Rpb246)[\w%+=-]+
    | (?P<place>(?:webhooks|interactions)(?:/|%2F)\d+(?:/|%2F))(?:(?!%2F|%3F)[^\s/?#&<>"'()\[\]{}\\])+"""
# A bot's token of any bot: one that was in force before, or somebody else's that was pasted.
_BOT = r"\b[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}"

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OURS = frozenset({"time", "level", "logger", "traceback"})  # nobody else may fill these


def configure_logs(
    stream: TextIO, *, secrets: Sequence[str], human: bool | None = None, level: int = logging.INFO
) -> None:
    """Send every record of this process to `stream`, and take what was set up before out of force.

    `secrets` appear in no line, however they are encoded in it. `human` chooses plain lines or JSON; by default plain
    lines are for a terminal. `level` is for briefbot's own records; libraries are heard from WARNING up, because below
    it discord.py logs whole payloads.
    """
    handler = _Handler(stream)
    plain = stream.isatty() if human is None else human
    handler.setFormatter(_Lines(_hider(secrets), _human_line if plain else _json_line))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.WARNING))
    logging.getLogger("briefbot").setLevel(level)
    logging.getLogger("discord.gateway").setLevel(max(level, logging.INFO))  # tells that it has connected, or resumed
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL + 1)
    logging.captureWarnings(capture=True)


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        """Lose the record: the standard library would print its arguments as they are, secrets and all."""


class _Lines(logging.Formatter):
    def __init__(self, hide: Callable[[str], str], line: Callable[[dict[str, Any]], str]) -> None:
        super().__init__()
        self._hide = hide
        self._line = line

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line; a traceback for people follows in lines of its own, indented."""
        return self._line({self._hide(_text(name)): _plain(value, self._hide) for name, value in _fields(record)})


def _fields(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    yield "time", datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    yield "level", record.levelname.lower()
    yield "logger", record.name
    yield "message", _message(record)
    for name, value in vars(record).items():
        if name not in _STANDARD:
            yield f"{name}_" if name in _OURS else name, value
    if trace := _trace(record):
        yield "traceback", trace


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - a message that does not fit its arguments is still worth reading
        return f"{_text(record.msg)} {_text(record.args)}"


def _trace(record: logging.LogRecord) -> str:
    raised = record.exc_info[1] if record.exc_info else None
    pieces = traceback.format_exception(raised) if raised else []
    return "".join([*pieces, record.stack_info or ""]).rstrip("\n")


def _plain(value: Any, hide: Callable[[str], str], depth: int = 0) -> Any:
    """Return a value as JSON can hold it, with everything in it that is text made free of secrets."""
    match value:
        case None | bool() | int():
            return value
        case float() if math.isfinite(value):
            return value
        case Mapping() if depth < _DEEPEST:
            return {hide(_text(name)): _plain(one, hide, depth + 1) for name, one in value.items()}
        case list() | tuple() | AbstractSet() if depth < _DEEPEST:
            return [_plain(one, hide, depth + 1) for one in value]
        case _:
            return hide(_text(value))


def _text(value: Any) -> str:
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - logging must not be what breaks the service
        return f"<{type(value).__name__} that cannot be shown>"


def _hider(secrets: Sequence[str]) -> Callable[[str], str]:
    """Return what takes these secrets, and every token of Discord's, out of a text."""
    bare = {secret.strip() for secret in secrets}
    known = {form for secret in bare if len(secret) >= _SHORTEST_SECRET for form in _forms(secret)}
    longest_first = sorted(map(re.escape, known), key=len, reverse=True)
    pattern = re.compile("|".join([*longest_first, _BOT, f"(?x:{_INTERACTIONS})"]), re.IGNORECASE)
    return lambda text: pattern.sub(lambda found: f"{found['place'] or ''}{HIDDEN}", text)


def _forms(secret: str) -> Iterator[str]:
    yield from (secret, quote(secret), quote(secret, safe=""), quote_plus(secret))
    yield from (repr(secret)[1:-1], repr(secret.encode("utf-8", "replace"))[2:-1], json.dumps(secret)[1:-1])


def _json_line(fields: dict[str, Any]) -> str:
    return _on_one_line(json.dumps(fields, ensure_ascii=False))


def _human_line(fields: dict[str, Any]) -> str:
    time, level, logger, message, *rest = fields.items()
    extra = " ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in rest if name != "traceback")
    line = f"{time[1]} {level[1]:<8} {logger[1]}: {message[1]}{f'  ({extra})' if extra else ''}"
    trace = fields["traceback"].split("\n") if "traceback" in fields else []
    return "\n".join([_on_one_line(line), *(f"    {_on_one_line(traced)}" for traced in trace)])


def _on_one_line(text: str) -> str:
    """Write what cannot be seen as an escape, which inside of JSON is the same text."""
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() else json.dumps(mark)[1:-1] for mark in text)
