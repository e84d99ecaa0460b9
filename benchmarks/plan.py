"""How much is measured: what the tables say, or little of everything, to try the benchmarks out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Counts for all tables; `beside` pairs paragraphs with rounds, and 0 stands for all there are.

    `scale`, `memory` and `asked_cold` are paragraphs of an index, which become a quarter more passages; `questions` are
    those that a bot is asked.
    """

    encoded: int = 600
    encoding_rounds: int = 5
    quality_entries: int = 0
    beside: tuple[tuple[int, int], ...] = ((1_000, 3), (10_000, 1))
    beside_questions: int = 300
    beside_starts: int = 5
    scale: tuple[int, ...] = (8_100, 100_000, 800_000)
    scale_questions: int = 1_000
    small_documents: int = 10_000
    small_runs: int = 7
    asked_cold: tuple[int, ...] = (10_000, 100_000)
    asked_cold_runs: int = 10
    memory: tuple[int, ...] = (10_000, 100_000, 800_000)
    questions: int = 10_000
    questions_in_discord: int = 1_000


QUICK = Plan(
    encoded=40,
    encoding_rounds=2,
    quality_entries=100,
    beside=((50, 1), (100, 1)),
    beside_questions=20,
    beside_starts=1,
    scale=(100, 300),
    scale_questions=60,
    small_documents=30,
    small_runs=2,
    asked_cold=(100, 300),
    asked_cold_runs=2,
    memory=(100, 300),
    questions=60,
    questions_in_discord=20,
)
