"""Where compiled models are kept for the next build, and how one gets there.

A model is compiled once for its weights and a precision. The file is named after both, so that it may be brought from
another machine. One that could not be compiled leaves a note with the reason instead, so that not every build tries.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from briefbot.embedding.models import model_folder, model_identity
from briefbot.errors import ModelError
from briefbot.packages import COMPILING, require_for_building

if TYPE_CHECKING:
    from collections.abc import Callable

RECIPE = 4  # raised when the same model begins to be compiled to something else
_CHECKSUM = 32  # bytes


def source_of(folder: Path, precision: str) -> str:
    """Return what a compiled model of `folder` is made from: the weights' hash, the precision, and how it is made."""
    return f"{model_identity(folder)} {precision} {RECIPE}"


def is_of(weights: str, model: str) -> bool:
    """Tell whether weights of that hash are those that a model's name stands for on this machine."""
    try:
        return weights == model_identity(model_folder(model))
    except ModelError:
        return False


def is_cached(source: str) -> bool:
    """Tell whether the compiled model of that source is kept here, undamaged."""
    return _cached(source) is not None


def cache_folder() -> Path:
    """Return the user's folder for what briefbot can make again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "briefbot"


def cached_file(source: str) -> Path:
    """Return where the compiled model of that source is kept, whether it is there or not."""
    weights, precision, _ = source.split()
    digest = hashlib.sha256(source.encode()).hexdigest()[:8]
    return cache_folder() / f"{weights[:16]}-{precision}-{digest}.model"


def refusal_file(source: str) -> Path:
    """Return where it is noted why a model cannot be compiled; without that file it is tried again."""
    return cached_file(source).with_suffix(".refused")


def compiled_model(folder: Path, precision: str, making: Callable[[], None] = lambda: None) -> bytes:
    """Return the compiled model of `folder`, from the cache or made now; `making` is called before it is made.

    Raises ModelError with the reason, and MissingPackages where nothing on this machine could make it.
    """
    source = source_of(folder, precision)
    if data := _cached(source):  # also where a refusal is noted: it may have been brought here since
        return data
    if refusal_file(source).exists():
        raise ModelError(refusal_file(source).read_text("utf-8").strip())
    require_for_building(COMPILING)
    making()
    return _compiled_now(folder, precision, source)


def _cached(source: str) -> bytes | None:
    """Return what the cache holds, unless it is damaged: its last bytes are the sha256 of the others."""
    try:
        data = cached_file(source).read_bytes()
    except OSError:
        return None
    model, checksum = data[:-_CHECKSUM], data[-_CHECKSUM:]
    return model if hashlib.sha256(model).digest() == checksum else None


def _compiled_now(folder: Path, precision: str, source: str) -> bytes:
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch, "model.onnx")
        command = ("-P", "-m", "briefbot.embedding.compiling", str(folder), precision, source, str(made))
        done = subprocess.run([sys.executable, *command], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode == 0:
            data = made.read_bytes()
            _keep(cached_file(source), data + hashlib.sha256(data).digest())
            return data
    reason = _last_line(done.stderr) or f"its compiler ended with exit code {done.returncode}"
    if done.returncode > 0:  # not where it was ended from outside, as by a machine short of memory
        _keep(refusal_file(source), f"{reason}\n".encode())
    raise ModelError(reason)


def _keep(path: Path, data: bytes) -> None:
    """Write a file in one step; where that cannot be, it is made again the next time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError:
        return


def _last_line(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("briefbot: ") if lines else ""
