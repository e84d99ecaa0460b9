from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

from briefbot.cli import run

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Place:
    """A folder with a copy of the sample documents in `docs_corpus`, and their index in `index`."""

    folder: Path

    def briefbot(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command in this process, so that the model's library is imported once for all tests."""
        output, errors = io.StringIO(), io.StringIO()
        with (
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(errors),
            mock.patch("sys.stdin", io.StringIO(stdin)),
        ):
            code = run(arguments)
        return subprocess.CompletedProcess(list(arguments), code, output.getvalue(), errors.getvalue())


def run_briefbot(
    folder: Path, *arguments: str, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "briefbot", *arguments],
        cwd=folder,
        input=stdin,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The sample documents, built once; nobody changes them."""
    place = Place(tmp_path_factory.mktemp("samples"))
    shutil.copytree(PROJECT / "docs_corpus", place.folder / "docs_corpus")
    built = place.briefbot("build")
    assert built.returncode == 0, built.stdout + built.stderr
    return place


@pytest.fixture
def own(samples: Place, tmp_path: Path) -> Place:
    """A copy of the built samples that a test may change; its documents are the copy's own."""
    shutil.copytree(samples.folder / "docs_corpus", tmp_path / "docs_corpus")
    place = Place(tmp_path)
    shutil.copytree(samples.folder / "index", tmp_path / "index")
    moved = place.briefbot("build", "--json")  # the same texts in another place: nothing is encoded again
    assert (moved.returncode, json.loads(moved.stdout)["encoded"]) == (0, 0)
    return place
