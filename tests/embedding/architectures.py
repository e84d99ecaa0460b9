"""Small models of several architectures in sentence-transformers' form, with random weights and a real tokeniser."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

LENGTH = 128
_SIZE = {"vocab_size": 2000, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
_DEPTH = {"intermediate_size": 128, "max_position_embeddings": LENGTH + 12}
_MARKS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")

# name: transformer, its settings, tokeniser, pooling, prompts, the length after a last dense layer or None
ARCHITECTURES: dict[str, tuple[str, dict[str, int], str, str, dict[str, str], int | None]] = {
    "bert": ("Bert", _SIZE | _DEPTH, "wordpiece", "cls", {"query": "query: ", "document": "passage: "}, None),
    "mpnet": ("MPNet", _SIZE | _DEPTH | {"pad_token_id": 1}, "bpe", "mean", {}, 32),
    "xlm-roberta": ("XLMRoberta", _SIZE | _DEPTH | {"pad_token_id": 1}, "unigram", "max", {"query": "Q: "}, None),
    "qwen": ("Qwen2", _SIZE | _DEPTH | {"num_key_value_heads": 2}, "bpe", "lasttoken", {}, None),
}


def make_model(name: str, folder: Path, **pooling: Any) -> Path:
    """Write the model of that name and return its folder."""
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules as parts

    from briefbot.embedding.compiling import sample_texts

    kind, settings, tokens, mode, prompts, length = ARCHITECTURES[name]
    torch.manual_seed(0)
    transformer = getattr(transformers, f"{kind}Model")(getattr(transformers, f"{kind}Config")(**settings))
    with torch.no_grad():
        for weights in transformer.parameters():
            weights.mul_(3 if weights.ndim > 1 else 1)  # so that texts differ by more than rounding
    transformer.save_pretrained(folder / "parts")
    _tokenizer(tokens, sample_texts()).save_pretrained(folder / "parts")
    modules: list[Any] = [parts.Transformer(str(folder / "parts"), max_seq_length=LENGTH)]
    modules.append(parts.Pooling(settings["hidden_size"], pooling_mode=mode, **pooling))
    modules += [parts.Dense(settings["hidden_size"], length)] if length else []
    SentenceTransformer(modules=modules, device="cpu", prompts=prompts or None).save(str(folder / "model"))
    return folder / "model"


def _tokenizer(kind: str, texts: list[str]) -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    start, pad, end, unknown, mask = _MARKS
    special = list(_MARKS)
    if kind == "wordpiece":
        tokenizer = Tokenizer(models.WordPiece(unk_token=unknown))
        tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
        trainer: Any = trainers.WordPieceTrainer(vocab_size=2000, special_tokens=special)
    elif kind == "bpe":
        tokenizer = Tokenizer(models.BPE(unk_token=unknown))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        trainer = trainers.BpeTrainer(vocab_size=2000, special_tokens=special)
    else:
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.NFKC(), pre_tokenizers.Metaspace()
        trainer = trainers.UnigramTrainer(vocab_size=2000, special_tokens=special, unk_token=unknown)
    tokenizer.train_from_iterator(texts, trainer)
    ids = [(mark, tokenizer.token_to_id(mark)) for mark in (start, end)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{start} $A {end}", special_tokens=ids)
    names = {"unk_token": unknown, "pad_token": pad, "cls_token": start, "sep_token": end, "mask_token": mask}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=LENGTH, **names)
