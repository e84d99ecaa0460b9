from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from tests.desk import Desk, contents
from tests.fakes import WordEncoder

from briefbot.building.planning import CACHE
from briefbot.corpus import formats
from briefbot.corpus.formats import Format
from briefbot.errors import Busy, CorpusError
from briefbot.index import parts
from briefbot.index.disk import Disk
from briefbot.index.store import current_number, numbers, open_current
from briefbot.reports import BuildReport, Remark, Skipped
from briefbot.upkeep import check

if TYPE_CHECKING:
    from pathlib import Path

TALK = "Kim met Putin and they talked for hours.\n\nThe train was dark green."
GRAIN = "Fifty thousand tons of grain were announced."


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.write("talk.txt", TALK)
    made.write("grain.txt", GRAIN)
    return made


@pytest.fixture
def built(desk: Desk) -> Desk:
    desk.build()
    desk.encoder.encoded.clear()
    return desk


def told(report: BuildReport) -> dict[str, Any]:
    """Return what a report says beyond the least that it can say."""
    silent = (0, False, (), {})
    names = [name for name in BuildReport.__slots__ if name != "seconds"]
    return {name: value for name in names if (value := getattr(report, name)) not in silent}


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# What a build tells


def test_a_first_build_tells_what_was_added_skipped_and_ignored(desk: Desk) -> None:
    desk.write("empty.txt", " \n")
    desk.write("photo.jpg", "")
    report = desk.build(allow_removals=False)
    assert report.seconds > 0
    assert told(report) == {
        "generation": 1,
        "added": ("grain.txt", "talk.txt"),
        "skipped": (Skipped("empty.txt", "the file is empty"),),
        "ignored": {".jpg": 1},
        "documents": 2,
        "passages": 3,
        "encoded": 3,
        "published": True,
    }


def test_a_later_build_tells_what_changed_and_encodes_only_that(built: Desk) -> None:
    built.write("talk.txt", f"{TALK}\n\nIt was raining all day.")
    built.write("new.txt", "A new document stands here.")
    built.write("old.txt", "An old document stood here.")
    built.build()
    built.encoder.encoded.clear()
    built.write("talk.txt", f"{TALK}\n\nThe sun was shining.")
    (built.corpus / "old.txt").unlink()
    (built.corpus / "new.txt").rename(built.corpus / "newer.txt")
    assert told(built.build()) == {
        "generation": 3,
        "changed": ("talk.txt",),
        "removed": ("old.txt",),
        "renamed": (("new.txt", "newer.txt"),),
        "unchanged": 1,
        "documents": 3,
        "passages": 5,
        "encoded": 2,
        "published": True,
    }
    assert sorted(built.encoder.encoded) == ["newer\nA new document stands here.", "talk\nThe sun was shining."]


def test_a_build_without_changes_publishes_nothing(built: Desk) -> None:
    before = files(built.index)
    assert told(built.build()) == {"generation": 1, "unchanged": 2, "documents": 2, "passages": 3}
    assert files(built.index).keys() == before.keys()
    assert current_number(built.index) == 1


def test_a_renamed_document_with_a_stated_title_is_not_encoded_again(desk: Desk) -> None:
    desk.write("a.md", "---\ntitle: Stated\n---\nWords that stay as they are.")
    desk.build()
    (desk.corpus / "a.md").rename(desk.corpus / "b.md")
    report = desk.build()
    assert (report.renamed, report.added, report.removed, report.encoded) == ((("a.md", "b.md"),), (), (), 0)


def test_of_a_renamed_document_and_its_copy_one_is_added(built: Desk) -> None:
    (built.corpus / "grain.txt").rename(built.corpus / "corn.txt")
    shutil.copy(built.corpus / "corn.txt", built.corpus / "wheat.txt")
    report = built.build()
    assert (report.renamed, report.added, report.removed) == ((("grain.txt", "corn.txt"),), ("wheat.txt",), ())


def test_documents_of_equal_content_are_renamed_one_by_one(desk: Desk) -> None:
    for name in ("a.txt", "b.txt"):
        desk.write(name, "The same words in both.")
    desk.build()
    for name in ("a.txt", "b.txt"):
        (desk.corpus / name).rename(desk.corpus / f"new-{name}")
    report = desk.build(allow_removals=False)
    assert (report.renamed, report.added, report.removed) == (
        (("a.txt", "new-a.txt"), ("b.txt", "new-b.txt")),
        (),
        (),
    )


def test_a_document_that_becomes_unreadable_goes_and_is_named(built: Desk) -> None:
    built.write("grain.txt", "")
    report = built.build()
    assert told(report) == {
        "generation": 2,
        "skipped": (Skipped("grain.txt", "the file is empty"),),
        "unchanged": 1,
        "documents": 1,
        "passages": 2,
        "published": True,
    }
    assert contents(built.index).keys() == {"talk.txt"}


# What counts as a change


def test_a_file_that_was_only_touched_is_unchanged(built: Desk) -> None:
    os.utime(built.corpus / "talk.txt", ns=(0, 10**18))
    assert told(built.build()) == {"generation": 1, "unchanged": 2, "documents": 2, "passages": 3}


def test_a_change_right_after_the_build_with_equal_size_and_time_is_noticed(built: Desk) -> None:
    path = built.corpus / "grain.txt"
    state = path.stat()
    path.write_text(GRAIN.replace("Fifty", "Sixty"))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert built.build().changed == ("grain.txt",)


def test_files_that_may_still_change_unseen_are_not_remembered(built: Desk) -> None:
    assert (built.index / CACHE).read_text().endswith("\n{}")


@pytest.mark.parametrize("text", ["", "{", "0\n{}", "null\n[]"])
def test_a_damaged_memory_of_the_last_scan_costs_only_time(built: Desk, text: str) -> None:
    (built.index / CACHE).write_text(text)
    assert built.build().unchanged == 2


def test_a_sidecar_is_a_change(built: Desk) -> None:
    built.write("talk.txt.meta.toml", 'title = "The Talk"\n')
    assert (built.build().changed, built.encoder.encoded[0]) == (
        ("talk.txt",),
        "The Talk\nKim met Putin and they talked for hours.",
    )


def test_a_newer_reader_is_a_change(built: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(formats.FORMATS, ".txt", Format("plain", 2**30))
    report = built.build()
    assert (report.changed, report.encoded) == (("grain.txt", "talk.txt"), 0)


def test_another_limit_is_a_change(built: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from briefbot.settings import Limits, Settings

    other = Settings(corpus=built.corpus, index=built.index, limits=Limits(seconds=50))
    monkeypatch.setattr(Desk, "settings", other)
    assert built.build().changed == ("grain.txt", "talk.txt")


def test_another_model_encodes_everything_anew(built: Desk) -> None:
    built.encoder = WordEncoder(name="wider", identity="words-2", dimensions=128)
    assert built.build().encoded == 3
    with open_current(built.index) as generation:
        assert (generation.manifest.encoder.name, generation.manifest.encoder.dimensions) == ("wider", 128)


def test_another_name_for_the_same_model_is_noted(built: Desk) -> None:
    built.encoder.name = "/models/words"
    assert told(built.build()).get("encoded") is None
    with open_current(built.index) as generation:
        assert generation.manifest.encoder.name == "/models/words"


def test_a_corpus_that_has_moved_is_noted(built: Desk) -> None:
    built.corpus.rename(built.root / "moved")
    built.corpus.symlink_to("moved")
    assert built.build().encoded == 0
    with open_current(built.index) as generation:
        assert generation.manifest.corpus == str((built.root / "moved").resolve())


def test_a_full_build_encodes_everything_anew(built: Desk) -> None:
    before = contents(built.index)
    report = built.build(full=True)
    assert (report.generation, report.encoded, report.added, report.changed, report.removed) == (2, 3, (), (), ())
    assert contents(built.index) == before


def test_a_dry_run_tells_and_changes_nothing(built: Desk) -> None:
    built.write("new.txt", "A new document stands here.")
    (built.corpus / "grain.txt").unlink()
    before = files(built.index)
    assert told(built.build(dry_run=True)) == {
        "generation": 1,
        "added": ("new.txt",),
        "removed": ("grain.txt",),
        "unchanged": 1,
        "documents": 2,
        "passages": 3,
        "dry_run": True,
    }
    assert files(built.index) == before


def test_a_dry_run_names_what_cannot_be_read(built: Desk) -> None:
    (built.corpus / "bad.pdf").write_bytes(b"not a PDF")
    report = built.build(dry_run=True)
    assert ([skipped.name for skipped in report.skipped], report.added) == (["bad.pdf"], ())


def test_a_dry_run_makes_no_index(desk: Desk) -> None:
    assert desk.build(dry_run=True).added == ("grain.txt", "talk.txt")
    assert not desk.index.exists()


# What is refused


@pytest.fixture
def five(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    for name in "abcde":
        made.write(f"{name}.txt", f"Document {name} has words of its own.")
    made.build()
    return made


def test_a_fifth_may_go(five: Desk) -> None:
    (five.corpus / "a.txt").unlink()
    assert five.build(allow_removals=False).removed == ("a.txt",)


def test_more_than_a_fifth_may_not_go_and_unreadable_ones_count(five: Desk) -> None:
    (five.corpus / "a.txt").unlink()
    five.write("b.txt", "")
    with pytest.raises(CorpusError) as error:
        five.build(allow_removals=False)
    assert str(error.value) == (
        "2 of 5 documents are gone or cannot be read (a.txt, b.txt), so generation 1 stays; "
        "if that is meant, add --allow-removals."
    )
    assert current_number(five.index) == 1
    assert [path.name for path in five.index.glob(".building-*")] == []
    assert five.build().documents == 3


def test_many_losses_are_named_in_part(five: Desk) -> None:
    shutil.rmtree(five.corpus)
    five.corpus.mkdir()
    with pytest.raises(CorpusError, match=r"^5 of 5 documents are gone or cannot be read \(a.txt, b.txt, c.txt, …\)"):
        five.build(allow_removals=False)


def test_documents_that_are_looked_for_in_another_folder_are_not_called_lost_alone(five: Desk) -> None:
    before, after = five.corpus, five.root / "moved"
    before.rename(after)
    before.symlink_to(after)
    five.build()
    before.unlink()
    five.write("other.txt", "A document of somebody else.")
    with pytest.raises(CorpusError) as error:
        five.build(allow_removals=False)
    assert str(error.value).endswith(
        f"stays; it was built from {after} and this looked in {before}; set --corpus, or "
        "if that is meant, add --allow-removals."
    )


def test_renamed_documents_are_not_lost(five: Desk) -> None:
    for name in "abcde":
        (five.corpus / f"{name}.txt").rename(five.corpus / f"{name}{name}.txt")
    assert len(five.build(allow_removals=False).renamed) == 5


def test_a_missing_corpus_is_not_built(five: Desk) -> None:
    shutil.rmtree(five.corpus)
    with pytest.raises(CorpusError, match="is not a folder; create it or set another one with --corpus"):
        five.build(allow_removals=False)
    assert five.build().documents == 0
    assert contents(five.index) == {}


def test_an_empty_corpus_is_not_built(tmp_path: Path) -> None:
    empty = Desk(tmp_path)
    with pytest.raises(CorpusError) as error:
        empty.build(allow_removals=False)
    assert str(error.value) == f"No document in {empty.corpus} could be read."
    empty.write("a.txt", "")
    with pytest.raises(CorpusError, match=r"could be read\. a\.txt: the file is empty$"):
        empty.build(allow_removals=False)
    assert numbers(empty.index) == []


def test_a_second_builder_says_so_and_leaves(built: Desk) -> None:
    with Disk(built.index).locked(), pytest.raises(Busy, match=r"^Another process is changing the index"):
        built.build()


# Generations and segments


def test_only_the_last_generations_are_kept(desk: Desk) -> None:
    desk.keep = 2
    for i in range(4):
        desk.write("grain.txt", f"{i} tons of grain were announced.")
        desk.build()
    assert numbers(desk.index) == [3, 4]
    assert check(desk.index).faults == ()


def test_the_current_generation_is_kept_however_old_it_is(built: Desk) -> None:
    built.write("grain.txt", "Sixty thousand tons of grain.")
    built.build()
    built.write("grain.txt", GRAIN)
    (built.index / "CURRENT").write_text("000001\n")
    built.keep = 1
    built.build()
    assert (current_number(built.index), contents(built.index).keys()) == (1, {"grain.txt", "talk.txt"})


def test_after_many_small_builds_there_are_few_segments_with_all_documents(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    counted = []
    for i in range(10):
        desk.write(f"{i:02}.txt", f"Document number {i} stands here.")
        desk.build()
        with open_current(desk.index) as generation:
            counted.append(len(generation.segments))
    assert counted == [1, 2, 3, 1, 2, 3, 1, 2, 3, 1]  # four of a size become one
    found = contents(desk.index)
    assert len(found) == 10
    desk.build(full=True)
    assert contents(desk.index) == found


# Damage


def spoil(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("kind", ["documents", "passages", "sentences", "dense", "lexical"])
@pytest.mark.parametrize("missing", [False, True])
def test_whatever_part_is_damaged_the_next_full_build_mends_it(built: Desk, kind: str, *, missing: bool) -> None:
    before = contents(built.index)
    with open_current(built.index) as generation:
        path = built.index / generation.manifest.segments[0].part(kind).file
    path.unlink() if missing else spoil(path, path.stat().st_size // 2)
    report = built.build(full=True, allow_removals=False)
    assert (report.documents, check(built.index).faults) == (2, ())
    assert contents(built.index) == before


@pytest.mark.parametrize("place", [0, -1, -80])
def test_damage_that_is_met_on_the_way_leads_to_a_full_build_with_a_remark(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    monkeypatch.setattr(parts, "BLOCK", 64)  # so that not all damage is met where the part is opened
    desk.build()
    with open_current(desk.index) as generation:
        part = generation.manifest.segments[0].part("documents").file
    spoil(desk.index / part, place)
    report = desk.build()
    (remark,) = report.remarks
    assert (remark.name, part in remark.text) == ("index", True)
    assert (report.generation, report.documents, report.encoded, report.published) == (2, 2, 3, True)
    assert check(desk.index).faults == ()


@pytest.mark.parametrize("file", ["CURRENT", "000001/manifest.json"])
def test_a_damaged_generation_is_replaced_with_a_remark(built: Desk, file: str) -> None:
    spoil(built.index / file, 5)
    report = built.build(allow_removals=False)
    assert isinstance(report.remarks[0], Remark)
    assert (report.generation, report.added, report.published) == (2, ("grain.txt", "talk.txt"), True)
    assert contents(built.index).keys() == {"grain.txt", "talk.txt"}
