"""What is remembered of a conversation, where, for how long, and how much."""

from __future__ import annotations

from dataclasses import dataclass

from briefbot.conversation import LIFE, PLACES, TURNS, Conversations, Place, Turn, history

HERE, THERE, ALONE = Place(1), Place(2), Place(1, alone=7)


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


def turn(number: int) -> Turn:
    return Turn(f"question {number}", f"answer {number}")


def test_each_place_has_its_own_turns_oldest_first() -> None:
    said = Conversations(Clock())
    for number, place in enumerate([HERE, THERE, ALONE, HERE]):
        said.add(place, turn(number))
    assert [said.turns(place) for place in (HERE, THERE, ALONE, Place(1, alone=8), Place(9))] == [
        (turn(0), turn(3)),
        (turn(1),),
        (turn(2),),
        (),
        (),
    ]


def test_a_turn_is_forgotten_after_half_an_hour_to_the_second() -> None:
    clock = Clock()
    said = Conversations(clock)
    said.add(HERE, turn(1))
    clock.now += LIFE / 2
    said.add(HERE, turn(2))
    clock.now += LIFE / 2 - 1
    assert said.turns(HERE) == (turn(1), turn(2))
    clock.now += 1
    assert said.turns(HERE) == (turn(2),)
    clock.now += LIFE / 2
    assert said.turns(HERE) == ()


def test_only_the_last_turns_are_remembered() -> None:
    said = Conversations(Clock())
    for number in range(TURNS + 3):
        said.add(HERE, turn(number))
    assert said.turns(HERE) == tuple(turn(number) for number in range(3, TURNS + 3))


def test_the_place_that_was_silent_longest_makes_room_for_a_new_one() -> None:
    said = Conversations(Clock())
    for channel in range(PLACES):
        said.add(Place(channel), turn(channel))
    said.add(Place(0), turn(-1))
    said.add(Place(PLACES), turn(-2))
    assert said.turns(Place(1)) == ()
    assert said.turns(Place(0)) == (turn(0), turn(-1))
    assert said.turns(Place(2)) == (turn(2),)


def test_places_whose_turns_are_all_over_take_no_memory() -> None:
    clock = Clock()
    said = Conversations(clock)
    for channel in range(10):
        said.add(Place(channel), turn(channel))
    clock.now += LIFE
    said.add(HERE, turn(1))
    assert list(said._turns) == [HERE]


def test_who_wants_to_be_forgotten_leaves_the_channels_and_the_others_alone() -> None:
    said = Conversations(Clock())
    for place in (HERE, ALONE, Place(2, alone=7), Place(2, alone=8)):
        said.add(place, turn(1))
    said.forget(7)
    assert list(said._turns) == [HERE, Place(2, alone=8)]


def test_history_is_questions_and_answers_in_turn() -> None:
    assert history((turn(1), Turn("question 2", ""))) == ("question 1", "answer 1", "question 2", "")
    assert history(()) == ()
