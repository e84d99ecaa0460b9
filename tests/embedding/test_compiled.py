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

from briefbot.codes import decoded
from briefbot.codes import encoded as codes_of
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


def test_codes_come_from_the_same_pass_for_the_pieces_of_a_text_alone() -> None:
    texts = ["Sheep graze on the hill.", "hill " * 300, ""]
    vectors, codes = encoder().encode_with_codes(texts, lambda _: None)
    assert [one.shape for one in codes] == [(7, 32), (254, 32), (0, 32)]
    assert vectors == pytest.approx(encoded(texts), abs=1e-6)


def test_the_pieces_of_a_question_are_what_its_codes_stand_for() -> None:
    texts = ["Where do sheep graze?", "hill " * 300]
    questions = encoder().encode_with_pieces(texts)
    _, codes = encoder().encode_with_codes(texts, lambda _: None)
    for question, text, its_codes in zip(questions, texts, codes, strict=True):
        assert question.vector == pytest.approx(encoded([text])[0], abs=1e-6)
        assert np.linalg.norm(question.pieces, axis=1) == pytest.approx(np.ones(len(its_codes)), abs=1e-5)
        assert (codes_of(question.pieces) == its_codes).mean() > 0.999  # a number may lie on a bound
    assert [texts[0][place:][:3] for place in questions[0].places] == ["Whe", "do ", "she", "gra", "e?", "?"]


def test_cosines_of_pieces_are_nearly_those_of_sentence_transformers() -> None:
    texts = sample_texts()[:2]
    whole = reference()._model.encode(texts, output_value="token_embeddings")
    ones = [np.asarray(tokens)[1:-1] / np.linalg.norm(tokens, axis=1, keepdims=True)[1:-1] for tokens in whole]
    _, codes = encoder().encode_with_codes([texts[1]], lambda _: None)
    ours = encoder().encode_with_pieces([texts[0]])[0].pieces @ decoded(codes[0]).T
    assert np.corrcoef(ours.ravel(), (ones[0] @ ones[1].T).ravel())[0, 1] > 0.9


def test_it_multiplies_bytes_but_for_what_values_are_weighed_by() -> None:
    nodes = onnx.load_from_string(bytes(encoder().compiled)).graph.node
    kinds = Counter(node.op_type for node in nodes)
    layers = kinds["Softmax"]
    # queries, keys, values, scores, output, two of the network; once, what reduces the vectors of pieces
    assert kinds["MatMulIntegerToFloat"] == 7 * layers + 1
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
