"""What `ask --explain` adds to an answer: what each candidate's score and the confidence are the sum of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from briefbot.harmless import one_line
from briefbot.terminal.reports import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.explaining import Candidate, Certainty, Explanation, Summand
    from briefbot.terminal.paint import Paint

    _Row = tuple[str, str, str, str]

_LITERAL = "holds literally what is asked for"
_DECIDED = {
    "found": f"It {_LITERAL}, so it answers.",
    "missing": "What is asked for literally stands in no passage, so nothing answers.",
    None: "",
}
_ASSUMED = "assumed: the index is too small to tell"


def render_explanation(explanation: Explanation, paint: Paint) -> str:
    """Return the sums as tables; numbers stand below each other, so no width is asked for."""
    return joined(
        [paint.bold("Why in this order: each feature × its weight")],
        *(_candidate(number, one, paint) for number, one in enumerate(explanation.candidates, start=1)),
        _certainty(explanation.certainty, paint),
    )


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """Return the object `explanation` of `ask --explain --json`."""
    certainty = explanation.certainty
    return {
        "candidates": [_candidate_json(candidate) for candidate in explanation.candidates],
        "confidence": None if certainty is None else _certainty_json(certainty),
    }


def _candidate(number: int, candidate: Candidate, paint: Paint) -> list[str]:
    where = f"{one_line(candidate.document)}, paragraph {candidate.paragraph}"
    lifted = [_alone(_LITERAL, candidate.literal)] if candidate.literal else []
    rows = [*map(_weighed, candidate.summands), *lifted, _alone("sum", candidate.total)]
    return [f"{paint.bold(f'{number:>2}')}  {where}", *_aligned(rows, paint)]


def _certainty(certainty: Certainty | None, paint: Paint) -> list[str]:
    if certainty is None:
        return ["There is nothing to tell of confidence: it is not calibrated, or nothing was found."]
    rows = [*map(_weighed, certainty.summands), _alone("bias", certainty.bias), _alone("sum", certainty.total)]
    verdict = "answered" if certainty.confidence >= certainty.threshold else "not answered"
    told = (
        f"As a probability: {certainty.probability:.4f}. {_DECIDED[certainty.literal]}".rstrip(),
        f"Confidence {certainty.confidence:.4f}, threshold {certainty.threshold:.4f}: {verdict}.",
    )
    return [paint.bold("How sure: each signal of the first passage × its weight"), *_aligned(rows, paint), *told]


def _weighed(summand: Summand) -> _Row:
    name = f"{summand.name} ({_ASSUMED})" if summand.assumed else summand.name
    return name, f"{summand.value:.4f}", f"× {summand.weight:.4f} =", f"{summand.contribution:.4f}"


def _alone(name: str, value: float) -> _Row:
    return name, "", "", f"{value:.4f}"


def _aligned(rows: Sequence[_Row], paint: Paint) -> list[str]:
    """Return rows as lines with names to the left and numbers to the right; the last one is the sum."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(["  ", name.ljust(widths[0]), *map(str.rjust, rest, widths[1:])]) for name, *rest in rows]
    return [*map(paint.dim, lines[:-1]), lines[-1]]


def _candidate_json(candidate: Candidate) -> dict[str, Any]:
    return {
        "document": candidate.document,
        "paragraph": candidate.paragraph,
        "score": candidate.score,
        "features": _summands_json(candidate.summands),
        "literal": candidate.literal,
        "sum": candidate.total,
    }


def _certainty_json(certainty: Certainty) -> dict[str, Any]:
    return {
        "signals": _summands_json(certainty.summands),
        "assumed": [summand.name for summand in certainty.summands if summand.assumed],
        "bias": certainty.bias,
        "sum": certainty.total,
        "probability": certainty.probability,
        "literal": certainty.literal,
        "confidence": certainty.confidence,
        "threshold": certainty.threshold,
    }


def _summands_json(summands: Sequence[Summand]) -> dict[str, dict[str, float]]:
    return {one.name: {"value": one.value, "weight": one.weight, "contribution": one.contribution} for one in summands}
