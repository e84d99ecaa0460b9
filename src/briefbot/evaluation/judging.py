"""Whether an answer is right: what was expected of a question, compared with the excerpts that came. Pure rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefbot.wording import folded

if TYPE_CHECKING:
    from briefbot.evaluation.questions import Asked
    from briefbot.model import Answer, Citation, Excerpt


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question: the answer, and at which place, from 1, the first right excerpt stands, if any does.

    `sentence` tells whether the highlighted sentence of a right first excerpt holds the text that must be in it; None
    where that cannot be asked.
    """

    asked: Asked
    answer: Answer
    place: int | None
    sentence: bool | None

    @property
    def first(self) -> bool:
        """Tell whether the first excerpt is right."""
        return self.place == 1

    @property
    def missed(self) -> bool:
        """Tell whether the first excerpt is not right, or an answer was given where there is none."""
        return not self.first if self.asked.answerable else self.answer.answered

    def within(self, n: int) -> bool:
        """Tell whether one of the first `n` excerpts is right."""
        return self.place is not None and self.place <= n


def judged(asked: Asked, answer: Answer) -> Outcome:
    """Compare an answer with what was expected; what is only related counts as well, where nothing was answered."""
    excerpts = shown(answer)
    places = (number for number, excerpt in enumerate(excerpts, start=1) if is_right(asked, excerpt))
    place = next(places, None) if asked.answerable else None
    asks_for_sentence = asked.answer is not None and place == 1
    return Outcome(asked, answer, place, _highlights(asked, excerpts[0]) if asks_for_sentence else None)


def shown(answer: Answer) -> tuple[Excerpt, ...]:
    """Return the excerpts of an answer, or the related ones where it has none."""
    return answer.excerpts or answer.related


def is_right(asked: Asked, excerpt: Excerpt) -> bool:
    """Tell whether an excerpt, or a copy that it names, is all that was named: the document, paragraph and text."""
    return any(_is_named(asked, cited) for cited in (excerpt.citation, *excerpt.also)) and _holds(
        excerpt.text, asked.answer
    )


def _is_named(asked: Asked, cited: Citation) -> bool:
    return asked.document in (None, cited.document) and asked.paragraph in (None, cited.paragraph)


def _highlights(asked: Asked, excerpt: Excerpt) -> bool:
    return _holds(excerpt.highlight.of(excerpt.text), asked.answer)


def _holds(text: str, answer: str | None) -> bool:
    return answer is None or folded(answer) in folded(text)
