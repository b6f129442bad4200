"""What a bundle says of its labels and what its alarms hold, in sentences: for `inspect`, the card and the report."""

from __future__ import annotations

from collections import Counter

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.danger import Danger, worst
from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text


def labels_in_words(manifest: Manifest) -> str:
    """How many labels of each rank."""
    counted = Counter(label.rank for label in manifest.labels)
    return ", ".join(text(f"bundle.rank_{rank.value}", count=counted[rank]) for rank in Rank if counted[rank])


def promises_in_words(manifest: Manifest, guide: Guide) -> list[str]:
    """What each alarm holds, with its alpha and n; or that nothing is promised; or that it can never ring."""
    thresholds = Thresholds.from_manifest(manifest.thresholds)
    worst_label = worst(guide.danger(label) for label in manifest.labels if label.rank is not Rank.BACKGROUND)
    rings = {"deadly": worst_label is Danger.DEADLY, "harmful": worst_label.harmful}
    sentences = []
    for name in ("deadly", "harmful"):
        held = getattr(thresholds, f"{name}_guarantee")
        if not rings[name]:
            sentences.append(text(f"bundle.never_rings_{name}"))
            continue
        if held is None:
            sentences.append(text(f"bundle.no_promise_{name}"))
            continue
        facts = {"alpha": f"{100 * held.alpha:g}", "photos": held.photos, "groups": held.groups, "split": held.split}
        sentences.append(text(f"bundle.promise_{name}", **facts, false=f"{100 * held.false_alarm_rate:.0f}"))
    return sentences
