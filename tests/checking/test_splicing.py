"""What is put together from different places is told from what only uses the same common words."""

from __future__ import annotations

from tests.checking.told import EVERYONE, same_name, source, told

from briefbot.checking import Bench, Verdict, check

COMMON = " ".join(f"“it is what we say {i}.”<Kim>" for i in range(60))
USUAL = " ".join(f"“so we have to go {i}.”<Kim>" for i in range(60))
BETWEEN = " ".join(f"Line{i}." for i in range(80))
PAPER = [
    source(
        told(
            f"{COMMON} {BETWEEN} {USUAL} {BETWEEN} “The lighthouse keeper mends copper nets on Sundays,”<Lee> said Lee."
        )
    )
]


def verdict(claim: str) -> Verdict:
    return check(claim, PAPER, EVERYONE, Bench(None, same_name)).verdict


def test_runs_of_common_words_are_no_parts() -> None:
    assert verdict("so we have it is what") is not Verdict.SPLICED


def test_rare_words_make_a_part_and_so_does_a_whole_quotation() -> None:
    assert verdict("keeper mends copper nets. The lighthouse keeper mends copper") is Verdict.SPLICED
    claim = "it is what we say 7. The lighthouse keeper mends copper nets on Sundays"
    found = check(claim, PAPER, EVERYONE, Bench(None, same_name))

    assert found.verdict is Verdict.SPLICED
    assert [it.text for it in found.matches[:2]] == [
        "it is what we say 7",
        "The lighthouse keeper mends copper nets on Sundays",
    ]


def test_one_new_word_in_the_middle_is_no_splice() -> None:
    assert verdict("The lighthouse keeper never mends copper nets on Sundays") is Verdict.ALTERED
