"""Reads DOCX: the zip directory first, then the few XML parts that hold words.

What a reader of the document in Word sees is read: tracked insertions but not deletions, the content of controls and
text boxes, footnotes at the end. Images, macros, embedded files and other parts are never unpacked. This module is the
only door to lxml.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from briefbot.corpus.composition import Composition
from briefbot.corpus.metadata import clean, parse_date
from briefbot.errors import UnreadableFile
from briefbot.model import Metadata, Reading
from briefbot.settings import MEGABYTE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

    from briefbot.model import BlockKind
    from briefbot.settings import Limits

_OLE_HEADER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_ENTRIES = 10_000
_RATIO = 150  # deflate reaches 1,032; the XML of long tables, 60
_RATIO_FREE = MEGABYTE // 2  # below this a high ratio harms nobody
_UNPACKED = 20  # times limits.file_mb: all entries together
_ENCRYPTED_FLAG = 0x1

_ENCRYPTED = "it is encrypted; save a copy without a password"
_OLD_WORD = "it is in Word's old format; save it as .docx"
_NOT_WORD = "it is not a Word document, whatever its name says; give it the ending of its real format"
_DAMAGED = "it is damaged; open it in a word processor and save it again"
_BOMB = (
    "it unpacks to far more than a document holds, as a zip bomb does; open it in a word processor and save it again"
)
_PATHS = "its zip directory names files outside the document; open it in a word processor and save it again"
_DOCTYPE = "it holds a DOCTYPE, which Word never writes; open it in a word processor and save it again"


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style says: `level` of a heading or 0, and whether list items or quotations have it."""

    level: int
    listed: bool
    quoted: bool = False


_PLAIN = _Style(0, listed=False)
_QUOTING = frozenset(("quote", "intense quote", "block text", "quotations"))  # as Word and LibreOffice call them


def read(data: bytes, limits: Limits) -> Reading:
    """Return the text of a Word document. Raises UnreadableFile where it is encrypted, damaged, or unsafe to unpack."""
    try:
        with _opened(data, limits) as package:
            return _read(package)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise UnreadableFile(_DAMAGED) from error


def _opened(data: bytes, limits: Limits) -> zipfile.ZipFile:
    if data.startswith(_OLE_HEADER):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        raise UnreadableFile(_ENCRYPTED if encrypted else _OLD_WORD)
    if not data.startswith(b"PK"):
        raise UnreadableFile(_NOT_WORD)
    package = zipfile.ZipFile(io.BytesIO(data))
    _check(package.infolist(), limits)
    return package


def _check(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise UnreadableFile(_ENCRYPTED)
    if any(entry.filename.startswith(("/", "\\")) or ".." in _steps(entry.filename) for entry in entries):
        raise UnreadableFile(_PATHS)
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _MOST_ENTRIES or unpacked > _UNPACKED * limits.file_mb * MEGABYTE:
        raise UnreadableFile(_BOMB)
    if any(entry.file_size > max(_RATIO_FREE, _RATIO * entry.compress_size) for entry in entries):
        raise UnreadableFile(_BOMB)


def _steps(name: str) -> list[str]:
    return name.replace("\\", "/").split("/")


def _read(package: zipfile.ZipFile) -> Reading:
    main = _related(package, "").get("officeDocument")
    if main is None:
        raise UnreadableFile(_NOT_WORD)
    parts = _related(package, main)
    document = _Document(_styles(package, parts.get("styles")))
    for kind in ("", "footnotes", "endnotes"):
        root = _part(package, parts.get(kind) if kind else main)
        if root is not None:
            document.add(root)
    return document.reading(_metadata(package))


def _related(package: zipfile.ZipFile, name: str) -> dict[str, str]:
    """Return the names of the parts that the part `name` points to, by the last word of the relation's kind."""
    folder, base = posixpath.split(name)
    root = _part(package, posixpath.join(folder, "_rels", f"{base}.rels"))
    if root is None:
        return {}
    return {
        relation.get("Type", "").rsplit("/", 1)[-1]: posixpath.join("/", folder, relation.get("Target", ""))[1:]
        for relation in root
        if isinstance(relation.tag, str) and relation.get("TargetMode") != "External"
    }


def _part(package: zipfile.ZipFile, name: str | None) -> Element | None:
    """Return the root of an XML part, or None where there is no such part.

    zipfile inflates no more than the size that the directory declares, so a lying directory cannot unpack more.
    """
    from lxml import etree

    if name is None or name not in package.NameToInfo:
        return None
    data = package.read(name)
    if b"<!DOCTYPE" in data.replace(b"\0", b""):  # in UTF-16, too
        raise UnreadableFile(_DOCTYPE)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:  # a code that lxml's stubs do not know
            raise MemoryError from error
        raise UnreadableFile(_DAMAGED) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableFile(_DOCTYPE)
    return root


def _metadata(package: zipfile.ZipFile) -> Metadata:
    root = _part(package, _related(package, "").get("core-properties"))
    found = {} if root is None else {_name(element): element.text or "" for element in root}
    return Metadata(
        title=clean(found.get("title", "")),
        author=clean(found.get("creator", "")),
        date=parse_date(found.get("created", "")),
    )


def _styles(package: zipfile.ZipFile, name: str | None) -> dict[str, _Style]:
    root = _part(package, name)
    if root is None:
        return {}
    elements = {_value(style, "styleId"): style for style in root if _name(style) == "style"}
    return {key: _style(key, elements, frozenset()) for key in elements}


def _style(key: str, elements: dict[str, Element], seen: frozenset[str]) -> _Style:
    if key in seen or key not in elements:  # a style may not be based on itself, but files say so
        return _PLAIN
    element = elements[key]
    base = _style(_child_value(element, "basedOn"), elements, seen | {key})
    name = _child_value(element, "name").lower()
    own = _own_style(_child(element, "pPr"), base, title=name == "title")
    return replace(own, quoted=base.quoted or name in _QUOTING)


def _own_style(properties: Element | None, base: _Style, *, title: bool = False) -> _Style:
    """Return what a style or paragraph with these properties is, given what it is based on."""
    outline, numbering = _child(properties, "outlineLvl"), _child(properties, "numPr")
    level = 1 if title else base.level
    if outline is not None:
        level = _outline_level(_value(outline, "val"))
    listed = base.listed if numbering is None else _child_value(numbering, "numId") != "0"
    return _Style(level, listed and not level, base.quoted)


def _outline_level(value: str) -> int:
    """Return 1 to 6 for the outline levels 0 to 8, and 0 for 9, which is body text."""
    return min(int(value) + 1, 6) if value in set("012345678") else 0


class _Document:
    """The blocks of a document in the making; list items that follow each other wait until their list is whole."""

    def __init__(self, styles: dict[str, _Style]) -> None:
        self._styles = styles
        self._composition = Composition()
        self._items: list[str] = []

    def reading(self, metadata: Metadata) -> Reading:
        """Return what has been added."""
        self._end_list()
        return Reading(self._composition.text, self._composition.blocks, metadata)

    def add(self, element: Element) -> None:
        """Add the paragraphs and tables within `element`, in their order."""
        for child in _shown(element):
            name = _name(child)
            if name == "p":
                self._add_paragraph(child)
            elif name == "tbl":
                self._add_table(child)
            else:
                self.add(child)

    def _add_paragraph(self, element: Element) -> None:
        properties = _child(element, "pPr")
        style = _own_style(properties, self._styles.get(_child_value(properties, "pStyle"), _PLAIN))
        text = "".join(_words(element)).strip()
        if style.listed and text:
            self._items.append(text)
        elif text:
            self._end_list()
            body: BlockKind = "blockquote" if style.quoted else "paragraph"
            self._composition.add("heading" if style.level else body, text, level=style.level)
        for box in _boxes(element):
            self._end_list()
            self.add(box)

    def _add_table(self, element: Element) -> None:
        rows = [_cells(row) for row in _rows(element)]
        if max(map(len, rows), default=0) < 2:  # a frame around text, not a table
            for row in _rows(element):
                self.add(row)
            return
        self._end_list()
        lines = [" | ".join(_cell_text(cell) for cell in row) for row in rows]
        lines = [line for line in lines if line.strip(" |")]
        header = len(lines[0].strip()) if len(lines) > 1 else 0
        self._composition.add("table", "\n".join(lines), header_length=header)

    def _end_list(self) -> None:
        self._composition.add("list", "\n".join(self._items))
        self._items = []


def _rows(table: Element) -> list[Element]:
    return [row for row in _within(table, "tr") if _child(_child(row, "trPr"), "del") is None]


def _cells(row: Element) -> list[Element]:
    return list(_within(row, "tc"))


def _within(element: Element, name: str) -> Iterator[Element]:
    """Yield the elements called `name` that stand in `element` itself or in its content controls."""
    for child in _shown(element):
        if _name(child) == name:
            yield child
        elif _name(child) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _within(child, name)


def _cell_text(cell: Element) -> str:
    """Return the words of a cell on one line; of merged cells, only the first has words."""
    words = (" ".join("".join(_words(paragraph)).split()) for paragraph in cell.iter("{*}p"))
    return " ".join(filter(None, words))


def _words(element: Element) -> Iterator[str]:
    for child in _shown(element):
        name = _name(child)
        if name in _CHARACTERS:
            yield _CHARACTERS[name]
        elif name == "t":
            yield child.text or ""
        elif name not in ("txbxContent", "rt", "pPr", "rPr"):
            yield from _words(child)


_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def _boxes(element: Element) -> Iterator[Element]:
    """Yield the text boxes anchored in a paragraph."""
    for child in _shown(element):
        if _name(child) == "txbxContent":
            yield child
        else:
            yield from _boxes(child)


def _shown(element: Element) -> Iterator[Element]:
    """Yield the children that a reader sees: nothing deleted, moved away, or written again for older programs."""
    return (child for child in element if _name(child) not in ("del", "moveFrom", "Fallback"))


def _child(element: Element | None, name: str) -> Element | None:
    return None if element is None else element.find(f"{{*}}{name}")


def _child_value(element: Element | None, name: str) -> str:
    child = _child(element, name)
    return "" if child is None else _value(child, "val")


def _value(element: Element, name: str) -> str:
    """Return an attribute whatever its namespace: the standard's two editions have different ones."""
    return next((str(value) for key, value in element.items() if str(key).rsplit("}", 1)[-1] == name), "")


def _name(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]
