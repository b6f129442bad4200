"""A verb of the trainer that runs out of memory or of disk, for real: `greedy memory|torch|disk --json`."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What it runs out of."""
    parser.add_argument("of")
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    """Never ends well."""
    if arguments.of == "disk":
        Path("/dev/full").write_text("a")
    elif arguments.of == "torch":
        import torch

        torch.empty(2**50)
    return int(np.empty(2**60, dtype=np.uint8)[0])
