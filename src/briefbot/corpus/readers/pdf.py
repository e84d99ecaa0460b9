"""Reads PDF: the text layer with its place on the page, put into reading order by `layout`.

Words are the document's own, glyph by glyph: hyphens at line ends, ligatures and line ends stay. This module is the
only door to pypdfium2, and refuses to know what a column or a paragraph is.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from briefbot.corpus.composition import Composition
from briefbot.corpus.metadata import clean, parse_date
from briefbot.corpus.readers.layout import Page, Run, Stretch, stretches
from briefbot.errors import UnreadableFile
from briefbot.model import Metadata, Reading
from briefbot.settings import MEGABYTE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefbot.settings import Limits

_HEADER_WITHIN = 1024  # bytes, as other programs allow
_NO_ONE = {"anonymous", "unspecified", "unknown", "untitled"}  # what programs write where nobody is named
_APART = 0.9  # of the character's height: a wider gap ends a run
_SHARED = 0.3  # of the height: characters on one line share at least so much of it
_UPRIGHT = 0.1  # radians
_SAMPLE = 64  # characters that tell how a page is turned
_SIZES = 12  # characters that tell the size of a run's type
_BOLD_WEIGHT = 600
_FORCED_BOLD = 1 << 18  # of the font's flags
_FONT_NAME_BYTES = 128
_GLYPHS = {
    0x02: "-",
    0xAD: "-",
    0xFFFE: "-",
    0xF0B7: "•",
}
_ENCRYPTED = "it is encrypted; save a copy without a password"
_BLANK = Page(0, 0, ())
_DAMAGED = "it is damaged; open it in a PDF viewer and save it again"
_NO_TEXT = "it has no text layer; run OCR on it, for example with ocrmypdf"


Box = tuple[float, float, float, float]  # left, right, bottom, top


@dataclass(frozen=True, slots=True)
class _Glyph:
    """A visible character with its index on the page; its box is turned so that the page's text runs to the right."""

    character: str
    box: Box
    index: int
    after_space: bool


def read(data: bytes, limits: Limits) -> Reading:
    """Return the text of a PDF file. Raises UnreadableFile where it is encrypted, damaged or has no text."""
    if b"%PDF-" not in data[:_HEADER_WITHIN]:
        raise UnreadableFile("it is not a PDF file, whatever its name says; give it the ending of its real format")
    document = _open(data)
    try:
        pages, broken = _pages(document, limits)
        metadata = _metadata(document.get_metadata_dict())
    finally:
        document.close()
    silent = sum(not page.runs for page in pages)
    if silent == len(pages):
        raise UnreadableFile(_DAMAGED if broken == len(pages) else _NO_TEXT)
    return _reading(stretches(pages), metadata, len(pages), _remarks(len(pages), silent - broken, broken))


def _open(data: bytes) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        encrypted = error.err_code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY)
        raise UnreadableFile(_ENCRYPTED if encrypted else _DAMAGED) from error


def _pages(document: Any, limits: Limits) -> tuple[list[Page], int]:
    """Return the pages, and how many of them cannot be opened and so stand there empty."""
    import pypdfium2

    pages: list[Page] = []
    broken = characters = 0
    for number in range(len(document)):
        try:
            pages.append(_page(document[number]))
        except pypdfium2.PdfiumError:
            broken += 1
            pages.append(_BLANK)
        characters += sum(len(run.text) for run in pages[-1].runs)
        if characters > limits.text_mb * MEGABYTE:
            raise UnreadableFile(
                f"it holds more than {limits.text_mb} million characters of text; "
                "raise limits.text_mb or split the file"
            )
    return pages, broken


def _page(page: Any) -> Page:
    text = page.get_textpage()
    try:
        turns = _turns(text)
        left, bottom, right, top = page.get_bbox()
        _, _, low, high = _turned((left, right, bottom, top), turns)
        runs = (_run(text, glyphs, turns) for glyphs in _together(_glyphs(text, turns)))
        return Page(low, high, tuple(run for run in runs if run))
    finally:
        text.close()
        page.close()


def _turns(text: Any) -> int:
    """Return by how many quarters most of the page's characters are turned clockwise."""
    count = text.count_chars()
    sample = range(0, count, 1 + count // _SAMPLE)
    turns = Counter(_quarter(text, index) for index in sample if not _is_space(text, index))
    return turns.most_common(1)[0][0] if turns else 0


def _quarter(text: Any, index: int) -> int:
    return round(_angle(text, index) / (math.pi / 2)) % 4


def _angle(text: Any, index: int) -> float:
    from pypdfium2 import raw

    return float(raw.FPDFText_GetCharAngle(text, index))


def _is_space(text: Any, index: int) -> bool:
    return _character(_code(text, index)).isspace()


def _code(text: Any, index: int) -> int:
    from pypdfium2 import raw

    return int(raw.FPDFText_GetUnicode(text, index))


def _turned(box: Box, turns: int) -> Box:
    left, right, bottom, top = box
    match turns:
        case 1:
            return -top, -bottom, left, right
        case 2:
            return -right, -left, -top, -bottom
        case 3:
            return bottom, top, -right, -left
        case _:
            return box


def _glyphs(text: Any, turns: int) -> Iterator[_Glyph]:
    from pypdfium2 import raw

    rectangle = raw.FS_RECTF()
    place = ctypes.byref(rectangle)
    after_space = False
    for index in range(text.count_chars()):
        character = _character(raw.FPDFText_GetUnicode(text, index))
        if character.isspace():
            after_space = True
            continue
        raw.FPDFText_GetLooseCharBox(text, index, place)
        box = rectangle.left, rectangle.right, rectangle.bottom, rectangle.top
        yield _Glyph(character, _turned(box, turns), index, after_space)
        after_space = False


@lru_cache(maxsize=4096)
def _character(code: int) -> str:
    if code in _GLYPHS:
        return _GLYPHS[code]
    if 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return "\N{REPLACEMENT CHARACTER}"
    character = chr(code)
    return " " if unicodedata.category(character) in ("Cc", "Cn", "Co") else character


def _together(glyphs: Iterator[_Glyph]) -> Iterator[list[_Glyph]]:
    run: list[_Glyph] = []
    for glyph in glyphs:
        if run and _is_apart(run[-1].box, glyph.box):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def _is_apart(before: Box, after: Box) -> bool:
    _, right, bottom, top = before
    left, _, low, high = after
    height = min(top - bottom, high - low)
    if min(top, high) - max(bottom, low) < _SHARED * height:
        return True
    return left - right > _APART * height or left < before[0] - 2 * height  # text may run leftwards, within a word


def _run(text: Any, glyphs: Sequence[_Glyph], turns: int) -> Run | None:
    """Return the run of these glyphs, or None where it stands at an angle: a watermark, a note in the margin."""
    first, middle, last = glyphs[0], glyphs[len(glyphs) // 2], glyphs[-1]
    if not _is_upright(text, middle.index, turns):
        return None
    lefts, rights, _, _ = zip(*(glyph.box for glyph in glyphs), strict=True)
    words = "".join(" " * glyph.after_space + glyph.character for glyph in glyphs)
    return Run(
        text=words.strip(),
        left=min(lefts),
        right=max(rights),
        base=_base(text, middle.index, turns),
        top=middle.box[3],
        size=_usual_size(text, glyphs),
        bold=_is_bold(text, first.index) and _is_bold(text, last.index),
    )


def _is_upright(text: Any, index: int, turns: int) -> bool:
    return math.cos(_angle(text, index) - turns * math.pi / 2) > math.cos(_UPRIGHT)


def _base(text: Any, index: int, turns: int) -> float:
    from pypdfium2 import raw

    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text, index, x, y)
    _, _, base, _ = _turned((x.value, x.value, y.value, y.value), turns)
    return base


def _usual_size(text: Any, glyphs: Sequence[_Glyph]) -> float:
    """Return the size of most of the run, which may hold words in another type and raised numbers."""
    sample = glyphs[:: 1 + len(glyphs) // _SIZES]
    return Counter(_size(text, glyph.index) for glyph in sample).most_common(1)[0][0]


def _size(text: Any, index: int) -> float:
    """Return the size of the type in points; some programs set size 1 and enlarge it."""
    from pypdfium2 import raw

    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, index, matrix)
    size = float(raw.FPDFText_GetFontSize(text, index))
    return round(2 * size * math.hypot(matrix.c, matrix.d)) / 2


def _is_bold(text: Any, index: int) -> bool:
    from pypdfium2 import raw

    name, flags = ctypes.create_string_buffer(_FONT_NAME_BYTES), ctypes.c_int()
    raw.FPDFText_GetFontInfo(text, index, name, _FONT_NAME_BYTES, flags)
    heavy = raw.FPDFText_GetFontWeight(text, index) >= _BOLD_WEIGHT
    return heavy or b"bold" in name.value.lower() or bool(flags.value & _FORCED_BOLD)


def _metadata(properties: dict[str, str]) -> Metadata:
    title, author = (_named(properties.get(key, "")) for key in ("Title", "Author"))
    return Metadata(title=title, author=author, date=parse_date(properties.get("CreationDate", "")))


def _named(value: str) -> str | None:
    name = clean(value)
    return None if name is None or name.lower() in _NO_ONE else name


def _remarks(pages: int, silent: int, broken: int) -> tuple[str, ...]:
    counts = ((silent, "have no text; OCR would give them one"), (broken, "are damaged and were left out"))
    return tuple(f"{count} of {pages} pages {what}" for count, what in counts if count)


def _reading(parts: Sequence[Stretch], metadata: Metadata, pages: int, remarks: tuple[str, ...]) -> Reading:
    composition = Composition()
    starts: dict[int, int] = {}
    for part in parts:
        offset = composition.next_start
        for line in part.lines:
            starts.setdefault(line.page, offset)
            offset += len(line.text) + 1
        composition.add(part.kind, "\n".join(line.text for line in part.lines), level=part.level)
    text = composition.text
    return Reading(text, composition.blocks, metadata, _page_starts(starts, pages, len(text)), remarks)


def _page_starts(starts: dict[int, int], pages: int, end: int) -> tuple[int, ...]:
    """Return where each page's text starts; a page without text starts where the next one does."""
    found: list[int] = []
    for page in reversed(range(pages)):
        end = min(end, starts.get(page, end))
        found.append(end)
    return tuple(reversed(found))
