"""A compiled model makes the vectors of sentence-transformers, without it, and whatever a text is encoded with."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest

from briefbot.embedding.cache import compiled_model
from briefbot.embedding.compiled import CompiledEncoder, CompiledModel
from briefbot.embedding.compiling import sample_texts
from briefbot.embedding.models import model_folder
from briefbot.embedding.reference import ReferenceEncoder
from briefbot.errors import ModelError
from briefbot.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from pathlib import Path

    from briefbot.embedding.encoder import Vectors


@cache
def encoder() -> CompiledEncoder:
    return CompiledEncoder(DEFAULT_MODEL, lambda: compiled_model(model_folder(DEFAULT_MODEL), "int8"))


@cache
def reference() -> ReferenceEncoder:
    return ReferenceEncoder(DEFAULT_MODEL)


def encoded(texts: list[str]) -> Vectors:
    return encoder().encode_passages(texts, lambda _: None)


def texts_of_all_lengths() -> list[str]:
    """Return pieces of real texts, from one word to beyond the window, in no order of length."""
    chance, words = random.Random(7), " ".join(sample_texts()).split()
    lengths = [1, 1, 2, 3, 5, 8, 8, 8, 13, 21, 21, 34, 55, 89, 144, 200, 200, 233, 300, 400]
    starts = [chance.randrange(len(words) - length) for length in lengths]
    texts = [" ".join(words[start : start + length]) for start, length in zip(starts, lengths, strict=True)]
    chance.shuffle(texts)
    return texts


def test_its_vectors_are_those_of_sentence_transformers_and_of_length_one() -> None:
    texts = [*texts_of_all_lengths(), "", " ", "🦔", "漢字とかな", "a" * 5_000]
    ours, theirs = encoded(texts), reference().encode_passages(texts, lambda _: None)
    agreement = (ours * theirs).sum(axis=1)
    assert (agreement.min() > 0.97, agreement[:20].mean() > 0.995) == (True, True)
    assert np.linalg.norm(ours, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_a_text_has_the_same_vector_alone_and_among_any_others(seed: int) -> None:
    texts = texts_of_all_lengths()
    alone = np.concatenate([encoded([text]) for text in texts])
    chance = random.Random(seed)
    order = chance.choices(range(len(texts)), k=60)  # some of them several times, so that batches of one length form
    together = encoded([texts[i] for i in order])
    assert (together * alone[order]).sum(axis=1).min() >= 0.9999


def test_a_question_has_the_vector_of_the_same_passage_for_a_model_without_prompts() -> None:
    questions = ["Where did they meet?", "grain"]
    assert encoder().encode_questions(questions) == pytest.approx(encoded(questions), abs=1e-6)


def test_word_pieces_and_window_are_those_of_sentence_transformers() -> None:
    texts = [*texts_of_all_lengths(), "", "naïve Straße 平壤"]
    assert encoder().count(texts) == reference().count(texts)
    assert (encoder().window, encoder().dimensions) == (reference().window, reference().dimensions)


def test_what_is_beyond_the_window_is_not_read() -> None:
    text = "hill " * 254
    assert encoded([text]) == pytest.approx(encoded([f"{text} and a sheep"]), abs=1e-6)


def test_no_texts_have_no_vectors() -> None:
    assert encoded([]).shape == (0, 384)


def test_progress_counts_every_text() -> None:
    told = list[int]()
    encoder().encode_passages(texts_of_all_lengths(), told.append)
    assert sum(told) == 20


def test_the_vectors_of_tokens_come_from_the_same_pass() -> None:
    texts = ["Sheep graze on the hill.", "hill " * 300]
    found = encoder().encode_tokens(texts)
    assert [tokens.shape for _, tokens in found] == [(9, 384), (256, 384)]
    assert np.array([vector for vector, _ in found]) == pytest.approx(encoded(texts), abs=1e-6)
    mean = found[0][1].mean(axis=0)
    assert mean / np.linalg.norm(mean) == pytest.approx(found[0][0], abs=1e-5)  # this model's pooling


def test_it_multiplies_bytes_but_for_what_values_are_weighed_by() -> None:
    nodes = onnx.load_from_string(bytes(encoder().compiled)).graph.node
    kinds = Counter(node.op_type for node in nodes)
    layers = kinds["Softmax"]
    assert kinds["MatMulIntegerToFloat"] == 7 * layers  # queries, keys, values, scores, output, two of the network
    assert (kinds["MatMul"], kinds["FusedMatMul"], kinds["Gemm"]) == (layers, 0, 0)


def test_it_says_what_it_is() -> None:
    facts = encoder().model.facts
    assert (facts.precision, facts.dimensions, facts.length) == ("int8", 384, 256)
    assert facts.agreement > 0.97
    assert len(facts.probes) == 3
    assert encoder().source == facts.source
    assert len(encoder().identity) == 64


def test_another_file_is_refused() -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        _ = CompiledEncoder("any", lambda: b"this is no model").dimensions


def test_a_model_that_computes_something_else_here_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CompiledModel, "agreement", lambda _: 0.71)
    other = CompiledEncoder(DEFAULT_MODEL, encoder()._read)
    with pytest.raises(ModelError, match=r"something else on this machine .* \(cosine 0\.7100\); .* build --full"):
        other.encode_questions(["Where?"])


def test_a_probe_with_another_vector_does_not_agree() -> None:
    (_, first), (_, second), _ = encoder().model.facts.probes
    changed = bytes(encoder().compiled).replace(first.encode(), second.encode())
    assert CompiledModel(changed).agreement() < 0.9


_ENCODE = """
import sys
from pathlib import Path
from briefbot.embedding.compiled import CompiledEncoder
print(CompiledEncoder("a model", Path(sys.argv[1]).read_bytes).encode_questions(["Where?"]).shape)
"""


def test_nothing_of_what_the_runtime_counts_is_kept_or_sent(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(compiled_model(model_folder(DEFAULT_MODEL), "int8"))
    home = tmp_path / "home"
    home.mkdir()
    settings = ("HOME", "XDG_CACHE_HOME", "ORT_DISABLE_TELEMETRY", "TMPDIR")
    environment = {name: value for name, value in os.environ.items() if name not in settings}
    command = (sys.executable, "-c", _ENCODE, str(tmp_path / "model"))
    done = subprocess.run(command, env=environment | {"HOME": str(home)}, check=True, capture_output=True)
    assert done.stdout.startswith(b"(1, ")
    assert list(home.rglob("*")) == []  # its device's name and what is still to be sent would be below .cache
