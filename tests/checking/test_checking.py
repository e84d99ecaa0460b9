"""Every verdict on a text that somebody wants to quote, and what it warns of."""

from __future__ import annotations

import pytest
from tests.checking.told import EVERYONE, checked, same_name, source, told

from briefbot.checking import Bench, Cause, Check, Verdict, check
from briefbot.model import Passage, Quotation, Scope, Span

ISLAND = (
    "The harbour master spoke on Monday. "
    "“We will not leave the island before the winter storms arrive,”<Kim> said Kim. "
    "The market stood empty for three weeks. “The harbour has room for 40 boats and every captain knows the way.”<Lee> "
    "That was Lee.\n\n“I like the smell of fresh bread and coffee, and we may open a second bakery if the bank agrees,”"
    "<Olsen> said Olsen."
)
HARBOUR = "The harbour has room for 40 boats and every captain knows the way"


def causes(found: Check) -> set[Cause]:
    return {warning.cause for warning in found.warnings}


def differences(found: Check) -> list[str]:
    return [it.sentence for it in found.matches[0].differences]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (HARBOUR, Verdict.EXACT),
        (f"“{HARBOUR}.”", Verdict.EXACT),
        ("We will not leave the island before the winter storms arrive.", Verdict.EXACT),
        ("We will not leave the\nisland before the winter storms ar-\nrive", Verdict.TYPOGRAPHY),
        ("We will not leave the island be\u00adfore the **winter** storms\u00a0arrive", Verdict.TYPOGRAPHY),
        ("every captain knows the way", Verdict.PART),
        ("I like the smell of fresh bread and coffee", Verdict.PART),
        ("The harbour has room … and every captain knows the way", Verdict.SHORTENED),
        ("The harbour has room [...] and every captain knows the way", Verdict.SHORTENED),
        ("The harbour has room for 41 boats and every captain knows the way", Verdict.ALTERED),
        ("The harbour has room for 40 ships and every captain knows the way", Verdict.ALTERED),
        ("the harbour has room for 40 boats and every captain knows the way", Verdict.ALTERED),
        ("The harbour has no room for 40 boats and every captain knows the way", Verdict.ALTERED),
        ("The harbour has room for 40 boats, and every captain knows the way", Verdict.ALTERED),
        ("The harbour has room for 40 boats and every captain knows the way?", Verdict.ALTERED),
        ("We will leave the island before the winter storms arrive", Verdict.ALTERED),
        ("The harbour has room and every captain knows the way", Verdict.SPLICED),
        ("The harbour has room for 40 boats before the winter storms arrive", Verdict.SPLICED),
        (
            "We will not leave the island before the winter storms arrive. I like the smell of fresh bread",
            Verdict.SPLICED,
        ),
        ("I like the smell of fresh bread … the harbour has room for 40 boats", Verdict.SPLICED),
        ("The market stood empty for three weeks", Verdict.IN_TEXT),
        ("The harbour master spoke on Monday", Verdict.IN_TEXT),
        ("the winter storms arrive, said Kim", Verdict.IN_TEXT),
        ("Nobody ever uttered anything like these words", Verdict.NOT_FOUND),
        ("", Verdict.NOT_FOUND),
        ("…", Verdict.NOT_FOUND),
    ],
)
def test_the_verdict(claim: str, verdict: Verdict) -> None:
    assert checked(ISLAND, claim).verdict is verdict


@pytest.mark.parametrize(
    ("claim", "sentences"),
    [
        (
            "The harbour has room for 41 boats and every captain knows the way",
            ["says “41” where the document says “40”"],
        ),
        ("The harbour has no room for 40 boats and every captain knows the way", ["adds “no”"]),
        ("We will leave the island before the winter storms arrive", ["leaves out “not”"]),
        ("The harbour has room and every captain knows the way", ["leaves out “for 40 boats”"]),
        ("A harbour has room for 40 boats and every captain", ["says “A” where the document says “The”"]),
        ("room for 40 boats, and every captain", ["says “boats, and” where the document says “boats and”"]),
        ("and every captain knows a way", ["says “a” where the document says “the”"]),
        ("and every captain knows the road", ["says “road” where the document says “way”"]),
        (
            "Tomorrow morning we will not leave the island before the winter storms arrive",
            ["says “Tomorrow morning we” where the document says “We”"],
        ),
        (
            "The port has space for 40 boats and every captain",
            ["says “port” where the document says “harbour”", "says “space” where the document says “room”"],
        ),
    ],
)
def test_differences_are_written_out_in_words(claim: str, sentences: list[str]) -> None:
    assert differences(checked(ISLAND, claim)) == sentences


def test_an_exact_quotation_tells_where_it_is() -> None:
    document, quotations = told(ISLAND)
    found = check(HARBOUR, [source((document, quotations))], EVERYONE, Bench(None, same_name))
    match = found.matches[0]

    assert (found.verdict, found.documents, found.warnings) == (Verdict.EXACT, 1, ())
    assert (match.document, match.text, match.quotation) == ("paper.txt", HARBOUR, quotations[1])
    assert match.span.of(document.text) == match.text
    assert match.sentence_span.of(document.text) == match.sentence == f"“{HARBOUR}.”"
    assert (found.searched.documents, found.searched.quotations) == (1, 3)


def test_what_an_omission_mark_stands_for_is_shown() -> None:
    document, quotations = told(ISLAND)
    claim = "The harbour … boats … knows the way"
    found = check(claim, [source((document, quotations))], EVERYONE, Bench(None, same_name))

    assert [span.of(document.text) for span in found.matches[0].left_out] == ["has room for 40", "and every captain"]


@pytest.mark.parametrize(
    ("speaker", "verdict"),
    [("Lee", Verdict.EXACT), ("Kim", Verdict.ANOTHER_SPEAKER), (None, Verdict.EXACT)],
)
def test_the_speaker_is_compared(speaker: str | None, verdict: Verdict) -> None:
    found = checked(ISLAND, HARBOUR, speaker)

    assert found.verdict is verdict
    assert [it.words for it in found.warnings if it.cause is Cause.CREDITED] == (["Lee"] if speaker == "Kim" else [])


def test_an_unknown_speaker_is_no_proof_of_another() -> None:
    text = "“The harbour has room for all the boats,”<he> he said. “The harbour has room for all the cars.”<>"

    for claim in ("The harbour has room for all the boats", "The harbour has room for all the cars"):
        found = checked(text, claim, "Kim")
        assert (found.verdict, causes(found)) == (Verdict.EXACT, {Cause.UNKNOWN_SPEAKER})


def test_words_of_somebody_else_outweigh_those_of_nobody_known() -> None:
    text = "“The harbour has room for all the boats,”<Lee> said Lee. “The harbour has room for all the boats.”<>"

    assert checked(text, "The harbour has room for all the boats", "Kim").verdict is Verdict.ANOTHER_SPEAKER


def test_two_versions_are_both_shown() -> None:
    one = told("“The harbour has room for 40 boats and more,”<Kim> said Kim.", "a.txt")
    two = told("“The harbour has room for 60 boats and more,”<Kim> said Kim.", "b.txt")
    found = check("The harbour has room for 40 boats and more", [source(one, two)], EVERYONE, Bench("Kim", same_name))

    assert (found.verdict, found.documents) == (Verdict.EXACT, 1)
    assert [(it.document, len(it.differences)) for it in found.matches] == [("a.txt", 0), ("b.txt", 1)]
    assert causes(found) == {Cause.OTHER_VERSION}


def test_who_is_credited_with_another_version_is_not_credited_with_this_one() -> None:
    one = told("“The harbour has room for 40 boats and more,”<Kim> said Kim.", "a.txt")
    two = told("“The harbour has room for 60 boats and more,”<Lee> said Lee.", "b.txt")
    paper = [source(one, two)]
    exact = check("The harbour has room for 40 boats and more", paper, EVERYONE, Bench("Kim", same_name))
    altered = check("The harbour has room for 50 boats and more", paper, EVERYONE, Bench("Olsen", same_name))

    assert causes(exact) == {Cause.OTHER_VERSION}
    assert (altered.verdict, causes(altered)) == (Verdict.ALTERED, {Cause.CREDITED})


def test_copies_are_counted_by_document_and_across_sources() -> None:
    copies = [source(told("“We sail at noon on Friday,”<Kim> said Kim.", f"{i}.txt")) for i in range(3)]
    found = check("We sail at noon on Friday", copies, EVERYONE, Bench(None, same_name))

    assert (found.verdict, found.documents, len(found.matches)) == (Verdict.EXACT, 3, 3)
    assert (found.searched.documents, found.searched.quotations) == (3, 3)


def test_parts_from_two_sources_are_a_splice() -> None:
    one = source(told("“We sail at noon on Friday with the tide,”<Kim> said Kim.", "a.txt"))
    two = source(told("“Nobody is left behind on the pier,”<Lee> said Lee.", "b.txt"))
    claim = "We sail at noon on Friday with the tide. Nobody is left behind on the pier"
    found = check(claim, [one, two], EVERYONE, Bench(None, same_name))

    assert found.verdict is Verdict.SPLICED
    assert [it.document for it in found.matches] == ["a.txt", "b.txt"]


def test_what_may_not_be_seen_is_neither_found_nor_counted() -> None:
    one = told("“We sail at noon on Friday,”<Kim> said Kim.", "open.txt")
    two = told("“We stay until the snow melts,”<Lee> said Lee.", "secret.txt")
    visible = Scope(frozenset(["open.txt"]))
    found = check("We stay until the snow melts", [source(one, two)], visible, Bench(None, same_name))

    assert (found.verdict, found.matches) == (Verdict.NOT_FOUND, ())
    assert (found.searched.documents, found.searched.quotations) == (1, 1)


def test_near_passages_are_asked_for_only_where_the_words_are_not_found() -> None:
    passage = Passage("a.txt", 1, "paragraph", Span(0, 9), "We leave.", (), None, (1, 1), "en", None, ())
    asked: list[str] = []

    def nearest(text: str) -> list[Passage]:
        asked.append(text)
        return [passage]

    paper = [source(told(ISLAND))]
    assert check(HARBOUR, paper, EVERYONE, Bench(None, same_name), nearest).verdict is Verdict.EXACT
    found = check("Departure is what they chose", paper, EVERYONE, Bench(None, same_name), nearest)
    assert (found.verdict, [it.text for it in found.matches]) == (Verdict.PARAPHRASE, ["We leave."])
    assert asked == ["Departure is what they chose"]


@pytest.mark.parametrize(("claim", "is_short"), [("knows the way", True), ("every captain knows the way", False)])
def test_a_text_of_few_words_is_told(claim: str, is_short: bool) -> None:
    assert (Cause.SHORT in causes(checked(ISLAND, claim))) is is_short


def test_reported_speech_is_the_documents_own_words() -> None:
    document, _ = told("Kim said that the harbour would stay open all winter.")
    span = Span(14, 52)
    reported = Quotation("paper.txt", 1, "indirect", span, span.of(document.text), span, None)
    found = check(
        "the harbour would stay open all winter", [source((document, [reported]))], EVERYONE, Bench(None, same_name)
    )

    assert (found.verdict, found.matches[0].quotation) == (Verdict.IN_TEXT, reported)
    assert Cause.REPORTED in causes(found)


INTERRUPTED = "“We will leave the island,”<Kim 1> said Kim on Monday, “when the tide turns.”<Kim 1>"


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("totally against the war in it", "says “it” where the document says “Iraq”"),
        ("the against the war in Iraq", "says “the” where the document says “totally”"),
    ],
)
def test_words_of_the_document_around_are_not_taken_for_those_of_the_quotation(claim: str, sentence: str) -> None:
    found = checked("He spoke of the client: “totally against the war in Iraq”<Kim> because it was wrong.", claim)

    assert (found.verdict, differences(found)) == (Verdict.ALTERED, [sentence])


def test_an_introduction_between_two_parts_is_told() -> None:
    found = checked(INTERRUPTED, "We will leave the island, when the tide turns")

    assert found.verdict is Verdict.TYPOGRAPHY
    assert [it.words for it in found.warnings if it.cause is Cause.INTERRUPTED] == ["said Kim on Monday"]


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (
            "“We will leave the island,”<Kim> said Kim. “when the tide turns.”<Lee>",
            "We will leave the island when the tide turns",
        ),
        (
            "Kim called it “a shame for the island”<Kim 1> and “a scandal for us all”<Kim 1>.",
            "a shame for the island a scandal for us all",
        ),
        (
            "“Will you leave the island?”<Kim> “Yes, we will leave it.”<Lee>",
            "Will you leave the island? Yes, we will leave it.",
        ),
    ],
)
def test_what_nobody_said_in_one_breath_is_a_splice(text: str, claim: str) -> None:
    assert checked(text, claim).verdict is Verdict.SPLICED


def test_a_part_before_an_introduction_is_only_a_part_of_its_sentence() -> None:
    assert checked(INTERRUPTED, "We will leave the island").verdict is Verdict.PART


def test_reopened_marks_of_a_second_paragraph_are_typography() -> None:
    text = "“The first paragraph stands here.\n\n“The second one goes on with it,”<Kim> said Kim."
    document, _ = told(text)
    span = Span(1, document.text.index(",”"))
    spoken = Quotation("paper.txt", 1, "direct", span, span.of(document.text), span, None)
    claim = "The first paragraph stands here. The second one goes on with it"
    found = check(claim, [source((document, [spoken]))], EVERYONE, Bench(None, same_name))

    assert found.verdict is Verdict.TYPOGRAPHY


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("“It costs $5 million to build a bridge,”<Kim>", "5 million to build a bridge"),
        ("“It costs 5 million to build a bridge,”<Kim>", "$5 million to build a bridge"),
        ("“Prices in the shops rose by 5%,”<Kim>", "Prices in the shops rose by 5"),
        ("“Prices in the shops rose by 5 %,”<Kim>", "Prices in the shops rose by 5"),
        ("“A price of .5 million is too high,”<Kim>", "A price of 5 million is too high"),
        ("“They fell by −5 points this year,”<Kim>", "They fell by 5 points this year"),
        ("“A non-violent march is planned for us,”<Kim>", "violent march is planned for us"),
        ("“The march was peaceful-ish for most of us,”<Kim>", "The march was peaceful"),
        ("“We write it in C++,”<Kim>", "We write it in C"),
        ("“We need 10² metres of fence,”<Kim>", "We need 102 metres of fence"),
        ("“We need ½ a metre of fence,”<Kim>", "We need 1/2 a metre of fence"),
        ("“We pay 1,000 a year for it,”<Kim>", "We pay 1.000 a year for it"),
        ("“We pay 2*3 a year for it,”<Kim>", "We pay 2 3 a year for it"),
        ("“We met at the café on Friday,”<Kim>", "We met at the cafe on Friday"),
        ("“We met Polish people on Friday,”<Kim>", "We met polish people on Friday"),
        ("“No, more taxes are needed here,”<Kim>", "No more taxes are needed here"),
        ("“Will we ever leave this island?”<Kim>", "Will we ever leave this island."),
        ("“We … leave this island now,”<Kim>", "We leave this island now"),
        ("“He is a ‘great’ man for us all,”<Kim>", "He is a great man for us all"),
        ("“We leave the island on Friday,”<Kim>", "Wе leave the island on Friday"),
        ("“We re-sign the treaty on Friday,”<Kim>", "We resign the treaty on Friday"),
    ],
)
def test_small_signs_that_change_what_is_said_are_never_exact(text: str, claim: str) -> None:
    found = checked(text, claim)

    assert found.verdict is Verdict.ALTERED
    assert found.matches[0].differences


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("“We support the non-\nviolent march,”<Kim>", "We support the non-violent march"),
        ("“We support the exam-\nple of others,”<Kim>", "We support the example of others"),
        ("“We support the example of others,”<Kim>", "We support the exam-\nple of others"),
        ("“We support a well-known man,”<Kim>", "We support a well-\nknown man"),
        ("“The ﬁrst oﬃce is open,”<Kim>", "The first office is open"),
        ("“We met at the cafe\u0301 today,”<Kim>", "We met at the café today"),
        ("“He is a ‘great’ man for us,”<Kim>", 'He is a "great" man for us'),
        ("“We left — all of us — today,”<Kim>", "We left--all of us--today"),
        ("“We ... leave this island now,”<Kim>", "We … leave this island now"),
        ("“We leave the\n> island\n> today,”<Kim>", "We leave the island today"),
        ("“We **never** leave the island,”<Kim>", "We never leave the island"),
        ("「我们明天离开\n这个岛。」<金>", "我们明天离开这个岛"),
    ],
)
def test_typography_is_no_difference(text: str, claim: str) -> None:
    assert checked(text, claim).verdict is Verdict.TYPOGRAPHY


def test_an_omission_mark_for_nothing_is_told() -> None:
    found = checked(ISLAND, "The harbour has room … for 40 boats and every captain knows the way")

    assert (found.verdict, causes(found)) == (Verdict.TYPOGRAPHY, {Cause.NOTHING_OMITTED})


def test_a_lost_question_mark_is_told() -> None:
    found = checked("“You think that we leave the island?”<Kim> said Kim.", "You think that we leave the island")

    assert causes(found) == {Cause.QUESTION}
    assert not found.is_sound


def test_a_draft_is_told_worst_first() -> None:
    draft, said = told(
        f"“{HARBOUR},”<Lee> said Lee. “The market stood empty for three weeks,”<Kim> said Kim. "
        "“The harbour has room for 70 boats and every captain knows the way,”<Lee> said Lee."
    )
    paper = [source(told(ISLAND))]
    benches = [Bench(it.attribution and it.attribution.name, same_name) for it in said]
    checks = [check(it.text, paper, EVERYONE, bench) for it, bench in zip(said, benches, strict=True)]
    found = sorted(checks, key=lambda it: it.rank)

    assert [it.verdict for it in found] == [Verdict.ALTERED, Verdict.IN_TEXT, Verdict.EXACT]
    assert [it.speaker for it in found] == ["Lee", "Kim", "Lee"]
    assert draft.text


def test_of_one_verdict_those_with_warnings_come_first() -> None:
    plain, warned = checked(ISLAND, "every captain knows the way"), checked(ISLAND, "open a second bakery")

    assert plain.verdict is warned.verdict is Verdict.PART
    assert sorted((plain, warned), key=lambda it: it.rank) == [warned, plain]
