from __future__ import annotations

import pytest

from briefbot import packages
from briefbot.errors import MissingPackages
from briefbot.packages import missing, require_for_building, require_for_evaluating, required


def test_required_are_the_bare_names_without_those_of_developers() -> None:
    names = required()
    assert {"numpy", "rich", "torch"} <= set(names)
    assert not {"pytest", "ruff"} & set(names)


def test_missing_is_what_is_not_installed() -> None:
    assert missing(["numpy", "No-Such.Thing", "another"]) == ("another", "No-Such.Thing")
    require_for_building(["numpy"])


def test_what_a_build_misses_is_one_sentence_with_a_way_out() -> None:
    with pytest.raises(MissingPackages) as refusal:
        require_for_building(["numpy", "no-such-thing"])
    assert refusal.value.exit_code == 5
    assert str(refusal.value) == (
        "This machine can answer and not build, as packages are missing (no-such-thing); "
        "build on another machine and copy the index here, or install briefbot as a whole: make runtime"
    )


def test_what_an_evaluation_misses_is_one_sentence_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    require_for_evaluating()
    monkeypatch.setattr(packages, "EVALUATING", ("no-such-thing",))
    with pytest.raises(MissingPackages) as refusal:
        require_for_evaluating()
    assert str(refusal.value) == (
        "This machine can answer and not evaluate, as packages are missing (no-such-thing); "
        "evaluate on another machine, or install briefbot as a whole: make runtime"
    )
