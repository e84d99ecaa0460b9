"""Questions after earlier ones, against a small corpus in several languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from tests.desk import Desk
from tests.fakes import WordEncoder

from briefbot.discord.catalogue import LANGUAGES
from briefbot.index.store import open_current
from briefbot.model import Scope
from briefbot.search import following
from briefbot.search.following import Understood, follow
from briefbot.search.spelling import PASTED, View
from briefbot.wording import normalised

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from briefbot.embedding.encoder import Vectors

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


def understood(desk: Desk, text: str, history: Sequence[str] = (), scope: Scope | None = None) -> Understood:
    with open_current(desk.index) as generation:
        visible = generation.visible(scope or Scope.everything())
        return follow(normalised(text), history, View(generation, visible, lambda words: [True for _ in words]))


def test_a_question_that_leans_carries_over_the_names_of_the_one_before(desk: Desk) -> None:
    assert understood(desk, "and when did he leave?", MEETING) == Understood(
        own="and when did he leave?",
        told="and when did he leave? (… Kim Jong Un, Vladimir Putin, Russia)",
        encoded="and when did he leave? (Kim Jong Un, Vladimir Putin, Russia)",
        terms=("and", "when", "did", "he", "leav", "kim", "jong", "un", "vladimir", "putin", "russia"),
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
    told = normalised(text) if carried is None else f"{normalised(text)} (… {carried})"

    assert understood(desk, text, (before, "So it is.")).told == told


def test_a_complete_question_is_read_as_without_a_history(desk: Desk) -> None:
    assert understood(desk, "When is the canteen closed?", MEETING) == understood(desk, "When is the canteen closed?")


def test_it_goes_back_as_long_as_the_questions_lean_themselves(desk: Desk) -> None:
    chain = ("When does the canteen serve soup?", "On Mondays.", *MEETING, "and when did he open it?", "On Sunday.")

    assert understood(desk, "How?", chain).told == "How? (… open, Kim Jong Un, Vladimir Putin)"
    complete = ("Is the canteen closed?", "", "Did Kim like the train?", "")
    assert understood(desk, "How?", complete).told == "How? (… Kim, train)"


def test_it_goes_back_six_questions_at_most(desk: Desk) -> None:
    assert understood(desk, "How?", ("Who is Kim?", "", *["Why?", ""] * 5)).told == "How? (… Kim)"
    assert understood(desk, "How?", ("Who is Kim?", "", *["Why?", ""] * 6)).told == "How?"


def test_the_language_is_told_by_several_questions(desk: Desk) -> None:
    history = ("Wann serviert die Kantine Suppe?", "Montags.", "Wo ist das?", "")

    assert understood(desk, "Und wann?", history).told == "Und wann? (… serviert, Kantine Suppe)"


def test_words_of_answers_are_not_carried_over(desk: Desk) -> None:
    assert understood(desk, "Why?", ("Who is Kim?", "The canteen serves soup.")).told == "Why? (… Kim)"


def test_who_only_says_yes_means_what_was_asked_back(desk: Desk) -> None:
    history = ("Where do we eat soup?", "There are several places. Do you mean the canteen?")

    assert understood(desk, "Yes", history).told == "Yes (… canteen, soup)"
    assert understood(desk, "Is it hot?", history).told == "Is it hot? (… soup)"
    assert understood(desk, "是", ("谁供应汤？", "你说的是食堂吗？")).told == "是 (… 食堂, 供应汤)"


def test_a_history_of_questions_only_is_known_by_its_answers(desk: Desk) -> None:
    history = ("Where is the fuser?", "Who met Putin?", "Who is Kim?", "Does the canteen serve soup?")

    assert understood(desk, "Is it hot?", history).told == "Is it hot? (… canteen serve soup)"


def test_three_words_or_names_are_carried_over_the_rarest_ones(desk: Desk) -> None:
    before = "In which room of the house does the canteen serve soup with grain, by the lamp, to Kim Jong Un?"

    assert understood(desk, "Why?", (before, "")).told == "Why? (… serve, grain, Kim Jong Un)"
    assert understood(desk, "Why?", ("Did Kim serve cold soup with grain?", "")).told == "Why? (… serve cold, grain)"


def test_no_more_than_four_words_are_one_name(desk: Desk) -> None:
    shouted = "KIM JONG UN MET VLADIMIR PUTIN RUSSIA LEFT SUNDAY TRAIN CAR CANTEEN SERVES SOUP MONDAYS CLOSED AUGUST"
    told = understood(desk, "Why?", ("Who is Kim?", "", "Why?", "", shouted, "")).told

    assert told == "Why? (… KIM JONG UN MET VLADIMIR PUTIN RUSSIA LEFT SUNDAY TRAIN CAR CANTEEN)"


def test_asked_by_itself_what_was_understood_is_understood_in_the_same_way(desk: Desk) -> None:
    first = understood(desk, "and when did he leave?", MEETING)

    assert understood(desk, first.told) == first
    assert understood(desk, first.told, ("When does the canteen serve soup?", "")) == first


@pytest.mark.parametrize("text", ["When did Kim Jong Un leave (by train)?", "Who met? (Kim, Putin)", "(… Kim)"])
def test_brackets_of_the_asker_are_a_part_of_the_question(desk: Desk, text: str) -> None:
    assert understood(desk, text) == Understood(*[normalised(text)] * 3, understood(desk, text).terms)


def test_a_pasted_question_says_enough_and_of_a_pasted_history_the_beginning_counts(desk: Desk) -> None:
    long = "Is it closed? " + "it " * PASTED

    assert understood(desk, long, MEETING).told == normalised(long)
    assert understood(desk, "Is it closed?", (" a" * PASTED + " canteen", "")).told == "Is it closed?"


def test_what_only_hidden_passages_hold_is_not_carried_over(desk: Desk) -> None:
    history = ("When does the vault open?", "")

    assert understood(desk, "Why?", history).told == "Why? (… vault open)"
    assert understood(desk, "Why?", history, Scope(frozenset(CORPUS) - {"vault.txt"})).told == "Why?"


def test_hidden_passages_do_not_make_a_word_common(desk: Desk) -> None:
    history = ("Who has a lamp?", "")

    assert understood(desk, "Why?", history).told == "Why?"
    assert understood(desk, "Why?", history, Scope(frozenset(CORPUS) - {"rooms.txt"})).told == "Why? (… lamp)"


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

    assert found.own == alone.own
    assert found.told.startswith(alone.told)
    assert found.terms[: len(alone.terms)] == alone.terms
    assert all(0 < share < 1 for share in found.shares.values())


def test_who_may_see_nothing_carries_nothing(desk: Desk) -> None:
    assert understood(desk, "Why?", MEETING, Scope(frozenset())).told == "Why?"


def test_a_language_without_small_words_is_read_with_the_english_ones(desk: Desk) -> None:
    history = ("KIM JONG UN MET VLADIMIR PUTIN", "")  # is taken for Dutch

    assert understood(desk, "Why?", history).told == "Why? (… KIM JONG UN MET VLADIMIR PUTIN)"


def test_every_language_of_the_bot_has_its_small_words() -> None:
    assert set(following._small_words()) == set(LANGUAGES)


def test_a_follow_up_finds_what_its_full_form_would(desk: Desk) -> None:
    full = desk.ask("When did Kim Jong Un leave, after he met Vladimir Putin in Russia?", k=1)
    answer = desk.ask("and when did he leave?", k=1, history=MEETING)

    assert desk.ask("and when did he leave?", k=1).understood_as == "and when did he leave?"
    assert answer.question == "and when did he leave?"
    assert answer.understood_as == "and when did he leave? (… Kim Jong Un, Vladimir Putin, Russia)"
    shown, expected = ((it.excerpts + it.related)[0].text for it in (answer, full))
    assert shown == expected


def test_one_text_is_encoded_for_a_question(tmp_path: Path) -> None:
    desk, encoded = made(tmp_path, CORPUS), list[str]()

    class Noting(WordEncoder):
        def encode_questions(self, texts: Sequence[str]) -> Vectors:
            encoded.extend(texts)
            return super().encode_questions(texts)

    desk.encoder = Noting(window=400)
    desk.ask("Why?", history=MEETING)
    assert encoded == ["Why? (Kim Jong Un, Vladimir Putin, Russia)"]


def test_what_an_earlier_question_asked_for_literally_is_not_asked_for_again(desk: Desk) -> None:
    history = ('What is error E4304, "too hot"?', "Error E4304: the fuser is too hot.")
    answer = desk.ask("How do I fix it?", k=1, history=history)

    assert answer.understood_as == "How do I fix it? (… error E4304, hot)"
    assert [it.text for it in answer.excerpts + answer.related] == ["To fix it, wait until the fuser is cold."]
