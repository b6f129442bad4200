"""The decision, rule by rule. The rules about danger come first: each says what must never be milder."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.decision import CANDIDATES, Decision, alarm_scores, decide, plausible_labels
from fieldguide.core.decision.rollup import label_tree
from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.guide import Guide, TaxonRecord, load_guide
from fieldguide.core.records import Reason, VerdictKind
from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon
from fieldguide.core.text import text

GUIDE = load_guide()
PHALLOIDES, VIROSA, MUSCARIA, CAESAREA, CAMPESTRIS, EDULIS, SEMILANCEATA, CIBARIUS, AUREA = (
    GUIDE.records[name].taxon
    for name in (
        "Amanita phalloides",
        "Amanita virosa",
        "Amanita muscaria",
        "Amanita caesarea",
        "Agaricus campestris",
        "Boletus edulis",
        "Psilocybe semilanceata",
        "Cantharellus cibarius",
        "Tuber aestivum",
    )
)
BOLETUS = GUIDE.records["Boletus"].taxon
GALERINA = GUIDE.records["Galerina"].taxon
NOBODY = Taxon("Nomen nescio", Rank.SPECIES, "Nomen", "Nesciaceae")
LABELS = (
    PHALLOIDES,
    VIROSA,
    MUSCARIA,
    CAESAREA,
    CAMPESTRIS,
    EDULIS,
    SEMILANCEATA,
    CIBARIUS,
    BOLETUS,
    GALERINA,
    NOBODY,
    BACKGROUND,
)
FITTED = Thresholds(
    species=0.6, genus=0.6, family=0.6, deadly=0.05, harmful=0.15, plausible_mass=0.9, coverage=0.9, wide_share=0.5
)


def chances(*pairs: tuple[Taxon, float]) -> np.ndarray:
    """Probabilities over LABELS; what is not given away goes to the chanterelle."""
    found = np.zeros(len(LABELS))
    for taxon, probability in pairs:
        found[LABELS.index(taxon)] += probability
    found[LABELS.index(CIBARIUS)] += 1.0 - found.sum()
    return found


def judge(*pairs: tuple[Taxon, float], thresholds: Thresholds = FITTED, **more: object) -> Decision:
    return decide(chances(*pairs), LABELS, GUIDE, thresholds, **more)  # type: ignore[arg-type]


def names(decision: Decision) -> list[str]:
    return [candidate.taxon.name for candidate in decision.alarm.taxa]


# Danger


def test_the_guide_is_as_these_tests_take_it() -> None:
    expected = {
        PHALLOIDES: Danger.DEADLY,
        VIROSA: Danger.DEADLY,
        MUSCARIA: Danger.POISONOUS,
        SEMILANCEATA: Danger.PSYCHOACTIVE,
        CIBARIUS: Danger.CAUTION,
        AUREA: Danger.EDIBLE,
        BOLETUS: Danger.POISONOUS,
        GALERINA: Danger.DEADLY,
        NOBODY: Danger.UNKNOWN,
    }
    assert {taxon: GUIDE.danger(taxon) for taxon in expected} == expected


def test_a_death_cap_in_fourth_place_rings() -> None:
    alarm = judge((PHALLOIDES, 0.06), (CAMPESTRIS, 0.1), (EDULIS, 0.12)).alarm
    assert alarm.level is Danger.DEADLY
    assert alarm.raised
    assert alarm.probability == alarm.deadly == pytest.approx(0.06)
    assert [candidate.taxon for candidate in alarm.taxa] == [PHALLOIDES]


def test_small_dangers_add_up() -> None:
    decision = judge((PHALLOIDES, 0.03), (VIROSA, 0.03))
    assert decision.alarm.level is Danger.DEADLY
    assert names(decision) == ["Amanita phalloides", "Amanita virosa"]


def test_a_genus_counts_with_its_worst_species() -> None:
    decision = judge((GALERINA, 0.07))
    assert decision.alarm.level is Danger.DEADLY
    assert names(decision) == ["Galerina"]


def test_poisonous_and_deadly_together_ring_the_harmful_alarm() -> None:
    alarm = judge((PHALLOIDES, 0.04), (MUSCARIA, 0.12)).alarm
    assert alarm.level is Danger.POISONOUS
    assert alarm.harmful == alarm.probability == pytest.approx(0.16)
    assert alarm.deadly == pytest.approx(0.04)
    assert {candidate.taxon for candidate in alarm.taxa} == {PHALLOIDES, MUSCARIA}


def test_psychoactive_is_told_only_when_hardly_anything_worse_is_among_it() -> None:
    assert judge((SEMILANCEATA, 0.2)).alarm.level is Danger.PSYCHOACTIVE
    assert judge((SEMILANCEATA, 0.2), (MUSCARIA, 0.03)).alarm.level is Danger.POISONOUS


def test_the_first_candidate_is_never_told_milder_than_it_is() -> None:
    deaf = replace(FITTED, deadly=1.0, harmful=1.0)
    assert judge((PHALLOIDES, 0.5), (EDULIS, 0.3), thresholds=deaf).alarm.level is Danger.DEADLY
    assert judge((MUSCARIA, 0.5), (EDULIS, 0.3), thresholds=deaf).alarm.level is Danger.POISONOUS
    assert judge((SEMILANCEATA, 0.5), (EDULIS, 0.3), thresholds=deaf).alarm.level is Danger.PSYCHOACTIVE


@pytest.mark.parametrize(("taxon", "level"), [(PHALLOIDES, Danger.DEADLY), (MUSCARIA, Danger.POISONOUS)])
def test_no_bundle_can_silence_a_danger_of_one_in_four(taxon: Taxon, level: Danger) -> None:
    deaf = replace(FITTED, deadly=1.0, harmful=1.0, alarm_exponent=4.0)
    assert judge((taxon, 0.3), (EDULIS, 0.7), thresholds=deaf).alarm.level is level
    assert judge((taxon, 0.2), (EDULIS, 0.8), thresholds=deaf).alarm.level is Danger.CAUTION


def test_a_genus_that_holds_poisonous_species_is_never_told_as_caution() -> None:
    decision = judge((BOLETUS, 0.1), (EDULIS, 0.55), thresholds=replace(FITTED, species=0.9, harmful=0.9))
    assert decision.verdict.taxon == BOLETUS
    assert decision.alarm.level is Danger.POISONOUS
    assert decision.alarm.raised


def test_a_genus_rolled_up_to_does_not_drown_the_deadly_alarm_but_carries_a_warning() -> None:
    decision = judge((CAESAREA, 0.7), (MUSCARIA, 0.3), thresholds=replace(FITTED, species=0.9, harmful=0.9))
    assert decision.verdict.kind is VerdictKind.GENUS
    assert decision.alarm.level is Danger.POISONOUS
    assert names(decision)[0] == "Amanita"
    assert decision.alarm.taxa[0].danger is Danger.DEADLY


def test_what_has_no_record_looks_like_a_warning() -> None:
    decision = judge((NOBODY, 0.9))
    assert decision.verdict.taxon == NOBODY
    assert decision.alarm.level is Danger.UNKNOWN
    assert names(decision) == ["Nomen nescio"]


def test_an_unknown_verdict_is_never_told_as_caution() -> None:
    decision = judge((CAMPESTRIS, 0.3), (EDULIS, 0.3))
    assert decision.verdict.kind is VerdictKind.UNKNOWN
    assert decision.alarm.level is Danger.UNKNOWN


def test_the_mildest_level_is_caution() -> None:
    labels = (AUREA, CIBARIUS)
    alarm = decide(np.array([1.0, 0.0]), labels, GUIDE, FITTED).alarm
    assert alarm.level is Danger.CAUTION
    assert not alarm.raised
    assert alarm.taxa == ()


def test_a_danger_rings_beside_an_unknown_verdict() -> None:
    decision = judge((PHALLOIDES, 0.3), (CAMPESTRIS, 0.3), unknown_score=9.0, thresholds=replace(FITTED, unknown=5.0))
    assert decision.verdict.kind is VerdictKind.UNKNOWN
    assert decision.alarm.level is Danger.DEADLY


def test_without_calibration_every_trace_rings() -> None:
    assert judge((PHALLOIDES, 1e-9), thresholds=Thresholds()).alarm.level is Danger.DEADLY


def test_a_model_without_dangerous_labels_cannot_ring_and_stays_a_warning() -> None:
    labels = (NOBODY, Taxon("Nomen alterum", Rank.SPECIES, "Nomen", "Nesciaceae"))
    alarm = decide(np.array([0.95, 0.05]), labels, GUIDE, Thresholds()).alarm
    assert alarm.level is Danger.UNKNOWN
    assert alarm.deadly == 0.0


def test_a_witness_raises_the_alarm_and_changes_nothing_else() -> None:
    plain = judge((CAMPESTRIS, 0.2))
    warned = judge((CAMPESTRIS, 0.2), witnesses=np.stack([chances((PHALLOIDES, 0.2))]))
    assert plain.alarm.level is not Danger.DEADLY
    assert warned.alarm.level is Danger.DEADLY
    assert warned.alarm.deadly == pytest.approx(0.2)
    assert (warned.verdict, warned.candidates, warned.plausible) == (plain.verdict, plain.candidates, plain.plausible)


@pytest.mark.parametrize("seed", range(30))
def test_no_witness_ever_makes_it_milder(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.dirichlet(np.full(len(LABELS), 0.15), size=4)
    alone = [decide(row, LABELS, GUIDE, FITTED).alarm for row in rows]
    together = decide(rows[0], LABELS, GUIDE, FITTED, witnesses=rows[1:]).alarm
    ringing = [alarm.level.severity for alarm in alone if alarm.raised]
    assert together.level.severity >= max([*ringing, alone[0].level.severity])
    assert together.deadly >= max(alarm.deadly for alarm in alone) - 1e-12
    assert together.harmful >= max(alarm.harmful for alarm in alone) - 1e-12


@pytest.mark.parametrize("seed", range(10))
def test_more_deadly_probability_never_lowers_the_level(seed: int) -> None:
    rng = np.random.default_rng(seed)
    row = rng.dirichlet(np.full(len(LABELS), 0.3))
    before = decide(row, LABELS, GUIDE, FITTED).alarm
    moved = row * 0.5
    moved[LABELS.index(PHALLOIDES)] += 0.5
    after = decide(moved, LABELS, GUIDE, FITTED).alarm
    assert after.level.severity >= before.level.severity


def test_a_lower_exponent_listens_to_unlikely_labels() -> None:
    rows = np.stack([chances((PHALLOIDES, 0.02))])
    deadly = np.array([GUIDE.danger(label) is Danger.DEADLY for label in LABELS])
    assert alarm_scores(rows, deadly, 0.5)[0] > alarm_scores(rows, deadly, 1.0)[0] == pytest.approx(0.02)
    assert judge((PHALLOIDES, 0.02)).alarm.level is not Danger.DEADLY
    assert judge((PHALLOIDES, 0.02), thresholds=replace(FITTED, alarm_exponent=0.5)).alarm.level is Danger.DEADLY


def test_every_carrier_of_a_spread_alarm_is_named_up_to_a_limit() -> None:
    deadly = [record.taxon for record in GUIDE.records.values() if record.danger is Danger.DEADLY][:40]
    labels = (*deadly, CIBARIUS)
    alarm = decide(np.full(41, 1 / 41), labels, GUIDE, FITTED).alarm
    assert alarm.level is Danger.DEADLY
    assert len(alarm.taxa) == 10
    assert alarm.deadly == pytest.approx(40 / 41)


def test_a_corrected_guide_is_heeded_at_once() -> None:
    record = GUIDE.records["Cantharellus cibarius"]
    corrected = Guide([*_others(record), replace(record, danger=Danger.DEADLY)], [], [], [], "corrected")
    assert judge().alarm.level is Danger.CAUTION
    assert decide(chances(), LABELS, corrected, FITTED).alarm.level is Danger.DEADLY


def _others(record: TaxonRecord) -> list[TaxonRecord]:
    return [each for each in GUIDE.records.values() if each is not record]


# The verdict


def test_one_that_stands_out_is_said() -> None:
    verdict = judge((EDULIS, 0.8)).verdict
    assert (verdict.kind, verdict.taxon, verdict.reason) == (VerdictKind.SPECIES, EDULIS, Reason.CLEAR)
    assert verdict.probability == pytest.approx(0.8)


def test_species_that_share_the_probability_give_their_genus() -> None:
    verdict = judge((CAESAREA, 0.45), (MUSCARIA, 0.45)).verdict
    assert (verdict.kind, verdict.reason) == (VerdictKind.GENUS, Reason.SPECIES_TOO_CLOSE)
    assert verdict.taxon == Taxon("Amanita", Rank.GENUS, "Amanita", "Amanitaceae")
    assert verdict.probability == pytest.approx(0.9)


def test_a_wide_label_is_said_as_wide_as_it_is() -> None:
    verdict = judge((GALERINA, 0.8)).verdict
    assert (verdict.kind, verdict.taxon, verdict.reason) == (VerdictKind.GENUS, GALERINA, Reason.LABEL_IS_WIDE)


def test_genera_that_share_the_probability_give_their_family() -> None:
    parasol = GUIDE.records["Macrolepiota procera"].taxon
    assert parasol.family == CAMPESTRIS.family
    verdict = decide(np.array([0.5, 0.45, 0.05]), (CAMPESTRIS, parasol, CIBARIUS), GUIDE, FITTED).verdict
    assert (verdict.kind, verdict.reason) == (VerdictKind.FAMILY, Reason.GENERA_TOO_CLOSE)
    assert verdict.taxon is not None
    assert verdict.taxon.name == CAMPESTRIS.family


def test_nothing_that_stands_out_is_unknown() -> None:
    verdict = judge((CAMPESTRIS, 0.3), (EDULIS, 0.3)).verdict
    assert (verdict.kind, verdict.taxon, verdict.reason) == (VerdictKind.UNKNOWN, None, Reason.NOTHING_STANDS_OUT)
    assert "unrelated" not in text("identify.reason_nothing_stands_out"), "three of four may be of one genus"


def test_a_photo_of_something_else_is_unknown() -> None:
    verdict = judge((BACKGROUND, 0.7)).verdict
    assert (verdict.kind, verdict.reason) == (VerdictKind.UNKNOWN, Reason.NO_SUBJECT)


def test_a_strange_photo_is_unknown_however_sure_the_model_is() -> None:
    fitted = replace(FITTED, unknown=5.0)
    assert judge((EDULIS, 0.99), thresholds=fitted, unknown_score=5.1).verdict.reason is Reason.UNLIKE_TRAINING
    assert judge((EDULIS, 0.99), thresholds=fitted, unknown_score=5.0).verdict.kind is VerdictKind.SPECIES


def test_without_a_threshold_the_score_is_not_used() -> None:
    assert judge((EDULIS, 0.99), unknown_score=1e9).verdict.kind is VerdictKind.SPECIES


def test_a_cryptic_species_goes_back_to_its_genus() -> None:
    verdict = judge((VIROSA, 0.97)).verdict
    assert (verdict.kind, verdict.reason) == (VerdictKind.GENUS, Reason.CRYPTIC_GROUP)
    assert verdict.taxon is not None
    assert verdict.taxon.name == "Amanita"
    assert judge((VIROSA, 0.97), cryptic={}).verdict.taxon == VIROSA


def test_a_cryptic_species_keeps_its_danger() -> None:
    assert judge((VIROSA, 0.97)).alarm.level is Danger.DEADLY


@pytest.mark.parametrize(
    ("rank", "kind"),
    [(Rank.SPECIES, VerdictKind.GENUS), (Rank.GENUS, VerdictKind.FAMILY), (Rank.FAMILY, VerdictKind.UNKNOWN)],
)
def test_photos_that_disagree_are_answered_above_their_quarrel(rank: Rank, kind: VerdictKind) -> None:
    verdict = judge((CAESAREA, 0.9), disagreement=rank).verdict
    assert (verdict.kind, verdict.reason) == (kind, Reason.PHOTOS_DISAGREE)


def test_uncalibrated_bundles_name_only_what_is_nearly_certain() -> None:
    assert judge((EDULIS, 0.85), thresholds=Thresholds()).verdict.kind is VerdictKind.UNKNOWN
    assert judge((EDULIS, 0.95), thresholds=Thresholds()).verdict.kind is VerdictKind.SPECIES


# Candidates and the prediction set


def test_five_candidates_best_first_with_their_danger() -> None:
    candidates = judge((PHALLOIDES, 0.1), (EDULIS, 0.2), (MUSCARIA, 0.05), (BACKGROUND, 0.3)).candidates
    assert len(candidates) == CANDIDATES
    assert [c.probability for c in candidates] == sorted((c.probability for c in candidates), reverse=True)
    assert [c.taxon for c in candidates[:4]] == [CIBARIUS, EDULIS, PHALLOIDES, MUSCARIA]
    assert candidates[2].danger is Danger.DEADLY


def test_the_background_is_no_candidate() -> None:
    decision = judge((BACKGROUND, 0.9))
    assert all(candidate.taxon.rank is not Rank.BACKGROUND for candidate in (*decision.candidates, *decision.plausible))


def test_fewer_labels_than_five_give_fewer_candidates() -> None:
    assert len(decide(np.array([0.6, 0.4]), (EDULIS, BACKGROUND), GUIDE, FITTED).candidates) == 1


def test_a_wide_label_gives_part_to_its_known_species_and_stays_beside_them() -> None:
    candidates = judge((BOLETUS, 0.5), (EDULIS, 0.4)).candidates
    assert [(c.taxon, pytest.approx(c.probability)) for c in candidates[:2]] == [(EDULIS, 0.65), (BOLETUS, 0.25)]


def test_sharing_a_wide_label_never_changes_the_alarm() -> None:
    pairs = ((BOLETUS, 0.5), (EDULIS, 0.4))
    alarms = [judge(*pairs, thresholds=replace(FITTED, wide_share=share)).alarm for share in (0.0, 1.0)]
    assert alarms[0].harmful == alarms[1].harmful == pytest.approx(0.5)


def test_no_promise_no_set() -> None:
    assert judge((EDULIS, 0.8), thresholds=replace(FITTED, plausible_mass=None, coverage=None)).plausible == ()


def test_the_set_grows_with_doubt() -> None:
    assert len(judge((EDULIS, 0.97)).plausible) == 1
    assert len(judge((EDULIS, 0.3), (CAMPESTRIS, 0.3)).plausible) == 3


def test_the_set_takes_labels_until_their_mass_is_reached() -> None:
    tree = label_tree((EDULIS, CAMPESTRIS, CIBARIUS, BACKGROUND))
    rows = np.array([[0.4, 0.25, 0.15, 0.2], [0.0, 0.5, 0.0, 0.5]])
    assert plausible_labels(rows, tree, 0.6).tolist() == [[True, True, False, False], [False, True, False, False]]


# Bad input


@pytest.mark.parametrize(
    "row",
    [
        np.full(len(LABELS), np.nan),
        np.full(len(LABELS), 0.5),
        np.eye(len(LABELS))[0] * -1.0,
        np.full(3, 1 / 3),
    ],
)
def test_what_is_no_probability_is_refused(row: np.ndarray) -> None:
    with pytest.raises(ValueError, match="probabilities"):
        decide(row, LABELS, GUIDE, FITTED)
