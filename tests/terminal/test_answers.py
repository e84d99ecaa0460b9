from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbot.model import Answer, BlockKind, Citation, Excerpt, Span, Staleness
from briefbot.terminal.answers import answer_json, citation_line, render_answer
from briefbot.terminal.paint import Paint
from briefbot.terminal.wrapping import cells

PLAIN, COLOUR = Paint(colour=False), Paint(colour=True)

SUMMIT = Citation(
    document="russia/summits.md",
    title="Two summits in the Far East",
    author="A. Writer",
    paragraph=7,
    pages=None,
    heading=("Two summits in the Far East", "The 2023 meeting"),
    lines=(31, 36),
    span=Span(1200, 1470),
    url="https://example.org/summits#L31",
    date=date(2023, 9, 14),
    language="en",
)
TRAIN = Citation(
    document="briefs/train.pdf",
    title="By train to the cosmodrome",
    author=None,
    paragraph=3,
    pages=(2, 3),
    heading=(),
    lines=(40, 44),
    span=Span(0, 90),
    url=None,
    date=None,
    language=None,
)


def excerpt(
    text: str,
    sentence: str,
    citation: Citation = SUMMIT,
    header: str | None = None,
    kind: BlockKind = "paragraph",
) -> Excerpt:
    start = text.index(sentence)
    return Excerpt(kind, text, 0.75, Span(start, start + len(sentence)), header, citation, None, (), ())


MEETING = excerpt(
    "Kim crossed the border in a dark green train. The leaders met a day later at the Vostochny Cosmodrome in Russia's "
    "Far East. It was Kim's first trip abroad in four years.",
    "The leaders met a day later at the Vostochny Cosmodrome in Russia's Far East.",
)
HOURS = excerpt(
    "It left at dawn. The train needed twenty hours to the border.",
    "The train needed twenty hours to the border.",
    TRAIN,
)
STALE = Staleness(datetime(2026, 3, 1, 9, 0, tzinfo=UTC), datetime(2026, 5, 2, 9, 0, tzinfo=UTC))


def answer(*excerpts: Excerpt, related: tuple[Excerpt, ...] = (), confidence: float | None = 0.9) -> Answer:
    question = "Where did they meet?"
    return Answer(question, question, excerpts, related, confidence, 3)


def quoted(shown: str) -> list[str]:
    return [line[2:] for line in shown.splitlines() if line.startswith("│")]


def test_the_sentence_comes_first_then_its_place_then_its_passage() -> None:
    assert render_answer(answer(MEETING, replace(HOURS, stale=STALE)), PLAIN, 60) == (
        """\
The leaders met a day later at the Vostochny Cosmodrome in
Russia's Far East.

  Two summits in the Far East · The 2023 meeting ·
  paragraph 7 · lines 31–36 · 2023-09-14 ·
  russia/summits.md · https://example.org/summits#L31

Strong match. The passage, with the answering sentence
between » and «:

│ Kim crossed the border in a dark green train. » The
│ leaders met a day later at the Vostochny Cosmodrome in
│ Russia's Far East. « It was Kim's first trip abroad in
│ four years.

2  By train to the cosmodrome · pages 2–3 · paragraph 3 ·
   briefs/train.pdf
   The document has changed: this is its text of 2026-03-01,
   and it was changed on 2026-05-02. To take that up, run:
   briefbot build
   │ … The train needed twenty hours to the border."""
    )


def test_nothing_found_is_said_and_related_passages_stand_apart() -> None:
    assert render_answer(answer(related=(MEETING, HOURS), confidence=0.1), PLAIN, 80) == (
        """\
Not in the documents.

Related, not an answer:

1  Two summits in the Far East · The 2023 meeting · paragraph 7 · lines 31–36 ·
   2023-09-14 · russia/summits.md · https://example.org/summits#L31
   │ … The leaders met a day later at the Vostochny Cosmodrome in Russia's Far
   │ East. …

2  By train to the cosmodrome · pages 2–3 · paragraph 3 · briefs/train.pdf
   │ … The train needed twenty hours to the border."""
    )
    assert render_answer(answer(confidence=0.0), PLAIN, 80) == "Not in the documents."


def test_where_else_the_same_is_said_stands_below_the_place() -> None:
    copies = tuple(replace(TRAIN, document=f"copies/{i}.pdf") for i in range(1, 6))
    shown = answer(replace(MEETING, also=(TRAIN,), stale=STALE), replace(HOURS, also=copies))
    assert render_answer(shown, PLAIN, 80).splitlines()[2:8] == [
        "  Two summits in the Far East · The 2023 meeting · paragraph 7 · lines 31–36 ·",
        "  2023-09-14 · russia/summits.md · https://example.org/summits#L31",
        "  The document has changed: this is its text of 2026-03-01, and it was changed",
        "  on 2026-05-02. To take that up, run: briefbot build",
        "  Also in: By train to the cosmodrome · pages 2–3 · paragraph 3 ·",
        "  briefs/train.pdf",
    ]
    assert render_answer(shown, PLAIN, 80).splitlines()[-5:] == [
        "2  By train to the cosmodrome · pages 2–3 · paragraph 3 · briefs/train.pdf",
        "   Also in: By train to the cosmodrome · pages 2–3 · paragraph 3 · copies/1.pdf;",
        "   By train to the cosmodrome · pages 2–3 · paragraph 3 · copies/2.pdf; By train",
        "   to the cosmodrome · pages 2–3 · paragraph 3 · copies/3.pdf; 2 more",
        "   │ … The train needed twenty hours to the border.",
    ]


def test_of_a_long_passage_the_first_excerpt_shows_all_and_the_others_the_sentence_between_marks() -> None:
    sentences = [f"In the year {1900 + i} the archive grew by {i} boxes." for i in range(1, 61)]
    long = excerpt(" ".join(sentences), sentences[49])
    shown = render_answer(answer(long, long), PLAIN, 80)
    assert shown.startswith(f"{sentences[49]}\n\n")
    assert " ".join(quoted(shown)) == long.text.replace(sentences[49], f"» {sentences[49]} «")
    assert shown.endswith(f"\n   │ … {sentences[49]} …")


def test_one_enormous_sentence_is_shown_whole() -> None:
    giant = f"It began {'and went on ' * 400}and ended."
    shown = render_answer(answer(MEETING, excerpt(f"It rained. {giant} They left.", giant)), PLAIN, 80)
    second = shown.partition("\n2  ")[2].splitlines()
    assert " ".join(line[5:] for line in second if line.startswith("   │")) == f"… {giant} …"


def test_a_row_stands_below_its_column_names_and_within_the_frame() -> None:
    row = "E-104,The token has expired or was withdrawn,Sign in again"
    shown = render_answer(answer(excerpt(row, row, header="code,meaning,fix", kind="row")), PLAIN, 40)
    assert quoted(shown) == [
        "code,meaning,fix",
        "» E-104,The token has expired or was",
        "withdrawn,Sign in again «",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "def main() -> None:\n    sign_in(token, retries=3, timeout=30)\n    return",
        "```\npip install briefbot --no-build-isolation\nbriefbot build\n```",
        "| code | meaning of the code | what to do |\n| E-104 | expired | sign in |",
        "code\tmeaning of the code\twhat to do\nE-104\texpired\tsign in",
    ],
)
def test_code_and_tables_keep_their_lines(text: str) -> None:
    shown = quoted(render_answer(answer(excerpt(text, text, kind="code")), PLAIN, 20))
    assert "\n".join(shown) == f"» {text} «".replace("\t", "    ")


def test_wrapped_prose_is_wrapped_anew_only_where_it_does_not_fit() -> None:
    text = "The two leaders met in the\nafternoon, and again in the\nevening of the same day."
    shown = answer(excerpt(text, "The two leaders met"))
    assert quoted(render_answer(shown, PLAIN, 40)) == [
        "» The two leaders met « in the",
        "afternoon, and again in the",
        "evening of the same day.",
    ]
    assert quoted(render_answer(shown, PLAIN, 24)) == [
        "» The two leaders",
        "met « in the",
        "afternoon, and again",
        "in the evening of the",
        "same day.",
    ]


def test_list_items_stay_apart_however_narrow_the_screen() -> None:
    text = "- one item that is long enough\n- another item just as long as it\n- a third\nb) a fourth one"
    assert quoted(render_answer(answer(excerpt(text, "- a third")), PLAIN, 26)) == [
        "- one item that is long",
        "enough",
        "- another item just as",
        "long as it",
        "» - a third «",
        "b) a fourth one",
    ]


def test_a_list_within_a_list_is_not_taken_for_code() -> None:
    text = "- the first item\n    - an item within the first one"
    assert quoted(render_answer(answer(excerpt(text, "- the first item")), PLAIN, 24)) == [
        "» - the first item «",
        "    - an item within",
        "the first one",
    ]


def test_verses_and_addresses_keep_their_lines_however_narrow_the_screen() -> None:
    text = "Vostochny\nTsiolkovsky\nAmur Region in the Far East of Russia"
    assert quoted(render_answer(answer(excerpt(text, "Vostochny")), PLAIN, 24)) == [
        "» Vostochny «",
        "Tsiolkovsky",
        "Amur Region in the Far",
        "East of Russia",
    ]


def test_wide_characters_are_wrapped_by_their_cells() -> None:
    text = "会谈持续了四个小时。双方讨论了卫星和粮食。"
    assert quoted(render_answer(answer(excerpt(text, "双方讨论了卫星和粮食。")), PLAIN, 22)) == [
        "会谈持续了四个小时。",
        "» 双方讨论了卫星和粮",
        "食。 «",
    ]


def test_colour_adds_nothing_but_colour() -> None:
    shown = answer(replace(MEETING, stale=STALE), HOURS, confidence=0.7)
    painted = render_answer(shown, COLOUR, 60)
    plain = render_answer(shown, PLAIN, 60)
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[33m"):
        assert code in painted
        painted = painted.replace(code, "")
    assert painted == plain


def test_the_sentence_is_bold_on_every_line_that_it_reaches() -> None:
    painted = render_answer(answer(MEETING), COLOUR, 60)
    assert quoted(painted.replace("\x1b[2m│ \x1b[0m", "│ ")) == [
        "Kim crossed the border in a dark green train. \x1b[1m» The\x1b[0m",
        "\x1b[1mleaders met a day later at the Vostochny Cosmodrome in\x1b[0m",
        "\x1b[1mRussia's Far East. «\x1b[0m It was Kim's first trip abroad in",
        "four years.",
    ]


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (0.85, "Strong match."),
        (0.84, "Good match."),
        (0.64, "Weak match: read the passage"),
        (None, "Confidence not calibrated: read the passage"),
    ],
)
def test_strength_is_told_in_words(confidence: float | None, words: str) -> None:
    assert f"\n{words}" in render_answer(answer(MEETING, confidence=confidence), PLAIN, 80)


def test_versions_of_one_day_are_told_apart_by_their_time() -> None:
    same_day = replace(MEETING, stale=replace(STALE, changed=STALE.indexed.replace(hour=17, second=5)))
    shown = " ".join(render_answer(answer(same_day), PLAIN, 80).split())
    assert "its text of 2026-03-01 09:00:00, and it was changed on 2026-03-01 17:00:05." in shown


def test_how_a_question_was_understood_is_told_where_its_words_differ() -> None:
    asked = answer(MEETING)
    other = replace(asked, understood_as="Where did Kim and Putin meet?")
    assert render_answer(other, PLAIN, 80).startswith("Understood as: Where did Kim and Putin meet?\n\nThe leaders")
    same = replace(asked, question="Where  did “they” meet？", understood_as='Where did "they" meet?')
    assert render_answer(same, PLAIN, 80).startswith("The leaders")


def test_a_hostile_document_cannot_touch_the_terminal() -> None:
    evil = "\x1b]0;owned\x07Never\x1b[2J trust\u202e this\x07."
    hostile = replace(SUMMIT, title=f"T {evil}", document=f"{evil}.md", url=f"https://x/{evil}", heading=(evil,))
    passage = replace(excerpt(evil, evil, hostile, header=evil, kind="row"), also=(hostile, hostile))
    for shown in (answer(passage, passage), answer(related=(passage,))):
        text = render_answer(replace(shown, understood_as=evil), PLAIN, 80)
        assert [char for char in text if not char.isprintable() and char != "\n"] == []
        assert "owned" not in text
        assert "Never trust this." in text


def test_a_word_divided_at_a_line_end_has_no_gap_on_one_line() -> None:
    text = "They signed a decla-\nration. Nothing else\nhappened."
    shown = render_answer(answer(excerpt(text, "They signed a decla-\nration.")), PLAIN, 60)
    assert shown.splitlines()[0] == "They signed a decla-ration."


def test_lines_are_named_only_where_they_are_those_of_the_file() -> None:
    assert "line" not in citation_line(replace(SUMMIT, document="a.html"))
    assert "lines\u00a031–36" in citation_line(replace(SUMMIT, document="A.MD"))


def test_a_citation_names_the_page_where_there_are_pages() -> None:
    assert citation_line(TRAIN).replace("\u00a0", " ") == (
        "By train to the cosmodrome · pages 2–3 · paragraph 3 · briefs/train.pdf"
    )
    single = replace(TRAIN, pages=(2, 2), lines=(40, 40))
    assert "· page 2 · paragraph 3 ·" in citation_line(single).replace("\u00a0", " ")


def test_below_twenty_columns_it_is_shown_as_for_twenty() -> None:
    assert render_answer(answer(MEETING, HOURS), PLAIN, 1) == render_answer(answer(MEETING, HOURS), PLAIN, 20)


WORDS = st.text(st.sampled_from("abcdeé国👍-|"), min_size=1, max_size=12)
PROSE = st.lists(st.tuples(WORDS, st.sampled_from([" ", " ", " ", "\n", "\n\n", "\r\n", "\t", "  "])), min_size=1).map(
    lambda pairs: "".join(f"{word}{gap}" for word, gap in pairs).strip()
)


@settings(deadline=None)
@given(PROSE, st.data(), st.integers(20, 200))
def test_the_words_of_the_passage_are_read_back_in_order(text: str, data: st.DataObject, width: int) -> None:
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    passage = Excerpt("paragraph", text, 1.0, Span(start, end), None, SUMMIT, None, (), ())
    shown = " ".join(quoted(render_answer(answer(passage), PLAIN, width)))
    assert "".join(shown.replace("»", "").replace("«", "").split()) == "".join(text.split())


@settings(deadline=None)
@given(st.text(max_size=200), st.data(), st.integers(20, 200))
def test_no_text_and_no_width_is_too_strange_to_show(text: str, data: st.DataObject, width: int) -> None:
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    passage = Excerpt("paragraph", text, 1.0, Span(start, end), data.draw(st.none() | st.text()), SUMMIT, STALE, (), ())
    assert render_answer(answer(passage, passage), PLAIN, width)
    assert render_answer(answer(related=(passage,)), COLOUR, width)


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from("abcé国"), min_size=1, max_size=6), min_size=1), st.integers(20, 200))
def test_every_line_of_prose_is_within_the_width(words: list[str], width: int) -> None:
    text = " ".join(words)
    short = replace(SUMMIT, document="a.md", url=None)
    shown = render_answer(answer(excerpt(text, text, short), excerpt(text, text, short)), PLAIN, width)
    assert [line for line in shown.splitlines() if cells(line) > width] == []


def test_json_has_every_key_of_the_format() -> None:
    given = answer(replace(MEETING, stale=STALE), related=(replace(HOURS, header="a,b", also=(SUMMIT,)),))
    shown = json.loads(json.dumps(answer_json(given)))
    assert shown == {
        "format": 1,
        "question": "Where did they meet?",
        "understood_as": "Where did they meet?",
        "answered": True,
        "confidence": 0.9,
        "generation": 3,
        "excerpts": [
            {
                "text": MEETING.text,
                "score": 0.75,
                "highlight": {"start": 46, "end": 123},
                "header": None,
                "stale": True,
                "versions": {"indexed": "2026-03-01T09:00:00+00:00", "changed": "2026-05-02T09:00:00+00:00"},
                "citation": {
                    "document": "russia/summits.md",
                    "title": "Two summits in the Far East",
                    "author": "A. Writer",
                    "paragraph": 7,
                    "pages": None,
                    "heading": ["Two summits in the Far East", "The 2023 meeting"],
                    "lines": [31, 36],
                    "span": {"start": 1200, "end": 1470},
                    "url": "https://example.org/summits#L31",
                    "date": "2023-09-14",
                    "language": "en",
                },
                "also": [],
            }
        ],
        "related": [
            {
                "text": HOURS.text,
                "score": 0.75,
                "highlight": {"start": 17, "end": 61},
                "header": "a,b",
                "stale": False,
                "versions": None,
                "citation": {
                    "document": "briefs/train.pdf",
                    "title": "By train to the cosmodrome",
                    "author": None,
                    "paragraph": 3,
                    "pages": [2, 3],
                    "heading": [],
                    "lines": [40, 44],
                    "span": {"start": 0, "end": 90},
                    "url": None,
                    "date": None,
                    "language": None,
                },
                "also": [shown["excerpts"][0]["citation"]],
            }
        ],
    }


def test_json_has_the_text_as_it_stands() -> None:
    text = "Bell \x07, \u202eoverride and a\tcell"
    shown = json.loads(json.dumps(answer_json(answer(excerpt(text, "override")))))
    found = shown["excerpts"][0]
    assert (found["text"], found["text"][found["highlight"]["start"] : found["highlight"]["end"]]) == (text, "override")
