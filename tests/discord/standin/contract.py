"""Checks requests and answers against Discord's own API document, where that is at hand.

The `$ref`s are replaced by what they name, once, and a choice among components is made by their `type` before
anything is checked: jsonschema's own way is to try every branch, and to say of each why it does not fit.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
DOCUMENT = ROOT.parent / "shared" / "discord-api-spec" / "openapi.json"
METHODS = ("get", "post", "put", "patch", "delete")
MOST_REASONS, LONGEST_REASON = 5, 300


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    pattern: re.Pattern[str]
    validator: Any  # of the body; None where the operation takes none
    needs_body: bool
    answers: dict[str, Any]

    def reasons(self, body: Any) -> list[str]:
        """Return what is wrong with a request's body."""
        if body is None:
            return ["a body is required"] if self.needs_body else []
        if self.validator is None:
            return []
        return [_said(error) for error, _ in zip(self.validator.iter_errors(body), range(MOST_REASONS), strict=False)]

    def wrong_answers(self, status: int, body: Any) -> list[str]:
        """Return what is wrong with the stand-in's own answer."""
        if str(status) not in self.answers:
            return [f"{self.method} {self.path} never answers {status}"]
        validator = self.answers[str(status)]
        if validator is None:
            return [] if body is None else ["the answer has no body"]
        return [_said(error) for error, _ in zip(validator.iter_errors(body), range(MOST_REASONS), strict=False)]


class Contract:
    """All of Discord's operations; the most literal path first."""

    def __init__(self, document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]
        # Discord takes numbers where it documents strings of digits, and discord.py sends them.
        schemas["SnowflakeType"] = {"type": ["string", "integer"], "pattern": "^(0|[1-9][0-9]*)$"}
        linked = _linked(document, document, {})
        self.operations = [
            _operation(method, path, item)
            for path, item in sorted(linked["paths"].items(), key=lambda pair: pair[0].count("{"))
            for method in METHODS
            if method in item
        ]

    def find(self, method: str, path: str) -> Operation | None:
        for operation in self.operations:
            if operation.method == method and operation.pattern.fullmatch(path):
                return operation
        return None


@cache
def contract(path: Path = DOCUMENT) -> Contract | None:
    """Return the contract of the document, or None where it is not at hand."""
    if not path.is_file():
        return None
    return Contract(json.loads(path.read_text("utf-8")))


def _linked(node: Any, document: dict[str, Any], done: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_linked(each, document, done) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return _target(node["$ref"], document, done)
    return {key: _linked(value, document, done) for key, value in node.items()}


def _target(reference: str, document: dict[str, Any], done: dict[str, Any]) -> Any:
    if reference not in done:
        found: Any = document
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
        done[reference] = {}  # known before it is filled, since schemas name themselves
        done[reference].update(_linked(found, document, done))
    return done[reference]


def _operation(method: str, path: str, item: dict[str, Any]) -> Operation:
    operation = item[method]
    request = operation.get("requestBody", {})
    answers = {status: _validator(answer.get("content")) for status, answer in operation["responses"].items()}
    return Operation(
        method.upper(),
        path,
        _pattern(path, [*item.get("parameters", []), *operation.get("parameters", [])]),
        _validator(request.get("content")),
        request.get("required", False),
        answers,
    )


def _validator(content: dict[str, Any] | None) -> Any:
    if not content or "application/json" not in content:
        return None
    return ByType(content["application/json"]["schema"])


def _pattern(path: str, parameters: list[dict[str, Any]]) -> re.Pattern[str]:
    schemas = {each["name"]: each["schema"] for each in parameters if each["in"] == "path"}
    digits = {name for name, schema in schemas.items() if schema.get("pattern", "").endswith("[0-9]*)$")}
    parts = re.split(r"\{(\w+)\}", path)
    written = [
        re.escape(part) if i % 2 == 0 else r"[0-9]+" if part in digits else r"[^/]+" for i, part in enumerate(parts)
    ]
    return re.compile("".join(written))


def _types(schema: dict[str, Any]) -> list[Any] | None:
    found = schema.get("properties", {}).get("type", {}).get("enum")
    return list(found) if found else None


def _fitting(branches: list[Any], instance: Any) -> list[Any]:
    """Leave out the branches that are for another type of component, option or callback."""
    if instance is None:
        return [each for each in branches if each.get("type") == "null"] or branches
    branches = [each for each in branches if each.get("type") != "null"] or branches
    if not isinstance(instance, dict) or "type" not in instance:
        return branches
    return [each for each in branches if (types := _types(each)) is None or instance["type"] in types]


def _choice(validator: Any, branches: list[Any], instance: Any, schema: Any) -> Iterator[ValidationError]:
    del schema
    fitting = _fitting(branches, instance)
    if not fitting:
        yield ValidationError(f"type {instance['type']!r} is not allowed here")
        return
    if len(fitting) == 1:
        yield from validator.descend(instance, fitting[0])
        return
    found = [list(validator.descend(instance, each)) for each in fitting]
    if all(found):
        yield min(found, key=len)[0]


ByType = extend(Draft202012Validator, {"oneOf": _choice, "anyOf": _choice})


def _said(error: ValidationError) -> str:
    return f"{error.json_path}: {error.message[:LONGEST_REASON]}"
