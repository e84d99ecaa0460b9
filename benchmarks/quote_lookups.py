"""How long it takes to find and to check quotations, and to list speakers, in an index as `briefbot build` made it.

    python -m benchmarks.quote_lookups INDEX [--lookups 300]

What is looked for are the first words of quotations, drawn with the same seed each time, without their speaker and
with it; what is checked are whole quotations as they stand, and with one word exchanged.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.kept import percentile
from benchmarks.processes import memory
from briefbot.cli.encoders import reference_encoder
from briefbot.cli.library import Libraries
from briefbot.index.store import open_current
from briefbot.model import Scope
from briefbot.quoting import Wanted, checked, every, find, speakers
from briefbot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefbot.answering import Library

_WORDS = 6  # of a quotation that is looked for
_LONG_ENOUGH = 40  # characters
_EVERYBODY = Scope.everything()


def _drawn(library: Library, count: int) -> list[tuple[str, str]]:
    """Return the words and speakers of some quotations."""
    told = ((one.text, one.attribution) for one, _ in islice(every(library, _EVERYBODY), 50_000))
    known = [(text, who.full) for text, who in told if who and who.full and len(text) > _LONG_ENOUGH]
    return random.Random(5).sample(known, min(count, len(known)))


def _changed(text: str) -> str:
    words = text.split()
    words[len(words) // 2] = "otherwise"
    return " ".join(words)


def _timed(name: str, lookups: list[Callable[[], object]]) -> None:
    took = []
    for lookup in lookups:
        began = time.perf_counter()
        lookup()
        took.append(1000 * (time.perf_counter() - began))
    print(f"| {name} | {len(took)} | {percentile(took, 0.5):.1f} | {percentile(took, 0.99):.1f} |", flush=True)


def measure(library: Library, count: int) -> None:
    """Print a table of times."""
    drawn = _drawn(library, count)
    first = [(" ".join(text.split()[:_WORDS]), speaker) for text, speaker in drawn]
    print("| lookup | times | p50 ms | p99 ms |\n|---|---|---|---|")
    for name, named, worded in (("find by words", 0, 1), ("by words and speaker", 1, 1), ("by speaker", 1, 0)):
        wanted = [Wanted(words * worded, _EVERYBODY, speaker if named else None) for words, speaker in first]
        _timed(name, [lambda one=one: find(one, library, {}) for one in wanted])
    for name, texts in (
        ("check as it stands", drawn),
        ("check with a word exchanged", [(_changed(a), b) for a, b in drawn]),
    ):
        _timed(name, [lambda one=one: checked(*one, library, _EVERYBODY, {}) for one in texts])
    _timed("list speakers", [lambda: speakers(library.generation, _EVERYBODY, {})] * 5)


def main() -> None:
    """Open the index and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("--lookups", type=int, default=300, help="of each kind")
    options = parser.parse_args()
    with open_current(options.index) as generation:
        library = Libraries(Settings(index=options.index), reference_encoder).open(generation)
        held = sum(len(segment.quotations.fields) for segment in generation.segments)
        print(f"{held:,} quotations, {len(generation.documents):,} documents\n")
        measure(library, options.lookups)
    print(f"\n{memory(os.getpid())['own_mb']:.0f} MB of its own")


if __name__ == "__main__":
    main()
