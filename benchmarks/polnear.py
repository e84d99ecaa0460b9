"""How well quotations are found in real news, and credited to whom people credited them.

    python -m benchmarks.polnear POLNEAR/dev

Spans are compared with the segments that people marked, white space at their ends aside, exactly and with one token's
tolerance at either end. What stands between other marks than “ ” and ", or between none, is left out: the collection
lists none of it. What was found and is not among the segments counts as an error; how many of these the same people
marked as said, for at least half, is told beside it, because the collection leaves out segments whose two marks
differ or that no mark closes, and these are quotations too. Speakers are compared for the segments that were found: the
head word, and every letter.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.polnear_articles import Article, Gold, articles, head_word
from briefbot.model import Span
from briefbot.quotes import quotations
from briefbot.quotes.words import words_for

_PAIR = re.compile(r'[“"]([^“”"\n]+)[”"]')
_NAME = re.compile(r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*)*")
_REACH = 300  # characters in which the plain ways look for a name
_LISTED = ("“", "”", '"')  # the marks of which the collection lists segments


@dataclass(frozen=True, slots=True)
class Found:
    """A quotation as some way finds it, with the speaker that it credits."""

    span: Span
    speaker: str | None


Way = Callable[[Article], list[Found]]


def ours(article: Article) -> list[Found]:
    """Return what briefbot finds."""
    made = quotations(article.document, article.passages)
    text = article.document.text
    return [
        Found(one.span, one.attribution.speaker if one.attribution else None)
        for one in made
        if one.kind == "direct" and text[max(0, one.span.start - 3) : one.span.start].rstrip().endswith(_LISTED)
    ]


def paired(article: Article) -> list[Found]:
    """Return what stands between paired marks; nobody is credited."""
    spans = (Span(*match.span(1)).trimmed(article.document.text) for match in _PAIR.finditer(article.document.text))
    return [Found(span, None) for span in spans]


def nearest_name(article: Article) -> list[Found]:
    """Return what stands between paired marks, credited to the nearest words with capitals outside of them."""
    return [Found(one.span, _nearest(article, one.span, cued=False)) for one in paired(article)]


def nearest_cued(article: Article) -> list[Found]:
    """Return the same, credited to the nearest words with capitals before or after a word that introduces speech."""
    return [Found(one.span, _nearest(article, one.span, cued=True)) for one in paired(article)]


def _nearest(article: Article, span: Span, *, cued: bool) -> str | None:
    names = list(_names(article.document.text, span, cued=cued))
    return min(names, default=(0, None))[1]


def _names(text: str, span: Span, *, cued: bool) -> Iterator[tuple[int, str]]:
    cues = words_for("en").cues
    for start, end in ((max(0, span.start - _REACH), span.start - 1), (span.end + 1, span.end + _REACH)):
        for match in _NAME.finditer(text, max(0, start), max(0, min(end, len(text)))):
            beside = (
                text[match.end() : match.end() + 30].split()[:1],
                text[max(0, match.start() - 30) : match.start()].split()[-1:],
            )
            if not cued or any(word.strip(",.").lower() in cues for words in beside for word in words):
                yield min(abs(match.start() - span.end), abs(span.start - match.end())), match.group()


def span_line(name: str, group: Sequence[Article], found: Sequence[Sequence[Found]]) -> str:
    """Return how well spans were found, as a row of a table."""
    right = near = false = known = 0
    total = sum(len(article.gold) for article in group)
    for article, own in zip(group, found, strict=True):
        gold = {one.span for one in article.gold}
        missed = [span for span in gold if span not in {one.span for one in own}]
        for one in own:
            right += one.span in gold
            near += one.span in gold or any(_is_near(article.document.text, one.span, span) for span in missed)
            if one.span not in gold:
                false += 1
                known += _is_marked(article, one.span)
    count, errors = right + false, false + total - right
    scores = f"{_scores(right, count, total)} | {_scores(near, count, total)}"
    return f"| {name} | {scores} | {errors} | {known} | {errors - known} |"


def _is_marked(article: Article, span: Span) -> bool:
    """Tell whether people marked at least half of a span as what somebody said."""
    shared = (min(it.end, span.end) - max(it.start, span.start) for it in article.contents)
    return 2 * max(shared, default=0) >= len(span)


def _is_near(text: str, one: Span, other: Span) -> bool:
    if one.end <= other.start or other.end <= one.start:
        return False
    edges = (
        (min(one.start, other.start), max(one.start, other.start)),
        (min(one.end, other.end), max(one.end, other.end)),
    )
    return all(len(re.findall(r"\w+|[^\w\s]", text[start:end])) <= 1 for start, end in edges)


def _scores(right: int, found: int, total: int) -> str:
    precision, recall = right / max(1, found), right / max(1, total)
    return f"{precision:.3f} | {recall:.3f} | {2 * precision * recall / max(1e-9, precision + recall):.3f}"


def speaker_lines(name: str, group: Sequence[Article], found: Sequence[Sequence[Found]]) -> Iterator[str]:
    """Yield how well speakers were told, as rows of a table: all, then by what the true speaker is written as."""
    counts: Counter[tuple[str, str]] = Counter()
    for article, own in zip(group, found, strict=True):
        by_span = {one.span: one for one in own}
        for gold in article.gold:
            if gold.span in by_span:
                counts.update((kind, it) for kind in ("all", gold.kind) for it in _told(by_span[gold.span], gold))
    for kind in ("all", "named", "nominal", "pronoun", "none"):
        there, credited = counts[kind, "there"], max(1, counts[kind, "credited"])
        shares = " | ".join(f"{counts[kind, it] / credited:.3f}" for it in ("head", "exact"))
        yield f"| {name} | {kind} | {there} | {counts[kind, 'credited'] / max(1, there):.3f} | {shares} |"


def _told(one: Found, gold: Gold) -> Iterable[str]:
    yield "there"
    if one.speaker is None:
        return
    yield "credited"
    if gold.speaker_spans and head_word(one.speaker) == head_word(gold.speaker):
        yield "head"
    if one.speaker == gold.speaker:
        yield "exact"


def reported_line(group: Sequence[Article]) -> str:
    """Return how much of what is only reported people marked as well, for most of its words, and with that speaker."""
    there = marked = right = 0
    for article in group:
        for one in quotations(article.document, article.passages):
            if one.kind == "direct" or not one.attribution:
                continue
            speaker = one.attribution.span
            alike = [sources for sources, contents in article.attributions if _shares(one.span, contents)]
            there += 1
            marked += bool(alike)
            right += any(it.start < speaker.end and speaker.start < it.end for sources in alike for it in sources)
    return f"{there} statements reported, {marked / there:.3f} of them marked, {right / there:.3f} with that speaker"


def _shares(span: Span, contents: Sequence[Span]) -> bool:
    return any(min(it.end, span.end) - max(it.start, span.start) >= 0.6 * len(span) for it in contents)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    group = list(articles(parser.parse_args().folder))
    ways: dict[str, Way] = {
        "briefbot": ours,
        "paired marks": paired,
        "nearest name": nearest_name,
        "nearest with cue": nearest_cued,
    }
    start = time.perf_counter()
    found = {"briefbot": [ours(article) for article in group]}
    spent = time.perf_counter() - start
    found |= {name: [way(article) for article in group] for name, way in ways.items() if name != "briefbot"}
    characters = sum(len(article.document.text) for article in group)
    print(f"{len(group)} articles, {characters:,} characters, {characters / spent:,.0f} characters a second\n")
    print(
        "| way | precision | recall | F1 | precision ±1 | recall ±1 | F1 ±1 | errors | of these marked as said | left |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in ("briefbot", "paired marks"):
        print(span_line(name, group, found[name]))
    print("\n| way | true speaker | segments | credited | head word right | every letter |\n|---|---|---|---|---|---|")
    for name in ("briefbot", "nearest name", "nearest with cue"):
        for line in speaker_lines(name, group, found[name]):
            print(line)
    print(f"\n{reported_line(group)}")


if __name__ == "__main__":
    main()
