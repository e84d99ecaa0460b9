from __future__ import annotations

import hashlib
import time
from datetime import date
from typing import TYPE_CHECKING

import pytest

from briefbot.corpus import formats
from briefbot.corpus.documents import ReadDocument, content_of, read_document
from briefbot.corpus.formats import Format
from briefbot.corpus.sandbox import ReaderProcess
from briefbot.corpus.scan import SourceFile, scan
from briefbot.errors import UnreadableFile
from briefbot.model import Block, Document, Metadata, Origin, Span
from briefbot.settings import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMITS = Limits()
BRIEF = "---\ntitle: Stated\nauthor: A. Author\n---\n# The Visit\n\nThey met at the cosmodrome and talked for hours.\n"


@pytest.fixture(scope="module")
def readers() -> Iterator[ReaderProcess]:
    with ReaderProcess(LIMITS) as process:
        yield process


def source(root: Path, name: str) -> SourceFile:
    return next(found for found in scan(root, time.time_ns()).files if found.name == name)


def read(root: Path, name: str, readers: ReaderProcess) -> ReadDocument:
    return read_document(source(root, name), readers=readers, limits=LIMITS)


def content(root: Path, name: str, limits: Limits = LIMITS) -> str:
    return content_of(source(root, name), limits)


def test_a_document_is_complete(tmp_path: Path, readers: ReaderProcess) -> None:
    (tmp_path / "sub").mkdir()
    path = tmp_path / "sub" / "visit.md"
    path.write_text(BRIEF)
    found = read(tmp_path, "sub/visit.md", readers)
    assert found.document == Document(
        "sub/visit.md", "Stated", BRIEF, Metadata(title="Stated", author="A. Author"), "en", ()
    )
    heading, paragraph = BRIEF.index("The Visit"), BRIEF.index("They met")
    assert [(block.kind, block.span.of(BRIEF), block.level) for block in found.blocks] == [
        ("heading", BRIEF[heading : heading + 9], 1),
        ("paragraph", BRIEF[paragraph:-1], 0),
    ]
    own = hashlib.sha256(BRIEF.encode()).hexdigest()
    assert found.origin == Origin(own, content(tmp_path, "sub/visit.md"), path.stat().st_mtime_ns, ())


def test_the_sidecar_goes_before_what_the_file_says(tmp_path: Path, readers: ReaderProcess) -> None:
    (tmp_path / "visit.md").write_text(BRIEF)
    (tmp_path / "visit.md.meta.toml").write_text('title = "Beside"\ndate = 2023-09-13\nlanguage = "fr"\n')
    document = read(tmp_path, "visit.md", readers).document
    assert document.metadata == Metadata("Beside", "A. Author", date(2023, 9, 13), None, "fr")
    assert (document.title, document.language) == ("Beside", "fr")


@pytest.mark.parametrize(
    ("text", "title"),
    [("# The  *Visit*\n\nThey met.\n\n# More\n\nWords.", "The *Visit*"), ("They met.", "my visit")],
)
def test_without_a_stated_title_it_is_the_first_heading_and_then_the_name(
    tmp_path: Path, readers: ReaderProcess, text: str, title: str
) -> None:
    (tmp_path / "my visit.md").write_text(text)
    assert read(tmp_path, "my visit.md", readers).document.title == title


def test_a_sidecar_that_cannot_be_read_names_its_fault(tmp_path: Path, readers: ReaderProcess) -> None:
    (tmp_path / "a.md").write_text(BRIEF)
    (tmp_path / "a.md.meta.toml").write_bytes(b"title = '\xff'")
    with pytest.raises(UnreadableFile, match=r"^its sidecar is not UTF-8; save it as UTF-8$"):
        read(tmp_path, "a.md", readers)


def test_a_file_beyond_the_limit_is_not_opened(tmp_path: Path) -> None:
    with (tmp_path / "a.md").open("wb") as file:
        file.truncate(2_000_001)
    with pytest.raises(UnreadableFile, match=r"^it is larger than 2 MB; raise limits\.file_mb or split the file$"):
        content(tmp_path, "a.md", Limits(file_mb=2))


def test_a_file_that_has_gone_since_the_scan_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(BRIEF)
    found = source(tmp_path, "a.md")
    (tmp_path / "a.md").unlink()
    with pytest.raises(UnreadableFile, match=r"^it cannot be opened: No such file or directory$"):
        content_of(found, LIMITS)


# What counts as a change


def test_the_content_is_the_same_wherever_and_whenever_the_file_stands(tmp_path: Path) -> None:
    for name in ("a.md", "sub/b.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(BRIEF)
    assert content(tmp_path, "a.md") == content(tmp_path, "sub/b.md")


def test_the_content_changes_with_file_ending_sidecar_and_limits(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(BRIEF)
    (tmp_path / "a.txt").write_text(BRIEF)
    seen = [content(tmp_path, "a.md"), content(tmp_path, "a.txt"), content(tmp_path, "a.md", Limits(seconds=7))]
    (tmp_path / "a.md.meta.toml").write_text("title = 'T'")
    seen.append(content(tmp_path, "a.md"))
    (tmp_path / "a.md").write_text(BRIEF + "\n")
    seen.append(content(tmp_path, "a.md"))
    assert len(set(seen)) == 5


def test_the_content_changes_with_the_version_of_the_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_text(BRIEF)
    before = content(tmp_path, "a.md")
    monkeypatch.setitem(formats.FORMATS, ".md", Format("markdown", 2**30))
    assert content(tmp_path, "a.md") != before


def test_blocks_are_those_of_the_reader(tmp_path: Path, readers: ReaderProcess) -> None:
    (tmp_path / "a.csv").write_text("name,price\nred,1\n")
    columns = Span(0, 10)
    assert read(tmp_path, "a.csv", readers).blocks == (Block("row", Span(11, 16), header=columns),)
