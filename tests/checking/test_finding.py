"""Where a claim may stand: all places with all its words, and the parts of documents with the most of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from briefbot.checking.comparing import Claimed
from briefbot.checking.concordance import Concordance
from briefbot.checking.finding import Claim, View, longest, regions, whole
from briefbot.checking.folding import words
from briefbot.model import Scope

TEXTS = st.lists(st.text("ab ", max_size=60), min_size=1, max_size=3)


def view(texts: list[str], *seen: str) -> View:
    concordance = Concordance.of([(f"{i}.txt", text) for i, text in enumerate(texts)], [])
    return View.of(concordance, Scope(frozenset(seen)) if seen else Scope.everything())


def claim(text: str, looked: View) -> Claim:
    claimed = Claimed.of(text)
    return Claim.of(claimed.forms, claimed.marked, looked.concordance)


@given(TEXTS, st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=12))
def test_all_places_of_a_whole_claim_are_found(texts: list[str], said: list[str]) -> None:
    looked = view(texts)
    expected, first = [], 0
    for text in texts:
        forms = [word.form for word in words(text)]
        expected += [first + i for i in range(len(forms)) if forms[i : i + len(said)] == said]
        first += len(forms) + 1

    assert whole(claim(" ".join(said), looked), looked).tolist() == expected


def test_a_region_is_the_part_that_has_most_and_within_its_document() -> None:
    filler = "some other words stand around here and there " * 9
    texts = ["nothing of it", f"{filler} we sail at noon on monday with the tide {filler}", "we sail"]
    looked = view(texts)
    best = regions(claim("we sail at dawn on monday with the tide", looked), looked)[0]

    said = [word.form for word in words(texts[1])]
    first = int(looked.concordance.firsts[1])
    assert best.document == 1
    assert " ".join(said[best.start - first : best.end - first]).find("we sail at noon on monday with the tide") > 0
    assert best.end - best.start < 40


def test_regions_of_one_document_do_not_repeat() -> None:
    looked = view(["we sail at noon on monday and we sail at noon on friday"])

    assert len(regions(claim("we sail at noon on sunday", looked), looked)) == 1


def test_words_at_the_edge_of_a_document_do_not_reach_into_the_next() -> None:
    looked = view(["and so we sail at", "noon on monday with the tide"])
    whole_claim = claim("so we sail at noon on monday with the tide", looked)

    assert whole(whole_claim, looked).tolist() == []
    assert {(it.document, it.end - it.start) for it in regions(whole_claim, looked)} == {(0, 5), (1, 6)}


def test_the_longest_run_is_found_beyond_what_places_are_sorted_by() -> None:
    looked = view(["a b c d e f g h i j k l m", "a b c d e f g h x"])
    run = longest(claim("z a b c d e f g h i j k z", looked), 1, looked)

    assert (run.first, run.length) == (1, 11)
    assert longest(claim("z a", looked), 0, looked).length == 0


def test_what_is_hidden_is_not_found() -> None:
    looked = view(["we sail at noon", "we sail at dawn"], "1.txt")

    assert whole(claim("we sail at noon", looked), looked).tolist() == []
    assert [it.document for it in regions(claim("we sail at noon", looked), looked)] == [1]
    assert longest(claim("at noon", looked), 0, looked).length == 0


def test_no_words_are_nowhere() -> None:
    looked = view(["we sail"])
    assert whole(claim("", looked), looked).tolist() == []
    assert regions(claim("", looked), looked) == []
    assert regions(claim("unheard of", looked), looked) == []
