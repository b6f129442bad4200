"""Pictures of the real window for the README: run by hand, under Xvfb or without any display.

    xvfb-run python docs/take_screenshots.py [--model BUNDLE] [--out FOLDER] [PHOTO ...]

Without photos it shows the sample that ships with the project, drawn by us. What is committed to docs/images may show
nothing else: no photo of a training set has a licence for it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QDeadlineTimer, QEventLoop  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

SIZES = {"": (1280, 800), "-small": (1024, 640)}
PATIENCE_MS = 120_000


def main() -> int:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", nargs="*", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--small", action="store_true", help="the smallest laptop too")
    given = parser.parse_args()
    if not any(name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["FIELDGUIDE_HOME"] = home
        return take(given.photos or [ROOT / "resources" / "samples" / "fly_agaric.png"], given)


def take(photos: list[Path], given: argparse.Namespace) -> int:
    """Open the window, let it identify, and save what it shows in both themes."""
    from fieldguide.app import FieldGuide
    from fieldguide.storage.locations import create_locations
    from fieldguide.ui.kit.theme import ThemeChoice

    qt = QApplication(sys.argv[:1])
    application = FieldGuide(qt, create_locations(), given.model)
    failed: list[object] = []
    ready: list[object] = []
    application.parts.identifier.model_failed.connect(failed.append)
    application.identify.model_ready.connect(lambda: ready.append(True))
    application.window.resize(*SIZES[""])
    application.show()
    wait(lambda: bool(ready or failed))
    if failed:
        print(failed[0], file=sys.stderr)
        return 1
    ended: list[object] = []
    page = application.identify.page
    application.parts.identifier.ended.connect(ended.append)
    groups = [[path] for path in photos]
    page.begin(groups)
    page.identify_wanted.emit(groups)
    wait(lambda: bool(ended))

    def save(name: str) -> None:
        settle(qt)
        for theme in (ThemeChoice.LIGHT, ThemeChoice.DARK):
            for suffix, size in SIZES.items() if given.small else [("", SIZES[""])]:
                application.theme.apply(theme)
                application.window.resize(*size)
                settle(qt)
                file = given.out / f"{name}-{theme.value}{suffix}.png"
                application.window.grab().save(str(file))
                print(file)

    save("result")
    panel = page.work.result.panel
    panel.verticalScrollBar().setValue(panel.verticalScrollBar().maximum() // 2)
    save("result-more")
    page.show_start()
    save("start")
    for place in application.places[1:]:
        application.window.show_page(place.key)
        save(place.key)
    application.window.close()
    return 0


def wait(done: Callable[[], bool]) -> None:
    """Let the window live until something happened."""
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not done() and not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 200)


def settle(qt: QApplication) -> None:
    """Let pictures come and layouts settle."""
    deadline = QDeadlineTimer(700)
    while not deadline.hasExpired():
        qt.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)


if __name__ == "__main__":
    raise SystemExit(main())
