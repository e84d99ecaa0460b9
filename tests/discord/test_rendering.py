"""What an answer says in Discord, whole and within the limits, whatever the document says."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.discord.hostile import any_text
from tools.discord_markdown import alive, shown

from briefbot.discord.catalogue import LANGUAGES, catalogue
from briefbot.discord.limits import CONTENT, CUSTOM_ID, LABEL, ROW_BUTTONS, ROWS, SCREEN, length
from briefbot.discord.messages import Message, TextFile
from briefbot.discord.quoting import LAID_OUT
from briefbot.discord.rendering import (
    Asked,
    question_in,
    render_answer,
    render_context,
    render_copy,
    render_more,
    render_shared,
)
from briefbot.discord.tickets import Ticket
from briefbot.harmless import one_line, printable
from briefbot.model import BLOCK_KINDS, Answer, Citation, Excerpt, Filters, Span, Staleness
from briefbot.sentences import line_spans, sentence_spans

WORDS = catalogue("en")
ASKED = Asked(Filters(), private=False, feedback=False)
EXAMPLES = int(os.environ.get("BRIEFBOT_HOSTILE", "1000"))
OURS = {"quote", "bold", "codeblock", "link", "autolink", "url", "subtext"}  # what the bot itself writes
TEXT = "They came by train. Kim met Putin at the cosmodrome. It rained."


def excerpt(text: str = TEXT, highlight: Span | None = None, **changes: object) -> Excerpt:
    cited: dict[str, object] = {
        "document": "visit.md",
        "title": "The Visit",
        "author": "A. Author",
        "paragraph": 1,
        "pages": None,
        "heading": ("The Visit", "By train"),
        "lines": (11, 11),
        "span": Span(0, len(text)),
        "url": "https://news.example/visit",
        "date": date(2023, 9, 13),
        "language": "en",
    }
    fields: dict[str, object] = {"kind": "paragraph", "header": None, "stale": None, "score": 1.0, "also": ()}
    cited |= {name: value for name, value in changes.items() if name in cited}
    fields |= {name: value for name, value in changes.items() if name in fields}
    return Excerpt(
        text=text,
        highlight=Span(20, 52) if highlight is None else highlight,
        citation=Citation(**cited),  # type: ignore[arg-type]
        sentences=sentence_spans(text) if len(text) < 10_000 else (),
        **fields,  # type: ignore[arg-type]
    )


def answer(
    *excerpts: Excerpt, related: tuple[Excerpt, ...] = (), question: str = "Where did they meet?", **more: object
) -> Answer:
    return Answer(
        question=question,
        understood_as=str(more.get("understood_as", question)),
        excerpts=excerpts,
        related=related,
        confidence=more.get("confidence", 0.9),  # type: ignore[arg-type]
        generation=7,
    )


def labels(message: Message) -> list[list[str]]:
    return [[button.label for button in row] for row in message.buttons]


def test_the_answering_sentence_comes_first_then_its_place_then_the_passage() -> None:
    message = render_answer(answer(excerpt(), excerpt()), ASKED, WORDS)
    assert message.content == (
        "Kim met Putin at the cosmodrome.\n"
        "[The Visit](<https://news.example/visit#:~:text=Kim%20met%20Putin%20at%20the%20cosmodrome.>)"
        " · By train · paragraph 1 · 2023-09-13\n"
        "\n"
        "Strong match · 1 more\n"
        "> They came by train. **Kim met Putin at the cosmodrome.** It rained.\n"
        "\n"
        "-# Question: Where did they meet?"
    )
    assert labels(message) == [["More (1)", "Context", "Copy"]]
    assert message.files == ()


def test_where_confidence_is_not_calibrated_that_is_said_in_every_language() -> None:
    for language in LANGUAGES:
        words = catalogue(language)
        message = render_answer(answer(excerpt(), confidence=None), ASKED, words)
        assert f"\n{words('answer.uncalibrated')}\n" in message.content
        check(message)


def test_a_private_answer_can_be_shared_and_judged_where_feedback_is_kept() -> None:
    message = render_answer(answer(excerpt()), Asked(Filters(), private=True, feedback=True), WORDS)
    assert labels(message) == [["Context", "Copy", "Share"], ["Helpful", "Not helpful"]]


def test_a_sentence_that_is_the_whole_passage_is_not_said_twice() -> None:
    message = render_answer(answer(excerpt("It rained.", Span(0, 10), url=None)), ASKED, WORDS)
    assert message.content == (
        "It rained.\nThe Visit · By train · paragraph 1 · 2023-09-13\n\n"
        "Strong match\n-# That is the whole passage.\n\n-# Question: Where did they meet?"
    )


def test_what_is_not_found_is_said_plainly_with_what_is_near() -> None:
    message = render_answer(answer(related=(excerpt(url=None),) * 4), ASKED, WORDS)
    section = (
        "The Visit · By train · paragraph 1 · 2023-09-13\n"
        "> They came by train. Kim met Putin at the cosmodrome. It rained.\n\n"
    )
    assert message.content == (
        "**Not in the documents.**\n\nRelated, not an answer:\n\n"
        f"**1** {section}**2** {section}**3** {section}-# Question: Where did they meet?"
    )
    assert labels(message) == [["More (1)", "Context 1", "Context 2", "Context 3"]]
    assert (
        render_answer(answer(), ASKED, WORDS).content
        == "**Not in the documents.**\n\n-# Question: Where did they meet?"
    )


def test_a_row_stands_in_a_code_block_below_its_column_names() -> None:
    row = excerpt("E4304,Too large,`split`", Span(0, 23), kind="row", header="Code,Name,Help", url=None)
    assert render_answer(answer(row), ASKED, WORDS).content.startswith(
        "```\nCode,Name,Help\nE4304,Too large,`split`\n```\nThe Visit"
    )


def test_code_that_could_close_its_block_goes_into_a_file() -> None:
    code = excerpt("print('```')\nx = 1", Span(0, 12), kind="code", url=None)
    message = render_answer(answer(code), ASKED, WORDS)
    assert [file.name for file in message.files] == ["passage.txt"]
    assert message.files[0].text == "print('```')\nx = 1"
    assert "codeblock" not in {being.kind for being in alive(message.content)}


def test_what_does_not_fit_goes_into_a_file_and_the_message_says_so() -> None:
    text = " ".join(f"Sentence number {i} is here." for i in range(300))
    start = text.index("Sentence number 150")
    message = render_answer(answer(excerpt(text, Span(start, start + 28), url=None)), ASKED, WORDS)
    assert message.files == (TextFile("passage.txt", text),)
    assert "**Sentence number 150 is here.**" in message.content
    assert "-# The whole passage is in passage.txt." in message.content
    assert CONTENT - 400 < length(message.content) <= CONTENT


NUMBERED = [f"In the year {1900 + i} the archive grew by {i} boxes of letters from the north." for i in range(1, 61)]


def around(kind: str = "paragraph", place: int = 49) -> tuple[str, list[str]]:
    """What an answer shows of a passage of sixty sentences of which one answers, and the sentences in that."""
    text = "\n".join(NUMBERED) if kind in {"list", "code"} else " ".join(NUMBERED)
    start = text.index(NUMBERED[place])
    found = excerpt(text, Span(start, start + len(NUMBERED[place])), url=None, kind=kind)
    if kind in {"list", "code"}:
        found = replace(found, sentences=line_spans(text))
    content = render_answer(answer(found), ASKED, WORDS).content
    quote = content.partition("Strong match\n")[2].partition("\n-# The whole passage")[0]
    lines = quote.replace("```", "").replace("**", "").replace("\n> ", " ").removeprefix("> ").strip()
    return lines, re.findall(r"In the year .*? north\.", lines)


@pytest.mark.parametrize(("place", "begins", "ends"), [(0, "", " …"), (24, "… ", " …"), (49, "… ", ""), (59, "… ", "")])
@pytest.mark.parametrize("kind", ["paragraph", "list"])
def test_a_long_passage_is_shown_around_its_sentence_in_whole_sentences(
    kind: str, place: int, begins: str, ends: str
) -> None:
    text, sentences = around(kind, place)
    first = NUMBERED.index(sentences[0])
    assert text == f"{begins}{' '.join(sentences)}{ends}"
    assert sentences == NUMBERED[first : first + len(sentences)]
    assert NUMBERED[place] in sentences
    assert len(sentences) >= 20


def test_code_that_is_long_is_shown_from_its_line_on_with_a_mark_for_what_was_before() -> None:
    code, lines = around("code")
    assert code == "\n".join(["…", *NUMBERED[49:]])
    assert lines == NUMBERED[49:]


def test_of_one_enormous_sentence_as_much_is_shown_as_fits_and_marked_at_its_end() -> None:
    giant = f"It began {'and went on ' * 400}and ended."
    text = f"It rained. {giant} They left."
    content = render_answer(answer(excerpt(text, Span(11, 11 + len(giant)), url=None)), ASKED, WORDS).content
    assert content.startswith("It began and went on")
    assert "\n> … **It began and went on" in content
    assert re.search(r"(and|went|on)\*\* …\n-# The whole passage is in passage\.txt\.", content)
    alone = render_answer(answer(excerpt(giant, Span(0, len(giant)), url=None)), ASKED, WORDS).content
    assert "\n> **It began and went on" in alone


def test_paragraphs_of_a_context_begin_at_their_beginning_and_end_with_a_sentence() -> None:
    text = " ".join(NUMBERED)
    message = render_context((excerpt(text, Span(0, 0)),), -1, WORDS)
    assert re.search(r"> In the year 1901 .* north\. …$", message.content)


def test_a_document_that_changed_since_says_so() -> None:
    stale = Staleness(datetime(2023, 1, 2, 3, 4, tzinfo=UTC), datetime(2023, 2, 3, 4, 5, tzinfo=UTC))
    message = render_answer(answer(excerpt(stale=stale)), ASKED, WORDS)
    assert "its text of 2023-01-02 03:04 UTC; it was changed on 2023-02-03 04:05 UTC." in message.content


def test_where_else_the_same_is_said_stands_above_the_passage() -> None:
    copies = tuple(excerpt(document=f"old/*{i}*.md", title="The *Visit*", paragraph=i).citation for i in range(5))
    found = excerpt(url=None, also=copies[:1])
    also = r"-# Also in: The \*Visit\* · The Visit › By train · paragraph 0 · 2023-09-13"
    assert f"Strong match\n{also}\n> They" in render_answer(answer(found), ASKED, WORDS).content
    for message in (
        render_answer(answer(related=(found,)), ASKED, WORDS),
        render_more(answer(excerpt(), found), 1, ASKED, WORDS),
    ):
        assert f"2023-09-13\n{also}\n> They" in message.content
    many = replace(found, also=copies)
    assert (
        r"-# Also in: old/\*0\*.md · The Visit › By train · paragraph 0 · 2023-09-13; "
        in render_answer(answer(many), ASKED, WORDS).content
    )
    assert "2023-09-13; 2 more\n> They" in render_answer(answer(many), ASKED, WORDS).content


def test_a_question_understood_in_other_words_shows_them() -> None:
    message = render_answer(answer(excerpt(), question="And he?", understood_as="When did Kim leave?"), ASKED, WORDS)
    assert message.content.endswith("-# Understood as: When did Kim leave?")
    assert question_in(message.content) == "When did Kim leave?"


def test_filters_are_shown_and_the_question_is_still_the_last_line() -> None:
    asked = Asked(Filters("handbook", "Kim: *", date(2023, 1, 1)), private=False, feedback=False)
    content = render_answer(answer(excerpt()), asked, WORDS).content
    assert content.endswith(
        "-# Only in handbook · Only since 2023-01-01 · Only by Kim: \\*\n-# Question: Where did they meet?"
    )


def test_a_long_question_is_whole_in_a_file() -> None:
    question = "log line " * 500
    message = render_answer(answer(excerpt(), question=question), ASKED, WORDS)
    assert message.files == (TextFile("question.txt", question),)


@pytest.mark.parametrize(
    "content", ["", "Hello: there", "-# a.pdf: it is encrypted", "-# Question", "> -# Question: x"]
)
def test_what_is_not_an_answer_of_ours_holds_no_question(content: str) -> None:
    assert question_in(content) is None


def test_copy_gives_the_exact_words_and_a_citation_with_the_author() -> None:
    message = render_copy(excerpt(), WORDS)
    assert message == Message(
        f"{TEXT}\n\n— The Visit · A. Author · By train · paragraph 1 · 2023-09-13 · visit.md · <https://news.example/visit>"
    )


def test_copy_gives_a_file_where_a_backslash_is_needed() -> None:
    message = render_copy(excerpt("Call @everyone *now*.", Span(0, 21)), WORDS)
    assert message.files == (TextFile("passage.txt", "Call @everyone *now*."),)
    assert message.content.startswith("Call \\@everyone \\*now\\*.\n\n— The Visit")


def test_context_says_which_paragraph_is_the_cited_one() -> None:
    paragraphs = tuple(excerpt(f"Paragraph {n}.", Span(0, 0), paragraph=n) for n in (3, 4, 5))
    message = render_context(paragraphs, 1, WORDS)
    assert message.content == (
        "**The Visit**\n-# paragraph 3\n> Paragraph 3.\n-# paragraph 4, the one cited\n> Paragraph 4.\n"
        "-# paragraph 5\n> Paragraph 5."
    )
    assert labels(message) == [["Earlier", "Later"]]


languages = st.sampled_from(LANGUAGES).map(catalogue)


@st.composite
def excerpts(draw: st.DrawFn) -> Excerpt:
    text = draw(st.one_of(any_text, st.lists(any_text, max_size=60).map(" ".join))).strip() or "x"
    start = draw(st.integers(0, len(text) - 1))
    highlight = Span(start, draw(st.integers(start + 1, len(text)))).trimmed(text)
    return excerpt(
        text,
        highlight if len(highlight) else Span(0, len(text)),
        kind=draw(st.sampled_from(BLOCK_KINDS)),
        header=draw(st.one_of(st.none(), any_text)),
        title=draw(any_text),
        author=draw(any_text),
        document=f"a/{draw(any_text)}",
        heading=tuple(draw(st.lists(any_text, max_size=3))),
        url=draw(st.one_of(st.none(), any_text, any_text.map("https://e.x/{}".format))),
        pages=draw(st.one_of(st.none(), st.just((2, 3)))),
        also=tuple(
            excerpt(title=draw(any_text), document=draw(any_text), heading=(draw(any_text),)).citation
            for _ in range(draw(st.integers(0, 4)))
        ),
    )


def check(message: Message) -> None:
    """A message keeps every limit, and nothing in it lives but what the bot itself writes."""
    assert 0 < length(message.content) <= CONTENT
    assert {being.kind for being in alive(message.content)} <= OURS
    assert len(message.buttons) <= ROWS
    assert all(1 <= len(row) <= ROW_BUTTONS for row in message.buttons)
    every = [button for row in message.buttons for button in row]
    assert all(length(button.label) <= LABEL and length(str(button.ticket)) <= CUSTOM_ID for button in every)
    assert [Ticket.read(str(button.ticket)) for button in every] == [button.ticket for button in every]
    assert len({str(button.ticket) for button in every}) == len(every)


def bare(text: str) -> str:
    return re.sub(r"[\s…]+", "", printable(text))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(excerpts(), min_size=1, max_size=5), any_text, languages, st.booleans(), st.booleans())
def test_every_message_keeps_the_limits_and_nothing_of_others_lives(
    found: list[Excerpt], question: str, words: object, answered: bool, private: bool
) -> None:
    found = [replace(each, citation=replace(each.citation, paragraph=n)) for n, each in enumerate(found, 1)]
    asked = Asked(Filters(question or None, question[:20] or None), private=private, feedback=True)
    told = answer(*found, question=question) if answered else answer(related=tuple(found), question=question)
    first = found[0]
    messages = [
        render_answer(told, asked, words),  # type: ignore[arg-type]
        render_more(told, 1, asked, words),  # type: ignore[arg-type]
        render_copy(first, words),  # type: ignore[arg-type]
        render_context(found, 0, words),  # type: ignore[arg-type]
        render_shared(first, question, question, asked, words),  # type: ignore[arg-type]
    ]
    for message in messages:
        check(message)
    if answered and not messages[0].files:
        text, (start, end) = first.text, (first.highlight.start, first.highlight.end)
        pieces = (text[:start], text[start:end], text[end:])  # the marks of bold may part an escape sequence
        pieces = (text,) if first.kind in LAID_OUT else pieces  # where there are none
        assert "".join(map(bare, pieces)) in bare(shown(messages[0].content))
    asked_again = question_in(messages[0].content)
    assert asked_again is not None
    if length(one_line(question)) <= 200:
        assert asked_again == one_line(question)


@settings(max_examples=EXAMPLES, deadline=None)
@given(excerpts())
def test_the_sentence_and_its_citation_fit_on_one_screen(found: Excerpt) -> None:
    content = render_answer(answer(found), ASKED, WORDS).content
    head = content.split("\n\n")[0]
    assert length(shown(head)) <= SCREEN + 400
