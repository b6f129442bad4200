"""How well the danger is predicted: alarms, what passes as harmless, and what that costs.

Cost after the FungiCLEF challenge (Picek et al., LifeCLEF 2024, track "poisonous / edible confusion" and "unknown"):
100 for a poisonous photo called harmless, 1 for the reverse; 10 for an unknown species named as a known one, 0.1 for a
known one called unknown, 1 for a wrong name. As the project's brief gives them: recalled, not read in the paper.
"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.danger import Danger
from fieldguide.core.decision.thresholds import Guarantee, Thresholds
from fieldguide.core.guide import Guide
from trainer.evaluation.answers import Answers
from trainer.evaluation.danger import Dangers, dangers
from trainer.evaluation.mistakes import alarm_levels, passed_as_harmless
from trainer.evaluation.ranking import share
from trainer.evaluation.records import AlarmMeasures, Costs, DangerMeasures, Promise, Promises
from trainer.evaluation.verdicts import UNKNOWN, right

POISONOUS_AS_HARMLESS, HARMLESS_AS_POISONOUS = 100.0, 1.0
UNKNOWN_NAMED, KNOWN_SILENT, WRONG_NAME = 10.0, 0.1, 1.0


def danger(answers: Answers, guide: Guide, thresholds: Thresholds) -> DangerMeasures:
    """Everything about danger on these photos, and what the alarms were fitted to hold."""
    return DangerMeasures(
        **alarms(answers, guide),
        passed_as_harmless=passed_as_harmless(answers, guide),
        cost=costs(answers, guide),
        guarantees=Promises(_promise(thresholds.deadly_guarantee), _promise(thresholds.harmful_guarantee)),
    )


def alarms(answers: Answers, guide: Guide) -> dict[str, AlarmMeasures]:
    """The `deadly` and the `harmful` alarm. A deadly photo is recalled by the deadly alarm alone, others by either."""
    found = dangers(answers.labels, answers.taxa, guide)
    raised = np.array([decision.alarm.raised for decision in answers.decisions], dtype=bool)
    rings = {"deadly": raised & (alarm_levels(answers) == Danger.DEADLY), "harmful": raised}
    dangerous = {"deadly": found.deadly, "harmful": found.harmful}
    return {
        name: AlarmMeasures(share(rings[name][photos]), share(rings[name][found.has_danger & ~photos]))
        for name, photos in dangerous.items()
    }


def costs(answers: Answers, guide: Guide) -> Costs:
    """Mean FungiCLEF costs per photo.

    `named`: by the danger of the first candidate, as the challenge does. `warned`: by what people are shown: caution is
    harmless, everything else a warning. `unknown`: by the verdict.
    """
    found = dangers(answers.labels, answers.taxa, guide)
    first = np.array([guide.danger(answers.labels[i]).harmful for i in answers.order[:, 0]], dtype=bool)
    return Costs(
        named=_confusion_cost(found, first),
        warned=_confusion_cost(found, alarm_levels(answers) != Danger.CAUTION),
        unknown=_unknown_cost(answers),
    )


def _confusion_cost(found: Dangers, as_poisonous: NDArray[np.bool_]) -> float | None:
    cost = np.where(
        found.harmful, np.where(as_poisonous, 0.0, POISONOUS_AS_HARMLESS), as_poisonous * HARMLESS_AS_POISONOUS
    )
    return float(cost[found.has_danger].mean()) if found.has_danger.any() else None


def _unknown_cost(answers: Answers) -> float | None:
    known = answers.photos.targets >= 0
    has_danger = np.array([taxon is not None for taxon in answers.taxa], dtype=bool)
    silent = answers.verdicts.kinds == UNKNOWN
    wrong = right(answers.verdicts, answers.truth) == 0.0
    cost = np.where(known, np.where(silent, KNOWN_SILENT, wrong * WRONG_NAME), np.where(silent, 0.0, UNKNOWN_NAMED))
    return float(cost[has_danger].mean()) if has_danger.any() else None


def _promise(held: Guarantee | None) -> Promise | None:
    return Promise(**asdict(held)) if held else None
