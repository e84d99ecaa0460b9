"""Every kind of bad input in one corpus: each is named with its reason, and none keeps the others from being built."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from tests.corpus.bad_files import BAD_FILES
from tests.desk import Desk

from briefbot.errors import CorpusError

GOOD = "A good file among bad ones is read and found."


def put_odd_names(corpus: Path) -> dict[str, str]:
    """Put what is bad by its place or kind rather than its bytes; return a part of the reason for each."""
    outside = corpus.parent / "outside.txt"
    outside.write_text("It is not part of the corpus.")
    (corpus / "leaves.txt").symlink_to(outside)
    (corpus / "dangling.txt").symlink_to(corpus / "nothing.txt")
    (corpus / "loop.txt").symlink_to(corpus / "loop.txt")
    (corpus / "folder-loop").symlink_to(corpus)
    os.mkfifo(corpus / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(corpus / "socket.txt"))
    (corpus / "bad-sidecar.txt").write_text(GOOD)
    (corpus / "bad-sidecar.txt.meta.toml").write_text("title = ")
    (corpus / "latin-sidecar.txt").write_text(GOOD)
    (corpus / "latin-sidecar.txt.meta.toml").write_bytes(b'title = "\xfc"')
    (corpus / "wrong-sidecar.txt").write_text(GOOD)
    (corpus / "wrong-sidecar.txt.meta.toml").write_text("date = 7\n")
    (corpus / "unknown-sidecar.txt").write_text(GOOD)
    (corpus / "unknown-sidecar.txt.meta.toml").write_text('colour = "red"\n')
    Path(os.fsdecode(os.fsencode(corpus) + b"/name-\xff.txt")).write_text(GOOD)
    return {
        "leaves.txt": "leaves the corpus",
        "dangling.txt": "a symbolic link to nothing",
        "loop.txt": "Too many levels",
        "pipe.txt": "not a regular file",
        "socket.txt": "not a regular file",
        "bad-sidecar.txt": "sidecar",
        "latin-sidecar.txt": "sidecar",
        "wrong-sidecar.txt": "sidecar",
        "unknown-sidecar.txt": "sidecar",
        "name-\\udcff.txt": "not valid UTF-8",
    }


@pytest.mark.slow
def test_each_kind_of_bad_input_is_named_and_the_rest_is_built(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    expected = put_odd_names(desk.corpus)
    for i, bad in enumerate(BAD_FILES):
        name = f"{i:02d}-{Path(bad.name).name}"
        (desk.corpus / name).write_bytes(bad.make())
        if bad.reason is not None:
            expected[name] = bad.reason
    desk.write("good.txt", GOOD)
    report = desk.build()
    reasons = {skipped.name: skipped.reason for skipped in report.skipped}
    assert reasons.keys() == expected.keys()
    assert [(name, reasons[name]) for name in expected if expected[name] not in reasons[name]] == []
    assert len(expected) >= 40
    assert report.documents == len(BAD_FILES) - sum(bad.reason is not None for bad in BAD_FILES) + 1
    assert desk.ask("good file among bad ones").excerpts[0].citation.document == "good.txt"


def test_a_corpus_of_which_nothing_can_be_read_publishes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (desk.corpus / "bad.pdf").write_bytes(b"not a PDF")
    with pytest.raises(CorpusError, match=r"No document in .* could be read. bad.pdf: "):
        desk.build(allow_removals=False)
    assert not (desk.index / "CURRENT").exists()
