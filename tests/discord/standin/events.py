"""Writes INTERACTION_CREATE the way the gateway sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.discord.standin.payloads import LARGEST_UPLOAD, channel_json, member_json, message_json, user_json
from tests.discord.standin.permissions import IN_A_DM, inside

if TYPE_CHECKING:
    from tests.discord.standin.interactions import Interaction

Json = dict[str, Any]


def interaction_json(interaction: Interaction) -> Json:
    world = interaction.state.world
    channel, user, guild = interaction.channel, interaction.user, interaction.channel.guild
    written: Json = {
        "id": str(interaction.id),
        "application_id": str(world.application_id),
        "type": int(interaction.kind),
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": str(channel.id),
        "channel": channel_json(channel, world.bot),
        "locale": interaction.locale,
        "app_permissions": str(IN_A_DM),
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": interaction.owners(),
        "context": 1 if guild is None else 0,
        "attachment_size_limit": LARGEST_UPLOAD,
    }
    if interaction.source is not None:
        written["message"] = message_json(interaction.source, world, whole=True)
    if guild is None:
        return {**written, "user": user_json(user)}
    member = guild.member(user)
    allowed = str(inside(channel, member))
    written["channel"]["permissions"] = allowed
    return written | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "guild_locale": guild.locale,
        "member": {**member_json(member), "permissions": allowed},
        "app_permissions": str(inside(channel, guild.members[world.bot.id])),
    }
