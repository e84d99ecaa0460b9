"""A child as `briefbot.embedding.child`, with the fake model, in which some questions do harm."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from tests.fakes import WordEncoder

from briefbot.embedding.child import serve
from briefbot.errors import ModelError


class OddEncoder(WordEncoder):
    def encode_questions(self, texts):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        match texts[0].split(maxsplit=1) if texts else []:
            case ["die"]:
                os.kill(os.getpid(), signal.SIGKILL)
            case ["die-once", marker] if not Path(marker).exists():
                Path(marker).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            case ["refuse"]:
                raise ModelError("The model does not like this.")
            case ["fail"]:
                raise ValueError("no such thing\nand more")
            case ["environment"]:
                raise ModelError(json.dumps(dict(os.environ)))
            case ["chatter"]:
                print("a library speaks", flush=True)  # noqa: T201
            case ["hang"]:
                signal.pause()
        return super().encode_questions(texts)


if __name__ == "__main__":
    serve(OddEncoder)
    if sys.argv[1:2] == ["--stubborn"]:
        signal.pause()
