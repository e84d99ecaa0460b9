"""However a corpus has come about, its index is the one that a full build makes."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk import Desk, contents

EXAMPLES = int(os.environ.get("BRIEFBOT_EDIT_EXAMPLES", "60"))
NAMES = st.sampled_from(["a.txt", "b.txt", "c.txt", "d.txt", "sub/a.txt", "sub/e.md"])
PARAGRAPH = st.lists(
    st.sampled_from(["Kim", "grain", "Russia", "E4304", "met", "the", "in", "Überfall", "平壤", "train."]),
    min_size=3,
    max_size=60,
).map(" ".join)
TEXT = st.lists(PARAGRAPH, min_size=1, max_size=5).map("\n\n".join)
EDIT = st.one_of(
    st.tuples(st.just("write"), NAMES, TEXT),
    st.tuples(st.just("append"), NAMES, PARAGRAPH),
    st.tuples(st.just("delete"), NAMES, st.none()),
    st.tuples(st.just("rename"), NAMES, NAMES),
    st.tuples(st.just("title"), NAMES, st.sampled_from(["One", "Two"])),
)


def edit(corpus: Path, kind: str, name: str, value: str | None) -> None:
    path = corpus / name
    path.parent.mkdir(exist_ok=True)
    if kind == "write":
        path.write_text(str(value), "utf-8")
    elif kind == "title":
        Path(f"{path}.meta.toml").write_text(f'title = "{value}"\n', "utf-8")
    elif not path.exists():
        return
    elif kind == "append":
        path.write_text(f"{path.read_text('utf-8')}\n\n{value}", "utf-8")
    elif kind == "delete":
        path.unlink()
    else:
        (corpus / str(value)).parent.mkdir(exist_ok=True)
        path.rename(corpus / str(value))


@settings(max_examples=EXAMPLES, deadline=None)
@given(rounds=st.lists(st.lists(EDIT, min_size=1, max_size=3), min_size=1, max_size=6))
def test_an_incremental_build_equals_a_full_one(rounds: list[list[tuple[str, str, str | None]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        for edits in rounds:
            for one in edits:
                edit(desk.corpus, *one)
            desk.build()
            shutil.rmtree(desk.root / "fresh", ignore_errors=True)
            fresh = Desk(desk.root / "fresh") if (desk.root / "fresh").mkdir() is None else desk
            shutil.rmtree(fresh.corpus)
            shutil.copytree(desk.corpus, fresh.corpus)
            fresh.build()
            assert contents(desk.index) == contents(fresh.index)
            questions = ["Kim met Russia", "E4304 grain", "平壤"]
            assert [ranking(desk, text) for text in questions] == [ranking(fresh, text) for text in questions]


def ranking(desk: Desk, text: str) -> list[tuple[str, int, float]]:
    answer = desk.ask(text, k=10)
    found = answer.excerpts + answer.related
    return [(hit.citation.document, hit.citation.paragraph, round(hit.score, 9)) for hit in found]
