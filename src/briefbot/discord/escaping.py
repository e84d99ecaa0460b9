r"""Text of others as Discord's markdown, so that it is shown as it stands and nothing in it comes alive.

Discord takes a backslash before anything but letters, digits and spaces as "show this character". `escaped` puts one
wherever text could begin or end a mention, link, emoji, heading or style, even together with text beside it;
`lightly_escaped` only where the text alone would. This module knows Discord's markdown; it refuses to know what the
text is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from briefbot.harmless import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

# Each alternative finds one character that has to be escaped.
_ALONE = re.compile(
    r"""\\(?=[^0-9A-Za-z\s]|\Z)  # would escape the character after it
    | <(?=[\#/]|[^ >]*[:@])  # mentions, channels, commands, emoji, timestamps, links
    | @(?=(?i:everyone|here)) | \A@(?=(?i:silent))
    | :(?=//)  # addresses
    | :(?=[\w+-]+:)  # emoji by name
    | (?<=(?i:discord))\.(?=\w) | (?<=(?i:discordapp))\.(?=\w)  # invitations are found without a scheme, too
    | ~(?=~) | (?<=~)~ | \|(?=\|) | (?<=\|)\|""",
    re.VERBOSE,
)
_LINE_START = re.compile(r"^\s*(?:(\#)(?=\#*(?:\s|\Z))|(-)(?=\#)|([-+*])(?=\s|\Z)|\d+(\.)(?=\s|\Z)|(>))", re.MULTILINE)
_TOGETHER = re.compile(r"[*_`\[<]|(?<=\])\(")
_PAIRED = ("*", "_")
_ENDING_LINK = re.compile(r"[^\[]*\]\(")  # would end a link that began before the code
_CODE = "`"  # what ends code may be escaped, so nothing may begin it
_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
FENCE = "```"
_INVITING = re.compile(r"discord(?:app)?\.\w", re.IGNORECASE)  # invitations are looked for in code and links, too
_LINKED = ("http", "https")
_URL_SAFE = "/:?#@!$&+,;=%~-."
_UNFIT_FOR_LINK = re.compile(r"[\\`*_~|<>@\[\]\u00a0]|/|:\S*:|\w\.\w{2,}|\A\s*\Z|[\U0001f000-\U0001faff\u2600-\u27bf]")


def escaped(text: str) -> str:
    """Return `text` so that Discord shows it as it stands, whatever stands beside it."""
    plain = printable(text)
    together = {match.start() for match in _TOGETHER.finditer(plain)}
    return _with_backslashes(plain, together | _dangerous_alone(plain))


def lightly_escaped(text: str, beside: str = "") -> str:
    """Return `text` so that Discord shows it as it stands, with as few backslashes as that needs.

    `beside` is what else stands in the message: escaped text and addresses, which may end what the text begins.
    """
    plain = printable(text)
    paired = "".join(mark for mark in _PAIRED if (plain + beside).count(mark) > 1) + "[" * ("](" in plain) + _CODE
    return _with_backslashes(plain, {i for i, mark in enumerate(plain) if mark in paired} | _dangerous_alone(plain))


def unescaped(content: str) -> str:
    """Return the text that `escaped` was given, as far as it can be shown."""
    return _ESCAPE.sub(r"\1", content)


def code_block(text: str) -> str | None:
    """Return `text` in a code block, or None where it could close the block or come alive even there."""
    plain = printable(text)
    if not plain.strip() or "``" in plain or _INVITING.search(plain) or _ENDING_LINK.match(plain):
        return None
    return f"{FENCE}\n{plain}\n{FENCE}"


def quoted(content: str) -> str:
    """Return content as a block quote."""
    return "\n".join(f"> {line}" for line in content.split("\n"))


def link(label: str, url: str | None) -> str:
    """Return a text that leads to `url`, or the text alone where that is not an address of a web page.

    In the text of a link Discord heeds no backslash, and shows the link as it is written where its text looks like an
    address. So a text with such characters stands beside its address.
    """
    plain, target = printable(label), web_address(url)
    if target is None:
        return escaped(plain)
    return f"{escaped(plain)} · <{target}>" if _UNFIT_FOR_LINK.search(plain) else f"[{plain}](<{target}>)"


def web_address(url: str | None) -> str | None:
    """Return `url` without a character that could end the link around it; None where it leads to no web page."""
    try:
        parts = urlsplit(printable(url or "").strip())
        fit = parts.scheme.lower() in _LINKED and bool(parts.hostname) and not _INVITING.search(parts.geturl())
    except ValueError:
        return None
    return quote(parts.geturl(), safe=_URL_SAFE) if fit else None


def _dangerous_alone(text: str) -> set[int]:
    at_line_start = {match.start(match.lastindex or 0) for match in _LINE_START.finditer(text)}
    return at_line_start | {match.start() for match in _ALONE.finditer(text)}


def _with_backslashes(text: str, places: Iterable[int]) -> str:
    pieces, reached = [], 0
    for place in sorted(places):
        pieces += [text[reached:place], "\\"]
        reached = place
    return "".join([*pieces, text[reached:]])
