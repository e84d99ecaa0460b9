"""Real builds in another process, with the fake model; and commands that end as no build should."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk
from tests.serving.stage import until

from briefbot.errors import BriefbotError, Busy, CorpusError, IndexFault, SettingsError, UsageFault
from briefbot.reports import BuildReport, Skipped
from briefbot.serving.rebuild import BuildProgress, Rebuilder

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(PROJECT)
    desk = Desk(tmp_path)
    desk.write("a.txt", "Sheep graze on the hill.\n\nThey eat grass.")
    return desk


def rebuilder(desk: Desk, *flags: str) -> Rebuilder:
    manner = ("--json", "--progress-json", "--background", "--no-input")
    folders = ("--corpus", str(desk.corpus), "--index", str(desk.index))
    return Rebuilder((sys.executable, "-m", "tests.word_cli", "build", *manner, *folders, *flags))


def python(code: str) -> Rebuilder:
    return Rebuilder((sys.executable, "-c", f"import sys, time\n{code}"))


def run(
    builder: Rebuilder, *, full: bool = False, progress: Callable[[BuildProgress], None] = lambda _: None
) -> BuildReport:
    return asyncio.run(builder.run(full=full, progress=progress))


def failure(builder: Rebuilder) -> tuple[type[BaseException], str]:
    with pytest.raises(BriefbotError) as error:
        run(builder)
    return type(error.value), str(error.value)


# What a build did


def test_the_report_is_the_one_that_the_build_made(desk: Desk) -> None:
    told: list[BuildProgress] = []
    report = run(rebuilder(desk), progress=told.append)
    assert replace(report, seconds=0.0) == BuildReport(
        generation=1,
        added=("a.txt",),
        changed=(),
        removed=(),
        renamed=(),
        skipped=(),
        ignored={},
        unchanged=0,
        documents=1,
        passages=2,
        encoded=2,
        remarks=(),
        seconds=0.0,
        published=True,
        dry_run=False,
    )
    assert told[0] == BuildProgress("reading", 0, 1)
    assert told[-1] in (BuildProgress("encoding", 2, 2), BuildProgress("reading", 1, 1))
    assert BuildProgress("encoding", 2, 2) in told


def test_files_that_cannot_be_read_are_in_the_report_and_no_failure(desk: Desk) -> None:
    desk.write("bad.pdf", "this is no PDF")
    report = run(rebuilder(desk))
    (skipped,) = report.skipped
    assert (report.published, skipped) == (True, Skipped("bad.pdf", skipped.reason))


def test_files_of_other_kinds_are_counted_by_their_ending(desk: Desk) -> None:
    desk.write("note.xyz", "what is this")
    assert run(rebuilder(desk)).ignored == {".xyz": 1}


def test_renamed_and_unchanged_documents_are_told_as_they_are(desk: Desk) -> None:
    desk.build()
    (desk.corpus / "a.txt").rename(desk.corpus / "b.txt")
    report = run(rebuilder(desk))
    assert (report.generation, report.renamed, report.added) == (2, (("a.txt", "b.txt"),), ())
    again = run(rebuilder(desk))
    assert (again.published, again.generation, again.unchanged) == (False, 2, 1)


def test_a_full_build_encodes_everything_anew(desk: Desk) -> None:
    desk.build()
    assert run(rebuilder(desk), full=True).encoded == 2


# What a build raised


def test_what_the_build_raised_is_raised_here_with_its_sentence(desk: Desk) -> None:
    assert failure(rebuilder(desk, "--corpus", "nowhere")) == (
        CorpusError,
        "The corpus nowhere is not a folder; create it or set another one with --corpus.",
    )
    assert failure(rebuilder(desk, "--config", "none.toml")) == (
        SettingsError,
        "none.toml: there is no such settings file.",
    )
    kind, sentence = failure(rebuilder(desk, "--no-such-flag"))
    assert (kind, sentence.startswith("Error: No such option")) == (UsageFault, True)


def test_the_lock_of_another_process_is_busy(desk: Desk) -> None:
    with desk.disk.locked():
        kind, sentence = failure(rebuilder(desk))
    assert (kind, "another" in sentence.lower()) == (Busy, True)


def test_one_build_at_a_time(desk: Desk) -> None:
    async def story() -> None:
        builder = rebuilder(desk)
        first = asyncio.create_task(builder.run(full=False, progress=lambda _: None))
        await asyncio.sleep(0)
        assert builder.running
        with pytest.raises(Busy, match=r"^A rebuild is under way; wait for it to end\.$"):
            await builder.run(full=False, progress=lambda _: None)
        assert (await first).published
        assert not builder.running
        assert not (await builder.run(full=False, progress=lambda _: None)).published

    asyncio.run(story())


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        ("sys.exit(5)", IndexFault, "The build failed and gave no reason (exit code 5)."),
        ("print('not JSON')", BriefbotError, "The build reported nothing that can be read; is briefbot being updated?"),
        ("print('{}')", BriefbotError, "The build reported nothing that can be read; is briefbot being updated?"),
        ("print('briefbot: One.\\n{\"step\": 1}\\nbriefbot: Two.', file=sys.stderr); sys.exit(4)", CorpusError, "Two."),
        (
            "import os; os.kill(os.getpid(), 9)",
            BriefbotError,
            "The build was ended from outside (signal 9); nothing was published.",
        ),
    ],
)
def test_a_build_that_ends_oddly_is_one_sentence(code: str, kind: type[BriefbotError], sentence: str) -> None:
    builder = python(code)
    assert failure(builder) == (kind, sentence)
    assert not builder.running


def test_the_build_does_not_know_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret-value")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "/secret-value")
    code = "import os; print('briefbot: ' + repr(dict(os.environ)), file=sys.stderr); sys.exit(4)"
    _, told = failure(python(code))
    assert "'PATH'" in told
    assert "secret-value" not in told


def test_a_listener_that_fails_neither_ends_the_build_nor_leaves_it_unheard(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(_: BuildProgress) -> None:
        raise RuntimeError("the message was deleted")

    assert run(rebuilder(desk), progress=failing).published
    assert "the progress of a rebuild could not be shown" in caplog.messages


# How it is ended

PATIENT = 'print(\'{"step": "reading", "done": 0, "total": 9}\', file=sys.stderr, flush=True); time.sleep(60)'
STUBBORN = f"import signal; signal.signal(15, signal.SIG_IGN)\n{PATIENT}"


def test_closing_ends_the_build_that_is_under_way() -> None:
    async def story() -> None:
        builder, told = python(PATIENT), list[BuildProgress]()
        building = asyncio.create_task(builder.run(full=False, progress=told.append))
        await until(lambda: told)
        await builder.close()
        with pytest.raises(BriefbotError, match=r"^The build was ended from outside \(signal 15\); nothing was pub"):
            await building
        assert not builder.running

    asyncio.run(story())


def test_closing_ends_a_build_that_is_only_about_to_begin() -> None:
    async def story() -> None:
        builder = python(PATIENT)
        building = asyncio.create_task(builder.run(full=False, progress=lambda _: None))
        await asyncio.sleep(0)  # the process is being made, and is not known yet
        await builder.close()
        with pytest.raises(BriefbotError, match="ended from outside"):
            await building

    asyncio.run(story())


def test_a_build_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefbot.serving.rebuild._GRACE", 0.1)

    async def story() -> None:
        builder, told = python(STUBBORN), list[BuildProgress]()
        building = asyncio.create_task(builder.run(full=False, progress=told.append))
        await until(lambda: told)
        await builder.close()
        with pytest.raises(BriefbotError, match="signal 9"):
            await building

    asyncio.run(story())


def test_a_build_whose_asker_is_cancelled_is_ended_too() -> None:
    async def story() -> int:
        builder, told = python(PATIENT), list[BuildProgress]()
        building = asyncio.create_task(builder.run(full=False, progress=told.append))
        await until(lambda: told)
        assert builder._child
        pid = builder._child.pid
        building.cancel()
        await asyncio.gather(building, return_exceptions=True)
        assert not builder.running
        return pid

    pid = asyncio.run(story())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


def test_ctrl_c_at_the_terminal_does_not_reach_the_build() -> None:
    _, told = failure(
        python("import os; print('briefbot:', os.getsid(0) == os.getpid(), file=sys.stderr); sys.exit(4)")
    )
    assert told == "True"
