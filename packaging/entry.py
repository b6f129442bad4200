"""Where the packaged program begins: the same command line as `fieldguide`, without arguments the window."""

from __future__ import annotations

import multiprocessing
import sys

from fieldguide.cli import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
