"""What the exported network answers to each split, and everything measured of it. Nothing is asked twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.core.text import text
from fieldguide.inference.runtime import Runtime
from trainer.config import RunConfig
from trainer.data.scan import refuse_missing
from trainer.data.split import ELSEWHERE_FIT, ELSEWHERE_MEASURE, HELD_OUT, SplitPhoto
from trainer.evaluation.document import Metrics
from trainer.evaluation.drawn import drawings_unknown
from trainer.evaluation.facts import label_facts
from trainer.evaluation.fitting import DecisionPolicy, FittedDecision, fit_decision
from trainer.evaluation.folder_photos import split_background
from trainer.evaluation.metrics import ELSEWHERE, evaluate
from trainer.evaluation.predict import predict
from trainer.evaluation.predictions import Predictions
from trainer.evaluation.records import Drawings
from trainer.fit.choice import read_choice
from trainer.pipeline.facts import run_facts
from trainer.pipeline.preparation import Prepared
from trainer.progress import Progress
from trainer.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class SplitAnswers:
    """The network's answers to the photos that fit the policy and to those that measure it; None of no photos.

    `held_out`: kinds that were kept out of the labels. `elsewhere_fit` and `elsewhere`: photos by people who taught
    nothing, of kinds with a label and without. `crossed`: the calibration photos answered across sources. All carry
    their true taxon.
    """

    calibration: Predictions
    test: Predictions
    held_out: Predictions | None
    elsewhere_fit: Predictions | None
    elsewhere: Predictions | None
    crossed: Predictions | None = None


def ask_splits(
    config: RunConfig, runtime: Runtime, run: RunFolder, ready: Prepared, progress: Progress
) -> SplitAnswers:
    """Ask for each split once, reading photos as the application does; the answers stay in the run folder."""
    taxa = {taxon.name: taxon for taxon in ready.labels.taxon_of.values()}

    def ask(name: str, *, named: bool) -> Predictions:
        rows = [row for row in ready.placed if row.split == name]
        if rows:
            progress.step(f"asking the bundle: {name}", "asking")
        answers = predict(runtime, rows, progress)
        refuse_missing(config.data)  # photos that cannot be read are skipped: not all of a card that was pulled out
        if named:
            names = {row.file: row.taxon or Path(row.file).parent.name for row in rows}
            truth = (_taxon(names[file], taxa, ready.guide) for file in answers.files.tolist())
            answers = replace(answers, truth=tuple(truth))
        answers.save(run.predictions / f"{name}.npz")
        return answers

    apart = [ask(name, named=True) for name in (HELD_OUT, ELSEWHERE_FIT, ELSEWHERE_MEASURE)]
    calibration, test = (ask(name, named=False) for name in ("calibration", "test"))
    return SplitAnswers(calibration, test, *(found if len(found) else None for found in apart))


def _taxon(name: str, taxa: Mapping[str, Taxon], guide: Guide) -> Taxon | None:
    if name in taxa:
        return taxa[name]
    found = guide.resolve(name)
    return found.taxon if found else None


def fit_policy(config: RunConfig, ready: Prepared, answers: SplitAnswers) -> FittedDecision:
    """The policy, fitted on photos from elsewhere where there are some, else on the calibration split."""
    elsewhere = others = None
    if answers.elsewhere_fit is not None:
        elsewhere, others = split_background(answers.elsewhere_fit)
    return fit_decision(
        answers.calibration,
        ready.labels.taxa,
        ready.guide,
        others if others is not None and len(others) else None,
        config.decision,
        novel=answers.held_out,
        elsewhere=elsewhere,
        crossed=answers.crossed,
        people=people_on(ready.placed, ELSEWHERE_FIT if elsewhere is not None else "calibration"),
    )


def people_on(placed: Sequence[SplitPhoto], side: str) -> int | None:
    """How many took the photos of one side; None when that is not known of every one."""
    took = {row.person for row in placed if row.split == side}
    return len(took) if took and "" not in took else None


def measure(
    config: RunConfig,
    run: RunFolder,
    ready: Prepared,
    runtime: Runtime,
    answers: SplitAnswers,
    fitted: FittedDecision,
    progress: Progress,
) -> Metrics:
    """Every number of the run; says when test photos had taught the weights that it began with."""
    taxa, policy = ready.labels.taxa, fitted.policy
    own = evaluate(answers.test, taxa, ready.guide, policy, novel=answers.held_out)
    own = replace(own, drawings=_drawings(runtime, config, ready, policy))
    elsewhere = None
    if answers.elsewhere is not None:
        subjects, others = split_background(answers.elsewhere)
        elsewhere = evaluate(subjects, taxa, ready.guide, policy, others, split=ELSEWHERE)
    labels = label_facts(taxa, ready.guide, ready.placed)
    chosen = read_choice(config, run)
    facts = run_facts(config, run, ready.photos, ready.placed, ready.labels, chosen)
    if facts.seen_by_starting_weights:
        progress.note(text("train.seen_before", count=facts.seen_by_starting_weights, photos=own.photos))
    return Metrics(own, fitted.report, labels, facts, elsewhere)


def _drawings(runtime: Runtime, config: RunConfig, ready: Prepared, policy: DecisionPolicy) -> Drawings | None:
    """How the network takes drawings made from test photos of subjects."""
    subjects = {number for number, taxon in enumerate(ready.labels.taxa) if taxon.rank is not Rank.BACKGROUND}
    files = sorted(row.file for row in ready.placed if row.split == "test" and row.label in subjects)
    return drawings_unknown(runtime, policy, ready.guide, files, config)
