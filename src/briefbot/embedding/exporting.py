"""From a sentence-transformers model to a plain ONNX graph, the second door to torch.

Every text goes through the graph without padding, so it needs no mask: a batch holds texts of one length. What the
graph cannot express, such as pooling that passes over the prompt, is refused here.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from briefbot.embedding.reference import load_model, prompts_of
from briefbot.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from briefbot.embedding.encoder import Vectors

_OPSET = 20
_SAMPLE = "A sentence for the tracer."


@dataclass(frozen=True, slots=True)
class Exported:
    """What of a model is not in its graph; `tokenizer` is JSON, `length` how many tokens of a text are read."""

    tokenizer: str
    dimensions: int
    question_prompt: str
    passage_prompt: str
    length: int


class _WithoutMask(torch.nn.Module):  # type: ignore[misc] # torch is not followed: it has no types to check
    """The whole model for texts of one length: their vectors, of length 1, and those of their tokens."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = {"input_ids": input_ids}
        for module in self.model:
            features = module(features)
        return torch.nn.functional.normalize(features["sentence_embedding"], dim=-1), features["token_embeddings"]


def export(folder: Path, target: Path) -> Exported:
    """Write the model in `folder` to `target` as ONNX, with full precision. Raises ModelError where that cannot be."""
    model = _loaded(folder)
    tokens = torch.tensor(model.tokenizer([_SAMPLE, _SAMPLE])["input_ids"])
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _WithoutMask(model).eval(),
            (tokens,),
            str(target),
            input_names=["input_ids"],
            output_names=["vector", "tokens"],
            dynamic_axes={"input_ids": {0: "n", 1: "length"}, "vector": {0: "n"}, "tokens": {0: "n", 1: "length"}},
            dynamo=False,  # the newer way needs packages that are not needed for anything else
            opset_version=_OPSET,
        )
    question, passage = prompts_of(model)
    return Exported(
        tokenizer=model.tokenizer.backend_tokenizer.to_str(),
        dimensions=int(model.get_embedding_dimension()),
        question_prompt=question,
        passage_prompt=passage,
        length=int(model.max_seq_length),
    )


def reference_vectors(folder: Path, texts: Sequence[str]) -> Vectors:
    """Return what sentence-transformers itself makes of passages, one vector a text."""
    vectors = load_model(folder).encode_document(list(texts), normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(vectors, np.float32)


def _loaded(folder: Path) -> Any:
    model = load_model(folder, attn_implementation="eager")
    if not hasattr(model.tokenizer, "backend_tokenizer"):
        raise ModelError("its tokeniser has no fast form")
    if any(prompts_of(model)) and any(not getattr(module, "include_prompt", True) for module in model):
        raise ModelError("its pooling passes over the prompt")
    return model
