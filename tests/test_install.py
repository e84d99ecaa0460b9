"""The set-up's decisions, made with a real pip, real wheels (tiny ones), a real HTTP server and real folders."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import sys
import threading
import tomllib
import zipfile
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[1]


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


install = tool("install")
lock = tool("lock")


@pytest.fixture(autouse=True)
def _pip_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this machine's indexes and proxies out of the tests."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def only_wheels_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))


# Which Python


def test_a_python_that_is_too_old_is_told_what_to_do() -> None:
    with pytest.raises(install.SetupError) as refusal:
        install.refuse_unfit_python((3, 10, 13), has_pip=True)
    assert str(refusal.value) == (
        "briefbot needs Python 3.11 or newer and this is 3.10.13. Install a newer one, "
        "or name it: make PYTHON=/path/to/python3.12 followed by what you wanted to make."
    )


def test_a_python_without_pip_names_the_debian_package_of_its_own_version() -> None:
    with pytest.raises(install.SetupError) as refusal:
        install.refuse_unfit_python((3, 12, 1), has_pip=False)
    assert str(refusal.value) == (
        "this Python cannot make virtual environments. On Debian and Ubuntu: sudo apt install python3.12-venv"
    )


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 2), (4, 0, 0)])
def test_a_newer_python_is_taken(version: tuple[int, ...]) -> None:
    install.refuse_unfit_python(version, has_pip=True)


def test_an_old_python_can_read_as_far_as_its_refusal() -> None:
    ast.parse((ROOT / "tools" / "install.py").read_text("utf-8"), feature_version=(3, 8))


# What the ordinary index would bring


def wheel(folder: Path, name: str, version: str, *requires: str) -> None:
    """Write the smallest wheel that pip takes for a package."""
    stem = f"{name.replace('-', '_')}-{version}"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{stem}.dist-info/METADATA", "\n".join(lines) + "\n")
        archive.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{stem}.dist-info/RECORD", "")


def would_bring(folder: Path, monkeypatch: pytest.MonkeyPatch, *wanted: str) -> dict[str, str]:
    only_wheels_of(folder, monkeypatch)
    dry_run = ("install", "--dry-run", "--ignore-installed", "--report", "-", "torch==2.13.0")
    found: dict[str, str] = install.packages(install.pip(Path(sys.prefix), *dry_run, *wanted))
    return found


def test_an_index_that_would_bring_nvidia_packages_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel(tmp_path, "torch", "2.13.0", "nvidia-cublas", "nvidia-cudnn-cu13", "triton", "Jinja2")
    wheel(tmp_path, "nvidia-cublas", "13.1.1.3")
    wheel(tmp_path, "nvidia-cudnn-cu13", "9.20.0.48", "cuda-toolkit")
    wheel(tmp_path, "cuda-toolkit", "13.0.3.0")
    wheel(tmp_path, "triton", "3.7.1")
    wheel(tmp_path, "Jinja2", "3.1.6")
    found = would_bring(tmp_path, monkeypatch)
    assert found == {
        "torch": "2.13.0",
        "nvidia-cublas": "13.1.1.3",
        "nvidia-cudnn-cu13": "9.20.0.48",
        "cuda-toolkit": "13.0.3.0",
        "triton": "3.7.1",
        "jinja2": "3.1.6",
    }
    with pytest.raises(install.SetupError) as refusal:
        install.refuse_nvidia(found)
    assert str(refusal.value) == (
        "the ordinary package index would bring gigabytes for NVIDIA processors "
        "(cuda-toolkit, nvidia-cublas, nvidia-cudnn-cu13 ...). Make https://download.pytorch.org/whl/cpu reachable "
        "from here and run the same command again, or accept them by adding CUDA=1 to it."
    )


def test_an_index_that_has_a_build_for_plain_processors_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(tmp_path, "torch", "2.13.0", "nvidia-cublas")
    wheel(tmp_path, "torch", "2.13.0+cpu", "Jinja2")
    wheel(tmp_path, "Jinja2", "3.1.6")
    found = would_bring(tmp_path, monkeypatch)
    assert found == {"torch": "2.13.0+cpu", "jinja2": "3.1.6"}
    install.refuse_nvidia(found)


def test_the_project_itself_is_not_one_of_its_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel(tmp_path, "torch", "2.13.0")
    wheel(tmp_path, "briefbot", "0.1.0", "torch")
    found = would_bring(tmp_path, monkeypatch, str(tmp_path / "briefbot-0.1.0-py3-none-any.whl"))
    assert found == {"torch": "2.13.0"}


def test_pip_that_fails_stops_the_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(install.SetupError, match="pip failed, and its reason stands above"):
        would_bring(tmp_path, monkeypatch)


@pytest.mark.parametrize("name", ["nvidia-cublas", "nvidia-nccl-cu13", "cuda-bindings", "triton"])
def test_packages_for_nvidia_are_known_by_name(name: str) -> None:
    assert install.from_nvidia({name: "1", "torch": "2.13.0"}) == [name]


@pytest.mark.parametrize("name", ["numpy", "tritonclient", "barracuda-x", "cudatext", "my-nvidia-x"])
def test_other_packages_are_not_taken_for_nvidias(name: str) -> None:
    assert install.from_nvidia({name: "1"}) == []


# Where PyTorch comes from


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """Serve a package index that holds PyTorch for plain processors; return its address."""
    folder = tmp_path / "served" / "torch"
    folder.mkdir(parents=True)
    wheel(folder, "torch", "2.13.0+cpu", "Jinja2")
    with HTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder.parent))) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def nobody() -> str:
    """Return the address of an index that is no longer there."""
    with HTTPServer(("127.0.0.1", 0), Quiet) as server:
        return f"http://127.0.0.1:{server.server_port}"


def test_an_index_that_answers_is_used(index: str) -> None:
    install.probe(index)


def test_an_index_that_answers_with_an_error_is_not_used(index: str) -> None:
    with pytest.raises(OSError, match="404"):
        install.probe(f"{index}/gone")


def test_an_index_that_is_not_there_is_not_used(nobody: str) -> None:
    with pytest.raises(OSError, match="refused"):
        install.probe(nobody)


def test_an_index_that_keeps_silent_is_given_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "PATIENCE", 0.1)
    with HTTPServer(("127.0.0.1", 0), Quiet) as silent, pytest.raises(TimeoutError):
        install.probe(f"http://127.0.0.1:{silent.server_port}")


@pytest.fixture(scope="module")
def empty_venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    venv = tmp_path_factory.mktemp("a folder") / ".venv"
    install.create(venv)
    return venv


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has PyTorch with and without CUDA")


@on_linux
@pytest.mark.slow
def test_without_its_own_index_pytorch_is_not_taken_from_one_that_would_bring_nvidia_packages(
    tmp_path: Path, empty_venv: Path, nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "CPU_INDEX", nobody)
    only_wheels_of(tmp_path, monkeypatch)
    wheel(tmp_path, "torch", "2.13.0", "triton")
    wheel(tmp_path, "triton", "3.7.1")
    with pytest.raises(install.SetupError, match=r"would bring gigabytes for NVIDIA processors \(triton"):
        install.install_torch(empty_venv, "2.13.0", cuda=False)
    assert "torch" not in install.installed(empty_venv)


@on_linux
@pytest.mark.slow
def test_pytorch_is_taken_from_its_own_index_first_and_only_once(
    empty_venv: Path, index: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "CPU_INDEX", index)
    install.install_torch(empty_venv, "2.13.0", cuda=False)
    install.install_torch(empty_venv, "2.13.0", cuda=False)
    assert install.installed(empty_venv)["torch"] == "2.13.0+cpu"
    assert capfd.readouterr().err == "  PyTorch from its own index for plain processors ...\n"


def test_cuda_leaves_pytorch_to_the_ordinary_index(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    install.install_torch(tmp_path, "2.13.0", cuda=True)
    assert capfd.readouterr() == ("", "")


# What is believed


def finished(venv: Path, *, dev: bool) -> dict[str, object]:
    """Leave in `venv` what a finished set-up leaves there, as far as belief goes."""
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").touch()
    stamp = {"venv": str(venv), "inputs": install.digest(install.INPUTS), "dev": dev}
    (venv / install.STAMP).write_text(json.dumps(stamp))
    return stamp


@pytest.mark.parametrize(("done", "wanted"), [(False, False), (True, True), (True, False)])
def test_a_second_set_up_does_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], *, done: bool, wanted: bool
) -> None:
    stamp = finished(tmp_path / ".venv", dev=done)
    install.set_up(tmp_path / ".venv", dev=wanted, cuda=False)
    assert install.read_stamp(tmp_path / ".venv") == stamp
    assert capfd.readouterr() == ("", "")


def test_a_stamp_counts_for_nothing_without_the_python_it_speaks_of(tmp_path: Path) -> None:
    finished(tmp_path, dev=True)
    (tmp_path / "bin" / "python").unlink()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "removed")
    assert install.read_stamp(tmp_path) == {}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\x00"])
def test_a_damaged_stamp_counts_for_nothing(tmp_path: Path, text: str) -> None:
    finished(tmp_path, dev=True)
    (tmp_path / install.STAMP).write_text(text)
    assert install.read_stamp(tmp_path) == {}


def test_no_stamp_counts_for_nothing(tmp_path: Path) -> None:
    assert install.read_stamp(tmp_path / ".venv") == {}


def test_a_change_in_any_file_that_decides_is_noticed(tmp_path: Path) -> None:
    files = (tmp_path / "a", tmp_path / "b")
    contents = [("x", "y"), ("x", "z"), ("y", "x"), ("xy", ""), ("", "xy")]
    digests = set()
    for pair in contents:
        for file, text in zip(files, pair, strict=True):
            file.write_text(text)
        digests.add(install.digest(files))
    assert len(digests) == len(contents)


@pytest.mark.slow
def test_a_set_up_that_cannot_finish_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    venv = tmp_path / "a folder" / ".venv"
    (venv / "lib").mkdir(parents=True)
    (venv / "lib" / "half-written").touch()
    only_wheels_of(tmp_path, monkeypatch)
    with pytest.raises(install.SetupError, match="pip failed"):
        install.set_up(venv, dev=False, cuda=False)
    assert install.read_stamp(venv) == {}
    assert not (venv / "lib" / "half-written").exists()
    assert "pip" in install.installed(venv)


@pytest.mark.slow
def test_a_set_up_that_cannot_be_brought_up_to_date_is_no_longer_believed(
    tmp_path: Path, empty_venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = {"venv": str(empty_venv), "inputs": "those of last week", "dev": False}
    (empty_venv / install.STAMP).write_text(json.dumps(stamp))
    assert install.read_stamp(empty_venv) == stamp
    only_wheels_of(tmp_path, monkeypatch)
    with pytest.raises(install.SetupError, match="pip failed"):
        install.set_up(empty_venv, dev=False, cuda=False)
    assert install.read_stamp(empty_venv) == {}


# What is verified in the end


def holding(venv: Path, *names: str) -> Path:
    for name in names:
        folder = venv / "lib" / "python3.11" / "site-packages" / f"{name.replace('-', '_')}-1.0.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    return venv


def test_nvidia_packages_that_nobody_asked_for_are_named(tmp_path: Path) -> None:
    with pytest.raises(install.SetupError) as refusal:
        install.verify(holding(tmp_path, "numpy", "triton", "nvidia-cublas"), cuda=False)
    assert str(refusal.value) == (
        "these NVIDIA packages are installed: nvidia-cublas, triton. Run make clean and start again, "
        "or accept them by adding CUDA=1 to the command."
    )


def test_other_weights_are_refused(tmp_path: Path) -> None:
    weights = install.site_packages(holding(tmp_path, "numpy")) / install.WEIGHTS
    with pytest.raises(install.SetupError, match="does not hold the weights"):
        install.verify(tmp_path, cuda=False)
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"other weights")
    with pytest.raises(install.SetupError, match="does not hold the weights"):
        install.verify(tmp_path, cuda=False)


def test_the_weights_installed_here_are_the_expected_ones() -> None:
    install.verify(Path(sys.prefix), cuda=True)


# Pins


def test_constraints_leave_out_nvidia_and_the_name_of_the_build() -> None:
    found = {"torch": "2.13.0+cpu", "nvidia-cublas": "13.1.1.3", "numpy": "2.4.6"}
    assert lock.constraints(found) == lock.HEADER + "numpy==2.4.6\ntorch==2.13.0\n"


def test_constraints_pin_everything_that_is_required() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    required = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["dev"]]
    required += project["build-system"]["requires"]
    names = [install.canonical(re.split(r"[^\w.-]", requirement)[0]) for requirement in required]
    assert [name for name in names if not install.pinned(name)] == []


def test_a_package_that_is_not_pinned_is_named() -> None:
    with pytest.raises(install.SetupError, match=r"constraints.txt does not pin torc; it is remade by make lock."):
        install.pinned("torc")


# What answers only


def test_what_answers_is_pinned_as_all_else_is() -> None:
    assert (ROOT / "requirements-answer.txt").read_text("utf-8") == lock.answering()
    assert [name for name in lock.ANSWERING if name != install.canonical(name)] == []
