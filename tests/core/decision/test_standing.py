from dataclasses import replace

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.decision.standing import (
    current_danger,
    is_milder,
    leading_taxon,
    plausible_taxa,
    shown_taxon,
    taxon_danger,
)
from fieldguide.core.guide import Guide
from fieldguide.core.records import Alarm, Observation, Reason
from fieldguide.core.taxonomy import Rank, Taxon
from tests.helpers.finds import taxon
from tests.helpers.guides import corrected, without
from tests.helpers.stored_finds import BOLETUS, EDULIS, MUSCARIA, PHALLOIDES, deadly_alarm, make_find, make_photo

AMANITA = Taxon("Amanita", Rank.GENUS, "Amanita", "Amanitaceae")


def test_the_alarm_outweighs_a_milder_name(guide: Guide) -> None:
    find = make_find(guide, EDULIS, alarm=deadly_alarm(guide))
    assert taxon_danger(find, guide) is guide.danger(EDULIS)
    assert current_danger(find, guide) is Danger.DEADLY


def test_a_label_does_not_silence_an_alarm_that_names_a_harm(guide: Guide) -> None:
    find = replace(make_find(guide, EDULIS, alarm=deadly_alarm(guide)), verified=EDULIS)
    assert current_danger(find, guide) is Danger.DEADLY


def test_a_label_adds_a_danger_and_takes_none_away(guide: Guide) -> None:
    find = make_find(guide, None)
    assert current_danger(find, guide) is Danger.UNKNOWN
    assert current_danger(replace(find, verified=EDULIS), guide) is Danger.UNKNOWN
    assert current_danger(replace(find, verified=PHALLOIDES), guide) is Danger.DEADLY
    nothing_said = Observation(photos=(make_photo("a.jpg"),), verified=EDULIS)
    assert current_danger(nothing_said, guide) is Danger.UNKNOWN


def test_the_name_that_leads_is_the_persons_then_the_verdict_then_the_best_guess(guide: Guide) -> None:
    said, unsaid = make_find(guide, EDULIS), make_find(guide, None)
    assert leading_taxon(replace(said, verified=PHALLOIDES)) == PHALLOIDES
    assert leading_taxon(said) == shown_taxon(said) == EDULIS
    assert shown_taxon(unsaid) is None
    assert unsaid.identification is not None
    assert leading_taxon(unsaid) == unsaid.identification.candidates[0].taxon
    nothing = replace(unsaid.identification, verdict=replace(unsaid.identification.verdict, reason=Reason.NO_SUBJECT))
    assert leading_taxon(replace(unsaid, identification=nothing)) is None
    assert leading_taxon(Observation(photos=(make_photo("a.jpg"),))) is None


@pytest.mark.parametrize("verdict", [None, EDULIS, AMANITA])
@pytest.mark.parametrize("level", Danger)
def test_no_name_of_the_guide_lowers_what_was_shown(guide: Guide, level: Danger, verdict: Taxon | None) -> None:
    """Every kind that a person can name, over every alarm of the machine."""
    taxa = deadly_alarm(guide).taxa if level.harmful else ()
    find = make_find(guide, verdict, alarm=Alarm(level, 0.3, 0.3, 0.3, taxa, raised=level.harmful))
    before = current_danger(find, guide)
    assert before.severity >= level.severity
    milder = {
        record.taxon.name: after
        for record in guide.records.values()
        if (after := current_danger(replace(find, verified=record.taxon), guide)).severity < before.severity
    }
    assert milder == {}


def test_a_deadly_genus_goes_on_counting_when_somebody_names_the_find(guide: Guide) -> None:
    """The verdict "a species of Amanita" was shown as deadly; the name "Grisette" must not make it poisonous."""
    find = make_find(guide, AMANITA, alarm=Alarm(Danger.POISONOUS, 0.08, 0.01, 0.08, raised=True))
    assert current_danger(find, guide) is Danger.DEADLY
    grisette = taxon("Amanita vaginata", guide)
    assert current_danger(replace(find, verified=grisette), guide) is Danger.DEADLY
    assert is_milder(grisette, find.identification, guide)
    assert not is_milder(PHALLOIDES, find.identification, guide)
    assert not is_milder(None, find.identification, guide)


def test_without_a_harm_that_was_warned_of_no_name_is_milder(guide: Guide) -> None:
    find = make_find(guide, None)
    assert not is_milder(EDULIS, find.identification, guide)


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


def test_what_is_worth_comparing_with_is_the_first_name_what_has_weight_and_the_prediction_set(guide: Guide) -> None:
    said = make_find(guide, EDULIS, others=(MUSCARIA, PHALLOIDES)).identification
    assert said is not None
    weights = zip(said.candidates, (0.03, 0.06, 0.02), strict=True)
    five = tuple(replace(one, probability=share) for one, share in weights)
    assert plausible_taxa(replace(said, candidates=five, plausible=())) == [EDULIS, MUSCARIA]
    assert plausible_taxa(replace(said, candidates=five, plausible=five[2:])) == [EDULIS, MUSCARIA, PHALLOIDES]
