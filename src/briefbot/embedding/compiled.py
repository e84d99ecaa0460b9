"""A model that was compiled for ONNX Runtime: encodes without torch; the only door to onnxruntime and tokenizers.

A compiled model is one file: the graph, and as its metadata the tokeniser, the prompts, and the vectors of a few probe
texts. Texts are never padded: a batch holds texts of one length, so that a text's vector does not depend on the others.
This module knows how such a file is run and verified. It refuses to know how it is made and where it is kept.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from briefbot.embedding.encoder import EncodedQuestion
from briefbot.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from briefbot.codes import Codes
    from briefbot.embedding.encoder import Vectors

FORM = 2  # raised when the file begins to hold something else
_FACTS = "briefbot"  # the name of the facts in the file's metadata
_TOKENIZER = "tokenizer"
_TOKENS = 256  # a run's, of several texts of one length; more than one long text at once was measured to gain nothing
_PROVIDERS = ["CPUExecutionProvider"]
_AGREES = 0.999  # cosine: kernels of other processors round differently, by far less than this


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a compiled model says of itself.

    `source` names what it was made from and how; `length` is how many tokens a text may have, the model's own marks
    included; `agreement` is the least cosine between its vectors and those of sentence-transformers that was met.
    `probes` are texts with the vector that it made of each where it was compiled.
    """

    source: str
    precision: str
    length: int
    dimensions: int
    code_bytes: int
    question_prompt: str
    passage_prompt: str
    agreement: float
    probes: tuple[tuple[str, str], ...] = ()

    def metadata(self, tokenizer: str) -> dict[str, str]:
        """Return the metadata of a file."""
        return {_FACTS: json.dumps({"form": FORM} | asdict(self), ensure_ascii=False), _TOKENIZER: tokenizer}


def probe_of(text: str, vector: Vectors) -> tuple[str, str]:
    """Return a probe for `ModelFacts`."""
    return text, base64.b64encode(np.asarray(vector, np.float32).tobytes()).decode("ascii")


class CompiledEncoder:
    """An `Encoder` for a compiled model, for any number of threads; the model is read when it is first needed.

    `read` returns the file's bytes and `identity` is their hash, where that is known already. Before its first use the
    model is verified on this machine. Raises ModelError then.
    """

    def __init__(self, name: str, read: Callable[[], bytes | memoryview], *, identity: str | None = None) -> None:
        self.name = name
        self._read = read
        self._identity = identity
        self._lock = threading.Lock()

    @cached_property
    def identity(self) -> str:
        """A hash of the compiled model."""
        return self._identity or hashlib.sha256(self._read()).hexdigest()

    @property
    def source(self) -> str:
        """What the compiled model was made from."""
        return self.model.facts.source

    @property
    def compiled(self) -> bytes | memoryview:
        """The compiled model."""
        return self._read()

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return self.model.facts.dimensions

    @property
    def code_bytes(self) -> int:
        """How many bytes keep the vector of one word piece."""
        return self.model.facts.code_bytes

    @cached_property
    def window(self) -> int:
        """How many word pieces of a text are read."""
        facts = self.model.facts
        return self.model.room - max(self.count([facts.question_prompt, facts.passage_prompt]))

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the number of word pieces of each text."""
        return [len(pieces) for pieces in self.model.pieces(texts)]

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return one vector a question."""
        prompt = self.model.facts.question_prompt
        return self.model.encode([prompt + text for text in texts], lambda _: None)

    def encode_passages(self, texts: Sequence[str], done: Callable[[int], None]) -> Vectors:
        """Return one vector a text."""
        prompt = self.model.facts.passage_prompt
        return self.model.encode([prompt + text for text in texts], done)

    def encode_with_pieces(self, texts: Sequence[str]) -> list[EncodedQuestion]:
        """Return each question's vector together with those of its word pieces."""
        return self.model.encode_with_pieces(self.model.facts.question_prompt, texts)

    def encode_with_codes(self, texts: Sequence[str], done: Callable[[int], None]) -> tuple[Vectors, list[Codes]]:
        """Return one vector a text and, from the same pass, the codes of its word pieces."""
        prompt = self.model.facts.passage_prompt
        return self.model.encode_with_codes(prompt, texts, done)

    @property
    def model(self) -> CompiledModel:
        """The model itself, read and verified once."""
        with self._lock:
            return self._model

    @cached_property
    def _model(self) -> CompiledModel:
        model = CompiledModel(self._read())
        if (least := model.agreement()) < _AGREES:
            raise ModelError(
                f"The compiled model of {self.name!r} computes something else on this machine than where it was made "
                f"(cosine {least:.4f}); build the index on this machine: briefbot build --full"
            )
        return model


class CompiledModel:
    """A compiled model, read. Raises ModelError where the bytes are none of this form."""

    def __init__(self, compiled: bytes | memoryview) -> None:
        self._session = _session(compiled)
        metadata = self._session.get_modelmeta().custom_metadata_map
        self.facts = _facts(metadata)
        self._tokenizer = _tokenizer(metadata[_TOKENIZER])
        self._marks = self._own_marks()

    @property
    def room(self) -> int:
        """How many word pieces fit between the model's own marks."""
        return self.facts.length - sum(map(len, self._marks))

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the word pieces of each text, all of them, without the model's own marks."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return what the graph reads of each text: its word pieces, as far as there is room, between the marks."""
        before, after = self._marks
        return [[*before, *pieces[: self.room], *after] for pieces in self.pieces(texts)]

    def encode(self, texts: Sequence[str], done: Callable[[int], None]) -> Vectors:
        """Return one vector a text."""
        vectors = np.empty((len(texts), self.facts.dimensions), np.float32)

        def take(batch: list[int], values: list[Any]) -> None:
            vectors[batch] = values[0]

        self._run_all(["vector"], self.tokens(texts), take, done)
        return vectors

    def encode_with_codes(
        self, prompt: str, texts: Sequence[str], done: Callable[[int], None]
    ) -> tuple[Vectors, list[Codes]]:
        """Return one vector a text, and the codes of its word pieces without those of the prompt."""
        vectors, first = np.empty((len(texts), self.facts.dimensions), np.float32), self._first(prompt)
        codes: list[Codes] = [np.empty((0, self.facts.code_bytes), np.uint8)] * len(texts)

        def take(batch: list[int], values: list[Any]) -> None:
            vectors[batch] = values[0]
            for place, its_codes in zip(batch, values[1], strict=True):
                codes[place] = its_codes[first : len(its_codes) - len(self._marks[1])]

        self._run_all(["vector", "codes"], self.tokens([prompt + text for text in texts]), take, done)
        return vectors, codes

    def encode_with_pieces(self, prompt: str, texts: Sequence[str]) -> list[EncodedQuestion]:
        """Return each text's vector, and those of its word pieces without those of the prompt."""
        before, after = self._marks
        encodings = self._tokenizer.encode_batch([prompt + text for text in texts], add_special_tokens=False)
        rows = [[*before, *encoding.ids[: self.room], *after] for encoding in encodings]
        first, found = self._first(prompt), dict[int, EncodedQuestion]()

        def take(batch: list[int], values: list[Any]) -> None:
            for place, vector, tokens in zip(batch, *values, strict=True):
                pieces = tokens[first : len(tokens) - len(after)]
                starts = [start for start, _ in encodings[place].offsets[first - len(before) :]]
                places = np.array(starts[: len(pieces)], np.int64) - len(prompt)
                found[place] = EncodedQuestion(vector, pieces, places)

        self._run_all(["vector", "tokens"], rows, take, lambda _: None)
        return [found[place] for place in range(len(texts))]

    def agreement(self) -> float:
        """Return the least cosine between the vectors of the probes here and where the model was compiled."""
        texts = [text for text, _ in self.facts.probes]
        if not texts:
            return 1.0
        known = np.array([np.frombuffer(base64.b64decode(data), np.float32) for _, data in self.facts.probes])
        return float((self.encode(texts, lambda _: None) * known).sum(axis=1).min())

    def _first(self, prompt: str) -> int:
        """Return how many tokens stand in front of a text's own."""
        return len(self._marks[0]) + (len(self.pieces([prompt])[0]) if prompt else 0)

    def _run_all(
        self,
        outputs: list[str],
        rows: Sequence[list[int]],
        take: Callable[[list[int], list[Any]], None],
        done: Callable[[int], None],
    ) -> None:
        """Run texts, on all cores where there is more than one batch; `take` is given each batch's places and values.

        Each place is in one batch, so that several may be taken at once.
        """

        def run(batch: list[int]) -> int:
            take(batch, self._run(outputs, [rows[i] for i in batch]))
            return len(batch)

        batches = list(_batches(rows))
        for count in self._pool.map(run, batches) if len(batches) > 1 else map(run, batches):
            done(count)

    def _run(self, outputs: list[str], rows: list[list[int]]) -> list[Any]:
        try:
            outcome: list[Any] = self._session.run(outputs, {"input_ids": np.array(rows, np.int64)})
        except Exception as error:
            raise ModelError(f"The compiled model failed: {error}") from error
        return outcome

    def _own_marks(self) -> tuple[list[int], list[int]]:
        """Return the marks that the model puts in front of a text and behind it."""
        bare = self._tokenizer.encode("a", add_special_tokens=False).ids
        whole = self._tokenizer.encode("a").ids
        start = next(i for i in range(len(whole)) if whole[i : i + len(bare)] == bare)
        return whole[:start], whole[start + len(bare) :]

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(cores(), "encoder")


def cores() -> int:
    """Return how many processor cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


def optimise(source: Path, target: Path, *, thoroughly: bool) -> None:
    """Write a graph with its constants folded, and `thoroughly` also with operators joined."""
    onnxruntime = _runtime()
    options, level = _options(), onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = level.ORT_ENABLE_EXTENDED if thoroughly else level.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(target)
    onnxruntime.InferenceSession(str(source), options, providers=_PROVIDERS)


def run_graph(path: Path, outputs: list[str], rows: Iterable[list[int]]) -> Iterator[list[Vectors]]:
    """Yield the values of a graph's outputs for each row of tokens."""
    session = _runtime().InferenceSession(str(path), _options(), providers=_PROVIDERS)
    for row in rows:
        yield session.run(outputs, {"input_ids": np.array([row], np.int64)})


def _runtime() -> Any:
    """Return onnxruntime, imported when it is first needed, and silent: what it has to say reaches us as errors."""
    import onnxruntime

    onnxruntime.set_default_logger_severity(4)
    return onnxruntime


def _options() -> Any:
    options = _runtime().SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # whole texts side by side share no work
    options.log_severity_level = 4
    return options


def _session(compiled: bytes | memoryview) -> Any:
    onnxruntime, options = _runtime(), _options()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL  # done when it was compiled
    try:
        return onnxruntime.InferenceSession(bytes(compiled), options, providers=_PROVIDERS)
    except Exception as error:
        raise ModelError(
            f"The compiled model cannot be loaded: {error}; build the index again: briefbot build"
        ) from error


def _facts(metadata: dict[str, str]) -> ModelFacts:
    try:
        facts = json.loads(metadata[_FACTS])
        form = facts.pop("form")
        probes = tuple((text, data) for text, data in facts.pop("probes"))
        if form == FORM:
            return ModelFacts(**facts, probes=probes)
    except (KeyError, TypeError, ValueError):
        form = "unknown"
    raise ModelError(
        f"The compiled model is of the form {form}, which is not read; build the index again: briefbot build"
    )


def _tokenizer(text: str) -> Any:
    from tokenizers import Tokenizer

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # waking threads costs more than a question
    tokenizer = Tokenizer.from_str(text)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _batches(rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the places of rows of one length, as many as are run at once, the longest first."""
    by_length = defaultdict[int, list[int]](list)
    for place, row in enumerate(rows):
        by_length[len(row)].append(place)
    for length in sorted(by_length, reverse=True):
        places, most = by_length[length], max(1, _TOKENS // max(1, length))
        for start in range(0, len(places), most):
            yield places[start : start + most]
