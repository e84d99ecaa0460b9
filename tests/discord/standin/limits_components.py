"""Discord's limits on components: rows of buttons, Components V2, modals. Each function returns what is wrong."""

from __future__ import annotations

from typing import Any

from tests.discord.standin.messages import BUTTON, LINK, SELECTS, TEXT_DISPLAY, Component, walk

ROW, STRING_SELECT, TEXT_INPUT, LABEL, PREMIUM = 1, 3, 4, 18, 6
MOST_ROWS, MOST_BUTTONS, MOST_OPTIONS = 5, 5, 25
MOST_COMPONENTS, MOST_TEXT, MOST_BYTES = 40, 4000, 9500
TOP_OF_A_LAYOUT = {1, 9, 10, 12, 13, 14, 17}
IN_A_MODAL = {ROW, TEXT_DISPLAY, LABEL}


def units(text: str) -> int:
    """Count UTF-16 units: the strictest of the ways in which Discord's parts count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _within(what: str, text: Any, least: int, most: int) -> list[str]:
    count = units(text or "")
    return [] if least <= count <= most else [f"{what} has {count} characters; {least} to {most} are allowed"]


def component_reasons(rows: list[Component]) -> list[str]:
    """Return what is wrong with the components of an ordinary message."""
    reasons = [f"{len(rows)} action rows"] if len(rows) > MOST_ROWS else []
    reasons += [f"type {row.get('type')} needs components V2" for row in rows if row.get("type") != ROW]
    return reasons + _shared_reasons(rows)


def layout_reasons(parts: list[Component]) -> list[str]:
    """Return what is wrong with Components V2."""
    everything = list(walk(parts))
    texts = [part.get("content") or "" for part in everything if part.get("type") == TEXT_DISPLAY]
    characters, size = sum(map(units, texts)), sum(len(text.encode()) for text in texts)
    reasons = [f"type {part.get('type')} at the top" for part in parts if part.get("type") not in TOP_OF_A_LAYOUT]
    if len(everything) > MOST_COMPONENTS:
        reasons.append(f"{len(everything)} components; {MOST_COMPONENTS} are allowed")
    if characters > MOST_TEXT:
        reasons.append(f"{characters} characters of text; {MOST_TEXT} are allowed")
    if size > MOST_BYTES:
        reasons.append(f"{size} bytes of text; {MOST_BYTES} are allowed")
    reasons += ["an empty text display" for text in texts if not text.strip()]
    for section in (part for part in everything if part.get("type") == 9):
        if not 1 <= len(section.get("components") or []) <= 3 or not section.get("accessory"):
            reasons.append("a section needs one to three texts and an accessory")
    return reasons + _shared_reasons(parts)


def _shared_reasons(parts: list[Component]) -> list[str]:
    reasons: list[str] = []
    everything = list(walk(parts))
    for part in everything:
        if part.get("type") == ROW:
            reasons += _row_reasons(part.get("components") or [])
        elif part.get("type") == BUTTON:
            reasons += _button_reasons(part)
        elif part.get("type") in SELECTS:
            reasons += _select_reasons(part)
    ids = [part["custom_id"] for part in everything if part.get("custom_id")]
    reasons += [f"custom_id {each!r} is there twice" for each in sorted({x for x in ids if ids.count(x) > 1})]
    numbers = [part["id"] for part in everything if part.get("id")]
    return [*reasons, "a component's id is there twice"] if len(set(numbers)) < len(numbers) else reasons


def _row_reasons(parts: list[Component]) -> list[str]:
    kinds = [part.get("type") for part in parts]
    if not kinds:
        return ["an empty action row"]
    if all(kind == BUTTON for kind in kinds):
        return [f"{len(kinds)} buttons in a row"] if len(kinds) > MOST_BUTTONS else []
    if len(kinds) == 1 and (kinds[0] in SELECTS or kinds[0] == TEXT_INPUT):
        return []
    return [f"an action row cannot hold {kinds}"]


def _button_reasons(button: Component) -> list[str]:
    reasons = _within("a button's label", button.get("label"), 0, 80)
    if button.get("style") == LINK:
        reasons += _within("a button's url", button.get("url"), 1, 512)
        return reasons + (["a link has no custom_id"] if button.get("custom_id") else [])
    if button.get("style") == PREMIUM:
        return reasons
    if not button.get("label") and not button.get("emoji"):
        reasons.append("a button without label and emoji")
    return reasons + _within("a button's custom_id", button.get("custom_id"), 1, 100)


def _select_reasons(select: Component) -> list[str]:
    reasons = _within("a select's custom_id", select.get("custom_id"), 1, 100)
    reasons += _within("a select's placeholder", select.get("placeholder"), 0, 150)
    if select.get("type") != STRING_SELECT:
        return reasons
    options = select.get("options") or []
    if not 1 <= len(options) <= MOST_OPTIONS:
        reasons.append(f"{len(options)} options in a select")
    for option in options:
        reasons += _within("an option's label", option.get("label"), 1, 100)
        reasons += _within("an option's value", option.get("value"), 1, 100)
        reasons += _within("an option's description", option.get("description"), 0, 100)
    if len({option.get("value") for option in options}) < len(options):
        reasons.append("two options have one value")
    if (select.get("max_values") or 1) > len(options):
        reasons.append("max_values is more than the options")
    return reasons


def modal_component_reasons(parts: list[Component]) -> list[str]:
    """Return what is wrong with the components of a modal."""
    reasons = [f"type {part.get('type')} in a modal" for part in parts if part.get("type") not in IN_A_MODAL]
    for part in walk(parts):
        if part.get("type") == LABEL:
            reasons += _within("a label", part.get("label"), 1, 45)
            reasons += _within("a label's description", part.get("description"), 0, 100)
        elif part.get("type") == TEXT_INPUT:
            reasons += _input_reasons(part)
    in_rows = [each for part in parts if part.get("type") == ROW for each in part.get("components") or []]
    for part in in_rows:
        reasons += _within("a text input's label", part.get("label"), 1, 45)
    return reasons + _shared_reasons(parts)


def _input_reasons(part: Component) -> list[str]:
    reasons = _within("a text input's custom_id", part.get("custom_id"), 1, 100)
    reasons += _within("a text input's label", part.get("label"), 0, 45)
    reasons += _within("a text input's placeholder", part.get("placeholder"), 0, 100)
    least, most = part.get("min_length") or 0, part.get("max_length") or 4000
    if not 0 <= least <= most <= 4000:
        reasons.append(f"a text input takes {least} to {most} characters")
    return reasons + _within("a text input's value", part.get("value"), 0, most)
