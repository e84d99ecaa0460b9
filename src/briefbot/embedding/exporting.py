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

from briefbot.codes import BOUNDS, NUMBERS, WIDTH
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
    code_bytes: int
    question_prompt: str
    passage_prompt: str
    length: int


class _WithoutMask(torch.nn.Module):  # type: ignore[misc] # torch is not followed: it has no types to check
    """The whole model for texts of one length: their vectors, and those of their tokens before they are reduced."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = {"input_ids": input_ids}
        for module in self.model:
            features = module(features)
        return _of_length_1(features["sentence_embedding"]), _of_length_1(features["token_embeddings"])


class _Reduced(torch.nn.Module):  # type: ignore[misc] # torch is not followed: it has no types to check
    """The model with the vectors of tokens in fewer numbers, and once more in codes."""

    def __init__(self, whole: _WithoutMask, axes: torch.Tensor) -> None:
        super().__init__()
        self.whole, self.axes = whole, axes
        self.bounds = torch.tensor(BOUNDS) / axes.shape[1] ** 0.5
        self.digits = torch.tensor([1 << (2 * place) for place in range(NUMBERS)])

    def forward(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        vector, tokens = self.whole(input_ids)
        tokens = _of_length_1(tokens @ self.axes)
        above = sum((tokens > bound).to(torch.int32) for bound in self.bounds)
        codes = (above.reshape(*above.shape[:2], -1, NUMBERS) * self.digits).sum(-1)
        return vector, tokens, codes.to(torch.uint8)


def export(folder: Path, target: Path, samples: Sequence[str]) -> Exported:
    """Write the model in `folder` to `target` as ONNX, with full precision. Raises ModelError where that cannot be.

    What of the vectors of tokens is kept is learnt from the `samples`.
    """
    model = _loaded(folder)
    tokens = torch.tensor(model.tokenizer([_SAMPLE, _SAMPLE])["input_ids"])
    axes = {0: "n", 1: "length"}
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = _WithoutMask(model).eval()
        kept = _axes(whole, model, samples)
        torch.onnx.export(
            _Reduced(whole, kept).eval(),
            (tokens,),
            str(target),
            input_names=["input_ids"],
            output_names=["vector", "tokens", "codes"],
            dynamic_axes={"input_ids": axes, "vector": {0: "n"}, "tokens": axes, "codes": axes},
            dynamo=False,  # the newer way needs packages that are not needed for anything else
            opset_version=_OPSET,
        )
    question, passage = prompts_of(model)
    return Exported(
        tokenizer=model.tokenizer.backend_tokenizer.to_str(),
        dimensions=int(model.get_embedding_dimension()),
        code_bytes=kept.shape[1] // NUMBERS,
        question_prompt=question,
        passage_prompt=passage,
        length=int(model.max_seq_length),
    )


def _of_length_1(vectors: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.normalize(vectors, dim=-1)


def _axes(whole: _WithoutMask, model: Any, samples: Sequence[str]) -> torch.Tensor:
    """Return what the vectors of tokens are multiplied by: their principal axes, turned so that each says as much.

    Without the turn the first numbers would be large and the last small, and the same levels would suit none of them.
    """
    texts = [model.tokenizer(text, truncation=True, max_length=model.max_seq_length)["input_ids"] for text in samples]
    tokens = torch.cat([whole(torch.tensor([text]))[1][0] for text in texts])
    width = min(WIDTH, tokens.shape[1] // NUMBERS * NUMBERS)
    axes = torch.linalg.eigh(tokens.T.double() @ tokens.double()).eigenvectors[:, -width:]
    turn, _ = torch.linalg.qr(torch.randn(width, width, generator=torch.Generator().manual_seed(1)).double())
    return (axes @ turn).float()


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
