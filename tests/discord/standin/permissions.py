"""Works out what a member may do in a channel, as Discord documents it."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.discord.standin.world import Channel, Guild, Member


class Permission(IntFlag):
    ADMINISTRATOR = 1 << 3
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_GUILD = 1 << 5
    MANAGE_CHANNELS = 1 << 4
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EXTERNAL_APPS = 1 << 50


ALL = (1 << 51) - 1
EVERYDAY = int(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.SEND_MESSAGES_IN_THREADS
)
IN_A_DM = 442_368  # what Discord gives as app_permissions in a direct message
_NEED_SENDING = (
    Permission.SEND_TTS_MESSAGES | Permission.MENTION_EVERYONE | Permission.EMBED_LINKS | Permission.ATTACH_FILES
)


def everywhere(guild: Guild, member: Member) -> int:
    """Return a member's permissions before any channel is looked at."""
    permissions = guild.everyone.permissions
    for role in member.roles:
        permissions |= role.permissions
    if permissions & Permission.ADMINISTRATOR or member.user is guild.owner:
        return ALL
    return permissions


def inside(channel: Channel, member: Member) -> int:
    """Return a member's permissions in a channel; in a thread those of its parent hold."""
    guild = channel.guild
    if guild is None:
        return IN_A_DM
    permissions = everywhere(guild, member)
    if permissions == ALL:
        return ALL
    permissions = _overwritten(permissions, (channel.parent or channel) if channel.is_thread else channel, member)
    if not permissions & Permission.VIEW_CHANNEL:
        return 0
    sending = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    return permissions if permissions & sending else permissions & ~_NEED_SENDING


def _overwritten(permissions: int, channel: Channel, member: Member) -> int:
    guild = channel.guild
    if guild is None:
        return permissions
    steps = [{guild.id}, {role.id for role in member.roles}, {member.user.id}]
    for ids in steps:
        found = [overwrite for overwrite in channel.overwrites.values() if overwrite.id in ids]
        for overwrite in found:
            permissions &= ~overwrite.deny
        for overwrite in found:
            permissions |= overwrite.allow
    return permissions


def visible(channel: Channel, member: Member) -> bool:
    """Say whether a member sees a channel: a private thread only for those in it and for those who manage threads."""
    permissions = inside(channel, member)
    if not permissions & Permission.VIEW_CHANNEL:
        return False
    if not channel.is_private_thread:
        return True
    return member.user.id in channel.members or bool(permissions & Permission.MANAGE_THREADS)
