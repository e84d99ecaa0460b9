"""Reports of evaluations with something in every place, for what prints and what draws."""

from __future__ import annotations

from dataclasses import replace

from briefbot.evaluation.abstaining import Trial, abstention
from briefbot.evaluation.figures import CollectionReport, Found, Miss, QuestionsReport

ABSTENTION = abstention([Trial(0.9, True, True), Trial(0.6, True, False), Trial(0.2, False, False)], 0.5)
FOUND = Found("b.md", 2, "They ate\n<b>soup</b>.")
QUESTIONS = QuestionsReport(
    file="q.jsonl",
    generation=3,
    questions=3,
    answerable=2,
    unsettled=1,
    metrics={"hit@1": 0.5, "hit@3": 1.0, "hit@5": 1.0, "hit@10": 1.0, "MRR": 0.75, "nDCG@10": 0.8154, "sentence": 1.0},
    ranks=(1, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    sentences=1,
    abstention=ABSTENTION,
    misses=(
        Miss("q.jsonl, line 2", "Where & when?", "a.md", 3, "the <port>", 2, FOUND, 0.6),
        Miss("q.jsonl, line 3", "Who?", None, None, None, None, FOUND, 0.7),
        Miss("q.jsonl, line 4", "What?", None, None, "soup", None, None, 0.0),
    ),
    unknown_documents=("gone.md",),
)
COLLECTION = CollectionReport(
    collection="some",
    entries=1,
    passages=2,
    queries=3,
    judged=1,
    unknown_entries=2,
    unknown_queries=1,
    metrics={"nDCG@10": 0.63093, "R@10": 1.0, "R@100": 1.0, "MRR@10": 0.5, "P@1": 0.0},
    abstention=None,
)
WITH_ABSTENTION = replace(COLLECTION, abstention=ABSTENTION, unknown_entries=0, unknown_queries=0)
