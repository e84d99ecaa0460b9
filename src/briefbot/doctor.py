"""Looks at everything briefbot needs, and says for each thing that is missing how to mend it.

Every look is one small function that returns an item; none of them changes anything, and none loads the model.
"""

from __future__ import annotations

import shutil
import sys
from importlib import metadata
from typing import TYPE_CHECKING

from briefbot.corpus.scan import scan
from briefbot.embedding.models import model_folder, model_identity
from briefbot.errors import BriefbotError, NoIndex
from briefbot.index.store import open_current
from briefbot.reports import DoctorReport, Item
from briefbot.settings import MEGABYTE, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_OLDEST_PYTHON = (3, 11)
_SPACE_NEEDED_MB = 500


def doctor(settings: Settings, environ: Mapping[str, str]) -> DoctorReport:
    """Return what is well and what is not."""
    looks: list[Callable[[], Item]] = [
        _python,
        _packages,
        lambda: _model(settings),
        lambda: _corpus(settings.corpus),
        lambda: _index(settings),
        lambda: _disk(settings.index),
        lambda: _token(environ),
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


def _token(environ: Mapping[str, str]) -> Item:
    if environ.get("DISCORD_TOKEN") or environ.get("DISCORD_TOKEN_FILE"):
        return Item("Discord token", "ok", "set", "")
    fix = "not needed in the terminal; for Discord, set DISCORD_TOKEN or DISCORD_TOKEN_FILE"
    return Item("Discord token", "warn", "not set", fix)
