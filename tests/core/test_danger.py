import pytest

from fieldguide.core.danger import Danger, worst


def test_levels_run_from_the_worst_to_the_mildest() -> None:
    assert [level.severity for level in Danger] == [6, 5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize("level", list(Danger))
def test_an_alarm_counts_deadly_poisonous_and_psychoactive_only(level: Danger) -> None:
    assert level.harmful == (level in {Danger.DEADLY, Danger.POISONOUS, Danger.PSYCHOACTIVE})


def test_the_mildest_level_is_never_told() -> None:
    assert Danger.EDIBLE not in {level.shown for level in Danger}
    assert Danger.EDIBLE.shown is Danger.CAUTION
    assert all(level.shown is level for level in Danger if level is not Danger.EDIBLE)


def test_the_worst_of_several_wins_in_any_order() -> None:
    assert worst([Danger.EDIBLE, Danger.DEADLY, Danger.CAUTION]) is Danger.DEADLY
    assert worst(iter([Danger.INEDIBLE, Danger.UNKNOWN, Danger.CAUTION])) is Danger.UNKNOWN


def test_the_worst_of_nothing_is_unknown_and_unknown_is_a_warning() -> None:
    assert worst([]) is Danger.UNKNOWN
    assert Danger.UNKNOWN.severity > Danger.CAUTION.severity
