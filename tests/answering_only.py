"""briefbot as on a machine set up to answer alone: `python -m tests.answering_only REPORT ARGUMENTS`.

What `requirements-answer.txt` does not name can neither be imported nor found installed. In the end the names of the
packages of which something was imported are written to the file REPORT. As `tests.discord.standin.launch` it takes the
address of a stand-in for Discord as its first argument, and REPORT from the environment.
"""

from __future__ import annotations

import json
import os
import re
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
        self._packages = packages | {"briefbot"}
        owners = metadata.packages_distributions()
        listed = (module for module, names in owners.items() if {canonical(n) for n in names} & packages)
        self._modules = {*listed, *sys.stdlib_module_names, *_OURS}

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        known = path is not None or name.partition(".")[0] in self._modules
        return PathFinder.find_spec(name, path, target) if known else None

    def find_distributions(self, *context: Any) -> Iterable[metadata.Distribution]:
        found = metadata.MetadataPathFinder.find_distributions(*context)
        return (one for one in found if canonical(one.metadata["Name"]) in self._packages)


def imported() -> list[str]:
    """Return the packages of which something was imported."""
    owners = metadata.packages_distributions()
    modules = {name.partition(".")[0] for name, module in sys.modules.items() if module}
    return sorted({canonical(name) for module in modules for name in owners.get(module, ())} - {"briefbot"})


def hide() -> None:
    """Hide what is not listed from here on, and forget what this very module imported."""
    finder = OnlyListed(listed())
    sys.meta_path[:] = [finder if one is PathFinder else one for one in sys.meta_path]
    for name in [name for name in sys.modules if name.partition(".")[0] == "packaging"]:
        del sys.modules[name]


def main() -> None:
    first, *arguments = sys.argv[1:]
    hide()
    try:
        if report := os.environ.get(REPORT):
            from tests.discord.standin.launch import main as launch

            launch()
        else:
            report = first
            from briefbot.cli import run

            sys.exit(run(arguments))
    finally:
        Path(report).write_text(json.dumps(imported()), "utf-8")


if __name__ == "__main__":
    main()
