"""Where the packaged program begins: the same command line as `fieldguide`, without arguments the window."""

from __future__ import annotations

import os
import sys

from fieldguide.cli import main
from fieldguide.inference.child import SERVES


def hold_mutex() -> None:
    """Tell the Windows installer that the program is open (`AppMutex`), as long as this process lives."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.CreateMutexW(None, False, "FieldGuideIsOpen")
        for name in ("stdout", "stderr"):  # the windowed door has neither
            if getattr(sys, name) is None:
                setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - until the end


if __name__ == "__main__":
    hold_mutex()
    if sys.argv[1:2] == [SERVES]:
        from fieldguide.inference.worker import main as serve_model

        serve_model(sys.argv[2])
    else:
        sys.exit(main())
