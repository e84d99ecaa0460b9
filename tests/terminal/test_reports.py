from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from briefbot.reports import (
    BuildReport,
    Changes,
    CheckReport,
    DoctorReport,
    DocumentLine,
    Fault,
    Item,
    PruneReport,
    PurgeReport,
    Remark,
    RollbackReport,
    SegmentLine,
    Skipped,
    StatusReport,
    Surety,
)
from briefbot.terminal.paint import Paint
from briefbot.terminal.reports import (
    documents_json,
    render_build,
    render_check,
    render_doctor,
    render_documents,
    render_prune,
    render_purge,
    render_rollback,
    render_status,
    report_json,
)

PLAIN = Paint(colour=False)
MADE = datetime(2026, 11, 23, 21, 40, tzinfo=UTC)

BUILD = BuildReport(
    generation=8,
    added=("handbook/leave.md", "product/notes.md"),
    changed=("meetings/june.docx",),
    removed=("old.txt",),
    renamed=(("a.md", "b.md"),),
    skipped=(Skipped("scan.pdf", "it has no text layer; run OCR on it"),),
    ignored={".png": 3, "": 1},
    unchanged=9,
    documents=12,
    passages=1340,
    encoded=57,
    remarks=(Remark("report.pdf", "2 of 9 pages have no text"),),
    seconds=3.21,
    published=True,
    dry_run=False,
)
QUIET_BUILD = replace(
    BUILD, added=(), changed=(), removed=(), renamed=(), skipped=(), ignored={}, remarks=(), published=False
)
STATUS = StatusReport(
    generation=8,
    made=MADE,
    documents=12,
    passages=1340,
    segments=(SegmentLine(1_300, "exact", 1.0), SegmentLine(40, "exact", 1.0)),
    bytes=4_210_000,
    model="all-MiniLM-L6-v2",
    model_sha256="53aa51172d142c89d9012cce15ae4d6c",
    index_format=1,
    surety=Surety(0.5, own=False),
    generations=(6, 7, 8),
    corpus="/srv/docs",
    changes=Changes(("new.md",), (), ("old.md",)),
    remarks=("scan.pdf: it has no text layer",),
)


@pytest.mark.parametrize(
    ("surety", "told"),
    [
        (Surety(0.725, own=True), "an answer needs 0.725, set by calibrate"),
        (None, "not calibrated for this model; run: briefbot calibrate QUESTIONS"),
    ],
)
def test_status_tells_how_sure_an_answer_must_be(surety: Surety | None, told: str) -> None:
    assert f"\nConfidence  {told}\n" in render_status(replace(STATUS, surety=surety), PLAIN, MADE)


def test_a_build_tells_what_was_done_and_in_its_first_sentence_what_was_not() -> None:
    assert render_build(BUILD, PLAIN) == (
        """\
Generation 8 is published, but 1 file could not be read: 12 documents, 1,340 passages, in 3.2 s.

Added (2)
  handbook/leave.md
  product/notes.md

Changed (1)
  meetings/june.docx

Removed (1)
  old.txt

Renamed (1)
  a.md → b.md

Not read (1)
  scan.pdf: it has no text layer; run OCR on it

Remarks (1)
  report.pdf: 2 of 9 pages have no text

9 documents unchanged, 57 passages encoded.
Ignored files: 3 × .png, 1 × no ending."""
    )


def test_a_build_without_changes_is_one_sentence() -> None:
    assert render_build(QUIET_BUILD, PLAIN) == (
        "Nothing has changed: generation 8 stays, with 12 documents, 1,340 passages."
    )


def test_a_dry_run_says_that_nothing_is_written() -> None:
    dry = replace(QUIET_BUILD, added=("a.md",), renamed=(("x", "y"),), dry_run=True)
    assert render_build(dry, PLAIN) == (
        """\
Dry run, nothing is written. A build would make these changes: 1 added, 1 renamed.

Added (1)
  a.md

Renamed (1)
  x → y"""
    )
    assert render_build(replace(dry, added=(), renamed=()), PLAIN) == (
        "Dry run, nothing is written. A build would make these changes: none."
    )


def test_a_long_list_is_cut_in_text_and_whole_in_json() -> None:
    names = tuple(f"{number}.md" for number in range(1, 1026))
    long = replace(QUIET_BUILD, added=names, published=True)
    lines = render_build(long, PLAIN).splitlines()
    assert lines[2:4] == ["Added (1,025)", "  1.md"]
    assert lines[22:24] == ["  20.md", "  … and 1,005 more (--json lists all)"]
    assert report_json(long)["added"] == list(names)


def test_status_tells_the_generation_its_age_and_what_has_changed_since() -> None:
    assert render_status(STATUS, PLAIN, MADE + timedelta(hours=2, minutes=59)) == (
        """\
Generation  8, made on 2026-11-23 21:40 UTC, 2 hours ago
Documents   12
Passages    1,340 in 2 segments
Search      exact: every vector is compared
Model       all-MiniLM-L6-v2, sha256 53aa51172d14…
Confidence  an answer needs 0.500, as comes with the model
Size        4.2 MB, format 1
Kept        generations 6, 7, 8
Corpus      /srv/docs

The corpus has changed since. To take that up, run: briefbot build

Added (1)
  new.md

Removed (1)
  old.md

Remarks (1)
  scan.pdf: it has no text layer"""
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (None, "The corpus is out of reach, so what has changed since is not known."),
        (Changes((), (), ()), "The corpus has not changed since."),
    ],
)
def test_status_tells_an_unchanged_corpus_from_one_out_of_reach(changes: Changes | None, sentence: str) -> None:
    shown = render_status(replace(STATUS, changes=changes, remarks=()), PLAIN, MADE)
    assert shown.endswith(f"/srv/docs\n\n{sentence}")


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=400), "400 days ago"),
    ],
)
def test_age_is_told_in_the_largest_unit_that_fits(age: timedelta, words: str) -> None:
    assert f"UTC, {words}\n" in render_status(STATUS, PLAIN, MADE + age)


def test_a_sound_index_is_one_sentence() -> None:
    assert render_check(CheckReport(3, 27, 999, (), (1, 2, 3), 3), PLAIN) == (
        "Every byte is as it was written: 27 files of 3 generations, 999 B."
    )


@pytest.mark.parametrize(
    ("sound", "current", "advice"),
    [
        ((2, 3), 3, "The current generation, 3, is sound.\nRemove the damaged ones with: briefbot prune --keep 1"),
        (
            (1, 2),
            3,
            "Go back to a sound generation with: briefbot rollback 2\nOr make a new one with: briefbot build --full",
        ),
        ((), None, "No generation is sound. Make a new one with: briefbot build --full"),
    ],
)
def test_the_way_out_depends_on_which_generation_is_damaged(
    sound: tuple[int, ...], current: int | None, advice: str
) -> None:
    report = CheckReport(3, 27, 999, (Fault("parts/a", "damaged"),), sound, current)
    assert render_check(report, PLAIN).endswith(f"\n\n{advice}")


def test_a_damaged_file_is_named_with_the_way_out() -> None:
    faults = (Fault("parts/ab.dense", "block 3 is damaged"), Fault("parts/ab.dense", "it is too short"))
    assert render_check(CheckReport(1, 27, 2_000, faults, (), 1), PLAIN) == (
        """\
1 damaged file among 27 files of 1 generation.

Damaged (2)
  parts/ab.dense: block 3 is damaged
  parts/ab.dense: it is too short

No generation is sound. Make a new one with: briefbot build --full"""
    )


def test_the_doctor_gives_a_fix_for_what_is_not_ok() -> None:
    items = (
        Item("Python", "ok", "3.11.9", "never shown"),
        Item("corpus", "fail", "there is no folder docs", "set corpus in briefbot.toml"),
        Item("token", "warn", "not set", "set DISCORD_TOKEN"),
    )
    assert render_doctor(DoctorReport(items), PLAIN) == (
        """\
ok    Python  3.11.9
fail  corpus  there is no folder docs
              Fix: set corpus in briefbot.toml
warn  token   not set
              Fix: set DISCORD_TOKEN

1 failed, 1 warning, 1 ok."""
    )
    assert render_doctor(DoctorReport(items[:1]), PLAIN) == "ok    Python  3.11.9\n\nAll is well."


def test_a_rollback_names_the_documents_that_come_back_or_go() -> None:
    assert render_rollback(RollbackReport(8, 7, ("a.md",), ("b.md", "c.md"), ("d.md",)), PLAIN) == (
        """\
Generation 7 is current, instead of 8.

Back again (1)
  a.md

No longer there (2)
  b.md
  c.md

With former words (1)
  d.md

To undo this, run: briefbot rollback 8"""
    )


def test_a_rollback_between_equal_generations_says_so() -> None:
    assert render_rollback(RollbackReport(8, 7, (), (), ()), PLAIN) == (
        """\
Generation 7 is current, instead of 8.

Both hold the same documents.

To undo this, run: briefbot rollback 8"""
    )


def test_pruning_tells_what_went_what_stays_and_why() -> None:
    assert render_prune(PruneReport((1, 3), (2, 4, 5), (2,), 12_300_000)) == (
        """\
Removed generations 1, 3; 12.3 MB freed.
Kept generations 2, 4, 5.
Still in use: generation 2. To remove what is no longer used, run: briefbot prune"""
    )
    assert render_prune(PruneReport((), (4, 5), (), 0)) == "Nothing was removed.\nKept generations 4, 5."


def test_a_purge_warns_where_the_file_would_come_back() -> None:
    report = PurgeReport("secret.md", 9, (7, 8), 3_000, still_in_corpus=True)
    assert render_purge(report, PLAIN) == (
        """\
The text of secret.md is gone from the index.
Generation 9 is current and does not hold it.
Removed generations 7, 8, whose files held it; 3.0 kB freed.
Its file is still in the corpus: remove it there too, or the next build reads it again."""
    )


def test_documents_are_a_table_that_is_not_cut() -> None:
    lines = [
        DocumentLine("a.md", "First", date(2024, 5, 1), 1200, "en"),
        DocumentLine("东方.md", "第二", None, 7, None),
    ]
    assert render_documents(lines, PLAIN) == (
        """\
Document  Passages  Date        Language  Title
a.md      1,200     2024-05-01  en        First
东方.md   7         –           –         第二"""
    )
    assert len(render_documents(lines[:1] * 1_000, PLAIN).splitlines()) == 1_001
    assert render_documents([], PLAIN) == "There are no documents."


def test_documents_in_json_have_every_key() -> None:
    assert documents_json([DocumentLine("a.md", "First", date(2024, 5, 1), 12, None)]) == {
        "format": 1,
        "documents": [{"name": "a.md", "title": "First", "date": "2024-05-01", "passages": 12, "language": None}],
    }


def test_a_build_in_json_has_every_key() -> None:
    assert json.loads(json.dumps(report_json(BUILD))) == {
        "format": 1,
        "generation": 8,
        "added": ["handbook/leave.md", "product/notes.md"],
        "changed": ["meetings/june.docx"],
        "removed": ["old.txt"],
        "renamed": [["a.md", "b.md"]],
        "skipped": [{"name": "scan.pdf", "reason": "it has no text layer; run OCR on it"}],
        "ignored": {".png": 3, "": 1},
        "unchanged": 9,
        "documents": 12,
        "passages": 1340,
        "encoded": 57,
        "remarks": [{"name": "report.pdf", "text": "2 of 9 pages have no text"}],
        "seconds": 3.21,
        "published": True,
        "dry_run": False,
    }


def test_status_tells_what_share_of_the_nearest_is_found_at_the_least() -> None:
    segments = (SegmentLine(300_000, "cells", 0.9931), SegmentLine(9, "exact", 1.0), SegmentLine(9, "cells", 0.988))
    assert "Search      in cells in 2 segments, finding 98.8% of the ten nearest; else exact\n" in render_status(
        replace(STATUS, segments=segments), PLAIN, MADE
    )


def test_a_status_in_json_tells_the_formats_apart() -> None:
    shown = json.loads(json.dumps(report_json(replace(STATUS, index_format=4))))
    assert (shown["format"], shown["index_format"], shown["made"]) == (1, 4, "2026-11-23T21:40:00+00:00")
    assert shown["segments"][1] == {"passages": 40, "kind": "exact", "recall": 1.0}
    assert shown["changes"] == {"added": ["new.md"], "changed": [], "removed": ["old.md"]}


@pytest.mark.parametrize("evil", ["\x1b]0;owned\x07x\x1b[31m.md", "x\u202efdp.md", "x\ny"])
def test_a_hostile_name_cannot_touch_the_terminal(evil: str) -> None:
    shown = [
        render_build(
            replace(
                BUILD,
                added=(evil,),
                changed=(evil,),
                removed=(evil,),
                renamed=((evil, evil),),
                skipped=(Skipped(evil, evil),),
                ignored={evil: 1},
                remarks=(Remark(evil, evil),),
            ),
            PLAIN,
        ),
        render_status(
            replace(STATUS, corpus=evil, model=evil, changes=Changes((evil,), (evil,), (evil,)), remarks=(evil,)),
            PLAIN,
            MADE,
        ),
        render_check(CheckReport(1, 1, 1, (Fault(evil, evil),), (), None), PLAIN),
        render_doctor(DoctorReport((Item(evil, "fail", evil, evil),)), PLAIN),
        render_rollback(RollbackReport(2, 1, (evil,), (evil,), (evil,)), PLAIN),
        render_purge(PurgeReport(evil, 9, (), 0, still_in_corpus=False), PLAIN),
        render_documents([DocumentLine(evil, evil, None, 1, evil)], PLAIN),
    ]
    assert [char for text in shown for char in text if not char.isprintable() and char != "\n"] == []
    assert [text for text in shown if "owned" in text or "\ny" in text] == []


def test_colour_adds_nothing_but_colour() -> None:
    painted = render_build(BUILD, Paint(colour=True))
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[33m"):
        assert code in painted
        painted = painted.replace(code, "")
    assert painted == render_build(BUILD, PLAIN)
