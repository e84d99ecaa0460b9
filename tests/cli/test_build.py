"""What `briefbot build` has for a program that runs it; with the fake model, as processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
STANDING = """
import os, sys
from briefbot.cli import run
from briefbot.cli import encoders
from tests.fakes import WordEncoder
encoders.building_encoder = lambda _, **__: (WordEncoder(), None)
code = run(sys.argv[1:])
print(os.nice(0), os.sched_getscheduler(0) == os.SCHED_IDLE, open("/proc/self/oom_score_adj").read().strip())
sys.exit(code)
"""
AUTOGROUP = Path("/proc/self/autogroup")
SESSION = f'print(open("{AUTOGROUP}").read().strip())'


def folders(tmp_path: Path) -> list[str]:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("Sheep graze on the hill.\n\nThey eat grass.")
    return ["--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]


def build(*arguments: str, code: str | None = None, alone: bool = False) -> subprocess.CompletedProcess[str]:
    program = ["-c", code] if code else ["-m", "tests.word_cli"]
    command = [sys.executable, *program, "build", *arguments]
    return subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=60, start_new_session=alone
    )


@pytest.mark.skipif(sys.platform != "linux", reason="macOS has neither of the two")
def test_a_background_build_lets_everything_else_go_first(tmp_path: Path) -> None:
    called = build(*folders(tmp_path), "--background", code=STANDING)
    assert (called.returncode, called.stdout.splitlines()[-1]) == (0, "19 True 1000")


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="only where Linux weighs sessions against each other")
@pytest.mark.parametrize("alone", [True, False])
def test_a_background_build_makes_a_session_of_its_own_go_last_and_leaves_a_shared_one(
    tmp_path: Path, alone: bool
) -> None:
    before = AUTOGROUP.read_text()
    called = build(
        *folders(tmp_path), "--background", code=f"{STANDING[: STANDING.rindex('sys.exit')]}{SESSION}", alone=alone
    )
    assert called.stdout.splitlines()[-1].endswith(" nice 19") is alone
    assert AUTOGROUP.read_text() == before


@pytest.mark.skipif(sys.platform != "linux", reason="macOS has neither of the two")
def test_any_other_build_stands_as_it_was_started(tmp_path: Path) -> None:
    own = Path("/proc/self/oom_score_adj").read_text().strip()
    called = build(*folders(tmp_path), code=STANDING)
    assert (called.returncode, called.stdout.splitlines()[-1]) == (0, f"{os.nice(0)} False {own}")


def test_progress_is_told_as_json_on_standard_error_and_the_report_on_standard_output(tmp_path: Path) -> None:
    called = build(*folders(tmp_path), "--progress-json", "--json")
    told = [json.loads(line) for line in called.stderr.splitlines()]
    assert all(line.keys() == {"step", "done", "total"} for line in told)
    assert {"step": "reading", "done": 0, "total": 1} in told
    assert {"step": "reading", "done": 1, "total": 1} in told
    assert {"step": "encoding", "done": 2, "total": 2} in told
    assert json.loads(called.stdout)["published"] is True


@pytest.mark.parametrize("flags", [[], ["--progress-json", "--quiet"]])
def test_no_progress_is_told_unless_it_is_asked_for(tmp_path: Path, flags: list[str]) -> None:
    assert build(*folders(tmp_path), "--json", *flags).stderr == ""


def test_a_failure_is_the_last_line_after_the_progress(tmp_path: Path) -> None:
    arguments = folders(tmp_path)
    (tmp_path / "corpus" / "a.txt").write_bytes(b"")
    (tmp_path / "corpus" / "b.pdf").write_bytes(b"no PDF")
    called = build(*arguments, "--progress-json", "--json")
    assert (called.returncode, called.stdout) == (4, "")
    *told, last = called.stderr.splitlines()
    assert [json.loads(line)["step"] for line in told] == ["reading"] * len(told)
    assert last.startswith("briefbot: No document in ")
