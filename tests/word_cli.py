"""The command line with the fake model: `python -m tests.word_cli build …`; then how the process stands, if asked."""

from __future__ import annotations

import sys

from tests.fakes import WordEncoder

from briefbot.cli import run
from briefbot.embedding import reference

if __name__ == "__main__":
    reference.ReferenceEncoder = lambda _model: WordEncoder()  # type: ignore[assignment, misc]
    sys.exit(run(sys.argv[1:]))
