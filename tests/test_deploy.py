"""What is in `deploy` fits the program: its commands, options, exit codes, health page and the token's place."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from briefbot.cli import commands
from briefbot.errors import Busy, SettingsError, UnreadableFile, UsageFault
from briefbot.serving.exposition import LOCAL, Health, serve
from briefbot.serving.metrics import Metrics

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNITS = ("briefbot.service", "briefbot-build.service", "briefbot-build.timer")
PROGRAM = "/srv/briefbot/.venv/bin/briefbot"
NEWER_THAN_SOME = ("RestartSteps=", "RestartMaxDelaySec=")  # systemd 254
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")
HOW_TO = (DEPLOY / "README.md").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


def values(unit: str, key: str) -> list[str]:
    """What a unit says for a key, in order."""
    return re.findall(rf"^{key}=(.*)$", (DEPLOY / unit).read_text("utf-8"), re.MULTILINE)


def instruction(name: str) -> str:
    """The last instruction of a name in the Containerfile."""
    return str(re.findall(rf"^{name} +(.*)$", CONTAINERFILE, re.MULTILINE)[-1]).strip()


def parsed(name: str, *arguments: str) -> dict[str, Any]:
    """What the command line makes of a command; raises where it does not know the command or an option."""
    top = commands.make_context("briefbot", [], resilient_parsing=True)
    command = commands.get_command(top, name)
    assert command is not None
    return command.make_context(name, list(arguments), parent=top).params


def analyzed(*arguments: str | Path) -> tuple[int, str]:
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def installed_units(folder: Path) -> list[Path]:
    """The units as this machine could run them: with a program that is there, and no key that its systemd lacks."""
    version = int(re.findall(r"systemd (\d+)", analyzed("--version")[1])[0])
    for name in UNITS:
        text = (DEPLOY / name).read_text("utf-8").replace(PROGRAM, shutil.which("true") or sys.executable)
        lines = [line for line in text.splitlines() if version >= 254 or not line.startswith(NEWER_THAN_SOME)]
        (folder / name).write_text("\n".join(lines), "utf-8")
    return [folder / name for name in UNITS]


@needs_systemd
def test_systemd_finds_nothing_to_say_about_the_units(tmp_path: Path) -> None:
    assert analyzed("verify", "--man=no", *installed_units(tmp_path)) == (0, "")


@needs_systemd
@pytest.mark.parametrize(("unit", "most"), [("briefbot.service", 15), ("briefbot-build.service", 5)])
def test_the_units_leave_little_open(unit: str, most: int, tmp_path: Path) -> None:
    installed_units(tmp_path)
    code, report = analyzed("security", "--offline=true", f"--threshold={most}", "--no-pager", tmp_path / unit)
    assert code == 0, report


@pytest.mark.parametrize("unit", UNITS[:2])
def test_the_program_knows_what_a_unit_starts(unit: str) -> None:
    (line,) = values(unit, "ExecStart")
    program, *arguments = shlex.split(line)
    assert program == PROGRAM
    assert parsed(*arguments)


def test_what_does_not_mend_itself_is_not_started_again() -> None:
    codes = {str(SettingsError.exit_code), str(UsageFault.exit_code)}
    assert set(values("briefbot.service", "RestartPreventExitStatus")[0].split()) == codes


def test_a_build_that_published_or_found_another_at_work_has_not_failed() -> None:
    codes = {str(UnreadableFile.exit_code), str(Busy.exit_code)}
    assert set(values("briefbot-build.service", "SuccessExitStatus")[0].split()) == codes


@pytest.mark.parametrize("key", ["User", "Group", "StateDirectory", "StateDirectoryMode", "UMask", "WorkingDirectory"])
def test_bot_and_build_share_user_and_folder(key: str) -> None:
    assert values("briefbot.service", key) == values("briefbot-build.service", key) != []


def test_the_token_is_a_file_that_only_the_bot_has() -> None:
    assert values("briefbot.service", "LoadCredential") == ["discord-token:/etc/briefbot/discord-token"]
    assert "DISCORD_TOKEN_FILE=%d/discord-token" in values("briefbot.service", "Environment")
    assert "token:" not in (DEPLOY / "briefbot-build.service").read_text("utf-8")
    assert [name for name, service in COMPOSE["services"].items() if "secrets" in service] == ["bot"]
    assert COMPOSE["services"]["bot"]["environment"] == {"DISCORD_TOKEN_FILE": "/run/secrets/discord-token"}
    assert list(COMPOSE["secrets"]) == COMPOSE["services"]["bot"]["secrets"] == ["discord-token"]


def test_the_container_starts_what_the_program_knows() -> None:
    assert json.loads(instruction("ENTRYPOINT")) == ["briefbot"]
    assert parsed(*json.loads(instruction("CMD")))["metrics_port"] == 9464
    assert parsed(*COMPOSE["services"]["build"]["command"])["no_input"] is True


def test_the_program_knows_every_command_of_the_page() -> None:
    in_the_service = re.findall(r"/bin/briefbot (.*?)[`\n]", HOW_TO)
    in_the_container = re.findall(r"run --rm (?:bot|build) ([a-z].*?)(?:[`\n]| +#)", HOW_TO)
    commands_shown = [shlex.split(line) for line in (*in_the_service, *in_the_container)]
    assert [name for name, *_ in commands_shown] == ["doctor", "status", "doctor", "status"]
    assert all(parsed(*line) for line in commands_shown)


@pytest.mark.parametrize(
    "variable", sorted(set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text("utf-8"))))
)
def test_the_page_sets_what_compose_asks_for(variable: str) -> None:
    assert f"echo '{variable}=" in HOW_TO


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no clone")
@pytest.mark.parametrize(
    "path",
    ["discord-token", "briefbot.toml", "feedback.jsonl", "index.own/CURRENT"]
    + [f"deploy/{name}" for name in (".env", "discord-token", "briefbot.toml")],
)
def test_git_does_not_take_up_what_the_pages_have_people_write(path: str) -> None:
    done = subprocess.run(["git", "check-ignore", "--quiet", path], cwd=ROOT, check=False, timeout=30)
    assert done.returncode == 0


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_the_container_is_as_healthy_as_the_page_says(ok: bool, code: int) -> None:
    command = json.loads(instruction("HEALTHCHECK").partition("CMD ")[2])

    async def serve_and_check() -> int:
        async with serve(LOCAL, 0, Metrics().text, lambda: Health(ok=ok, facts={})) as port:
            return await asyncio.to_thread(run_check, [part.replace("9464", str(port)) for part in command])

    assert asyncio.run(serve_and_check()) == code


def test_a_container_that_does_not_answer_is_not_healthy() -> None:
    command = json.loads(instruction("HEALTHCHECK").partition("CMD ")[2])
    assert run_check([part.replace("9464", "1") for part in command]) == 1


def run_check(command: list[str]) -> int:
    program, *arguments = command
    assert program == "python"
    return subprocess.run([sys.executable, *arguments], stderr=subprocess.DEVNULL, check=False, timeout=30).returncode


def test_the_image_is_made_from_files_that_are_there_and_are_let_in() -> None:
    ignore = (DEPLOY / "Containerfile.dockerignore").read_text("utf-8").splitlines()
    copied = [
        name
        for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINERFILE, re.MULTILINE)
        for name in sources.split()
    ]
    assert all((ROOT / name).exists() for name in copied)
    assert sorted(line[1:] for line in ignore if line.startswith("!")) == sorted(copied)
    assert "*" in ignore


def test_the_image_runs_as_nobody_in_particular_with_pinned_packages() -> None:
    assert instruction("USER") == "10001:10001"
    assert instruction("STOPSIGNAL") == "SIGTERM"
    assert len(set(re.findall(r"^FROM (\S+)", CONTAINERFILE, re.MULTILINE))) == 1
    assert "--constraint constraints.txt" in CONTAINERFILE
    assert "https://download.pytorch.org/whl/cpu" in CONTAINERFILE
    assert json.loads(instruction("VOLUME")) == ["/corpus", "/var/lib/briefbot"]


@pytest.mark.parametrize("service", COMPOSE["services"].values(), ids=COMPOSE["services"])
def test_every_service_in_compose_has_only_the_rights_it_needs(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert {volume["target"]: volume.get("read_only", False) for volume in service["volumes"]} == {
        "/corpus": True,
        "/etc/briefbot/briefbot.toml": True,
        "/var/lib/briefbot": False,
    }


def test_the_builder_in_compose_has_no_network() -> None:
    assert COMPOSE["services"]["build"]["network_mode"] == "none"
