"""Learns the weights of `briefbot/quotes/weights.json`.

    python -m benchmarks.learn_quotes POLNEAR/train [--folds 4] [--write]

Two logistic models over names of signals. `said`: were the words between marks said by somebody? Learnt from the
segments that people marked, and from those that lie in no attribution at all; what lies in one and is not marked
teaches nothing, and neither do single marks, which are never marked. `speaker`: which mention said it? A softmax over
the candidates of each quotation and nobody, with the last speaker as the model itself chose it. Without `--write` it
prints, for folds by article, how well each does on the articles held back, and how far its probabilities are true.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from benchmarks.polnear_articles import Article, articles
from briefbot.quotes.attributing import Scene, beside, scene_of
from briefbot.quotes.judging import SINGLE, signals_of
from briefbot.quotes.logistic import Model, probability
from briefbot.quotes.outline import Outline, outline_of
from briefbot.quotes.scoring import SURE, Asked, Candidate, candidates, shares

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from briefbot.quotes.mentions import Mention

TARGET = Path("src/briefbot/quotes/weights.json")
_RARE = 10  # signals seen less often say nothing
_RIDGE = {"said": 1.0, "speaker": 0.5}
_ROUNDS = 2  # the last speaker is first the true one, then the one that was chosen
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """A segment: the article, the signals, and whether somebody said it."""

    article: str
    signals: Sequence[str]
    said: bool


@dataclass(frozen=True, slots=True)
class Sought:
    """A quotation: the article, the candidates for its speaker, and which of them are right."""

    article: str
    candidates: Sequence[Candidate]
    right: Sequence[bool]


def judged(article: Article) -> list[Judged]:
    """Return the segments of an article that teach something."""
    outline = outline_of(article.document, article.passages)
    return [
        one
        for paragraph in range(len(outline.paragraphs))
        for at, token in enumerate(outline.tokens(paragraph))
        if token.quote >= 0 and (one := _judged(article, outline, paragraph, at))
    ]


def _judged(article: Article, outline: Outline, paragraph: int, at: int) -> Judged | None:
    tokens = outline.tokens(paragraph)
    segment = outline.segments[tokens[at].quote]
    span = segment.span.trimmed(outline.text)
    said = any(one.span == span for one in article.gold)
    overlaps = any(one.start < span.end and span.start < one.end for one in article.contents)
    if segment.mark in SINGLE or (overlaps and not said):
        return None
    return Judged(article.document.name, signals_of(outline.text, segment, tokens, at, outline.words), said)


def sought(article: Article, choose: Callable[[Sequence[Candidate]], Mention | None] | None) -> list[Sought]:
    """Return the gold quotations of an article; without `choose`, the last speaker is always the right one."""
    outline = outline_of(article.document, article.passages)
    places = {outline.segments[it].span.trimmed(outline.text): it for own in outline.outermost for it in own}
    marked = sorted(((places[it.span], it) for it in article.gold if it.span in places), key=lambda pair: pair[0])
    scene = scene_of(outline, beside(outline, [place for place, _ in marked]))
    made: list[Sought] = []
    previous: Mention | None = None
    before: int | None = None
    for place, gold in marked:
        found = candidates(Asked(outline, place, scene.mentions, previous, before))
        right = [any(span.start <= head.start and head.end <= span.end for span in gold.speaker_spans)
                 for one in found for head in [_head(scene, one)]]  # fmt: skip
        made.append(Sought(article.document.name, found, right))
        true = next((one.mention for one, is_right in zip(found, right, strict=True) if is_right), None)
        previous, before = (choose(found) if choose else true) or previous, place
    return made


def _head(scene: Scene, one: Candidate):  # noqa: ANN202 - a token
    return scene.outline.tokens(one.mention.paragraph)[one.mention.head]


def learnt_said(rows: Sequence[Judged]) -> Model:
    """Return the model of what was said, by Newton's method."""
    names = _common(row.signals for row in rows)
    table = np.zeros((len(rows), len(names) + 1))
    table[:, -1] = 1
    for number, row in enumerate(rows):
        table[number, [names[it] for it in row.signals if it in names]] = 1
    truth = np.array([row.said for row in rows], float)
    ridge = np.full(len(names) + 1, _RIDGE["said"])
    ridge[-1] = 1e-6
    weights = np.zeros(len(names) + 1)
    for _ in range(30):
        chance = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (chance - truth) + ridge * weights
        bend = (table * (chance * (1 - chance))[:, None]).T @ table + np.diag(ridge)
        weights -= np.linalg.solve(bend, slope)
    return _model(names, weights)


def learnt_speaker(rows: Sequence[Sought], steps: int = 400, rate: float = 0.1) -> Model:
    """Return the model of who said it, by Adam's method on the whole set."""
    names = _common(one.signals for row in rows for one in row.candidates)
    pairs = [(number, names[it]) for number, one in enumerate(one for row in rows for one in row.candidates)
             for it in one.signals if it in names]  # fmt: skip
    line, column = np.array(pairs).T
    group = np.repeat(np.arange(len(rows)), [len(row.candidates) for row in rows])
    right = np.array([it for row in rows for it in row.right])
    nobody = np.array([not any(row.right) for row in rows], float)
    weights, mean, spread = (np.zeros(len(names) + 1) for _ in range(3))
    for step in range(1, steps + 1):
        score = np.bincount(line, weights[column], len(group))
        top = np.full(len(rows), weights[-1])
        np.maximum.at(top, group, score)
        power, alone = np.exp(score - top[group]), np.exp(weights[-1] - top)
        total = np.bincount(group, power, len(rows)) + alone
        truth = np.bincount(group, power * right, len(rows)) + nobody * alone
        error = power / total[group] - power * right / truth[group]
        slope = np.append(np.bincount(column, error[line], len(names)), (alone / total - nobody).sum())
        slope[:-1] += _RIDGE["speaker"] * weights[:-1]
        mean, spread = 0.9 * mean + 0.1 * slope, 0.999 * spread + 0.001 * slope**2
        pace = rate * (1 - step / (steps + 1))
        weights -= pace * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
    return _model(names, weights)


def _common(rows: Iterable[Iterable[str]]) -> dict[str, int]:
    counts = Counter(name for row in rows for name in set(row))
    return {name: place for place, name in enumerate(sorted(it for it, count in counts.items() if count >= _RARE))}


def _model(names: dict[str, int], weights: Numbers) -> Model:
    kept = {name: round(float(weights[place]), 3) for name, place in names.items()}
    return Model({name: weight for name, weight in kept.items() if abs(weight) >= 0.02}, round(float(weights[-1]), 3))


def chosen(model: Model, found: Sequence[Candidate]) -> tuple[int, float]:
    """Return which candidate the model takes, and its probability."""
    if not found:
        return -1, 0.0
    chances = shares([model.score(one.signals) for one in found], model.bias)
    best = int(np.argmax(chances))
    return best, chances[best]


def taught(group: Sequence[Article]) -> tuple[Model, Model]:
    """Return both models, learnt on some articles."""
    said = learnt_said([row for article in group for row in judged(article)])
    speaker = learnt_speaker([row for article in group for row in sought(article, None)])
    for _ in range(_ROUNDS - 1):
        choose = _chooser(speaker)
        speaker = learnt_speaker([row for article in group for row in sought(article, choose)])
    return said, speaker


def _chooser(speaker: Model) -> Callable[[Sequence[Candidate]], Mention | None]:
    def choose(found: Sequence[Candidate]) -> Mention | None:
        best, chance = chosen(speaker, found)
        return found[best].mention if chance >= SURE else None

    return choose


def held_out(group: Sequence[Article], folds: int) -> None:
    """Print how well the models do on articles that they have not seen."""
    false = missed = 0
    seen: list[tuple[float, bool]] = []
    for fold in range(folds):
        said, speaker = taught([it for place, it in enumerate(group) if place % folds != fold])
        for article in group[fold::folds]:
            for row in judged(article):
                guess = probability(said.score(row.signals)) >= 0.5
                false, missed = false + (guess and not row.said), missed + (row.said and not guess)
            for one in sought(article, _chooser(speaker)):
                best, chance = chosen(speaker, one.candidates)
                seen.append((chance, best >= 0 and one.right[best]))
    print(f"said: {false} taken for said that were not, {missed} missed")
    for low in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99):
        above = [right for chance, right in seen if chance >= low]
        near = [right for chance, right in seen if low <= chance < low + 0.1]
        share, right, here = len(above) / len(seen), np.mean(above), np.mean(near)
        print(f"speaker from {low}: {share:.3f} credited, {right:.3f} right, {here:.3f} near it")


def main() -> None:
    """Learn, and print or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    group = [article for article in articles(asked.folder) if article.gold]
    if not asked.write:
        held_out(group, asked.folds)
        return
    said, speaker = taught(group)
    about = {"learnt_on": "polnear/train", "command": "python -m benchmarks.learn_quotes POLNEAR/train --write"}
    models = {"said": said, "speaker": speaker}
    numbers = about | {name: {"bias": it.bias, "weights": dict(it.weights)} for name, it in models.items()}
    TARGET.write_text(json.dumps(numbers, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
