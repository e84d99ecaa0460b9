"""What all commands share: the settings, how results are printed, how a date is read, and progress."""

from __future__ import annotations

import functools
import json
import os
import sys
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from briefbot.settings import Settings, load_settings
from briefbot.terminal.paint import Paint, colour_wanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefbot.building.preparing import Bars

COMPILING = "The model is compiled, once for all builds; that takes about half a minute."

_SHARED = (
    click.option("--corpus", metavar="FOLDER", help="Where the documents are.  [default: docs_corpus]"),
    click.option("--index", metavar="FOLDER", help="Where the index is kept.  [default: index]"),
    click.option("--model", metavar="NAME|FOLDER", help="Another sentence-transformers model."),
    click.option("--config", metavar="FILE", help="Another settings file than briefbot.toml."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text."),
    click.option("--quiet", "-q", is_flag=True, help="No progress and no notes."),
    click.option("--no-input", is_flag=True, help="Never ask for anything."),
)


@dataclass(frozen=True, slots=True)
class Session:
    """The settings in force, the file that was named for them, and how this call wants to be spoken to."""

    settings: Settings
    config: str | None
    as_json: bool
    quiet: bool
    may_ask: bool
    paint: Paint

    def result(
        self, text: Callable[[], str], fields: Callable[[], dict[str, Any]], *, one_of_many: bool = False
    ) -> None:
        """Print a result to standard output, as text or as JSON; one of many results takes one line of JSON."""
        indent = None if one_of_many else 2
        click.echo(json.dumps(fields(), ensure_ascii=False, indent=indent) if self.as_json else text())

    def note(self, text: str) -> None:
        """Print a note to standard error."""
        if not self.quiet:
            click.echo(text, err=True)

    def bars(self, *, as_json: bool = False) -> Bars:
        """Return what shows progress on standard error: bars where a person looks, lines of JSON where wanted."""
        from briefbot.terminal import progress

        if as_json and not self.quiet:
            return progress.JsonBars(sys.stderr)
        wanted = not as_json and progress.bars_wanted(sys.stderr, os.environ, quiet=self.quiet)
        return progress.Bars(sys.stderr, enabled=wanted)


def as_date(_: click.Context, option: click.Parameter, value: str | None) -> date | None:
    """Return the date that an option was given."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a date; write it as 2023-09-13.", param=option) from None


def with_session(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the shared options, and the session they make as its first argument."""

    @functools.wraps(command)
    def called(*, as_json: bool, quiet: bool, no_input: bool, **rest: Any) -> Any:
        flags = {name: rest.pop(name) for name in ("corpus", "index", "model", "config")}
        session = Session(
            settings=load_settings(flags, os.environ),
            config=flags["config"] or os.environ.get("BRIEFBOT_CONFIG"),
            as_json=as_json,
            quiet=quiet,
            may_ask=not no_input and sys.stdin.isatty(),
            paint=Paint(colour_wanted(sys.stdout, os.environ)),
        )
        return command(session, **rest)

    for option in reversed(_SHARED):
        called = option(called)
    return called
