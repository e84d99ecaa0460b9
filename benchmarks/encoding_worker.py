"""An encoder in a process of its own, that does what it is told and tells how long it took.

    python -m benchmarks.encoding_worker KIND MODEL [first]

KIND is `library` (sentence-transformers with its defaults; MODEL is the folder of weights) or `compiled` (MODEL is the
compiled file). With `first` it encodes one text and ends. Otherwise each line of its input is a request in JSON, and it
answers with a line of JSON. What is compared lives in different processes, so that none meets the other's threads.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FIRST = "Who proclaimed an oil embargo in October 1973?"


def main(kind: str, model: str, *rest: str) -> None:
    """Encode one text, or answer requests until the input ends."""
    passages, questions = (_library if kind == "library" else _compiled)(model)
    if rest:
        questions([_FIRST])
        return
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not land among the answers
    for line in sys.stdin:
        request = json.loads(line)
        answer = _answered(request, passages, questions)
        print(json.dumps(answer), file=answers, flush=True)


def _answered(request: dict[str, Any], passages: Any, questions: Any) -> dict[str, Any]:
    texts = json.loads(Path(request["texts"]).read_text("utf-8"))
    if request["do"] == "questions":
        return {"ms": [1000 * _seconds(questions, [text]) for text in texts]}
    if request["do"] == "save":
        import numpy as np

        np.save(request["to"], passages(texts))
        return {}
    return {"seconds": _seconds(passages, texts)}


def _seconds(encode: Any, texts: Sequence[str]) -> float:
    began = time.perf_counter()
    encode(texts)
    return time.perf_counter() - began


def _library(folder: str) -> tuple[Callable[[Sequence[str]], Any], Callable[[Sequence[str]], Any]]:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(folder)
    return model.encode, model.encode


def _compiled(file: str) -> tuple[Callable[[Sequence[str]], Any], Callable[[Sequence[str]], Any]]:
    from briefbot.embedding.compiled import CompiledEncoder
    from briefbot.settings import DEFAULT_MODEL

    encoder = CompiledEncoder(DEFAULT_MODEL, Path(file).read_bytes, identity="measured")
    return (lambda texts: encoder.encode_passages(texts, lambda _: None)), encoder.encode_questions


if __name__ == "__main__":
    main(*sys.argv[1:])
