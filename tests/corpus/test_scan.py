from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from briefbot.corpus.scan import Scan, SourceFile, scan
from briefbot.errors import CorpusError

if TYPE_CHECKING:
    from pathlib import Path

LATER = 10_000_000_000  # nanoseconds


def write(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("words")


def look(root: Path) -> Scan:
    return scan(root, time.time_ns())


def names(root: Path) -> list[str]:
    return [source.name for source in look(root).files]


def only(root: Path) -> SourceFile:
    (source,) = look(root).files
    return source


def test_documents_are_the_files_of_known_formats_by_name(tmp_path: Path) -> None:
    write(tmp_path, "b.txt", "a.MD", "sub/c.pdf", "sub/deep/d.csv", "photo.JPG", "e.jpg", "Makefile")
    found = look(tmp_path)
    assert [source.name for source in found.files] == ["a.MD", "b.txt", "sub/c.pdf", "sub/deep/d.csv"]
    assert found.ignored == {".jpg": 2, "no ending": 1}
    assert found.refused == ()


def test_a_file_is_known_by_its_path_size_and_time(tmp_path: Path) -> None:
    write(tmp_path, "sub/a.MD")
    os.utime(tmp_path / "sub/a.MD", ns=(5, 17))
    source = only(tmp_path)
    path = tmp_path / "sub" / "a.MD"
    assert (source.path, source.suffix, source.size, source.modified, source.sidecar) == (path, ".md", 5, 17, None)


@pytest.mark.parametrize("name", ["none", "file.txt"])
def test_a_corpus_that_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, "file.txt")
    with pytest.raises(CorpusError) as error:
        look(tmp_path / name)
    assert str(error.value) == (
        f"The corpus {tmp_path / name} is not a folder; create it or set another one with --corpus."
    )


def test_hidden_files_and_folders_are_not_documents(tmp_path: Path) -> None:
    write(tmp_path, ".a.txt", ".git/b.txt", "c.txt")
    assert names(tmp_path) == ["c.txt"]


def test_what_briefbotignore_names_is_not_a_document(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "draft-b.txt", "old/c.txt", "old/keep.txt", "sub/d.txt", "sub/draft-e.txt", "sub/old.txt")
    (tmp_path / ".briefbotignore").write_text("# drafts\ndraft-*\n/old/*\n!/old/keep.txt\n")
    (tmp_path / "sub" / ".briefbotignore").write_text("/d.txt\n")
    assert names(tmp_path) == ["a.txt", "old/keep.txt", "sub/old.txt"]


def test_an_ignore_pattern_of_a_sub_folder_counts_from_there(tmp_path: Path) -> None:
    write(tmp_path, "d.txt", "sub/d.txt", "sub/deep/d.txt")
    (tmp_path / "sub" / ".briefbotignore").write_text("/d.txt\n")
    assert names(tmp_path) == ["d.txt", "sub/deep/d.txt"]


def test_a_sidecar_belongs_to_its_document(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "a.txt.meta.toml", "gone.txt.meta.toml")
    assert only(tmp_path).sidecar == tmp_path / "a.txt.meta.toml"
    assert look(tmp_path).ignored == {}


# Links


def test_a_link_that_leaves_the_corpus_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "outside/secret.txt", "corpus/a.txt")
    corpus = tmp_path / "corpus"
    (corpus / "file.txt").symlink_to(tmp_path / "outside" / "secret.txt")
    (corpus / "folder").symlink_to(tmp_path / "outside")
    (corpus / "up.txt").symlink_to("../outside/../outside/secret.txt")
    reason = "it is a symbolic link that leaves the corpus; copy the file instead"
    assert look(corpus).refused == (("file.txt", reason), ("folder", reason), ("up.txt", reason))
    assert names(corpus) == ["a.txt"]


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("nothing.txt", "it is a symbolic link to nothing; remove it"),
        ("link.txt", "it cannot be looked at: Too many levels of symbolic links; remove it"),
    ],
)
def test_a_link_to_nothing_or_to_itself_is_refused(tmp_path: Path, target: str, reason: str) -> None:
    (tmp_path / "link.txt").symlink_to(target)
    assert look(tmp_path).refused == (("link.txt", reason),)


def test_what_a_link_inside_the_corpus_leads_to_is_one_document_under_its_own_name(tmp_path: Path) -> None:
    write(tmp_path, "m/a.txt", "m/sub/b.txt")
    (tmp_path / "a-link.txt").symlink_to("m/a.txt")
    (tmp_path / "a-folder").symlink_to("m")
    (tmp_path / "z-folder").symlink_to("m/sub")
    (tmp_path / "m" / "up").symlink_to("..")
    assert names(tmp_path) == ["m/a.txt", "m/sub/b.txt"]


def test_a_link_to_what_is_hidden_shows_it(tmp_path: Path) -> None:
    write(tmp_path, ".store/a.txt")
    (tmp_path / "shown.txt").symlink_to(".store/a.txt")
    assert names(tmp_path) == ["shown.txt"]


def test_a_corpus_may_itself_be_a_link(tmp_path: Path) -> None:
    write(tmp_path, "real/a.txt")
    (tmp_path / "corpus").symlink_to("real")
    assert names(tmp_path / "corpus") == ["a.txt"]


# What cannot be looked at


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert look(tmp_path).refused == (("pipe.txt", "it is not a regular file; remove it"),)


def test_a_name_that_is_not_utf_8_is_refused_and_shown_harmlessly(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("words")
    assert look(tmp_path).refused == ((r"caf\udce9.txt", "its name is not valid UTF-8; rename it"),)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every folder")
def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path, "closed/a.txt", "b.txt")
    (tmp_path / "closed").chmod(0)
    found = look(tmp_path)
    (tmp_path / "closed").chmod(0o700)
    assert found.refused == (("closed", "the folder cannot be read: Permission denied"),)
    assert [source.name for source in found.files] == ["b.txt"]


# Signatures


def test_the_signature_stays_while_nothing_changes(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "a.txt.meta.toml")
    assert only(tmp_path).signature == only(tmp_path).signature


def test_the_signature_changes_with_the_file_its_time_and_its_sidecar(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    seen = [only(tmp_path).signature]
    os.utime(tmp_path / "a.txt", ns=(5, 5))
    seen.append(only(tmp_path).signature)
    write(tmp_path, "a.txt.meta.toml")
    seen.append(only(tmp_path).signature)
    (tmp_path / "a.txt.meta.toml").write_text("title = 'T'")
    seen.append(only(tmp_path).signature)
    (tmp_path / "b.txt").write_text("words")
    (tmp_path / "b.txt").replace(tmp_path / "a.txt")
    os.utime(tmp_path / "a.txt", ns=(5, 5))
    seen.append(only(tmp_path).signature)
    assert len(set(seen)) == 5


def test_a_file_is_settled_two_seconds_after_it_or_its_sidecar_changed(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    written = (tmp_path / "a.txt").stat().st_ctime_ns
    after = [written + 1_900_000_000, written + 2_100_000_000]
    assert [scan(tmp_path, now).files[0].settled for now in after] == [False, True]
    write(tmp_path, "a.txt.meta.toml")
    os.utime(tmp_path / "a.txt.meta.toml", ns=(0, written + LATER))
    assert not scan(tmp_path, written + LATER).files[0].settled
