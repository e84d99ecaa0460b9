"""What a quotation holds: context, utterances, confidence, and that what is reported is never a quotation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.quotes.reading import document_of, found, passages_of

from briefbot.model import Attribution, Quotation, Sentence, Span
from briefbot.quotes import quotations
from briefbot.quotes.scoring import SURE


def test_a_quotation_is_complete() -> None:
    (one,) = found("Karin Holt said the bridge would “stand for ever.” It rained.")

    assert one.attribution is not None
    assert one == Quotation(
        document="notes.txt",
        utterance=1,
        kind="direct",
        span=Span(34, 49),
        text="stand for ever.",
        context=Span(0, 50),
        attribution=Attribution("Karin Holt", Span(0, 10), "Karin Holt", "said", one.attribution.confidence),
    )
    assert SURE <= one.attribution.confidence <= 1


def test_a_fragment_keeps_what_it_completes() -> None:
    text = 'It rained. Kim also said his country would "always stand with the bridge." The guests left.'
    (one,) = found(text)

    assert one.context.of(text) == 'Kim also said his country would "always stand with the bridge."'


def test_a_question_keeps_who_asked_it() -> None:
    text = "It rained. “Will it hold?” she asked. The guests left."
    (one,) = found(text)

    assert one.context.of(text) == "“Will it hold?” she asked."


def test_a_question_keeps_who_asked_it_where_the_mark_ended_the_sentence() -> None:
    document = document_of("“Will it hold?” she asked. It rained.")
    (passage,) = passages_of(document)
    parts = (Span(0, 15), Span(16, 26), Span(27, 36))
    divided = replace(passage, sentences=tuple(Sentence(part, part.of(document.text)) for part in parts))

    (one,) = quotations(document, (divided,))
    assert one.context.of(document.text) == "“Will it hold?” she asked."


def test_what_is_reported_is_never_called_direct() -> None:
    text = "Karin Holt said that the bridge would open in May. According to Bo Berg, nobody was hurt."

    assert [(one.kind, one.text) for one in found(text)] == [
        ("indirect", "the bridge would open in May"),
        ("indirect", "nobody was hurt"),
    ]


def test_paragraphs_of_one_utterance_have_one_speaker_also_where_only_the_last_names_it() -> None:
    made = found("“We have built for ten years and are tired.\n\n“But it opens in May,” said Karin Holt.")

    assert [(one.utterance, one.attribution and one.attribution.speaker) for one in made] == [
        (1, "Karin Holt"),
        (1, "Karin Holt"),
    ]


def test_a_document_without_passages_has_no_quotations() -> None:
    assert quotations(document_of("“We go,” said Karin Holt."), ()) == ()


def test_names_in_headings_tell_who_is_meant() -> None:
    document = document_of("KARIN HOLT AND THE BRIDGE\n\n“We are ready,” Holt said to the guests.")
    (one,) = quotations(document, passages_of(document))

    assert one.attribution is not None
    assert (one.attribution.speaker, one.text) == ("Holt", "We are ready,")


@pytest.mark.parametrize(
    ("text", "speaker", "full"),
    [
        ("“We count,” Secretary of State Jon Husted said.", "Secretary of State Jon Husted", "Jon Husted"),
        (
            "“We count,” said Supervisor of Elections Susan Bucher.",
            "Supervisor of Elections Susan Bucher",
            "Susan Bucher",
        ),
        ("Secretary of State Jon Husted left. “We count,” Husted said.", "Husted", "Jon Husted"),
        ("Sen. Mitch McConnell, R-Ky., said: “We count.”", "Sen. Mitch McConnell, R-Ky", "Mitch McConnell"),
        ("Daily Paper Attacks Jon Husted\n\nHusted said: “We count.”", "Husted", "Jon Husted"),
        ("The Department of Justice said: “We count.”", "The Department of Justice", "Department of Justice"),
    ],
)
def test_an_office_a_headline_and_a_party_are_no_part_of_a_whole_name(text: str, speaker: str, full: str) -> None:
    (one,) = found(text)

    assert one.attribution is not None
    assert (one.attribution.speaker, one.attribution.full) == (speaker, full)
