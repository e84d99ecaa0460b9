"""What the commands other than `ask` have to tell, as values; how they are shown is the terminal's concern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be read, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about a document, or about the index."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. `encoded` counts the passages whose vectors were computed; `ignored` files by ending."""

    generation: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    skipped: tuple[Skipped, ...]
    ignored: Mapping[str, int]
    unchanged: int
    documents: int
    passages: int
    encoded: int
    remarks: tuple[Remark, ...]
    seconds: float
    published: bool
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed in the corpus since a generation was made."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """A segment of the index: whether its vectors are all compared ("exact") or in cells, and the measured recall."""

    passages: int
    kind: Literal["exact", "cells"]
    recall: float


@dataclass(frozen=True, slots=True)
class Surety:
    """The confidence that an answer needs, and whether it was set by `calibrate` or comes with the model."""

    threshold: float
    own: bool


@dataclass(frozen=True, slots=True)
class StatusReport:
    """The current generation. `bytes` counts the index folder.

    `changes` is None where the corpus is out of reach, and `surety` where no confidence is calibrated for the model.
    """

    generation: int
    made: datetime
    documents: int
    passages: int
    segments: tuple[SegmentLine, ...]
    bytes: int
    model: str
    model_sha256: str
    index_format: int
    surety: Surety | None
    generations: tuple[int, ...]
    corpus: str
    changes: Changes | None
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A file of the index that does not hold what was written, and how that shows."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was verified, and what was found damaged.

    `sound` lists the generations without a fault; `current` is None where CURRENT itself cannot be read.
    """

    generations: int
    files: int
    bytes: int
    faults: tuple[Fault, ...]
    sound: tuple[int, ...]
    current: int | None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that briefbot needs, whether it is there, and how to mend it; `documents` are all that it is about."""

    name: str
    state: State
    message: str
    fix: str
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """Everything that briefbot needs."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class RollbackReport:
    """Which generation was left for which, and the documents that come back, go, or have other words again."""

    from_generation: int
    to_generation: int
    returning: tuple[str, ...]
    leaving: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """The confidence that an answer needs, set from so many questions, and what that makes of them.

    `precision` is the share of answers whose first excerpt is right, `coverage` the share of the questions with an
    answer that get one.
    """

    questions: int
    threshold: float
    precision: float
    coverage: float


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """The generation that was published, and its setting; None where what comes with briefbot is in force again."""

    generation: int
    setting: Setting | None


@dataclass(frozen=True, slots=True)
class PruneReport:
    """Which generations were removed and kept, those that stay because they are in use, and the bytes freed."""

    removed: tuple[int, ...]
    kept: tuple[int, ...]
    in_use: tuple[int, ...]
    bytes_freed: int


@dataclass(frozen=True, slots=True)
class PurgeReport:
    """That a document's text is gone from the disk, with every generation that held it."""

    document: str
    generation: int
    removed_generations: tuple[int, ...]
    bytes_freed: int
    still_in_corpus: bool


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in a list."""

    name: str
    title: str
    date: date | None
    passages: int
    language: str | None
