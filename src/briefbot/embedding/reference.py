"""The model as sentence-transformers itself runs it; the only door to sentence-transformers, transformers and torch.

Importing those takes seconds and hundreds of megabytes, so nothing is imported before the first text is encoded.
"""

from __future__ import annotations

import copy
import logging
import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from briefbot.embedding.models import PlainModel
from briefbot.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from briefbot.embedding.encoder import Vectors

_STEP = 64  # texts between two reports of progress
_BATCH = 8  # on a processor, small batches of like lengths were measured to be the fastest
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


class ReferenceEncoder(PlainModel):
    """An `Encoder` that runs a model with sentence-transformers on the processor."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return int(self._model.get_embedding_dimension())

    @cached_property
    def window(self) -> int:
        """How many word pieces of a text are read."""
        prompt = max(self.count([p for p in prompts_of(self._model) if p]), default=0)
        return int(self._model.max_seq_length) - len(self._model.tokenizer.encode("")) - prompt

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the number of word pieces of each text."""
        if not texts:
            return []
        pieces = self._counter(list(texts), add_special_tokens=False, verbose=False, truncation=False)
        return [len(ids) for ids in pieces["input_ids"]]

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return one vector a question."""
        return self._encoded(texts, self._model.encode_query)

    def encode_passages(self, texts: Sequence[str], done: Callable[[int], None]) -> Vectors:
        """Return one vector a text. Neighbours in length share a batch, so that little is computed for padding."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _STEP):
            chosen = order[start : start + _STEP]
            vectors[chosen] = self._encoded([texts[i] for i in chosen], self._model.encode_document)
            done(len(chosen))
        return vectors

    @cached_property
    def _counter(self) -> Any:
        """A tokenizer of its own: one that another thread encodes with may not be asked at the same time."""
        return copy.deepcopy(self._model.tokenizer)

    def _encoded(self, texts: Sequence[str], encode: Callable[..., Any]) -> Vectors:
        vectors = encode(
            list(texts),
            batch_size=_BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, np.float32).reshape(len(texts), self.dimensions)

    @cached_property
    def _model(self) -> Any:
        try:
            return load_model(self._folder)
        except (ImportError, OSError, ValueError, KeyError, RuntimeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ModelError(f"The model {self.name!r} in {self._folder} cannot be loaded: {reason}") from error


def load_model(folder: Path, **options: Any) -> Any:
    """Return the model as sentence-transformers loads it; `options` are transformers' own for a model."""
    os.environ.update(_OFFLINE)
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    return SentenceTransformer(
        str(folder),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True, **options},
    )


def prompts_of(model: Any) -> tuple[str, str]:
    """Return what a model wants in front of a question and of a passage, as its own encode functions choose it."""
    prompts = model.prompts or {}
    otherwise = prompts.get(model.default_prompt_name, "")
    passage = next((prompts[name] for name in ("document", "passage", "corpus") if name in prompts), otherwise)
    return prompts.get("query", otherwise) or "", passage or ""
