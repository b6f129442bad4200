"""How a model came to be, read once from what lies in the run folder: epochs, photos, findings, folder names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from trainer.config import RunConfig
from trainer.data.audit.findings import read_audit, read_quarantine
from trainer.data.labels import Labels
from trainer.data.scan import ScannedPhoto
from trainer.data.split import SplitPhoto
from trainer.data.taught import taught_before
from trainer.evaluation.document import Epoch, FolderFacts, RunFacts
from trainer.fit.choice import Choice
from trainer.run_folder import RunFolder, read_lines


def run_facts(
    config: RunConfig,
    run: RunFolder,
    photos: Sequence[ScannedPhoto],
    placed: Sequence[SplitPhoto],
    labels: Labels,
    chosen: Choice,
) -> RunFacts:
    """All of it; what the run did not write is empty. `chosen`: the state of the network that became the model."""
    by_source: dict[str, Counter[str]] = defaultdict(Counter)
    for row in placed:
        by_source[row.source][row.split] += 1
    findings = read_audit(run.audit).counts() if run.audit.exists() else {}
    return RunFacts(
        epochs=tuple(read_lines(run.log, Epoch)),
        kept_top1=chosen.top1,
        ships=chosen.reason,
        splits=dict(Counter(row.split for row in placed)),
        sources={source: dict(counts) for source, counts in sorted(by_source.items())},
        why=dict(Counter(row.why.partition(":")[0] for row in placed if row.why).most_common()),
        quarantine=dict(Counter(read_quarantine(run.quarantine).values())),
        findings={finding.value: count for finding, count in findings.items()},
        cuts_sought=run.cuts.exists(),
        folders=FolderFacts(labels.renamed, labels.unresolved),
        seen_by_starting_weights=_seen_before(config, photos, placed),
    )


def _seen_before(config: RunConfig, photos: Sequence[ScannedPhoto], placed: Sequence[SplitPhoto]) -> int:
    """Test photos that the bundle this run started from was trained on: on them the numbers flatter."""
    known = taught_before(config.network.init)
    return sum(row.split == "test" and photos[row.index].sha256 in known for row in placed) if known else 0
