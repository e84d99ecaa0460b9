"""Finds masked links, `[label](target "title")`, as Discord's client finds them, and judges which of them it refuses.

It knows brackets, targets and addresses; what a label's own marks mean is the business of tools/discord_markdown.py.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

WHITE = r"\t\n\x0b\x0c\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"  # JavaScript's \s
ALLOWED_SCHEMES = ("http", "https", "discord", "tel", "sms", "mailto")

_UNBRACKETED = re.compile(r"[^\[\]]*")
_WHITE_RUN = re.compile(f"[{WHITE}]*")
_TAIL = re.compile(rf"""(?:[{WHITE}]+['"]([\s\S]*?)['"])?[{WHITE}]*\)""")
_ESCAPED = re.compile(rf"\\([^0-9A-Za-z{WHITE}])")
# What the client takes out of labels and forbids in targets: characters that show nothing, and every odd space.
_BLANK = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u1160\u1680\u17b4\u17b5"
    "\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u206f\u3000\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
_LOOKALIKES = str.maketrans("HTPS;", "htps:")
# The client makes cards of these from the text as it was sent, whatever stands around them; a slash may be a backslash.
INVITE = re.compile(r"discord(?:app)?\.(?:com|gg|gift|new|gd|media)[\\/]+[\w?#][\w?#\\/-]*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked link as it stands in its text: label and target as written, and where it ends."""

    label: str
    target: str
    title: str
    end: int


def masked_link(source: str, start: int, hopeless: set[int]) -> Masked | None:
    """Return the masked link whose `[` stands at `start`, or None.

    `hopeless` holds places from which no target can end; the caller keeps it for as long as it reads `source`.
    """
    for close in reversed(_label_ends(source, start + 1)):
        found = _target(source, close + 2, hopeless)
        if found:
            begin, stop, title, end = found
            return Masked(source[start + 1 : close], source[begin:stop], title, end)
    return None


def _label_ends(source: str, position: int) -> list[int]:
    ends: list[int] = []
    while True:
        run = _UNBRACKETED.match(source, position)
        position = run.end() if run else position
        closing = source.find("]", position + 1)
        if position >= len(source):
            return ends
        if source[position] == "[":
            if closing < 0:
                return ends
            position = closing + 1
            continue
        if source.startswith("](", position):
            ends.append(position)
        opening = source.find("[", position + 1)
        if closing < 0 or -1 < opening < closing:
            return ends
        position += 1


def _target(source: str, position: int, hopeless: set[int]) -> tuple[int, int, str, int] | None:
    """Search as the client's expression does, but visit no place twice: its own search is exponential."""
    white = _WHITE_RUN.match(source, position)
    first = white.end() if white else position
    begin = first + source.startswith("<", first)
    places = [first - 1, begin] if first > position else [begin]  # the one before: no target, but a title
    while places:
        place = places.pop()
        if place in hopeless:
            continue
        hopeless.add(place)
        tail = _tail(source, place)
        if tail:
            return begin, place, tail.group(1) or "", tail.end()
        places += _next_places(source, place)
    return None


def _tail(source: str, place: int) -> re.Match[str] | None:
    after_angle = _TAIL.match(source, place + 1) if source.startswith(">", place) else None
    return after_angle or _TAIL.match(source, place)


def _next_places(source: str, place: int) -> list[int]:
    if place >= len(source) or re.match(f"[{WHITE}]", source[place]):
        return []
    if source[place] == "\\":
        return [place + 2] if place + 1 < len(source) and source[place + 1] != "\n" else []
    closing = source.find(")", place) if source[place] == "(" else -1
    return [place + 1, closing + 1] if closing > 0 else [place + 1]


def without_blanks(label: str) -> str:
    """Return a label as the client shows it: without unseen characters and odd spaces."""
    return _BLANK.sub("", label)


def unmasked(label: str) -> str:
    """Return a label with letters that look like those of an address made into them, as the client judges it."""
    return unicodedata.normalize("NFKC", without_blanks(label)).translate(_LOOKALIKES)


def refuses(link: Masked) -> bool:
    """Say whether the client shows the link as it is written because of its target, title or empty label."""
    if not without_blanks(link.label).strip() or not without_blanks(link.target).strip():
        return True
    if _BLANK.search(link.target) or INVITE.search(link.label) or INVITE.search(link.title):
        return True
    return not _is_address(_ESCAPED.sub(r"\1", link.target))


def _is_address(target: str) -> bool:
    scheme = target.partition(":")[0].lower()
    if scheme not in ALLOWED_SCHEMES or ":" not in target:
        return False
    if not scheme.startswith("http"):
        return True
    parts = target.split("/")
    if len(parts) < 3 or unquote(parts[2]) != parts[2]:
        return False
    try:
        return bool(urlsplit(target).hostname)
    except ValueError:
        return False
