"""What an operator can set, where each value may come from, and what is wrong with a bad one.

A value is taken from the first of: a flag, an environment variable, `briefbot.toml`, the default. This module knows
names, types and bounds; it refuses to know what a setting does. Reading the settings changes nothing.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from briefbot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CONFIG_NAME = "briefbot.toml"
DEFAULT_MODEL = "all-MiniLM-L6-v2"
MEGABYTE = 1_000_000


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
class Settings:
    """Everything that can be set, with its default."""

    corpus: Path = Path("docs_corpus")
    index: Path = Path("index")
    model: str = DEFAULT_MODEL
    keep: int = 3
    links: tuple[LinkRule, ...] = ()
    limits: Limits = Limits()


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
    values = {name: _parse(name, value, f"{path}: {name}") for name, value in table.items()}
    for name in ("corpus", "index"):
        if name in values:
            values[name] = path.parent / values[name]  # written beside the file, so meant from there
    return values


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: _parse(name, environ[variable], variable)
        for name in ("corpus", "index", "model", "keep")
        if environ.get(variable := f"BRIEFBOT_{name.upper()}")
    }


def _parse(name: str, value: Any, where: str) -> Any:
    parser = _PARSERS.get(name)
    if parser is None:
        raise SettingsError(f"{where}: there is no such setting{_suggestion(name, _PARSERS)}.")
    return parser(value, where)


def _suggestion(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}" if close else f"; the settings are {', '.join(known)}"


def _path(value: Any, where: str) -> Path:
    return Path(os.path.expanduser(_text(value, where)))  # noqa: PTH111 - Path.expanduser raises without a home


def _text(value: Any, where: str) -> str:
    text = os.fspath(value) if isinstance(value, Path) else value
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise SettingsError(f"{where}: must be a text that is not empty.")
    return text


def _count(value: Any, where: str) -> int:
    try:
        number = int(value) if not isinstance(value, bool | float) else 0
    except (TypeError, ValueError):
        number = 0
    if number < 1:
        raise SettingsError(f"{where}: must be a whole number of 1 or more, not {value!r}.")
    return number


def _limits(value: Any, where: str) -> Limits:
    known = {field.name: field.default for field in fields(Limits)}
    for name in _table(value, where):
        if name not in known:
            raise SettingsError(f"{where}.{name}: there is no such limit{_suggestion(name, known)}.")
    return Limits(**{name: _count(number, f"{where}.{name}") for name, number in value.items()})


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


_PARSERS: dict[str, Callable[[Any, str], Any]] = {
    "corpus": _path,
    "index": _path,
    "model": _text,
    "keep": _count,
    "links": _links,
    "limits": _limits,
}
