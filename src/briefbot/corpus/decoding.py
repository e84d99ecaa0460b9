"""From bytes to text: byte order marks, declared charsets, UTF-8, and a detector for the rest.

The text is what the file says, line ends untouched, without a byte order mark. This module refuses to know formats;
it is the only door to charset-normalizer.
"""

from __future__ import annotations

import codecs
import io
import re

from briefbot.errors import UnreadableFile

_MARKS = (  # the marks of UTF-32 begin with those of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HABITUAL = ("ascii", "iso8859-1", "cp1252")  # servers and editors declare them unasked, so UTF-8 is tried first
_NO_CHARSET = ("utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined")
_SAMPLE = 32_768
_CONTEXT = 32
_WIDE_SAMPLE = 4_096
_MOST_CONTROLS = 0.02
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_ACCENTS = 0.25  # of the letters of a western text
_ACCENTED = re.compile(r"[À-ÿ]")
_SIGNS = "¡¢£¥§©ª«®°±²³´µº»½¿"
_NOT_WESTERN = re.compile(  # letters that western languages hardly use, and signs within a word
    rf"[^\x00-\x7f\xa0À-ÏÑ-ÖØ-Ýß-ïñ-öø-ýÿŒœ€‚„…‘’“”•–—™·{_SIGNS}]|[^\W\d_][{_SIGNS}][^\W\d_]"
)

_NOT_TEXT = "it is not text, whatever its name says; give it the ending of its real format"
_UNKNOWN = "it is not text in an encoding that can be told; save it as UTF-8"


def decoded(data: bytes, declared: str | None = None) -> str:
    """Return the text of `data`, which may say that its charset is `declared`.

    Raises UnreadableFile where it is not text or its encoding cannot be told.
    """
    text = _decoded(data, declared)
    sample = text[:_SAMPLE]
    if "\0" in text or len(_CONTROLS.findall(sample)) > _MOST_CONTROLS * len(sample):
        raise UnreadableFile(_NOT_TEXT)
    return text


def _decoded(data: bytes, declared: str | None) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding)
    wide = _wide(data)
    if wide:
        return _strict(data, wide)
    if b"\0" in data:
        raise UnreadableFile(_NOT_TEXT)
    for encoding in _candidates(declared):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return _cut_utf8(data) or _strict(data, _detected(data))


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UnreadableFile(_UNKNOWN) from error


def _wide(data: bytes) -> str | None:
    """Return the kind of UTF-16 where one byte of nearly every pair is zero, as in most languages' text."""
    sample = data[:_WIDE_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    many, few = 0.4 * len(sample) / 2, 0.02 * len(sample) / 2
    if odd > many and even <= few:
        return "utf-16-le"
    return "utf-16-be" if even > many and odd <= few else None


def _candidates(declared: str | None) -> tuple[str, ...]:
    name = _charset(declared) if declared else None
    if name is None:
        return ("utf-8",)
    return ("utf-8", "cp1252", "iso8859-1") if name in _HABITUAL else (name, "utf-8")


def _charset(label: str) -> str | None:
    try:
        name = codecs.lookup(label.strip()).name
        b"a".decode(name)  # some codecs do not make text
    except (LookupError, ValueError):
        return None
    # Whoever declares a wide charset in plain letters is mistaken.
    return None if name in _NO_CHARSET or name.startswith(("utf-16", "utf-32")) else name


def _cut_utf8(data: bytes) -> str | None:
    """Return the text of UTF-8 that ends within a character, if another such character shows that it is UTF-8."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return None
    return None if text.isascii() else text


def _detected(data: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = _telling(data)
    if _western(sample):
        return "cp1252"
    best = from_bytes(sample).best()
    if best is None:
        raise UnreadableFile(_UNKNOWN)
    return best.encoding


def _telling(data: bytes) -> bytes:
    """Return the first lines that hold more than ASCII, without much of it, which would outweigh the rest."""
    found = bytearray()
    for line in io.BytesIO(data):
        high = _HIGH.search(line)
        if high:
            found += line[max(0, high.start() - _CONTEXT) : high.start() + _SAMPLE]
        if len(found) >= _SAMPLE:
            break
    whole = max(found.rfind(b" "), found.rfind(b"\n")) + 1  # so that no character is cut in two
    return bytes(found[: whole or len(found)])


def _western(sample: bytes) -> bool:
    """Tell whether this reads well in the most common of the old charsets, which the detector takes for its cousins."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    letters = sum(map(str.isalpha, text))
    return not _NOT_WESTERN.search(text) and len(_ACCENTED.findall(text)) <= _MOST_ACCENTS * letters
