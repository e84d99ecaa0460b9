"""Write what `--help` says into the pages: every command into docs/commands.md, the overview into README.md.

It knows the two pages and nothing of what a command does. `tests/test_docs.py` proves that the pages are current.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefbot.cli import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "commands.md"
README = ROOT / "README.md"

_COLUMNS = 80  # the same on every machine, however wide its terminal
_OVERVIEW = re.compile(r"(?<=<!-- help: begin -->\n).*(?=<!-- help: end -->)", re.DOTALL)
_HEAD = """\
# Commands

This page is what `--help` says of each command. It is written by `make help-pages`; change the texts in
`src/briefbot/cli`.
"""


def main() -> None:
    """Bring both pages up to the command line."""
    PAGE.write_text(commands_page(), "utf-8")
    README.write_text(with_overview(README.read_text("utf-8")), "utf-8")


def commands_page() -> str:
    """Return the text of docs/commands.md."""
    return "\n".join([_HEAD, *(f"## {title}\n\n{_fenced(text)}" for title, text in _helps(commands, _top()))])


def with_overview(readme: str) -> str:
    """Return the text of README.md with the current overview between its two marks."""
    overview = _fenced(_top().get_help())
    return _OVERVIEW.sub(lambda _: overview, readme)


def _top() -> click.Context:
    return commands.make_context("briefbot", [], terminal_width=_COLUMNS, resilient_parsing=True)


def _helps(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the name and the help of a command, and of the commands below it."""
    yield context.command_path, context.get_help()
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is None:
                raise LookupError(name)
            yield from _helps(below, below.make_context(name, [], parent=context, resilient_parsing=True))


def _fenced(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n"


if __name__ == "__main__":
    main()
