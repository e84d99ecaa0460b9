from __future__ import annotations

import random
import re
import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.discord_markdown import Alive, alive, parse, shown, walk

LINK = "https://example.org/a"

PLAIN = [
    "Plain words, with (brackets), commas; and 100 % of it.",
    "snake_case_name",
    "2 * 3 * 4",
    "a * b and c * d",
    ">quote",
    ">>>quote",
    "a > b",
    "#tag",
    "####### seven",
    "#### four",
    "a # b",
    "-#sub",
    "-# ",
    "- ",
    "+ a",
    "1) a",
    "3.5 litres",
    "1.a",
    "-a",
    "--- ",
    "`open",
    "`a``",
    "~~a~~_",
    "[a](https:/x/example.org)",
    "```open",
    "**open",
    "~~open",
    "||open",
    "a||b",
    "~~~~",
    "[label]",
    "[label] (target)",
    "[label](target)",
    f"[]({LINK})",
    f"[ ]({LINK})",
    "[label](ftp://example.org)",
    "[label](javascript:alert(1))",
    "[label](https:example.org)",
    "[label](https://exa%6dple.org)",
    f"[{LINK}]({LINK})",
    f"[HTTPS;//example.org]({LINK})",
    f"[<@1>]({LINK})",
    f"[a <#1>]({LINK})",
    f"[`{LINK}`]({LINK})",
    "http:// a",
    "HTTP://example.org",
    "example.org",
    "mailto:a@example.org",
    "a@example.org",
    "<a@b>",
    "<@abc>",
    "<@>",
    "<#>",
    "</ask:>",
    "<t:abc>",
    ": a :",
    "a:b c:d",
    "@every one",
    "well, @silent",
    "@silently",
    "\\",
    "\\a",
    "\\ a",
    "\\1",
    "a\\\nb",
    "日本語のテキスト。「引用」",
    "Съешь же ещё этих мягких французских булок",
    "قال: «نعم»",
    "می\u200cخواهم",
    "👩\u200d💻",
    "¯\\_(ツ)_/¯",
]

LIVING = [  # content, shown, alive
    ("**a**", "a", ["bold"]),
    ("*a*", "a", ["italic"]),
    ("2*3*4", "234", ["italic"]),
    ("*a *", "a", ["italic"]),
    ("****", "**", ["italic"]),
    ("*a\nb*", "a\nb", ["italic"]),
    ("_a_", "a", ["italic"]),
    ("a_b_ c", "ab c", ["italic"]),
    ("a_b_é", "abé", ["italic"]),
    ("__a__", "a", ["underline"]),
    ("***a***", "a", ["italic", "bold"]),
    ("~~a~~", "a", ["strike"]),
    ("~~a\\~~", "a\\", ["strike"]),
    ("||a||", "a", ["spoiler"]),
    ("||a\\||", "a\\", ["spoiler"]),
    ("**a\\*\\*b**", "a**b", ["bold"]),
    ("`a`", "a", ["code"]),
    ("`\\*`", "\\*", ["code"]),
    ("`\\`", "\\", ["code"]),
    ("``a`b``", "a`b", ["code"]),
    ("`` `a` ``", "`a`", ["code"]),
    ("``a`", "`a", ["code"]),
    ("\\``a`", "`a", ["code"]),
    ("**`a**`", "`a`", ["bold"]),
    ("```a```", "a", ["codeblock"]),
    ("```py\na = '*b*'\n```", "a = '*b*'", ["codeblock"]),
    ("```no language\na```", "no language\na", ["codeblock"]),
    ("```\n\n a\n\n```", " a", ["codeblock"]),
    ("a\n```\nb\n```\nc", "a\nb\nc", ["codeblock"]),
    ("a ```b``` c", "a \nb\n c", ["codeblock"]),
    ("````a```", "`a", ["codeblock"]),
    ("```a `` b```", "a `` b", ["codeblock"]),
    ("> a", "a", ["quote"]),
    ("  > a", "a", ["quote"]),
    ("> a\n> b\nc", "a\nb\nc", ["quote"]),
    ("a\n> b", "a\nb", ["quote"]),
    ("> a\n>b", "a\n>b", ["quote"]),
    ("> > a", "> a", ["quote"]),
    (">>> a\n\nb", "a\n\nb", ["quote"]),
    (">>> a\n> b", "a\n> b", ["quote"]),
    ("**> a**", "a", ["bold", "quote"]),
    ("# a", "a", ["heading"]),
    ("### a ##\n\n\nb", "a\nb", ["heading"]),
    ("#\na", "a", ["heading"]),
    ("a\n## b", "a\nb", ["heading"]),
    ("a\n ## b\n", "a\n ## b\n", []),
    ("a\\\n# b", "a\\\nb", ["heading"]),
    ("-# > -# a", "-# a", ["subtext", "quote"]),
    ("- " * 13 + "a", "• " * 11 + "- - a", ["list"] * 11),
    ("-# a\nb", "a\nb", ["subtext"]),
    ("- a\n- b", "• a\n• b", ["list"]),
    ("* a\n* b\nc", "• a\n• b\nc", ["list"]),
    ("1. a\n2. b", "1. a\n2. b", ["list"]),
    ("1984. a", "1984. a", ["list"]),
    ("a\n  - b", "a\n  • b", ["list"]),
    ("- a\n  - b\n- c", "• a\n  • b\n• c", ["list", "list"]),
    ("- a\n  and more", "• a\n  and more", ["list"]),
    ("- > a", "• a", ["list", "quote"]),
    ("> - a", "• a", ["quote", "list"]),
    ("- # a", "• # a", ["list"]),
    ("# - a", "• a", ["heading", "list"]),
    (f"[a]({LINK})", "a", ["link"]),
    (f"[a](<{LINK}>)", "a", ["link"]),
    (f'[a]({LINK} "title")', "a", ["link"]),
    ("[a](https://example.org/b_(c))", "a", ["link"]),
    ("[a](https://example.org/b\\)c)", "a", ["link"]),
    (f"[a\nb]({LINK})", "a\nb", ["link"]),
    (f"[a](b)]({LINK})", "a](b)", ["link"]),
    (f"[a]b[c]d]({LINK})", "[a]bc]d", ["link"]),
    (f"[# *a *]({LINK})", "# *a *", ["link"]),
    (f"[a :b:]({LINK})", "a :b:", ["link", "emoji"]),
    (f"[discord.gg/a]({LINK})", f"[discord.gg/a]({LINK})", ["invite"]),
    ("[a](https://exa\u200bmple.org)", "[a](https://exa\u200bmple.org)", ["control"]),
    (f"[a [b] c]({LINK})", "a [b] c", ["link"]),
    (f"[a\\]({LINK})", "a\\", ["link"]),
    (f"[**a** `b`]({LINK})", "a b", ["link", "bold", "code"]),
    (f"[a\\*b\\*]({LINK})", "a\\*b\\*", ["link"]),
    (f"[a\u00a0b\u200b]({LINK})", "ab", ["link", "control"]),
    ("[a](mailto:b@example.org)", "a", ["link"]),
    (f"![a]({LINK})", "!a", ["link"]),
    (f"see {LINK}.", f"see {LINK}.", ["url"]),
    (f"({LINK}) b", f"({LINK}) b", ["url"]),
    (f"x{LINK}", f"x{LINK}", ["url"]),
    ("steam://run/1", "steam://run/1", ["url"]),
    ("discord.gg\\/a", "discord.gg/a", ["invite"]),
    ("<:a:>", "<:a:>", ["emoji"]),
    (f"<{LINK}>", LINK, ["autolink"]),
    ("<discord://a>", "discord://a", ["autolink"]),
    ("<c:/folder>", "c:/folder", ["autolink"]),
    ("<a@example.org>", "a@example.org", ["mail"]),
    ("<mailto:a@example.org>", "mailto:a@example.org", ["mail"]),
    ("<+49 30 123>", "+49 30 123", ["phone"]),
    ("<tel:+49301>", "tel:+49301", ["phone"]),
]

AS_SENT = {  # shown as they are sent, with one thing alive
    "user": ["<@1>", "<@!1>"],
    "role": ["<@&1>"],
    "channel": ["<#1>"],
    "everyone": ["@everyone", "@here"],
    "command": ["</ask:1>", "</sources list all:1>", "</спросить:1>"],
    "timestamp": ["<t:1>", "<t:-1:R>"],
    "emoji": ["<:a:1>", "<a:a:1>", ":smile:", ":+1::skin-tone-2:", ":e-mail:"],
    "url": ["https://example.org/b_(c)", "http://example.org?a=(b)(c)"],
    "navigation": ["<id:home>", "<id:customize>", "<id:linked-roles:1>"],
    "sound": ["<sound:1:2>"],
    "game": ["<@$1>"],
    "silent": ["@silent"],
    "invite": ["discord.gg/a", "discord.com/invite/a", "DISCORDAPP.COM/invite/a", "discord.gift/a"],
    "control": ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "\x1b", "\u2028", "\U000e0041"],
}


@pytest.mark.parametrize("content", PLAIN)
def test_plain_text_is_shown_as_it_is_and_nothing_in_it_is_alive(content: str) -> None:
    assert (shown(content), alive(content)) == (content, [])


@pytest.mark.parametrize(("content", "text", "kinds"), LIVING)
def test_what_is_alive_is_named_and_its_marks_are_not_shown(content: str, text: str, kinds: list[str]) -> None:
    assert (shown(content), [living.kind for living in alive(content)]) == (text, kinds)


@pytest.mark.parametrize(("kind", "content"), [(kind, content) for kind in AS_SENT for content in AS_SENT[kind]])
def test_what_the_client_replaces_is_alive_and_shown_as_sent(kind: str, content: str) -> None:
    assert (shown(content), alive(content)) == (content, [Alive(kind, content)])


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("\\*a\\* \\_b\\_ \\~\\~c\\~\\~ \\|\\|d\\|\\|", "*a* _b_ ~~c~~ ||d||"),
        ("\\# a\n\\- b\n1\\. c\n\\> d\n\\-# e", "# a\n- b\n1. c\n> d\n-# e"),
        ("\\`a\\` \\`\\`\\`b\\`\\`\\`", "`a` ```b```"),
        ("\\<@1> \\<#1\\> \\@everyone \\:smile\\:", "<@1> <#1> @everyone :smile:"),
        ("\\[a](https\\://example.org)", "[a](https://example.org)"),
        ("https\\://example.org http\\:/\\/a.b", "https://example.org http://a.b"),
        ("discord\\.gg/a", "discord.gg/a"),
        ('\\\\ \\! \\" \\€ \\… \\😀', '\\ ! " € … 😀'),
        ("a\\  \nb", "a\\\nb"),
        ("¯\\\\\\_(ツ)\\_/¯", "¯\\_(ツ)_/¯"),
    ],
)
def test_an_escaped_sign_is_shown_and_dead(content: str, text: str) -> None:
    assert (shown(content), alive(content)) == (text, [])


@settings(max_examples=300)
@given(st.text(st.sampled_from("*_~|`#>-<@:/[]()!\\\\1.a \n日é\"'&+"), max_size=60))
def test_with_every_sign_escaped_a_text_is_dead_and_shown_exactly(text: str) -> None:
    escaped = re.sub(f"[{re.escape(string.punctuation)}]", r"\\\g<0>", text)
    assert (shown(escaped), alive(escaped)) == (re.sub(" {2,}\n", "\n", text), [])


def test_line_ends_and_tabs_are_read_as_the_client_reads_them() -> None:
    assert shown("a\r\nb\rc\td\fe") == "a\nb\nc    de"


def test_things_are_named_in_reading_order_with_their_source() -> None:
    content = "Hi <@1>,\n> *a* @here\n`<@2>` \\<@3> discord.gg/x"
    named = [Alive("user", "<@1>"), Alive("quote", "> *a* @here\n"), Alive("italic", "*a*"), Alive("everyone", "@here")]
    assert alive(content) == [*named, Alive("code", "`<@2>`"), Alive("invite", "discord.gg/x")]


def test_an_address_ends_before_a_bracket_that_it_did_not_open() -> None:
    assert alive(f"({LINK}) ({LINK}(b))") == [Alive("url", LINK), Alive("url", f"{LINK}(b)")]


def test_the_tree_says_where_a_link_leads_and_what_a_block_is() -> None:
    nodes = walk(parse(f"## a\n[b]({LINK})\n```py\nc\n```\n3. d\n- e"))
    details = {"heading": "2", "link": LINK, "codeblock": "py", "list": "3"}
    assert {node.kind: node.detail for node in nodes if node.detail} == details


def test_hostile_text_is_read_in_no_time() -> None:
    choice = random.Random(7)
    bits = [
        "*",
        "_",
        "**",
        "__",
        "~~",
        "||",
        "`",
        "```",
        "[",
        "](",
        "]",
        "(",
        ")",
        "<",
        "\\",
        " ",
        "\n",
        "> ",
        "- ",
        "# ",
    ]
    bits += ["a", ":", "http://", "@", "'", "1.", "-# ", "1", "\n\n", "<a:"]
    texts = [(one + other) * 1000 for one in bits for other in bits]
    texts += ["[a](" + "((b c)" * 300, "# " + " " * 1900, "[[" * 1000, "*" * 2000, "- " * 1000]
    texts += ["".join(choice.choices(bits, k=1500)) for _ in range(100)]
    started = time.process_time()
    for text in texts:
        alive(text[:2000])
    assert (time.process_time() - started) / len(texts) < 0.05
