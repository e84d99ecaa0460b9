"""Hostile text: what could come alive in Discord's markdown, in every mixture."""

from __future__ import annotations

from hypothesis import strategies as st

MARKS = [
    *"*_~|`<>[]()#-+.:@!/\\&=\"'",
    *("**", "__", "~~", "||", "``", "```", "> ", ">>> ", "# ", "## ", "### ", "-# ", "- ", "* ", "1. ", "]("),
    *(
        "@everyone",
        "@here",
        "@silent ",
        "<@1>",
        "<@!12>",
        "<@&3>",
        "<#4>",
        "</ask:5>",
        "</a b c:66>",
        "<t:1:R>",
        "<t:99>",
    ),
    *("<:a:1>", "<a:b:2>", ":smile:", ":+1:", ":thumbsup::skin-tone-2:", "<id:home>", "<id:customize>", "<sound:1:2>"),
    *(
        "http://x.de",
        "https://a.b/c_d_e*",
        "<https://x.y>",
        "discord://x",
        "steam://run",
        "<mailto:a@b.c>",
        "<tel:+123>",
    ),
    *(
        "[a](http://b.c)",
        "[a\nb](https://c.d)",
        "[x](<http://y>)",
        '[a](http://b "t")',
        "discord.gg/abc",
        "discord.com/invite/x",
    ),
    *(
        "https://discord.gg/x",
        "discordapp.com/invite/y",
        "¯\\_(ツ)_/¯",
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "```py\n",
    ),
]
WORDS = ["a", "b1", "Kim", "foo_bar", "x.y", "10", "ünï", "中文", "نص", "😀", "ſ", "\u00a0", "\u3000", "\t"]
SPACES = [" ", "\n", "\n\n", "  ", "\r\n", "\u2028"]

hostile = st.lists(st.one_of(st.sampled_from(MARKS), st.sampled_from(WORDS), st.sampled_from(SPACES)), max_size=25).map(
    "".join
)
any_text = st.one_of(hostile, st.text(max_size=60))
