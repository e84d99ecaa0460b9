"""What `briefbot run` holds, without Discord: the same parts, put together in the same way, asked directly.

    python -m benchmarks.bot_holder CORPUS INDEX

Each line of its input is a question, and it answers with a line of JSON. The bot object of discord.py with all its
commands is made, and never connected: what the library keeps of servers and members is not there.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from contextlib import ExitStack
from pathlib import Path

from briefbot.answering import ask
from briefbot.cli.library import Libraries
from briefbot.cli.run import remote_encoder
from briefbot.discord.asking import Parts
from briefbot.discord.bot import BriefBot
from briefbot.model import Question, Scope
from briefbot.serving.desk import AnswerDesk
from briefbot.serving.metrics import Metrics
from briefbot.serving.rebuild import Rebuilder
from briefbot.settings import Settings


async def main(corpus: str, index: str) -> None:
    """Answer questions until the input ends."""
    settings = Settings(corpus=Path(corpus), index=Path(index))
    with ExitStack() as stack:
        libraries = Libraries(settings, lambda model: stack.enter_context(remote_encoder(model)))
        desk = AnswerDesk(settings.index, libraries.open, most_waiting=settings.discord.queue)
        bot = BriefBot(Parts(desk, settings.discord, settings.access, Rebuilder(()), Metrics(), None))
        gc.collect()
        gc.freeze()
        await desk.start()
        while line := await asyncio.to_thread(sys.stdin.readline):
            answer = await desk.run(
                1, lambda opened, text=line: ask(Question(text, Scope.everything()), opened.library)
            )
            told = {"answered": answer.answered, "generation": answer.generation, "swaps": desk.swaps}
            print(json.dumps(told), flush=True)
        await desk.close()
        del bot  # it was held until here, as in a bot that runs


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
