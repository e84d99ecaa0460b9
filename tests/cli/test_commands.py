"""Every command and every error of the command line, as processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.cli.conftest import Place, run_briefbot

from briefbot.cli import commands, run

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("torch", "faiss", "numpy", "discord", "sentence_transformers", "rich")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["build", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        f"import sys; from briefbot.cli import run; run({arguments}); print([m for m in {HEAVY} if m in sys.modules])"
    )
    called = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert called.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", list(commands.list_commands(None)))  # type: ignore[arg-type]
def test_every_command_says_what_it_does(command: str, tmp_path: Path) -> None:
    called = run_briefbot(tmp_path, command, "--help")
    assert called.returncode == 0
    assert called.stdout.startswith(f"Usage: briefbot {command}")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["ask", "Who?"], 5, "briefbot: There is no index in index yet; run: briefbot build"),
        (["status"], 5, "briefbot: There is no index in index yet; run: briefbot build"),
        (["build"], 4, "briefbot: The corpus docs_corpus is not a folder; create it or set another one with --corpus."),
        (["ask", "Who?", "--since", "soon"], 2, "'soon' is not a date; write it as 2023-09-13."),
        (["ask"], 2, "Missing argument 'QUESTION...'"),
        (["asks"], 2, "No such command 'asks'."),
        (["build", "--model", "no/such-model"], 5, "briefbot: There is no model 'no/such-model'"),
        (["purge", "a.txt", "--no-input"], 2, "briefbot: Purging cannot be undone; add --yes to purge a.txt."),
        (["status", "--config", "none.toml"], 78, "briefbot: none.toml: there is no such settings file."),
        (["rollback"], 5, "briefbot: There is no index in index yet; run: briefbot build"),
    ],
)
def test_an_error_is_one_sentence_and_an_exit_code(
    arguments: list[str], code: int, sentence: str, tmp_path: Path
) -> None:
    called = run_briefbot(tmp_path, *arguments)
    assert called.returncode == code
    assert sentence in called.stderr
    assert "Traceback" not in called.stderr
    assert called.stdout == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("keeep = 3", "briefbot.toml: keeep: there is no such setting; did you mean keep?"),
        ("keep = 0", "briefbot.toml: keep: must be a whole number of 1 or more, not 0."),
        ("keep =", "briefbot.toml: not valid TOML"),
        ("[limits]\nmemory = 3", "limits.memory: there is no such limit; did you mean memory_mb?"),
    ],
)
def test_a_bad_setting_is_one_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "briefbot.toml").write_text(text)
    called = run_briefbot(tmp_path, "status")
    assert (called.returncode, called.stdout) == (78, "")
    assert sentence in called.stderr


def test_a_flag_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "briefbot.toml").write_text('index = "from-file"')
    assert "from-file" in run_briefbot(tmp_path, "status").stderr
    assert "from-env" in run_briefbot(tmp_path, "status", BRIEFBOT_INDEX="from-env").stderr
    assert "from-flag" in run_briefbot(tmp_path, "status", "--index", "from-flag", BRIEFBOT_INDEX="from-env").stderr


@pytest.mark.slow
def test_the_life_of_an_index(own: Place) -> None:
    def fields(*arguments: str, code: int = 0) -> dict:
        called = own.briefbot(*arguments, "--json")
        assert called.returncode == code, called.stderr
        return json.loads(called.stdout)

    (own.folder / "docs_corpus" / "new.txt").write_text("The lighthouse keeper counted forty-one ships in March.\n")
    built = fields("build")
    assert (built["added"], built["encoded"], built["published"]) == (["new.txt"], 1, True)
    assert (
        fields("ask", "How many ships did the lighthouse keeper count?")["excerpts"][0]["citation"]["document"]
        == "new.txt"
    )
    assert fields("status")["documents"] == 13
    assert fields("check")["faults"] == []
    assert fields("rollback")["leaving"] == ["new.txt"]
    assert "new.txt" not in own.briefbot("show").stdout
    back = fields("rollback", str(built["generation"]))
    assert (back["returning"], back["to_generation"]) == (["new.txt"], built["generation"])
    purged = fields("purge", "new.txt", "--yes")
    assert (purged["document"], purged["still_in_corpus"]) == ("new.txt", True)
    files = [path for path in own.folder.glob("index/**/*") if path.is_file() and not path.name.startswith("model-")]
    assert all(b"lighthouse" not in path.read_bytes() for path in files)
    assert fields("prune", "--keep", "1")["kept"] == [purged["generation"]]
    assert own.briefbot("show", "handbook/on-call.md", "--paragraph", "1").stdout.strip()
    assert own.briefbot("show", "handbook/on-call.me").returncode == 2
    part = next((own.folder / "index" / "parts").glob("passages-*"))
    data = bytearray(part.read_bytes())
    data[-1] ^= 1
    part.write_bytes(data)
    checked = fields("check", code=1)
    assert [fault["file"] for fault in checked["faults"]] == [f"parts/{part.name}"]
    assert (checked["sound"], checked["current"]) == ([], purged["generation"])


@pytest.mark.slow
def test_ctrl_c_ends_a_build_at_once_and_leaves_all_as_it_was(own: Place) -> None:
    before = sorted(path.name for path in (own.folder / "index").iterdir())
    for i in range(200):
        (own.folder / "docs_corpus" / f"{i}.txt").write_text(f"Paragraph number {i} is about the sea. " * 30)
    process = subprocess.Popen(
        [sys.executable, "-m", "briefbot", "build"], cwd=own.folder, stderr=subprocess.PIPE, env=os.environ, text=True
    )
    while not any(own.folder.glob("index/.building-*")) and process.poll() is None:
        os.sched_yield()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "briefbot: Interrupted; nothing was changed."
    assert sorted(path.name for path in (own.folder / "index").iterdir()) == before


@pytest.mark.slow
def test_a_reader_that_has_had_enough_is_no_error(samples: Place) -> None:
    command = f"{sys.executable} -m briefbot show handbook/on-call.md | head -1; exit ${{PIPESTATUS[0]}}"
    called = subprocess.run(["bash", "-c", command], cwd=samples.folder, capture_output=True, text=True, check=False)
    assert (called.returncode, called.stderr) == (0, "")


def test_a_result_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    command = f"{sys.executable} -m briefbot --help > /dev/full"
    called = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (called.returncode, called.stderr) == (74, "briefbot: The result could not be written: the disk is full.\n")


def test_an_interruption_while_a_library_is_loaded_is_one_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(*_: object, **__: object) -> None:
        raise ImportError("initialization failed") from KeyboardInterrupt()  # as the interpreter does for extensions

    monkeypatch.setattr(commands, "main", load)
    assert run(["build"]) == 130
    assert capsys.readouterr().err == "briefbot: Interrupted; nothing was changed.\n"
