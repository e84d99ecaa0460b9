"""Draw Discord messages as the client shows them (dark theme, desktop or phone): one HTML page, or a picture of it.

    python tools/discord_look.py messages.json --width 390 -o page.html --png page.png

`messages.json` is a list of messages as they are sent to the API (content, flags, components, attachments), each with
what the client adds: `author` (briefbot), `bot` (true), `colour` of the avatar, `time`, `used` ({"user", "command"}:
"ada used /ask"), `reply_to` ({"author", "content"}), `continued` (true: no head), and a text file's text as `preview`.
It knows looks and asks tools/discord_markdown.py what a text says; it loads nothing from anywhere.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file, it is to find its neighbours

from tools.discord_markdown import Node, parse
from tools.discord_style import STYLE

if TYPE_CHECKING:
    from collections.abc import Callable

_PHONE = 500  # narrower pages are drawn with the phone's proportions
_EPHEMERAL = 1 << 6
_PREVIEW_LINES = 6

Piece = dict[str, Any]


def main() -> None:
    """Write the page, and the picture where one is asked for."""
    parser = argparse.ArgumentParser(description="Draw Discord messages as the client shows them.")
    parser.add_argument("messages", type=Path, help="a JSON list of messages as they are sent to the API")
    parser.add_argument("--width", type=int, default=900, help="in pixels; below 500 it is a phone (default: 900)")
    parser.add_argument("-o", "--output", type=Path, help="where the HTML page goes (default: standard output)")
    parser.add_argument("--png", type=Path, help="where a picture of the page goes; needs chromium")
    asked = parser.parse_args()
    drawn = page(json.loads(asked.messages.read_text("utf-8")), asked.width)
    if asked.output:
        asked.output.write_text(drawn, "utf-8")
    if asked.png:
        picture(drawn, asked.width, asked.png)
    if not asked.output and not asked.png:
        print(drawn)


def page(messages: list[Piece], width: int) -> str:
    """Return the HTML page that shows `messages` at `width` pixels."""
    kind = "phone" if width < _PHONE else "desktop"
    body = "\n".join(_message(message) for message in messages)
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Discord</title><style>{STYLE}</style>\n'
        f'<body class="{kind}" style="width:{width}px">\n<main>{body}</main>\n</body></html>\n'
    )


def picture(drawn: str, width: int, target: Path) -> None:
    """Photograph the page with chromium, at two pixels to one and as high as it is."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "page.html")
        measure = "<script>document.body.dataset.height=document.querySelector('main').offsetHeight</script>"
        source.write_text(drawn.replace("</body>", measure + "</body>"), "utf-8")
        dom = _chromium(folder, f"--window-size={width},1000", "--dump-dom", source.as_uri())
        height = re.search(r'data-height="(\d+)"', dom)
        size = f"--window-size={width},{height.group(1) if height else 1000}"
        _chromium(folder, size, "--force-device-scale-factor=2", f"--screenshot={target.resolve()}", source.as_uri())


def _chromium(folder: str, *arguments: str) -> str:
    program = which("chromium") or which("chromium-browser") or which("google-chrome")
    if program is None:
        sys.exit("A picture needs chromium: apt-get install chromium fonts-noto-core fonts-noto-cjk")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    plain = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/profile"]
    done = subprocess.run([program, *plain, *quiet, *arguments], capture_output=True, check=True, timeout=120)
    return done.stdout.decode("utf-8", "replace")


# --- a message


def _message(message: Piece) -> str:
    kinds = ["message"]
    kinds += ["continued"] * bool(message.get("continued")) + ["ephemeral"] * bool(_flags(message) & _EPHEMERAL)
    parts = [_above(message), "" if message.get("continued") else _head(message), _body(message)]
    return f'<article class="{" ".join(kinds)}">{"".join(parts)}{_footer(message)}</article>'


def _flags(message: Piece) -> int:
    return int(message.get("flags") or 0)


def _above(message: Piece) -> str:
    used, answered = message.get("used"), message.get("reply_to")
    if used:
        words = f'{_name(used["user"])} used <span class="command">{_COMMAND_ICON}{escape(used["command"])}</span>'
        return f'<div class="above">{_avatar(used["user"], "#3ba55c")}{words}</div>'
    if answered:
        words = f'{_name("@" + answered["author"])} <span class="preview">{_inline(answered["content"])}</span>'
        return f'<div class="above">{_avatar(answered["author"], "#3ba55c")}{words}</div>'
    return ""


def _name(name: str) -> str:
    return f"<b>{escape(name)}</b>"


def _avatar(name: str, colour: str) -> str:
    return f'<i class="avatar" style="background:{escape(colour)}">{escape(name.strip("@")[:1].upper())}</i>'


def _head(message: Piece) -> str:
    author = message.get("author", "briefbot")
    tag = '<span class="tag">APP</span>' if message.get("bot", True) else ""
    when = escape(message.get("time", "14:02"))
    face = _avatar(author, message.get("colour", "#5865f2"))
    return f"{face}<header>{_name(author)}{tag}<time>{when}</time></header>"


def _body(message: Piece) -> str:
    content = message.get("content") or ""
    text = f'<div class="text">{_html(parse(content))}</div>' if content else ""
    files = "".join(_attachment(file) for file in message.get("attachments") or [])
    return text + files + "".join(_component(part) for part in message.get("components") or [])


def _footer(message: Piece) -> str:
    if not _flags(message) & _EPHEMERAL:
        return ""
    return f'<footer>{_EYE_ICON}Only you can see this • <span class="link">Dismiss message</span></footer>'


def _attachment(file: Piece) -> str:
    name, size = escape(file["filename"]), _size(int(file.get("size") or 0))
    preview = file.get("preview")
    if preview is None:
        return f'<div class="file">{_FILE_ICON}<div><span class="link">{name}</span><small>{size}</small></div></div>'
    lines = "\n".join(preview.split("\n")[:_PREVIEW_LINES])
    foot = f"<div>{_EXPAND_ICON}<span>{name}</span><small>{size}</small></div>"
    return f'<div class="textfile"><pre>{escape(lines)}</pre>{foot}</div>'


def _size(count: int) -> str:
    if count < 1024:
        return f"{count} bytes"
    return f"{count / 1024:.2f} KB" if count < 1024**2 else f"{count / 1024**2:.2f} MB"


# --- components


def _component(part: Piece) -> str:
    draw = _COMPONENTS.get(part.get("type", 0))
    return draw(part) if draw else f'<div class="unknown">component {escape(str(part.get("type")))}</div>'


def _children(part: Piece) -> str:
    return "".join(_component(child) for child in part.get("components") or [])


def _row(part: Piece) -> str:
    return f'<div class="row">{_children(part)}</div>'


def _button(part: Piece) -> str:
    style = part.get("style", 2)
    off = " off" if part.get("disabled") else ""
    emoji = escape((part.get("emoji") or {}).get("name") or "")
    label = escape(part.get("label") or "")
    icon = _OUT_ICON if style == 5 else ""  # 5 is a link
    return f'<span class="button style{int(style)}{off}">{emoji and f"<i>{emoji}</i>"}{label}{icon}</span>'


def _select(part: Piece) -> str:
    return f'<div class="select">{escape(part.get("placeholder") or "Make a selection")}<span>⌄</span></div>'


def _text_display(part: Piece) -> str:
    return f'<div class="text">{_html(parse(part.get("content") or ""))}</div>'


def _section(part: Piece) -> str:
    beside = _component(part["accessory"]) if part.get("accessory") else ""
    return f'<div class="section"><div>{_children(part)}</div>{beside}</div>'


def _separator(part: Piece) -> str:
    kind = "line" if part.get("divider", True) else "gap"
    return f'<div class="separator {kind} size{int(part.get("spacing", 1))}"></div>'


def _container(part: Piece) -> str:
    colour = part.get("accent_color")
    edge = f' style="border-left:4px solid #{int(colour):06x}"' if colour is not None else ""
    return f'<div class="container"{edge}>{_children(part)}</div>'


_COMPONENTS: dict[int, Callable[[Piece], str]] = {
    1: _row,
    2: _button,
    3: _select,
    9: _section,
    10: _text_display,
    14: _separator,
    17: _container,
}


# --- text


def _inline(content: str) -> str:
    """Return a text on one line, as the client quotes the message that is answered."""
    return _html(parse(" ".join(content.split())))


def _html(nodes: tuple[Node, ...]) -> str:
    parts: list[str] = []
    after_code = False
    for node in nodes:
        drop_newline = after_code and node.kind == "text"
        parts.append(escape(node.text.removeprefix("\n")) if drop_newline else _node(node))
        after_code = node.kind == "codeblock"
    return "".join(parts)


def _node(node: Node) -> str:
    if node.kind == "list":
        return _list(node)
    if node.kind == "timestamp":
        return f'<span class="timestamp">{_moment(node.source)}</span>'
    if node.kind == "heading":
        return f"<h{node.detail}>{_html(node.content)}</h{node.detail}>"
    inner = _html(node.content) if node.content else escape(_MENTIONED.get(node.kind, node.text))
    start, end = _TAGS.get(node.kind, ("", ""))
    return start + inner + end


def _list(node: Node) -> str:
    items = "".join(f"<li>{_html(item.content)}</li>" for item in node.content)
    return f'<ol start="{node.detail}">{items}</ol>' if node.detail else f"<ul>{items}</ul>"


def _moment(source: str) -> str:
    seconds = int(source.strip("<>").split(":")[1])
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%d %B %Y %H:%M}"
    except (ValueError, OverflowError, OSError):
        return escape(source)


_MENTION = ('<span class="mention">', "</span>")
_LINKED = ('<span class="link">', "</span>")
_MENTIONED = {"user": "@someone", "role": "@a role", "channel": "# a-channel", "command": "/command"}
_TAGS = {
    "bold": ("<strong>", "</strong>"),
    "italic": ("<em>", "</em>"),
    "underline": ("<u>", "</u>"),
    "strike": ("<s>", "</s>"),
    "spoiler": ('<span class="spoiler">', "</span>"),
    "code": ("<code>", "</code>"),
    "codeblock": ("<pre><code>", "</code></pre>"),
    "quote": ("<blockquote>", "</blockquote>"),
    "subtext": ('<small class="subtext">', "</small>"),
    **dict.fromkeys(("link", "url", "autolink", "mail", "phone"), _LINKED),
    **dict.fromkeys(("user", "role", "channel", "everyone", "command", "navigation", "game"), _MENTION),
}

# --- icons, drawn for this page


def _icon(box: str, drawing: str) -> str:
    return f'<svg viewBox="{box}" fill="none" stroke="currentColor" stroke-width="2">{drawing}</svg>'


_COMMAND_ICON = _icon("0 0 24 24", '<rect x="3" y="3" width="18" height="18" rx="4"/><path d="M14 7l-4 10"/>')
_EYE_ICON = _icon(
    "0 0 24 24", '<path d="M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12z"/><circle cx="12" cy="12" r="3"/>'
)
_OUT_ICON = _icon("0 0 24 24", '<path d="M14 4h6v6M20 4l-9 9M18 14v5H5V6h5"/>')
_EXPAND_ICON = _icon("0 0 24 24", '<path d="M5 9l7 7 7-7"/>')
_FILE_ICON = _icon("0 0 30 40", '<path d="M3 2h16l8 8v28H3z"/><path d="M19 2v8h8M9 18h12M9 24h12M9 30h8"/>')


if __name__ == "__main__":
    main()
