"""The measured tables: what the README tells is what the figures give."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import benchmarks
import pytest
from benchmarks.encoding import flop
from benchmarks.kept import Kept, percentile, spread
from benchmarks.pages import PICTURES, README, all_figures, with_tables
from benchmarks.plots import pictures
from benchmarks.tables import TABLES, beside, scale

PEER = "peer"  # runs in an environment of its own
MEASURING = sorted({path.stem for path in Path(benchmarks.__file__).parent.glob("[!_]*.py")} - {PEER})
SCALE = {
    "build_s": 80.4,
    "passages_per_s": 1_500,
    "index_mb": 210.0,
    "open_and_first_question_ms": 250.0,
    "question_ms": {"p50": 8.21, "p95": 15.0, "p99": 22.3},
    "encoding_ms": 1.9,
    "recall_at_10": 0.987,
    "own_mb": {"before": 100, "after": 130},
    "resident_mb": 400,
}
MACHINE = {"date": "2026-01-01", "cores": 2, "processor": "some", "python": "3.11.7"}


@pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")  # discord.py imports it
@pytest.mark.parametrize("name", MEASURING)
def test_all_that_measures_finds_what_it_imports(name: str) -> None:
    import_module(f"benchmarks.{name}")


def test_the_tables_in_the_readme_are_what_the_figures_give() -> None:
    readme = README.read_text("utf-8")

    assert with_tables(readme, all_figures()) == readme


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_its_place_in_the_readme(name: str) -> None:
    assert README.read_text("utf-8").count(f"<!-- table {name}: begin -->") == 1


def test_the_plots_are_what_the_figures_give() -> None:
    made = pictures(all_figures())

    assert {name: (PICTURES / name).read_text("utf-8") for name in made} == made


def test_a_table_changed_by_hand_is_put_right() -> None:
    page = "a\n<!-- table scale: begin -->\n| 1 |\n<!-- table scale: end -->\nb\n"

    assert with_tables(page, {}) == (
        "a\n<!-- table scale: begin -->\nNot measured yet: `python -m benchmarks.all`.\n<!-- table scale: end -->\nb\n"
    )


def test_the_table_of_sizes_has_a_column_for_each_size() -> None:
    sizes = {"100000": SCALE | {"passages": 121_000}, "1000000": SCALE | {"passages": 1_210_000}}
    figures = {"machine": MACHINE, "questions": 3, "sizes": sizes}

    lines = scale(figures).splitlines()

    assert lines[:3] == [
        "| passages | 121,000 | 1,210,000 |",
        "|---|---|---|",
        "| build without encoding, s | 80 | 80 |",
    ]
    assert "| of the ten nearest vectors, found | 98.7 % | 98.7 % |" in lines
    assert "| memory of its own after all questions, MB | 130 | 130 |" in lines


def test_the_table_beside_others_tells_ratios_in_brackets() -> None:
    lines = beside(beside_figures()).splitlines()

    assert lines[0] == "| 1,000 paragraphs | briefbot | plain script |"
    assert lines[2] == "| build, s | 12.0 | 36.0 (× 0.33) |"
    assert "| build, peak memory of its largest child, MB | 12 | 0 |" in lines


def beside_figures() -> dict[str, Any]:
    keys = "wall_s per_s processor_s peak_mb peak_child_mb disk_mb cold_s p50_ms p99_ms own_mb resident_mb others_cores"
    ours, theirs = dict.fromkeys(keys.split(), 12.0), dict.fromkeys(keys.split(), 36.0) | {"peak_child_mb": 0.0}
    size = {"figures": {"briefbot": ours, "plain": theirs}, "ratio": {"plain": {"wall_s": 0.333}}, "rounds": 2}
    return {"machine": MACHINE, "txtai": "1", "questions": 3, "sizes": {"1000": size}}


def test_operations_are_counted_from_the_models_shapes() -> None:
    linear = 6 * (4 * 384 * 384 + 2 * 384 * 1536)

    assert flop([1]) == 2 * linear + 6 * 4 * 384
    assert flop([100, 100]) == 2 * (2 * 100 * linear + 6 * 4 * 100 * 100 * 384)


def test_what_was_measured_is_not_measured_again_unless_that_is_wanted(tmp_path: Path) -> None:
    kept, seen = Kept(tmp_path), iter(range(10))

    def measure() -> dict[str, int]:
        return {"value": next(seen)}

    assert kept.piece("a", {"n": 1}, measure) == {"value": 0}
    assert kept.piece("a", {"n": 1}, measure) == {"value": 0}
    assert kept.piece("a", {"n": 2}, measure) == {"value": 1}
    assert Kept(tmp_path, again=True, since=float("inf")).piece("a", {"n": 1}, measure) == {"value": 2}
    assert kept.piece("a", {"n": 1}, measure) == {"value": 2}


def test_spreads_and_percentiles() -> None:
    assert spread([3.0, 1.0, 2.0]) == {"median": 2.0, "least": 1.0, "most": 3.0, "runs": 3}
    assert (percentile([4, 1, 3, 2], 0.5), percentile(list(range(300)), 0.99)) == (3, 297)
