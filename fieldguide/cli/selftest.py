"""`fieldguide --selftest`: does this copy of the program work, here? Everything is tried for real in an empty home.

One line a check, in plain English like the log; nothing of the person's is touched. Exit status 0 when all hold.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from fieldguide import __version__
from fieldguide.core.bundle import read_bundle
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.records import Observation
from fieldguide.core.resources import resource, resources_folder
from fieldguide.core.text import FALLBACK, NoSentencesError, catalogue, explain, languages
from fieldguide.inference.child import Children
from fieldguide.inference.frozen import FrozenModels
from fieldguide.inference.identify import FindIdentifier
from fieldguide.inference.served import ServedNetwork
from fieldguide.storage.checking import check_library
from fieldguide.storage.database import Database
from fieldguide.storage.locations import HOME_VARIABLE
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.thumbnails import ThumbnailStore

PATIENCE_MS = 240_000  # a cold disk and a busy machine
_FOLDERS = ("guide", "help", "i18n", "icons", "licences", "model", "samples")


class FailedError(Exception):
    """A check does not hold; the words say what."""


def selftest() -> int:
    """Run every check and print one line for each; 0 when all hold, else 1."""
    print(f"fieldguide {__version__}, Python {sys.version.split()[0]}", flush=True)
    failed = 0
    with _empty_home() as home:
        checks: tuple[tuple[str, Callable[[], str]], ...] = (
            ("resources", _resources),
            ("model", _model),
            ("database", lambda: _database(home)),
            ("journey", lambda: _journey(home)),
            ("window", _window),
        )
        for name, check in checks:
            try:
                print(f"ok      {name:<10} {check()}", flush=True)
            except Exception as problem:  # whatever it is, the other checks still tell something
                failed += 1
                print(f"FAILED  {name:<10} {_why(problem)}", flush=True)
    print(f"{len(checks) - failed} of {len(checks)} hold", flush=True)
    return 1 if failed else 0


def _why(problem: Exception) -> str:
    """A sentence where there is one, else all that is known."""
    if isinstance(problem, FailedError | NoSentencesError):
        return str(problem)
    if not isinstance(problem, FieldGuideError):
        return traceback.format_exc().rstrip()
    try:
        return f"{explain(problem)} ({problem.code.value})"
    except NoSentencesError:
        return str(problem)


def _hold(true: object, words: str) -> None:
    if not true:
        raise FailedError(words)


@contextmanager
def _empty_home() -> Iterator[Path]:
    """A home of its own, and a window that nobody sees."""
    before = {name: os.environ.get(name) for name in (HOME_VARIABLE, "QT_QPA_PLATFORM")}
    with tempfile.TemporaryDirectory(prefix="fieldguide-", ignore_cleanup_errors=True) as home:
        os.environ.update({HOME_VARIABLE: home, "QT_QPA_PLATFORM": "offscreen"})
        try:
            yield Path(home)
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value


def _resources() -> str:
    missing = [name for name in _FOLDERS if not any(resource(name).glob("*"))]
    _hold(not missing, f"nothing in {', '.join(missing)} of {resources_folder()}")
    short = [code for code in languages() if not catalogue(code)]
    _hold(not short and FALLBACK in languages(), f"no sentences in {short or FALLBACK}")
    guide = load_guide()
    _hold(guide.records and guide.centres, "the guide is empty")
    return f"{len(guide.records)} taxa, {len(guide.centres)} poison centres, {len(languages())} languages"


def _starter() -> Path:
    return resource("model", "starter.fieldguide")


def _model() -> str:
    """Loading asks for the golden samples, and refuses a model that answers them otherwise."""
    children = Children()
    try:
        network = ServedNetwork.load(_starter(), "cpu", children=children, frozen=FrozenModels(None))
        golden = read_bundle(_starter()).golden()
        logits, _ = network.run(golden.images)
        worst = float(abs(logits - golden.logits).max())
        return f"{network.manifest.name} {network.manifest.version}, golden samples within {worst:.1e}"
    finally:
        children.end_all()


def _database(home: Path) -> str:
    with (
        Database(home / "try" / "finds.db") as database,
        closing(ThumbnailStore(home / "try" / "thumbnails.db")) as small,
    ):
        found = check_library(database, ObservationStore(database, load_guide()), small)
        _hold(found.well, f"a new library is damaged: {found.damage}")
        return f"version {Database.known_version()}"


def _journey(home: Path) -> str:
    """The sample picture from its file to the library and back."""
    children, guide = Children(), load_guide()
    try:
        network = ServedNetwork.load(_starter(), "cpu", children=children, frozen=FrozenModels(None))
        (found,) = FindIdentifier(network, guide).identify([[resource("samples", "fly_agaric.png")]])
        for unread in found.unreadable:
            raise unread.error
        with Database(home / "try" / "finds.db") as database:
            store = ObservationStore(database, guide)
            kept = store.get(store.add(found).id)
        return _judged(kept)
    finally:
        children.end_all()


def _judged(find: Observation | None) -> str:
    said = find.identification if find is not None else None
    _hold(said is not None, "the sample was not identified and kept")
    assert said is not None
    _hold(len(said.candidates) == 5, f"{len(said.candidates)} candidates instead of five")
    first = said.candidates[0]
    return f"{first.taxon.name} {first.probability:.0%}, {said.alarm.level.value}"


def _window() -> str:
    """The window, offscreen: it opens, takes the sample, judges and keeps it, shows it, and closes."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from fieldguide.app.application import FieldGuide
    from fieldguide.storage.locations import create_locations

    qt = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(qt, QApplication)
    made = FieldGuide.at_once(qt, create_locations())
    ended: list[object] = []
    made.window.first_painted.connect(lambda: made.identify.take_paths([resource("samples", "fly_agaric.png")]))
    made.parts.jobs.ended.connect(ended.append)
    made.parts.jobs.ended.connect(lambda _: QTimer.singleShot(100, qt.quit))
    QTimer.singleShot(PATIENCE_MS, qt.quit)
    made.show()
    qt.exec()
    shown, picture = made.identify.page.observation, made.window.grab().toImage()
    colours = {picture.pixel(x, y) for x in range(0, picture.width(), 20) for y in range(0, picture.height(), 20)}
    sentences = made.window.notices.sentences
    made.window.close()
    _hold(ended, f"no verdict within {PATIENCE_MS // 1000} s; {' '.join(sentences)}")
    _hold(made.rested, "the window did not come to rest")
    _hold(len(colours) > 20, "the window shows nothing")
    return f"{picture.width()} x {picture.height()}, {_judged(shown)}"
