from __future__ import annotations

import json

from briefbot.explaining import Candidate, Certainty, Explanation, Summand
from briefbot.terminal.explanations import explanation_json, render_explanation
from briefbot.terminal.paint import Paint

PLAIN = Paint(colour=False)
EXPLANATION = Explanation(
    candidates=(
        Candidate("a\x1b[31m.md", 3, 1.0, (Summand("dense", 1.0, 0.75), Summand("lexical", 0.5, 0.25)), 0.125),
        Candidate("b.md", 12, 0.5, (Summand("dense", 0.5, 0.75), Summand("lexical", 0.5, 0.25)), 0.0),
    ),
    certainty=Certainty(
        summands=(Summand("cosine", 0.5, 6.0), Summand("margin", 0.25, 10.0, assumed=True)),
        bias=-8.0,
        probability=0.0759,
        confidence=0.5,
        threshold=0.5,
        literal="found",
    ),
)


def test_each_candidate_and_the_confidence_are_sums_that_can_be_added_up() -> None:
    assert render_explanation(EXPLANATION, PLAIN) == (
        """\
Why in this order: each feature × its weight

 1  a.md, paragraph 3
    dense                              1.0000  × 0.7500 =  0.7500
    lexical                            0.5000  × 0.2500 =  0.1250
    holds literally what is asked for                      0.1250
    sum                                                    1.0000

 2  b.md, paragraph 12
    dense    0.5000  × 0.7500 =  0.3750
    lexical  0.5000  × 0.2500 =  0.1250
    sum                          0.5000

How sure: each signal of the first passage × its weight
    cosine                                            0.5000   × 6.0000 =   3.0000
    margin (assumed: the index is too small to tell)  0.2500  × 10.0000 =   2.5000
    bias                                                                   -8.0000
    sum                                                                    -2.5000
As a probability: 0.0759. It holds literally what is asked for, so it answers.
Confidence 0.5000, threshold 0.5000: answered."""
    )


def test_without_a_calibration_that_is_said() -> None:
    told = render_explanation(Explanation((), None), PLAIN)
    assert told.endswith("There is nothing to tell of confidence: it is not calibrated, or nothing was found.")
    assert explanation_json(Explanation((), None)) == {"candidates": [], "confidence": None}


def test_as_json_nothing_is_rounded_or_made_harmless() -> None:
    fields = explanation_json(EXPLANATION)
    assert json.loads(json.dumps(fields)) == fields
    assert fields["candidates"][0] == {
        "document": "a\x1b[31m.md",
        "paragraph": 3,
        "score": 1.0,
        "features": {
            "dense": {"value": 1.0, "weight": 0.75, "contribution": 0.75},
            "lexical": {"value": 0.5, "weight": 0.25, "contribution": 0.125},
        },
        "literal": 0.125,
        "sum": 1.0,
    }
    assert fields["confidence"] == {
        "signals": {
            "cosine": {"value": 0.5, "weight": 6.0, "contribution": 3.0},
            "margin": {"value": 0.25, "weight": 10.0, "contribution": 2.5},
        },
        "assumed": ["margin"],
        "bias": -8.0,
        "sum": -2.5,
        "probability": 0.0759,
        "literal": "found",
        "confidence": 0.5,
        "threshold": 0.5,
    }
