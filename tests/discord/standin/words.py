"""The fake model for whole processes: `python -m tests.discord.standin.words ARGUMENTS` is briefbot with it.

What a bot process needs to use it, and to build with it, is in `use_words`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

from tests.fakes import WordEncoder

if TYPE_CHECKING:
    from briefbot.cli.options import Session

MODEL = "STANDIN_MODEL"  # environment: "words" for the fake model


class WordProcess(WordEncoder):
    """The fake model where a model in a process of its own is expected."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing runs."""


def use_words() -> None:
    """Have this process, and the builds it begins, use the fake model."""
    import briefbot.cli.run
    import briefbot.embedding.reference
    import briefbot.embedding.remote

    real = briefbot.cli.run._build_command

    def build_command(session: Session) -> tuple[str, ...]:
        python, _, _, *rest = real(session)
        return (python, "-m", __name__ if __name__ != "__main__" else __spec__.name, *rest)

    briefbot.cli.run._build_command = build_command
    briefbot.embedding.reference.ReferenceEncoder = WordProcess  # type: ignore[assignment, misc]
    briefbot.embedding.remote.RemoteEncoder = WordProcess  # type: ignore[assignment, misc]


def main() -> None:
    """Run briefbot with the fake model."""
    from briefbot.cli import run

    use_words()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
