from __future__ import annotations

from tests.fakes import WordEncoder

from briefbot.evaluation.remembering import RememberedQuestions, distinct


def test_the_vectors_are_the_encoders_and_each_question_is_encoded_once() -> None:
    real, done = WordEncoder(), []
    questions = [f"tram {n}" for n in range(300)] + ["tram  0", "a"]

    remembered = RememberedQuestions(real, questions, done.append)

    assert done == [256, 45]
    assert (remembered.encode_questions(["tram 7", "a"]) == real.encode_questions(["tram 7", "a"])).all()
    assert (remembered.identity, remembered.dimensions) == (real.identity, 64)


def test_what_was_not_foreseen_is_encoded_then() -> None:
    real = WordEncoder()

    vectors = RememberedQuestions(real, ["tram"]).encode_questions(["tram", "harbour"])

    assert (vectors == real.encode_questions(["tram", "harbour"])).all()


def test_what_differs_in_form_alone_is_one_text() -> None:
    assert distinct(["three  words here", "one", "ﬁne", "fine", "one"]) == ["one", "fine", "three words here"]
