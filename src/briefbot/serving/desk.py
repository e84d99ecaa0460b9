"""The answer desk: takes jobs from many askers in turn, and does them in threads with the generation in force.

A job is a function of what is open. It runs to its end with the generation it began with; a newer one, also a former
one that is current again, is in force for the jobs after it. The event loop never waits for the disk or a job. This
module refuses to know what a job does and who asks.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from briefbot.errors import NoIndex, Overloaded
from briefbot.serving.fairness import FairQueue
from briefbot.serving.shelf import Opened, Shelf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from briefbot.answering import Library
    from briefbot.index.generation import Generation

__all__ = ["AnswerDesk", "DeskState", "Opened"]

T = TypeVar("T")
_log = logging.getLogger("briefbot.serving")
_ENDING = "The service is ending; ask again in a moment."


@dataclass(frozen=True, slots=True)
class DeskState:
    """How it stands: the generation in force or None, whether the first is still being opened, and what is wrong.

    `problem` is a sentence for the operator; `no_index` tells that none was ever built.
    """

    generation: int | None
    loading: bool
    problem: str | None
    no_index: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a job. An error is carried, not set on a future, where some could never be raised."""

    value: Any
    error: BaseException | None

    def result(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """A job that waits, and where its outcome is awaited."""

    job: Callable[[Opened], Any]
    outcome: asyncio.Future[_Outcome]

    def is_over(self, outcome: _Outcome) -> None:
        if not self.outcome.done():  # somebody still awaits it
            self.outcome.set_result(outcome)


class AnswerDesk:
    """Does jobs for askers; `start` it in the loop that it serves, and `close` it there."""

    def __init__(
        self,
        index: Path,
        open_library: Callable[[Generation], Library],
        *,
        most_waiting: int,
        workers: int = 2,
        watch_seconds: float = 0.5,
    ) -> None:
        self._shelf = Shelf(index, open_library)
        self._queue: FairQueue[_Waiting] = FairQueue(most_waiting)
        self._pool = ThreadPoolExecutor(workers, "desk")
        self._librarian = ThreadPoolExecutor(1, "librarian")
        self._workers = workers
        self._watch_seconds = watch_seconds
        self._looked = False
        self._ending = False
        self._changed = asyncio.Event()
        self._unfinished: set[_Waiting] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self.swaps = 0

    @property
    def current(self) -> Opened | None:
        """What is open now, to be looked at in memory only."""
        return self._shelf.current

    @property
    def state(self) -> DeskState:
        """How it stands."""
        opened, problem = self._shelf.current, self._shelf.problem
        return DeskState(
            generation=opened.library.generation.number if opened else None,
            loading=not self._looked,
            problem=str(problem) if problem else None,
            no_index=isinstance(problem, NoIndex),
            waiting=len(self._queue),
        )

    async def start(self) -> None:
        """Begin to open the index and to do jobs; returns at once."""
        self._tasks = [
            asyncio.create_task(self._watch(), name="watching the index"),
            *(asyncio.create_task(self._serve(), name=f"desk {i}") for i in range(self._workers)),
        ]

    async def run(self, asker: int, job: Callable[[Opened], T]) -> T:
        """Return what a job returns, or raise what it raises; it waits its turn, and while the index is being opened.

        Raises Overloaded where too many wait, and NoIndex, IndexFault or ModelError where nothing can be opened.
        """
        if self._ending:
            raise Overloaded(_ENDING)
        waiting = _Waiting(job, asyncio.get_running_loop().create_future())
        self._queue.put(asker, waiting)
        self._unfinished.add(waiting)
        self._changed.set()
        try:
            result: T = (await waiting.outcome).result()
        finally:
            self._queue.drop(asker, waiting)
            self._unfinished.discard(waiting)
        return result

    async def close(self, grace: float = 10) -> None:
        """Take no more jobs, finish those that are there, for at most `grace` seconds, and close what is open.

        A job that is not done by then raises Overloaded in whoever awaits it.
        """
        if self._ending:
            return
        self._ending = True
        if self._unfinished:
            await asyncio.wait([waiting.outcome for waiting in self._unfinished], timeout=grace)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for waiting in self._unfinished:
            waiting.is_over(_Outcome(None, Overloaded(_ENDING)))
        self._pool.shutdown(wait=False, cancel_futures=True)
        closing = asyncio.get_running_loop().run_in_executor(self._librarian, self._shelf.close)
        await asyncio.wait([closing], timeout=grace)  # a generation may be about to be opened
        self._librarian.shutdown(wait=False)

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while not (self._queue and self._looked):
                self._changed.clear()
                await self._changed.wait()
            waiting = self._queue.take()
            waiting.is_over(await loop.run_in_executor(self._pool, self._done, waiting.job))

    def _done(self, job: Callable[[Opened], Any]) -> _Outcome:
        try:
            with self._shelf.lent() as opened:
                return _Outcome(job(opened), None)
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever awaits the job
            return _Outcome(None, error)

    async def _watch(self) -> None:
        while True:
            try:
                await self._look()
            except Exception:  # noqa: BLE001 - a watch that ends is a service that never learns of a rebuild
                _log.exception("looking at the index failed; it is looked at again")
            await asyncio.sleep(self._watch_seconds)

    async def _look(self) -> None:
        self.swaps += await asyncio.get_running_loop().run_in_executor(self._librarian, self._shelf.look)
        self._looked = True
        self._changed.set()
