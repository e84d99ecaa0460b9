"""A generation made by any process is taken up within two seconds, and no question fails or mixes two of them."""

from __future__ import annotations

import asyncio
import re
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from tests.discord.bench import Bench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.discord.standin.messages import Message

SOON = 2.0  # seconds from publishing to taking up
PAPERS = 6
ASKERS = 4
WORDS = "harbour tram station"


def write_edition(bench: Bench, number: int) -> None:
    """Write all documents anew, each with the edition's number in each of its paragraphs."""
    for paper in range(PAPERS):
        text = f"The {WORDS} of paper {paper} opened in edition {number}."
        bench.desk.write(f"paper{paper}.txt", f"{text}\n\nIn edition {number} the {WORDS} was paper {paper}.")


def editions_in(message: Message) -> set[int]:
    """Return the numbers of the editions that an answer quotes, the question aside."""
    text, _, _ = message.content.partition("-# Question:")
    return {int(number) for number in re.findall(r"edition (\d+)", text.replace("**", ""))}


@dataclass
class Stream:
    """What a stream of questions was answered with, in the order of the answers."""

    answers: list[Message] = field(default_factory=list)

    @property
    def editions(self) -> list[int]:
        """The edition of each answer. Raises where an answer mixes two, or is none."""
        found = [editions_in(answer) for answer in self.answers]
        wrong = [answer.content for answer, seen in zip(self.answers, found, strict=True) if len(seen) != 1]
        assert not wrong, wrong
        return [edition for (edition,) in found]


@asynccontextmanager
async def streaming(bench: Bench) -> AsyncIterator[Stream]:
    """Have some people ask again and again while the block lasts."""
    stream, over = Stream(), asyncio.Event()
    world = bench.discord.world
    askers = [world.user(f"asker{number}") for number in range(ASKERS)]
    for asker in askers:
        bench.guild.add(asker)

    async def ask_on(number: int) -> None:
        while not over.is_set():
            question = f"Which {WORDS} of paper {number} opened?"
            asked = await bench.discord.command(askers[number], bench.general, "ask", question=question)
            answer = await asked.answer(20)
            stream.answers.append(answer)
            more = await bench.discord.click(askers[number], answer, next(x for x in answer.labels if x[:4] == "More"))
            further = await more.answer(20)
            assert len(editions_in(further)) == 1, further.content

    tasks = [asyncio.create_task(ask_on(number)) for number in range(ASKERS)]
    try:
        yield stream
    finally:
        over.set()
        await asyncio.gather(*tasks)


async def until_answered_from(bench: Bench, stream: Stream, edition: int) -> None:
    """Wait until an answer quotes an edition; it must be so within two seconds and what an answer takes."""
    await bench.discord.bell.until(lambda: stream.answers and stream.editions[-1] == edition, "the edition", SOON + 3)


def test_a_generation_made_by_build_rollback_or_purge_is_taken_up_under_a_stream_of_questions(tmp_path: Path) -> None:
    asyncio.run(_swapped(tmp_path))


async def _swapped(folder: Path) -> None:
    bench = Bench(folder)
    write_edition(bench, 1)
    bench.desk.build()
    async with bench, streaming(bench) as stream:
        await until_answered_from(bench, stream, 1)

        write_edition(bench, 2)
        assert (await bench.shell("build"))[0] == 0
        await bench.bot.line("generation 3 is taken up", SOON)
        await until_answered_from(bench, stream, 2)

        assert (await bench.shell("rollback", "2"))[0] == 0
        await until_answered_from(bench, stream, 1)

        assert (await bench.shell("rollback", "3"))[0] == 0
        await until_answered_from(bench, stream, 2)

        code, output = await bench.shell("purge", "paper5.txt", "--yes")
        assert code == 0, output
        assert "Generation 4 is current" in output
        await bench.bot.line("generation 4 is taken up", SOON)
        assert "paper5.txt" not in (await bench.ask(f"Which {WORDS} of paper 5 opened?")).content
    assert len(stream.editions) > 40
    assert set(stream.editions) == {1, 2}


@pytest.mark.parametrize("damage", ["a flipped byte", "half a manifest"])
def test_a_damaged_generation_is_logged_and_the_old_one_serves_until_a_good_one_is_there(
    tmp_path: Path, damage: str
) -> None:
    asyncio.run(_damaged(tmp_path, _flip_a_byte if damage == "a flipped byte" else _cut_in_half))


async def _damaged(folder: Path, hurt: Callable[[Path], None]) -> None:
    bench = Bench(folder)
    write_edition(bench, 1)
    bench.desk.build()
    async with bench, streaming(bench) as stream:
        write_edition(bench, 2)
        await _publish_damaged(bench, hurt)
        problem = await bench.bot.line("the index is not taken up: ")
        assert '"level": "error"' in problem
        seen = len(stream.answers)
        await bench.discord.bell.until(lambda: len(stream.answers) > seen + 20, "more answers", 20)
        assert set(stream.editions) == {1}
        status = await bench.discord.command(bench.ada, bench.general, "status")
        assert "A newer index cannot be used; this one goes on answering." in (await status.answer()).text

        write_edition(bench, 3)
        assert (await bench.shell("build", "--full"))[0] == 0
        await until_answered_from(bench, stream, 3)
    assert set(stream.editions) == {1, 3}
    refused = [line for line in bench.bot.stderr if "the index is not taken up" in line]
    assert len(refused) == 1, refused


async def _publish_damaged(bench: Bench, hurt: Callable[[Path], None]) -> None:
    """Build beside the index, hurt what was made there, and only then put it into the index and make it current."""
    index, beside = bench.desk.index, bench.folder / "beside"
    shutil.copytree(index, beside)
    known = set(beside.rglob("*"))
    assert (await bench.shell("build", "--index", str(beside)))[0] == 0
    made = sorted(path for path in set(beside.rglob("*")) - known if path.is_file())
    for path in made:
        hurt(path)
        place = index / path.relative_to(beside)
        place.parent.mkdir(exist_ok=True)
        shutil.move(path, place)
    (beside / "CURRENT").replace(index / "CURRENT")
    shutil.rmtree(beside)


def _flip_a_byte(path: Path) -> None:
    """Flip one byte in the middle of a part."""
    if path.parent.name == "parts":
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)


def _cut_in_half(path: Path) -> None:
    """Cut off the second half of a manifest."""
    if path.name == "manifest.json":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
