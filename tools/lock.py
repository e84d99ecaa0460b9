"""Write constraints.txt: the newest version of every package that pyproject.toml allows, PyTorch excepted.

Nothing is installed: a pip of its own is asked what it would put into an empty environment. That happens on the oldest
Python that the project supports, because what admits that one admits the newer ones as well.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from install import CONSTRAINTS, OLDEST_PYTHON, create, from_nvidia, packages, pinned, pip, public

HEADER = """\
# The exact version of every package that `make` installs, for running, testing and building.
# Remade by `make lock`. PyTorch keeps its version, because a new one is worth a measurement: change its line by hand.
"""
BUILDING = ("editables", "hatchling", "pip")
# discord.py needs audioop-lts where Python no longer brings audioop.
NEWER_PYTHON = ("--python-version", "3.13", "--only-binary", ":all:", "--target", "nowhere", "audioop-lts")


def main() -> None:
    """Resolve all requirements afresh and write constraints.txt."""
    if sys.version_info[:2] != OLDEST_PYTHON:
        sys.exit("Versions are chosen on the oldest Python: make lock PYTHON=python3.11")
    with tempfile.TemporaryDirectory() as folder:
        venv = Path(folder) / "venv"
        create(venv)
        pip(venv, "install", "--upgrade", "pip")
        found = resolve(venv, f"torch=={pinned('torch')}", *BUILDING, "--editable", ".[dev]")
        found |= resolve(venv, "--no-deps", *NEWER_PYTHON)
    CONSTRAINTS.write_text(constraints(found), "utf-8")


def resolve(venv: Path, *wanted: str) -> dict[str, str]:
    """Return name and version of what the pip of `venv` would install into an empty environment."""
    return packages(pip(venv, "install", "--dry-run", "--ignore-installed", "--report", "-", *wanted))


def constraints(found: dict[str, str]) -> str:
    """Return the text of constraints.txt that pins `found`, without packages for NVIDIA's processors."""
    names = sorted(found.keys() - from_nvidia(found))
    return HEADER + "".join(f"{name}=={public(found[name])}\n" for name in names)


if __name__ == "__main__":
    main()
