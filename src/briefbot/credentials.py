"""The bot's token: where it is read from, what is wrong with a bad one, and the link that invites its bot.

No message holds the token, nor what looks like one where the name of its file belongs: it was put into the wrong
variable. This module refuses to ask Discord anything.
"""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from briefbot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN, TOKEN_FILE = "DISCORD_TOKEN", "DISCORD_TOKEN_FILE"
GET_A_TOKEN = (
    "get one in Discord's developer portal (https://discord.com/developers/applications, your application, Bot, "
    f"Reset Token), then: export {TOKEN}=… or export {TOKEN_FILE}=/path"
)

_SHAPE = re.compile(r"[A-Za-z0-9_.-]+")
_LIKE_A_TOKEN = re.compile(r"[\w-]{20,}\.[\w-]+\.[\w-]+|^[^/]{24,}$")  # also a client secret, a public key
_OF_OTHERS = 0o077
_LONGEST_FILE = 10_000  # bytes; a token has about 70, and /dev/zero has no end

_VIEW_CHANNELS, _SEND_MESSAGES, _ATTACH_FILES, _READ_HISTORY, _SEND_IN_THREADS = 10, 11, 15, 16, 38  # Discord's bits
_PERMISSIONS = sum(1 << bit for bit in (_VIEW_CHANNELS, _SEND_MESSAGES, _ATTACH_FILES, _READ_HISTORY, _SEND_IN_THREADS))


def bot_token(environ: Mapping[str, str]) -> str:
    """Return the token of DISCORD_TOKEN, else of the file that DISCORD_TOKEN_FILE names.

    Raises SettingsError with one sentence that says what is missing and how to get it.
    """
    sources = token_sources(environ)
    if not sources:
        raise SettingsError(f"There is no token for Discord; {GET_A_TOKEN}")
    if sources[0] == TOKEN:
        return _checked(environ[TOKEN].strip(), TOKEN)
    return _checked(_content(environ[TOKEN_FILE].strip()), f"The file of {TOKEN_FILE}")


def token_sources(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the variables that are set, right or wrong; only the first is read."""
    return tuple(name for name in (TOKEN, TOKEN_FILE) if environ.get(name, "").strip())


def exposed_file(environ: Mapping[str, str]) -> Path | None:
    """Return the file that the token is read from, if others than its owner can read or change it."""
    if token_sources(environ) != (TOKEN_FILE,):
        return None
    file = _file(environ[TOKEN_FILE].strip())
    return file if file.stat().st_mode & _OF_OTHERS else None


def application_id_of(token: str) -> int | None:
    """Return the id of the bot's application, in base64 up to the token's first dot; None if it is not there."""
    first = token.partition(".")[0]
    try:
        digits = base64.b64decode(first + "=" * (-len(first) % 4), validate=True).decode("ascii")
    except ValueError:
        return None
    return int(digits) if re.fullmatch("[0-9]{1,20}", digits) else None


def invite_link(application_id: int) -> str:
    """Return the page on which somebody invites the bot to his server, with the permissions that it needs."""
    query = {"client_id": application_id, "scope": "bot applications.commands", "permissions": _PERMISSIONS}
    return f"https://discord.com/oauth2/authorize?{urlencode(query, quote_via=quote)}"


def _content(path: str) -> str:
    try:
        with _file(path).open("rb") as file:
            return file.read(_LONGEST_FILE).decode("utf-8-sig", "replace").strip()
    except FileNotFoundError:
        raise SettingsError(f"{TOKEN_FILE} names {_absent(path)}; write the token into it, or {GET_A_TOKEN}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not one"
        raise SettingsError(
            f"{TOKEN_FILE} names a file that cannot be read: {reason}; mend that and try again."
        ) from None


def _file(path: str) -> Path:
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser raises without a home


def _absent(path: str) -> str:
    if _LIKE_A_TOKEN.search(path):
        return "a file that is not there"
    file = _file(path)
    return f"{file}, which is not {'there' if file.is_absolute() else f'in {Path.cwd()}'}"


def _checked(token: str, where: str) -> str:
    if not token:
        raise SettingsError(f"{where} is empty; {GET_A_TOKEN}")
    if token.startswith("Bot "):
        raise SettingsError(f'{where} begins with "Bot "; leave that word out, the token stands alone.')
    if any(map(str.isspace, token)):
        raise SettingsError(f"{where} holds white space within the token; copy the token again, in one piece.")
    if not _SHAPE.fullmatch(token):
        raise SettingsError(
            f"{where} holds a character that no token has; copy the token again, without quotation marks."
        )
    return token
