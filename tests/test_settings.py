from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from briefbot.errors import SettingsError
from briefbot.settings import AccessRule, DiscordSettings, Limits, LinkRule, Settings, load_settings


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
        corpus=Path("docs_corpus"),
        index=Path("index"),
        model="all-MiniLM-L6-v2",
        keep=3,
        links=(),
        limits=Limits(),
        discord=DiscordSettings(
            home=frozenset(),
            operators=frozenset(),
            public_channels=frozenset(),
            cooldown=0,
            queue=100,
            log_questions=False,
            feedback=None,
            feedback_days=90,
        ),
        access=(),
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


def test_discord_is_a_table_of_ids_numbers_and_switches(config: Path) -> None:
    config.write_text(
        """[discord]
        home = 100000000000000001
        operators = ["100000000000000002", 100000000000000003]
        public_channels = [18446744073709551615]
        cooldown = 5
        queue = 7
        log_questions = true
        feedback_days = 3
        """
    )
    assert load_settings({}, {}).discord == DiscordSettings(
        home=frozenset({100000000000000001}),
        operators=frozenset({100000000000000002, 100000000000000003}),
        public_channels=frozenset({18446744073709551615}),
        cooldown=5,
        queue=7,
        log_questions=True,
        feedback=None,
        feedback_days=3,
    )


@pytest.mark.usefixtures("config")
def test_the_folder_of_feedback_is_meant_from_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    named = tmp_path / "team" / "own.toml"
    named.write_text('[discord]\nfeedback = "votes"\n')
    assert load_settings({"config": str(named)}, {}).discord.feedback == tmp_path / "team" / "votes"


def test_access_is_a_list_of_rules_in_their_order(config: Path) -> None:
    config.write_text(
        """[[access]]
        documents = ["handbook", "*.pdf"]
        guilds = [1]
        channels = ["2", 3]
        roles = 4

        [[access]]
        documents = "meetings"
        roles = [5]
        """
    )
    assert load_settings({}, {}).access == (
        AccessRule(("handbook", "*.pdf"), frozenset({1}), frozenset({2, 3}), frozenset({4})),
        AccessRule(("meetings",), frozenset(), frozenset(), frozenset({5})),
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("korpus = 'x'", "korpus: there is no such setting; did you mean corpus?"),
        (
            "x = 1",
            (
                "x: there is no such setting; the settings are corpus, index, model, precision, keep, links, limits, "
                "discord, access, aliases."
            ),
        ),
        ("corpus = 3", "corpus: must be a text that is not empty, not 3."),
        ("corpus = ' '", "corpus: must be a text that is not empty, not ' '."),
        ('index = "a\\u0000b"', "index: must be a text that is not empty, not 'a\\x00b'."),
        ("keep = 0", "keep: must be a whole number of 1 or more, not 0."),
        ("keep = true", "keep: must be a whole number of 1 or more, not True."),
        ("keep = 2.5", "keep: must be a whole number of 1 or more, not 2.5."),
        ("keep = [1]", "keep: must be a whole number of 1 or more, not [1]."),
        ("limits = 3", "limits: must be a table, as in [limits]."),
        ("[limits]\nsecond = 3", "limits.second: there is no such limit; did you mean seconds?"),
        ("[limits]\nseconds = -3", "limits.seconds: must be a whole number of 1 or more, not -3."),
        ("[links]\n'*' = 1", "links.'*': must be a text that is not empty, not 1."),
        *(
            (f"[links]\n'*' = '{bad}'", "links.'*': may hold {path}, {page} and {line}, and no other braces.")
            for bad in ("{name}", "{", "{}", "{path.x}", "{path!x}", "{path[x]}", "{page:s}")
        ),
        ("discord = 3", "discord: must be a table, as in [discord]."),
        ("[discord]\nhom = 1", "discord.hom: there is no such setting; did you mean home?"),
        ("[discord]\nhome = []", "discord.home: is an empty list; fill it or leave it out."),
        ("[discord]\ncooldown = -1", "discord.cooldown: must be a whole number of 0 or more, not -1."),
        ("[discord]\ncooldown = true", "discord.cooldown: must be a whole number of 0 or more, not True."),
        ("[discord]\nqueue = 0", "discord.queue: must be a whole number of 1 or more, not 0."),
        ("[discord]\nlog_questions = 1", "discord.log_questions: must be true or false, not 1."),
        ("[discord]\nfeedback = ''", "discord.feedback: must be a text that is not empty, not ''."),
        ("[discord]\nfeedback = true", "discord.feedback: must be a text that is not empty, not True."),
        ("[discord]\nfeedback_days = 0", "discord.feedback_days: must be a whole number of 1 or more, not 0."),
        *(
            (
                f"[discord]\nhome = [{bad}]",
                f"discord.home: must hold numbers as Discord's Copy ID gives them, not {told}.",
            )
            for bad, told in (
                ("0", "0"),
                ("-1", "-1"),
                ("true", "True"),
                ("1.0", "1.0"),
                ("'@me'", "'@me'"),
                ("'٣'", "'٣'"),
                ("''", "''"),
                ("18446744073709551616", "18446744073709551616"),
                (f"'{'9' * 5000}'", repr("9" * 5000)),
            )
        ),
        ("[access]\nroles = [1]", "access: must be written as tables, each under [[access]]."),
        ("access = [3]", "access: must be written as tables, each under [[access]]."),
        ("[[access]]\nroles = [1]", 'access #1: must name documents, as in documents = ["handbook"].'),
        (
            "[[access]]\nroles = [1]\ndocuments = []",
            'access #1.documents: must name documents, as in documents = ["handbook"].',
        ),
        ("[[access]]\nroles = [1]\ndocuments = ['']", "access #1.documents: must be a text that is not empty, not ''."),
        (
            "[[access]]\nroles = [1]\ndocuments = ['a']\n[[access]]\ndocuments = ['a']",
            "access #2: must say who may see its documents, with guilds, channels or roles.",
        ),
        (
            "[[access]]\nguilds = [1]\nroles = []\ndocuments = ['a']",  # would let everyone of the server see
            "access #1.roles: is an empty list; fill it or leave it out.",
        ),
        ("[[access]]\nrole = [1]", "access #1.role: there is no such key; did you mean roles?"),
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
