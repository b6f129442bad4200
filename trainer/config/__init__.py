"""What a run is asked to do: frozen dataclasses, checked before any work, read from and written to one TOML file."""

from trainer.config.check import check
from trainer.config.files import read_table, read_text
from trainer.config.presets import phases_of, with_preset
from trainer.config.records import (
    AUGMENT,
    AUGMENT_RANGES,
    BALANCES,
    BATCH_NORMS,
    DEVICES,
    OPTIMIZERS,
    PRESETS,
    RARE,
    SMALL_CNN,
    TRAINABLE,
    DataConfig,
    DecisionConfig,
    ExportConfig,
    FitConfig,
    NetworkConfig,
    Phase,
    RunConfig,
    input_size,
)
from trainer.config.refusal import refuse
from trainer.config.table import build, differences, overlay, read_config, split_values, toml_value, write_config

__all__ = [
    "AUGMENT",
    "AUGMENT_RANGES",
    "BALANCES",
    "BATCH_NORMS",
    "DEVICES",
    "OPTIMIZERS",
    "PRESETS",
    "RARE",
    "SMALL_CNN",
    "TRAINABLE",
    "DataConfig",
    "DecisionConfig",
    "ExportConfig",
    "FitConfig",
    "NetworkConfig",
    "Phase",
    "RunConfig",
    "build",
    "check",
    "differences",
    "input_size",
    "overlay",
    "phases_of",
    "read_config",
    "read_table",
    "read_text",
    "refuse",
    "split_values",
    "toml_value",
    "with_preset",
    "write_config",
]
