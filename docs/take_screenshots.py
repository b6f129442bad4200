"""Pictures of the real window for the README: run by hand, under Xvfb or without any display.

    xvfb-run python docs/take_screenshots.py [--model BUNDLE] [--out FOLDER] [PHOTO ...]

Without photos it shows the sample that ships with the project, drawn by us, and cuttings of it. What is committed to
docs/images may show nothing else: no photo of a training set has a licence for it. With photos it also shows the
questions that come with several of them, and takes all of them for views of one find once.
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

from PIL import Image, ImageOps  # noqa: E402
from PySide6.QtCore import QDeadlineTimer, QEventLoop  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from fieldguide.app.application import FieldGuide  # noqa: E402
from fieldguide.storage.locations import create_locations  # noqa: E402
from fieldguide.ui.kit.theme import ThemeChoice  # noqa: E402
from fieldguide.ui.shell.pages import PLACES  # noqa: E402

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
        drawn = ROOT / "resources" / "samples" / "fly_agaric.png"
        return take(given.photos or cuttings(drawn, Path(home)), given)


def take(photos: list[Path], given: argparse.Namespace) -> int:
    """Open the window, let it identify, and save what it shows in both themes."""
    qt = QApplication(sys.argv[:1])
    application = FieldGuide.at_once(qt, create_locations(), given.model)
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
    camera = Camera(qt, application, given)
    application.parts.change_settings(country="DE")
    camera.identify([[path] for path in photos[1:]] or [photos])
    if given.photos and len(photos) > 1:
        camera.save("batch")
    if len(photos) > 1:
        camera.identify([photos[:1]])
    camera.save("identify")
    camera.show_parts()
    camera.show_places()
    if given.photos and len(photos) > 1:
        camera.window.show_page("identify")
        camera.page.offer([photos])
        camera.save("grouping")
        camera.identify([photos])
        camera.save("several")
    camera.window.close()
    return 0


class Camera:
    """Turns to what is to be seen, and saves it in both themes."""

    def __init__(self, qt: QApplication, application: FieldGuide, given: argparse.Namespace) -> None:
        self.qt, self.application, self.given = qt, application, given
        self.window, self.page = application.window, application.identify.page

    def identify(self, groups: list[list[Path]]) -> None:
        """Let it identify, and wait for the last word."""
        ended: list[object] = []
        self.application.parts.identifier.ended.connect(ended.append)
        self.page.begin(groups)
        self.page.identify_wanted.emit(groups)
        wait(lambda: bool(ended))

    def show_parts(self) -> None:
        """What can be seen at one result: further down, the heat map, the sheet for the poison centre."""
        result = self.page.work.result
        bar = result.panel.verticalScrollBar()
        bar.setValue(bar.maximum() // 2)
        self.save("look-alikes")
        bar.setValue(0)
        result.toggle_heat()
        wait(lambda: result.photo.heat_shown)
        self.save("heat")
        result.toggle_heat()
        self.page.help_wanted.emit(self.page.observation)
        sheet = self.application.poison.sheet
        self.save("poison", sheet)
        sheet.close()

    def show_places(self) -> None:
        """Every page of the sidebar."""
        self.page.show_start()
        self.save("start")
        for place in PLACES[1:]:
            self.window.show_page(place.key)
            if place.key == "guide":
                self.application.guide.page.open_taxon("Amanita phalloides")
            self.save(place.key)

    def save(self, name: str, shown: QWidget | None = None) -> None:
        """Save the window, or what lies over it, in both themes, with as few colours as show no difference."""
        sizes = SIZES.items() if self.given.small and shown is None else [("", SIZES[""])]
        for theme in (ThemeChoice.LIGHT, ThemeChoice.DARK):
            for suffix, size in sizes:
                self.application.theme.apply(theme)
                self.window.resize(*size)
                settle(self.qt)
                file = self.given.out / f"{name}-{theme.value}{suffix}.png"
                (shown or self.window).grab().save(str(file))
                shrink(file)
                print(file)


def cuttings(photo: Path, folder: Path) -> list[Path]:
    """The drawing, and pieces of it as if the camera had come nearer: left, top, right, bottom as shares."""
    boxes = [(0.25, 0.05, 0.85, 0.55), (0.2, 0.3, 0.6, 0.8), (0.3, 0.1, 0.9, 0.9), (0.1, 0.0, 1.0, 1.0)]
    made = []
    with Image.open(photo) as whole:
        for number, (left, top, right, bottom) in enumerate(boxes):
            width, height = whole.size
            piece = whole.crop(
                tuple(round(each) for each in (left * width, top * height, right * width, bottom * height))
            )
            piece = ImageOps.mirror(piece) if number % 2 else piece
            made.append(folder / f"cutting-{number}.png")
            piece.save(made[-1])
    return [photo, *made]


def shrink(file: Path) -> None:
    """256 colours: half of the bytes."""
    with Image.open(file) as full:
        plain = full.convert("RGB")
    counted = sorted(plain.getcolors(plain.width * plain.height), reverse=True)
    exact = [level for _, colour in counted[:128] for level in colour]  # of the surfaces
    rare = plain.quantize(128, method=Image.Quantize.MAXCOVERAGE).getpalette()[: 3 * 128]  # of signs and icons
    colours = Image.new("P", (1, 1))
    colours.putpalette([*exact, *rare])
    few = plain.quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG)
    few.save(file, optimize=True)


def wait(done: Callable[[], bool]) -> None:
    """Let the window live until something happened."""
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not done() and not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 200)


def settle(qt: QApplication, milliseconds: int = 700) -> None:
    """Let pictures come and layouts settle."""
    deadline = QDeadlineTimer(milliseconds)
    while not deadline.hasExpired():
        qt.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)


if __name__ == "__main__":
    raise SystemExit(main())
