from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.credentials import (
    GET_A_TOKEN,
    application_id_of,
    bot_token,
    exposed_file,
    invite_link,
    token_sources,
)
from briefbot.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = f"{base64.b64encode(b'112233445566778899').decode().rstrip('=')}.Gabc-d.e_fGhi"


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as error:
        bot_token(environ)
    assert error.value.exit_code == 78
    assert error.value.__cause__ is None
    return str(error.value)


def written(path: Path, data: bytes) -> dict[str, str]:
    path.write_bytes(data)
    return {"DISCORD_TOKEN_FILE": str(path)}


def test_the_token_is_in_a_variable() -> None:
    assert bot_token({"DISCORD_TOKEN": f" {TOKEN}\r\n"}) == TOKEN


@pytest.mark.parametrize("around", [b"%s", b"%s\n", b"\xef\xbb\xbf%s\r\n", b"\n %s \n\n"])
def test_the_token_is_in_a_file(tmp_path: Path, around: bytes) -> None:
    assert bot_token(written(tmp_path / "token", around % TOKEN.encode())) == TOKEN


def test_a_tilde_in_the_name_of_the_file_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "token", TOKEN.encode())
    monkeypatch.setenv("HOME", str(tmp_path))
    assert bot_token({"DISCORD_TOKEN_FILE": "~/token"}) == TOKEN


def test_of_two_that_are_set_the_variable_is_read() -> None:
    both = {"DISCORD_TOKEN_FILE": "/nothing", "DISCORD_TOKEN": TOKEN}
    assert token_sources(both) == ("DISCORD_TOKEN", "DISCORD_TOKEN_FILE")
    assert bot_token(both) == TOKEN


def test_an_empty_variable_is_not_set(tmp_path: Path) -> None:
    environ = {"DISCORD_TOKEN": " "} | written(tmp_path / "token", TOKEN.encode())
    assert token_sources(environ) == ("DISCORD_TOKEN_FILE",)
    assert bot_token(environ) == TOKEN


@pytest.mark.parametrize("environ", [{}, {"DISCORD_TOKEN": "", "DISCORD_TOKEN_FILE": " "}])
def test_without_a_token_the_sentence_says_how_to_get_one(environ: dict[str, str]) -> None:
    assert refusal(environ) == (
        "There is no token for Discord; get one in Discord's developer portal "
        "(https://discord.com/developers/applications, your application, Bot, Reset Token), then: "
        "export DISCORD_TOKEN=… or export DISCORD_TOKEN_FILE=/path"
    )


def test_a_file_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    missing = f"DISCORD_TOKEN_FILE names {tmp_path / 'no'}, which is not there; write the token into it, or "
    unreadable = "DISCORD_TOKEN_FILE names a file that cannot be read: {}; mend that and try again."
    assert refusal({"DISCORD_TOKEN_FILE": str(tmp_path / "no")}) == missing + GET_A_TOKEN
    assert refusal({"DISCORD_TOKEN_FILE": str(tmp_path)}) == unreadable.format("Is a directory")
    assert refusal({"DISCORD_TOKEN_FILE": "a\0b"}) == unreadable.format("its name is not one")
    assert refusal(written(tmp_path / "empty", b"\n")) == f"The file of DISCORD_TOKEN_FILE is empty; {GET_A_TOKEN}"


def test_a_file_that_is_not_there_is_looked_for_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    missing = f"DISCORD_TOKEN_FILE names discord-token, which is not in {tmp_path}; write the token into it, or "
    assert refusal({"DISCORD_TOKEN_FILE": "discord-token"}) == missing + GET_A_TOKEN


def test_a_file_is_exposed_if_others_than_its_owner_can_read_it(tmp_path: Path) -> None:
    environ = written(tmp_path / "token", TOKEN.encode())
    for mode, exposed in ((0o600, None), (0o400, None), (0o640, tmp_path / "token"), (0o604, tmp_path / "token")):
        (tmp_path / "token").chmod(mode)
        assert exposed_file(environ) == exposed
        assert exposed_file(environ | {"DISCORD_TOKEN": TOKEN}) is None  # the file is not read then
    assert exposed_file({}) is None


def test_a_file_without_an_end_is_not_read_forever() -> None:
    assert "a character that no token has" in refusal({"DISCORD_TOKEN_FILE": "/dev/zero"})


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (f"Bot {TOKEN}", 'begins with "Bot "; leave that word out, the token stands alone.'),
        (TOKEN.replace(".", ". "), "holds white space within the token; copy the token again, in one piece."),
        (TOKEN.replace(".", "\n", 1), "holds white space within the token; copy the token again, in one piece."),
        *(
            (bad, "holds a character that no token has; copy the token again, without quotation marks.")
            for bad in (f"'{TOKEN}'", f'"{TOKEN}"', f"{TOKEN}é", f"DISCORD_TOKEN={TOKEN}", f"{TOKEN}\0")
        ),
    ],
)
def test_a_bad_token_says_what_is_wrong_and_never_shows_itself(tmp_path: Path, token: str, reason: str) -> None:
    assert refusal({"DISCORD_TOKEN": token}) == f"DISCORD_TOKEN {reason}"
    from_file = refusal(written(tmp_path / "token", token.encode()))
    assert from_file == f"The file of DISCORD_TOKEN_FILE {reason}"


@pytest.mark.parametrize("secret", [TOKEN, f"/srv/{TOKEN}", f"'{TOKEN}'", "0123456789abcdef" * 4, "Ab-_5678" * 4])
def test_a_secret_put_where_the_file_belongs_is_not_shown(secret: str) -> None:
    missing = "DISCORD_TOKEN_FILE names a file that is not there; write the token into it, or "
    assert refusal({"DISCORD_TOKEN_FILE": secret}) == missing + GET_A_TOKEN


@given(st.integers(1, 2**64 - 1), st.text(st.sampled_from("Ab-_9."), max_size=20))
def test_a_token_spells_the_number_of_its_application(number: int, rest: str) -> None:
    first = base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")
    assert application_id_of(f"{first}.{rest}") == number


@pytest.mark.parametrize(
    "token", ["", "secret", "....", "!!!.a.b", "é.a.b", "c2VjcmV0.a.b", "77-9.a.b", "A.b.c", "MTEy!MjM.a.b"]
)
def test_what_spells_no_number_has_no_application(token: str) -> None:
    assert application_id_of(token) is None


def test_a_number_that_is_too_long_is_no_application() -> None:
    assert application_id_of(base64.b64encode(b"9" * 6000).decode()) is None


@given(st.text())
def test_any_text_may_be_asked_for_its_application(text: str) -> None:
    found = application_id_of(text)
    assert found is None or found >= 0


def test_the_invitation_asks_for_just_what_the_bot_needs() -> None:
    link = invite_link(112233445566778899)
    assert link == (
        "https://discord.com/oauth2/authorize?client_id=112233445566778899"
        "&scope=bot%20applications.commands&permissions=274878008320"
    )
    (permissions,) = parse_qs(urlsplit(link).query)["permissions"]
    assert [bit for bit in range(64) if int(permissions) >> bit & 1] == [10, 11, 15, 16, 38]
