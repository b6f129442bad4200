"""The decision: probabilities in, a verdict and an alarm out. Pure: no files, no clock, no model.

Two questions, answered apart and the second never softened by the first:

1. *What is it?* The narrowest rank whose summed probability passes its threshold; else unknown, with the reason.
2. *Could it be dangerous?* Every label that the guide calls deadly, poisonous or psychoactive counts, whatever its rank
   and however far down the list. A label without a record is unknown, and unknown is a warning. Nothing lowers a
   danger: further opinions (each photo of a find, the probabilities before place and season) only raise the alarm.

About the five candidates: they are labels of taxa, never the background. A genus label whose species are known too
means "another species of it"; part of its probability goes to those species first (`Thresholds.wide_share`), what is
left stands in the list under the genus's own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.danger import Danger, worst
from fieldguide.core.decision.calibration import Floats
from fieldguide.core.decision.rollup import LabelTree, label_tree
from fieldguide.core.decision.thresholds import Guarantee, Thresholds
from fieldguide.core.guide import Guide
from fieldguide.core.guide.cryptic import CrypticGroup, shipped_groups
from fieldguide.core.records import Alarm, Candidate, Reason, Verdict, VerdictKind
from fieldguide.core.taxonomy import Rank, Taxon

__all__ = ["Decision", "Guarantee", "Thresholds", "alarm_scores", "decide", "plausible_labels", "rings"]

CANDIDATES = 5
# 1. Labels that carry an alarm are named until they make up this share of its probability, at most so many.
CARRIED, CARRIERS = 0.95, 10
# 2. A harmful alarm is called psychoactive only when deadly and poisonous labels make up less than this share of it.
POISONOUS_SHARE = 0.1
# 3. This summed probability of danger rings, however high a bundle set its alarm: its maker may have seen too few
# photos, or want silence. (Of 700 photos the starter model's own thresholds kept none silent that this rings.)
RINGS_ALWAYS = 0.25
# 4. An alarm that few photos fit has its threshold at the lowest of them, which rings by equality alone. Logits that
# are off by 0.001 leave a score this part of itself. (Between numbers of threads, batches and instruction sets the
# starter model's differed by up to 0.000025.)
ELSEWHERE_COMPUTED = float(np.exp(-2 * 0.001))


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided. `plausible` is empty when the bundle promises no coverage."""

    verdict: Verdict
    alarm: Alarm
    candidates: tuple[Candidate, ...]
    plausible: tuple[Candidate, ...]


def decide(
    probabilities: Floats,
    labels: tuple[Taxon, ...],
    guide: Guide,
    thresholds: Thresholds,
    unknown_score: float = 0.0,
    *,
    witnesses: Floats | None = None,
    disagreement: Rank | None = None,
    cryptic: Mapping[str, CrypticGroup] | None = None,
) -> Decision:
    """Decide what is said of one find.

    Args:
        probabilities: `[C]` calibrated, summing to 1, one per label (fused over the photos, weighed when that is on).
        labels: `C` taxa of any rank, at most one of them the background.
        guide: dangers are looked up here, today's.
        thresholds: from the bundle's manifest; the defaults are cautious.
        unknown_score: larger is stranger; compared with `thresholds.unknown` when there is one.
        witnesses: `[K,C]` further opinions that may raise the alarm and nothing else.
        disagreement: the rank at which the photos of the find contradict each other; the verdict stays above it.
        cryptic: groups by member species; those that ship with the guide by default.

    Raises:
        ValueError: shapes that do not fit, or probabilities that are none.
    """
    rows = _rows(probabilities, witnesses, len(labels))
    tree = label_tree(labels)
    shared = tree.share_wide(rows, thresholds.wide_share)
    groups = shipped_groups() if cryptic is None else cryptic

    strange = thresholds.unknown is not None and unknown_score > thresholds.unknown
    verdict = _verdict(shared[:1], rows[:1], tree, thresholds, strange, disagreement, groups)
    candidates = _candidates(shared[0], tree, guide)
    plausible: tuple[Candidate, ...] = ()
    if thresholds.plausible_mass is not None:
        inside = plausible_labels(shared[:1], tree, thresholds.plausible_mass)[0]
        plausible = _candidates(shared[0], tree, guide, inside)
    named = [verdict, *(_verdict(shared[k : k + 1], rows[k : k + 1], tree, thresholds) for k in range(1, len(rows)))]
    tops = [_candidates(row, tree, guide)[:1] for row in shared]
    alarm = _alarm(rows, tree, guide, thresholds, named, [top[0] for top in tops if top], (*candidates, *plausible))
    return Decision(verdict, alarm, candidates, plausible)


def alarm_scores(probabilities: Floats, counted: NDArray[np.bool_], exponent: float) -> NDArray[np.float64]:
    """What an alarm compares with its threshold: `[N]`, the sum of p**exponent over `counted` `[C]`, renormalised.

    With the softmax's own probabilities this is the summed probability at temperature T / exponent: an exponent below 1
    listens more closely to labels far down the list. Probabilities `[N,C]`.
    """
    powers = np.asarray(probabilities, np.float64) ** exponent
    return np.asarray(powers[:, counted].sum(axis=1) / powers.sum(axis=1))


def rings(probabilities: Floats, counted: NDArray[np.bool_], least: float, exponent: float) -> NDArray[np.bool_]:
    """Whether the alarm over `counted` `[C]` rings for each row of probabilities `[N,C]`, set to ring from `least`.

    Scores just below it ring too (`ELSEWHERE_COMPUTED`), so that no photo that fitted it falls silent elsewhere.
    """
    scores = alarm_scores(probabilities, counted, exponent)
    summed = np.asarray(probabilities, np.float64)[:, counted].sum(axis=1)
    return np.asarray((scores > 0) & ((scores >= ELSEWHERE_COMPUTED * least) | (summed >= RINGS_ALWAYS)))


def plausible_labels(probabilities: Floats, tree: LabelTree, mass: float) -> NDArray[np.bool_]:
    """The prediction set `[N,C]`: per row the most probable taxa until they sum to `mass` of all taxa's probability.

    Adaptive prediction sets without randomisation (Romano, Sesia and Candes 2020), hence at least the coverage
    asked for.
    """
    taxa = np.where(tree.is_background, 0.0, np.asarray(probabilities, np.float64))
    taxa = taxa / np.maximum(taxa.sum(axis=1, keepdims=True), 1e-300)
    order = np.argsort(-taxa, axis=1, kind="stable")
    before = np.cumsum(np.take_along_axis(taxa, order, axis=1), axis=1)
    before = np.concatenate([np.zeros((len(taxa), 1)), before[:, :-1]], axis=1)
    inside = np.zeros(taxa.shape, dtype=bool)
    np.put_along_axis(inside, order, before < mass, axis=1)
    return np.asarray(inside & ~tree.is_background & (taxa > 0))


def _rows(probabilities: Floats, witnesses: Floats | None, labels: int) -> NDArray[np.float64]:
    found = np.asarray(probabilities, np.float64)[None, :]
    if witnesses is not None:
        found = np.concatenate([found, np.asarray(witnesses, np.float64).reshape(-1, found.shape[1])])
    if found.shape[1] != labels:
        raise ValueError(f"{found.shape[1]} probabilities for {labels} labels")
    if not np.isfinite(found).all() or (found < 0).any() or not np.allclose(found.sum(axis=1), 1.0, atol=1e-3):
        raise ValueError("not probabilities")
    return found


def _verdict(
    shared: Floats,
    raw: Floats,
    tree: LabelTree,
    thresholds: Thresholds,
    strange: bool = False,
    disagreement: Rank | None = None,
    cryptic: Mapping[str, CrypticGroup] | None = None,
) -> Verdict:
    """The narrowest rank that may be said of one row `[1,C]` (`shared` for species, `raw` sums are the same above)."""
    background = float(raw[0, tree.is_background].sum())
    if background > 0 and background >= thresholds.background:
        return Verdict(VerdictKind.UNKNOWN, None, Reason.NO_SUBJECT, background)
    if strange:
        return Verdict(VerdictKind.UNKNOWN, None, Reason.UNLIKE_TRAINING, 0.0)
    taxa: dict[Rank, Taxon] = {}
    chances: dict[Rank, float] = {}
    for rank, matrix in ((Rank.SPECIES, shared), (Rank.GENUS, raw), (Rank.FAMILY, raw)):
        best = tree.best(matrix, rank)
        if tree.taxa[rank]:
            taxa[rank], chances[rank] = tree.taxa[rank][int(best.place[0])], float(best.probability[0])
    passed = {
        rank
        for rank, least in (
            (Rank.SPECIES, thresholds.species),
            (Rank.GENUS, thresholds.genus),
            (Rank.FAMILY, thresholds.family),
        )
        if chances.get(rank, 0.0) > 0 and chances[rank] >= least
    }
    contradicted = {
        Rank.SPECIES: {Rank.SPECIES},
        Rank.GENUS: {Rank.SPECIES, Rank.GENUS},
        Rank.FAMILY: {Rank.SPECIES, Rank.GENUS, Rank.FAMILY},
    }.get(disagreement or Rank.BACKGROUND, set())
    if Rank.SPECIES in passed - contradicted:
        species = taxa[Rank.SPECIES]
        if cryptic is None or species.name not in cryptic or species.genus is None:
            return Verdict(VerdictKind.SPECIES, species, Reason.CLEAR, chances[Rank.SPECIES])
        genus = next(taxon for taxon in tree.taxa[Rank.GENUS] if taxon.name == species.genus)
        chance = tree.sums(raw, Rank.GENUS)[0, tree.taxa[Rank.GENUS].index(genus)]
        return Verdict(VerdictKind.GENUS, genus, Reason.CRYPTIC_GROUP, float(chance))
    for rank, kind in ((Rank.GENUS, VerdictKind.GENUS), (Rank.FAMILY, VerdictKind.FAMILY)):
        if rank in passed - contradicted:
            reason = Reason.PHOTOS_DISAGREE if contradicted else _why_not_narrower(raw[0], tree, taxa[rank])
            return Verdict(kind, taxa[rank], reason, chances[rank])
    reason = Reason.PHOTOS_DISAGREE if contradicted else Reason.NOTHING_STANDS_OUT
    return Verdict(VerdictKind.UNKNOWN, None, reason, max(chances.values(), default=0.0))


def _why_not_narrower(probabilities: Floats, tree: LabelTree, said: Taxon) -> Reason:
    inside = [i for i, label in enumerate(tree.labels) if label.at(said.rank) == said.name]
    if tree.labels[max(inside, key=lambda i: probabilities[i])] == said:
        return Reason.LABEL_IS_WIDE
    return Reason.SPECIES_TOO_CLOSE if said.rank is Rank.GENUS else Reason.GENERA_TOO_CLOSE


def _candidates(
    probabilities: Floats, tree: LabelTree, guide: Guide, inside: NDArray[np.bool_] | None = None
) -> tuple[Candidate, ...]:
    """The five best labels of taxa, or all those `inside` `[C]`; best first."""
    wanted = ~tree.is_background if inside is None else inside
    order = [int(i) for i in np.argsort(-np.asarray(probabilities), kind="stable") if wanted[i]]
    return tuple(
        Candidate(tree.labels[i], float(probabilities[i]), guide.danger(tree.labels[i]))
        for i in (order[:CANDIDATES] if inside is None else order)
    )


def _alarm(
    rows: NDArray[np.float64],
    tree: LabelTree,
    guide: Guide,
    thresholds: Thresholds,
    named: list[Verdict],
    tops: list[Candidate],
    shown: tuple[Candidate, ...],
) -> Alarm:
    """The alarm over every row, with a floor under it: what is named or stands first is shown no milder than it is."""
    dangers = [guide.danger(label) for label in tree.labels]
    is_deadly = np.array([danger is Danger.DEADLY for danger in dangers])
    is_harmful = np.array([danger.harmful for danger in dangers])
    deadly, harmful = (float(rows[:, counted].sum(axis=1).max()) for counted in (is_deadly, is_harmful))
    floor = _floor(named, tops, guide)
    if floor is Danger.DEADLY or rings(rows, is_deadly, thresholds.deadly, thresholds.alarm_exponent).any():
        return Alarm(Danger.DEADLY, deadly, deadly, harmful, _carriers(rows, tree, dangers, is_deadly), True)
    if floor.harmful or rings(rows, is_harmful, thresholds.harmful, thresholds.alarm_exponent).any():
        poisonous = np.array([danger.severity >= Danger.POISONOUS.severity for danger in dangers])
        mild = float(rows[:, poisonous].sum(axis=1).max()) < POISONOUS_SHARE * harmful
        level = Danger.PSYCHOACTIVE if floor is not Danger.POISONOUS and (mild or harmful == 0) else Danger.POISONOUS
        carriers = (*_wide_name(named[0], tree, guide), *_carriers(rows, tree, dangers, is_harmful))
        return Alarm(level, harmful, deadly, harmful, carriers, True)
    unrecorded = tuple(dict.fromkeys(each for each in shown if each.danger is Danger.UNKNOWN))
    taxon = named[0].taxon
    if taxon is None or guide.danger(taxon) is Danger.UNKNOWN or unrecorded:
        return Alarm(Danger.UNKNOWN, harmful, deadly, harmful, unrecorded)
    return Alarm(Danger.CAUTION, harmful, deadly, harmful)


def _wide_name(verdict: Verdict, tree: LabelTree, guide: Guide) -> tuple[Candidate, ...]:
    """The genus or family that was rolled up to, when it holds harmful species: it carries the alarm by its name."""
    taxon = verdict.taxon
    if taxon is None or taxon in tree.labels or not guide.danger(taxon).harmful:
        return ()
    return (Candidate(taxon, verdict.probability, guide.danger(taxon)),)


def _floor(named: list[Verdict], tops: list[Candidate], guide: Guide) -> Danger:
    """The worst danger of what is named or stands first.

    A genus or family that was rolled up to, and holds a deadly species, counts as poisonous here: which of its species
    the find is, the deadly alarm answers, and a wide name alone must not drown it. (A wide *label* is a label: it
    counts in full.)
    """
    levels = [top.danger for top in tops]
    for verdict in named:
        if verdict.taxon is not None:
            danger = guide.danger(verdict.taxon)
            wide = verdict.kind is not VerdictKind.SPECIES
            levels.append(Danger.POISONOUS if wide and danger is Danger.DEADLY else danger)
    return worst(levels)


def _carriers(
    rows: NDArray[np.float64], tree: LabelTree, dangers: list[Danger], counted: NDArray[np.bool_]
) -> tuple[Candidate, ...]:
    """The counted labels that make up most of the alarm, most probable first; by the row that believes in them most."""
    highest = np.where(counted, rows.max(axis=0), 0.0)
    total, named = float(highest.sum()), 0.0
    found: list[Candidate] = []
    for i in np.argsort(-highest, kind="stable")[:CARRIERS]:
        if highest[i] <= 0 or (found and named >= CARRIED * total):
            break
        named += float(highest[i])
        found.append(Candidate(tree.labels[int(i)], float(highest[i]), dangers[int(i)]))
    return tuple(found)
