from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from briefbot.errors import SettingsError
from briefbot.settings import Limits, LinkRule, Settings, load_settings


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder; return where its settings file would be."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "briefbot.toml"


def refusal(flags: dict[str, Any], environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as error:
        load_settings(flags, environ)
    return str(error.value)


@pytest.mark.usefixtures("config")
def test_without_any_setting_the_defaults_are_in_force() -> None:
    assert load_settings({}, {}) == Settings(
        corpus=Path("docs_corpus"), index=Path("index"), model="all-MiniLM-L6-v2", keep=3, links=(), limits=Limits()
    )


def test_a_flag_goes_before_the_environment_and_that_before_the_file(config: Path) -> None:
    config.write_text('corpus = "c"\nindex = "i"\nmodel = "m"\nkeep = 9\n')
    environ = {"BRIEFBOT_INDEX": "j", "BRIEFBOT_MODEL": "n", "BRIEFBOT_KEEP": "8"}
    found = load_settings({"model": "o", "keep": 7, "corpus": None, "unrelated": 1}, environ)
    assert found == Settings(corpus=Path("c"), index=Path("j"), model="o", keep=7)


def test_an_empty_variable_is_no_setting(config: Path) -> None:
    config.write_text("keep = 9\n")
    assert load_settings({}, {"BRIEFBOT_KEEP": ""}).keep == 9


@pytest.mark.usefixtures("config")
def test_folders_of_a_named_file_are_meant_from_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    named = tmp_path / "team" / "own.toml"
    named.write_text('corpus = "docs"\nindex = "/var/briefbot"\n')
    found = load_settings({"config": str(named)}, {})
    assert (found.corpus, found.index) == (tmp_path / "team" / "docs", Path("/var/briefbot"))
    assert load_settings({}, {"BRIEFBOT_CONFIG": str(named)}) == found


@pytest.mark.usefixtures("config")
def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    assert load_settings({"corpus": "~/docs"}, {}).corpus == Path("/home/someone/docs")


def test_links_and_limits_are_tables(config: Path) -> None:
    links = '"*.pdf" = "https://wiki/{path}#page={page}"\n"*" = "https://wiki/{path}"'
    config.write_text(f"[links]\n{links}\n[limits]\nseconds = 5\n")
    found = load_settings({}, {})
    assert found.links == (LinkRule("*.pdf", "https://wiki/{path}#page={page}"), LinkRule("*", "https://wiki/{path}"))
    assert found.limits == Limits(seconds=5)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("korpus = 'x'", "korpus: there is no such setting; did you mean corpus."),
        ("x = 1", "x: there is no such setting; the settings are corpus, index, model, keep, links, limits."),
        ("corpus = 3", "corpus: must be a text that is not empty."),
        ("corpus = ' '", "corpus: must be a text that is not empty."),
        ('index = "a\\u0000b"', "index: must be a text that is not empty."),
        ("keep = 0", "keep: must be a whole number of 1 or more, not 0."),
        ("keep = true", "keep: must be a whole number of 1 or more, not True."),
        ("keep = 2.5", "keep: must be a whole number of 1 or more, not 2.5."),
        ("keep = [1]", "keep: must be a whole number of 1 or more, not [1]."),
        ("limits = 3", "limits: must be a table, as in [limits]."),
        ("[limits]\nsecond = 3", "limits.second: there is no such limit; did you mean seconds."),
        ("[limits]\nseconds = -3", "limits.seconds: must be a whole number of 1 or more, not -3."),
        ("[links]\n'*' = 1", "links.'*': must be a text that is not empty."),
        *(
            (f"[links]\n'*' = '{bad}'", "links.'*': may hold {path}, {page} and {line}, and no other braces.")
            for bad in ("{name}", "{", "{}", "{path.x}", "{path!x}", "{path[x]}", "{page:s}")
        ),
    ],
)
def test_a_bad_value_is_one_sentence_that_names_its_place(config: Path, text: str, sentence: str) -> None:
    config.write_text(text)
    assert refusal({}, {}) == f"briefbot.toml: {sentence}"


@pytest.mark.usefixtures("config")
def test_the_place_of_a_bad_value_is_its_flag_or_variable() -> None:
    assert refusal({"keep": "many"}, {}) == "--keep: must be a whole number of 1 or more, not 'many'."
    assert refusal({}, {"BRIEFBOT_KEEP": "0"}) == "BRIEFBOT_KEEP: must be a whole number of 1 or more, not '0'."


@pytest.mark.usefixtures("config")
def test_a_settings_file_that_was_named_must_be_there() -> None:
    assert refusal({"config": "own.toml"}, {}) == "own.toml: there is no such settings file."
    assert refusal({}, {"BRIEFBOT_CONFIG": "."}) == ".: cannot be read: Is a directory."


@pytest.mark.parametrize("data", [b"corpus = ", b"\xff\xfe", b"= 3"])
def test_a_file_that_is_not_toml_is_one_sentence(config: Path, data: bytes) -> None:
    config.write_bytes(data)
    assert refusal({}, {}).startswith("briefbot.toml: not valid TOML: ")


def test_reading_the_settings_changes_nothing(config: Path) -> None:
    config.write_text('corpus = "docs"\n')
    load_settings({}, {})
    assert list(config.parent.iterdir()) == [config]
