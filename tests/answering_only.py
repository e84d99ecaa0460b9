"""briefbot as on a machine set up to answer alone: `python -m tests.answering_only REPORT ARGUMENTS`.

What `requirements-answer.txt` does not name can neither be imported nor found installed, and no connection is opened.
In the end the names of the packages in which something was looked for are written to the file REPORT. As
`tests.discord.standin.launch` does, it takes the address of a stand-in for Discord as its first argument where the
environment names REPORT; then it may open connections.
"""

from __future__ import annotations

import json
import os
import re
import socket
import sys
from importlib import metadata
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).parents[1]
REPORT = "ANSWERING_ONLY_REPORT"
_OURS = {"briefbot", "tests", "__main__"}


def listed() -> frozenset[str]:
    """Return the packages that requirements-answer.txt names for this Python."""
    lines = (ROOT / "requirements-answer.txt").read_text("utf-8").splitlines()
    wanted = (Requirement(line) for line in lines if not line.startswith("#"))
    return frozenset(one.name for one in wanted if one.marker is None or one.marker.evaluate())


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


class OnlyListed:
    """Finds modules and packages as Python does, but for those that are not listed."""

    def __init__(self, packages: frozenset[str]) -> None:
        self.found: set[str] = set()
        self._packages = packages | {"briefbot"}
        self._owners = {
            module: {canonical(name) for name in names} & packages
            for module, names in metadata.packages_distributions().items()
        }

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        if path is None and not self._may_be_found(name):
            return None
        return PathFinder.find_spec(name, path, target)

    def find_distributions(self, *context: Any) -> Iterable[metadata.Distribution]:
        found = metadata.MetadataPathFinder.find_distributions(*context)
        return (one for one in found if canonical(one.metadata["Name"]) in self._packages)

    def _may_be_found(self, name: str) -> bool:
        owners = self._owners.get(name, set())
        self.found |= owners
        return bool(owners) or name in _OURS or name in sys.stdlib_module_names


def hide() -> OnlyListed:
    """Hide what is not listed from here on, and forget what this very module imported."""
    finder = OnlyListed(listed())
    sys.meta_path[:] = [finder if one is PathFinder else one for one in sys.meta_path]
    for name in [name for name in sys.modules if name.partition(".")[0] == "packaging"]:
        del sys.modules[name]
    return finder


def refuse_connections() -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a connection was opened")

    socket.socket.connect = socket.getaddrinfo = refuse  # type: ignore[assignment, method-assign]


def main() -> None:
    first, *arguments = sys.argv[1:]
    finder = hide()
    try:
        if report := os.environ.get(REPORT):
            from tests.discord.standin.launch import main as launch

            launch()
        else:
            report = first
            refuse_connections()
            from briefbot.cli import run

            sys.exit(run(arguments))
    finally:
        Path(report).write_text(json.dumps(sorted(finder.found)), "utf-8")


if __name__ == "__main__":
    main()
