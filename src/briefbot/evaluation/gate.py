"""Whether a new generation may replace the current one: not where a team's own questions are answered worse. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefbot.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.evaluation.judging import Outcome

_NAMED = 5  # questions


def refuse_worse(before: Sequence[Outcome], after: Sequence[Outcome]) -> None:
    """Raise CorpusError, with the questions that were right, where fewer are right than before."""
    right, still = (sum(not outcome.missed for outcome in outcomes) for outcomes in (before, after))
    if still >= right:
        return
    lost = [new for old, new in zip(before, after, strict=True) if new.missed and not old.missed]
    named = "; ".join(f"{outcome.asked.text!r} ({outcome.asked.place})" for outcome in lost[:_NAMED])
    more = f"; and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
    raise CorpusError(
        f"The new generation answers {still} of {len(after)} questions rightly and the current one {right}, so "
        f"generation {before[0].answer.generation} stays; no longer right: {named}{more}. Mend the documents or the "
        "questions, or build without --gate."
    )
