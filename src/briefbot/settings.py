"""What an operator can set, where each value may come from, and what is wrong with a bad one.

A value is taken from the first of: a flag, an environment variable, `briefbot.toml`, the default. This module knows
names, types and bounds; it refuses to know what a setting does. Reading the settings changes nothing.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from briefbot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CONFIG_NAME = "briefbot.toml"
DEFAULT_MODEL = "all-MiniLM-L6-v2"
PRECISIONS = ("int8", "float32", "reference")
MEGABYTE = 1_000_000
_NAME_DOCUMENTS = 'must name documents, as in documents = ["handbook"].'
_LONGEST_ID = 20  # digits; int() of very many is slow, and refused


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may cost its reader: size in MB, text in million characters, memory in MB, time in seconds."""

    file_mb: int = 50
    text_mb: int = 20
    memory_mb: int = 300
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class LinkRule:
    """Documents whose name matches `pattern` are linked by `template` ({path}, {page}, {line})."""

    pattern: str
    template: str


@dataclass(frozen=True, slots=True)
class AccessRule:
    """Documents, and the places from which they may be seen: an empty set of ids limits nothing."""

    documents: tuple[str, ...]
    guilds: frozenset[int] = frozenset()
    channels: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class DiscordSettings:
    """How the bot behaves: ids of servers, users and channels; seconds between one user's questions; days."""

    home: frozenset[int] = frozenset()
    operators: frozenset[int] = frozenset()
    public_channels: frozenset[int] = frozenset()
    cooldown: int = 0
    queue: int = 100
    log_questions: bool = False
    feedback: Path | None = None
    feedback_days: int = 90


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, with its default."""

    corpus: Path = Path("docs_corpus")
    index: Path = Path("index")
    model: str = DEFAULT_MODEL
    precision: str = "int8"
    keep: int = 3
    links: tuple[LinkRule, ...] = ()
    limits: Limits = Limits()
    discord: DiscordSettings = DiscordSettings()
    access: tuple[AccessRule, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)


def load_settings(flags: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Return the settings in force.

    `flags` holds what the command line gave, with None for what it did not give, and may name the file to read as
    `config`. Raises SettingsError with one sentence that names the place of the bad value.
    """
    config, required = _config_path(flags, environ)
    values: dict[str, Any] = {}
    values |= _from_file(config, required=required)
    values |= _from_environment(environ)
    values |= {
        name: _parse(name, value, f"--{name}")
        for name, value in flags.items()
        if value is not None and name in _PARSERS
    }
    return Settings(**values)


def _config_path(flags: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[Path, bool]:
    named = flags.get("config") or environ.get("BRIEFBOT_CONFIG")
    return (Path(named), True) if named else (Path(CONFIG_NAME), False)


def _from_file(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if required:
            raise SettingsError(f"{path}: there is no such settings file.") from None
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}.") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}.") from error
    return _beside(path.parent, {name: _parse(name, value, f"{path}: {name}") for name, value in table.items()})


def _beside(folder: Path, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with their paths counted from the settings file's folder: they were written there."""
    for name in ("corpus", "index"):
        if name in values:
            values[name] = folder / values[name]
    discord = values.get("discord")
    if discord and discord.feedback:
        values["discord"] = replace(discord, feedback=folder / discord.feedback)
    return values


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: _parse(name, environ[variable], variable)
        for name in ("corpus", "index", "model", "precision", "keep")
        if environ.get(variable := f"BRIEFBOT_{name.upper()}")
    }


def _parse(name: str, value: Any, where: str) -> Any:
    parser = _PARSERS.get(name)
    if parser is None:
        raise SettingsError(f"{where}: there is no such setting{_suggestion(name, _PARSERS)}")
    return parser(value, where)


def _suggestion(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; the settings are {', '.join(known)}."


def _path(value: Any, where: str) -> Path:
    return Path(os.path.expanduser(_text(value, where)))  # noqa: PTH111 - Path.expanduser raises without a home


def _text(value: Any, where: str) -> str:
    text = os.fspath(value) if isinstance(value, Path) else value
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise SettingsError(f"{where}: must be a text that is not empty, not {text!r}.")
    return text


def _precision(value: Any, where: str) -> str:
    if value not in PRECISIONS:
        raise SettingsError(f"{where}: must be one of {', '.join(PRECISIONS)}, not {value!r}.")
    return str(value)


def _count(value: Any, where: str, least: int = 1) -> int:
    try:
        number = int(value) if not isinstance(value, bool | float) else least - 1
    except (TypeError, ValueError):
        number = least - 1
    if number < least:
        raise SettingsError(f"{where}: must be a whole number of {least} or more, not {value!r}.")
    return number


def _count_from_zero(value: Any, where: str) -> int:
    return _count(value, where, least=0)


def _switch(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(f"{where}: must be true or false, not {value!r}.")
    return value


def _several(value: Any, where: str) -> list[Any]:
    """Return a list of one or more. An empty one is refused, since it would mean the same as none: no limit at all."""
    values = value if isinstance(value, list) else [value]
    if not values:
        raise SettingsError(f"{where}: is an empty list; fill it or leave it out.")
    return values


def _documents(value: Any, where: str) -> tuple[str, ...]:
    if value == []:
        raise SettingsError(f"{where}: {_NAME_DOCUMENTS}")
    return tuple(_text(each, where) for each in _several(value, where))


def _ids(value: Any, where: str) -> frozenset[int]:
    return frozenset(_id(each, where) for each in _several(value, where))


def _id(value: Any, where: str) -> int:
    """Return a number by which Discord knows something; it has at most 64 bits."""
    digits = str(value).strip() if isinstance(value, str | int) else ""
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_ID and 0 < int(digits) < 1 << 64):
        raise SettingsError(f"{where}: must hold numbers as Discord's Copy ID gives them, not {value!r}.")
    return int(digits)


def _members(value: Any, where: str, parsers: Mapping[str, Callable[[Any, str], Any]], noun: str) -> dict[str, Any]:
    """Return the values of a table's keys."""
    for name in _table(value, where):
        if name not in parsers:
            raise SettingsError(f"{where}.{name}: there is no such {noun}{_suggestion(name, parsers)}")
    return {name: parsers[name](member, f"{where}.{name}") for name, member in value.items()}


def _limits(value: Any, where: str) -> Limits:
    return Limits(**_members(value, where, {it.name: _count for it in fields(Limits)}, "limit"))


def _discord(value: Any, where: str) -> DiscordSettings:
    return DiscordSettings(**_members(value, where, _DISCORD, "setting"))


def _aliases(value: Any, where: str) -> Mapping[str, str]:
    """Return the name that each other one stands for; a name may have several."""
    return {
        _text(other, f"{where}.{name!r}"): name
        for name, others in _table(value, where).items()
        for other in _several(others, f"{where}.{name!r}")
    }


def _access(value: Any, where: str) -> tuple[AccessRule, ...]:
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise SettingsError(f"{where}: must be written as tables, each under [[access]].")
    return tuple(_rule(table, f"{where} #{number}") for number, table in enumerate(value, start=1))


def _rule(table: dict[str, Any], where: str) -> AccessRule:
    members = _members(table, where, _RULE, "key")
    if "documents" not in members:
        raise SettingsError(f"{where}: {_NAME_DOCUMENTS}")
    if len(members) == 1:
        raise SettingsError(f"{where}: must say who may see its documents, with guilds, channels or roles.")
    return AccessRule(**members)


def _links(value: Any, where: str) -> tuple[LinkRule, ...]:
    return tuple(
        LinkRule(pattern, _template(template, f"{where}.{pattern!r}"))
        for pattern, template in _table(value, where).items()
    )


def _template(value: Any, where: str) -> str:
    template = _text(value, where)
    try:
        template.format(path="p", page=1, line=1)
    except (KeyError, IndexError, ValueError, AttributeError, TypeError) as error:
        raise SettingsError(f"{where}: may hold {{path}}, {{page}} and {{line}}, and no other braces.") from error
    return template


def _table(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(f"{where}: must be a table, as in [{where.rsplit(' ', 1)[-1]}].")
    return value


_DISCORD: dict[str, Callable[[Any, str], Any]] = {
    "home": _ids,
    "operators": _ids,
    "public_channels": _ids,
    "cooldown": _count_from_zero,
    "queue": _count,
    "log_questions": _switch,
    "feedback": _path,
    "feedback_days": _count,
}

_RULE: dict[str, Callable[[Any, str], Any]] = {"documents": _documents, "guilds": _ids, "channels": _ids, "roles": _ids}

_PARSERS: dict[str, Callable[[Any, str], Any]] = {
    "corpus": _path,
    "index": _path,
    "model": _text,
    "precision": _precision,
    "keep": _count,
    "links": _links,
    "limits": _limits,
    "discord": _discord,
    "access": _access,
    "aliases": _aliases,
}
