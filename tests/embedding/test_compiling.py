"""A model of any architecture is compiled if it can be, agrees with sentence-transformers, and is kept in one step."""

from __future__ import annotations

import hashlib
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from tests.embedding.architectures import make_model

from briefbot.cli.encoders import building_encoder
from briefbot.doctor import doctor
from briefbot.embedding import cache, compiling
from briefbot.embedding.cache import cached_file, compiled_model, refusal_file, source_of
from briefbot.embedding.compiled import CompiledEncoder
from briefbot.embedding.compiling import sample_texts
from briefbot.embedding.reference import ReferenceEncoder
from briefbot.errors import ModelError
from briefbot.reports import Item
from briefbot.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


RUN = subprocess.run


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "briefbot"


def fake_model(folder: Path) -> Path:
    """Return a folder that looks like a model's, as long as nobody loads it."""
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    modules = '[{"type": "sentence_transformers.models.Transformer"}]'
    (folder / "modules.json").write_text(modules)
    return folder


def compiler_that(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Have the compiler be another program; `target` is where it is to write."""

    def run(command: list[str], **options: Any) -> Any:
        return RUN([command[0], "-c", f"import sys; target = sys.argv[1]; {program}", command[-1]], **options)

    monkeypatch.setattr(cache.subprocess, "run", run)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bert", "mpnet", "xlm-roberta"])
def test_models_of_other_architectures_poolings_and_prompts_are_compiled(
    name: str, tmp_path: Path, own_cache: Path
) -> None:
    folder = make_model(name, tmp_path)
    compiled = CompiledEncoder(name, lambda: compiled_model(folder, "int8"))
    reference = ReferenceEncoder(str(folder))
    texts = [text[:500] for text in sample_texts()[:12]]
    for ours, theirs in (
        (compiled.encode_passages(texts, lambda _: None), reference.encode_passages(texts, lambda _: None)),
        (compiled.encode_questions(texts), reference.encode_questions(texts)),
    ):
        assert (ours * theirs).sum(axis=1).min() > 0.999
    assert compiled.count(texts) == reference.count(texts)
    assert compiled.window == reference.window
    vectors, codes = compiled.encode_with_codes(texts, lambda _: None)
    assert vectors == pytest.approx(compiled.encode_passages(texts, lambda _: None), abs=1e-6)
    window = compiled.window  # leaves room for the longer of both prompts
    assert [min(len(one), window) for one in codes] == [min(count, window) for count in compiled.count(texts)]
    assert [path.suffix for path in own_cache.iterdir()] == [".model"]


@pytest.mark.slow
def test_a_model_for_which_bytes_are_too_coarse_keeps_its_precision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_model("bert", tmp_path)
    monkeypatch.setitem(compiling._LEAST, "int8", 1.1)
    encoder = CompiledEncoder("bert", lambda: compiling.compiled(folder, "int8", "a source"))
    assert encoder.model.facts.precision == "float32"
    assert encoder.encode_questions(["Where?"]).shape == (1, encoder.dimensions)


@pytest.mark.slow
def test_a_model_that_cannot_be_compiled_runs_plainly_and_doctor_says_how_to_mend_it(
    tmp_path: Path, own_cache: Path
) -> None:
    folder = make_model("qwen", tmp_path)
    settings = Settings(corpus=tmp_path, index=tmp_path / "index", model=str(folder))
    encoder, reason = building_encoder(settings, anew=False)
    assert isinstance(encoder, ReferenceEncoder)
    assert reason
    assert "aten::diff" in reason
    assert encoder.encode_questions(["Where?"]).shape == (1, 64)
    found = next(item for item in doctor(settings, {}).items if item.name == "encoder")
    source = source_of(folder, "int8")
    file = cached_file(source)
    assert found == Item(
        "encoder",
        "warn",
        f"the model runs without being compiled, which is slower: {reason}",
        f"bring the compiled one from a machine that could make it (scp OTHER:.cache/briefbot/{file.name} {file}), "
        f"or try again: rm {refusal_file(source)}, and then in either case: briefbot build --full",
    )


@pytest.mark.slow
def test_pooling_that_passes_over_the_prompt_is_refused(tmp_path: Path, own_cache: Path) -> None:
    folder = make_model("bert", tmp_path, include_prompt=False)
    with pytest.raises(ModelError, match="its pooling passes over the prompt"):
        compiled_model(folder, "int8")


def test_a_compiled_model_is_kept_and_not_made_again(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fake_model(tmp_path / "model")
    compiler_that(monkeypatch, "open(target, 'wb').write(b'made once')")
    assert compiled_model(folder, "int8") == b"made once"
    compiler_that(monkeypatch, "sys.exit('may not be called')")
    assert compiled_model(folder, "int8") == b"made once"
    assert len(list(own_cache.iterdir())) == 1


def test_its_name_tells_weights_and_precision_apart(tmp_path: Path, own_cache: Path) -> None:
    folder = fake_model(tmp_path / "model")
    names = [cached_file(source_of(folder, precision)).name for precision in ("int8", "float32")]
    other = fake_model(tmp_path / "other")
    (other / "model.safetensors").write_bytes(b"others")
    assert len({*names, cached_file(source_of(other, "int8")).name}) == 3
    assert names[0].startswith(f"{source_of(folder, 'int8')[:16]}-int8-")


def test_a_damaged_file_is_made_again(tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fake_model(tmp_path / "model")
    compiler_that(monkeypatch, "open(target, 'wb').write(b'sound')")
    compiled_model(folder, "int8")
    file = cached_file(source_of(folder, "int8"))
    file.write_bytes(b"s0und" + file.read_bytes()[5:])
    assert compiled_model(folder, "int8") == b"sound"
    assert file.read_bytes() == b"sound" + hashlib.sha256(b"sound").digest()


def test_a_refusal_is_noted_with_its_reason_and_not_tried_again(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fake_model(tmp_path / "model")
    compiler_that(monkeypatch, "sys.exit('briefbot: its tokeniser has no fast form')")
    for _ in range(2):
        with pytest.raises(ModelError, match=r"^its tokeniser has no fast form$"):
            compiled_model(folder, "int8")
        compiler_that(monkeypatch, "open(target, 'wb').write(b'may not be called')")
    refusal_file(source_of(folder, "int8")).unlink()
    assert compiled_model(folder, "int8") == b"may not be called"


def test_a_compiler_that_was_killed_is_tried_again(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fake_model(tmp_path / "model")
    compiler_that(monkeypatch, "import os; os.kill(os.getpid(), 9)")
    with pytest.raises(ModelError, match="its compiler ended with exit code -9"):
        compiled_model(folder, "int8")
    assert not own_cache.exists()


def test_where_nothing_can_be_kept_the_model_is_compiled_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    compiler_that(monkeypatch, "open(target, 'wb').write(b'made')")
    assert compiled_model(fake_model(tmp_path / "model"), "int8") == b"made"
