from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.fakes import WordEncoder, no_bars

from briefbot.building.preparing import Tools
from briefbot.errors import CorpusError, DiskError
from briefbot.evaluation.beir import Collection, Entry
from briefbot.evaluation.entries import Shelf, index_of, require_all, shelve
from briefbot.index.disk import Disk
from briefbot.index.store import open_current
from briefbot.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

ODD = {
    "empty, with a title": Entry("e", "The Harbour", ""),
    "empty, without any": Entry("nothing", "", ""),
    "without a word at all": Entry("?", "—", "…\n\n***"),
    "control characters": Entry("c", "", "\x00\x01\x02tram\x1b[31m\x7f \x85stop"),
    "control characters only": Entry("o", "", "\x00\x01\x02"),
    "zero bytes in every second place": Entry("w", "", "\0".join("harbour tram")),
    "halves of characters": Entry("h", "half \udc00", "tram \ud800 stop"),
    "headings only": Entry("d", "", "CHAPTER ONE\n\nCHAPTER TWO\n\n1.2 Trams\n"),
    "a rule only": Entry("r", "", "-----\n=====\n"),
    "an underlined heading": Entry("u", "", "Trams\n-----\n"),
    "a title like a whole paragraph": Entry("t", "tram " * 2_000, "tram\n"),
    "a title with quotes": Entry("q", 'say "tram" \\ \t', "tram"),
    "only a byte order mark": Entry("b", "", "\ufeff"),
    "very long": Entry("l", "", "The red tram stops at the harbour every ten minutes. " * 4_000),
    "one very long word": Entry("v", "", "tram" * 20_000),
    "other line ends": Entry("n", "", "one\u2028two\x0bthree\x0cfour\rfive\r\nsix"),
    "front matter": Entry("f", "", "---\ntitle: x\n---\n"),
    "scripts": Entry("s", "", "ไม่มีช่องว่าง 有轨电车 трамвай"),
}
IDS = ["a/b", "../../etc/passwd", "A", "a", "x" * 5_000, "ünï\u202e", "", ".", "con", "a\0b", "\ud800", "x.meta.toml"]


def collection(*entries: Entry) -> Collection:
    return Collection("some", entries, (), {})


def built(root: Path, *entries: Entry) -> tuple[Shelf, dict[str, list[str]]]:
    """Return what each entry's passages say."""
    shelf = shelve(collection(*entries), root)
    index_of(shelf, tools(shelf))
    with open_current(shelf.index) as generation:
        require_all(shelf, generation)
        return shelf, {
            entry: [passage.text for passage in generation.passages(name)] for name, entry in shelf.ids.items()
        }


def tools(shelf: Shelf, encoder: WordEncoder | None = None) -> Tools:
    settings = shelf.settings(Settings())
    return Tools(settings, Disk(settings.index), encoder or WordEncoder(), no_bars)


def test_every_entry_has_a_passage_however_odd_it_is(tmp_path: Path) -> None:
    _, passages = built(tmp_path, *ODD.values())

    assert [entry.id for entry in ODD.values() if not passages[entry.id]] == []
    assert passages["e"] == ["The Harbour"]
    assert passages["nothing"] == ["nothing"]
    assert passages["?"] == ["entry"]
    assert passages["c"] == ["tram [31m   stop"]
    assert passages["h"] == ["tram ? stop"]


def test_ids_never_become_names_of_files(tmp_path: Path) -> None:
    entries = [Entry(name, "", f"The tram number {n}.") for n, name in enumerate(IDS)]

    shelf, passages = built(tmp_path, *entries)

    assert passages == {name: [f"The tram number {n}."] for n, name in enumerate(IDS)}
    assert {path.name for path in shelf.corpus.rglob("*.txt")} == {"entry.txt"}


def test_a_title_is_the_documents_and_where_there_is_none_all_have_the_same(tmp_path: Path) -> None:
    shelf, _ = built(tmp_path, Entry("a", "On “call”", "One."), Entry("b", " ", "Two."))

    with open_current(shelf.index) as generation:
        titles = {name: generation.document(name).title for name in generation.documents}
    assert titles == {"00000000.txt": "On “call”", "00000001/entry.txt": "entry"}


def test_a_second_run_reads_and_encodes_nothing(tmp_path: Path) -> None:
    entries = [Entry("a", "T", "One."), Entry("b", "", "Two.")]
    first, _ = built(tmp_path, *entries)
    times = {path: path.stat().st_mtime_ns for path in first.corpus.rglob("*")}
    encoder = WordEncoder()

    again = shelve(collection(*entries), tmp_path)
    report = index_of(again, tools(again, encoder))

    assert again == first
    assert (report.published, encoder.encoded) == (False, [])
    assert {path: path.stat().st_mtime_ns for path in first.corpus.rglob("*")} == times


def test_what_was_left_half_written_is_written_again(tmp_path: Path) -> None:
    first, passages = built(tmp_path, Entry("a", "T", "One."))
    (first.corpus / "00000000.txt").write_text("O", "utf-8")

    assert built(tmp_path, Entry("a", "T", "One."))[1] == passages


def test_another_text_is_kept_in_another_place_and_another_id_is_not(tmp_path: Path) -> None:
    one, renamed, changed = (
        shelve(collection(Entry(name, "T", text)), tmp_path) for name, text in (("a", "x"), ("b", "x"), ("a", "y"))
    )

    assert (one.corpus, one.ids) == (renamed.corpus, {"00000000.txt": "a"})
    assert one.corpus != changed.corpus


def test_the_place_is_in_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    shelf = shelve(collection(Entry("a", "T", "x")))

    assert shelf.corpus.parent.parent == tmp_path / "briefbot" / "evaluations"


def test_an_entry_that_cannot_be_found_is_told(tmp_path: Path) -> None:
    shelf, _ = built(tmp_path, Entry("a", "T", "x"))
    missing = replace(shelf, ids={**shelf.ids, "00000001.txt": "b"})

    with open_current(shelf.index) as generation, pytest.raises(CorpusError) as error:
        require_all(missing, generation)
    assert str(error.value) == "1 entries have no passage, as 'b'; report this with the entry."


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")

    with pytest.raises(
        DiskError, match=r"^The entries cannot be written to .*: Not a directory; free some space there\.$"
    ):
        shelve(collection(Entry("a", "T", "x")), tmp_path / "file")
