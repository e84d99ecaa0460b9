"""Collections of questions with known answers, as benchmarks use them; `briefbot.evaluation` reads and indexes them."""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefbot.building.preparing import Tools
from briefbot.cli.encoders import building_encoder
from briefbot.cli.library import library_of
from briefbot.evaluation.beir import read_collection
from briefbot.evaluation.entries import index_of, shelve
from briefbot.index.disk import Disk
from briefbot.index.store import open_current
from briefbot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from briefbot.answering import Library
    from briefbot.evaluation.beir import Collection


@dataclass(frozen=True, slots=True)
class Opened:
    """A collection with its index open; `ids` tells which document is which entry."""

    collection: Collection
    library: Library
    ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a collection, and the ids of the entries that answer it; none where nothing does."""

    text: str
    relevant: frozenset[str]


def load_questions(folder: Path) -> list[Asked]:
    """Return the questions of a collection."""
    collection = read_collection(folder)
    return [Asked(query.text, collection.relevant(query)) for query in collection.queries]


def shuffled_questions(folder: Path) -> list[str]:
    """Return the texts of a collection's questions, in the same chance order every time."""
    texts = [asked.text for asked in load_questions(folder)]
    random.Random(1).shuffle(texts)
    return texts


@contextlib.contextmanager
def opened(folder: Path, cache: Path, *, precision: str = "int8") -> Iterator[Opened]:
    """Build the index of a collection below `cache`, or bring it up to date, and open it."""
    collection = read_collection(folder)
    shelf = shelve(collection, cache / precision)
    settings = shelf.settings(Settings(precision=precision))
    encoder, _ = building_encoder(settings, anew=False)
    report = index_of(shelf, Tools(settings, Disk(settings.index), encoder, no_bars))
    print(f"{folder.name}: {report.documents} documents, {report.passages} passages")
    with open_current(settings.index) as generation:
        yield Opened(collection, library_of(generation, encoder, settings), shelf.ids)


@contextlib.contextmanager
def no_bars(_label: str, _total: int) -> Iterator[Callable[[int], None]]:
    """Show no progress."""
    yield lambda _: None
