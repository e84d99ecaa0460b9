"""Questions after earlier ones, against a small corpus in several languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from tests.desk import Desk
from tests.fakes import WordEncoder

from briefbot.answering import Retrieved, open_library, search
from briefbot.discord.catalogue import LANGUAGES
from briefbot.index.store import open_current
from briefbot.model import Question, Scope
from briefbot.search import following
from briefbot.search.following import follow, was_said
from briefbot.search.literal import NOTHING
from briefbot.search.sources import DenseSource, LexicalSource
from briefbot.search.spelling import PASTED, Reading, View, read
from briefbot.wording import normalised

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


ROOMS = "\n\n".join(f"Room {n} of the house has a lamp, a table and a window." for n in range(30))
CORPUS = {
    "visit.txt": "Kim Jong Un met Vladimir Putin in Russia.\n\nKim left on Sunday, by train.\n\nPutin left by car.",
    "canteen.txt": "The canteen serves soup on Mondays.\n\nThe canteen is closed in August.",
    "errors.txt": "Error E4304: the fuser is too hot.\n\nTo fix it, wait until the fuser is cold.",
    "kantine.txt": "Die Kantine serviert montags Suppe.\n\nIm August ist die Kantine geschlossen.",
    "comedor.txt": "El comedor sirve sopa los lunes.\n\nEl comedor cierra en agosto.",
    "столовая.txt": "Столовая подаёт суп по понедельникам.\n\nСтоловая закрыта в августе.",
    "yemekhane.txt": "Yemekhane pazartesi günleri çorba verir.\n\nYemekhane ağustosta kapalıdır.",
    "食堂.txt": "食堂星期一供应汤。\n\n食堂八月关门。",
    "vault.txt": "The vault opens on Sunday. The vault holds grain, a lamp, and soup for the canteen.",
    "rooms.txt": ROOMS,
}
VISIT = {
    "visit.txt": "Kim met Putin at the cosmodrome of Vostochny in September.",
    "leaving.txt": "Kim left Vostochny by his green train on Sunday evening.",
    "weather.txt": "It rained in the harbour on Sunday, and the ships were late.",
    "other.txt": "The director left the office at noon and went home by bus.",
}
MEETING = ("Where did Kim Jong Un meet Vladimir Putin in Russia?", "They met at the cosmodrome.")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return made(tmp_path_factory.mktemp("desk"), CORPUS)


def made(root: Path, corpus: dict[str, str]) -> Desk:
    desk = Desk(root, WordEncoder(window=400))
    for name, text in corpus.items():
        desk.write(name, text)
    desk.build()
    return desk


def understood(desk: Desk, text: str, history: Sequence[str] = (), scope: Scope | None = None) -> Reading:
    with open_current(desk.index) as generation:
        view = View(generation, generation.visible(scope or Scope.everything()), lambda words: [True for _ in words])
        return follow(read(normalised(text), view), history, view).reading


def test_a_question_that_leans_carries_over_the_names_of_the_one_before(desk: Desk) -> None:
    assert understood(desk, "and when did he leave?", MEETING) == Reading(
        text="and when did he leave? (Kim Jong Un, Vladimir Putin, Russia)",
        terms=("and", "when", "did", "he", "leav", "kim", "jong", "un", "vladimir", "putin", "russia"),
        languages=("en",),
        shares=dict.fromkeys(("kim", "jong", "un", "vladimir", "putin", "russia"), 0.4),
    )


@pytest.mark.parametrize(
    ("text", "before", "carried"),
    [
        ("When did he leave?", "Who is Kim Jong Un?", "Kim Jong Un"),  # a word stands for something
        ("Why?", "Does the canteen serve soup?", "canteen serve soup"),  # it says little
        ("And in August?", "When is the canteen open?", "canteen open"),  # it goes on
        ("What about August?", "When is the canteen open?", "canteen open"),
        ("Thanks! Who paid for the train in the end? And why?", "Who is Kim?", None),  # nothing stands for him
        ("Is it closed?", "Which is the canteen's window?", "canteen"),  # windows are everywhere here
        ("Is it closed?", "Where is the canteen's soup?", "canteen's soup"),
        ("Is it closed?", "Where is the zebra in the canteen?", "canteen"),  # no passage holds a zebra
        ("Is it hot?", "Is the canteen hot?", "canteen"),  # it says "hot" itself
        ("How do I fix it?", "What does E4304 mean?", "E4304"),
        ("When is the canteen closed?", "Where did Kim meet Putin?", None),  # it is complete
        ("Which soup?", "Who is Vladimir Putin?", "Vladimir Putin"),  # several passages hold soup
        ("Did the train leave with his soup?", "Who is Vladimir Putin?", "Vladimir Putin"),  # two do not say who
        ("Did Kim take the train with his soup?", "Who is Vladimir Putin?", None),  # three say what "his" is
        ("Und wann ist sie geschlossen?", "Wann serviert die Kantine Suppe?", "serviert, Kantine Suppe"),
        ("¿Y cuándo cierra?", "¿Cuándo sirve sopa el comedor?", "sirve sopa, comedor"),
        ("А когда она закрыта?", "Когда столовая подаёт суп?", "столовая подаёт суп"),
        ("Peki ne zaman kapalı?", "Yemekhane ne zaman çorba verir?", "Yemekhane, çorba verir"),
        ("那它什么时候关门？", "食堂什么时候供应汤？", "食堂, 供应汤"),
        ("食堂八月什么时候关门？", "谁是金正恩？", None),
    ],
)
def test_what_is_carried_over_is_what_the_question_needs(
    desk: Desk, text: str, before: str, carried: str | None
) -> None:
    told = normalised(text) if carried is None else f"{normalised(text)} ({carried})"

    assert understood(desk, text, (before, "So it is.")).text == told


def test_a_complete_question_is_read_as_without_a_history(desk: Desk) -> None:
    assert understood(desk, "When is the canteen closed?", MEETING) == understood(desk, "When is the canteen closed?")


def test_it_goes_back_as_long_as_the_questions_lean_themselves(desk: Desk) -> None:
    chain = ("When does the canteen serve soup?", "On Mondays.", *MEETING, "and when did he open it?", "On Sunday.")

    assert understood(desk, "How?", chain).text == "How? (open, Kim Jong Un, Vladimir Putin)"
    complete = ("Is the canteen closed?", "", "Did Kim like the train?", "")
    assert understood(desk, "How?", complete).text == "How? (Kim, train)"


def test_it_goes_back_six_questions_at_most(desk: Desk) -> None:
    assert understood(desk, "How?", ("Who is Kim?", "", *["Why?", ""] * 5)).text == "How? (Kim)"
    assert understood(desk, "How?", ("Who is Kim?", "", *["Why?", ""] * 6)).text == "How?"


def test_the_language_is_told_by_several_questions(desk: Desk) -> None:
    history = ("Wann serviert die Kantine Suppe?", "Montags.", "Wo ist das?", "")

    assert understood(desk, "Und wann?", history).text == "Und wann? (serviert, Kantine Suppe)"


def test_words_of_answers_are_not_carried_over(desk: Desk) -> None:
    assert understood(desk, "Why?", ("Who is Kim?", "The canteen serves soup.")).text == "Why? (Kim)"


def test_who_only_says_yes_means_what_was_asked_back(desk: Desk) -> None:
    history = ("Where do we eat soup?", "There are several places. Do you mean the canteen?")

    assert understood(desk, "Yes", history).text == "Yes (canteen, soup)"
    assert understood(desk, "Is it hot?", history).text == "Is it hot? (soup)"
    assert understood(desk, "是", ("谁供应汤？", "你说的是食堂吗？")).text == "是 (食堂, 供应汤)"


def test_a_history_of_questions_only_is_known_by_its_answers(desk: Desk) -> None:
    history = ("Where is the fuser?", "Who met Putin?", "Who is Kim?", "Does the canteen serve soup?")

    assert understood(desk, "Is it hot?", history).text == "Is it hot? (canteen serve soup)"


def test_three_words_or_names_are_carried_over_the_rarest_ones(desk: Desk) -> None:
    before = "In which room of the house does the canteen serve soup with grain, by the lamp, to Kim Jong Un?"

    assert understood(desk, "Why?", (before, "")).text == "Why? (serve, grain, Kim Jong Un)"
    assert understood(desk, "Why?", ("Did Kim serve cold soup with grain?", "")).text == "Why? (serve cold, grain)"


def test_no_more_than_four_words_are_one_name(desk: Desk) -> None:
    shouted = "KIM JONG UN MET VLADIMIR PUTIN RUSSIA LEFT SUNDAY TRAIN CAR CANTEEN SERVES SOUP MONDAYS CLOSED AUGUST"
    told = understood(desk, "Why?", ("Who is Kim?", "", "Why?", "", shouted, "")).text

    assert told == "Why? (KIM JONG UN MET VLADIMIR PUTIN RUSSIA LEFT SUNDAY TRAIN CAR CANTEEN)"


def test_a_pasted_question_says_enough_and_of_a_pasted_history_the_beginning_counts(desk: Desk) -> None:
    long = "Is it closed? " + "it " * PASTED

    assert understood(desk, long, MEETING).text == normalised(long)
    assert understood(desk, "Is it closed?", (" a" * PASTED + " canteen", "")).text == "Is it closed?"


def test_what_only_hidden_passages_hold_is_not_carried_over(desk: Desk) -> None:
    history = ("When does the vault open?", "")

    assert understood(desk, "Why?", history).text == "Why? (vault open)"
    assert understood(desk, "Why?", history, Scope(frozenset(CORPUS) - {"vault.txt"})).text == "Why?"


def test_hidden_passages_do_not_make_a_word_common(desk: Desk) -> None:
    history = ("Who has a lamp?", "")

    assert understood(desk, "Why?", history).text == "Why?"
    assert understood(desk, "Why?", history, Scope(frozenset(CORPUS) - {"rooms.txt"})).text == "Why? (lamp)"


_BOTH: list[tuple[Desk, Desk]] = []
WORDS = sorted({word for text in CORPUS.values() for word in re.findall(r"\w+", text)} - {"Room"})


@settings(deadline=None, max_examples=100)  # the first example builds two indexes
@given(st.data())
def test_a_question_is_understood_as_if_the_hidden_documents_were_not_there(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    without = {name: text for name, text in CORPUS.items() if name != "vault.txt"}
    if not _BOTH:
        _BOTH.append((made(tmp_path_factory.mktemp("whole"), CORPUS), made(tmp_path_factory.mktemp("part"), without)))
    whole, part = _BOTH[0]
    sentences = st.lists(st.sampled_from([*WORDS, "it", "he", "and", "vault", "?"]), min_size=1).map(" ".join)
    text, history = data.draw(sentences), data.draw(st.lists(sentences, max_size=5))

    assert understood(whole, text, history, Scope(frozenset(without))) == understood(part, text, history)


@given(st.text(), st.lists(st.text(), max_size=4))
def test_whatever_was_said_a_question_is_understood_as_itself_with_more(
    desk: Desk, text: str, history: list[str]
) -> None:
    found, alone = understood(desk, text, history), understood(desk, text)

    assert found.text.startswith(alone.text)
    assert found.terms[: len(alone.terms)] == alone.terms
    assert all(0 < share < 1 for share in found.shares.values())


def test_who_may_see_nothing_carries_nothing(desk: Desk) -> None:
    assert understood(desk, "Why?", MEETING, Scope(frozenset())).text == "Why?"


def test_a_language_without_small_words_is_read_with_the_english_ones(desk: Desk) -> None:
    history = ("KIM JONG UN MET VLADIMIR PUTIN", "")  # is taken for Dutch

    assert understood(desk, "Why?", history).text == "Why? (KIM JONG UN MET VLADIMIR PUTIN)"


def test_every_language_of_the_bot_has_its_small_words() -> None:
    assert set(following._small_words()) == set(LANGUAGES)


def test_a_follow_up_finds_what_its_full_form_would(desk: Desk) -> None:
    full = desk.ask("When did Kim Jong Un leave, after he met Vladimir Putin in Russia?", k=1)
    answer = desk.ask("and when did he leave?", k=1, history=MEETING)

    assert desk.ask("and when did he leave?", k=1).understood_as == "and when did he leave?"
    assert answer.question == "and when did he leave?"
    assert answer.understood_as == "and when did he leave? (Kim Jong Un, Vladimir Putin, Russia)"
    shown, expected = ((it.excerpts + it.related)[0].text for it in (answer, full))
    assert shown == expected


def test_what_an_earlier_question_asked_for_literally_is_not_asked_for_again(desk: Desk) -> None:
    retrieved = searched(desk, "And why?", 'What is error E4304, "too hot"?', "Error E4304: the fuser is too hot.")

    assert retrieved.reading.text == "And why? (error E4304, hot)"
    assert retrieved.findings == NOTHING


def searched(desk: Desk, text: str, *history: str) -> Retrieved:
    with open_current(desk.index) as generation:
        library = open_library(generation, desk.encoder, (DenseSource(generation), LexicalSource(generation)), ())
        return search(Question(text, Scope.everything(), history=history), library)


def test_a_passage_was_said_where_it_is_or_stands_in_an_answer() -> None:
    said = ["Kim met Putin at the “cosmodrome” of\nVostochny in September. It rained on Sunday."]
    assert was_said(VISIT["visit.txt"], said)
    assert was_said(f"Before: {said[0]} After.", said)
    assert not was_said(VISIT["leaving.txt"], said)
    assert not was_said("It rained.", said)  # too short to tell
    assert not was_said(VISIT["visit.txt"], ["", "Kim"])


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return made(tmp_path_factory.mktemp("visit"), VISIT)


def test_what_the_documents_answer_as_it_stands_is_not_changed_by_what_went_before(visit: Desk) -> None:
    text = "it rained in the harbour on Sunday"
    answer = visit.ask(text, history=("Where did Kim meet Putin?", VISIT["visit.txt"]))
    assert (answer.understood_as, answer.excerpts[0].text) == (text, VISIT["weather.txt"])


@pytest.mark.parametrize(("text", "complete"), [("it rained in the harbour on Sunday", True), ("And why?", False)])
def test_a_question_that_says_little_is_not_answered_as_it_stands(visit: Desk, text: str, complete: bool) -> None:
    with open_current(visit.index) as generation:
        view = View(generation, generation.visible(Scope.everything()), lambda words: [True for _ in words])
        followed = follow(read(text, view), ("Where did Kim meet Putin?", ""), view)
    assert (followed.reading.text, followed.complete) == (f"{text} (Kim, Putin)", complete)


def test_an_answer_that_was_given_counts_less_than_one_that_was_not(visit: Desk) -> None:
    before, after = (scores(visit, answer) for answer in ("", VISIT["leaving.txt"]))
    lower = {name: round(before[name] - after[name], 9) for name in before}
    assert lower == {"leaving.txt": 1.0, "visit.txt": 0.0, "weather.txt": 0.0, "other.txt": 0.0}
    assert list(after.values()) == sorted(after.values(), reverse=True)


def scores(desk: Desk, answered: str) -> dict[str, float]:
    hits = searched(desk, "and he?", "How did Kim leave Vostochny on Sunday evening?", answered).ranked.hits
    with open_current(desk.index) as generation:
        return {generation.place(int(row))[0]: score for row, score in zip(hits.rows, hits.scores, strict=True)}
