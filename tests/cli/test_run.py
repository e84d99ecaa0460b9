from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# The bot has nothing to do with how its log is written: two records stand for it.
PROGRAM = """
import importlib, logging, sys
from briefbot.cli import run

async def two_records(*_):
    logging.getLogger("briefbot.x").info("begins")
    logging.getLogger("briefbot.x").warning("ends")

importlib.import_module("briefbot.cli.run")._serve = two_records
sys.exit(run(["run", *sys.argv[1:]]))
"""


def logged(folder: Path, *flags: str) -> list[str]:
    """What is logged where standard error is a terminal."""
    reader, terminal = os.openpty()
    try:
        subprocess.run(
            [sys.executable, "-c", PROGRAM, *flags],
            cwd=folder,
            env=os.environ | {"DISCORD_TOKEN": "Ab-_5678"},
            stderr=terminal,
            timeout=60,
            check=True,
        )
        return os.read(reader, 10_000).decode().splitlines()
    finally:
        os.close(terminal)
        os.close(reader)


def test_a_terminal_is_told_in_plain_lines(tmp_path: Path) -> None:
    told = [line.partition(" ")[2] for line in logged(tmp_path)]
    assert told == ["info     briefbot.x: begins", "warning  briefbot.x: ends"]


def test_json_makes_an_object_of_each_line_in_a_terminal_too(tmp_path: Path) -> None:
    assert [json.loads(line)["message"] for line in logged(tmp_path, "--json")] == ["begins", "ends"]


def test_quiet_leaves_warnings(tmp_path: Path) -> None:
    assert [line.rpartition(" ")[2] for line in logged(tmp_path, "--quiet")] == ["ends"]


# Instead of going to Discord, the bot tells how its process stands.
PAUSES = """
import gc, sys
from briefbot.cli import run
from briefbot.discord import running

async def told(*_):
    print(gc.get_freeze_count() > 10_000, sys.getswitchinterval())

running.run = told
sys.exit(run(["run"]))
"""


def test_before_it_connects_the_bot_sees_to_short_pauses(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PAUSES]
    env = os.environ | {"DISCORD_TOKEN": "Ab-_5678"}
    called = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=True)
    assert called.stdout == "True 0.0005\n"
