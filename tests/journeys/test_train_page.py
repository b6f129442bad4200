"""From a training that ends to its model in use: compared first, used with one click, or asked once more.

A small process that writes the trainer's events stands where the trainer does; window and shelf are the real ones.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QMessageBox

from fieldguide.app import trainer as trainer_controller
from fieldguide.app.application import FieldGuide
from fieldguide.core.photo import read_photo
from fieldguide.core.text import text
from fieldguide.core.training.events import Finished, Judged, Passed, write_event
from fieldguide.storage import trainer_home
from fieldguide.storage.settings import read_settings
from fieldguide.storage.trainer_home import TrainerCall
from tests.helpers.kept import keep
from tests.helpers.labels import words_in
from tests.helpers.patience import PATIENCE
from tests.helpers.stored_finds import EDULIS, PHALLOIDES, make_find
from tests.helpers.wheels import make_wheel
from tests.journeys.conftest import OpenWindow


def judged(*, passes: bool) -> str:
    broken = () if passes else ("recall_deadly",)
    return write_event(Judged(passes, "own", 40, 12, 1, 2, 0, 1, {}, {}, broken))


def trainer(bundle: Path, answer: str) -> TrainerCall:
    """Makes the bundle in its run folder at once, and judges it so."""
    program = f"""
import shutil, sys
from pathlib import Path
if sys.argv[1] == "run":
    run = Path(sys.argv[sys.argv.index("--out") + 1])
    shutil.copy({str(bundle)!r}, run / "model.fieldguide")
    (run / "config.toml").touch()
    (run / "report.html").touch()
    print({write_event(Finished("r", "b", "h", ()))!r})
elif sys.argv[1] == "judge":
    print({answer!r})
else:
    print({write_event(Passed(""))!r})
"""
    return TrainerCall((sys.executable, "-c", program))


def train(qtbot, application: FieldGuide, call: TrainerCall, folder: Path) -> None:
    """Until it was compared with the model in use, which follows by itself."""
    controller = application.train
    controller.trainings.call = call
    application.window.show_page("train")
    controller.page.folders_offered.emit([folder])
    qtbot.waitUntil(lambda: not controller.trainings.running, timeout=PATIENCE)
    with qtbot.waitSignals([controller.trainings.ended] * 2, timeout=PATIENCE):
        controller.page.look.train_wanted.emit("quick")


def test_a_model_that_passes_is_used_with_one_click(
    qtbot, open_window: OpenWindow, bundle_path: Path, tmp_path: Path
) -> None:
    application = open_window(None)
    train(qtbot, application, trainer(bundle_path, judged(passes=True)), tmp_path)
    run = application.train.page.run
    assert text("training.judged_yes") in words_in(run)
    with qtbot.waitSignal(application.models.tried, timeout=PATIENCE) as tried:
        run.use.click()
    assert tried.args == [True]
    used = read_settings(application.parts.locations.settings).settings.model_path
    assert used is not None
    assert used.parent == application.parts.locations.models
    assert text("training.used") in words_in(run)
    assert run.use.isEnabled()
    application.close()


def test_a_model_that_the_comparison_refuses_is_asked_about_once_more(
    qtbot, open_window: OpenWindow, bundle_path: Path, tmp_path: Path
) -> None:
    application = open_window(None)
    train(qtbot, application, trainer(bundle_path, judged(passes=False)), tmp_path)
    run = application.train.page.run
    with qtbot.waitSignal(application.train.model_made, timeout=PATIENCE):
        run.use.click()
        ask = application.window.findChild(QMessageBox)
        assert text("training.judged_no") == ask.text()
        assert text("training.broken_recall_deadly") in ask.informativeText()
        assert not application.parts.settings.model_path
        (agreed,) = [each for each in ask.buttons() if each.text() == text("training.use_anyway")]
        agreed.click()
    application.close()


def test_one_that_could_not_be_compared_is_said_to_be_unknown(
    qtbot, open_window: OpenWindow, bundle_path: Path, tmp_path: Path
) -> None:
    application = open_window(None)
    train(qtbot, application, trainer(bundle_path, "no event"), tmp_path)
    application.train.page.run.use.click()
    qtbot.waitUntil(lambda: application.window.findChild(QMessageBox) is not None, timeout=PATIENCE)
    assert application.window.findChild(QMessageBox).text() == text("training.use_unjudged")
    assert application.parts.settings.model_path is None
    application.close()


def test_own_checked_finds_teach_when_asked_and_their_places_stay_at_home(
    qtbot, open_window: OpenWindow, bundle_path: Path, tmp_path: Path
) -> None:
    """With one box: folders by kind, one find together, and no place in the copies; without it they are gone again."""
    application = open_window(None)
    photo = tmp_path / "find.jpg"
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 30.0, 12.34), 3: "E", 4: (14.0, 15.0, 0.0)})
    Image.new("RGB", (60, 40), "brown").save(photo, exif=exif.tobytes())
    find = make_find(application.parts.guide, EDULIS, photos=(read_photo(photo, 64).photo,))
    unchecked = make_find(application.parts.guide, PHALLOIDES, others=())
    for each in (replace(find, verified=EDULIS), unchecked):
        with qtbot.waitSignal(application.parts.library.changed, timeout=PATIENCE):
            keep(application.parts.library, each)
    controller, look = application.train, application.train.page.look
    controller.trainings.call = trainer(bundle_path, "")
    application.window.show_page("train")
    controller.page.folders_offered.emit([tmp_path])
    qtbot.waitUntil(lambda: not look.own.isHidden(), timeout=PATIENCE)
    assert look.own.text() == text("training.own", count=1)
    assert not look.own.isChecked()
    look.own.click()
    qtbot.waitUntil(lambda: controller.trainings.plan.own and not controller.trainings.running, timeout=PATIENCE)
    folder = controller.trainings.plan.own_finds
    assert str(folder) in controller.trainings.plan.teaching
    (copied,) = folder.rglob("*.jpg")
    assert copied.parent.name == "Boletus_edulis"
    with Image.open(photo) as original, Image.open(copied) as copy:
        assert dict(original.getexif().get_ifd(0x8825))
        assert dict(copy.getexif().get_ifd(0x8825)) == {}
    look.own.click()
    qtbot.waitUntil(lambda: not controller.trainings.plan.own and not folder.exists(), timeout=PATIENCE)
    application.close()


def test_a_window_that_closes_follows_no_child_any_more(qtbot, open_window: OpenWindow, tmp_path: Path) -> None:
    """Else its end would reach a page that is gone."""
    application = open_window(None)
    trainings = application.train.trainings
    trainings.call = TrainerCall((sys.executable, "-c", "import time; time.sleep(60)"))
    application.window.show_page("train")
    application.train.page.folders_offered.emit([tmp_path])
    assert trainings.running
    application.close()
    assert not trainings.running


def test_the_trainer_is_set_up_from_the_page_and_removed(
    qtbot, open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the real pip, from a folder of wheels; that takes seconds, and is the one way from the button to the end."""
    wheel = make_wheel(tmp_path / "package", "fieldguide", {}, for_training=["needed"])
    make_wheel(tmp_path / "wheels", "needed", {})
    monkeypatch.setattr(trainer_controller, "carried_wheel", lambda: wheel)
    monkeypatch.setattr(trainer_home, "NEEDED", ("no_such_library",))  # else the trainer is here already
    monkeypatch.setattr(trainer_home, "_TRIES", "print('torch', '2.14.1')")
    application = open_window(None)
    application.window.show_page("train")
    page, controller = application.train.page, application.train.trainer
    assert page.currentWidget() is page.setup
    with qtbot.waitSignal(controller.changed, timeout=5 * PATIENCE):
        page.setup.wanted.emit(tmp_path / "wheels")
    assert page.currentWidget() is page.start
    notices = application.parts.notices
    qtbot.waitUntil(lambda: any("torch 2.14.1" in told.words for told in notices.take()), timeout=PATIENCE)
    with qtbot.waitSignal(controller.changed, timeout=PATIENCE):
        application.train.remove_trainer()
    assert page.currentWidget() is page.setup
    application.close()
