"""The fake model for whole processes: `python -m tests.discord.standin.words ARGUMENTS` is briefbot with it.

What a bot process needs to use it, and to build with it, is in `use_words`. A test can hold the model up, and have it
fail, for as long as a file lies in the folder that HOLD names.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.fakes import WordEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefbot.cli.options import Session
    from briefbot.embedding.encoder import Vectors

MODEL = "STANDIN_MODEL"  # environment: "words" for the fake model
HOLD = "STANDIN_HOLD"  # environment: a folder; while `questions` or `passages` lies there, those are not encoded
FUSE = "detonate"  # a question with this word makes the model fail as nobody foresaw
_LOOK = 0.02  # seconds


class WordProcess(WordEncoder):
    """The fake model where a model in a process of its own is expected."""

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        _held("questions")
        if any(FUSE in text.lower() for text in texts):
            raise RuntimeError("the fuse was lit")
        return super().encode_questions(texts)

    def encode_passages(self, texts: Sequence[str], done: Callable[[int], None]) -> Vectors:
        for _ in texts:
            _held("passages", meanwhile=lambda: done(0))
            done(1)
        return super().encode_questions(texts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing runs."""


def _held(what: str, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Wait while a test holds this up."""
    while HOLD in os.environ and (Path(os.environ[HOLD]) / what).exists():
        meanwhile()
        time.sleep(_LOOK)


def use_words() -> None:
    """Have this process, and the builds it begins, use the fake model."""
    import briefbot.cli.encoders
    import briefbot.cli.library
    import briefbot.cli.run

    real = briefbot.cli.run._build_command

    def build_command(session: Session) -> tuple[str, ...]:
        python, _, _, *rest = real(session)
        return (python, "-m", __name__ if __name__ != "__main__" else __spec__.name, *rest)

    briefbot.cli.run._build_command = build_command
    briefbot.cli.encoders.building_encoder = lambda _settings, **_: (WordProcess(), None)
    briefbot.cli.library.answering_encoder = lambda _generation, _settings, _plain: WordProcess()


def main() -> None:
    """Run briefbot with the fake model."""
    from briefbot.cli import run

    use_words()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
