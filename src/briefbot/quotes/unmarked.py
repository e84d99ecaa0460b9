"""Finds what was said without quotation marks around it: the turns of an interview, and block quotations.

A turn begins with the name of who speaks and a colon; one alone is no interview. A block quotation is told by the
format of its document or stands after ">", and is introduced with a colon or followed by a dash and a name. What a mail
quotes of an earlier mail looks the same: it is another letter and nobody's utterance.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from briefbot.model import Span
from briefbot.quotes.marks import Segment
from briefbot.quotes.paragraphs import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from briefbot.quotes.paragraphs import Paragraph
    from briefbot.quotes.words import Words

TURN, BLOCK = ":", ">"  # what stands for the mark of these segments

_ASKING = frozenset(("q", "question", "f", "frage", "pregunta", "p", "в", "вопрос", "s", "soru", "问", "問"))
_ANSWERING = frozenset(("a", "answer", "antwort", "respuesta", "r", "о", "ответ", "c", "cevap", "答"))
_FEWEST, _LABELS = 3, 2
_MARGIN = "> \t\r\n"
_EMPHASIS = "*_ \t\r\n"  # with which Markdown ends what it began before the label
_SENTENCE = re.compile(r"[.?!…。？！][\"”’»)\]*_]*\s*$")
_MAIL = re.compile(r"@|\b(?:wrote|schrieb|escribió|написал\w*|yazdı|写道)\b[^\n]{0,40}[:：]\s*$")
_DATED = re.compile(r"\d{1,2}[:.]\d\d|\b\d{4}\b")
_DASHED = re.compile(r"\n[>\s]*(?:[—–―]|--?)\s*(?=[^\W\d_])[^\n]{1,80}\s*$")
_BLANK = re.compile(r"\n[^\S\n]*\n")
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]+|[\u2e80-\ua4cf]")


def with_unmarked(
    text: str, paragraphs: Sequence[Paragraph], marked: Sequence[Segment], words: Words
) -> tuple[Segment, ...]:
    """Return the segments between marks together with those that have none, in order.

    What stands between marks within a turn or a block is said within what is said, and one deeper. A turn that is
    nothing but a quotation between marks is left to these.
    """
    found = {one.paragraph: one for one in (*_turns(text, paragraphs, words), *_blocks(text, paragraphs, words))}
    if not found:
        return tuple(marked)
    for one in marked:
        whole = found.get(one.paragraph)
        if whole and len(one.outer) > 0.8 * len(whole.span):
            del found[one.paragraph]
    deeper = [replace(one, depth=one.depth + _is_within(one, found)) for one in marked]
    kept = [one for one in deeper if not _straddles(one, found)]
    return tuple(sorted((*kept, *found.values()), key=lambda one: (one.outer.start, one.depth)))


def _is_within(one: Segment, found: Mapping[int, Segment]) -> bool:
    whole = found.get(one.paragraph)
    return whole is not None and whole.span.start <= one.outer.start and one.outer.end <= whole.span.end


def _straddles(one: Segment, found: Mapping[int, Segment]) -> bool:
    whole = found.get(one.paragraph)
    return whole is not None and one.outer.start < whole.span.end and not _is_within(one, found)


def _turns(text: str, paragraphs: Sequence[Paragraph], words: Words) -> Iterator[Segment]:
    """Yield what is said in the turns of an interview, if the document is or holds one."""
    labelled = [(number, match) for number, match in _labelled(text, paragraphs) if _may_speak(match.group(1), words)]
    counts = Counter(match.group(1).lower() for _, match in labelled)
    if not _is_interview(counts) or not _is_speech(text, paragraphs, labelled):
        return
    for number, match in labelled:
        if counts[match.group(1).lower()] > 1 or _is_letter(match.group(1)):
            whole = paragraphs[number].span
            words_end = match.end() + len(text[match.end() : whole.end].rstrip(_EMPHASIS))
            span = Span(match.end(), words_end).trimmed(text)
            if len(span):
                yield Segment(span, span, TURN, 0, number, closed=True, continues=False)


def _labelled(text: str, paragraphs: Sequence[Paragraph]) -> Iterator[tuple[int, re.Match[str]]]:
    for number, one in enumerate(paragraphs):
        match = LABEL.match(text, one.span.start, one.span.end)
        if match and match.end() < one.span.end:
            yield number, match


def _is_letter(label: str) -> bool:
    return label.lower() in _ASKING or label.lower() in _ANSWERING


def _may_speak(label: str, words: Words) -> bool:
    """Tell whether a label may be somebody's name or role, or says that one asks and one answers."""
    parts = label.replace(".", " ").split()
    if _is_letter(label):
        return True
    if len(parts) > 5 or any(part.lower() in words.cues or part.lower() in words.sayings for part in parts):
        return False
    return all(not part[0].islower() or part.lower() in words.all_titles for part in parts) and (
        parts[0].lower() not in words.not_names
    )


def _is_interview(counts: Mapping[str, int]) -> bool:
    if any(label in _ASKING for label in counts) and any(label in _ANSWERING for label in counts):
        return True
    repeated = [count for count in counts.values() if count > 1]
    return len(counts) >= _LABELS and len(repeated) >= _LABELS and sum(repeated) >= _FEWEST


def _is_speech(text: str, paragraphs: Sequence[Paragraph], labelled: Sequence[tuple[int, re.Match[str]]]) -> bool:
    """Tell whether most of what follows the labels are sentences; after "Phone: " or in a table they are not."""
    said = [(match.end(), paragraphs[number].span.end) for number, match in labelled]
    spoken = sum(
        bool(_SENTENCE.search(text, max(start, end - 6), end))
        and len(_LETTERS.findall(text, start, min(end, start + 40))) > 1
        for start, end in said
    )
    return 2 * spoken > len(labelled)


def _blocks(text: str, paragraphs: Sequence[Paragraph], words: Words) -> Iterator[Segment]:
    """Yield the paragraphs of block quotations that somebody is credited with by what stands around them."""
    number = 0
    while number < len(paragraphs):
        if not paragraphs[number].depth:
            number += 1
            continue
        end = number + 1
        while end < len(paragraphs) and _belongs(text, paragraphs[end - 1], paragraphs[end]):
            end += 1
        before = paragraphs[number - 1].span.of(text) if number else ""
        dashed = _DASHED.search(text, paragraphs[end - 1].span.start, paragraphs[end - 1].span.end)
        if dashed or _introduces(before, words):
            yield from _block(text, paragraphs, range(number, end), dashed)
        number = end


def _belongs(text: str, before: Paragraph, after: Paragraph) -> bool:
    """Tell whether two paragraphs are of one block: no line between them is without ">"."""
    if before.kind == after.kind == "blockquote":
        return True
    return after.depth > 0 and not _BLANK.search(text, before.span.end, after.span.start)


def _introduces(before: str, words: Words) -> bool:
    """Tell whether a paragraph introduces what somebody says, and not a mail."""
    last = before[-300:]
    if not last.endswith((":", "：")) or (_MAIL.search(last) and _DATED.search(last)) or "@" in last:
        return False
    return any(word.lower() in words.cues or word.lower() in words.sayings for word in _WORD.findall(last))


def _block(
    text: str, paragraphs: Sequence[Paragraph], numbers: Iterable[int], dashed: re.Match[str] | None
) -> Iterator[Segment]:
    first = True
    for number in numbers:
        span = paragraphs[number].span
        if dashed and span.start <= dashed.start() < span.end:
            span = Span(span.start, dashed.start()).trimmed(text)
        inner = text[span.start : span.end].lstrip(_MARGIN)
        span = Span(span.end - len(inner), span.end)
        if inner:
            yield Segment(span, span, BLOCK, 0, number, closed=True, continues=not first)
            first = False
