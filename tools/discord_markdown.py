"""Says of a Discord message what a reader sees, and what in it comes alive: mentions, links, styles, unseen marks.

It reads with tools/discord_rules.py and refuses to know how a message looks (tools/discord_look.py) or what may be
sent. Where it is not certain that the client would leave something alone, it says "alive".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.discord_links import INVITE
from tools.discord_rules import Node, parse, walk

__all__ = ["Alive", "Node", "alive", "parse", "shown", "walk"]

_QUIET = {"text", "break", "item"}
_BLOCKS = {"codeblock", "list", "quote", "heading", "subtext"}


@dataclass(frozen=True, slots=True)
class Alive:
    """Something in a message that is more than text."""

    kind: str
    source: str


def shown(content: str) -> str:
    """Return the text that a reader sees, with newlines; bullets are "• ", mentions and emoji stand as sent."""
    return _shown_all(parse(content))


def alive(content: str) -> list[Alive]:
    """Return everything in a message that is more than text, in reading order; then invites, then unseen characters."""
    living = [Alive(node.kind, node.source) for node in walk(parse(content)) if node.kind not in _QUIET]
    invites = [Alive("invite", found.group()) for found in INVITE.finditer(content)]
    return living + invites + [Alive("control", found.group()) for found in _CONTROL.finditer(content)]


# Bidirectional controls and what shows nothing. Joiners are spelling between letters of other scripts and in emoji.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    "|(?<![\u0590-\U0010ffff])[\u200c\u200d]+|[\u200c\u200d]+(?![\u0590-\U0010ffff])"
)


# --- what is shown


def _shown_all(nodes: tuple[Node, ...]) -> str:
    text, after_code = "", False
    for node in nodes:
        added = _shown(node)
        starts_line = text.rstrip(" ").endswith("\n") or added.startswith("\n")
        if text and not starts_line and (after_code or node.kind in _BLOCKS):
            text += "\n"
        text += added
        after_code = node.kind == "codeblock"
    return text


def _shown(node: Node) -> str:
    if node.kind == "list":
        return _shown_list(node)
    inner = _shown_all(node.content) if node.content else node.text
    ends_line = node.kind in {"heading", "subtext"} and node.source.endswith("\n")
    return inner + "\n" if ends_line else inner


def _shown_list(node: Node) -> str:
    first = int(node.detail) if node.detail else 0
    marks = [f"{first + place}. " if node.detail else "• " for place in range(len(node.content))]
    lines = [
        mark + _shown_all(item.content).rstrip("\n").replace("\n", "\n" + " " * len(mark))
        for mark, item in zip(marks, node.content, strict=True)
    ]
    return "\n".join(lines) + ("\n" if node.source.endswith("\n") else "")
