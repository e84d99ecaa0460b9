"""The command line with the fake model: `python -m tests.word_cli build …`; then how the process stands, if asked."""

from __future__ import annotations

import sys

from tests.fakes import WordEncoder

from briefbot.cli import encoders, library, run

if __name__ == "__main__":
    encoders.building_encoder = lambda _settings, **_: (WordEncoder(), None)
    library.answering_encoder = lambda _generation, _settings, _plain: WordEncoder()
    sys.exit(run(sys.argv[1:]))
