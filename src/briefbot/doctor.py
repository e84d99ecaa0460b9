"""Looks at everything briefbot needs, and says for each thing that is missing how to mend it.

Every look is one small function that returns an item; none of them changes anything, and none imports torch.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from typing import TYPE_CHECKING

from briefbot.access import Access, fits
from briefbot.answering import calibration_of
from briefbot.corpus.scan import scan
from briefbot.credentials import (
    GET_A_TOKEN,
    TOKEN,
    TOKEN_FILE,
    application_id_of,
    bot_token,
    exposed_file,
    invite_link,
    token_sources,
)
from briefbot.embedding.cache import cached_file, is_cached, is_of, refusal_file, source_of
from briefbot.embedding.compiled import CompiledEncoder
from briefbot.embedding.models import model_folder, model_identity
from briefbot.errors import BriefbotError, NoIndex, SettingsError
from briefbot.index.store import open_current
from briefbot.model import Scope
from briefbot.packages import BUILDING, EVALUATING, INSTALL, missing, required
from briefbot.reports import DoctorReport, Item
from briefbot.search.familiarity import FIX, in_words, unfamiliar
from briefbot.settings import MEGABYTE, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from briefbot.embedding.compiled import ModelFacts
    from briefbot.index.generation import Generation

_OLDEST_PYTHON = (3, 11)
_SPACE_NEEDED_MB = 500
_NAMES_SHOWN = 5
_ONLY_ANSWERS = f"build on another machine and copy the index here; to build here as well, {INSTALL}"
_NOT_COMPARED = "there is none here: answers are given as of the build, and not compared with the documents"
_CALIBRATE = "ask 30 questions or more of your own with: briefbot calibrate QUESTIONS"
_OTHER_FEEDBACK = "let the bot's user write there, or name another file with feedback under [discord]"


def doctor(settings: Settings, environ: Mapping[str, str]) -> DoctorReport:
    """Return what is well and what is not."""
    looks: list[Callable[[], Item]] = [
        _python,
        _packages,
        lambda: _model(settings),
        lambda: _encoder(settings),
        lambda: _corpus(settings.corpus),
        lambda: _index(settings),
        lambda: _disk(settings.index),
        lambda: _discord(environ),
        lambda: _access(settings),
    ]
    if path := settings.discord.feedback:
        looks.append(lambda: _feedback(path))
    return DoctorReport(tuple(look() for look in looks))


def _python() -> Item:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _OLDEST_PYTHON:
        return Item("Python", "fail", f"{version} is too old", "install Python 3.11 or newer and set briefbot up again")
    return Item("Python", "ok", version, "")


def _packages() -> Item:
    gone = missing(required())
    if answering := [name for name in gone if name not in (*BUILDING, *EVALUATING)]:
        return Item("packages", "fail", f"missing: {', '.join(answering)}", "install briefbot again: make setup")
    if gone:
        kind = "answer and not build" if missing(BUILDING) else "answer and build, and not evaluate"
        return Item("packages", "warn", f"this machine can {kind}; missing: {', '.join(gone)}", _ONLY_ANSWERS)
    return Item("packages", "ok", f"{len(required())} packages installed", "")


def _model(settings: Settings) -> Item:
    try:
        identity = model_identity(model_folder(settings.model))
    except BriefbotError as error:
        if _kept_model(settings):
            return Item("model", "warn", "the one in the index answers; none is here to build with", _ONLY_ANSWERS)
        return Item("model", "fail", str(error), _build_anew("set another model, or install it as the sentence says"))
    return Item("model", "ok", f"{settings.model} ({identity[:12]})", "")


def _encoder(settings: Settings) -> Item:
    """Look how texts are encoded: by a compiled model that computes here what it should, or by the slower way."""
    try:
        if kept := _kept_model(settings):
            return _compiled(CompiledEncoder(settings.model, kept).model.facts, "kept in the index")
        source = source_of(model_folder(settings.model), settings.precision)
    except BriefbotError as error:
        return Item("encoder", "fail", str(error), _build_anew("run: briefbot build --full"))
    if settings.precision == "reference":
        return Item("encoder", "ok", "sentence-transformers itself, as the setting precision says", "")
    if refusal_file(source).exists():
        return _not_compiled(source)
    message = "compiled" if is_cached(source) else "compiled by the next build, once"
    return Item("encoder", "ok", message, "")


def _build_anew(fix: str) -> str:
    """Return how an index is mended: by `fix`, or from where it is built."""
    return _ONLY_ANSWERS if missing(BUILDING) else fix


def _kept_model(settings: Settings) -> Callable[[], memoryview] | None:
    """Return what reads the compiled model that the index keeps, if it keeps one."""
    try:
        with open_current(settings.index) as generation:
            return generation.compiled_model()
    except BriefbotError:  # told by the look at the index
        return None


def _compiled(facts: ModelFacts, where: str) -> Item:
    agreement = f"cosine to sentence-transformers at least {facts.agreement:.3f}"
    return Item("encoder", "ok", f"compiled with {facts.precision}, {agreement}; {where}", "")


def _not_compiled(source: str) -> Item:
    file, refusal = cached_file(source), refusal_file(source)
    reason = refusal.read_text("utf-8", "replace").strip()
    bring = f"scp OTHER:.cache/briefbot/{file.name} {shlex.quote(str(file))}"
    return Item(
        "encoder",
        "warn",
        f"the model runs without being compiled, which is slower: {reason}",
        f"bring the compiled one from a machine that could make it ({bring}), or try again: "
        f"rm {shlex.quote(str(refusal))}, and then in either case: briefbot build --full",
    )


def _corpus(corpus: Path) -> Item:
    try:
        found = scan(corpus, 0)
    except BriefbotError as error:
        if missing(BUILDING):
            return Item("corpus", "warn", _NOT_COMPARED, "nothing, where the documents are on another machine")
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
            manifest, problems = generation.manifest, dict(_shortcomings(generation))
    except NoIndex:
        return Item(
            "index", "warn", f"there is none in the folder {settings.index} yet", _build_anew("run: briefbot build")
        )
    except BriefbotError as error:
        return Item("index", "fail", str(error), _build_anew("run: briefbot build --full"))
    if manifest.encoder.name != settings.model and not is_of(manifest.encoder.weights, settings.model):
        return Item("index", "fail", f"made with the model {manifest.encoder.name}", "run: briefbot build")
    found = f"generation {manifest.generation}, {manifest.passages} passages"
    return Item("index", "warn" if problems else "ok", "; ".join([found, *problems]), "; ".join(problems.values()))


def _shortcomings(generation: Generation) -> Iterator[tuple[str, str]]:
    """Yield what keeps an index from answering as well as it could, and the fix."""
    if strange := _strange(generation):
        yield strange, FIX
    if calibration_of(generation) is None:
        yield f"confidence is not calibrated for the model {generation.manifest.encoder.name}", _CALIBRATE


def _strange(generation: Generation) -> str:
    """Return which languages of the documents the model does not know; nothing where looking would load it whole."""
    read = generation.compiled_model()
    if read is None:
        return ""
    entry = generation.manifest.encoder
    encoder = CompiledEncoder(entry.name, read, identity=entry.identity)
    return in_words(unfamiliar(generation, generation.visible(Scope.everything()).rows, encoder.count), entry.name)


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
        return Item("Discord", "fail", f"what is set with {sources[0]} is not a bot's token", fix)
    invitation = f"to invite the bot, open {invite_link(application)}"
    if len(sources) > 1:
        return Item("Discord", "warn", f"{TOKEN} goes before {TOKEN_FILE}; {invitation}", "unset one of the two")
    if file := exposed_file(environ):
        fix = f"chmod 600 {shlex.quote(str(file))}"
        return Item("Discord", "warn", f"others than its owner can read the token's file; {invitation}", fix)
    return Item("Discord", "ok", invitation, "")


def _access(settings: Settings) -> Item:
    names = _documents(settings)
    unplaced = Access(settings.access, frozenset()).unplaced(names)
    problems = dict([*_without_operators(settings), *_without_rule(unplaced), *_without_document(settings, names)])
    message = "; ".join([_who_sees(settings), *problems])
    return Item("access", "warn" if problems else "ok", message, "; ".join(dict.fromkeys(problems.values())), unplaced)


def _feedback(path: Path) -> Item:
    folder = path.parent
    if not os.access(folder, os.F_OK):
        return Item("feedback", "warn", f"there is no folder {folder}", f"mkdir -p {shlex.quote(str(folder))}")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Item("feedback", "fail", f"nothing can be written in {folder}", _OTHER_FEEDBACK)
    if path.is_dir():
        return Item("feedback", "fail", f"{path} is a folder", _OTHER_FEEDBACK)
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        return Item("feedback", "fail", f"{path} cannot be read and written", _OTHER_FEEDBACK)
    return Item("feedback", "ok", f"kept in {path}", "")


def _who_sees(settings: Settings) -> str:
    if settings.access:
        return f"rules that say who sees what in Discord: {len(settings.access)}"
    servers = ", ".join(map(str, sorted(settings.discord.home)))
    where = f"of the server {servers}" if servers else "of the first server that the bot joined"
    return f"without a rule, every member {where} sees every document, and other servers see none"


def _without_operators(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield why /reindex is allowed to nobody although half of what it needs is set, and the fix."""
    given = {"operators": settings.discord.operators, "home": settings.discord.home}
    missing = [name for name, ids in given.items() if not ids]
    if len(missing) == 1:
        (there,) = given.keys() - missing
        problem = f"/reindex is allowed to nobody, as {there} is set and {missing[0]} is not"
        yield problem, "set both, operators and home, under [discord]"


def _without_rule(unplaced: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield which documents no rule names, and the fix."""
    if unplaced:
        problem = f"no rule names {_listed(unplaced)}: shown nowhere in Discord"
        yield problem, "name them, or their folder, under documents of an [[access]] rule"


def _without_document(settings: Settings, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield which entries of the rules name no document, and the fix."""
    for number, rule in enumerate(settings.access if names else (), start=1):
        idle = [entry for entry in rule.documents if not any(fits(entry, name) for name in names)]
        if idle:
            problem = f"rule #{number} fits no document with {_listed(map(repr, idle))}"
            yield problem, "write the entries that fit no document as briefbot show lists them"


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
