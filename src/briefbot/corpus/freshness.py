"""Whether the file a document was read from is still as it was."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from briefbot.model import Origin, Staleness

if TYPE_CHECKING:
    from pathlib import Path


def is_gone(corpus: Path, name: str) -> bool:
    """Tell whether a document's file is no longer in the corpus; one that is out of reach is not gone."""
    try:
        (corpus / name).stat()
    except (FileNotFoundError, NotADirectoryError):
        return corpus.is_dir()
    except OSError:
        return False
    return False


def staleness(corpus: Path, name: str, origin: Origin) -> Staleness | None:
    """Return when the file changed after it was indexed, or None where it did not, or is out of reach."""
    path = corpus / name
    try:
        modified = path.stat().st_mtime_ns
        if modified == origin.modified:
            return None
        with path.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == origin.sha256
    except OSError:
        return None
    return None if same else Staleness(_time(origin.modified), _time(modified))


def _time(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC)
