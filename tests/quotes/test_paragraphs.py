from __future__ import annotations

from tests.quotes.reading import WINDOW, document_of, passages_of

from briefbot.model import BlockKind, Passage, Sentence, Span
from briefbot.quotes.paragraphs import paragraphs


def found(text: str) -> list[tuple[int, str]]:
    """The depth and text of each paragraph."""
    return [(one.depth, one.span.of(text)) for one in paragraphs(text, passages_of(document_of(text)))]


def passage(text: str, kind: BlockKind) -> Passage:
    span = Span(0, len(text))
    return Passage("a.txt", 1, kind, span, text, (), None, (1, 1), "en", None, (Sentence(span, text),))


def test_a_paragraph_that_was_divided_for_the_model_is_one_again() -> None:
    text = "We go on and on. " * WINDOW

    assert len(passages_of(document_of(text))) > 1
    assert found(text) == [(0, text.strip())]


def test_turns_and_quoted_lines_are_kept_apart() -> None:
    text = (
        "Q: Will it open in May?\nA: It will open in May, I think.\n\n"
        "This is what she wrote in the end.\n> It opens.\n> At noon.\n>> When?"
    )

    assert found(text) == [
        (0, "Q: Will it open in May?"),
        (0, "A: It will open in May, I think."),
        (0, "This is what she wrote in the end."),
        (1, "> It opens.\n> At noon."),
        (2, ">> When?"),
    ]


def test_each_line_of_a_list_is_a_paragraph() -> None:
    text = "- one\n- two"

    assert [one.span.of(text) for one in paragraphs(text, [passage(text, "list")])] == ["- one", "- two"]


def test_code_holds_none() -> None:
    assert paragraphs("a\nb", [passage("a\nb", "code")]) == ()


def test_sentences_are_cut_to_their_paragraph() -> None:
    text = "- one\n- two"
    first, second = paragraphs(text, [passage(text, "list")])

    assert (first.sentences, second.sentences) == ((Span(0, 5),), (Span(6, 11),))
