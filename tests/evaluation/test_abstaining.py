from __future__ import annotations

from briefbot.evaluation.abstaining import Abstention, Operation, Trial, abstention, auroc

RIGHT, WRONG, NONE = (True, True), (True, False), (False, False)


def trials(*kinds: tuple[float, tuple[bool, bool]]) -> list[Trial]:
    return [Trial(confidence, *kind) for confidence, kind in kinds]


SOME = trials((0.9, RIGHT), (0.8, RIGHT), (0.4, NONE), (0.4, WRONG), (0.1, NONE))


def test_auroc_is_the_share_of_pairs_in_the_right_order_and_half_of_those_in_none() -> None:
    assert auroc(SOME) == (2 + 2 + 1.5) / 6
    assert auroc(trials((0.9, RIGHT))) is None
    assert auroc(trials((0.9, NONE))) is None


def test_the_figures_are_those_counted_by_hand() -> None:
    all_right = Operation(0.8, coverage=2 / 5, precision=1.0, found=2 / 3, wrongly_answered=0)

    assert abstention(SOME, 0.4) == Abstention(
        questions=5,
        unanswerable=2,
        auroc=5.5 / 6,
        reachable={"0.99": all_right, "0.95": all_right, "0.9": all_right},
        today=Operation(0.4, coverage=4 / 5, precision=2 / 4, found=2 / 3, wrongly_answered=1),
        curve=(
            Operation(0.9, 1 / 5, 1.0, 1 / 3, 0),
            all_right,
            Operation(0.4, 4 / 5, 2 / 4, 2 / 3, 1),
            Operation(0.1, 1.0, 2 / 5, 2 / 3, 2),
        ),
    )


def test_the_widest_coverage_is_taken_also_behind_a_worse_one() -> None:
    rising = trials((0.9, WRONG), *((0.8 - n / 100, RIGHT) for n in range(19)))

    reachable = abstention(rising, 0.5).reachable

    assert reachable["0.99"] is None
    assert reachable["0.95"] == Operation(0.8 - 18 / 100, 1.0, 0.95, 0.95, 0)


def test_where_nothing_reaches_the_threshold_there_is_no_precision() -> None:
    assert abstention(trials((0.3, RIGHT)), 0.5).today == Operation(0.5, 0.0, None, 0.0, 0)


def test_a_curve_of_many_keeps_its_end_and_about_a_hundred_points() -> None:
    curve = abstention(trials(*((n / 1_000, RIGHT) for n in range(1_000))), 0.5).curve

    assert len(curve) == 100
    assert curve[-1].coverage == 1.0
