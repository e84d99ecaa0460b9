"""Discord's limits on application commands. Each function returns what is wrong."""

from __future__ import annotations

import unicodedata
from typing import Any

from tests.discord.standin.limits_components import units

Definition = dict[str, Any]
CHAT_INPUT, SUBCOMMAND, GROUP, STRING, INTEGER, NUMBER = 1, 1, 2, 3, 4, 10
LONGEST_NAME, LONGEST_TEXT, MOST_OPTIONS, MOST_OF_ALL = 32, 100, 25, 8000
MOST_COMMANDS = {1: 100, 2: 15, 3: 15}
LOCALES = {
    "id",
    "da",
    "de",
    "en-GB",
    "en-US",
    "es-ES",
    "es-419",
    "fr",
    "hr",
    "it",
    "lt",
    "hu",
    "nl",
    "no",
    "pl",
    "pt-BR",
    "ro",
    "fi",
    "sv-SE",
    "vi",
    "tr",
    "cs",
    "el",
    "bg",
    "ru",
    "uk",
    "hi",
    "th",
    "zh-CN",
    "ja",
    "zh-TW",
    "ko",
    "ar",
    "he",
}


def commands_reasons(definitions: list[Definition]) -> list[str]:
    """Return what is wrong with all commands of one scope together."""
    reasons = [reason for each in definitions for reason in command_reasons(each)]
    names = [(each.get("type") or 1, each.get("name")) for each in definitions]
    reasons += [f"{name[1]!r} is there twice" for name in sorted({x for x in names if names.count(x) > 1}, key=str)]
    for kind, most in MOST_COMMANDS.items():
        count = sum(each[0] == kind for each in names)
        reasons += [f"{count} commands of type {kind}"] if count > most else []
    return reasons


def command_reasons(command: Definition) -> list[str]:
    name = str(command.get("name"))
    if (command.get("type") or CHAT_INPUT) != CHAT_INPUT:
        reasons = _menu_reasons(command)
    else:
        reasons = _text_reasons(command) + _options_reasons(command.get("options") or [])
    if (total := _weight(command)) > MOST_OF_ALL:
        reasons.append(f"{total} characters in all; {MOST_OF_ALL} are allowed")
    return [f"/{name}: {reason}" for reason in reasons]


def _menu_reasons(command: Definition) -> list[str]:
    reasons = [f"{key} on a context menu" for key in ("description", "options") if command.get(key)]
    names = [command.get("name") or "", *(command.get("name_localizations") or {}).values()]
    return reasons + [f"the name {each!r} is too long" for each in names if not 1 <= units(each) <= LONGEST_NAME]


def well_named(name: str) -> bool:
    """Say whether Discord takes the name of a command or option: 1 to 32 letters, digits, hyphens, lower case."""
    return 1 <= units(name) <= LONGEST_NAME and name == name.lower() and all(map(_of_a_name, name))


def _of_a_name(character: str) -> bool:
    if character in "-_'" or unicodedata.category(character)[0] in "LN":
        return True
    return unicodedata.name(character, "").startswith(("DEVANAGARI", "THAI"))


def _text_reasons(part: Definition) -> list[str]:
    names = [part.get("name") or "", *(part.get("name_localizations") or {}).values()]
    texts = [part.get("description") or "", *(part.get("description_localizations") or {}).values()]
    reasons = [f"{each!r} is no name for a command or option" for each in names if not well_named(each)]
    reasons += [f"the description {each!r} has {units(each)} characters" for each in texts if not _fits(each)]
    return reasons + _locale_reasons(part)


def _fits(text: str) -> bool:
    return 1 <= units(text) <= LONGEST_TEXT


def _locale_reasons(part: Definition) -> list[str]:
    named = {*(part.get("name_localizations") or {}), *(part.get("description_localizations") or {})}
    return [f"{each!r} is no locale" for each in sorted(named - LOCALES)]


def _options_reasons(options: list[Definition]) -> list[str]:
    reasons = [f"{len(options)} options"] if len(options) > MOST_OPTIONS else []
    names = [option.get("name") for option in options]
    reasons += ["two options have one name"] if len(set(names)) < len(names) else []
    required = [bool(option.get("required")) for option in options]
    reasons += ["a required option after one that is not"] if required != sorted(required, reverse=True) else []
    nested = {option.get("type") in {SUBCOMMAND, GROUP} for option in options}
    reasons += ["subcommands beside options"] if len(nested) > 1 else []
    for option in options:
        reasons += _text_reasons(option) + _choices_reasons(option) + _bounds_reasons(option)
        reasons += _options_reasons(option.get("options") or [])
    return reasons


def _choices_reasons(option: Definition) -> list[str]:
    choices = option.get("choices") or []
    reasons = [f"{len(choices)} choices"] if len(choices) > MOST_OPTIONS else []
    reasons += ["choices beside autocomplete"] if choices and option.get("autocomplete") else []
    for choice in choices:
        said = [choice.get("name") or "", *(choice.get("name_localizations") or {}).values()]
        said += [choice["value"]] if isinstance(choice.get("value"), str) else []
        reasons += [f"the choice {each!r} has {units(each)} characters" for each in said if not _fits(each)]
        reasons += _locale_reasons(choice)
    return reasons


def _bounds_reasons(option: Definition) -> list[str]:
    kind = option.get("type")
    reasons = []
    if kind != STRING and (option.get("min_length") is not None or option.get("max_length") is not None):
        reasons.append("a length on what is no string")
    if kind not in {INTEGER, NUMBER} and (option.get("min_value") is not None or option.get("max_value") is not None):
        reasons.append("a bound on what is no number")
    if not 0 <= (option.get("min_length") or 0) <= (option.get("max_length") or 6000) <= 6000:
        reasons.append("lengths are 0 to 6000")
    if option.get("autocomplete") and kind not in {STRING, INTEGER, NUMBER}:
        reasons.append("autocomplete on what is no text or number")
    return reasons


def _weight(part: Definition) -> int:
    """Count names, descriptions and values, of each text the longest among its localisations, all options included."""
    total = _longest(part, "name") + _longest(part, "description")
    total += units(part["value"]) if isinstance(part.get("value"), str) else 0
    inner = [*(part.get("options") or []), *(part.get("choices") or [])]
    return total + sum(map(_weight, inner))


def _longest(part: Definition, key: str) -> int:
    texts = [part.get(key) or "", *(part.get(f"{key}_localizations") or {}).values()]
    return max(map(units, texts))
