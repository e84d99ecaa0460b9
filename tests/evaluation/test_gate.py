from __future__ import annotations

import pytest
from tests.evaluation.test_judging import GIVEN, HELD_BACK, asked

from briefbot.errors import CorpusError
from briefbot.evaluation.gate import refuse_worse
from briefbot.evaluation.judging import Outcome, judged

RIGHT = judged(asked("a.md"), GIVEN)
WRONG = judged(asked("b.md"), GIVEN)
LEFT, GIVEN_ALL_THE_SAME = judged(asked(), HELD_BACK), judged(asked(), GIVEN)


@pytest.mark.parametrize(
    ("before", "after"),
    [([RIGHT, WRONG], [RIGHT, WRONG]), ([WRONG, RIGHT], [RIGHT, WRONG]), ([WRONG, LEFT], [RIGHT, LEFT])],
)
def test_as_many_right_answers_pass(before: list[Outcome], after: list[Outcome]) -> None:
    refuse_worse(before, after)


def test_fewer_are_refused_and_those_that_were_right_are_named() -> None:
    with pytest.raises(CorpusError) as refusal:
        refuse_worse([RIGHT, WRONG, LEFT], [WRONG, RIGHT, GIVEN_ALL_THE_SAME])
    assert str(refusal.value) == (
        "The new generation answers 1 of 3 questions rightly and the current one 2, so generation 1 stays; no longer "
        "right: 'Where?' (q.jsonl, line 1); 'Where?' (q.jsonl, line 1). Mend the documents or the questions, or build "
        "without --gate."
    )


def test_of_many_five_are_named() -> None:
    with pytest.raises(CorpusError, match=r"(\('q.jsonl|'Where\?' \(q\.jsonl, line 1\)(; )?){5}and 2 more\. Mend"):
        refuse_worse([RIGHT] * 7, [WRONG] * 7)
