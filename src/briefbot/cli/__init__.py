"""The command line: puts the real parts together, and turns every error into a sentence and an exit code.

Results go to standard output, progress and notes to standard error. A command's module is imported when the command is
called, so that `--help` needs none of them.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import secrets
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefbot import __version__
from briefbot.errors import BriefbotError, DiskError

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = {
    "build": ("build", "Bring the index up to the documents."),
    "ask": ("ask", "Answer a question with the exact passage and its citation."),
    "chat": ("ask", "Answer questions one after the other."),
    "quote": ("quote", "Find who said what, word for word, and check a quotation."),
    "run": ("run", "Run the Discord bot."),
    "show": ("show", "List the documents, or print the text that citations refer to."),
    "status": ("upkeep", "Tell what the index holds, and what has changed since."),
    "check": ("upkeep", "Verify every byte of every generation."),
    "rollback": ("upkeep", "Make a former generation the current one."),
    "prune": ("upkeep", "Remove old generations from the disk."),
    "purge": ("upkeep", "Remove a document's text from the disk for good."),
    "feedback": ("feedback", "Write what users said of answers as a file of questions."),
    "eval": ("evaluate", "Measure how well questions with known answers are answered."),
    "calibrate": ("calibrate", "Set how sure an answer must be, from a team's own questions."),
    "doctor": ("doctor", "Look at everything briefbot needs, and say how to mend it."),
}

_ATTRIBUTES = {"eval": "evaluate"}  # a function of that name would hide Python's own

_EXIT_CODES = """\b
Exit codes:
  0   done; for `ask` also when the documents do not answer
  1   check or doctor found a fault
  2   wrong usage, or something asked for that does not exist
  3   built, but some files could not be read
  4   nothing published: the corpus is missing, empty or has shrunk, or a gate refused
  5   the index or the model cannot be used, or packages are missing
  6   another process is changing the index
  70  an unexpected error, with a reference
  74  the disk is full, or may not be written
  78  a setting that cannot be used
  130 interrupted
"""


class _Commands(click.Group):
    """A group that knows its commands by name and imports them when they are called."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command: click.Command = getattr(
            importlib.import_module(f"briefbot.cli.{_COMMANDS[name][0]}"), _ATTRIBUTES.get(name, name)
        )
        return command

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_Commands, epilog=_EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="briefbot %(version)s")
def commands() -> None:
    """Answer questions from your own documents with the exact passage and a citation.

    Every setting may come from a flag, an environment variable (BRIEFBOT_CORPUS, BRIEFBOT_INDEX, …), briefbot.toml in
    the current folder, or the default, in this order.
    """


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; the only place where errors become words."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character still gets the rest
    try:
        result = commands.main(list(arguments), prog_name="briefbot", standalone_mode=False)
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last door
        return _ended_by(error)
    return result if isinstance(result, int) else 0


def _ended_by(error: BaseException) -> int:
    from briefbot.harmless import printable

    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, BrokenPipeError):  # whoever reads has had enough, as `head` does
        _forget_output()
        return 0
    code, sentence = _in_words(error)
    click.echo(f"briefbot: {printable(sentence)}", err=True)
    return code


def _in_words(error: BaseException) -> tuple[int, str]:
    match error:
        case BriefbotError():
            return error.exit_code, str(error)
        case KeyboardInterrupt() | click.Abort() | ImportError(__cause__=KeyboardInterrupt()):  # while C is imported
            return 130, "Interrupted; nothing was changed."
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG):
            _forget_output()
            return DiskError.exit_code, "The result could not be written: the disk is full."
        case _:  # nobody but the log gets to see a traceback
            return BriefbotError.exit_code, _logged(error)


def _forget_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _logged(error: BaseException) -> str:
    reference = secrets.token_hex(4)
    path = Path(tempfile.gettempdir()) / f"briefbot-error-{reference}.log"
    trace = "".join(traceback.format_exception(error))
    try:
        path.write_text(trace, "utf-8")
    except OSError:
        return f"Something unexpected happened (reference {reference}): {trace}"
    return f"Something unexpected happened (reference {reference}); please report it with the file {path}."
