"""What sources say about themselves, in the one form that briefbot keeps.

Dates, languages and addresses come in many spellings; this module knows the spellings. It refuses to know where in a
file they stand: readers find the values and name the keys, and a sidecar is given as its text.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING

from briefbot.errors import UnreadableFile
from briefbot.model import Metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEYS = {field.name: (field.name,) for field in fields(Metadata)}  # each value under its own name

_LONGEST = 500  # of a title or a name; what is longer is no such thing
_LONGEST_DATE = 60
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_DAY = r"(?P<day>\d{1,2})"
_MONTH = r"(?P<month>\d{1,2})"
_MONTH_NAME = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_NUMBERED_DAY = rf"{_DAY}(?:st|nd|rd|th|\.)?"
_DATES = tuple(
    re.compile(form, re.ASCII | re.IGNORECASE)
    for form in (
        rf"(?P<year>\d{{4}})\s?[-/.年]\s?{_MONTH}\s?[-/.月]\s?{_DAY}(?!\d)",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?!\d)",
        r"D:(?P<year>\d{4})(?:(?P<month>\d\d)(?P<day>\d\d)?)?",
        rf"{_DAY}\.\s?{_MONTH}\.\s?{_YEAR}",
        rf"{_WEEKDAY}{_NUMBERED_DAY}[\s-]+(?:of\s+)?{_MONTH_NAME},?[\s-]+{_YEAR}",
        rf"{_WEEKDAY}{_MONTH_NAME}\s+{_NUMBERED_DAY},?\s+{_YEAR}",
        rf"{_WEEKDAY}{_MONTH_NAME}\s+{_DAY}\s+[\d:]+\s+{_YEAR}",
    )
)
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][\w-]*)?", re.ASCII | re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def clean(value: object) -> str | None:
    """Return a text or number as one line of printable characters; None where nothing remains or it is no value."""
    if not isinstance(value, str | int | float | date) or isinstance(value, bool):
        return None
    line = " ".join(str(value)[: 2 * _LONGEST].split())
    return "".join(filter(str.isprintable, line))[:_LONGEST].strip() or None


def parse_date(value: str) -> date | None:
    """Return the day that a date or time begins with, as written; None where it cannot be told.

    Read are ISO 8601, RFC 2822, PDF (``D:2023…``, whose month and day may be missing), 14.9.2023, 14 September 2023
    and September 14, 2023. Forms whose day and month could be exchanged (9/8/2023) are not.
    """
    text = value.strip()[:_LONGEST_DATE]
    return next((day for form in _DATES if (found := form.match(text)) and (day := _day(found))), None)


def parse_language(value: str) -> str | None:
    """Return the language of a tag such as "en-US" ("en"); None where it is no tag."""
    tag = _LANGUAGE.fullmatch(value.strip())
    return tag[1].lower() if tag else None


def metadata_of(table: Mapping[str, object], keys: Mapping[str, tuple[str, ...]] = KEYS) -> Metadata:
    """Return what `table` says. `keys` names, for each value, the keys to look under, the best first."""
    title, author, day, url, language = (_words(table, keys.get(field.name, ())) for field in fields(Metadata))
    return Metadata(
        title=next(title, None),
        author=next((name for name in author if not _WEB_ADDRESS.match(name)), None),
        date=next(filter(None, map(parse_date, day)), None),
        url=next(filter(_WEB_ADDRESS.fullmatch, url), None),
        language=next(filter(None, map(parse_language, language)), None),
    )


def read_sidecar(text: str) -> Metadata:
    """Return what a `NAME.meta.toml` says. Raises UnreadableFile with the reason where any of it cannot be used."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UnreadableFile(f"its sidecar is not valid TOML: {clean(str(error))}") from error
    metadata = metadata_of(table)
    for key in table:
        if key not in KEYS:
            raise UnreadableFile(f"its sidecar has the unknown key {key!r}; the keys are {', '.join(KEYS)}")
        if getattr(metadata, key) is None:
            raise UnreadableFile(f"the {key} in its sidecar cannot be used; write {_ADVICE[key]}")
    return metadata


_ADVICE = {
    "title": 'a text, as in title = "On call"',
    "author": 'a name or a list of names, as in author = "Ann Example"',
    "date": "a day, as in date = 2023-09-14",
    "url": 'a web address, as in url = "https://example.org/page"',
    "language": 'a language code, as in language = "en"',
}


def _day(found: re.Match[str]) -> date | None:
    parts = found.groupdict()
    month = _MONTHS.index(parts["name"].lower()) + 1 if "name" in parts else int(parts["month"] or 1)
    try:
        return date(int(parts["year"]), month, int(parts["day"] or 1))
    except ValueError:
        return None


def _words(table: Mapping[str, object], keys: tuple[str, ...]) -> Iterator[str]:
    values = (_named(table.get(key)) for key in keys)
    return (words for words in values if words)


def _named(value: object) -> str | None:
    """Return a value as words: several are joined by commas, and of a table its name is meant."""
    if not isinstance(value, list):
        return clean(value.get("name") if isinstance(value, dict) else value)
    names = (clean(one.get("name") if isinstance(one, dict) else one) for one in value[:_LONGEST])
    return clean(", ".join(filter(None, names)))
