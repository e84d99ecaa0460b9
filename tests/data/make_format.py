"""Makes the small index that stays in the tests for each released format; see README.md beside it.

python -m tests.data.make_format tests/data/format-2
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.desk import Desk
from tests.fakes import WordEncoder

from briefbot.index.manifest import NAME, folder_name, manifest_bytes, read_manifest
from briefbot.index.store import CURRENT

WRITTEN = 1_700_000_000  # the time of every document, in seconds since 1970
FIRST = {
    "briefs/grain.md": "---\ntitle: Grain for the North\nauthor: A. Writer\ndate: 2011-08-19\nurl: https://example.org/g\n"
    "---\n# Shipments\n\nRussia announced 50,000 tons of grain. It came after floods.\n\n"
    "## By train\n\n- dark green\n- given in Soviet times\n",
    "gone.txt": "This document is gone in the second generation, but its row is still there.",
    "wörter.txt": "Straße, ﬁne 𝄞 und 平壤. Ein zweiter Satz folgt hier.\r\n\r\nNoch ein Absatz, mit CRLF davor.",
}
SECOND = {"codes.csv": "code,meaning\nE4304,the pump is dry\nE4305,the valve is open\n"}


def make(target: Path) -> None:
    """Write the index to `target`, which must not exist; the same on every machine and at every time."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), WordEncoder(source="words-1"))
        _build(desk, FIRST)
        (desk.corpus / "gone.txt").unlink()
        _build(desk, SECOND)
        shutil.copytree(desk.index, target, ignore=shutil.ignore_patterns(".lock", "scan.json"))
    for number in (1, 2):
        path = target / folder_name(number) / NAME
        made = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
        path.write_bytes(manifest_bytes(replace(read_manifest(path), made=made, corpus="docs_corpus")))


def _build(desk: Desk, documents: dict[str, str]) -> None:
    for name, text in documents.items():
        path = desk.corpus / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
        os.utime(path, (WRITTEN, WRITTEN))
    desk.build()


if __name__ == "__main__":
    make(Path(sys.argv[1]))
    print(f"{sys.argv[1]}: generation {Path(sys.argv[1], CURRENT).read_text()}", end="")  # noqa: T201
