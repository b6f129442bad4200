from dataclasses import replace

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.storage.standing import current_danger, taxon_danger
from tests.helpers.guides import corrected, without
from tests.helpers.stored_finds import BOLETUS, EDULIS, MUSCARIA, PHALLOIDES, deadly_alarm, make_find, make_photo


def test_the_alarm_outweighs_a_milder_name(guide: Guide) -> None:
    find = make_find(guide, EDULIS, alarm=deadly_alarm(guide))
    assert taxon_danger(find, guide) is guide.danger(EDULIS)
    assert current_danger(find, guide) is Danger.DEADLY


def test_a_label_does_not_silence_an_alarm_that_names_a_harm(guide: Guide) -> None:
    find = replace(make_find(guide, EDULIS, alarm=deadly_alarm(guide)), verified=EDULIS)
    assert current_danger(find, guide) is Danger.DEADLY


def test_a_label_overrules_not_knowing(guide: Guide) -> None:
    find = make_find(guide, None)
    assert current_danger(find, guide) is Danger.UNKNOWN
    assert current_danger(replace(find, verified=EDULIS), guide) is guide.danger(EDULIS)
    assert current_danger(replace(find, verified=PHALLOIDES), guide) is Danger.DEADLY


def test_corrections_reach_old_finds_both_ways(guide: Guide) -> None:
    find = make_find(guide, EDULIS, alarm=deadly_alarm(guide))
    milder = corrected(guide, "Amanita phalloides", danger=Danger.POISONOUS)
    assert current_danger(find, milder) is Danger.POISONOUS
    worse = corrected(guide, "Boletus edulis", danger=Danger.DEADLY)
    assert taxon_danger(find, worse) is Danger.DEADLY
    assert find.identification is not None
    assert find.identification.alarm.level is Danger.DEADLY  # as it was said


def test_an_unrelated_correction_changes_nothing(guide: Guide) -> None:
    find = make_find(guide, EDULIS, alarm=deadly_alarm(guide))
    assert current_danger(find, corrected(guide, "Amanita muscaria", danger=Danger.CAUTION)) is Danger.DEADLY


def test_a_record_that_was_lost_softens_nothing(guide: Guide) -> None:
    find = make_find(guide, EDULIS, alarm=deadly_alarm(guide))
    assert current_danger(find, without(guide, "Amanita phalloides")) is Danger.DEADLY


def test_a_candidate_that_turns_out_deadly_raises_the_find(guide: Guide) -> None:
    find = make_find(guide, EDULIS, others=(MUSCARIA,))
    assert current_danger(find, corrected(guide, "Amanita muscaria", danger=Danger.DEADLY)) is Danger.DEADLY


@pytest.mark.parametrize("level", [Danger.EDIBLE, Danger.INEDIBLE])
def test_a_genus_alarm_counts_with_its_worst_species(guide: Guide, level: Danger) -> None:
    alarm = replace(deadly_alarm(guide), taxa=(replace(deadly_alarm(guide).taxa[0], taxon=BOLETUS),))
    find = make_find(guide, EDULIS, alarm=alarm)
    bolete = corrected(guide, "Boletus", danger=level)
    below = [record.danger for record in bolete.records.values() if record.taxon.genus == "Boletus"]
    assert current_danger(find, bolete).severity >= max(danger.severity for danger in below)


def test_no_answer_is_unknown(guide: Guide) -> None:
    assert current_danger(Observation(photos=(make_photo("a.jpg"),)), guide) is Danger.UNKNOWN
