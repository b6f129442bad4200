"""Starting processes that train together, as people start them."""

from __future__ import annotations

import os
import subprocess
import sys


def torchrun(*call: str) -> subprocess.CompletedProcess[str]:
    """`torchrun --standalone --nproc-per-node 2 CALL`, on the CPU; what it wrote as text."""
    script = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", *call]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore", "CUDA_VISIBLE_DEVICES": ""}
    return subprocess.run(script, capture_output=True, text=True, env=environment, check=False)
