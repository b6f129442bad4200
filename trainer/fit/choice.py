"""Which state of the network a fit ends with, and why: one sentence for the output, the report and a sweep's table."""

from __future__ import annotations

from dataclasses import dataclass

from fieldguide.core.text import text
from trainer.config import RunConfig
from trainer.fit.checkpoint import load
from trainer.run_folder import RunFolder, read_lines


@dataclass(frozen=True, slots=True)
class _Epoch:
    phase: int
    epoch: int
    val_top1: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The state that becomes the model.

    Attributes:
        phase, epoch: when it was reached, counted from 1; 0 and 0: the head alone, fitted on features before any epoch.
        top1: share (0 to 1) of the validation photos that it has right at first.
        compared: epochs of training that it was chosen among.
        trained: whether its features come from training, here or in the weights it started from.
    """

    phase: int
    epoch: int
    top1: float
    compared: int
    trained: bool

    @property
    def stage(self) -> str:
        """A few words for a table."""
        if not self.epoch:
            return text("train.stage_head")
        return text("train.stage_epoch", phase=self.phase, epoch=self.epoch)

    @property
    def reason(self) -> str:
        """One sentence: what it is and why it was taken."""
        facts = {"top1": f"{100 * self.top1:.1f}", "epochs": self.compared, "stage": self.stage}
        if self.epoch:
            return text("train.ships_epoch", **facts)
        if not self.trained:
            return text("train.ships_untrained", **facts)
        return text("train.ships_head_best" if self.compared else "train.ships_head", **facts)


def starts_trained(config: RunConfig) -> bool:
    """Whether the backbone starts from weights that were trained before."""
    return config.network.init not in ("", "random")


def learns_features(config: RunConfig, number: int) -> bool:
    """Whether the features of phase `number` (from 0) are trained ones: from the start, in it, or before it."""
    return starts_trained(config) or any(phase.trainable != "head" for phase in config.fit.phases[: number + 1])


def read_choice(config: RunConfig, run: RunFolder) -> Choice:
    """The choice of a fit that has ended.

    Raises:
        FieldGuideError: RUN_INCOMPLETE when there is no best checkpoint.
    """
    best = load(run.checkpoints / "best.pt")
    epochs = {(line.phase, line.epoch): line.val_top1 for line in read_lines(run.log, _Epoch)}
    reached = best.best_phase, best.best_epoch
    if best.best_epoch < 0:  # of equals, the later one was kept
        reached = max((each for each, top1 in epochs.items() if top1 == best.best), default=(0, 0))
    return Choice(*reached, best.best, len(epochs), reached[1] > 0 or starts_trained(config))
