"""The rules of the house that no linter knows: see CONTRIBUTING.md."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCES = sorted((Path(__file__).parents[1] / "src").rglob("*.py"))
LONGEST_FUNCTION, LONGEST_MODULE, DEEPEST = 40, 400, 3
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)
every_module = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)


def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


def depth(node: ast.AST) -> int:
    """Return how many blocks stand within one another below `node`; an `elif` is no deeper than its `if`."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        deepest = max(deepest, depth(child) + (isinstance(child, BLOCKS) and not is_elif))
    return deepest


@every_module
def test_functions_and_modules_are_short_and_shallow(path: Path) -> None:
    functions = [node for node in nodes(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [f.name for f in functions if (f.end_lineno or f.lineno) - f.lineno + 1 > LONGEST_FUNCTION]
    deep = [f.name for f in functions if depth(f) > DEEPEST]
    assert (long, deep) == ([], [])
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_MODULE


@every_module
def test_values_have_slots(path: Path) -> None:
    marks = [
        ast.unparse(mark) for node in nodes(path) if isinstance(node, ast.ClassDef) for mark in node.decorator_list
    ]
    assert [mark for mark in marks if mark.startswith("dataclass") and "slots=True" not in mark] == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [path for path in SOURCES if {path.stem, path.parent.name} & FORBIDDEN_NAMES] == []
