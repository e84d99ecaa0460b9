"""The process that keeps a model: `python -m briefbot.embedding.child MODEL`.

It answers one request after the other on its standard output until its standard input ends. A request is one frame of
JSON: `{"ask": "about" | "count" | "questions" | "passages", "texts": […]}`. The answer is one frame of JSON, followed
by a frame of 32-bit floats where vectors were asked for; what went wrong is `{"error": sentence}`.

It refuses to know who asks, and ends only with whoever does: an interrupt that reaches all processes of a terminal
must not take the model from questions that are still being answered.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from functools import cache
from typing import IO, TYPE_CHECKING, Any

from briefbot.errors import ModelError
from briefbot.frames import read_frame, to_json, write_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefbot.embedding.encoder import Encoder, Vectors


def main() -> None:
    """Answer requests to the model that the command line names."""
    serve(lambda: _encoder(sys.argv[1]))


def serve(make_encoder: Callable[[], Encoder]) -> None:
    """Answer requests until standard input ends; the encoder is made for the first of them."""
    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, signal.SIG_IGN)
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not land among the frames
    encoder = cache(make_encoder)  # a failure is not kept: the next request tries again
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            _answer(requests, answers, encoder)


def _encoder(model: str) -> Encoder:
    from briefbot.embedding.reference import ReferenceEncoder

    return ReferenceEncoder(model)


def _answer(requests: IO[bytes], answers: IO[bytes], encoder: Callable[[], Encoder]) -> None:
    request = json.loads(read_frame(requests, sys.maxsize))
    for frame in _frames(request, encoder):
        write_frame(answers, frame)
    answers.flush()


def _frames(request: dict[str, Any], encoder: Callable[[], Encoder]) -> list[bytes]:
    try:
        return _asked(request["ask"], request["texts"], encoder())
    except ModelError as error:
        return [to_json({"error": str(error)})]
    except Exception as error:  # noqa: BLE001 - whatever a model raises, it is told to whoever asked
        reason = (str(error).splitlines() or [""])[0]
        return [to_json({"error": f"The model failed: {type(error).__name__}: {reason}"})]


def _asked(what: str, texts: list[str], encoder: Encoder) -> list[bytes]:
    match what:
        case "about":
            return [to_json({"dimensions": encoder.dimensions, "window": encoder.window})]
        case "count":
            return [to_json({"count": encoder.count(texts)})]
        case "questions":
            return _vectors(encoder.encode_questions(texts))
        case _:
            return _vectors(encoder.encode_passages(texts, lambda _: None))


def _vectors(vectors: Vectors) -> list[bytes]:
    return [to_json({"shape": vectors.shape}), vectors.tobytes()]


if __name__ == "__main__":
    main()
