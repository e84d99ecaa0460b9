"""Where an excerpt stands, as one line of Discord's markdown or as plain text; refuses to know what is quoted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import quote

from briefbot.discord.escaping import escaped, link, web_address
from briefbot.discord.limits import clipped, length
from briefbot.discord.quoting import LAID_OUT
from briefbot.harmless import one_line

if TYPE_CHECKING:
    from briefbot.discord.catalogue import Words
    from briefbot.model import Citation, Excerpt

_TITLE, _PLACE, _ADDRESS = 120, 100, 300  # characters shown of each
_NAMED = 3  # copies
_EDGE = 4  # words at either end of a sentence that find it on a page
_DIRECTIVE = ":~:text="


def citation_line(excerpt: Excerpt, words: Words) -> str:
    """Return title · page or heading · paragraph · date, linked to the very sentence where the document has a url."""
    cited = excerpt.citation
    address = web_address(cited.url)
    sentence = "" if excerpt.kind in LAID_OUT else excerpt.highlight.of(excerpt.text)  # a page shows rows otherwise
    target = with_fragment(address, sentence) if address else None
    title = clipped(title_of(cited), _TITLE)
    return " · ".join([link(title, target), *(escaped(place) for place in _places(cited, words))])


def plain_citation(citation: Citation, words: Words) -> str:
    """Return the whole citation with author and document, to be pasted elsewhere."""
    parts = [title_of(citation), one_line(citation.author or ""), *_places(citation, words)]
    parts = [*parts, one_line(citation.document)]
    address = web_address(citation.url)
    return " · ".join([*(escaped(part) for part in parts if part), *([f"<{address}>"] if address else [])])


def also_line(excerpt: Excerpt, room: int, words: Words) -> str:
    """Return where else the same is said, in at most `room` characters; empty where nothing is, or has no room.

    Documents of one title are told apart by their names.
    """
    copies = excerpt.also
    titles = Counter(map(title_of, (excerpt.citation, *copies)))
    places = [_copy_line(copy, words, by_name=titles[title_of(copy)] > 1) for copy in copies[:_NAMED]]
    for named in range(len(places), 0, -1):
        left = len(copies) - named
        more = [words("answer.also_more", count=left)] if left else []
        line = words("answer.also", places="; ".join([*places[:named], *more]))
        if length(line) <= room:
            return line
    return ""


def title_of(citation: Citation) -> str:
    """Return the title on one line, or the document's name where the title cannot be seen."""
    return one_line(citation.title) or one_line(citation.document)


def with_fragment(address: str, sentence: str) -> str:
    """Return an address that makes a browser go to the sentence and highlight it."""
    if len(address) > _ADDRESS:
        return address
    said = one_line(sentence).split()
    edges = [said] if len(said) <= 2 * _EDGE else [said[:_EDGE], said[-_EDGE:]]
    directive = ",".join(quote(" ".join(edge), safe="").replace("-", "%2D") for edge in edges)
    if not said or len(directive) > _ADDRESS:  # scripts without spaces make one long word
        return address
    return f"{address}{'' if '#' in address else '#'}{_DIRECTIVE}{directive}"


def _copy_line(copy: Citation, words: Words, *, by_name: bool) -> str:
    document = one_line(copy.document) if by_name else title_of(copy)
    return " · ".join(escaped(place) for place in (clipped(document, _PLACE), *_places(copy, words)))


def _places(citation: Citation, words: Words) -> list[str]:
    title = one_line(citation.title).casefold()
    headings = [heading for heading in map(one_line, citation.heading) if heading.casefold() != title]
    page = _pages(citation.pages, words) if citation.pages else clipped(" › ".join(headings), _PLACE)
    paragraph = words("citation.paragraph", number=citation.paragraph)
    return [part for part in (page, paragraph, citation.date.isoformat() if citation.date else "") if part]


def _pages(pages: tuple[int, int], words: Words) -> str:
    first, last = pages
    return words("citation.page", number=str(first) if first == last else f"{first}–{last}")
