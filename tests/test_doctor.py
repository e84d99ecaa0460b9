from __future__ import annotations

import base64
import os
import platform
from typing import TYPE_CHECKING, Any

import pytest
from tests.desk import Desk
from tests.fakes import WordEncoder

from briefbot import doctor as doctors
from briefbot.credentials import GET_A_TOKEN, invite_link
from briefbot.doctor import doctor
from briefbot.embedding.models import model_folder, model_identity
from briefbot.reports import Item
from briefbot.settings import DEFAULT_MODEL, AccessRule, DiscordSettings, Settings

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = f"{base64.b64encode(b'112233445566778899').decode()}.Gabcde.fGhi"
INVITATION = f"to invite the bot, open {invite_link(112233445566778899)}"
RULES = "rules that say who sees what in Discord: {}"
EVERYONE = "without a rule, every member of {} sees every document, and other servers see none"


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
    found = items(settings_of(desk), {"DISCORD_TOKEN": TOKEN})
    names = ["Python", "packages", "model", "encoder", "corpus", "index", "disk", "Discord", "access"]
    assert [(name, item.state, item.fix) for name, item in found.items()] == [(name, "ok", "") for name in names]
    assert found["Python"].message == platform.python_version()
    assert found["model"].message.startswith("all-MiniLM-L6-v2 (")
    assert found["corpus"].message == f"1 documents in {desk.corpus}"
    assert found["index"].message == "generation 1, 1 passages"
    assert found["Discord"].message == INVITATION
    assert found["access"].message == EVERYONE.format("the first server that the bot joined")
    assert TOKEN not in str(found)


def test_what_is_not_built_yet_is_a_warning(desk: Desk) -> None:
    found = items(settings_of(desk))
    message = f"there is none in the folder {desk.index} yet"
    assert found["index"] == Item("index", "warn", message, "run: briefbot build")
    assert not desk.index.exists()


def test_a_token_may_be_in_a_file(desk: Desk) -> None:
    file = desk.root / "the token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    environ = {"DISCORD_TOKEN_FILE": str(file)}
    assert items(settings_of(desk), environ)["Discord"] == Item("Discord", "ok", INVITATION, "")
    file.chmod(0o644)
    message = f"others than its owner can read the token's file; {INVITATION}"
    assert items(settings_of(desk), environ)["Discord"] == Item("Discord", "warn", message, f"chmod 600 '{file}'")


def test_without_a_token_the_doctor_says_how_to_get_one(desk: Desk) -> None:
    fix = f"not needed in the terminal; for Discord, {GET_A_TOKEN}"
    assert items(settings_of(desk))["Discord"] == Item("Discord", "warn", "no token is set", fix)


def test_a_token_that_cannot_be_used_is_a_failure(desk: Desk) -> None:
    found = items(settings_of(desk), {"DISCORD_TOKEN": f"Bot {TOKEN}"})["Discord"]
    message = 'DISCORD_TOKEN begins with "Bot "; leave that word out, the token stands alone.'
    fix = "mend DISCORD_TOKEN or DISCORD_TOKEN_FILE, then run: briefbot doctor"
    assert found == Item("Discord", "fail", message, fix)
    assert items(settings_of(desk), {"DISCORD_TOKEN_FILE": str(desk.root)})["Discord"].state == "fail"


def test_something_else_than_a_token_is_a_failure_that_does_not_show_it(desk: Desk) -> None:
    found = items(settings_of(desk), {"DISCORD_TOKEN": "0123abcd4567"})["Discord"]
    assert (found.state, found.message) == ("fail", "what is set with DISCORD_TOKEN is not a bot's token")
    assert found.fix.endswith(GET_A_TOKEN)
    assert "0123abcd4567" not in str(found)


def test_of_two_tokens_the_doctor_says_which_one_counts(desk: Desk) -> None:
    found = items(settings_of(desk), {"DISCORD_TOKEN": TOKEN, "DISCORD_TOKEN_FILE": "/nothing"})["Discord"]
    message = f"DISCORD_TOKEN goes before DISCORD_TOKEN_FILE; {INVITATION}"
    assert found == Item("Discord", "warn", message, "unset one of the two")


def access(desk: Desk, *rules: AccessRule, home: set[int] | None = None, operators: set[int] | None = None) -> Any:
    """The state and the message of the item on access."""
    discord = DiscordSettings(home=frozenset(home or ()), operators=frozenset(operators or ()))
    found = items(settings_of(desk, access=rules, discord=discord))["access"]
    return found.state, found.message


def handbook(*documents: str) -> AccessRule:
    return AccessRule(documents, roles=frozenset({1}))


def test_without_rules_the_doctor_names_the_servers_that_see_everything(desk: Desk) -> None:
    assert access(desk, home={1, 8}, operators={3}) == ("ok", EVERYONE.format("the server 1, 8"))


def test_documents_without_a_rule_and_rules_without_a_document_are_a_warning(desk: Desk) -> None:
    for number in range(7):
        desk.write(f"b/{number}.txt", f"Document {number} has words.")
    told = (
        f"{RULES.format(2)}; "
        "no rule names b/0.txt, b/1.txt, b/2.txt, b/3.txt, b/4.txt and 2 more: shown nowhere in Discord; "
        "rule #2 fits no document with 'c', '*.pdf'"
    )
    rules = (handbook("a.txt"), handbook("c", "a.txt", "*.pdf"))
    assert access(desk, *rules) == ("warn", told)  # of the corpus, as there is no index
    desk.build()
    (desk.corpus / "b" / "0.txt").rename(desk.corpus / "c")
    assert access(desk, *rules) == ("warn", told)  # of the index, as that is what is answered from
    assert access(desk, handbook("*.txt"), handbook("b")) == ("ok", RULES.format(2))


def test_each_cause_has_its_fix_and_every_unplaced_document_is_reported(desk: Desk) -> None:
    documents = tuple(desk.write(f"b/{number}.txt", "It has words.") and f"b/{number}.txt" for number in range(7))
    rules = (handbook("a.txt", "c"), handbook("*.pdf"))
    found = items(settings_of(desk, access=rules, discord=DiscordSettings(home=frozenset({1}))))["access"]
    assert found.fix == (
        "set both, operators and home, under [discord]; "
        "name them, or their folder, under documents of an [[access]] rule; "
        "write the entries that fit no document as briefbot show lists them"
    )
    assert found.documents == documents


def test_rules_are_not_blamed_where_no_document_is_known(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.corpus.rmdir()
    assert access(desk, handbook("a")) == ("ok", RULES.format(1))


def test_operators_without_a_home_and_the_reverse_are_a_warning(desk: Desk) -> None:
    rest = "/reindex is allowed to nobody, as {} is set and {} is not"
    first, home = (EVERYONE.format(where) for where in ("the first server that the bot joined", "the server 1"))
    assert access(desk, operators={1}) == ("warn", f"{first}; {rest.format('operators', 'home')}")
    assert access(desk, home={1}) == ("warn", f"{home}; {rest.format('home', 'operators')}")


def feedback(desk: Desk, path: Path) -> tuple[str, str, str]:
    found = items(settings_of(desk, discord=DiscordSettings(feedback=path)))["feedback"]
    return found.state, found.message, found.fix


def test_where_feedback_is_to_be_kept_it_can_be_written(desk: Desk) -> None:
    path = desk.root / "said" / "feedback.jsonl"
    elsewhere = "let the bot's user write there, or name another file with feedback under [discord]"
    assert feedback(desk, path) == ("warn", f"there is no folder {path.parent}", f"mkdir -p {path.parent}")
    path.parent.mkdir()
    assert feedback(desk, path) == ("ok", f"kept in {path}", "")
    path.touch()
    assert feedback(desk, path) == ("ok", f"kept in {path}", "")
    assert feedback(desk, path / "x") == ("fail", f"nothing can be written in {path}", elsewhere)
    assert feedback(desk, path.parent) == ("fail", f"{path.parent} is a folder", elsewhere)
    assert "feedback" not in items(settings_of(desk))


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write every file")
def test_feedback_that_may_not_be_written_is_a_failure(desk: Desk) -> None:
    path = desk.root / "feedback.jsonl"
    path.touch(mode=0o400)
    assert feedback(desk, path)[:2] == ("fail", f"{path} cannot be read and written")


def test_a_damaged_index_is_a_failure(desk: Desk) -> None:
    desk.build()
    (desk.index / "CURRENT").write_text("nothing")
    found = items(settings_of(desk))["index"]
    assert (found.state, found.fix) == ("fail", "run: briefbot build --full")


def test_an_index_of_another_model_is_a_failure_until_it_is_built_anew(desk: Desk) -> None:
    ours = desk.encoder
    desk.encoder = WordEncoder(name="other", identity="words-2", source="other weights")
    desk.build()
    found = items(settings_of(desk))["index"]
    assert found == Item("index", "fail", "made with the model other", "run: briefbot build")
    desk.encoder = ours
    desk.build()
    assert items(settings_of(desk))["index"].state == "ok"


def test_an_index_whose_confidence_is_not_calibrated_says_how_to_do_that(desk: Desk) -> None:
    desk.encoder.source = "other weights"
    desk.build()
    assert items(settings_of(desk, model="all-MiniLM-L6-v2"))["index"] == Item(
        "index",
        "warn",
        "generation 1, 1 passages; confidence is not calibrated for the model all-MiniLM-L6-v2",
        "ask 30 questions or more of your own with: briefbot calibrate QUESTIONS",
    )


def test_an_index_made_of_the_same_weights_by_another_name_is_as_good(desk: Desk) -> None:
    desk.encoder.name = "other"
    desk.encoder.source = f"{model_identity(model_folder(DEFAULT_MODEL))} int8"
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


def test_a_missing_package_is_a_failure_unless_only_a_build_needs_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = ["lxml", "numpy"]
    monkeypatch.setattr(doctors, "missing", lambda names: tuple(name for name in names if name in gone))
    failed = Item("packages", "fail", "missing: numpy", "install briefbot again: make setup")
    assert items(settings_of(desk))["packages"] == failed
    gone.remove("numpy")
    assert items(settings_of(desk))["packages"] == Item(
        "packages",
        "warn",
        "this machine can answer and not build; missing: lxml",
        "build on another machine and copy the index here; to build here as well, install briefbot as a whole: "
        "make runtime",
    )


def test_documents_that_are_elsewhere_are_no_failure_where_nothing_is_built(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.build()
    (desk.corpus / "a.txt").unlink()
    desk.corpus.rmdir()
    monkeypatch.setattr(doctors, "missing", lambda names: tuple(name for name in names if name == "lxml"))
    assert items(settings_of(desk))["corpus"] == Item(
        "corpus",
        "warn",
        "there is none here: answers are given as of the build, and not compared with the documents",
        "nothing, where the documents are on another machine",
    )
