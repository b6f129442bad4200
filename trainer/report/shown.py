"""What a page or a card tells: the measures of a run or of an evaluation, in one form for both."""

from __future__ import annotations

from dataclasses import dataclass, field

from trainer.evaluation.document import Evaluation, FittingReport, FolderFacts, LabelFacts, Metrics, RunFacts
from trainer.evaluation.records import OtherThings, SplitMeasures


@dataclass(frozen=True, slots=True)
class Shown:
    """`first` is shown first; `own` beside it, where `first` is elsewhere. `run` is None for photos in folders."""

    first: SplitMeasures
    labels: tuple[LabelFacts, ...] = ()
    own: SplitMeasures | None = None
    fitting: FittingReport | None = None
    run: RunFacts | None = None
    folders: FolderFacts = field(default_factory=FolderFacts)

    @classmethod
    def of_run(cls, metrics: Metrics) -> Shown:
        """A run's numbers."""
        own = metrics.own if metrics.elsewhere else None
        return cls(metrics.first, metrics.labels, own, metrics.fitting, metrics.run, metrics.run.folders)

    @classmethod
    def of_evaluation(cls, found: Evaluation) -> Shown:
        """The numbers of a model on anybody's photos."""
        return cls(found.measured, found.labels, folders=found.folders)

    @property
    def relaxed(self) -> tuple[str, ...]:
        """What the fit of the policy could not hold."""
        return self.fitting.relaxed if self.fitting else ()

    @property
    def own_things(self) -> OtherThings | None:
        """Photos of other things beside its own photos, where nobody else brought any: from the folder that taught."""
        return self.own.other_things if self.own and not self.first.other_things else None

    @property
    def measures(self) -> SplitMeasures:
        """Photos of the very sources that teach, or those that there are."""
        return self.own or self.first
