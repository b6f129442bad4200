"""One run from folders to a model; each step reads what the one before wrote, so any can be repeated.

scan -> split (with the audit's findings) -> fit -> calibrate -> export -> the exported bundle, once on test -> report
"""

from __future__ import annotations

from typing import Any

from trainer.config import RunConfig
from trainer.export.measured import export_run
from trainer.export.preparation import fit_run, prepare_run
from trainer.export.report import write_report
from trainer.progress import Progress
from trainer.run_folder import RunFolder


def run_all(config: RunConfig, run: RunFolder, progress: Progress, *, resume: bool) -> dict[str, Any]:
    """The whole run; returns the metrics. Finished steps of a resumed run are taken from the run folder."""
    ready = prepare_run(config, run, progress)
    network = fit_run(config, run, ready, progress, resume=resume)
    metrics = export_run(config, run, ready, network, progress)
    progress.step("writing the report")
    write_report(run)
    return metrics
