"""One run from folders to a model; each step reads what the one before wrote, so any can be repeated.

scan -> split (with the audit's findings) -> fit -> calibrate -> export -> the exported bundle, once on test -> report
"""

from __future__ import annotations

from typing import Any

from trainer.config import RunConfig
from trainer.fit.crew import Crew
from trainer.fit.network import Classifier
from trainer.pipeline.measured import export_run
from trainer.pipeline.preparation import ALONE, Prepared, fit_run, prepare_run
from trainer.progress import Progress
from trainer.report import write_report
from trainer.run_folder import RunFolder


def run_all(
    config: RunConfig, run: RunFolder, progress: Progress, *, resume: bool, crew: Crew = ALONE
) -> dict[str, Any]:
    """The whole run; returns the metrics. Finished steps of a resumed run are taken from the run folder.

    Of several processes all train, and the one that leads does the rest; the others return no metrics.
    """
    ready = crew.first(lambda: prepare_run(config, run, progress))
    network = fit_run(config, run, ready, progress, resume=resume, crew=crew)
    return crew.led(lambda: _finish(config, run, ready, network, progress)) or {}


def _finish(
    config: RunConfig, run: RunFolder, ready: Prepared, network: Classifier, progress: Progress
) -> dict[str, Any]:
    metrics = export_run(config, run, ready, network, progress)
    progress.step("writing the report")
    write_report(run)
    return metrics
