"""Which photos went wrong, the dangerous ones first: lists with names for the report and the model card."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from trainer.evaluation.answers import Answers
from trainer.evaluation.danger import dangers
from trainer.evaluation.ranking import first_is_right
from trainer.evaluation.records import DangerousLabel, MissedDanger, Mistakes, Passed, PhotoResult, TakenFor

LOSSES = 36  # photos of the largest loss that are kept
PASSED = 500  # photos shown without a warning that are kept
MISSED = 60  # photos of each kind of dangerous mistake that are kept
RIGHT = 4  # surest right photos, to show what the model looks at
UNSURE = 4  # photos whose first name got the lowest probability
_LEAST = 1e-12  # probabilities below it would make the loss infinite


def mistakes(answers: Answers, guide: Guide) -> Mistakes:
    """Lists of photos and of kinds, the most dangerous first."""
    levels = alarm_levels(answers)
    raised = np.array([decision.alarm.raised for decision in answers.decisions], dtype=bool)
    found = dangers(answers.labels, answers.taxa, guide)
    rings_deadly = raised & (levels == Danger.DEADLY)
    missed = np.flatnonzero(found.deadly & ~rings_deadly)
    mild = np.array([not guide.danger(answers.labels[int(first)]).harmful for first in answers.order[:, 0]], dtype=bool)
    milder = np.flatnonzero(found.harmful & mild)
    milder = milder[
        np.lexsort((-answers.shared[milder, answers.order[milder, 0]], ~found.deadly[milder], raised[milder]))
    ]
    losses, correct = _losses(answers), first_is_right(answers)
    known = np.flatnonzero(answers.photos.targets >= 0)
    wrong, right = known[~correct[known]], known[correct[known]]
    unsure = np.argsort(answers.shared[known, answers.order[known, 0]], kind="stable")

    def photos(rows: NDArray[np.intp], most: int) -> tuple[PhotoResult, ...]:
        return tuple(_result(answers, guide, losses, int(row)) for row in rows[:most])

    return Mistakes(
        missed_deadly=photos(missed[np.argsort(raised[missed], kind="stable")], MISSED),
        missed_deadly_count=len(missed),
        milder=photos(milder, MISSED),
        taken_for=_taken_for(answers, guide, raised),
        dangerous_labels=_by_label(answers, guide, rings_deadly, raised, levels),
        missed=_missed(answers, guide, rings_deadly, raised, levels),
        top_losses=photos(wrong[np.argsort(-losses[wrong], kind="stable")], LOSSES),
        surest=photos(right[np.argsort(losses[right], kind="stable")], RIGHT),
        unsure=photos(known[unsure], UNSURE),
    )


def passed_as_harmless(answers: Answers, guide: Guide) -> Passed:
    """Harmful photos shown without any warning (level caution): how many, and which, deadly ones first."""
    found = dangers(answers.labels, answers.taxa, guide)
    rows = np.flatnonzero(found.harmful & (alarm_levels(answers) == Danger.CAUTION))
    rows = rows[np.argsort(~found.deadly[rows], kind="stable")]
    losses = _losses(answers)
    photos = tuple(_result(answers, guide, losses, int(row)) for row in rows[:PASSED])
    return Passed(len(rows), int(found.deadly[rows].sum()), int(found.harmful.sum()), photos)


def alarm_levels(answers: Answers) -> NDArray[np.object_]:
    """The danger `[N]` that each photo's alarm tells."""
    return np.array([decision.alarm.level for decision in answers.decisions], dtype=object)


def _losses(answers: Answers) -> NDArray[np.float64]:
    """-log of the shown probability of the true label, in nats `[N]`; nan without a label."""
    targets = answers.photos.targets
    rows = np.flatnonzero(targets >= 0)
    found = np.full(len(targets), np.nan)
    found[rows] = -np.log(np.maximum(answers.shared[rows, targets[rows]], _LEAST))
    return found


def _result(answers: Answers, guide: Guide, losses: NDArray[np.float64], row: int) -> PhotoResult:
    first, target = int(answers.order[row, 0]), int(answers.photos.targets[row])
    taxon, alarm, verdict = answers.taxa[row], answers.decisions[row].alarm, answers.decisions[row].verdict
    return PhotoResult(
        file=str(answers.photos.files[row]),
        source=str(answers.photos.sources[row]),
        true=taxon.name if taxon else "",
        danger=guide.danger(taxon).shown.value if taxon else "",
        said=answers.labels[first].name,
        said_danger=guide.danger(answers.labels[first]).shown.value,
        probability=float(answers.shared[row, first]),
        probability_of_true=float(answers.shared[row, target]) if target >= 0 else None,
        loss=float(losses[row]) if target >= 0 else None,
        alarm=alarm.level.shown.value,
        alarm_raised=alarm.raised,
        verdict=verdict.taxon.name if verdict.taxon else "",
    )


def _taken_for(answers: Answers, guide: Guide, raised: NDArray[np.bool_]) -> tuple[TakenFor, ...]:
    """Harmful taxa whose photos had a milder label in first place: how often, and how often it rang anyway."""
    pairs: Counter[tuple[str, str]] = Counter()
    warned: Counter[tuple[str, str]] = Counter()
    level: dict[str, Danger] = {}
    for row, taxon in enumerate(answers.taxa):
        first = answers.labels[int(answers.order[row, 0])]
        if taxon is None or not guide.danger(taxon).harmful or guide.danger(first).harmful:
            continue
        level[taxon.name] = guide.danger(taxon)
        pairs[taxon.name, first.name] += 1
        warned[taxon.name, first.name] += bool(raised[row])
    ordered = sorted(pairs, key=lambda pair: (-level[pair[0]].severity, warned[pair] - pairs[pair], -pairs[pair], pair))
    return tuple(TakenFor(a, level[a].shown.value, b, pairs[a, b], warned[a, b]) for a, b in ordered)


def _by_label(
    answers: Answers,
    guide: Guide,
    rings_deadly: NDArray[np.bool_],
    raised: NDArray[np.bool_],
    levels: NDArray[np.object_],
) -> tuple[DangerousLabel, ...]:
    """Every harmful taxon among the photos, deadly first: photos, right at first, alarms, shown without a warning."""
    rows_of: dict[str, list[int]] = {}
    level: dict[str, Danger] = {}
    for row, taxon in enumerate(answers.taxa):
        if taxon is not None and guide.danger(taxon).harmful:
            rows_of.setdefault(taxon.name, []).append(row)
            level[taxon.name] = guide.danger(taxon)
    found, correct = [], first_is_right(answers)
    for name, rows in rows_of.items():
        index = np.array(rows)
        found.append(
            DangerousLabel(
                label=name,
                danger=level[name].shown.value,
                photos=len(rows),
                first=int(correct[index].sum()),
                deadly_alarm=int(rings_deadly[index].sum()),
                alarm=int(raised[index].sum()),
                no_warning=int((levels[index] == Danger.CAUTION).sum()),
            )
        )
    return tuple(sorted(found, key=lambda each: (-Danger(each.danger).severity, each.label)))


def _missed(
    answers: Answers,
    guide: Guide,
    rings_deadly: NDArray[np.bool_],
    raised: NDArray[np.bool_],
    levels: NDArray[np.object_],
) -> tuple[MissedDanger, ...]:
    """What was missed of each harmful kind in each source, deadly kinds first; kinds without a miss stay out."""
    rows_of: dict[tuple[str, str], list[int]] = {}
    level: dict[str, Danger] = {}
    for row, taxon in enumerate(answers.taxa):
        if taxon is not None and guide.danger(taxon).harmful:
            rows_of.setdefault((taxon.name, str(answers.photos.sources[row])), []).append(row)
            level[taxon.name] = guide.danger(taxon)
    found = []
    for (name, source), rows in rows_of.items():
        deadly = level[name] is Danger.DEADLY
        silent = len(rows) - int(rings_deadly[rows].sum()) if deadly else None
        no_alarm = len(rows) - int(raised[rows].sum())
        if silent or no_alarm:
            no_warning = int((levels[rows] == Danger.CAUTION).sum())
            level_name = level[name].shown.value
            found.append(MissedDanger(name, level_name, source, len(rows), silent, no_alarm, no_warning))
    order = sorted(found, key=lambda each: (-Danger(each.danger).severity, each.kind, each.source))
    return tuple(order)
