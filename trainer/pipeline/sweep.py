"""Several runs side by side: what they share, how each came out, and which was best by validation."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.config import RunConfig, read_config
from trainer.evaluation.document import Metrics, read
from trainer.fit.choice import read_choice
from trainer.run_folder import RunFolder, read_lines


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one run came out. Shares are 0 to 1; `seconds` is the time from its first to its last file.

    `options` are those that the sweep varied; `validation` is the top-1 of the state that ships, and `ships` names it.
    """

    run: str
    options: dict[str, str]
    validation: float
    ships: str
    test: dict[str, float | None]
    seconds: float

    def row(self) -> dict[str, Any]:
        """One line of the table."""
        return {
            "run": self.run,
            **self.options,
            "val_top1": self.validation,
            "ships": self.ships,
            **{f"test_{name}": "" if value is None else value for name, value in self.test.items()},
            "seconds": round(self.seconds, 1),
        }


def share_preparation(sweep: Path, folder: RunFolder, config: RunConfig) -> None:
    """Give a run what an earlier run of the sweep read, looked over and split, when its photos are the same.

    Links where the file system can, copies where not. The split is shared between runs of the same seed.
    """
    if folder.scan.exists():
        return
    for other in sorted(path for path in sweep.glob("[0-9]*") if path != folder.root):
        done = RunFolder(other)
        if not (done.config.exists() and done.split.exists()):
            continue
        theirs = read_config(done.config)
        if theirs.data != config.data:
            continue
        folder.create()
        shared = [(done.scan, folder.scan), (done.pixels, folder.pixels), (done.audit, folder.audit)]
        if theirs.seed == config.seed:
            shared.append((done.split, folder.split))
        shared += [(a, b) for a, b in ((done.elsewhere, folder.elsewhere), (done.cuts, folder.cuts)) if a.exists()]
        for source, target in shared:
            _link(source, target)
        return


def read_outcome(folder: RunFolder, options: dict[str, str]) -> Outcome:
    """How a finished run came out, from what it wrote."""
    names = read(folder.metrics, Metrics).own.names
    chosen = read_choice(read_config(folder.config), folder)
    return Outcome(
        run=folder.root.name,
        options=options,
        validation=chosen.top1,
        ships=chosen.stage,
        test={
            "top1": names.species.top1.value,
            "top5": names.species.among_five,
            "genus_top1": names.genus.top1.value,
            "genus_top5": names.genus.among_five,
        },
        seconds=folder.metrics.stat().st_mtime - folder.config.stat().st_mtime,
    )


def ranked(outcomes: list[Outcome]) -> list[Outcome]:
    """The best by validation first."""
    return sorted(outcomes, key=lambda outcome: -outcome.validation)


def write_tensorboard(folder: Path, table: list[Outcome]) -> None:
    """The runs as TensorBoard compares them: options against numbers, and each run's curve of validation."""
    from torch.utils.tensorboard import SummaryWriter  # half a second that only a sweep pays

    shutil.rmtree(folder, ignore_errors=True)
    for outcome in table:
        with SummaryWriter(str(folder / outcome.run)) as writer:
            # Names of their own: under the name of a curve its last epoch would stand for what ships.
            numbers = {"model_val_top1": outcome.validation, "model_test_top1": outcome.test["top1"] or 0.0}
            log = RunFolder(folder.parent / outcome.run).log
            lines = read_lines(log, dict[str, float])
            writer.add_hparams(outcome.options, numbers, run_name=".", global_step=len(lines))
            for epoch, line in enumerate(lines, start=1):
                for name in {"loss", "val_top1", "val_top5"} & line.keys():
                    writer.add_scalar(name, line[name], epoch)


def _link(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
