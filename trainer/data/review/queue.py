"""Which photos a person should look at, and in which order.

First pass: everything that the audit listed, worst first, copies side by side. Second pass: once more what the first
would drop or relabel, since a tired eye errs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.data.audit.findings import AuditReport, Finding, PhotoAudit
from trainer.data.review.decisions import Choice, Decision, Decisions

PASSES = (1, 2)


@dataclass(frozen=True, slots=True)
class Card:
    """A photo to decide on. `earlier` is what the first pass said of it, `decided` what this pass said already."""

    photo: PhotoAudit
    earlier: Decision | None
    decided: Decision | None


def cards(report: AuditReport, decisions: Decisions, step: int, findings: Sequence[Finding] = ()) -> list[Card]:
    """The cards of a pass (1 or 2); with `findings` the first pass holds only photos with one of these."""
    first, now = decisions.of_pass(1), decisions.of_pass(step)
    if step == 1:
        wanted = set(findings or Finding)
        chosen = [photo for photo in report.photos if wanted & set(photo.findings) and not photo.error]
    else:
        doubtful = {file for file, decision in first.items() if decision.choice is not Choice.KEEP}
        chosen = [photo for photo in report.photos if photo.file in doubtful]
    worst = {photo.group: 0.0 for photo in chosen}
    for photo in chosen:
        worst[photo.group] = max(worst[photo.group], _urgency(photo))
    chosen.sort(key=lambda p: (-(worst[p.group] if p.group >= 0 else _urgency(p)), p.group, p.index))
    return [Card(photo, first.get(photo.file) if step == 2 else None, now.get(photo.file)) for photo in chosen]


def _urgency(photo: PhotoAudit) -> float:
    """Contradicting labels before label errors before looks; within each the score."""
    order = list(Finding)
    findings = photo.findings
    if not findings:
        return 0.0
    return float(len(order) - order.index(findings[0])) + photo.scores[findings[0]]
