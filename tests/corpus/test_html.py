"""Pages of several kinds of sites, through the real parser."""

from __future__ import annotations

from datetime import date

import pytest

from briefbot.corpus.readers.html import read
from briefbot.errors import UnreadableFile
from briefbot.model import Metadata, Reading
from briefbot.settings import Limits

FIRST = "Kim Jong Un and Vladimir Putin met at the Vostochny Cosmodrome, a space port in Russia's Far East."
SECOND = "It was the first trip abroad in four years, and the train was given in Soviet times."
THIRD = "The spokesman said that it is a matter of two sovereign nations and no third party's worry."


def read_html(markup: str) -> Reading:
    return read(markup.encode(), Limits())


def layout(markup: str) -> list[tuple[str, int, str]]:
    reading = read_html(markup)
    assert reading.text == "\n\n".join(block.span.of(reading.text) for block in reading.blocks)
    return [(block.kind, block.level, block.span.of(reading.text)) for block in reading.blocks]


def texts(markup: str) -> list[str]:
    return [text for _, _, text in layout(markup)]


BLOG = f"""<!DOCTYPE html><html lang="en-GB"><head><title>The train | Example Blog</title>
<style>p {{ color: red }}</style></head><body class="single has-sidebar">
<div id="cookie-consent"><p>We use cookies to count visits. You can refuse them.</p><button>Accept</button></div>
<header class="site-header"><h1><a href="/">Example Blog</a></h1><nav><ul><li><a href="/a">About</a></ul></nav></header>
<form action="/search"><label>Search <input name="q"></label></form>
<article><header><h1>The train</h1><p>By Ann Example</p></header>
<p>{FIRST}</p><aside class="share"><a href="#">Share this</a></aside><h2>How it went</h2><p>{SECOND}</p>
<ul class="related"><li><a href="/1">Other trains</a><li><a href="/2">More trains</a></ul></article>
<aside><h3>Newsletter</h3><p>Get our letter every week.</p></aside>
<footer><p>© 2023 Example Blog. All rights reserved.</p></footer><script>var a = "<p>no</p>";</script></body></html>"""

WIKI = f"""<html><head><title>Vostochny</title></head><body><div id="mw-navigation"><a href="/">Main page</a></div>
<div id="content"><h1>Vostochny</h1><div id="toc" class="toc"><ul><li><a href="#a">1 A</a></ul></div>
<p><b>Vostochny</b> is a <a href="/s">space port</a>.<sup><a href="#1">[1]</a></sup> {FIRST}</p>
<h2>See also</h2><ul><li><a href="/x">Baikonur</a></li><li><a href="/y">Plesetsk</a></li></ul>
<h2>References</h2><ol><li>Example, Ann (2023). <a href="/z">Rockets</a>. A publisher of books, Berlin.</li></ol></div>
<div role="contentinfo">Text is available under a licence.</div></body></html>"""

DOCS = f"""<body><div class="sidebar"><ul><li><a href="/1">Install</a><li><a href="/2">Use</a></ul></div>
<div role="main"><h1>Use<a class="headerlink" href="#use">¶</a></h1><p>{FIRST}</p>
<pre><code>pip install example
  # two spaces</code></pre>
<dl><dt>--full</dt><dd>Build it all.</dd></dl><blockquote><p>{SECOND}</p></blockquote>
<figure><img src="a.png" alt="x"><figcaption>The train at night.</figcaption></figure>
<details><summary>More</summary>{THIRD}</details><p hidden>Not shown.</p><p aria-hidden="true">Not read.</p>
<p style="display: none">Not displayed.</p><template><p>Not yet.</p></template></div></body>"""

SOUP = f"""<div><div><font size=2><b>The brief</b><br><br>{FIRST}<br><br>
{SECOND}<br>{THIRD}</font></div><div><a href=/>Home</a> | <a href=/b>Back</a></div></div>"""

TABLES = f"""<table width=600><tr><td colspan=2><h1>The brief</h1></td></tr><tr><td><a href=/>Home</a></td>
<td><p>{FIRST}</p><p>{SECOND}</p><table><tr><th>Year<th>Tons</tr><tr><td>2011<td>50,000</table></td></tr></table>"""


def test_of_a_blog_the_article_is_read() -> None:
    assert layout(BLOG) == [
        ("heading", 1, "The train"),
        ("paragraph", 0, "By Ann Example"),
        ("paragraph", 0, FIRST),
        ("heading", 2, "How it went"),
        ("paragraph", 0, SECOND),
    ]
    assert read_html(BLOG).metadata == Metadata(title="The train | Example Blog", language="en")


def test_of_a_wiki_the_links_within_text_stay_and_lists_of_links_go() -> None:
    assert layout(WIKI) == [
        ("heading", 1, "Vostochny"),
        ("paragraph", 0, f"Vostochny is a space port.[1] {FIRST}"),
        ("heading", 2, "References"),
        ("list", 0, "Example, Ann (2023). Rockets. A publisher of books, Berlin."),
    ]


def test_of_a_page_of_documentation_code_lists_and_quotes_are_read_and_what_is_hidden_is_not() -> None:
    assert layout(DOCS) == [
        ("heading", 1, "Use¶"),
        ("paragraph", 0, FIRST),
        ("code", 0, "pip install example\n  # two spaces"),
        ("list", 0, "--full\nBuild it all."),
        ("blockquote", 0, SECOND),
        ("paragraph", 0, "The train at night."),
        ("paragraph", 0, "More"),
        ("paragraph", 0, THIRD),
    ]


def test_two_line_breaks_part_paragraphs() -> None:
    assert texts(SOUP) == ["The brief", FIRST, f"{SECOND}\n{THIRD}", "Home | Back"]


def test_a_page_laid_out_as_a_table_is_read_as_text_and_a_table_within_it_as_a_table() -> None:
    assert layout(TABLES)[0] == ("heading", 1, "The brief")
    assert texts(TABLES)[1:] == [FIRST, SECOND, "Year | Tons\n2011 | 50,000"]


def test_text_without_any_markup_keeps_its_lines() -> None:
    markup = f"{FIRST}\n\nFish &amp; chips,\nwrapped."
    assert texts(markup) == [FIRST, "Fish & chips,\nwrapped."]


@pytest.mark.parametrize("tag", ["p", "div", "section", "center", "blockquote", "td", "li", "dd", "form"])
def test_no_paragraph_is_lost_whatever_holds_it(tag: str) -> None:
    holder = {"td": "<table><tr>{}</tr></table>", "li": "<ul>{}</ul>", "dd": "<dl>{}</dl>"}.get(tag, "{}")
    text = read_html(holder.format(f"<{tag}>{FIRST}</{tag}>") + f"<p>{SECOND}</p>").text
    assert (FIRST in text) == (tag != "form")
    assert SECOND in text


def test_a_page_whose_form_holds_most_of_the_text_is_read() -> None:
    assert texts(f"<form><h1>Page</h1><p>{FIRST}</p><p>{SECOND}</p></form><p>Made by a tool.</p>") == [
        "Page",
        FIRST,
        SECOND,
        "Made by a tool.",
    ]


def test_a_small_main_element_does_not_hide_the_rest() -> None:
    assert texts(f"<main><p>Short.</p></main><div><p>{FIRST}</p><p>{SECOND}</p></div>") == ["Short.", FIRST, SECOND]


@pytest.mark.parametrize(
    "furniture",
    [
        "<div role=banner>{}</div>",
        "<div role=navigation>{}</div>",
        "<div id=cookie-notice>{}</div>",
        "<div class='big gdpr'>{}</div>",
        "<div class=breadcrumbs>{}</div>",
        "<nav>{}</nav>",
        "<header>{}</header>",
        "<footer>{}</footer>",
        "<aside>{}</aside>",
    ],
)
def test_furniture_is_left_out_where_no_element_is_meant_for_the_text(furniture: str) -> None:
    markup = furniture.format("<p>What stands around it.</p>")
    assert texts(f"<body class=menu>{markup}<p>{FIRST}</p></body>") == [FIRST]


def test_a_block_of_links_is_left_out_unless_it_says_much_besides() -> None:
    link = f"<a href=/>{FIRST * 4}</a>"
    assert texts(f"<p>{link}</p><p>{link} {SECOND}</p><pre>***</pre><p>***</p>") == [f"{FIRST * 4} {SECOND}", "***"]


def test_a_table_of_one_row_has_no_header() -> None:
    assert read_html("<table><tr><th>a<th>b</table>").blocks[0].header is None


def test_a_table_with_long_cells_is_a_layout() -> None:
    assert texts(f"<table><tr><td>{FIRST * 5}<td>{SECOND * 5}</table>") == [FIRST * 5, SECOND * 5]


def test_a_table_has_a_header_where_its_first_row_names_the_columns() -> None:
    reading = read_html(
        "<table><caption>Help</caption><thead><tr><th>Year<th>Tons</thead>"
        "<tr><td>2011<td>50,000<br>of grain<tr><td> <td> <tr><td>2012<td></table>"
        "<table><tr><td>a<td>b<tr><td>c<td>d</table>"
    )
    caption, table, bare = reading.blocks
    assert caption.span.of(reading.text) == "Help"
    assert table.span.of(reading.text) == "Year | Tons\n2011 | 50,000 of grain\n2012 |"
    assert table.header is not None
    assert table.header.of(reading.text) == "Year | Tons"
    assert (bare.span.of(reading.text), bare.header) == ("a | b\nc | d", None)


def test_nested_lists_are_one_block_with_a_line_for_each_item() -> None:
    markup = f"<ul><li>one<ul><li>two</li></ul><li><p>three</p><p>more</p></ul><ul><li><h2>T</h2><p>{FIRST}</p></ul>"
    assert layout(markup) == [("list", 0, "one\ntwo\nthree\nmore"), ("heading", 2, "T"), ("paragraph", 0, FIRST)]


def test_white_space_is_collapsed_as_a_browser_does_it() -> None:
    assert texts("<p>  a\n\t b&nbsp;&nbsp;c<b> d</b><i>e</i>\u3000f <br> g</p>") == ["a b c de\u3000f\ng"]
    assert texts("<pre>\n  a\n\n    b&nbsp;c\n</pre><p>x</p>") == ["a\n\n    b\xa0c", "x"]


def test_metadata_is_taken_from_meta_elements_first() -> None:
    head = """<title>Site</title>
    <meta property="og:title" content="The train"><meta name="Author" content="Ann Example">
    <meta property="article:author" content="https://example.org/ann"><link rel="canonical" href="https://example.org/t">
    <meta property="article:published_time" content="2023-09-20T08:30:00+02:00"><meta name="title" content="">"""
    assert read_html(f'<html lang="de-AT"><head>{head}</head><body><p>{FIRST}').metadata == Metadata(
        "The train", "Ann Example", date(2023, 9, 20), "https://example.org/t", "de"
    )


def test_metadata_is_taken_from_linked_data_next() -> None:
    data = """{"@graph": [{"@type": "WebSite", "name": "Site"}, {"headline": "The train", "url": "https://example.org/t",
    "datePublished": "2023-09-20", "author": [{"@type": "Person", "name": "Ann Example"}], "inLanguage": "en-US"}]}"""
    script = f'<script type="application/ld+json">{data}</script>'
    expected = Metadata("The train", "Ann Example", date(2023, 9, 20), "https://example.org/t", "en")
    assert read_html(f"<title>Site</title>{script}<p>{FIRST}").metadata == expected


def test_metadata_is_taken_from_the_page_itself_last() -> None:
    markup = f"<title> The\n train </title><article><time datetime=2023-09-20>Wednesday</time><p>{FIRST}</article>"
    assert read_html(markup).metadata == Metadata(title="The train", date=date(2023, 9, 20))


@pytest.mark.parametrize(
    "data", ["[" * 100_000, "{", "1", "null", '{"@graph": 1}', '[{"headline": {"a": 1}}]'], ids=len
)
def test_linked_data_that_makes_no_sense_is_passed_over(data: str) -> None:
    markup = f'<script type="application/ld+json">{data}</script><p>{FIRST}'
    assert read_html(markup).metadata == Metadata()


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="koi8-r">', "koi8-r"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', "cp1251"),
        ('<?xml version="1.0" encoding="iso-8859-5"?>', "iso8859-5"),
        ("<meta charset=klingon>", "utf-8"),
        ("<meta charset=utf-16>", "utf-8"),
        ("", "utf-16"),
    ],
)
def test_the_declared_charset_is_read(head: str, encoding: str) -> None:
    reading = read(f"{head}<p>Сатана там правит бал.</p>".encode(encoding), Limits())
    assert reading.text == "Сатана там правит бал."


def test_a_page_nested_beyond_all_measure_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="its elements are nested more than 3,000 deep"):
        read_html("<div>" * 100_000 + FIRST)
    assert texts("<div>" * 2_000 + FIRST) == [FIRST]


def test_what_does_not_nest_may_be_repeated_without_end() -> None:
    shapes = (
        '<svg><path d="M0"/></svg>' + "<path d='M0'/>" * 4_000 + "<a name=x>" * 4_000 + "<p>" * 4_000 + "<br>" * 4_000
    )
    assert texts(f"{shapes}{FIRST}") == [FIRST]
