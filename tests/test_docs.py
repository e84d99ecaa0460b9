"""The pages tell the truth: what they show is compared with the code they speak of."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest
from tests.desk import Desk
from tools.make_help import PAGE, README, ROOT, commands_page, with_overview

from briefbot import errors
from briefbot.corpus.formats import FORMATS
from briefbot.model import Block, Reading, Span
from briefbot.settings import AccessRule, DiscordSettings, Limits, Settings, load_settings
from briefbot.terminal.answers import answer_json

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
OPERATING = ROOT / "docs" / "operating.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]

EXIT_CODES = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type)} | {0, 1, 130}


def blocks(page: Path, language: str) -> list[str]:
    fenced = re.findall(rf"^ *```{language}\n(.*?)^ *```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [str(block) for block in fenced]


def rows(page: Path) -> list[list[str]]:
    """The cells of every row of every table."""
    lines = (line.strip() for line in page.read_text("utf-8").splitlines())
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


def shape(value: Any) -> Any:
    """A JSON value with only its keys left."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    return [shape(one) for one in value if isinstance(one, dict)] if isinstance(value, list) else None


def test_the_page_of_commands_is_what_help_says() -> None:
    assert PAGE.read_text("utf-8") == commands_page()


def test_the_overview_in_the_readme_is_what_help_says() -> None:
    readme = README.read_text("utf-8")

    assert "Usage: briefbot" in readme
    assert with_overview(readme) == readme


def test_both_commands_stand_on_the_first_screen() -> None:
    first_screen = README.read_text("utf-8").splitlines()[:40]

    assert "$ make demo" in first_screen
    assert "$ make test" in first_screen
    assert any("What it does not do" in line for line in first_screen)


@pytest.mark.parametrize("page", [README, OPERATING], ids=lambda page: page.name)
def test_every_exit_code_is_told_and_no_other(page: Path) -> None:
    assert {int(row[0]) for row in rows(page) if row[0].isdigit()} == EXIT_CODES


def test_every_exit_code_is_in_the_help() -> None:
    assert {int(code) for code in re.findall(r"^ {4}(\d+) ", commands_page(), re.MULTILINE)} == EXIT_CODES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text("utf-8"))

    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_layers_are_drawn_as_they_are() -> None:
    layers = next(contract["layers"] for contract in CONTRACTS if contract["type"] == "layers")
    drawn = [[re.split(r" {2,}", line)[0] for line in block.splitlines()] for block in blocks(ARCHITECTURE, "text")]

    assert layers in drawn


def test_every_door_is_named_with_its_library() -> None:
    named = {re.sub(r"[` ]", "", re.sub(r"\(.*\)", "", row[0])): row[1].strip("`") for row in rows(ARCHITECTURE)}
    doors = {
        ",".join(contract["protected_modules"]): contract["allowed_importers"][0]
        for contract in CONTRACTS
        if contract["type"] == "protected"
    }

    assert {library: named.get(library) for library in doors} == doors


def test_the_settings_file_in_the_readme_holds_every_key_and_the_defaults(tmp_path: Path) -> None:
    (example,) = blocks(README, "toml")
    path = tmp_path / "briefbot.toml"
    path.write_text(example, "utf-8")

    shown = load_settings({"config": str(path)}, {})

    assert tomllib.loads(example).keys() == {field.name for field in fields(Settings)}
    assert tomllib.loads(example)["limits"] == asdict(Limits())
    assert tomllib.loads(example)["discord"].keys() == {field.name for field in fields(DiscordSettings)}
    assert tomllib.loads(example)["access"][0].keys() == {field.name for field in fields(AccessRule)}
    for name in ("cooldown", "queue", "log_questions", "feedback_days"):
        assert getattr(shown.discord, name) == getattr(DiscordSettings(), name)
    assert [rule.pattern for rule in shown.links] == ["russia-north-korea/*.pdf", "handbook/*.md"]
    assert (shown.corpus, shown.index) == (tmp_path / Settings().corpus, tmp_path / Settings().index)
    assert (shown.model, shown.precision, shown.keep) == (Settings().model, Settings().precision, Settings().keep)


def test_every_environment_variable_in_the_readme_is_heard() -> None:
    named = {name for row in rows(README) for name in re.findall(r"BRIEFBOT_[A-Z]+", " ".join(row))}

    assert named == {"BRIEFBOT_CORPUS", "BRIEFBOT_INDEX", "BRIEFBOT_MODEL", "BRIEFBOT_KEEP"} | {
        *("BRIEFBOT_CONFIG", "BRIEFBOT_PRECISION"),
    }
    values = dict.fromkeys(named - {"BRIEFBOT_CONFIG"}, "7") | {"BRIEFBOT_PRECISION": "float32"}
    expected = Settings(corpus=Path("7"), index=Path("7"), model="7", precision="float32", keep=7)
    assert load_settings({}, values) == expected


def test_every_format_is_in_the_table() -> None:
    told = [row[0].replace("`", "").split() for row in rows(README) if re.fullmatch(r"(`\.[a-z]+` ?)+", row[0])]

    assert sorted(ending for row in told for ending in row) == sorted(FORMATS)


def test_the_answer_in_json_has_the_form_that_is_printed(tmp_path: Path) -> None:
    (example,) = (json.loads(block) for block in blocks(README, "json"))
    desk = Desk(tmp_path)
    desk.write("a.txt", "The red tram stops at the harbour every ten minutes.")
    desk.build()

    assert shape(example) == shape(answer_json(desk.ask("red tram stops at the harbour every ten minutes")))


def test_the_span_in_the_json_example_is_as_long_as_its_text() -> None:
    (example,) = (json.loads(block) for block in blocks(README, "json"))
    (excerpt,) = example["excerpts"]
    span = excerpt["citation"]["span"]

    assert span["end"] - span["start"] == len(excerpt["text"])


def test_the_reader_that_contributors_begin_with_works() -> None:
    (example,) = blocks(ROOT / "CONTRIBUTING.md", "python")
    module: dict[str, Any] = {}
    exec(re.sub(r"^ {3}", "", example, flags=re.MULTILINE), module)  # noqa: S102 - our own page

    assert module["read"](b"One.\n\nTwo.", Limits()) == Reading(
        "One.\n\nTwo.", (Block("paragraph", Span(0, 4)), Block("paragraph", Span(6, 10)))
    )
