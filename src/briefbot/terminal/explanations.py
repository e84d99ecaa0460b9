"""What `ask --explain` adds to an answer: what each candidate's score and the confidence are the sum of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from briefbot.harmless import one_line
from briefbot.terminal.reports import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.explaining import Candidate, Certainty, Chance, Explanation, Summand
    from briefbot.terminal.paint import Paint

    _Row = tuple[str, str, str, str]

_MOVED = "moved: it holds literally what is asked for, or was said before"
_DECIDED = {
    "found": "It holds literally what is asked for, so it answers.",
    "missing": "What is asked for literally stands in no passage, so nothing answers.",
    None: "",
}


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
    moved = [_alone(_MOVED, candidate.moved)] if candidate.moved else []
    rows = [*map(_weighed, candidate.summands), *moved, _alone("sum", candidate.total)]
    return [f"{paint.bold(f'{number:>2}')}  {where}", *_aligned(rows, paint)]


def _certainty(certainty: Certainty | None, paint: Paint) -> list[str]:
    if certainty is None:
        return ["There is nothing to tell of confidence: it is not calibrated, or nothing was found."]
    confidence = certainty.confidence or 0.0
    verdict = "answered" if confidence >= certainty.threshold else "not answered"
    return [
        paint.bold("How sure: each signal of the first passage × its weight"),
        *_chance(certainty.answered, "that the documents answer", paint),
        *_chance(certainty.first, "that the first passage does, if any", paint),
        *filter(None, [_DECIDED[certainty.literal]]),
        f"Confidence {confidence:.4f}, threshold {certainty.threshold:.4f}: {verdict}.",
    ]


def _chance(chance: Chance, what: str, paint: Paint) -> list[str]:
    rows = [*map(_weighed, chance.summands), _alone("bias", chance.bias), _alone("sum", chance.total)]
    return [*_aligned(rows, paint), f"A probability of {chance.probability:.4f} {what}.", ""]


def _weighed(summand: Summand) -> _Row:
    return summand.name, f"{summand.value:.4f}", f"× {summand.weight:.4f} =", f"{summand.contribution:.4f}"


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
        "moved": candidate.moved,
        "sum": candidate.total,
    }


def _certainty_json(certainty: Certainty) -> dict[str, Any]:
    return {
        "answered": _chance_json(certainty.answered),
        "first": _chance_json(certainty.first),
        "literal": certainty.literal,
        "confidence": certainty.confidence,
        "threshold": certainty.threshold,
    }


def _chance_json(chance: Chance) -> dict[str, Any]:
    signals = _summands_json(chance.summands)
    return {"signals": signals, "bias": chance.bias, "sum": chance.total, "probability": chance.probability}


def _summands_json(summands: Sequence[Summand]) -> dict[str, dict[str, float]]:
    return {one.name: {"value": one.value, "weight": one.weight, "contribution": one.contribution} for one in summands}
