"""The measurement of verdicts runs, and finds none that reassures wrongly."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest
from benchmarks.quote_checks import Tally, cases_of, documents_of, gold_of, same_speaker
from benchmarks.spoiling import KINDS
from tests.checking.told import EVERYONE

from briefbot.checking import Bench, Source, check

NEWS = os.environ.get("QUOTED_NEWS", "")
SENTENCE = "we the harbour never leave 40 ships in winter and would not sell a first office to nobody if storms rise"


def made(folder: Path) -> Path:
    """Write articles of quotations that are put together by chance, none of them like another."""
    chance = random.Random(7)
    (folder / "text").mkdir()
    rows = []
    for number in range(6):
        text = ""
        for speaker in ("Kim", "Lee", "Olsen"):
            said = " ".join([f"Topic{number}", *chance.sample(SENTENCE.split(), 14), f"Word{speaker}{number}"]) + ","
            start = len(text) + 1
            text += f"“{said}” said {speaker}. It was a long day at the harbour.\n\n"
            named = text.index(f"said {speaker}", start) + 5
            rows.append(
                {"article": str(number), "start": start, "end": start + len(said), "speaker": speaker, "cue": "said"}
                | {"speaker_spans": [[named, named + len(speaker)]], "cue_spans": [[named - 5, named - 1]]}
                | {"speaker_kind": "named"}
            )
        (folder / "text" / f"{number}.txt").write_text(text, "utf-8")
    (folder / "quoted_segments.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return folder


def counted(folder: Path, kind: str, count: int) -> Tally:
    documents = documents_of(folder)
    quotations, gold = gold_of(folder, documents)
    source, tally = Source.of(documents, quotations), Tally()
    for case in cases_of(kind, gold, "", count):
        tally.count(case, check(case.text, [source], EVERYONE, Bench(case.speaker, same_speaker)))
    return tally


@pytest.mark.parametrize("kind", list(KINDS))
def test_no_kind_of_spoiling_is_reassured(kind: str, tmp_path: Path) -> None:
    tally = counted(made(tmp_path), kind, 40)

    assert (tally.cases, tally.wrongly_exact, tally.unwarned, tally.refused) == (40, 0, 0, 0)
    assert tally.right >= 38


@pytest.mark.slow
@pytest.mark.skipif(not NEWS, reason="QUOTED_NEWS names no folder with quoted_segments.jsonl and text/*.txt")
@pytest.mark.parametrize("kind", list(KINDS))
def test_nor_is_it_on_real_news(kind: str) -> None:
    tally = counted(Path(NEWS), kind, 300)

    assert (tally.wrongly_exact, tally.unwarned) == (0, 0)
    assert tally.right >= 0.97 * tally.cases
