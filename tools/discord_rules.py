"""Reads the text of a Discord message as Discord's client does, into a tree.

The rules, their order and their oddities are those of the client (its fork of simple-markdown), written anew from how
it behaves: an escape counts in most places but not in code, strikethrough, spoilers or the label of a masked link; a
line starts only where the piece read before ended with a newline; a link with a suspicious label is shown as written.
Where the client depends on what it alone knows (which emoji exist, whether a date is valid), a piece counts as found.

It refuses to know what a tree means for a reader (tools/discord_markdown.py) or looks like (tools/discord_look.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from tools.discord_links import WHITE, masked_link, refuses, unmasked, without_blanks

_DEPTH = 24  # what is nested deeper is left as text; the client gives up there, too
_LIST_LEVELS = 11
_LABEL_KINDS = {"text", "bold", "italic", "underline", "strike", "code", "spoiler", "break", "timestamp"}
_LABEL_BLOCKS = {"list", "item", "heading", "quote", "subtext", "emoji"}


@dataclass(frozen=True, slots=True)
class Node:
    """One piece of a message: its kind, its source as it was sent, and either text or the pieces within it.

    `text` is what a piece without inner pieces shows. `detail` is a code block's language, a link's address, a
    heading's level ("1" to "3") or the first number of a numbered list ("" for bullets).
    """

    kind: str
    source: str
    text: str = ""
    content: tuple[Node, ...] = ()
    detail: str = ""


@dataclass(slots=True)
class _State:
    before: str | None = None  # the source of the piece read last, across nesting: it decides where a line starts
    quoted: bool = False
    headings: bool = True
    subtext: bool = True
    level: int = 0
    depth: int = 0
    label: bool = False  # within a masked link's label, shown
    escapes: bool = True
    hopeless: dict[str, set[int]] = field(default_factory=dict)  # where no link's target can start, by source


_Found = tuple[int, Callable[[], Node]]
_Find = Callable[[str, int, _State], _Found | None]


def parse(content: str) -> tuple[Node, ...]:
    """Return the pieces of a message in reading order."""
    return _pieces(_prepared(content), _State())


def walk(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Yield every piece, an outer one before those within it."""
    for node in nodes:
        yield node
        yield from walk(node.content)


def _prepared(content: str) -> str:
    return re.sub("\r\n?", "\n", content).replace("\f", "").replace("\t", "    ")


def _pieces(source: str, state: _State) -> tuple[Node, ...]:
    return tuple(_joined(_read(source, state)))


def _read(source: str, state: _State) -> list[Node]:
    if state.depth > _DEPTH:
        return [_text(source)]
    nodes: list[Node] = []
    position = 0
    while position < len(source):
        end, build = _best(source, position, state)
        nodes.append(build())
        state.before = source[position:end]
        position = end
    return nodes


def _best(source: str, position: int, state: _State) -> _Found:
    rules = _LABEL_RULES if state.label else _RULES
    for find in rules.get(source[position], ()):
        found = find(source, position, state)
        if found:
            return found
    end = _TEXT.match(source, position).end()  # type: ignore[union-attr]  # it takes one character at the least
    return end, lambda: _text(source[position:end])


def _joined(nodes: list[Node]) -> Iterator[Node]:
    run: list[Node] = []
    for node in [*nodes, None]:
        if node and node.kind == "text":
            run.append(node)
            continue
        if run:
            yield Node("text", "".join(piece.source for piece in run), "".join(piece.text for piece in run))
            run = []
        if node:
            yield node


def _text(source: str, text: str | None = None) -> Node:
    return Node("text", source, source if text is None else text)


def _within(kind: str, source: str, inner: str, state: _State, detail: str = "") -> Node:
    state.depth += 1
    content = _pieces(inner, state)
    state.depth -= 1
    return Node(kind, source, "", content, detail)


_TEXT = re.compile(
    rf"[\s\S]+?(?=[^0-9A-Za-z{WHITE}\u00c0-\U0010ffff]|\n\n| {{2,}}\n|\w+:[^{WHITE}]|[0-9]+\.|\Z)", re.ASCII
)


# --- blocks: they stand at the start of a line, which is where the piece before ended with a newline


def _starts_line(state: _State) -> bool:
    return not state.before or state.before.endswith("\n")


def _starts_indented_line(state: _State) -> bool:
    return not state.before or state.before.rstrip(" ").endswith("\n")


_HEADING = re.compile(rf" *(#{{1,3}})([{WHITE}]+)([^\n]*)")
_MARKS = re.compile(rf"#{{1,3}}[{WHITE}]")
_WHITE_RUN = re.compile(f"[{WHITE}]*")


def _heading(source: str, position: int, state: _State) -> _Found | None:
    found = _HEADING.match(source, position) if state.headings and _starts_line(state) else None
    if not found:
        return None
    marks, gap, line = found.groups()
    barred = not line or _MARKS.match(source, found.start(3))
    if barred and not gap[1:].strip("\n"):  # a second space would be a heading's words
        return None
    line, last = ("", found.start(3)) if barred and gap.endswith("\n") else (line, found.end())
    words = (line.rstrip().rstrip("#") or ("" if barred else line[:1])).strip()
    blank = _WHITE_RUN.match(source, last)
    stop = blank.end() if blank else last
    end = stop if stop == len(source) else source.rfind("\n", 0, stop) + 1
    return end, lambda: _within("heading", source[position:end], words, state, str(len(marks)))


_SUBTEXT = re.compile(r"-#( +)([^\n]*)(?:\n|\Z)")


def _subtext(source: str, position: int, state: _State) -> _Found | None:
    found = _SUBTEXT.match(source, position) if state.subtext and _starts_line(state) else None
    if not found:
        return None
    gap, words = found.groups()
    if len(gap) == 1 and (not words or words.startswith("-#")):
        return None
    return found.end(), lambda: _subtext_node(found.group(), words.strip(), state)


def _subtext_node(source: str, words: str, state: _State) -> Node:
    inner = replace(state, subtext=False)
    return _within("subtext", source, words, inner)


_QUOTE = re.compile(r" *>>> +[\s\S]*| *>(?!>>) +[^\n]*(?:\n *>(?!>>) +[^\n]*)*\n?")
_QUOTE_MARK = re.compile(r"^ *> ?", re.MULTILINE)


def _quote(source: str, position: int, state: _State) -> _Found | None:
    found = None if state.quoted or not _starts_indented_line(state) else _QUOTE.match(source, position)
    return (found.end(), lambda: _quote_node(found.group(), state)) if found else None


def _quote_node(source: str, state: _State) -> Node:
    to_the_end = re.match(r" *>>> ?", source)
    inner = source[to_the_end.end() :] if to_the_end else _QUOTE_MARK.sub("", source)
    state.quoted = True
    node = _within("quote", source, inner, state)
    state.quoted = False
    return node


_LIST = re.compile(r"( *)([*-]|\d+\.) [\s\S]+?(?:\n(?! )(?!\1(?:[*-]|\d+\.) )|\Z)", re.ASCII)
_LAST_LINES = re.compile(rf"\n+[{WHITE}]*\Z")
_BULLET = re.compile(r"( *)((?:[*-]|\d+\.)) +", re.ASCII)


def _list(source: str, position: int, state: _State) -> _Found | None:
    if state.level >= _LIST_LEVELS or not _starts_indented_line(state):
        return None
    found = _LIST.match(source, position)
    return (found.end(), lambda: _list_node(found.group(), found.group(2), state)) if found else None


def _list_node(source: str, mark: str, state: _State) -> Node:
    text = re.sub(r"\n{2,}\Z", "\n", source)
    bullet = _BULLET.match(text)
    indent, width = (len(bullet.group(1)), len(bullet.group())) if bullet else (0, 0)
    spaces = f" {{{indent},{max(indent, int(f'{indent}1'))}}}"  # the client joins the digits where it means to add
    item = re.compile(rf"{spaces}(?:[*-]|\d+\.) +[^\n]*(?:\n(?!{spaces}(?:[*-]|\d+\.) )[^\n]*)*(?:\n|\Z)", re.ASCII)
    nodes = tuple(_item(found.group(), width, state) for found in item.finditer(text))
    number = str(min(10**9, max(1, int(mark[:-1])))) if len(mark) > 1 else ""
    return Node("list", source, "", nodes, number)


def _item(source: str, width: int, state: _State) -> Node:
    dedented = re.sub(rf"^ {{1,{width or 1}}}", "", source, flags=re.MULTILINE)
    words = re.sub(r" *\n\Z", "", _BULLET.sub("", dedented, count=1))
    inner = replace(state, headings=False, level=state.level + 1, depth=state.depth + 1)
    read = _read(words, inner)
    trimmed = [replace(node, text=_LAST_LINES.sub("", node.text)) if node.kind == "text" else node for node in read]
    return Node("item", source, "", tuple(_joined(trimmed)))


_CODE_BLOCK = re.compile(r"```(?:([a-z0-9_+\-.#]+?)\n)?\n*([^\n][\s\S]*?)\n*```", re.IGNORECASE | re.ASCII)


def _code_block(source: str, position: int, _: _State) -> _Found | None:
    found = _CODE_BLOCK.match(source, position)
    if not found:
        return None
    language, code = found.groups()
    return found.end(), lambda: Node("codeblock", found.group(), code, (), language or "")


# --- within a line


_ESCAPE = re.compile(rf"\\([^0-9A-Za-z{WHITE}])")


def _escape(source: str, position: int, state: _State) -> _Found | None:
    found = _ESCAPE.match(source, position) if state.escapes else None
    return (found.end(), lambda: _text(found.group(), found.group(1))) if found else None


_UNDERSCORED = re.compile(r"_((?:__|\\[\s\S]|[^\\_])+?)_\b", re.ASCII)
_STARRED = rf"\*(?=[^{WHITE}])((?:\*\*|\\[\s\S]|[{WHITE}]+(?:\\[\s\S]|[^{WHITE}*\\]|\*\*)|[^{WHITE}*\\])+?)"
_EMPHASIS = (  # the longest wins; of equally long ones, the first
    ("italic", _UNDERSCORED),
    ("italic", re.compile(_STARRED + r"\*(?!\*)")),
    ("bold", re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")),
    ("underline", re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)")),
    ("italic", re.compile(_STARRED + r" {1,2}\*(?!\*)")),  # not in labels
)


def _emphasis(source: str, position: int, state: _State) -> _Found | None:
    rules = _EMPHASIS[:-1] if state.label else _EMPHASIS
    tried = [(kind, found) for kind, rule in rules if (found := rule.match(source, position))]
    if not tried:
        return None
    kind, found = max(tried, key=lambda pair: pair[1].end())
    return found.end(), lambda: _within(kind, found.group(), found.group(1), state)


_SPOILER = re.compile(r"\|\|([\s\S]+?)\|\|")
_STRIKE = re.compile(r"~~([\s\S]+?)~~(?!_)")


def _paired(kind: str, rule: re.Pattern[str]) -> _Find:
    def find(source: str, position: int, state: _State) -> _Found | None:
        found = rule.match(source, position)
        return (found.end(), lambda: _within(kind, found.group(), found.group(1), state)) if found else None

    return find


_CODE = re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)")


def _code(source: str, position: int, _: _State) -> _Found | None:
    found = _CODE.match(source, position)
    if not found:
        return None
    words = re.sub(r"^ (?= *`)|(` *) \Z", r"\1", found.group(2))
    return found.end(), lambda: Node("code", found.group(), words)


def _link(source: str, position: int, state: _State) -> _Found | None:
    link = masked_link(source, position, state.hopeless.setdefault(source, set()))
    if not link:
        return None
    raw = source[position : link.end]
    if refuses(link) or not _may_mask(unmasked(link.label), state):
        return link.end, lambda: _text(raw)
    label = without_blanks(link.label)
    inner = _State(depth=state.depth, label=True)
    return link.end, lambda: _within("link", raw, label, inner, link.target)


def _may_mask(label: str, state: _State) -> bool:
    """Say whether a label holds nothing but styled words: no address, mention or link that would be another's."""
    nodes = list(walk(_pieces(label, _State(depth=state.depth + 1, escapes=False))))
    inner = [node.text for node in nodes if node.kind == "code"]
    return all(node.kind in _LABEL_KINDS | _LABEL_BLOCKS for node in nodes) and all(
        _may_mask(text, replace(state, depth=state.depth + 1)) for text in inner if state.depth < _DEPTH
    )


_URL = re.compile(rf"(?:https?|steam)://[^{WHITE}<]+[^<.,:;\"'\]{WHITE}]")


def _url(source: str, position: int, _: _State) -> _Found | None:
    found = _URL.match(source, position)
    if not found:
        return None
    address = found.group()
    closing = len(address) - len(address.rstrip(")"))
    if address.count("(") < closing:
        address = address[:-1]
    return position + len(address), lambda: Node("url", address, address, (), address)


def _simple(kind: str, expression: str, flags: re.RegexFlag = re.ASCII) -> _Find:
    """Make a rule for a piece without inner pieces; it shows its first group, or itself where there is none."""
    rule = re.compile(expression, flags)

    def find(source: str, position: int, _: _State) -> _Found | None:
        found = rule.match(source, position)
        if not found:
            return None
        return found.end(), lambda: Node(kind, found.group(), found.group(1) if rule.groups else found.group())

    return find


def _silent(source: str, position: int, state: _State) -> _Found | None:
    found = re.match(rf"@silent(?![^{WHITE}])", source[position:]) if not state.before else None
    return (position + 7, lambda: Node("silent", "@silent", "@silent")) if found else None


_COMMAND_WORD = r"[-'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}"
_NUMBER = r"(?:tel:|sms:)?\+?(?:[0-9]|\([0-9]+\))(?:[- ./]?(?:[0-9]|\([0-9]+\)))+"
_BREAK = _simple("break", r" {2,}(\n)")
_TIMESTAMP = _simple("timestamp", r"<t:-?\d+(?::[A-Za-z])?>")
_OWN_EMOJI = _simple("emoji", r"<a?:\w+:\d+>")
_EMOJI = _simple("emoji", r":[\w+\-]+(?:::skin-tone-[0-9])?:", re.UNICODE)
_ANGLED = (
    _OWN_EMOJI,
    _simple("autolink", r"<([^: >]+:/[^ >]+)>"),
    _simple("mail", rf"<([^{WHITE}<>@]+@[^{WHITE}<>@]+\.[^{WHITE}<>@]+)>"),
    _simple("phone", rf"<((?=tel:|sms:|\+){_NUMBER})>"),
    _TIMESTAMP,
    _simple("role", r"<@&\d+>"),
    _simple("user", r"<@!?\d+>"),
    _simple("channel", r"<#\d+>"),
    _simple("command", rf"</{_COMMAND_WORD}(?: {_COMMAND_WORD}){{0,2}}:\d+>", re.UNICODE),
    _simple("game", r"<@\$\d+>"),
    _simple("sound", r"<sound:\d+:\d+>"),
    _simple("navigation", r"<id:[\w-]+(?::[\w-]+)?>"),
)
# By first character and, within one, in the client's order.
_RULES: dict[str, tuple[_Find, ...]] = dict.fromkeys("0123456789", (_list,)) | {
    " ": (_heading, _quote, _list, _BREAK),
    "#": (_heading,),
    ">": (_quote,),
    "-": (_subtext, _list),
    "*": (_list, _emphasis),
    "_": (_emphasis,),
    "`": (_code_block, _code),
    "~": (_paired("strike", _STRIKE),),
    "|": (_paired("spoiler", _SPOILER),),
    "\\": (_escape,),
    "[": (_link,),
    "<": _ANGLED,
    "h": (_url,),
    "s": (_url,),
    "@": (_simple("everyone", r"@(?:everyone|here)"), _silent),
    ":": (_EMOJI,),
    "¯": (_simple("text", r"¯\\_\(ツ\)_/¯"),),
}
# In a label the client knows few rules, and escapes are not among them: a backslash is shown.
_LABEL_RULES: dict[str, tuple[_Find, ...]] = {
    " ": (_BREAK,),
    "*": (_emphasis,),
    "_": (_emphasis,),
    "`": (_code,),
    "~": (_paired("strike", _STRIKE),),
    "|": (_paired("spoiler", _SPOILER),),
    "<": (_OWN_EMOJI, _TIMESTAMP),
    ":": (_EMOJI,),
}
