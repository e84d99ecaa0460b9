"""The real model, as it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from briefbot.embedding.reference import ReferenceEncoder
from briefbot.errors import ModelError
from briefbot.settings import DEFAULT_MODEL

pytestmark = pytest.mark.slow

OFFLINE = """
import socket, sys

def refuse(*args, **kwargs):
    print("opened a socket:", args, file=sys.stderr)
    raise SystemExit(3)

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = socket.create_connection = refuse

from pathlib import Path
from briefbot.answering import ask, open_library
from briefbot.building import BuildOptions, build
from briefbot.building.preparing import Tools
from briefbot.embedding.reference import ReferenceEncoder
from briefbot.index.disk import Disk
from briefbot.index.store import open_current
from briefbot.model import Question, Scope
from briefbot.search.sources import DenseSource, LexicalSource
from briefbot.settings import Settings
from tests.fakes import no_bars

settings = Settings(corpus=Path("corpus"), index=Path("index"))
encoder = ReferenceEncoder(settings.model)
build(Tools(settings, Disk(settings.index), encoder, no_bars), BuildOptions())
with open_current(settings.index) as generation:
    library = open_library(generation, encoder, [DenseSource(generation), LexicalSource(generation)], ())
    answer = ask(Question("Where did Kim Jong Un meet Vladimir Putin?", Scope.everything(), k=1), library)
print(answer.answered, answer.excerpts[0].text)
"""


@pytest.fixture(scope="module")
def encoder() -> ReferenceEncoder:
    return ReferenceEncoder(DEFAULT_MODEL)


def encoded(encoder: ReferenceEncoder, *texts: str) -> np.ndarray:
    return encoder.encode_passages(texts, lambda _: None)


def test_the_shape_of_the_model_is_known(encoder: ReferenceEncoder) -> None:
    assert (encoder.dimensions, encoder.window, len(encoder.identity)) == (384, 254, 64)


@pytest.mark.parametrize(
    ("one", "other", "cosine"),
    [
        ("The cat sits outside.", "The cat sits outside.", 1.0),
        ("That is a happy person", "That is a happy dog", 0.6945),
        ("That is a happy person", "That is a very happy person", 0.9430),
        ("That is a happy person", "Today is a sunny day", 0.2569),
    ],
)
def test_cosines_are_those_that_the_model_is_known_for(
    encoder: ReferenceEncoder, one: str, other: str, cosine: float
) -> None:
    first, second = encoded(encoder, one, other)
    assert float(first @ second) == pytest.approx(cosine, abs=1e-3)


def test_vectors_have_length_one_and_the_order_of_the_texts(encoder: ReferenceEncoder) -> None:
    texts = ["short", "a much longer text than the first " * 9, "of middling length"]
    done: list[int] = []
    together = encoder.encode_passages(texts, done.append)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx([1, 1, 1], abs=1e-6)
    assert together == pytest.approx(np.concatenate([encoded(encoder, text) for text in texts]), abs=1e-5)
    assert encoder.encode_questions(texts) == pytest.approx(together, abs=1e-5)
    assert sum(done) == 3


def test_no_texts_have_no_vectors(encoder: ReferenceEncoder) -> None:
    assert encoded(encoder).shape == encoder.encode_questions([]).shape == (0, 384)
    assert encoder.count([]) == []


def test_word_pieces_are_counted_without_the_models_own_marks(encoder: ReferenceEncoder) -> None:
    assert encoder.count(["", "the cat", "Vostochny", "the " * 600]) == [0, 2, 4, 600]


def test_what_is_beyond_the_window_is_not_read(encoder: ReferenceEncoder) -> None:
    full, beyond, within = encoded(encoder, "the " * 254, "the " * 254 + "cat", "the " * 253 + "cat")
    assert float(full @ beyond) == pytest.approx(1, abs=1e-6)
    assert float(full @ within) < 0.999


def test_a_model_that_cannot_be_loaded_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    (tmp_path / "modules.json").write_text(
        '[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]'
    )
    with pytest.raises(ModelError, match=r"^The model '.*' in .* cannot be loaded: .+") as error:
        _ = ReferenceEncoder(str(tmp_path)).window
    assert "\n" not in str(error.value)


def test_building_and_asking_open_no_socket(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    passage = "Kim Jong Un and Vladimir Putin met at the Vostochny Cosmodrome in the Far East of Russia."
    (tmp_path / "corpus" / "visit.txt").write_text(f"{passage}\n\nThe canteen serves soup on Mondays.")
    root = str(Path(__file__).parents[2])
    found = subprocess.run(
        [sys.executable, "-c", OFFLINE],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stdout) == (0, f"True {passage}\n"), found.stderr
