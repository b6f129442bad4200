"""How well the danger is told: alarms, what passes as harmless, and what that costs.

Cost after the FungiCLEF challenge (Picek et al., LifeCLEF 2024, track "poisonous / edible confusion" and "unknown"):
100 for a poisonous photo told as harmless, 1 for the reverse; 10 for an unknown species named as a known one, 0.1 for a
known one called unknown, 1 for a wrong name. As the project's brief gives them: recalled, not read in the paper.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from trainer.evaluation.answers import Answers
from trainer.evaluation.danger import Dangers, dangers
from trainer.evaluation.ranking import share
from trainer.evaluation.verdicts import UNKNOWN, right

POISONOUS_AS_HARMLESS, HARMLESS_AS_POISONOUS = 100.0, 1.0
UNKNOWN_NAMED, KNOWN_SILENT, WRONG_NAME = 10.0, 0.1, 1.0
LISTED = 500


def alarms(answers: Answers, guide: Guide) -> dict[str, Any]:
    """Recall and false alarms of the deadly and of the harmful alarm, with 95 % intervals.

    `false_alarms`: share of the told photos that are not deadly (not harmful) and ring. A deadly photo is recalled by
    the deadly alarm only; a harmful photo by either.
    """
    found = dangers(answers.labels, answers.taxa, guide)
    levels = _levels(answers)
    raised = np.array([decision.alarm.raised for decision in answers.decisions], dtype=bool)
    rings = {"deadly": raised & (levels == Danger.DEADLY), "harmful": raised}
    told = {"deadly": found.deadly, "harmful": found.harmful}
    return {
        name: {"recall": share(rings[name][told[name]]), "false_alarms": share(rings[name][found.told & ~told[name]])}
        for name in rings
    }


def passed_as_harmless(answers: Answers, guide: Guide) -> dict[str, Any]:
    """Harmful photos shown without any warning (level caution): how many, and which, deadly ones first."""
    found = dangers(answers.labels, answers.taxa, guide)
    rows = np.flatnonzero(found.harmful & (_levels(answers) == Danger.CAUTION))
    rows = rows[np.argsort(~found.deadly[rows], kind="stable")]
    return {
        "count": len(rows),
        "deadly": int(found.deadly[rows].sum()),
        "of": int(found.harmful.sum()),
        "photos": [_row(answers, guide, int(row)) for row in rows[:LISTED]],
    }


def costs(answers: Answers, guide: Guide) -> dict[str, float | None]:
    """Mean FungiCLEF costs per photo.

    `named`: by the danger of the first candidate, as the challenge does. `warned`: by what people are shown: caution is
    harmless, everything else a warning. `unknown`: by the verdict.
    """
    found = dangers(answers.labels, answers.taxa, guide)
    first = np.array([guide.danger(answers.labels[i]).harmful for i in answers.order[:, 0]], dtype=bool)
    return {
        "named": _confusion_cost(found, first),
        "warned": _confusion_cost(found, _levels(answers) != Danger.CAUTION),
        "unknown": _unknown_cost(answers),
    }


def _confusion_cost(found: Dangers, as_poisonous: NDArray[np.bool_]) -> float | None:
    cost = np.where(
        found.harmful, np.where(as_poisonous, 0.0, POISONOUS_AS_HARMLESS), as_poisonous * HARMLESS_AS_POISONOUS
    )
    return float(cost[found.told].mean()) if found.told.any() else None


def _unknown_cost(answers: Answers) -> float | None:
    known = answers.photos.targets >= 0
    told = np.array([taxon is not None for taxon in answers.taxa], dtype=bool)
    silent = answers.verdicts.kinds == UNKNOWN
    wrong = right(answers.verdicts, answers.truth) == 0.0
    cost = np.where(known, np.where(silent, KNOWN_SILENT, wrong * WRONG_NAME), np.where(silent, 0.0, UNKNOWN_NAMED))
    return float(cost[told].mean()) if told.any() else None


def _levels(answers: Answers) -> NDArray[np.object_]:
    return np.array([decision.alarm.level for decision in answers.decisions], dtype=object)


def _row(answers: Answers, guide: Guide, row: int) -> dict[str, Any]:
    taxon, decision = answers.taxa[row], answers.decisions[row]
    return {
        "file": str(answers.photos.files[row]),
        "true": taxon.name if taxon else "",
        "danger": guide.danger(taxon).value if taxon else "",
        "first": decision.candidates[0].taxon.name if decision.candidates else "",
        "harmful": decision.alarm.harmful,
    }
