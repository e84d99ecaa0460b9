"""Bring the measured tables into README.md and the plots into docs/pictures.

    python -m benchmarks.pages

Everything comes from `figures/*.json`; `tests/test_figures.py` proves that nobody changed it by hand.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from benchmarks.kept import FIGURES, read_figures
from benchmarks.plots import PICTURES as DRAWN
from benchmarks.plots import pictures
from benchmarks.tables import TABLES

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PICTURES = ROOT / "docs" / "pictures"
_TABLE = re.compile(r"(<!-- table (\w+): begin -->\n).*?(<!-- table \2: end -->)", re.DOTALL)
_NOT_MEASURED = "Not measured yet: `python -m benchmarks.all`."


def main() -> None:
    """Bring the README and the pictures up to the figures."""
    figures = all_figures()
    README.write_text(with_tables(README.read_text("utf-8"), figures), "utf-8")
    for name, text in pictures(figures).items():
        (PICTURES / name).write_text(text, "utf-8")


def all_figures(folder: Path = FIGURES) -> dict[str, dict[str, Any]]:
    """Return the figures of each table that has some."""
    found = {name: read_figures(folder, name) for name in {*TABLES, *(picture.table for picture in DRAWN.values())}}
    return {name: figures for name, figures in found.items() if figures}


def with_tables(page: str, figures: dict[str, dict[str, Any]]) -> str:
    """Return the text of a page with each table between its two marks."""
    return _TABLE.sub(lambda mark: f"{mark[1]}{table(mark[2], figures)}\n{_shown(mark[2], figures)}{mark[3]}", page)


def table(name: str, figures: dict[str, dict[str, Any]]) -> str:
    """Return one table in Markdown."""
    return TABLES[name](figures[name]) if name in figures else _NOT_MEASURED


def _shown(name: str, figures: dict[str, dict[str, Any]]) -> str:
    """Return the pictures that belong to a table."""
    found = [
        f"![{it.title}](docs/pictures/{file})\n" for file, it in DRAWN.items() if it.table == name and name in figures
    ]
    return "".join(["\n", *found]) if found else ""


if __name__ == "__main__":
    main()
