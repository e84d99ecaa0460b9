from __future__ import annotations

import pytest

from briefbot.evaluation.judging import Outcome, judged
from briefbot.evaluation.questions import Asked
from briefbot.model import Answer, Citation, Excerpt, Span


def cited(document: str, paragraph: int, text: str) -> Citation:
    return Citation(document, "T", None, paragraph, None, (), (1, 1), Span(0, len(text)), None, None, None)


def excerpt(document: str, paragraph: int, text: str, highlight: Span | None = None, *also: Citation) -> Excerpt:
    place = highlight or Span(0, len(text))
    return Excerpt("paragraph", text, 1.0, place, None, cited(document, paragraph, text), None, (), also)


def asked(document: str | None = None, paragraph: int | None = None, answer: str | None = None) -> Asked:
    return Asked("q.jsonl, line 1", "Where?", (), document, paragraph, answer)


FOUND = (
    excerpt("a.md", 1, "They met. It was at the Vostochny Cosmo\u00addrome.", Span(0, 9)),
    excerpt("a.md", 2, "They ate in the Café."),
    excerpt("b.md", 2, "They left.", None, cited("copy.md", 5, "They left.")),
)
GIVEN = Answer("Where?", "Where?", FOUND, (), 0.9, 1)
HELD_BACK = Answer("Where?", "Where?", (), FOUND, 0.2, 1)


@pytest.mark.parametrize("answer", [GIVEN, HELD_BACK])
@pytest.mark.parametrize(
    ("expected", "place"),
    [
        (asked("a.md"), 1),
        (asked("a.md", 2), 2),
        (asked("b.md"), 3),
        (asked("copy.md", 5), 3),
        (asked("copy.md", 2), None),
        (asked("a.md", 3), None),
        (asked("c.md"), None),
        (asked(answer="the CAFE"), 2),
        (asked(answer="vostochny  cosmodrome"), 1),
        (asked("b.md", answer="cafe"), None),
        (asked(), None),
    ],
)
def test_the_first_excerpt_that_is_all_that_was_named_counts(
    answer: Answer, expected: Asked, place: int | None
) -> None:
    assert judged(expected, answer).place == place


def test_the_sentence_is_asked_for_where_a_text_is_named_and_comes_first() -> None:
    whole = judged(asked(answer="they met"), GIVEN)
    part = judged(asked(answer="Vostochny"), GIVEN)
    later = judged(asked(answer="ate"), GIVEN)
    assert [one.sentence for one in (whole, part, later, judged(asked("a.md"), GIVEN))] == [True, False, None, None]


def test_what_is_within_n_is_within_more() -> None:
    outcome = Outcome(asked("a.md", 2), GIVEN, 2, None)
    assert [outcome.within(n) for n in (1, 2, 3)] == [False, True, True]
    assert not outcome.first
    assert not Outcome(asked("c.md"), GIVEN, None, None).within(10)
