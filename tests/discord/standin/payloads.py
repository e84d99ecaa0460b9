"""Writes the world as Discord's JSON. It decides nothing but what Discord itself would leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.discord.standin.permissions import visible
from tests.discord.standin.snowflakes import moment, written
from tests.discord.standin.world import Channel, Guild, Kind, Member, Role, User, World

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.discord.standin.messages import Attachment, Message

Json = dict[str, Any]
LARGEST_UPLOAD = 10 * 1024 * 1024
REPLY, COMMAND_ANSWER, MENU_ANSWER = 19, 20, 23


def user_json(user: User) -> Json:
    written_out: Json = {
        "id": str(user.id),
        "username": user.name.lower().replace(" ", "_"),
        "global_name": None if user.bot else user.name,
        "discriminator": "0000" if user.bot else "0",
        "avatar": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
    }
    return {**written_out, "bot": True} if user.bot else written_out


def me_json(user: User) -> Json:
    return {**user_json(user), "mfa_enabled": True, "locale": "en-US", "verified": True, "email": None}


def application_json(world: World) -> Json:
    return {
        "id": str(world.application_id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user_json(world.bot),
        "bot_public": False,
        "bot_require_code_grant": False,
        "integration_types_config": {"0": {}},
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user_json(next((user for user in world.users.values() if not user.bot), world.bot)),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
    }


def role_json(role: Role) -> Json:
    return {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.managed,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def bare_member_json(member: Member) -> Json:
    """Write a member without its user, as a message carries it."""
    return {
        "roles": [str(role.id) for role in member.roles],
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "joined_at": moment(member.user.id),
        "premium_since": None,
        "communication_disabled_until": None,
        "flags": 0,
        "pending": False,
        "mute": False,
        "deaf": False,
    }


def member_json(member: Member) -> Json:
    return {**bare_member_json(member), "user": user_json(member.user)}


def channel_json(channel: Channel, viewer: User | None = None) -> Json:
    """Write a channel, a thread or a direct message; `viewer` is the bot's user, whose thread membership it tells."""
    last = [message.id for message in channel.messages if not message.deleted]
    common: Json = {"id": str(channel.id), "type": int(channel.kind), "flags": 0}
    common["last_message_id"] = str(last[-1]) if last else None
    if channel.recipient is not None:
        return {**common, "recipients": [user_json(channel.recipient)]}
    common |= {
        "guild_id": str(channel.guild.id) if channel.guild else "0",
        "name": channel.name,
        "parent_id": str(channel.parent.id) if channel.parent else None,
        "rate_limit_per_user": 0,
    }
    return common | (_thread_part(channel, viewer) if channel.is_thread else _channel_part(channel))


def _channel_part(channel: Channel) -> Json:
    overwrites = [
        {"id": str(each.id), "type": each.kind, "allow": str(each.allow), "deny": str(each.deny)}
        for each in channel.overwrites.values()
    ]
    part: Json = {"topic": None, "position": 0, "permission_overwrites": overwrites, "nsfw": False}
    if channel.kind is Kind.FORUM:
        part |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
        part |= {"default_forum_layout": 0}
    return part


def _thread_part(channel: Channel, viewer: User | None) -> Json:
    made = moment(channel.id)
    part: Json = {
        "owner_id": str(channel.owner_id),
        "message_count": len(channel.messages),
        "total_message_sent": len(channel.messages),
        "member_count": len(channel.members),
        "thread_metadata": {
            "archived": False,
            "archive_timestamp": made,
            "auto_archive_duration": 4320,
            "locked": channel.locked,
            "create_timestamp": made,
        },
    }
    if viewer is not None and viewer.id in channel.members:
        part["member"] = {"id": str(channel.id), "user_id": str(viewer.id), "join_timestamp": made, "flags": 0}
    return part


def guild_json(guild: Guild) -> Json:
    nothing: Iterable[str] = [
        "icon",
        "description",
        "home_header",
        "splash",
        "discovery_splash",
        "banner",
        "application_id",
        "afk_channel_id",
        "system_channel_id",
        "widget_channel_id",
        "max_presences",
        "vanity_url_code",
        "rules_channel_id",
        "safety_alerts_channel_id",
        "public_updates_channel_id",
        "incidents_data",
    ]
    zero = "system_channel_flags verification_level default_message_notifications mfa_level explicit_content_filter"
    return {
        **dict.fromkeys(nothing),
        **dict.fromkeys([*zero.split(), "premium_tier", "premium_subscription_count", "nsfw_level"], 0),
        **dict.fromkeys(["features", "emojis", "stickers"], ()),
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner.id),
        "region": "deprecated",
        "afk_timeout": 300,
        "widget_enabled": False,
        "roles": [role_json(role) for role in [guild.everyone, *guild.roles.values()]],
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "preferred_locale": guild.locale,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
    }


def guild_create_json(guild: Guild, bot: User, *, joined: bool = False) -> Json:
    """Write GUILD_CREATE as a bot without the members' intent gets it: itself is the only member listed."""
    me = guild.members[bot.id]
    seen = [channel for channel in guild.channels if not channel.deleted]
    threads = [channel for channel in seen if channel.is_thread and _listed(channel, me)]
    lists = ["voice_states", "presences", "stage_instances", "guild_scheduled_events", "soundboard_sounds"]
    return {
        **guild_json(guild),
        **dict.fromkeys(lists, ()),
        "joined_at": moment(guild.id),
        "large": False,
        "member_count": len(guild.members),
        "members": [member_json(me)],
        "channels": [channel_json(channel) for channel in seen if not channel.is_thread],
        "threads": [channel_json(channel, bot) for channel in threads],
        **({} if joined else {"unavailable": False}),
    }


def _listed(thread: Channel, me: Member) -> bool:
    return visible(thread, me) and (not thread.is_private_thread or me.user.id in thread.members)


def attachment_json(attachment: Attachment, channel: Channel, world: World, *, ephemeral: bool = False) -> Json:
    path = f"attachments/{channel.id}/{attachment.id}/{quote(attachment.filename)}"
    written_out: Json = {
        "id": str(attachment.id),
        "filename": attachment.filename,
        "size": len(attachment.content),
        "url": f"{world.address}/cdn/{path}?ex=1&is=1&hm=1",
        "proxy_url": f"{world.address}/media/{path}?ex=1&is=1&hm=1",
        "content_type": attachment.content_type,
    }
    if attachment.description is not None:
        written_out["description"] = attachment.description
    return {**written_out, "ephemeral": True} if ephemeral else written_out


def readable(message: Message, bot: User) -> bool:
    """Say whether the bot gets to read a message without the intent for messages' contents."""
    return message.channel.is_dm or message.author is bot or bot in message.mentions


def message_json(message: Message, world: World, *, whole: bool = False, nested: bool = False) -> Json:
    """Write a message; its content only where the bot may read it or the message is given `whole`."""
    shown = whole or readable(message, world.bot)
    edits = message.history[1:] if not message.loading else []
    written_out: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": _type(message),
        "author": user_json(message.author),
        "content": message.content if shown else "",
        "components": message.components if shown else [],
        "embeds": message.embeds if shown else [],
        "attachments": _attachments(message, world) if shown else [],
        "flags": message.flags,
        "mentions": [user_json(user) for user in message.mentions],
        "mention_roles": [],
        "mention_everyone": False,
        "pinned": False,
        "tts": False,
        "timestamp": moment(message.id),
        "edited_timestamp": written(world.wall_clock(edits[-1].at)) if edits else None,
    }
    if message.nonce is not None:
        written_out["nonce"] = message.nonce
    if message.interaction is not None:
        written_out |= message.interaction.metadata(message)
    if message.reference is not None:
        written_out |= _reference(message, message.reference, world, whole=whole, nested=nested)
    return written_out


def _type(message: Message) -> int:
    if message.interaction is not None and message.interaction.is_original(message):
        return MENU_ANSWER if message.interaction.from_menu else COMMAND_ANSWER
    return REPLY if message.reference is not None else 0


def _attachments(message: Message, world: World) -> list[Json]:
    return [attachment_json(each, message.channel, world, ephemeral=message.ephemeral) for each in message.attachments]


def _reference(message: Message, to: Message, world: World, *, whole: bool, nested: bool) -> Json:
    reference: Json = {"type": 0, "channel_id": str(to.channel.id), "message_id": str(to.id)}
    if message.channel.guild is not None:
        reference["guild_id"] = str(message.channel.guild.id)
    if nested:  # a message within another names what it answers and does not hold it
        return {"message_reference": reference}
    shown = None if to.deleted else message_json(to, world, whole=whole, nested=True)
    return {"message_reference": reference, "referenced_message": shown}


def message_event_json(message: Message, world: World) -> Json:
    """Write MESSAGE_CREATE or MESSAGE_UPDATE."""
    written_out = message_json(message, world)
    guild = message.channel.guild
    if guild is None:
        return {**written_out, "channel_type": 1}
    member = bare_member_json(guild.member(message.author))
    written_out |= {"guild_id": str(guild.id), "channel_type": int(message.channel.kind), "member": member}
    for mention, user in zip(written_out["mentions"], message.mentions, strict=True):
        mention["member"] = bare_member_json(guild.member(user))
    return written_out
