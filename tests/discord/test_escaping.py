"""Nothing of others comes alive, and what is shown is what they wrote, as Discord's own rules read it."""

from __future__ import annotations

import os
import re

import pytest
from hypothesis import given, settings
from tests.discord.hostile import any_text
from tools.discord_markdown import alive, shown

from briefbot.discord.escaping import code_block, escaped, lightly_escaped, link, quoted, unescaped, web_address
from briefbot.harmless import printable

EXAMPLES = int(os.environ.get("BRIEFBOT_HOSTILE", "2000"))  # 100,000 before a release
hostile = settings(max_examples=EXAMPLES, deadline=None)


def as_shown(text: str) -> str:
    """Discord draws a tab as four spaces and no spaces at the end of a line."""
    return re.sub(r"(?m)[^\S\n]+$", "", text.replace("\t", "    "))


@hostile
@given(any_text)
def test_escaped_text_is_shown_as_it_stands_and_nothing_in_it_lives(text: str) -> None:
    content = escaped(text)
    assert alive(content) == []
    assert as_shown(shown(content)) == as_shown(printable(text))


@hostile
@given(any_text)
def test_lightly_escaped_text_is_shown_as_it_stands_and_nothing_in_it_lives(text: str) -> None:
    content = lightly_escaped(text)
    assert alive(content) == []
    assert as_shown(shown(content)) == as_shown(printable(text))


@hostile
@given(any_text, any_text)
def test_two_texts_do_not_come_alive_together(one: str, other: str) -> None:
    assert alive(f"{escaped(one)} · {escaped(other)}") == []
    assert alive(f"{escaped(one)}\n{escaped(other)}") == []


@hostile
@given(any_text)
def test_in_a_block_quote_only_the_quote_lives(text: str) -> None:
    assert {being.kind for being in alive(quoted(escaped(text)))} <= {"quote"}


@hostile
@given(any_text)
def test_a_code_block_cannot_be_left(text: str) -> None:
    content = code_block(text)
    if content is not None:
        assert [being.kind for being in alive(content)] == ["codeblock"]
        assert as_shown(shown(content)).strip("\n") == as_shown(printable(text)).strip("\n")


@hostile
@given(any_text)
def test_escaping_is_undone(text: str) -> None:
    assert unescaped(escaped(text)) == printable(text)


@hostile
@given(any_text, any_text)
def test_a_link_shows_its_label_and_leads_nowhere_else(label: str, url: str) -> None:
    content = link(label, url)
    living = [being for being in alive(content) if being.kind not in ("link", "autolink", "url")]
    assert living == []
    target = web_address(url)
    if target is None:
        assert alive(content) == []
    else:
        assert all(target in being.source for being in alive(content))


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (
            "Fifty thousand tons (2011), 5 < 6, a+b=c; it's 100 %.",
            "Fifty thousand tons (2011), 5 < 6, a+b=c; it's 100 %.",
        ),
        ("5 * 3 = 15", "5 * 3 = 15"),
        ("2*3*4", "2\\*3\\*4"),
        ("snake_case", "snake_case"),
        ("- a point\n1. a number", "\\- a point\n1\\. a number"),
        ("see [1] and [2]", "see [1] and [2]"),
        ("@everyone", "\\@everyone"),
        ("mail@example.org", "mail@example.org"),
        ("https://example.org", "https\\://example.org"),
    ],
)
def test_only_what_would_come_alive_is_escaped_lightly(text: str, content: str) -> None:
    assert lightly_escaped(text) == content


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "//host", "https://", "", None, "http://[bad"]
)
def test_an_address_that_is_no_web_page_is_no_link(url: str | None) -> None:
    assert (web_address(url), link("Title", url)) == (None, "Title")


def test_a_label_that_discord_would_not_show_as_a_link_stands_beside_its_address() -> None:
    assert link("evil.com", "https://example.org") == "evil.com · <https://example.org>"
    assert link("The *Visit*", "https://example.org") == "The \\*Visit\\* · <https://example.org>"
    assert link("The Visit", "https://example.org/a b)c") == "[The Visit](<https://example.org/a%20b%29c>)"


def test_code_that_would_end_a_link_before_it_is_no_code_block() -> None:
    assert code_block("](http://b.c)@everyone") is None
    assert code_block("a[1](x)") == "```\na[1](x)\n```"
