from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

import pytest
from tests.desk import Desk
from tests.fakes import WordEncoder

from briefbot.doctor import doctor
from briefbot.reports import Item
from briefbot.settings import DEFAULT_MODEL, Settings

if TYPE_CHECKING:
    from pathlib import Path


def items(settings: Settings, environ: dict[str, str] | None = None) -> dict[str, Item]:
    return {item.name: item for item in doctor(settings, environ or {}).items}


def settings_of(desk: Desk, **others: Any) -> Settings:
    return Settings(corpus=desk.corpus, index=desk.index, **others)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, WordEncoder(name=DEFAULT_MODEL))
    made.write("a.txt", "Document a has words.")
    return made


def test_everything_is_well_where_an_index_is_built(desk: Desk) -> None:
    desk.build()
    found = items(settings_of(desk), {"DISCORD_TOKEN": "secret"})
    names = ["Python", "packages", "model", "corpus", "index", "disk", "Discord token"]
    assert [(name, item.state, item.fix) for name, item in found.items()] == [(name, "ok", "") for name in names]
    assert found["Python"].message == platform.python_version()
    assert found["model"].message.startswith("all-MiniLM-L6-v2 (")
    assert found["corpus"].message == f"1 documents in {desk.corpus}"
    assert found["index"].message == "generation 1, 1 passages"
    assert "secret" not in str(found)


def test_what_is_not_built_yet_is_a_warning(desk: Desk) -> None:
    found = items(settings_of(desk))
    message = f"There is no index in {desk.index} yet; run: briefbot build"
    assert found["index"] == Item("index", "warn", message, "run: briefbot build")
    assert found["Discord token"].state == "warn"
    assert not desk.index.exists()


def test_a_token_may_be_in_a_file(desk: Desk) -> None:
    assert items(settings_of(desk), {"DISCORD_TOKEN_FILE": "/run/token"})["Discord token"].state == "ok"


def test_a_damaged_index_is_a_failure(desk: Desk) -> None:
    desk.build()
    (desk.index / "CURRENT").write_text("nothing")
    found = items(settings_of(desk))["index"]
    assert (found.state, found.fix) == ("fail", "run: briefbot build --full")


def test_an_index_of_another_model_is_a_failure_until_it_is_built_anew(desk: Desk) -> None:
    desk.encoder.name = "other"
    desk.build()
    found = items(settings_of(desk))["index"]
    assert found == Item("index", "fail", "made with the model other", "run: briefbot build")
    desk.encoder.name = DEFAULT_MODEL
    desk.build()
    assert items(settings_of(desk))["index"].state == "ok"


def test_a_corpus_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    empty = items(settings_of(desk))["corpus"]
    assert empty == Item("corpus", "fail", f"{desk.corpus} holds no documents", "put documents there")
    desk.corpus.rmdir()
    missing = items(settings_of(desk))["corpus"]
    assert (missing.state, missing.fix) == ("fail", "set the folder with --corpus or in briefbot.toml")


def test_a_file_that_is_refused_is_a_warning_that_names_it(desk: Desk) -> None:
    (desk.corpus / "link.txt").symlink_to("nothing")
    found = items(settings_of(desk))["corpus"]
    assert (found.state, found.message) == (
        "warn",
        "1 documents; link.txt: it is a symbolic link to nothing; remove it",
    )


def test_a_model_that_is_not_there_is_a_failure(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", str(desk.root))
    found = items(settings_of(desk, model="no/such"))["model"]
    assert (found.state, found.message.split(":")[0]) == ("fail", "There is no model 'no/such'")


def test_the_disk_is_looked_at_where_the_index_will_be(tmp_path: Path) -> None:
    found = items(Settings(corpus=tmp_path, index=tmp_path / "not" / "yet"))["disk"]
    assert found.message.endswith(f"MB free at {tmp_path}")
