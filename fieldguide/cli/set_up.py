"""`fieldguide train --set-up`: fetch what the trainer needs, once; with `--wheels FOLDER` without a network."""

from __future__ import annotations

import sys
from pathlib import Path

from fieldguide.core.arguments import Arguments
from fieldguide.core.text import text
from fieldguide.storage.pip_words import SetUp
from fieldguide.storage.trainer_home import TrainerHome
from fieldguide.ui.train.wording import takes_words


def set_up(home: TrainerHome, words: list[str]) -> int:
    """Say what it takes, then do it; 0 when the trainer is ready. Ctrl+C stops it. Raises as `TrainerHome.set_up`."""
    parser = Arguments(prog="fieldguide train --set-up", description=text("cli.command_set_up"))
    parser.add_argument("--wheels", type=Path, metavar="FOLDER", help=text("cli.help_wheels"))
    wheels = parser.parse_args(words).wheels
    if home.ready:
        print(text("training.ready"))
        return 0
    print(text("training.setup_folder") if wheels else takes_words(home.takes()), file=sys.stderr)
    home.set_up(wheels, _tell, lambda: False)
    print(text("training.setup_done", mb=round(home.size() / 1e6), torch=home.torch))
    return 0


def _tell(step: SetUp) -> None:
    words = text(f"training.setup_{step.step}", name=step.name, mb=round(step.fetched / 1e6))
    renew = sys.stderr.isatty()
    sys.stderr.write(f"\r\x1b[K{words}" if renew else f"{words}\n")
    sys.stderr.flush()
