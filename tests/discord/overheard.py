"""The bot with an ear at its search: `python -m tests.discord.overheard URL ARGUMENTS`.

What each question came with is noted, a line each, in the file NOTES names. And discord.py does not wait two seconds
for more guilds.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.discord.standin import launch

if TYPE_CHECKING:
    from briefbot.answering import Library
    from briefbot.model import Answer, Question

NOTES = "OVERHEARD_NOTES"  # environment


def listen() -> None:
    """Put what notes before the search."""
    import briefbot.discord.asking

    search = briefbot.discord.asking.ask

    def ask(question: Question, library: Library) -> Answer:
        with Path(os.environ[NOTES]).open("a", encoding="utf-8") as notes:
            notes.write(json.dumps({"question": question.text, "history": question.history}) + "\n")
        return search(question, library)

    briefbot.discord.asking.ask = ask


def hurry() -> None:
    """Have discord.py take the guilds for complete sooner."""
    from discord.state import ConnectionState

    patient = ConnectionState.__init__

    def impatient(self: Any, **options: Any) -> None:
        patient(self, **{"guild_ready_timeout": 0.3, **options})

    ConnectionState.__init__ = impatient  # type: ignore[method-assign]


if __name__ == "__main__":
    listen()
    hurry()
    launch.main()
