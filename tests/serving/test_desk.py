"""The answer desk with a real index, real threads and real builders; only the model is faked."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from tests.desk import Desk
from tests.serving.stage import library_with, until
from tests.serving.test_shelf import flip, make_current, own_part

from briefbot import upkeep
from briefbot.answering import ask
from briefbot.errors import CorpusError, DamagedIndex, ModelError, NoIndex, Overloaded
from briefbot.index.store import numbers
from briefbot.model import Question, Scope
from briefbot.serving.desk import AnswerDesk, DeskState, Opened

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")
PROJECT = Path(__file__).parents[2]
OPERATOR = """
import sys
from pathlib import Path
from tests.desk import Desk
from briefbot.upkeep import purge, rollback
desk, what = Desk(Path(sys.argv[1])), sys.argv[2]
if what == "build": desk.build()
if what == "rollback": rollback(desk.disk, None, lambda _: None)
if what == "purge": purge(desk.disk, "a.txt")
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.write("a.txt", "Sheep graze on the hill.")
    desk.build()
    return desk


def serve(desk: Desk, story: Callable[[AnswerDesk], Awaitable[T]], **options: Any) -> T:
    """Return what a story with a started answer desk returns."""
    settings = {"most_waiting": 100, "watch_seconds": 0.01, "open_library": library_with(desk.encoder)} | options

    async def served() -> T:
        answers = AnswerDesk(desk.index, **settings)
        await answers.start()
        try:
            return await story(answers)
        finally:
            await answers.close()

    return asyncio.run(served())


async def by_another_process(desk: Desk, what: str) -> None:
    command = [sys.executable, "-c", OPERATOR, str(desk.root), what]
    await asyncio.to_thread(subprocess.run, command, cwd=PROJECT, check=True)


def number(opened: Opened) -> int:
    return opened.library.generation.number


def answers_with(question: str) -> Callable[[Opened], tuple[int, str]]:
    def job(opened: Opened) -> tuple[int, str]:
        answer = ask(Question(question, Scope.everything(), k=1), opened.library)
        return answer.generation, (*answer.excerpts, *answer.related)[0].text

    return job


class Held:
    """A job that waits in its thread until it is released, then tells which documents it sees, before and after."""

    def __init__(self) -> None:
        self.began, self.released = threading.Event(), threading.Event()

    def __call__(self, opened: Opened) -> tuple[int, list[str], list[str]]:
        before = [line.name for line in opened.documents]
        self.began.set()
        assert self.released.wait(20)
        texts = [opened.library.generation.document(name).text for name in opened.library.generation.documents]
        return number(opened), before, texts


# What is answered from


def test_a_job_that_comes_while_the_index_is_being_opened_waits_for_it(desk: Desk) -> None:
    opening, made = threading.Event(), library_with(desk.encoder)

    def slow(generation):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        assert opening.wait(20)
        return made(generation)

    async def story(answers: AnswerDesk) -> None:
        waiting = asyncio.create_task(answers.run(1, answers_with("sheep")))
        await asyncio.sleep(0)
        assert answers.state == DeskState(generation=None, loading=True, problem=None, no_index=False, waiting=1)
        assert answers.current is None
        opening.set()
        assert await waiting == (1, "Sheep graze on the hill.")
        assert answers.state == DeskState(generation=1, loading=False, problem=None, no_index=False, waiting=0)
        assert answers.current
        assert [line.name for line in answers.current.documents] == ["a.txt"]

    serve(desk, story, open_library=slow)


def test_a_job_reads_one_generation_from_beginning_to_end_though_another_is_taken_up_meanwhile(desk: Desk) -> None:
    async def story(answers: AnswerDesk) -> None:
        held = Held()
        reading = asyncio.create_task(answers.run(1, held))
        await until(held.began.is_set)
        desk.write("a.txt", "Goats climb the rock.")
        desk.write("b.txt", "Ships sail on the sea.")
        desk.build()
        await until(lambda: answers.swaps == 2)
        assert await answers.run(2, answers_with("goats")) == (2, "Goats climb the rock.")
        held.released.set()
        assert await reading == (1, ["a.txt"], ["Sheep graze on the hill."])

    serve(desk, story)


def test_many_questions_during_many_swaps_are_each_answered_from_one_generation(desk: Desk) -> None:
    words = ["sheep", "goats"]
    texts = {1: "Sheep graze on the hill.", 2: "Goats climb the rock."}
    desk.write("a.txt", texts[2])
    desk.build()

    async def story(answers: AnswerDesk) -> None:
        for turn in range(12):
            make_current(desk, 1 + turn % 2)
            asked = (answers.run(i, answers_with(words[i % 2])) for i in range(20))
            for generation, text in await asyncio.gather(*asked):
                assert text == texts[generation]
            await until(lambda turn=turn: answers.state.generation == 1 + turn % 2)  # type: ignore[misc]

    serve(desk, story)


def test_the_former_generation_can_be_pruned_once_the_last_question_to_it_is_answered(desk: Desk) -> None:
    async def story(answers: AnswerDesk) -> None:
        held = Held()
        reading = asyncio.create_task(answers.run(1, held))
        await until(held.began.is_set)
        desk.write("b.txt", "Ships sail on the sea.")
        desk.build()
        await until(lambda: answers.swaps == 2)
        assert upkeep.prune(desk.disk, 1).in_use == (1,)
        held.released.set()
        await reading
        await until(lambda: upkeep.prune(desk.disk, 1).in_use == ())
        assert numbers(desk.index) == [2]

    serve(desk, story)


def test_what_another_process_publishes_rolls_back_or_purges_is_taken_up_without_being_told(desk: Desk) -> None:
    desk.write("b.txt", "Ships sail on the sea.")

    async def story(answers: AnswerDesk) -> None:
        held = Held()
        reading = asyncio.create_task(answers.run(9, held))
        await until(held.began.is_set)
        for what, generation, names in [
            ("build", 2, ["a.txt", "b.txt"]),
            ("rollback", 1, ["a.txt"]),
            ("build", 3, ["a.txt", "b.txt"]),
            ("purge", 4, ["b.txt"]),
        ]:
            await by_another_process(desk, what)
            await until(lambda generation=generation: answers.state.generation == generation)  # type: ignore[misc]
            found = await answers.run(1, lambda opened: [line.name for line in opened.documents])
            assert (found, answers.state.problem) == (names, None)
        held.released.set()
        assert await reading == (1, ["a.txt"], ["Sheep graze on the hill."])

    serve(desk, story, watch_seconds=0.5)


def test_the_index_is_looked_at_twice_a_second() -> None:
    answers = AnswerDesk(Path("index"), lambda _: None, most_waiting=1)  # type: ignore[arg-type, return-value]
    assert answers._watch_seconds == 0.5  # a generation must be taken up within two, opening it included


# What goes wrong


def test_without_an_index_that_is_said_at_once_and_once_one_is_built_questions_are_answered(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("a.txt", "Sheep graze on the hill.")

    async def story(answers: AnswerDesk) -> None:
        with pytest.raises(NoIndex):  # this one came before anybody had looked
            await answers.run(1, answers_with("sheep"))
        with pytest.raises(NoIndex, match=r"There is no index in .* yet; run: briefbot build"):
            await answers.run(1, answers_with("sheep"))
        assert (answers.state.no_index, answers.state.loading) == (True, False)
        desk.build()
        await until(lambda: answers.current is not None)
        assert await answers.run(1, answers_with("sheep")) == (1, "Sheep graze on the hill.")
        assert (answers.state.no_index, answers.state.problem) == (False, None)

    serve(desk, story)


@pytest.mark.parametrize("what", ["documents", "dense", "sentences", "manifest"])
def test_a_damaged_generation_is_not_taken_up_and_the_old_one_goes_on_answering(desk: Desk, what: str) -> None:
    desk.write("b.txt", "Ships sail on the sea.")
    desk.build()
    make_current(desk, 1)

    async def story(answers: AnswerDesk) -> None:
        await until(lambda: answers.current is not None)
        flip(desk.index / "000002" / "manifest.json" if what == "manifest" else own_part(desk, what))
        make_current(desk, 2)
        await until(lambda: answers.state.problem is not None)
        assert "is damaged" in (answers.state.problem or "")
        assert await answers.run(1, answers_with("ships")) == (1, "Sheep graze on the hill.")

    serve(desk, story)


def test_damage_that_a_question_meets_goes_to_its_asker_and_the_index_is_opened_anew(desk: Desk) -> None:
    def damaged(_: Opened) -> None:
        raise DamagedIndex("A block is damaged.")

    async def story(answers: AnswerDesk) -> None:
        with pytest.raises(DamagedIndex, match=r"A block is damaged\."):
            await answers.run(1, damaged)
        await until(lambda: answers.swaps == 2)
        assert await answers.run(1, number) == 1

    serve(desk, story)


def test_a_model_that_cannot_be_used_is_said_and_tried_again(desk: Desk) -> None:
    usable, made = threading.Event(), library_with(desk.encoder)

    def fragile(generation):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        if not usable.is_set():
            raise ModelError("The model is missing.")
        return made(generation)

    async def story(answers: AnswerDesk) -> None:
        for _ in range(2):
            with pytest.raises(ModelError, match=r"^The model is missing\.$"):
                await answers.run(1, number)
        usable.set()
        await until(lambda: answers.current is not None)
        assert await answers.run(1, number) == 1

    serve(desk, story, open_library=fragile)


@pytest.mark.parametrize("error", [CorpusError("a sentence"), RuntimeError("a fault"), KeyError("key")])
def test_what_a_job_raises_reaches_its_asker_and_nobody_else(desk: Desk, error: Exception) -> None:
    def failing(_: Opened) -> None:
        raise error

    async def story(answers: AnswerDesk) -> None:
        outcomes = await asyncio.gather(
            *(answers.run(i, failing if i == 3 else number) for i in range(6)), return_exceptions=True
        )
        assert outcomes == [1, 1, 1, error, 1, 1]

    serve(desk, story)


@pytest.mark.parametrize("error", [StopIteration(), asyncio.CancelledError(), SystemExit(3)])
def test_even_what_no_future_can_carry_costs_no_worker(desk: Desk, error: BaseException) -> None:
    def failing(_: Opened) -> None:
        raise error

    async def story(answers: AnswerDesk) -> None:
        for _ in range(3):
            with pytest.raises((RuntimeError, asyncio.CancelledError, SystemExit)):
                await answers.run(1, failing)
        assert await answers.run(1, number) == 1

    serve(desk, story)


# Who waits for whom


async def held_up(answers: AnswerDesk) -> tuple[Held, asyncio.Task[Any]]:
    held = Held()
    task = asyncio.create_task(answers.run(0, held))
    await until(held.began.is_set)
    return held, task


def test_beyond_the_bound_questions_are_refused(desk: Desk) -> None:
    async def story(answers: AnswerDesk) -> None:
        held, first = await held_up(answers)
        waiting = [asyncio.create_task(answers.run(i, number)) for i in range(2)]
        await until(lambda: answers.state.waiting == 2)
        with pytest.raises(Overloaded):
            await answers.run(3, number)
        held.released.set()
        assert await asyncio.gather(*waiting) == [1, 1]
        assert (await first)[0] == 1
        assert await answers.run(3, number) == 1

    serve(desk, story, workers=1, most_waiting=2)


def test_askers_are_answered_in_turn(desk: Desk) -> None:
    order: list[str] = []

    async def story(answers: AnswerDesk) -> None:
        held, _ = await held_up(answers)
        jobs = [(1, "a1"), (1, "a2"), (1, "a3"), (2, "b1"), (3, "c1"), (2, "b2")]
        tasks = []
        for asker, name in jobs:
            tasks.append(asyncio.create_task(answers.run(asker, lambda _, name=name: order.append(name))))
            await asyncio.sleep(0)
        held.released.set()
        await asyncio.gather(*tasks)

    serve(desk, story, workers=1)
    assert order == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_two_workers_answer_at_the_same_time(desk: Desk) -> None:
    meeting = threading.Barrier(2)

    async def story(answers: AnswerDesk) -> None:
        await asyncio.gather(*(answers.run(i, lambda _: meeting.wait(20)) for i in range(2)))

    serve(desk, story)


def test_a_question_that_nobody_waits_for_any_more_is_dropped(desk: Desk) -> None:
    done: list[str] = []

    async def story(answers: AnswerDesk) -> None:
        held, _ = await held_up(answers)
        given_up = asyncio.create_task(answers.run(1, lambda _: done.append("given up")))
        kept = asyncio.create_task(answers.run(1, lambda _: done.append("kept")))
        await until(lambda: answers.state.waiting == 2)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        assert (given_up.cancelled(), answers.state.waiting) == (True, 1)
        held.released.set()
        await kept
        assert not answers._unfinished  # nothing is kept of who has his answer, or has gone

    serve(desk, story, workers=1)
    assert done == ["kept"]


def test_a_question_that_is_given_up_while_it_is_answered_disturbs_nobody(desk: Desk) -> None:
    async def story(answers: AnswerDesk) -> None:
        held, task = await held_up(answers)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        held.released.set()
        assert await answers.run(1, number) == 1

    serve(desk, story, workers=1)


# How it ends, and what the loop is spared


def test_closing_finishes_what_runs_and_waits_and_takes_no_more(desk: Desk) -> None:
    async def story(answers: AnswerDesk) -> None:
        held, running = await held_up(answers)
        waiting = asyncio.create_task(answers.run(1, number))
        await until(lambda: answers.state.waiting == 1)
        closing = asyncio.create_task(answers.close(20))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded, match=r"^The service is ending; ask again in a moment\.$"):
            await answers.run(2, number)
        held.released.set()
        assert ((await running)[0], await waiting) == (1, 1)
        await closing
        assert answers.current is None

    serve(desk, story, workers=1)


def test_what_is_not_done_within_the_grace_is_told_so(desk: Desk) -> None:
    async def story(answers: AnswerDesk) -> None:
        held, running = await held_up(answers)
        waiting = asyncio.create_task(answers.run(1, number))
        await until(lambda: answers.state.waiting == 1)
        await answers.close(0)
        outcomes = await asyncio.gather(running, waiting, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [Overloaded, Overloaded]
        held.released.set()

    serve(desk, story, workers=1)


def test_closing_releases_the_generation(desk: Desk) -> None:
    async def story(answers: AnswerDesk) -> None:
        await answers.run(1, number)

    serve(desk, story)
    desk.write("b.txt", "Ships sail on the sea.")
    desk.build()
    assert upkeep.prune(desk.disk, 1).removed == (1,)


_opened_on: list[tuple[str, object]] | None = None


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if _opened_on is not None and event in ("open", "os.listdir", "os.scandir") and str(arguments[0]).count("index"):
        _opened_on.append((threading.current_thread().name, arguments[0]))


def test_nothing_of_the_index_is_touched_on_the_thread_of_the_loop(desk: Desk) -> None:
    global _opened_on  # noqa: PLW0603 - a hook of the interpreter cannot be taken off again
    sys.addaudithook(_hear)
    _opened_on = []

    async def story(answers: AnswerDesk) -> None:
        await answers.run(1, answers_with("sheep"))
        await by_another_process(desk, "build")
        await until(lambda: answers.swaps == 2)
        await answers.run(1, answers_with("ships"))

    desk.write("b.txt", "Ships sail on the sea.")
    _opened_on.clear()
    serve(desk, story)
    threads, _opened_on = {name.rstrip("_0123456789") for name, _ in _opened_on}, None
    assert threads - {"asyncio"} == {"librarian"}
