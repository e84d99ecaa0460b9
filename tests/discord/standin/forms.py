"""Fills in a modal as a user does: by the custom ids or the labels of its inputs."""

from __future__ import annotations

from typing import Any

from tests.discord.standin.limits_components import LABEL, ROW, TEXT_INPUT, units
from tests.discord.standin.messages import SELECTS, Component, numbered

Json = dict[str, Any]
SINGLE_CHOICE, CHECKBOX = 21, 23


def filled(components: list[Component], values: dict[str, Any]) -> list[Json]:
    """Return the components as the client sends them back. Raises AssertionError for what the client would not send."""
    left = dict(values)
    made = [_part(part, left) for part in numbered(components)]
    assert not left, f"the modal has no {sorted(left)}"
    return made


def _part(part: Component, values: dict[str, Any]) -> Json:
    same = {"type": part["type"], "id": part["id"]}
    if part["type"] == ROW:
        return {**same, "components": [_input(each, each.get("label"), values) for each in part["components"]]}
    if part["type"] == LABEL:
        return {**same, "component": _input(part["component"], part.get("label"), values)}
    return same


def _input(part: Component, label: str | None, values: dict[str, Any]) -> Json:
    name = part["custom_id"]
    key = name if name in values else label if label in values else None
    value = part.get("value") if key is None else values.pop(key)
    same = {"type": part["type"], "id": part["id"], "custom_id": name}
    if part["type"] == TEXT_INPUT:
        return {**same, "value": _typed(part, label or name, value or "")}
    if part["type"] in {SINGLE_CHOICE, CHECKBOX}:
        return {**same, "value": value}
    chosen = [value] if isinstance(value, str) else list(value or [])
    required = part.get("required", True) is not False
    assert chosen or not required, f"{label or name!r} must be chosen"
    return {**same, "values": chosen_values(part, chosen) if part["type"] in SELECTS else chosen}


def _typed(part: Component, name: str, text: str) -> str:
    required = part.get("required", True) is not False
    assert text or not required, f"{name!r} must be filled in"
    least, most = part.get("min_length") or 0, part.get("max_length") or 4000
    assert not text or least <= units(text) <= most, f"{name!r} takes {least} to {most} characters"
    return text


def chosen_values(select: Component, chosen: list[str]) -> list[str]:
    """Return the values of a string select's options that are named by value or label."""
    if not select.get("options"):
        return chosen
    by_name = {option["label"]: option["value"] for option in select["options"]}
    by_name |= {option["value"]: option["value"] for option in select["options"]}
    unknown = [each for each in chosen if each not in by_name]
    assert not unknown, f"no option {unknown} among {[option['label'] for option in select['options']]}"
    return [by_name[each] for each in chosen]
