"""Keeps application commands the way Discord does: in its own form, with an id that stays and a version that moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Definition = dict[str, Any]
TEXTS = ("name_localizations", "description_localizations")
DEFAULTED = {"required": False, "autocomplete": False}


class CommandStore:
    """Commands by scope: None for the global ones, a guild's id for its own."""

    def __init__(self) -> None:
        self._stored: dict[int | None, list[Definition]] = {}
        self.writes = 0  # how often the set of commands was changed by a request

    def all(self, scope: int | None = None) -> list[Definition]:
        return self._stored.get(scope, [])

    def find(self, name: str, kind: int, guild: int | None) -> Definition | None:
        for scope in [guild, None] if guild is not None else [None]:
            for command in self.all(scope):
                if (command["name"], command["type"]) == (name, kind):
                    return command
        return None

    def by_id(self, scope: int | None, command_id: int) -> Definition | None:
        return next((each for each in self.all(scope) if each["id"] == str(command_id)), None)

    def replace(self, scope: int | None, definitions: list[Definition], make: Callable[[], int], app: int) -> None:
        """Put these in place of all commands; one that was there under its name keeps its id."""
        made = [self._stored_form(scope, each, make, app) for each in definitions]
        self._stored[scope] = made
        self.writes += 1

    def put(
        self, scope: int | None, definition: Definition, make: Callable[[], int], app: int
    ) -> tuple[Definition, bool]:
        """Add a command or overwrite the one of its name; the flag says whether it is new."""
        made = self._stored_form(scope, definition, make, app)
        others = [each for each in self.all(scope) if each["id"] != made["id"]]
        is_new = len(others) == len(self.all(scope))
        self._stored[scope] = [*others, made]
        self.writes += 1
        return made, is_new

    def delete(self, scope: int | None, command_id: int) -> bool:
        kept = [each for each in self.all(scope) if each["id"] != str(command_id)]
        found = len(kept) < len(self.all(scope))
        self._stored[scope] = kept
        self.writes += found
        return found

    def _stored_form(self, scope: int | None, given: Definition, make: Callable[[], int], app: int) -> Definition:
        kind = given.get("type") or 1
        old = next((each for each in self.all(scope) if (each["name"], each["type"]) == (given["name"], kind)), None)
        made = {
            "id": old["id"] if old else str(make()),
            "application_id": str(app),
            "version": "0",
            "default_member_permissions": _text(given.get("default_member_permissions")),
            "type": kind,
            "name": given["name"],
            "name_localizations": given.get("name_localizations") or None,
            "description": given.get("description") or "",
            "description_localizations": given.get("description_localizations") or None,
            "contexts": given.get("contexts"),
            "integration_types": given.get("integration_types") or [0],
            "nsfw": bool(given.get("nsfw")),
        }
        made |= {"guild_id": str(scope)} if scope is not None else {"dm_permission": _in_dms(given)}
        if given.get("options"):
            made["options"] = [_option(each) for each in given["options"]]
        same = old is not None and {**old, "version": "0"} == made
        return {**made, "version": old["version"] if old and same else str(make())}


def _text(number: Any) -> str | None:
    return None if number is None else str(number)


def _in_dms(given: Definition) -> bool:
    if given.get("contexts") is not None:
        return 1 in given["contexts"]
    return given.get("dm_permission") is not False


def _option(given: Definition) -> Definition:
    """Write an option or choice as Discord stores it: false and absent are left out, localisations are always there."""
    kept = {key: value for key, value in given.items() if value is not None and value != DEFAULTED.get(key, ...)}
    kept["name_localizations"] = given.get("name_localizations") or None
    if "description" in given:
        kept["description_localizations"] = given.get("description_localizations") or None
    for key in ("options", "choices"):
        inner = [_option(each) for each in given.get(key) or []]
        if inner:
            kept[key] = inner
        else:
            kept.pop(key, None)
    return kept


def without_localizations(part: Definition) -> Definition:
    """Write a command as the list gives it that was not asked for localisations."""
    kept = {key: value for key, value in part.items() if key not in TEXTS}
    for key in ("options", "choices"):
        if key in kept:
            kept[key] = [without_localizations(each) for each in kept[key]]
    return kept
