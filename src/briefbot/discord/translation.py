"""The catalogues as discord.py's Translator, and whether the commands at Discord are still those of the program.

Names and descriptions of commands are `locale_str`s whose `extras` hold the key of their text. Registering commands is
limited to some hundred a day, so it is done only where what Discord has differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.http import Route

from briefbot.discord.catalogue import SOURCE, catalogue, words_for

if TYPE_CHECKING:
    from collections.abc import Mapping

_EMPTY: tuple[object, ...] = (None, False, [], {}, "")
_OF_SERVER = {"id", "application_id", "version", "guild_id", "dm_permission", "handler", "default_permission"}


def text(key: str) -> app_commands.locale_str:
    """Return the English text of a key, marked to be translated."""
    return app_commands.locale_str(catalogue(SOURCE)(key), key=key)


class CatalogueTranslator(app_commands.Translator):
    """Finds the texts of commands in the catalogues."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return the text for a locale, or None where English serves."""
        key, words = string.extras.get("key"), words_for(locale.value)
        return words(key) if key and words.language != SOURCE else None


async def sync(tree: app_commands.CommandTree[Any]) -> bool:
    """Register the commands at Discord where they have changed. Tell whether that was so."""
    client = tree.client
    translator = tree.translator
    wanted = [await command.get_translated_payload(tree, translator) for command in tree._get_all_commands()]  # type: ignore[arg-type] # noqa: SLF001
    route = Route("GET", "/applications/{application_id}/commands", application_id=client.application_id)
    known = await client.http.request(route, params={"with_localizations": "true"})
    if _same(wanted, known):
        return False
    await tree.sync()
    return True


def _same(wanted: list[Any], known: list[Any]) -> bool:
    return sorted(map(_essence, wanted), key=repr) == sorted(map(_essence, known), key=repr)


def _essence(value: Any) -> Any:
    """Return a command without what the server adds and without what is not said."""
    if isinstance(value, dict):
        return _essence_of(value)
    if isinstance(value, list | tuple):
        return [_essence(each) for each in value]
    return value.value if isinstance(value, discord.Enum) else value


def _essence_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    bare = {name: _essence(value) for name, value in fields.items() if name not in _OF_SERVER}
    for name in ("contexts", "integration_types", "channel_types"):
        if bare.get(name):
            bare[name] = sorted(bare[name])
    return {name: value for name, value in sorted(bare.items()) if not any(value is e or value == e for e in _EMPTY)}
