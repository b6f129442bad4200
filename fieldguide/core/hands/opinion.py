"""The opinion after hand and photo: names that rose and fell, why, and an alarm that only ever grew.

The law of this file: the alarm's level, its probabilities and its carriers are never less than the photo's, and what
some answers raised no later answer takes back; a deadly kind that fits the answers stays named while the photo or the
answers give it `NAMED_FROM`, and one that the alarm names stays named whatever anybody answers.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.danger import Danger
from fieldguide.core.decision.decide import CANDIDATES, CARRIERS, POISONOUS_SHARE, RINGS_ALWAYS
from fieldguide.core.decision.standing import current_danger
from fieldguide.core.guide import Guide
from fieldguide.core.hands.answers import Seen
from fieldguide.core.hands.asking import NextQuestion, next_question
from fieldguide.core.hands.kinds import Kinds, Matrix, kinds_of
from fieldguide.core.hands.prior import factors_of, names_of, prior
from fieldguide.core.records import Alarm, Candidate, Identification, Observation
from fieldguide.core.taxonomy import Taxon

NAMED_FROM = 0.01  # probability from which on a fitting deadly kind is named, unless an alarm was set lower
SPEAKS_FOR, SPEAKS_AGAINST = 1.5, 0.6  # an answer this much more (less) likely of a kind than of the best names
WORTH_A_WORD = 0.02  # least probability, before or after, of a name that an answer is said to move
MOST_NAMED = 3  # taxa that one answer is said to speak for, or against
NO_PHOTO = Alarm(Danger.UNKNOWN, 0.0, 0.0, 0.0)  # what nobody has looked at counts as dangerous


@dataclass(frozen=True, slots=True)
class Effect:
    """What one answer did: the taxa among the best names that it speaks for and against, genera where all agree."""

    seen: Seen
    speaks_for: tuple[Taxon, ...]
    speaks_against: tuple[Taxon, ...]


@dataclass(frozen=True, slots=True)
class DeadlyKind:
    """A deadly kind that stays named; `fits` is False when an answer does not fit it and the alarm named it before."""

    candidate: Candidate
    fits: bool


@dataclass(frozen=True, slots=True)
class HandOpinion:
    """What photo and answers say together.

    Attributes:
        names: the five most probable kinds, best first, with today's dangers.
        before: the same before the first answer that counts.
        unnamed: those of `names` that the photo's model has no label for (or, labels unknown, that it did not name);
            none where no photo was asked.
        alarm: never milder than the photo's, nor than after the first few answers.
        deadly: every deadly kind that stays named, most probable first.
        contradicts: the answers fit none of the photo's names. fits: what fits every answer instead, best first;
            empty when no kind of the guide fits them all, and then the answers themselves are doubtful.
        effects: one per answer that counts, in their order.
        ignored: answers about the base that was not dug out.
        waiting: characters whose answer comes later. next: what to ask now.
    """

    names: tuple[Candidate, ...]
    before: tuple[Candidate, ...]
    unnamed: tuple[Taxon, ...]
    alarm: Alarm
    deadly: tuple[DeadlyKind, ...]
    contradicts: bool
    fits: tuple[Candidate, ...]
    effects: tuple[Effect, ...]
    ignored: tuple[Seen, ...]
    waiting: tuple[str, ...]
    next: NextQuestion | None


def hear_hand(
    said: Identification | None,
    seen: Sequence[Seen],
    guide: Guide,
    *,
    factors: Matrix | None = None,
    labels: Collection[Taxon] = (),
    least: float = NAMED_FROM,
) -> HandOpinion:
    """Re-weigh what the photo said by what the hand found.

    Args:
        said: of the photo; None: no photo at hand, the answers are all there is.
        seen: one answer per character; of two about the same the later counts.
        guide: today's.
        factors: `[K]` weights of every record by place and season (`prior.factors_of`); they shift the kinds that the
            photo did not name, and no danger rests on them alone.
        labels: what the photo's model knows; empty when not known.
        least: summed probability at which the deadly alarm of the photo's model rings; a fitting deadly kind that has
            it, or `NAMED_FROM`, stays named.
    """
    answers = tuple({each.character: each for each in seen}.values())
    counted = tuple(each for each in answers if each.counts)
    kinds = kinds_of(guide)
    start = prior(kinds, said, factors)
    photo = said is not None
    steps = [np.zeros(len(start)), *np.cumsum([kinds.scores((each,), photo) for each in counted], axis=0)]
    now = _posterior(start, steps[-1])
    ranked = _posterior(start, kinds.scores(counted, photo, even=True))  # for names, never for dangers
    contradicted = kinds.contradicted(counted)
    named = names_of(said)
    photo_places = [kinds.place[taxon.name] for taxon in _first(named) if taxon.name in kinds.place]
    contradicts = bool(counted) and bool(photo_places) and all(contradicted[place] for place in photo_places)
    # place and season may raise a danger, never hide one: heard without them too
    starts = (start,) if factors is None else (start, prior(kinds, said))
    highest = np.max([_posterior(each, scores) for each in starts for scores in (steps[0], steps[-1])], axis=0)
    before = alarm = said.alarm if said is not None else NO_PHOTO
    for scores, each in itertools.product(steps[1:], starts):
        alarm = raised_alarm(before, alarm, kinds, each, _posterior(each, scores))
    names = _best(kinds, ranked)
    known = {taxon.name for taxon in (labels or named)}
    return HandOpinion(
        names=names,
        before=_best(kinds, start),
        unnamed=tuple(each.taxon for each in names if photo and each.taxon.name not in known),
        alarm=alarm,
        deadly=staying_deadly(kinds, highest, now, contradicted, alarm, min(least or NAMED_FROM, NAMED_FROM)),
        contradicts=contradicts,
        fits=_best(kinds, ranked, kinds.fitting(counted)) if counted else (),
        effects=_effects(kinds, start, counted, photo),
        ignored=tuple(each for each in answers if each.values and not each.counts),
        waiting=tuple(each.character for each in answers if each.waits),
        next=next_question(kinds, (now + ranked) / 2, {each.character for each in answers}, photo),
    )


def hear_find(
    find: Observation, guide: Guide, *, labels: Collection[Taxon] = (), least: float = NAMED_FROM, home: str = ""
) -> HandOpinion:
    """What photo, hand, place and date of one find say together; `home` is the region where the find tells no place."""
    factors = factors_of(find, guide, home)
    return hear_hand(find.identification, find.seen, guide, factors=factors, labels=labels, least=least)


def heard(observation: Observation, guide: Guide) -> Observation:
    """The find with the alarm that its answers have raised; the same find when none counts or nothing was said."""
    said = observation.identification
    if said is None or not any(each.counts for each in observation.seen):
        return observation
    return replace(observation, identification=replace(said, alarm=hear_find(observation, guide).alarm))


def danger_today(observation: Observation, guide: Guide) -> Danger:
    """What every list, view and export shows a find as: the worst of what the machine warned of, what the hand found,
    and what a person named it, by this guide.
    """
    return current_danger(heard(observation, guide), guide)


def _posterior(start: Matrix, scores: Matrix) -> Matrix:
    weighed = start * np.exp(scores - scores.max())
    return np.asarray(weighed / weighed.sum())


def _first(named: dict[Taxon, float]) -> list[Taxon]:
    return sorted(named, key=lambda taxon: -named[taxon])[:CANDIDATES]


def _best(kinds: Kinds, probabilities: Matrix, inside: NDArray[np.bool_] | None = None) -> tuple[Candidate, ...]:
    weights = probabilities if inside is None else np.where(inside, probabilities, -1.0)
    order = np.argsort(-weights, kind="stable")[:CANDIDATES]
    return tuple(_candidate(kinds, probabilities, int(place)) for place in order if weights[place] >= 0)


def _candidate(kinds: Kinds, probabilities: Matrix, place: int) -> Candidate:
    return Candidate(kinds.taxa[place], float(probabilities[place]), kinds.dangers[place])


def raised_alarm(photo: Alarm, alarm: Alarm, kinds: Kinds, start: Matrix, now: Matrix) -> Alarm:
    """`alarm`, which earlier answers have grown out of the photo's, after one more: `grown_alarm` with the carriers of
    the photo and of the last answer that rang."""
    grown = grown_alarm(replace(alarm, taxa=photo.taxa), kinds, start, now)
    return grown if len(grown.taxa) > len(photo.taxa) else replace(grown, taxa=alarm.taxa)


def grown_alarm(photo: Alarm, kinds: Kinds, start: Matrix, now: Matrix) -> Alarm:
    """The photo's alarm, raised where the answers speak for something worse; its carriers first, then the new ones.

    `start` and `now` are `[K]`, before and after the answers: what they did not make more likely they do not raise.
    """
    deadly, harmful = float(now @ kinds.deadly), float(now @ kinds.harmful)
    level, counted = photo.level, None
    if deadly >= max(RINGS_ALWAYS, float(start @ kinds.deadly)):
        level, counted = Danger.DEADLY, kinds.deadly
    elif harmful >= max(RINGS_ALWAYS, float(start @ kinds.harmful)):
        level = Danger.POISONOUS if now @ kinds.poisonous >= POISONOUS_SHARE * harmful else Danger.PSYCHOACTIVE
        counted = kinds.harmful
    grown = replace(photo, deadly=max(photo.deadly, deadly), harmful=max(photo.harmful, harmful))
    if level.severity < photo.level.severity or counted is None:
        own = {Danger.DEADLY: deadly}.get(photo.level, harmful if photo.level.harmful else 0.0)
        return replace(grown, probability=max(photo.probability, own))
    here = {each.taxon for each in photo.taxa}
    order = [int(place) for place in np.argsort(-np.where(counted, now, 0.0), kind="stable")[:CARRIERS]]
    new = tuple(_candidate(kinds, now, place) for place in order if counted[place] and now[place] >= NAMED_FROM)
    if not new and not photo.taxa:  # many share it, as after a sac alone: no alarm without a name
        new = tuple(_candidate(kinds, now, place) for place in order if counted[place])
    carriers = (*photo.taxa, *(each for each in new if each.taxon not in here))
    own = deadly if level is Danger.DEADLY else harmful
    probability = max(own, photo.probability if photo.level is level else 0.0)
    return replace(grown, level=level, probability=probability, taxa=carriers, raised=True)


def staying_deadly(
    kinds: Kinds, highest: Matrix, now: Matrix, contradicted: NDArray[np.bool_], alarm: Alarm, least: float
) -> tuple[DeadlyKind, ...]:
    """Those that stay named: all of the alarm, and fitting ones to which `highest`, `[K]`, gives `least`."""
    stay = kinds.deadly & ~contradicted & (highest >= least)
    for each in alarm.taxa:
        place = kinds.place.get(each.taxon.name)
        if place is not None and kinds.dangers[place] is Danger.DEADLY:
            stay[place] = True
    order = sorted(np.flatnonzero(stay).tolist(), key=lambda place: -now[place])
    return tuple(DeadlyKind(_candidate(kinds, now, place), not contradicted[place]) for place in order)


def _effects(kinds: Kinds, start: Matrix, counted: tuple[Seen, ...], photo: bool) -> tuple[Effect, ...]:
    """What each answer did to the names that stood first before it and after it, compared with each other.

    It speaks against no kind that is told to have what was seen, however many states of it there are (a death cap's
    gills may be white, cream, yellow or olive), and for none that is told to be otherwise.
    """
    found = []
    before, total = start, np.zeros(len(start))
    for each in counted:
        score = kinds.scores((each,), photo, even=True)
        total = total + score
        after = _posterior(start, total)
        best = (*_best(kinds, before), *_best(kinds, after))
        places = list({kinds.place[name.taxon.name]: None for name in best if name.probability >= WORTH_A_WORD})
        scores = score[places] if places else np.zeros(1)
        ratios = dict(zip(places, np.exp(scores - scores.mean()), strict=False))
        has, lacks = kinds.told(each) if each.character in kinds.asked else (np.zeros(len(start), dtype=bool),) * 2
        rises = [place for place in places if ratios[place] >= SPEAKS_FOR and has[place]]
        falls = [place for place in places if ratios[place] <= SPEAKS_AGAINST and lacks[place]]
        found.append(Effect(each, _gathered(kinds, rises, has), _gathered(kinds, falls, lacks)))
        before = after
    return tuple(found)


def _gathered(kinds: Kinds, places: list[int], so: NDArray[np.bool_]) -> tuple[Taxon, ...]:
    """Several kinds of a genus as their genus where it is told the same, `so`, `[K]`: no species of it is otherwise."""
    genera = [kinds.place.get(kinds.taxa[place].genus or "", place) for place in places]
    gathered = [
        genus if genera.count(genus) > 1 and so[genus] else place for place, genus in zip(places, genera, strict=True)
    ]
    return tuple(dict.fromkeys(kinds.taxa[place] for place in gathered))[:MOST_NAMED]
