"""Discord's limits on messages and modals, and the house's rules for them. Each function returns what is wrong."""

from __future__ import annotations

from typing import Any

from tests.discord.standin.limits_components import component_reasons, layout_reasons, modal_component_reasons, units
from tests.discord.standin.messages import COMPONENTS_V2, EPHEMERAL, SUPPRESS_EMBEDS, Upload, walk

Body = dict[str, Any]
LONGEST_CONTENT, MOST_FILES, LARGEST_FILE, MOST_EMBEDS = 2000, 10, 10 * 1024 * 1024, 10
LONGEST_TITLE, MOST_ROWS_OF_A_MODAL = 45, 5
EMBED_TEXTS = {"title": 256, "description": 4096}
MOST_CHOICES, LONGEST_CHOICE = 25, 100
SILENT, VOICE = 1 << 12, 1 << 13


def message_reasons(body: Body, files: dict[str, Upload], flags: int, kept: int = 0) -> list[str]:
    """Return what is wrong with a message as it would then be; `kept` files are already there."""
    reasons = content_reasons(body)
    if flags & COMPONENTS_V2:
        reasons += layout_reasons(body.get("components") or [])
        reasons += [f"no {name} with components V2" for name in ("content", "embeds", "poll") if body.get(name)]
    else:
        reasons += component_reasons(body.get("components") or [])
    reasons += embed_reasons(body.get("embeds") or [])
    reasons += file_reasons(body, files, kept)
    if not any([body.get("content"), body.get("embeds"), body.get("components"), files, kept, body.get("poll")]):
        reasons.append("a message cannot be empty")
    return reasons


def content_reasons(body: Body) -> list[str]:
    content = body.get("content") or ""
    reasons = []
    if units(content) > LONGEST_CONTENT:
        reasons.append(f"content has {units(content)} characters; {LONGEST_CONTENT} are allowed")
    if content and not content.strip():
        reasons.append("content is nothing but white space")
    return reasons


def embed_reasons(embeds: list[Body]) -> list[str]:
    reasons = [f"{len(embeds)} embeds"] if len(embeds) > MOST_EMBEDS else []
    total = 0
    for embed in embeds:
        texts = [(name, embed.get(name) or "", most) for name, most in EMBED_TEXTS.items()]
        texts.append(("footer", (embed.get("footer") or {}).get("text") or "", 2048))
        texts.append(("author", (embed.get("author") or {}).get("name") or "", 256))
        fields = embed.get("fields") or []
        texts += [("field name", each.get("name") or "", 256) for each in fields]
        texts += [("field value", each.get("value") or "", 1024) for each in fields]
        reasons += [f"embed {name} has {units(text)} characters" for name, text, most in texts if units(text) > most]
        reasons += [f"{len(fields)} fields in an embed"] if len(fields) > 25 else []
        total += sum(units(text) for _, text, _ in texts)
    return [*reasons, f"{total} characters in embeds"] if total > 6000 else reasons


def file_reasons(body: Body, files: dict[str, Upload], kept: int) -> list[str]:
    reasons = []
    if len(files) + kept > MOST_FILES:
        reasons.append(f"{len(files) + kept} files; {MOST_FILES} are allowed")
    reasons += [f"{name} is larger than 10 MiB" for name, file in files.items() if len(file.content) > LARGEST_FILE]
    listed = {str(each.get("id")) for each in body.get("attachments") or []}
    numbers = {name.removeprefix("files[").removesuffix("]") for name in files}
    if body.get("attachments") and not numbers <= listed:
        reasons.append(f"files {sorted(numbers - listed)} are not among the attachments")
    reasons += _unknown_media(body, files, kept)
    return reasons


def _unknown_media(body: Body, files: dict[str, Upload], kept: int) -> list[str]:
    if kept:
        return []
    names = {file.filename for file in files.values()}
    urls = [
        str(media.get("url"))
        for part in walk(body.get("components") or [])
        for media in [part.get("file"), part.get("media"), *[each.get("media") for each in part.get("items") or []]]
        if isinstance(media, dict)
    ]
    wanted = {url.removeprefix("attachment://") for url in urls if url.startswith("attachment://")}
    return [f"{name} is shown but not attached" for name in sorted(wanted - names)]


def flag_reasons(flags: int, *, allowed: int) -> list[str]:
    return [f"flags {flags & ~allowed} cannot be set here"] if flags & ~allowed else []


CREATED = SUPPRESS_EMBEDS | SILENT | VOICE | COMPONENTS_V2
ANSWERED = CREATED | EPHEMERAL
EDITED = SUPPRESS_EMBEDS | COMPONENTS_V2


def modal_reasons(data: Body) -> list[str]:
    reasons = []
    if not 1 <= units(data.get("title") or "") <= LONGEST_TITLE:
        reasons.append(f"the modal's title has {units(data.get('title') or '')} characters")
    if not 1 <= units(data.get("custom_id") or "") <= 100:
        reasons.append("the modal's custom_id has not 1 to 100 characters")
    rows = data.get("components") or []
    if not 1 <= len(rows) <= MOST_ROWS_OF_A_MODAL:
        reasons.append(f"{len(rows)} components in a modal")
    return reasons + modal_component_reasons(rows)


def choice_reasons(choices: list[Body]) -> list[str]:
    """Return what is wrong with autocomplete's choices."""
    reasons = [f"{len(choices)} choices"] if len(choices) > MOST_CHOICES else []
    for choice in choices:
        for name in ("name", "value"):
            said = choice.get(name)
            if isinstance(said, str) and not 1 <= units(said) <= LONGEST_CHOICE:
                reasons.append(f"a choice's {name} has {units(said)} characters")
    return reasons


def house_reasons(body: Body, flags: int, *, creating: bool) -> list[str]:
    """Return the rules of the house that a message breaks; Discord would take it."""
    speaks = body.get("content") or (flags & COMPONENTS_V2 and body.get("components"))
    if not speaks:
        return []
    allowed = body.get("allowed_mentions")
    reasons = []
    if not isinstance(allowed, dict) or allowed.get("parse") != []:
        reasons.append(f"allowed_mentions is {allowed!r}, and not an empty parse")
    elif allowed.get("replied_user") or allowed.get("users") or allowed.get("roles"):
        reasons.append(f"allowed_mentions lets somebody be pinged: {allowed!r}")
    if creating and not flags & (SUPPRESS_EMBEDS | COMPONENTS_V2):
        reasons.append("embeds are not suppressed")
    return reasons
