"""The safety law: whatever anybody answers, the alarm is never milder and no fitting deadly kind is left out.

Over every kind of the shipped guide: every single answer and every pair of answers, and drawn sets of any size.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.hands import HandOpinion, Seen, hear_hand
from fieldguide.core.hands.kinds import CONTRADICTS, FLOOR, HALF_WEIGHT, Kinds, kinds_of
from fieldguide.core.hands.opinion import NAMED_FROM, grown_alarm, staying_deadly
from fieldguide.core.hands.prior import prior
from fieldguide.core.records import Alarm, Identification
from fieldguide.core.taxonomy import Rank
from tests.core.hands.made import identified

GUIDE = load_guide()
KINDS = kinds_of(GUIDE)
NAMES = list(GUIDE.records)
SINGLE = [Seen(character, (value,), True) for character, values in CHARACTERS.items() for value in values]
LEVELS = (Danger.DEADLY, Danger.POISONOUS, Danger.PSYCHOACTIVE, Danger.UNKNOWN, Danger.CAUTION)


@pytest.fixture(scope="module")
def guide() -> Guide:
    return GUIDE


def photos() -> list[Identification]:
    """Answers of a model that tempt: a mild name far ahead, a deadly one far behind, a deadly alarm, a wide name."""
    mild = "Agaricus campestris"
    return [
        identified(GUIDE, (mild, 0.97), ("Amanita virosa", 0.02), deadly=0.02),
        identified(
            GUIDE,
            (mild, 0.6),
            ("Amanita phalloides", 0.3),
            level=Danger.DEADLY,
            deadly=0.3,
            carriers=("Amanita phalloides",),
        ),
        identified(GUIDE, ("Amanita", 0.5), ("Amanitaceae", 0.2), level=Danger.POISONOUS, deadly=0.1),
        identified(
            GUIDE, ("Kuehneromyces mutabilis", 0.8), ("Galerina marginata", 0.1), level=Danger.UNKNOWN, deadly=0.1
        ),
    ]


def keeps_the_law(photo: Identification | None, opinion: HandOpinion, seen: list[Seen]) -> None:
    before = photo.alarm if photo else Alarm(Danger.UNKNOWN, 0, 0, 0)
    alarm = opinion.alarm
    assert alarm.level.severity >= before.level.severity
    assert alarm.raised >= before.raised
    assert alarm.deadly >= before.deadly
    assert alarm.harmful >= before.harmful
    assert {each.taxon for each in alarm.taxa} >= {each.taxon for each in before.taxa}
    named = {each.candidate.taxon for each in opinion.deadly}
    assert named >= {each.taxon for each in before.taxa if each.danger is Danger.DEADLY}
    counted = tuple(each for each in seen if each.counts)
    start = prior(KINDS, photo)
    scores = KINDS.scores(counted, photo is not None)
    now = start * np.exp(scores - scores.max())
    now /= now.sum()
    for place in np.flatnonzero(KINDS.deadly & ~KINDS.contradicted(counted)):
        if max(start[place], now[place]) >= NAMED_FROM:
            assert KINDS.taxa[place] in named


answers = some.lists(
    some.sampled_from(sorted(CHARACTERS)).flatmap(
        lambda character: some.builds(
            Seen,
            some.just(character),
            some.lists(some.sampled_from(CHARACTERS[character]), max_size=3, unique=True).map(tuple),
            some.booleans(),
            some.booleans(),
        )
    ),
    max_size=17,
    unique_by=lambda each: each.character,
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    named=some.lists(some.sampled_from(NAMES), min_size=0, max_size=5, unique=True),
    weights=some.lists(some.floats(0.001, 1), min_size=5, max_size=5),
    sure=some.floats(0.05, 1),
    level=some.sampled_from(LEVELS),
    carriers=some.lists(some.sampled_from(NAMES), max_size=4, unique=True),
    seen=answers,
    photo=some.booleans(),
)
def test_no_set_of_answers_breaks_it(
    named: list[str],
    weights: list[float],
    sure: float,
    level: Danger,
    carriers: list[str],
    seen: list[Seen],
    photo: bool,
) -> None:
    shares = np.array(weights[: len(named)])
    shares = sure * shares / shares.sum() if len(named) else shares
    said = identified(
        GUIDE, *zip(named, shares.tolist(), strict=True), level=level, deadly=0.1, carriers=tuple(carriers)
    )
    keeps_the_law(said if photo else None, hear_hand(said if photo else None, seen, GUIDE), seen)


@pytest.mark.parametrize("photo", range(4))
def test_no_single_answer_breaks_it(photo: int) -> None:
    said = photos()[photo]
    for seen in SINGLE:
        keeps_the_law(said, hear_hand(said, [seen], GUIDE), [seen])


def test_no_single_answer_takes_any_deadly_kind_away() -> None:
    """Each deadly kind of the guide far behind a mild name, rung for or not, and every single answer."""
    scores = np.array([KINDS.scores((seen,)) for seen in SINGLE])
    out = np.array([KINDS.contradicted((seen,)) for seen in SINGLE])
    for place in np.flatnonzero(KINDS.deadly):
        name = KINDS.taxa[place].name
        for level in (Danger.CAUTION, Danger.DEADLY):
            carriers = (name,) if level is Danger.DEADLY else ()
            said = identified(
                GUIDE, ("Agaricus campestris", 0.8), (name, 0.05), level=level, deadly=0.05, carriers=carriers
            )
            start = prior(KINDS, said)
            every = start * np.exp(scores - scores.max(axis=1, keepdims=True))
            every /= every.sum(axis=1, keepdims=True)
            for now, contradicted in zip(every, out, strict=True):
                alarm = grown_alarm(said.alarm, KINDS, start, now)
                assert alarm.level.severity >= level.severity
                assert alarm.deadly >= 0.05
                stay = staying_deadly(KINDS, np.maximum(start, now), now, contradicted, alarm, NAMED_FROM)
                named = {each.candidate.taxon.name: each.fits for each in stay}
                if carriers or not contradicted[place]:
                    assert name in named, "it had 5 % before"
                    assert named[name] == (not contradicted[place])


@pytest.mark.parametrize("photo", range(2))
def test_no_pair_of_answers_breaks_it(photo: int) -> None:
    """Every pair about two characters: the alarm and the named kinds themselves, without the words around them."""
    said = photos()[photo]
    start = prior(KINDS, said)
    scores = {seen: KINDS.scores((seen,)) for seen in SINGLE}
    out = {seen: KINDS.contradicted((seen,)) for seen in SINGLE}
    for one, other in itertools.combinations(SINGLE, 2):
        if one.character == other.character:
            continue
        total = scores[one] + scores[other]
        now = start * np.exp(total - total.max())
        now /= now.sum()
        alarm = grown_alarm(said.alarm, KINDS, start, now)
        assert alarm.level.severity >= said.alarm.level.severity
        assert alarm.raised >= said.alarm.raised
        contradicted = out[one] | out[other]
        highest = np.maximum(start, now)
        named = {each.candidate.taxon for each in staying_deadly(KINDS, highest, now, contradicted, alarm, NAMED_FROM)}
        fitting = np.flatnonzero(KINDS.deadly & ~contradicted & (np.maximum(start, now) >= NAMED_FROM))
        assert named >= {KINDS.taxa[place] for place in fitting}
        assert named >= {each.taxon for each in said.alarm.taxa if each.danger is Danger.DEADLY}


def test_no_answer_talks_a_deadly_alarm_down_over_every_kind(guide: Guide) -> None:
    """Each kind in turn is the photo's deadly alarm or its first name; the answers are those of another kind's row."""
    field = guide.characters["Agaricus campestris"]
    seen = [Seen(name, field.states(name)[:1], True) for name in ("gill_colour", "spore_print", "base", "smell")]
    for name in NAMES:
        said = identified(guide, (name, 0.4), level=Danger.DEADLY, deadly=0.4, carriers=(name,))
        opinion = hear_hand(said, seen, guide)
        assert opinion.alarm.level is Danger.DEADLY
        assert opinion.alarm.raised
        assert name in {each.taxon.name for each in opinion.alarm.taxa}


def test_a_deadly_kind_described_by_its_own_row_always_fits(guide: Guide) -> None:
    """Its rarest states: the last of each cell."""
    for place in np.flatnonzero(KINDS.deadly):
        told = guide.characters_of(KINDS.taxa[place].name)
        assert told is not None
        seen = tuple(Seen(name, told.states(name)[-1:], True) for name in CHARACTERS if told.states(name))
        assert not KINDS.contradicted(seen)[place], KINDS.taxa[place].name


def test_the_likelihood_is_the_highest_of_harmful_kinds_and_the_mean_of_others(guide: Guide) -> None:
    """Answer by answer and kind by kind, worked out a second time without matrices."""
    for character, question in guide.questions.items():
        asked = KINDS.asked[character]
        for place, taxon in enumerate(KINDS.taxa):
            told = guide.characters_of(taxon.name)
            if taxon.rank is Rank.FAMILY:  # no table tells of one: the mean of its species
                inside = [n for n, each in enumerate(KINDS.taxa) if each.family == taxon.name and KINDS.species[n]]
                known = [n for n in inside if guide.characters_of(KINDS.taxa[n].name).states(character)]
                if known:
                    mean = asked.likelihood[:, known].mean(axis=1)
                    np.testing.assert_allclose(asked.likelihood[:, place], mean)
                    continue
            states = told.states(character) if told else ()
            for number, answer in enumerate(CHARACTERS[character]):
                shares = [question.likelihood[state][answer] for state in states]
                if not shares:
                    expected = 1 / len(CHARACTERS[character])
                elif guide.records[taxon.name].danger in (Danger.DEADLY, Danger.POISONOUS):
                    expected = max(shares)
                else:
                    expected = sum(shares) / len(shares)
                assert asked.likelihood[number, place] == pytest.approx(max(expected, FLOOR))


def test_no_answer_is_impossible_and_weak_witnesses_count_half() -> None:
    assert all((asked.likelihood >= FLOOR).all() for asked in KINDS.asked.values())
    assert {name for name, asked in KINDS.asked.items() if asked.weight == 0.5} == set(HALF_WEIGHT)
    one, half = KINDS.asked["ring"], KINDS.asked["smell"]
    np.testing.assert_allclose(KINDS.scores((Seen("ring", ("skirt",)),)), np.log(one.of("skirt")))
    np.testing.assert_allclose(KINDS.scores((Seen("smell", ("flour",)),)), 0.5 * np.log(half.of("flour")))


def test_what_a_photo_shows_counts_half_beside_one() -> None:
    white = (Seen("cap_colour", ("white",)),)
    np.testing.assert_allclose(2 * KINDS.scores(white, photo=True), KINDS.scores(white, photo=False))


def test_several_values_of_one_answer_are_scored_apart() -> None:
    both = Seen("cap_colour", ("white", "yellow"))
    apart = (Seen("cap_colour", ("white",)), Seen("cap_colour", ("yellow",)))
    np.testing.assert_allclose(KINDS.scores((both,)), KINDS.scores(apart))


@pytest.mark.parametrize("value", CHARACTERS["base"])
def test_the_base_counts_only_when_it_was_dug_out(guide: Guide, value: str) -> None:
    said = photos()[0]
    silent, hidden = hear_hand(said, [], guide), hear_hand(said, [Seen("base", (value,))], guide)
    assert hidden.names == silent.names
    assert hidden.alarm == silent.alarm
    assert [each.character for each in hidden.ignored] == ["base"]
    assert hear_hand(said, [Seen("base", (value,), dug_out=True)], guide).names != silent.names


@pytest.mark.parametrize("seen", [Seen("smell"), Seen("spore_print", waits=True)])
def test_cannot_tell_and_waiting_change_nothing_but_the_next_question(guide: Guide, seen: Seen) -> None:
    said = photos()[0]
    silent, told = hear_hand(said, [], guide), hear_hand(said, [seen], guide)
    assert (told.names, told.alarm, told.deadly, told.effects) == (silent.names, silent.alarm, silent.deadly, ())
    assert told.waiting == ((seen.character,) if seen.waits else ())


def test_no_later_answer_takes_back_what_the_first_ones_raised(guide: Guide) -> None:
    """A sac and white gills ring; then somebody answers everything as it is of a field mushroom."""
    said = identified(guide, ("Agaricus campestris", 0.9))
    seen = [Seen("base", ("sac",), True), Seen("gill_colour", ("white",))]
    rung = hear_hand(said, seen, guide).alarm
    assert rung.level is Danger.DEADLY
    field = guide.characters["Agaricus campestris"]
    for name in ("spore_print", "gill_attachment", "bruising", "smell", "surface", "cap_colour", "substrate", "growth"):
        seen.append(Seen(name, field.states(name)[:1]))
        alarm = hear_hand(said, seen, guide).alarm
        assert alarm.level is Danger.DEADLY
        assert alarm.raised
        assert alarm.taxa
        assert alarm.deadly >= rung.deadly
    assert hear_hand(said, seen[1:], guide).alarm.level is not Danger.DEADLY  # an answer that is taken back is gone


def test_without_answers_the_alarm_is_the_photo_s_very_own(guide: Guide) -> None:
    for said in photos():
        assert hear_hand(said, [], guide).alarm is said.alarm


def test_a_sac_raises_a_deadly_alarm_where_the_photo_saw_a_field_mushroom(guide: Guide) -> None:
    said = identified(guide, ("Agaricus campestris", 0.6), ("Amanita virosa", 0.05))
    seen = [Seen("gill_colour", ("white",)), Seen("base", ("sac",), True), Seen("spore_print", ("white",))]
    opinion = hear_hand(said, seen, guide)
    assert opinion.alarm.level is Danger.DEADLY
    assert opinion.alarm.raised
    assert opinion.names[0].taxon.name == "Amanita virosa"


def test_a_lower_alarm_threshold_names_more(guide: Guide) -> None:
    said = identified(guide, ("Kuehneromyces mutabilis", 0.7))
    few, many = (hear_hand(said, [], guide, least=least).deadly for least in (NAMED_FROM, 0.0001))
    assert len(many) > len(few)
    assert {each.candidate.taxon for each in many} >= {each.candidate.taxon for each in few}


def test_contradicting_means_that_few_would_answer_so(guide: Guide) -> None:
    sac = KINDS.asked["base"].of("sac")
    out = KINDS.contradicted((Seen("base", ("sac",), True),))
    assert (out == (sac < CONTRADICTS)).all()
    assert out[KINDS.place["Cantharellus cibarius"]]
    assert not out[KINDS.place["Amanita phalloides"]]


def test_only_species_count_as_deadly_kinds_their_genera_answer_through_them() -> None:
    assert {KINDS.taxa[place].rank for place in np.flatnonzero(KINDS.deadly)} == {Rank.SPECIES}
    assert isinstance(KINDS, Kinds)
