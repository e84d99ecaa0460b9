"""Looks at everything briefbot needs, and says for each thing that is missing how to mend it.

Every look is one small function that returns an item; none of them changes anything, and none loads the model.
"""

from __future__ import annotations

import shutil
import sys
from importlib import metadata
from typing import TYPE_CHECKING

from briefbot.access import Access, fits
from briefbot.corpus.scan import scan
from briefbot.credentials import (
    GET_A_TOKEN,
    TOKEN,
    TOKEN_FILE,
    application_id_of,
    bot_token,
    invite_link,
    token_sources,
)
from briefbot.embedding.models import model_folder, model_identity
from briefbot.errors import BriefbotError, NoIndex, SettingsError
from briefbot.index.store import open_current
from briefbot.reports import DoctorReport, Item
from briefbot.settings import MEGABYTE, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

_OLDEST_PYTHON = (3, 11)
_SPACE_NEEDED_MB = 500
_NAMES_SHOWN = 5


def doctor(settings: Settings, environ: Mapping[str, str]) -> DoctorReport:
    """Return what is well and what is not."""
    looks: list[Callable[[], Item]] = [
        _python,
        _packages,
        lambda: _model(settings),
        lambda: _corpus(settings.corpus),
        lambda: _index(settings),
        lambda: _disk(settings.index),
        lambda: _discord(environ),
        lambda: _access(settings),
    ]
    return DoctorReport(tuple(look() for look in looks))


def _python() -> Item:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _OLDEST_PYTHON:
        return Item("Python", "fail", f"{version} is too old", "install Python 3.11 or newer and set briefbot up again")
    return Item("Python", "ok", version, "")


def _packages() -> Item:
    missing = sorted(name for name in _required() if not _is_installed(name))
    if missing:
        return Item("packages", "fail", f"missing: {', '.join(missing)}", "install briefbot again: make setup")
    return Item("packages", "ok", f"{len(_required())} packages installed", "")


def _required() -> list[str]:
    lines = metadata.requires("briefbot") or []
    names = (line.partition(";") for line in lines)
    return [_bare(name) for name, _, condition in names if "extra" not in condition]


def _bare(requirement: str) -> str:
    return requirement.strip().split("[")[0].split("=")[0].split(">")[0].split("<")[0].split("~")[0].strip()


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _model(settings: Settings) -> Item:
    try:
        identity = model_identity(model_folder(settings.model))
    except BriefbotError as error:
        return Item("model", "fail", str(error), "set another model, or install it as the sentence says")
    return Item("model", "ok", f"{settings.model} ({identity[:12]})", "")


def _corpus(corpus: Path) -> Item:
    try:
        found = scan(corpus, 0)
    except BriefbotError as error:
        return Item("corpus", "fail", str(error), "set the folder with --corpus or in briefbot.toml")
    if not found.files:
        return Item("corpus", "fail", f"{corpus} holds no documents", "put documents there")
    if found.refused:
        name, reason = found.refused[0]
        return Item("corpus", "warn", f"{len(found.files)} documents; {name}: {reason}", "look at briefbot build")
    return Item("corpus", "ok", f"{len(found.files)} documents in {corpus}", "")


def _index(settings: Settings) -> Item:
    try:
        with open_current(settings.index) as generation:
            manifest = generation.manifest
    except NoIndex as error:
        return Item("index", "warn", str(error), "run: briefbot build")
    except BriefbotError as error:
        return Item("index", "fail", str(error), "run: briefbot build --full")
    if manifest.encoder.name != settings.model:
        return Item("index", "fail", f"made with the model {manifest.encoder.name}", "run: briefbot build")
    return Item("index", "ok", f"generation {manifest.generation}, {manifest.passages} passages", "")


def _disk(index: Path) -> Item:
    place = next(path for path in (index, *index.resolve().parents) if path.exists())
    free = shutil.disk_usage(place).free // MEGABYTE
    if free < _SPACE_NEEDED_MB:
        return Item("disk", "warn", f"{free} MB free at {place}", "free some space before the next build")
    return Item("disk", "ok", f"{free:,} MB free at {place}", "")


def _discord(environ: Mapping[str, str]) -> Item:
    sources = token_sources(environ)
    if not sources:
        return Item("Discord", "warn", "no token is set", f"not needed in the terminal; for Discord, {GET_A_TOKEN}")
    try:
        application = application_id_of(bot_token(environ))
    except SettingsError as error:
        return Item("Discord", "fail", str(error), f"mend {TOKEN} or {TOKEN_FILE}, then run: briefbot doctor")
    if application is None:
        fix = f"copy the token (not the public key, not the client secret) again, or {GET_A_TOKEN}"
        return Item("Discord", "warn", "what is set as a token does not name a bot", fix)
    invitation = f"to invite the bot, open {invite_link(application)}"
    if len(sources) > 1:
        return Item("Discord", "warn", f"{TOKEN} goes before {TOKEN_FILE}; {invitation}", "unset one of the two")
    return Item("Discord", "ok", invitation, "")


def _access(settings: Settings) -> Item:
    problems = [*_without_operators(settings), *_without_effect(settings)]
    if problems:
        return Item("access", "warn", "; ".join(problems), "change [discord] or [[access]] in briefbot.toml")
    return Item("access", "ok", _who_sees(settings), "")


def _who_sees(settings: Settings) -> str:
    if settings.access:
        return f"rules that say who sees what in Discord: {len(settings.access)}"
    servers = ", ".join(map(str, sorted(settings.discord.home)))
    where = f"of the server {servers}" if servers else "of the first server that the bot joined"
    return f"without a rule, every member {where} sees every document, and other servers see none"


def _without_operators(settings: Settings) -> Iterator[str]:
    """Yield why /reindex is allowed to nobody although half of what it needs is set."""
    given = {"operators": settings.discord.operators, "home": settings.discord.home}
    missing = [name for name, ids in given.items() if not ids]
    if len(missing) == 1:
        (there,) = given.keys() - missing
        yield f"/reindex is allowed to nobody, as {there} is set and {missing[0]} is not"


def _without_effect(settings: Settings) -> Iterator[str]:
    """Yield which documents no rule names, and which entries of the rules name no document."""
    names = _documents(settings)
    if not settings.access or not names:
        return
    unplaced = Access(settings.access, frozenset()).unplaced(names)
    if unplaced:
        yield f"no rule names {_listed(unplaced)}: shown nowhere in Discord"
    for number, rule in enumerate(settings.access, start=1):
        idle = [entry for entry in rule.documents if not any(fits(entry, name) for name in names)]
        if idle:
            yield f"rule #{number} fits no document with {_listed(map(repr, idle))}"


def _documents(settings: Settings) -> tuple[str, ...]:
    """Return the names of the documents in the index, else of those in the corpus, else none."""
    try:
        with open_current(settings.index) as generation:
            return tuple(generation.documents)
    except BriefbotError:
        pass
    try:
        return tuple(file.name for file in scan(settings.corpus, 0).files)
    except BriefbotError:
        return ()


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _NAMES_SHOWN} more" if len(every) > _NAMES_SHOWN else ""
    return ", ".join(every[:_NAMES_SHOWN]) + more
