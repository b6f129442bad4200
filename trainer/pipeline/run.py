"""One run from folders to a model, from top to bottom. What is loaded or asked once is handed along.

scan -> audit -> split -> decode once -> fit -> export once -> ask once -> fit the policy -> measure -> write the
bundle once -> report. Steps before the export are taken from the run folder when a run is resumed.
"""

from __future__ import annotations

from dataclasses import replace

from fieldguide.core.guide import Guide
from trainer.config import RunConfig
from trainer.evaluation import document
from trainer.evaluation.document import Metrics
from trainer.fit.network import Classifier
from trainer.fit.process_group import ProcessGroup
from trainer.pipeline.crossing import cross_sources
from trainer.pipeline.exported import export_run, seal_bundle
from trainer.pipeline.measured import ask_splits, fit_policy, measure
from trainer.pipeline.preparation import ALONE, Prepared, fit_run, prepare_run
from trainer.progress import Progress
from trainer.report import write_report
from trainer.run_folder import RunFolder


def run_all(
    config: RunConfig, run: RunFolder, guide: Guide, progress: Progress, *, resume: bool, group: ProcessGroup = ALONE
) -> Metrics | None:
    """The whole run; returns its numbers.

    Of several processes all train, and the one that leads does the rest; the others return None.
    """
    ready = group.first(lambda: prepare_run(config, run, guide, progress))
    network = fit_run(config, run, ready, progress, resume=resume, group=group)
    return group.led(lambda: finish_run(config, run, ready, network, progress))


def finish_run(config: RunConfig, run: RunFolder, ready: Prepared, network: Classifier, progress: Progress) -> Metrics:
    """From the trained network to the bundle and its report."""
    progress.step("exporting", "exporting")
    exported = export_run(config, run, ready, network)
    answers = ask_splits(config, exported, run, ready, progress)
    if answers.elsewhere_fit is None and config.decision.cross_sources:
        answers = replace(answers, crossed=cross_sources(config, run, ready, network, answers.calibration, progress))

    progress.step("calibrating", "calibrating")
    fitted = fit_policy(config, ready, answers)

    progress.step("measuring", "measuring")
    metrics = measure(config, run, ready, exported, answers, fitted, progress)
    document.write(run.metrics, metrics)
    bundle = seal_bundle(run, ready, exported, fitted, metrics)

    progress.step("writing the report", "writing")
    write_report(run, bundle, ready.guide, metrics)
    return metrics
