"""What follows for a run from what a person decided about photos (`fieldguide.core.training.decisions`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from fieldguide.core.taxonomy import clean_name
from fieldguide.core.training.decisions import DECISIONS, Choice, Decision, Decisions
from trainer.data.audit.findings import TOO_FEW
from trainer.data.scan import ScannedPhoto

__all__ = ["DECISIONS", "Choice", "Decision", "Decisions", "apply_decisions", "decided_quarantine"]


def apply_decisions(photos: Sequence[ScannedPhoto], decisions: Iterable[Decision]) -> list[ScannedPhoto]:
    """Photos as a person decided: dropped ones carry the error "dropped", relabelled ones their new folder name.

    Rows keep their place, so that `index` still points into the cache.
    """
    of_file = {decision.file: decision for decision in decisions}
    decided = []
    for photo in photos:
        decision = of_file.get(photo.file)
        if decision is not None and decision.choice is Choice.DROP:
            photo = replace(photo, error="dropped")
        elif decision is not None and decision.choice is Choice.RELABEL:
            photo = replace(photo, raw_label=clean_name(decision.label).replace(" ", "_"))
        decided.append(photo)
    return decided


def decided_quarantine(quarantine: Mapping[str, str], decisions: Mapping[str, Decision]) -> dict[str, str]:
    """The quarantine (file to reason) without the photos that a person kept or relabelled: a person knows better.

    What is there only because its label has too few photos stays.
    """
    looked_at = {file for file, d in decisions.items() if d.choice in (Choice.KEEP, Choice.RELABEL)}
    return {file: why for file, why in quarantine.items() if file not in looked_at or why == TOO_FEW}
