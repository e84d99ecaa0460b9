"""What answers from a generation uses one thread for a question, whatever the machine has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import faiss
from tests.desk import Desk
from threadpoolctl import threadpool_info, threadpool_limits

from briefbot.answering import ask
from briefbot.cli.library import library_of
from briefbot.index.store import open_current
from briefbot.model import Question, Scope

if TYPE_CHECKING:
    from pathlib import Path


def test_a_question_is_answered_in_the_thread_that_asks(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("a.txt", "Kim met Putin at the cosmodrome.")
    desk.build()
    threads = faiss.omp_get_max_threads()
    with threadpool_limits(2, user_api="blas"), open_current(desk.index) as generation:
        faiss.omp_set_num_threads(2)
        library = library_of(generation, desk.encoder, desk.settings)
        ask(Question("Where did Kim meet Putin?", Scope.everything()), library)
        used = {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}
        assert (used, faiss.omp_get_max_threads()) == ({1}, 1)
    faiss.omp_set_num_threads(threads)
