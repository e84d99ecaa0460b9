"""An answer as text for a person and as JSON for a program.

In text, the answering sentence comes first, then where it stands, then its passage. Document text is made harmless
and wrapped, but no word of it is changed. In JSON it is exactly what the document says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from briefbot.harmless import one_line, printable
from briefbot.model import Span
from briefbot.terminal.wrapping import GLUE, cells, wrapped
from briefbot.wording import flowed, letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from briefbot.model import Answer, Citation, Excerpt, Staleness
    from briefbot.terminal.paint import Paint

FORMAT = 1
NARROWEST = 20
NAMED = 3  # citations of copies that are shown

BAR = "│ "
_OPEN, _CLOSE = f"»{GLUE}", f"{GLUE}«"
_TAB = " " * 4
_STRENGTHS = (
    (0.85, "Strong match."),
    (0.65, "Good match."),
    (0.0, "Weak match: read the passage before you rely on it."),
)
_LEGEND = "The passage, with the answering sentence between » and «:"
_DIVIDED = re.compile(r"(?<=[^\W\d_]-)\n(?=[^\W\d_])")
_LAID_OUT = ("table", "row", "code")  # whose line ends and spaces mean something
_LINES_OF_FILE = (".txt", ".md", ".csv", ".tsv")  # elsewhere lines count in the extracted text: no help to a person


def render_answer(answer: Answer, paint: Paint, width: int) -> str:
    """Return an answer for a screen of `width` columns; below 20 it is shown as for 20."""
    columns = max(width, NARROWEST)
    sections = list(_understood(answer, paint, columns))
    sections += _found(answer, paint, columns) if answer.answered else _not_found(answer, paint, columns)
    return in_sections(sections)


def citation_line(citation: Citation) -> str:
    """Return where an excerpt stands: title · page or heading · paragraph · lines · date · document · link."""
    title = one_line(citation.title)
    headings = [words for words in map(one_line, citation.heading) if words.casefold() != title.casefold()]
    places = (
        title,
        _range("page", citation.pages) if citation.pages else " › ".join(headings),
        f"paragraph{GLUE}{citation.paragraph}",
        _range("line", citation.lines) if citation.document.lower().endswith(_LINES_OF_FILE) else "",
        citation.date.isoformat() if citation.date else "",
        one_line(citation.document),
        one_line(citation.url or ""),
    )
    return f"{GLUE}· ".join(filter(None, places))


def also_line(copies: Sequence[Citation]) -> str:
    """Return where else a passage stands, and how many more places there are than are named."""
    places = [citation_line(citation) for citation in copies[:NAMED]]
    unnamed = len(copies) - len(places)
    more = [f"{unnamed}{GLUE}more"] if unnamed else []
    return f"Also in: {'; '.join([*places, *more])}"


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return the object that `ask --json` prints; what is missing is None."""
    return {
        "format": FORMAT,
        "question": answer.question,
        "understood_as": answer.understood_as,
        "answered": answer.answered,
        "confidence": answer.confidence,
        "generation": answer.generation,
        "excerpts": [_excerpt_json(excerpt) for excerpt in answer.excerpts],
        "related": [_excerpt_json(excerpt) for excerpt in answer.related],
    }


def _understood(answer: Answer, paint: Paint, width: int) -> Iterator[list[str]]:
    """Tell how the question was understood, where that has other words."""
    if letters(answer.understood_as) != letters(answer.question):
        yield [paint.dim(line) for line in flat(f"Understood as: {one_line(answer.understood_as)}", width)]


def _found(answer: Answer, paint: Paint, width: int) -> Iterator[list[str]]:
    first, *others = answer.excerpts
    yield [paint.bold(line) for line in flat(on_one_line(first.highlight.of(first.text)), width)]
    yield indented(place_lines(first, paint, width - 2), "  ")
    yield [paint.dim(line) for line in flat(f"{_strength(answer.confidence)} {_LEGEND}", width)]
    yield _passage(first, paint, width)
    yield from (_numbered(number, excerpt, paint, width) for number, excerpt in enumerate(others, start=2))


def _not_found(answer: Answer, paint: Paint, width: int) -> Iterator[list[str]]:
    yield [paint.bold("Not in the documents.")]
    if answer.related:
        yield ["Related, not an answer:"]
    yield from (_numbered(number, excerpt, paint, width) for number, excerpt in enumerate(answer.related, start=1))


def _strength(confidence: float | None) -> str:
    if confidence is None:
        return "Confidence not calibrated: read the passage before you rely on it."
    return next(words for least, words in _STRENGTHS if confidence >= least)


def place_lines(excerpt: Excerpt, paint: Paint, width: int) -> list[str]:
    """Return where an excerpt stands, whether that has changed since, and where else the same is said."""
    lines = [*flat(citation_line(excerpt.citation), width), *_stale(excerpt, paint, width)]
    return [*lines, *flat(also_line(excerpt.also), width)] if excerpt.also else lines


def _stale(excerpt: Excerpt, paint: Paint, width: int) -> list[str]:
    if excerpt.stale is None:
        return []
    indexed, changed = _moments(excerpt.stale)
    sentence = (
        f"The document has changed: this is its text of {indexed}, and it was changed on {changed}. "
        f"To take that up, run: briefbot{GLUE}build"
    )
    return [paint.warn(line) for line in flat(sentence, width)]


def _moments(stale: Staleness) -> tuple[str, str]:
    """Return both dates, with the times of day where only those tell them apart."""
    form = "%Y-%m-%d" if stale.indexed.date() != stale.changed.date() else "%Y-%m-%d %H:%M:%S"
    return stale.indexed.strftime(form), stale.changed.strftime(form)


def _passage(excerpt: Excerpt, paint: Paint, width: int) -> list[str]:
    """Return the passage as a block quote, with the sentence that answers marked and painted."""
    before, sentence, after = (_shown(piece) for piece in _pieces(excerpt))
    text = f"{before}{_OPEN}{sentence}{_CLOSE}{after}"
    marked = Span(len(before), len(text) - len(after))
    inner = width - cells(BAR)
    if excerpt.kind in _LAID_OUT:
        lines = wrapped(text, inner if excerpt.kind == "row" else None)
    else:
        text = flowed(text, inner, cells)
        lines = wrapped(text, inner)
    return block_quote([*_header(excerpt), *(_emphasised(text, line, marked, paint) for line in lines)], paint)


def _pieces(excerpt: Excerpt) -> tuple[str, str, str]:
    text, highlight = excerpt.text, excerpt.highlight
    return text[: highlight.start], highlight.of(text), text[highlight.end :]


def on_one_line(text: str) -> str:
    """Return `text` on one line; a word that a line end divided keeps its hyphen and loses the gap."""
    return one_line(_DIVIDED.sub("", printable(text)))


def marked_on_one_line(text: str, around: Span, marked: Span) -> str:
    """Return `text`, which stands at `around`, on one line, with what of it is at `marked` between » and «."""
    start, end = (max(0, at - around.start) for at in (marked.start, marked.end))
    before, words, after = text[:start], text[start:end], text[end:]
    left, right = " " * before[-1:].isspace(), " " * after[:1].isspace()
    return f"{on_one_line(before)}{left}{_OPEN}{on_one_line(words)}{_CLOSE}{right}{on_one_line(after)}"


def _shown(text: str) -> str:
    return printable(text).replace("\t", _TAB)


def _header(excerpt: Excerpt) -> list[str]:
    return _shown(excerpt.header).splitlines() if excerpt.header else []


def _emphasised(text: str, line: Span, marked: Span, paint: Paint) -> str:
    start = min(max(line.start, marked.start), line.end)
    end = max(min(line.end, marked.end), start)
    return f"{text[line.start : start]}{paint.bold(text[start:end])}{text[end : line.end]}"


def _numbered(number: int, excerpt: Excerpt, paint: Paint, width: int) -> list[str]:
    """Return an excerpt that is not the first: where it stands, and of its passage one sentence."""
    label = f"{number}  "
    inner = width - len(label)
    before, sentence, after = (on_one_line(piece) for piece in _pieces(excerpt))
    words = f"{f'…{GLUE}' * bool(before)}{sentence}{f'{GLUE}…' * bool(after)}"
    lines = [
        *place_lines(excerpt, paint, inner),
        *block_quote([*_header(excerpt), *flat(words, inner - cells(BAR))], paint),
    ]
    first, *rest = indented(lines, " " * len(label))
    return [f"{paint.bold(str(number))}{first[len(str(number)) :]}", *rest]


def in_sections(sections: Iterable[list[str]]) -> str:
    """Return sections of lines as one text, an empty line between them."""
    return "\n\n".join("\n".join(line.replace(GLUE, " ") for line in section) for section in sections)


def block_quote(lines: list[str], paint: Paint) -> list[str]:
    """Return lines of a document with a bar in front."""
    return [f"{paint.dim(BAR)}{line}" if line else paint.dim(BAR.rstrip()) for line in lines]


def flat(text: str, width: int) -> list[str]:
    """Return a text in lines of that width."""
    return [line.of(text) for line in wrapped(text, width)]


def indented(lines: list[str], indent: str) -> list[str]:
    """Return lines moved to the right."""
    return [f"{indent}{line}" for line in lines]


def _range(word: str, ends: tuple[int, int]) -> str:
    first, last = ends
    return f"{word}{GLUE}{first}" if first == last else f"{word}s{GLUE}{first}–{last}"


def _excerpt_json(excerpt: Excerpt) -> dict[str, Any]:
    return {
        "text": excerpt.text,
        "score": excerpt.score,
        "highlight": _span_json(excerpt.highlight),
        "header": excerpt.header,
        "stale": excerpt.stale is not None,
        "versions": _versions_json(excerpt.stale),
        "citation": citation_json(excerpt.citation),
        "also": [citation_json(citation) for citation in excerpt.also],
    }


def _versions_json(stale: Staleness | None) -> dict[str, str] | None:
    return {"indexed": stale.indexed.isoformat(), "changed": stale.changed.isoformat()} if stale else None


def citation_json(citation: Citation) -> dict[str, Any]:
    """Return where something stands as an object."""
    return {
        "document": citation.document,
        "title": citation.title,
        "author": citation.author,
        "paragraph": citation.paragraph,
        "pages": list(citation.pages) if citation.pages else None,
        "heading": list(citation.heading),
        "lines": list(citation.lines),
        "span": _span_json(citation.span),
        "url": citation.url,
        "date": citation.date.isoformat() if citation.date else None,
        "language": citation.language,
    }


def _span_json(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}
