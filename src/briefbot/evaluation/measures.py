"""The usual measures of ranked lists; the only door to pytrec_eval, which is trec_eval itself.

trec_eval sorts by score and equal scores by name, so it is given scores that only fall. It reads names up to a zero
byte and no half characters, so it is given numbers for names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytrec_eval import RelevanceEvaluator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CUT = 10  # of the reciprocal rank
_MEASURES = {"nDCG@10": "ndcg_cut_10", "R@10": "recall_10", "R@100": "recall_100", "P@1": "P_1"}
ORDER = ("nDCG@10", "R@10", "R@100", "MRR@10", "P@1")


def mean_measures(pairs: Sequence[tuple[Mapping[str, int], Sequence[str]]]) -> dict[str, float]:
    """Return the mean of each measure over queries that have relevant entries.

    A pair is the grades of the entries that were judged, 0 and below for what is not relevant, and the entries ranked,
    best first. What was judged and is not ranked counts as not found.
    """
    numbered = [_numbered(grades, ranked) for grades, ranked in pairs]
    grades = {str(number): grades for number, (grades, _) in enumerate(numbered)}
    whole = RelevanceEvaluator(grades, set(_MEASURES.values())).evaluate(_run(numbered, None))
    cut = RelevanceEvaluator(grades, {"recip_rank"}).evaluate(_run(numbered, _CUT))
    found = {name: [whole[number][measure] for number in grades] for name, measure in _MEASURES.items()}
    found["MRR@10"] = [cut[number]["recip_rank"] for number in grades]
    return {name: sum(found[name]) / max(1, len(pairs)) for name in ORDER}


def _numbered(grades: Mapping[str, int], ranked: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    names = {name: str(number) for number, name in enumerate(dict.fromkeys([*ranked, *grades]))}
    return {names[name]: max(0, grade) for name, grade in grades.items()}, [names[name] for name in ranked]


def _run(numbered: Sequence[tuple[dict[str, int], list[str]]], cut: int | None) -> dict[str, dict[str, float]]:
    return {
        str(number): {name: float(len(ranked) - place) for place, name in enumerate(ranked[:cut])}
        for number, (_, ranked) in enumerate(numbered)
    }
