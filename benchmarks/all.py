"""Measure everything that the README's tables tell, write them, and draw the plots.

    python -m benchmarks.all FOLDER...      collections in BEIR's form; begin with squad-v1.1, feedbackqa, new-wiki

What was measured before with the same parameters is kept, so a run that was broken off goes on where it was. Run it
while nothing else runs. Linux only.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import beside, bot_memory, encoding, lost, scale, small
from benchmarks.kept import CACHE, FIGURES, Kept, write_figures
from benchmarks.pages import all_figures, table
from benchmarks.pages import main as write_pages
from benchmarks.plan import QUICK, Plan
from benchmarks.plots import pictures
from benchmarks.tables import TABLES
from benchmarks.unencoded import ground
from briefbot.embedding.cache import compiled_model
from briefbot.embedding.models import model_folder
from briefbot.settings import DEFAULT_MODEL, PRECISIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

MEASURES = {
    "encoding": encoding.measure,
    "quality": lost.measure,
    "beside": beside.measure,
    "scale": scale.measure,
    "small": small.measure,
    "memory": bot_memory.measure,
}
NEED_GROUND = {"scale", "small", "memory"}


def main() -> None:
    """Measure, print and write."""
    options = _options()
    kept = Kept.now(options.folders, again=options.again)
    plan, out = (QUICK, CACHE / "quick") if options.quick else (Plan(), FIGURES)
    for precision in PRECISIONS[:2]:
        compiled_model(model_folder(DEFAULT_MODEL), precision)  # made once for this machine, and in no figure
    if NEED_GROUND.intersection(options.table or TABLES):
        _prepare(options.folders, plan)
    for name in options.table or TABLES:
        began = time.perf_counter()
        print(f"{name}:", flush=True)
        write_figures(out, name, MEASURES[name](options.folders, plan, kept))
        print(
            f"\n{table(name, all_figures(out))}\n\n{name}: {(time.perf_counter() - began) / 60:.1f} minutes\n",
            flush=True,
        )
    if options.quick:
        _show(out)
    else:
        write_pages()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--table", action="append", choices=TABLES, help="only this one; may be given several times")
    parser.add_argument("--again", action="store_true", help="measure anew what was measured before")
    parser.add_argument("--quick", action="store_true", help="little of everything, and nothing of the project changed")
    return parser.parse_args()


def _prepare(folders: Sequence[Path], plan: Plan) -> None:
    """Make the large indexes, once, so that no table has to wait for them."""
    for size in sorted({10 * plan.small_documents, *plan.asked_cold, *plan.memory, *plan.scale}):
        began = time.perf_counter()
        passages = ground(folders, size).passages
        print(f"{size:,} paragraphs, {passages:,} passages: ready in {time.perf_counter() - began:.0f} s", flush=True)


def _show(out: Path) -> None:
    """Write the plots of a quick run beside its figures."""
    figures: dict[str, dict[str, Any]] = all_figures(out)
    for name, text in pictures(figures).items():
        (out / name).write_text(text, "utf-8")
    print(f"The plots are in {out}.")


if __name__ == "__main__":
    main()
