"""Which generation is in force: opened, verified and warmed before it is taken up, closed when its last reader is done.

This module refuses to know what is read from it. Everything but the plain attributes may wait for the disk: call it in
a thread. One thread looks; any number may have a generation lent.
"""

from __future__ import annotations

import contextlib
import copy
import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefbot.answering import ask
from briefbot.errors import BriefbotError, DamagedIndex, NoIndex
from briefbot.index.manifest import NAME, folder_name
from briefbot.index.parts import verify_part
from briefbot.index.store import current_number, open_current
from briefbot.model import Question, Scope
from briefbot.upkeep import documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from briefbot.answering import Library
    from briefbot.index.generation import Generation
    from briefbot.reports import DocumentLine

_log = logging.getLogger("briefbot.serving")
_WARMING = "What are all these documents about?"  # long enough to have its language found out
_LOOKS_PASSED_OVER = 10  # between two attempts at what cannot be used, each of which may read all of it


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Opened:
    """A generation in use: what answers from it, and the list of its documents."""

    library: Library
    documents: tuple[DocumentLine, ...]


@dataclass(frozen=True, slots=True)
class _Sight:
    """What CURRENT names, seen without opening it; the same number in another folder put there is another sight."""

    number: int
    inode: int
    modified: int


class Shelf:
    """Holds the generation in force and those that are still being read.

    `current` is the generation in force, if any; `problem` is why the one that CURRENT names is not, or None.
    """

    def __init__(self, index: Path, open_library: Callable[[Generation], Library]) -> None:
        self._index = index
        self._open_library = open_library
        self._lock = threading.Lock()
        self._readers: dict[Opened, int] = {}
        self._suspect: Opened | None = None  # the one in which bytes have been met that were not what was written
        self._taken_up: _Sight | None = None
        self._refused: tuple[_Sight | None, str] | None = None
        self._passed_over = 0
        self.current: Opened | None = None
        self.problem: BriefbotError | None = None

    def look(self) -> bool:
        """Take up the generation that is current on disk, if it is another. Tell whether one was taken up.

        One that cannot be used is logged, once, and what was in force stays; after a while it is tried again.
        """
        sight = None
        try:
            sight = _seen(self._index)
            if not self._is_worth_opening(sight):
                return False
            self._take_up(self._opened(), sight)
        except BriefbotError as fault:
            self._refuse(sight, fault)
        except Exception as error:  # noqa: BLE001 - whatever it is, what is in force goes on serving
            unexpected = BriefbotError(f"Something unexpected happened when it was opened: {error!r}.")
            unexpected.__cause__ = error  # for the log
            self._refuse(sight, unexpected)
        else:
            return True
        return False

    @contextlib.contextmanager
    def lent(self) -> Iterator[Opened]:
        """Give the generation in force, which stays open for as long as the context lasts.

        Raises what is the problem where there is none: NoIndex, another IndexFault, or ModelError.
        """
        opened = self._borrowed()
        try:
            yield opened
        except DamagedIndex as fault:
            if self._suspect is not opened:
                _log.error("generation %d is damaged: %s", opened.library.generation.number, fault)
            self._suspect = opened
            raise
        finally:
            self._give_back(opened)

    def close(self) -> None:
        """Take nothing as current any more, and close it when its last reader is done."""
        with self._lock:
            opened, self.current, self._taken_up = self.current, None, None
        if opened:
            self._give_back(opened)

    def _is_worth_opening(self, sight: _Sight) -> bool:
        if self.current and sight == self._taken_up and self._suspect is not self.current:
            self.problem = self._refused = None
            return False
        if self._refused is None or self._refused[0] != sight:
            return True
        self._passed_over += 1
        return self._passed_over > _LOOKS_PASSED_OVER

    def _opened(self) -> Opened:
        generation = open_current(self._index)
        try:
            self._verify_what_is_new(generation)
            library = self._open_library(generation)
            ask(Question(_WARMING, Scope.everything()), library)
            return Opened(library, documents(generation, Scope.everything()))
        except BaseException:
            generation.close()
            raise

    def _verify_what_is_new(self, generation: Generation) -> None:
        """Read every byte that the one in force does not share; damage is found here rather than by an asker.

        Where none is in force, an index that is damaged in one place is better than none.
        """
        if self.current is None:
            return
        parts = self.current.library.generation.manifest.parts()
        known = set() if self._suspect is self.current else set(parts)
        for part in generation.manifest.parts():
            if part not in known:
                verify_part(generation.root, part)

    def _take_up(self, opened: Opened, sight: _Sight) -> None:
        with self._lock:
            self._readers[opened] = 1  # the shelf itself
            former, self.current = self.current, opened
        self._taken_up = sight
        self._suspect = self._refused = self.problem = None
        manifest = opened.library.generation.manifest
        facts = {"generation": manifest.generation, "documents": manifest.documents, "passages": manifest.passages}
        _log.info("generation %d is taken up", manifest.generation, extra=facts)
        if former:
            self._give_back(former)

    def _refuse(self, sight: _Sight | None, fault: BriefbotError) -> None:
        self._passed_over = 0
        self.problem = fault
        if self._refused != (sight, str(fault)):
            self._refused = (sight, str(fault))
            level = logging.WARNING if isinstance(fault, NoIndex) else logging.ERROR
            _log.log(level, "the index is not taken up: %s", fault, exc_info=fault.__cause__)

    def _borrowed(self) -> Opened:
        with self._lock:
            if self.current:
                self._readers[self.current] += 1
                return self.current
        # A new error each time: one that is raised again and again grows with every traceback.
        raise copy.copy(self.problem) or NoIndex(f"No index in {self._index} is open.")

    def _give_back(self, opened: Opened) -> None:
        with self._lock:
            self._readers[opened] -= 1
            last = self._readers[opened] == 0
            if last:
                del self._readers[opened]
        if last:
            opened.library.generation.close()


def _seen(index: Path) -> _Sight:
    """Return what CURRENT names. Raises NoIndex or DamagedIndex."""
    number = current_number(index)
    try:
        found = (index / folder_name(number) / NAME).stat()
    except OSError:  # opening it will tell what is wrong
        return _Sight(number, 0, 0)
    return _Sight(number, found.st_ino, found.st_mtime_ns)
