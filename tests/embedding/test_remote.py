"""Real child processes with the fake model, and once with the real one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.fakes import WordEncoder

from briefbot.embedding import remote
from briefbot.embedding.models import model_folder, model_identity
from briefbot.embedding.reference import ReferenceEncoder
from briefbot.embedding.remote import RemoteEncoder
from briefbot.errors import ModelError
from briefbot.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROJECT = Path(__file__).parents[2]
WORDS = (sys.executable, "-m", "tests.embedding.word_child")
HOLDER = """
import signal
from tests.embedding.test_remote import WORDS
from briefbot.embedding.remote import RemoteEncoder
encoder = RemoteEncoder("all-MiniLM-L6-v2", WORDS)
encoder.start()
print(encoder.pid, flush=True)
signal.pause()
"""


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


@pytest.fixture
def encoder() -> Iterator[RemoteEncoder]:
    with RemoteEncoder(DEFAULT_MODEL, WORDS) as remote_encoder:
        yield remote_encoder


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        os.sched_yield()
    assert condition()


def refusal(encoder: RemoteEncoder, question: str) -> str:
    with pytest.raises(ModelError) as error:
        encoder.encode_questions([question])
    return str(error.value)


# What it answers


def test_it_answers_as_the_model_in_the_child_does(encoder: RemoteEncoder) -> None:
    words, done = WordEncoder(), list[int]()
    texts = [f"text number {i}" for i in range(150)]
    assert (encoder.dimensions, encoder.window) == (64, 40)
    assert encoder.count(["one", "one two", ""]) == [1, 2, 0]
    assert np.array_equal(encoder.encode_questions(texts), words.encode_questions(texts))
    assert np.array_equal(encoder.encode_passages(texts, done.append), words.encode_questions(texts))
    assert done == [64, 64, 22]


def test_no_texts_have_no_vectors(encoder: RemoteEncoder) -> None:
    assert encoder.encode_questions([]).shape == encoder.encode_passages([], lambda _: None).shape == (0, 64)
    assert encoder.count([]) == []


def test_name_and_identity_are_the_models_own_and_need_no_child(encoder: RemoteEncoder) -> None:
    assert (encoder.name, encoder.identity) == (DEFAULT_MODEL, model_identity(model_folder(DEFAULT_MODEL)))
    assert encoder.pid is None


def test_what_runs_the_model_is_not_imported_here() -> None:
    code = (
        "import sys; from tests.embedding.test_remote import WORDS\n"
        "from briefbot.embedding.remote import RemoteEncoder\n"
        "with RemoteEncoder('all-MiniLM-L6-v2', WORDS) as e: e.encode_questions(['a'])\n"
        "print(e.identity and [name for name in ('torch', 'sentence_transformers') if name in sys.modules])"
    )
    called = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert called.stdout == "[]\n"


def test_threads_get_the_answers_to_their_own_questions(encoder: RemoteEncoder) -> None:
    texts = [f"question {i} of many" for i in range(100)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: encoder.encode_questions([text])[0], texts))
    assert np.array_equal(np.array(found), WordEncoder().encode_questions(texts))


@pytest.mark.slow
def test_the_real_model_gives_the_vectors_that_it_gives_in_one_process() -> None:
    texts = ["Where did they meet?", "The lighthouse keeper counted forty-one ships. " * 30, "Ünïcødé 漢字 😀"]
    reference = ReferenceEncoder(DEFAULT_MODEL)
    with RemoteEncoder(DEFAULT_MODEL) as encoder:
        assert encoder.encode_questions(texts) == pytest.approx(reference.encode_questions(texts), abs=1e-5)
        assert encoder.encode_passages(texts, lambda _: None) == pytest.approx(
            reference.encode_passages(texts, lambda _: None), abs=1e-5
        )
        assert encoder.count(texts) == reference.count(texts)
        assert (encoder.dimensions, encoder.window, encoder.identity) == (384, 254, reference.identity)


# What goes wrong in the child


def test_what_goes_wrong_in_the_child_is_a_sentence_and_the_child_goes_on(encoder: RemoteEncoder) -> None:
    encoder.start()
    pid = encoder.pid
    assert refusal(encoder, "refuse") == "The model does not like this."
    assert refusal(encoder, "fail") == "The model failed: ValueError: no such thing"
    assert encoder.encode_questions(["fine"]).shape == (1, 64)
    assert encoder.pid == pid


def test_a_model_that_cannot_be_loaded_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    (tmp_path / "modules.json").write_text("[]")
    with RemoteEncoder(str(tmp_path)) as encoder:
        (tmp_path / "model.safetensors").unlink()
        with pytest.raises(ModelError, match=r"^The model '.*' has no model\.safetensors in "):
            encoder.start()


def test_a_model_that_is_nowhere_is_refused_before_any_child_starts() -> None:
    with pytest.raises(ModelError, match="There is no model 'a/b'"):
        RemoteEncoder("a/b", WORDS)


def test_a_child_that_was_killed_is_replaced(encoder: RemoteEncoder) -> None:
    encoder.start()
    pid = encoder.pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    assert encoder.encode_questions(["fine"]).shape == (1, 64)
    assert encoder.pid != pid


def test_a_request_at_which_the_child_dies_is_tried_once_more(encoder: RemoteEncoder, tmp_path: Path) -> None:
    question = f"die-once {tmp_path / 'marker'}"
    assert np.array_equal(encoder.encode_questions([question]), WordEncoder().encode_questions([question]))
    assert refusal(encoder, "die") == (
        "The model 'all-MiniLM-L6-v2' cannot be used: its process ended twice (exit code -9); "
        "it may need more memory than there is."
    )
    assert encoder.encode_questions(["fine"]).shape == (1, 64)


def test_what_a_library_prints_does_not_land_among_the_answers(encoder: RemoteEncoder) -> None:
    assert np.array_equal(encoder.encode_questions(["chatter"]), WordEncoder().encode_questions(["chatter"]))


# How the child lives and ends


def test_the_child_gets_one_thread_and_no_token(encoder: RemoteEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret-value")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "/secret-value")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    told = refusal(encoder, "environment")
    assert "secret-value" not in told
    assert json.loads(told) == {
        name: value for name, value in os.environ.items() if not name.startswith("DISCORD_TOKEN")
    } | {"OMP_NUM_THREADS": "1"}


def test_an_operator_may_give_it_more_threads(encoder: RemoteEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    assert json.loads(refusal(encoder, "environment"))["OMP_NUM_THREADS"] == "4"


def test_an_interrupt_of_the_whole_terminal_leaves_the_child_at_work(encoder: RemoteEncoder) -> None:
    encoder.start()
    pid = encoder.pid
    assert pid
    for end in (signal.SIGINT, signal.SIGTERM):
        os.kill(pid, end)
        assert encoder.encode_questions(["fine"]).shape == (1, 64)
    assert encoder.pid == pid


def test_closing_ends_the_child_and_nothing_starts_another() -> None:
    encoder = RemoteEncoder(DEFAULT_MODEL, WORDS)
    encoder.start()
    pid = encoder.pid
    assert pid
    encoder.close()
    encoder.close()
    assert (alive(pid), encoder.pid) == (False, None)
    assert refusal(encoder, "fine") == "The model 'all-MiniLM-L6-v2' has been closed."


def test_a_child_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_GRACE", 0.2)
    encoder = RemoteEncoder(DEFAULT_MODEL, (*WORDS, "--stubborn"))
    encoder.start()
    pid = encoder.pid
    assert pid
    encoder.close()
    assert not alive(pid)


def test_closing_does_not_wait_for_ever_for_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_GRACE", 0.2)
    encoder, told = RemoteEncoder(DEFAULT_MODEL, WORDS), list[str]()
    encoder.start()
    asking = threading.Thread(target=lambda: told.append(refusal(encoder, "hang")))
    asking.start()
    wait_until(encoder._lock.locked)
    encoder.close()
    asking.join(20)
    assert told == ["The model 'all-MiniLM-L6-v2' has been closed."]


def test_the_child_ends_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
    wait_until(lambda: not alive(pid))
