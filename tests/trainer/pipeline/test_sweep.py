"""What TensorBoard shows of a sweep: each run's curve, and beside it the model that ships."""

import json
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from trainer.pipeline.sweep import Outcome, write_tensorboard
from trainer.run_folder import RunFolder


def test_a_curve_has_one_value_for_each_epoch_and_the_model_stands_beside_it(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "001").create()
    lines = [
        {"epoch": epoch, "loss": 1.0 / epoch, "val_top1": top1} for epoch, top1 in ((1, 0.5), (2, 0.75), (3, 0.25))
    ]
    run.log.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    outcome = Outcome("001", {"fit.mixup": "0.2"}, 0.75, "phase 1, epoch 2", {"top1": 0.5}, 60.0)
    write_tensorboard(tmp_path / "tensorboard", [outcome])
    shown = EventAccumulator(str(tmp_path / "tensorboard" / "001"))
    shown.Reload()
    found = {name: [(each.step, each.value) for each in shown.Scalars(name)] for name in shown.Tags()["scalars"]}
    assert found["val_top1"] == [(1, 0.5), (2, 0.75), (3, 0.25)]
    assert found["model_val_top1"] == [(3, 0.75)]
    assert found["model_test_top1"] == [(3, 0.5)]
