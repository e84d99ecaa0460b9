from __future__ import annotations

from dataclasses import replace

from tests.evaluation.reports import ABSTENTION, COLLECTION, QUESTIONS, WITH_ABSTENTION

from briefbot.evaluation.abstaining import Trial, abstention
from briefbot.evaluation.calibrating import CalibrationReport
from briefbot.terminal.evaluations import render_calibration, render_collection, render_questions
from briefbot.terminal.paint import Paint
from briefbot.terminal.reports import report_json

PLAIN = Paint(colour=False)
CONFIDENCE = """\
Confidence tells answerable questions from others with an AUROC of 1.000.

precision     threshold  answered, of all  rightly, of those with an answer  wrongly, without one
99 %          0.900      33.3 %            50.0 %                            0 of 1
95 %          0.900      33.3 %            50.0 %                            0 of 1
90 %          0.900      33.3 %            50.0 %                            0 of 1
today 50.0 %  0.500      66.7 %            50.0 %                            0 of 1"""


def test_own_questions_are_told_with_the_misses() -> None:
    assert (
        render_questions(QUESTIONS, PLAIN)
        == f"""\
3 questions of generation 3, 1 of them without an answer in the documents.

hit@1               50.0 %   of 2 with an answer
hit@3               100.0 %  of 2 with an answer
hit@5               100.0 %  of 2 with an answer
hit@10              100.0 %  of 2 with an answer
MRR                 0.750    of 2 with an answer
nDCG@10             0.815    of 2 with an answer
answering sentence  100.0 %  of 1 with a text that came first

{CONFIDENCE}

Misses (3)
  Where & when? (line 2)
    expected    a.md, paragraph 3 with “the <port>”
    came first  b.md, paragraph 2 (the right one is number 2): They ate <b>soup</b>.
  Who? (line 3)
    expected    no answer
    came first  b.md, paragraph 2 (confidence 0.70): They ate <b>soup</b>.
  What? (line 4)
    expected    “soup”
    came first  nothing

Left out: 1 row of feedback that does not tell what is right; add a text, or unanswerable: true.
Not in the index, so never found: gone.md."""
    )


def test_of_many_misses_the_first_twenty_are_shown() -> None:
    lines = render_questions(replace(QUESTIONS, misses=QUESTIONS.misses * 10), PLAIN).splitlines()

    assert "Misses (30)" in lines
    assert "  … and 10 more (--json and --html list all)" in lines
    assert sum(line.startswith("    expected") for line in lines) == 20


def test_a_collection_is_told_in_a_table() -> None:
    assert (
        render_collection(COLLECTION, PLAIN)
        == """\
some: 1 entry in 2 passages; 3 queries, 1 of them with a relevant entry.

nDCG@10  0.6309
R@10     1.0000
R@100    1.0000
MRR@10   0.5000
P@1      0.0000

Not in corpus.jsonl, so never found: 2 judged entries.
Not in queries.jsonl, so left out: 1 judged query."""
    )


def test_what_confidence_is_worth_stands_below_the_table() -> None:
    assert render_collection(WITH_ABSTENTION, PLAIN).endswith(f"P@1      0.0000\n\n{CONFIDENCE}")


def test_where_confidence_is_not_calibrated_that_is_said_instead() -> None:
    miss = replace(QUESTIONS.misses[1], confidence=None)
    told = render_questions(replace(QUESTIONS, abstention=None, misses=(miss,)), PLAIN)

    assert (
        "\n\nConfidence is not calibrated for the model of this index; to do so, run: briefbot calibrate QUESTIONS\n\n"
    ) in told
    assert "    came first  b.md, paragraph 2 (confidence not calibrated): They ate" in told


def test_what_a_calibration_makes_of_questions_is_told() -> None:
    report = CalibrationReport("q.jsonl", 4, "other", "nothing", 0.9, 0.5, 2, ABSTENTION)

    assert render_calibration(report, PLAIN) == (
        """\
Generation 4 answers from a confidence of 0.500 on: 3 questions, 1 of them without an answer, taught numbers for other.

precision  threshold  answered, of all  rightly, of those with an answer  wrongly, without one
50.0 %     0.500      66.7 %            50.0 %                            0 of 1

Each question's confidence is by numbers that were learnt without it; publishing used all questions.

Left out: 2 rows of feedback that do not tell what is right; add a text, or unanswerable: true."""
    )


def test_what_cannot_be_known_is_a_dash() -> None:
    right = abstention([Trial(0.3, True, False)], 0.5)
    told = render_questions(replace(QUESTIONS, abstention=right, metrics={"sentence": None}, sentences=0), PLAIN)

    assert "answering sentence  –  of 0 with a text that came first" in told
    assert "Questions of both kinds are needed to say how well confidence tells them apart." in told
    assert "99 %       –          –                 –                                 –" in told
    assert "today –    0.500      0.0 %             0.0 %                             –" in told


def test_the_figures_are_all_in_the_object() -> None:
    fields = report_json(WITH_ABSTENTION)

    assert fields["metrics"] == WITH_ABSTENTION.metrics
    assert (fields["format"], fields["abstention"]["auroc"]) == (1, 1.0)
    assert fields["abstention"]["reachable"]["0.95"] == {
        "threshold": 0.9,
        "coverage": 1 / 3,
        "precision": 1.0,
        "found": 0.5,
        "wrongly_answered": 0,
    }
    assert report_json(QUESTIONS)["misses"][0]["first"] == {
        "document": "b.md",
        "paragraph": 2,
        "text": "They ate\n<b>soup</b>.",
    }
