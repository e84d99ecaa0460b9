"""What a generation is made of, as one small file that proves itself.

A manifest is JSON in one canonical form with a checksum of the rest, so that any changed byte is noticed. This module
knows the form and its version; it refuses to open parts.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from briefbot.errors import DamagedIndex, ForeignIndex
from briefbot.index.parts import PartEntry, damaged

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 4
NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class EncoderEntry:
    """The model that made the vectors: what the settings called it, its hash, and its shape.

    `source` is what a compiled model was made from. `model` is the part that holds it, so that questions are encoded by
    the same one; it is None where sentence-transformers itself encodes. `code_bytes` is what keeps the vector of one
    word piece; 0 where none are kept.
    """

    name: str
    identity: str
    source: str
    dimensions: int
    window: int
    code_bytes: int = 0
    model: PartEntry | None = None

    @property
    def weights(self) -> str:
        """The hash of the model's weights, with which `source` begins; what was learnt with a model is known by it."""
        return self.source.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """Documents that were written together. `dead` lists the rows of those that are no longer part of the index.

    `documents` and `passages` count the dead ones too, `live` only the passages of the others. `cells` is how many
    the vectors are divided into, 0 where all are compared; `recall` is the share of the ten nearest that is found,
    measured when they were written.
    """

    documents: int
    passages: int
    live: int
    parts: tuple[PartEntry, ...]
    dead: tuple[int, ...] = ()
    cells: int = 0
    recall: float = 1.0

    @property
    def kind(self) -> Literal["exact", "cells"]:
        """How the dense part is searched: "exact" where all vectors are compared, "cells" where the nearest are."""
        return "cells" if self.cells else "exact"

    def part(self, kind: str) -> PartEntry:
        """Return the entry of the part of that kind."""
        return next(entry for entry in self.parts if entry.kind == kind)


@dataclass(frozen=True, slots=True)
class SkippedEntry:
    """A file that could not be read, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation of the index. `derivation` names the versions of every rule that made passages from text.

    `calibration` is what a team has set its own confidence by; None where that which comes with briefbot is in force.
    """

    generation: int
    made: datetime
    corpus: str
    encoder: EncoderEntry
    derivation: str
    documents: int
    passages: int
    segments: tuple[SegmentEntry, ...]
    skipped: tuple[SkippedEntry, ...] = ()
    calibration: PartEntry | None = None

    def parts(self) -> tuple[PartEntry, ...]:
        """Return the entries of all parts, each once."""
        single = filter(None, (self.encoder.model, self.calibration))
        return tuple(dict.fromkeys((*single, *(part for segment in self.segments for part in segment.parts))))


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return the file for a manifest."""
    fields = asdict(manifest) | {"made": manifest.made.isoformat(), "format": FORMAT}
    return _canonical(fields | {"checksum": _checksum(fields)})


def folder_name(number: int) -> str:
    """Return the folder of a generation below the index."""
    return f"{number:06d}"


def read_manifest(path: Path) -> Manifest:
    """Return the manifest in the file `path`, in its generation's folder. Raises DamagedIndex or ForeignIndex."""
    fields, sound = _fields(path)
    if not sound and not {"checksum", "generation"} & fields.keys():
        raise ForeignIndex(f"{path} is not briefbot's; set another index folder.")
    if not sound:
        raise damaged(path)
    if fields["format"] != FORMAT:
        raise ForeignIndex(
            f"{path} has index format {fields['format']}, and this briefbot reads {FORMAT}; run: briefbot build --full"
        )
    if folder_name(fields["generation"]) != path.parent.name:
        raise damaged(path)
    return _manifest(fields)


def _fields(path: Path) -> tuple[dict[str, Any], bool]:
    """Return what a manifest says, and whether each byte of it is as it was written."""
    try:
        data = path.read_bytes()
        fields = dict(json.loads(data))
        rest = {name: value for name, value in fields.items() if name != "checksum"}
        return fields, data == _canonical(rest | {"checksum": _checksum(rest)})
    except OSError as error:
        raise DamagedIndex(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, RecursionError):
        raise damaged(path) from None


def _manifest(fields: dict[str, Any]) -> Manifest:
    fields = {name: value for name, value in fields.items() if name not in ("format", "checksum")}
    return Manifest(
        **fields
        | {
            "made": datetime.fromisoformat(fields["made"]),
            "encoder": _encoder(fields["encoder"]),
            "segments": tuple(_segment(entry) for entry in fields["segments"]),
            "skipped": tuple(SkippedEntry(**entry) for entry in fields["skipped"]),
            "calibration": _part(fields["calibration"]) if fields["calibration"] else None,
        }
    )


def _encoder(fields: dict[str, Any]) -> EncoderEntry:
    model = fields["model"]
    return EncoderEntry(**fields | {"model": _part(model) if model else None})


def _segment(fields: dict[str, Any]) -> SegmentEntry:
    return SegmentEntry(**fields | {"parts": tuple(map(_part, fields["parts"])), "dead": tuple(fields["dead"])})


def _part(fields: dict[str, Any]) -> PartEntry:
    return PartEntry(**fields | {"blocks": tuple(fields["blocks"])})


def _canonical(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8") + b"\n"


def _checksum(fields: dict[str, Any]) -> str:
    return hashlib.sha256(_canonical(fields)).hexdigest()
