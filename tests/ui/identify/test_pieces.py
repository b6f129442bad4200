"""Pieces of the page: grouping, the photo, comparing, naming, facts, the footer."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.guide import Guide
from fieldguide.core.photo.preprocess import InputSpec
from fieldguide.core.text import text
from fieldguide.ui.identify.footer import Footer
from fieldguide.ui.identify.grouping import GroupingModel, GroupingView
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.compare import CompareDialog
from fieldguide.ui.kit.facts import facts_of
from fieldguide.ui.kit.photo_view import PhotoView
from fieldguide.ui.kit.relabel import RelabelDialog
from fieldguide.ui.kit.theme import Theme
from fieldguide.ui.kit.thumbnails import Thumbnails
from tests.helpers.finds import candidates, taxon
from tests.helpers.labels import words_in

A, B, C, D = (Path(f"/{name}.jpg") for name in "abcd")


def test_photos_are_joined_and_parted(qtmodeltester, qapp) -> None:
    model = GroupingModel(Thumbnails(qapp))
    model.set_groups([[A], [B], [], [C, D]])
    model.join([0, 2])
    assert model.groups == [[A, C, D], [B]]
    model.part([1])
    assert model.groups == [[A, D], [C], [B]]
    model.join([0])
    model.part([])
    assert model.groups == [[A, D], [C], [B]]
    qtmodeltester.check(model)


def test_a_guess_is_offered_and_a_person_decides(qtbot, theme: Theme) -> None:
    view = GroupingView(Thumbnails(theme))
    qtbot.addWidget(view)
    view.resize(700, 500)
    with qtbot.waitActive(view):
        view.show()
    view.ask([[A, B], [C]])
    go = next(made for made in view.findChildren(QPushButton) if made.property("look") == "primary")
    assert go.text() == text("identify.group_go", finds=2)
    separate = next(made for made in view.findChildren(QToolButton) if made.text() == text("identify.group_separate"))
    separate.click()
    assert view.model.groups == [[A], [B], [C]]
    assert not view.join.isEnabled()
    assert not view.part.isEnabled()
    view.view.selectAll()
    assert view.join.isEnabled()
    assert not view.part.isEnabled()
    qtbot.keyClick(view, Qt.Key.Key_J)
    assert view.model.groups == [[A, B, C]]
    view.view.setCurrentIndex(view.model.index(1))
    assert view.part.isEnabled()
    assert not view.grab().isNull()
    with qtbot.waitSignal(view.decided) as told:
        go.click()
    assert told.args == [[[A, B, C]]]
    with qtbot.waitSignal(view.cancelled):
        qtbot.keyClick(view, Qt.Key.Key_Escape)


def test_joining_and_parting_keep_the_place_and_the_choice(qtbot, theme: Theme) -> None:
    view = GroupingView(Thumbnails(theme))
    qtbot.addWidget(view)
    view.resize(640, 480)
    with qtbot.waitActive(view):
        view.show()
    files = [Path(f"/{number:02}.jpg") for number in range(40)]
    view.ask([[file] for file in files])
    bar = view.view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    seen = bar.value()
    for row in (20, 21):
        view.view.selectionModel().select(view.model.index(row), QItemSelectionModel.SelectionFlag.Select)
    qtbot.keyClick(view, Qt.Key.Key_J)
    assert view.model.groups[20] == files[20:22]
    assert (bar.value(), [view.model.path(row) for row in view._selected()]) == (seen, files[20:22])
    view.view.selectionModel().select(view.model.index(20), QItemSelectionModel.SelectionFlag.Deselect)
    qtbot.keyClick(view, Qt.Key.Key_S)
    assert view.model.groups[20:22] == [[files[20]], [files[21]]]
    assert (bar.value(), [view.model.path(row) for row in view._selected()]) == (seen, [files[21]])


def test_one_frame_goes_round_the_photos_of_a_find(qtbot, theme: Theme) -> None:
    view = GroupingView(Thumbnails(theme))
    qtbot.addWidget(view)
    view.resize(900, 480)
    with qtbot.waitActive(view):
        view.show()
    view.ask([[A, B], [C]])
    view.view.clearFocus()
    rects = [view.view.visualRect(view.model.index(row)) for row in range(3)]
    assert rects[0].width() > 150, "large enough to be judged"
    shown = view.view.viewport().grab().toImage()
    middle = rects[0].center().y()

    def is_line(x: int) -> bool:
        near = [shown.pixelColor(x + step, middle).name() for step in range(-2, 3)]
        return colours_now().accent in near

    assert is_line(rects[0].left() + 3), "it begins before the first photo"
    assert not is_line(rects[0].right()), "and is open to the next of the same find"
    assert is_line(rects[1].right() - 3), "and ends behind the last one"


@pytest.fixture
def photo(qtbot, theme: Theme) -> PhotoView:
    view = PhotoView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkRed)
    view.show_photo(image, QSize(2000, 1000), "find.jpg")
    return view


def test_a_photo_keeps_its_shape(photo: PhotoView) -> None:
    seen = photo.grab().toImage()
    middle, above = seen.pixelColor(200, 150), seen.pixelColor(200, 20)
    assert middle.red() > 100
    assert above.red() != middle.red()


def test_z_shows_every_pixel_and_asks_for_them_once(qtbot, photo: PhotoView) -> None:
    with qtbot.waitSignals([photo.full_size_wanted, photo.zoom_changed]):
        photo.toggle_actual_size()
    assert photo.zoomed
    whole = QImage(2000, 1000, QImage.Format.Format_RGB32)
    whole.fill(Qt.GlobalColor.darkRed)
    photo.show_photo(whole, QSize(2000, 1000), "find.jpg")
    assert photo.zoomed  # the pixels that were waited for change nothing else
    with qtbot.assertNotEmitted(photo.full_size_wanted):
        photo.toggle_actual_size()
        photo.toggle_actual_size()


def wheel(view: PhotoView, turn: int) -> None:
    none = Qt.KeyboardModifier.NoModifier
    at = QPointF(100, 100)
    view.wheelEvent(
        QWheelEvent(
            at, at, QPointF(0, 0).toPoint(), QPointF(0, turn).toPoint(), Qt.MouseButton.NoButton, none,
            Qt.ScrollPhase.NoScrollPhase, False,
        )
    )  # fmt: skip


def test_the_wheel_looks_closer_and_back(photo: PhotoView) -> None:
    wheel(photo, 120)
    assert photo.zoomed
    wheel(photo, -120)
    assert not photo.zoomed


def test_a_closer_look_can_be_dragged(photo: PhotoView) -> None:
    photo.toggle_actual_size()
    before = photo._target().topLeft()
    for kind, at in (
        (QMouseEvent.Type.MouseButtonPress, QPointF(200, 150)),
        (QMouseEvent.Type.MouseMove, QPointF(150, 120)),
        (QMouseEvent.Type.MouseButtonRelease, QPointF(150, 120)),
    ):
        left = Qt.MouseButton.LeftButton
        event = QMouseEvent(kind, at, at, left, left, Qt.KeyboardModifier.NoModifier)
        {
            QMouseEvent.Type.MouseButtonPress: photo.mousePressEvent,
            QMouseEvent.Type.MouseMove: photo.mouseMoveEvent,
            QMouseEvent.Type.MouseButtonRelease: photo.mouseReleaseEvent,
        }[kind](event)
    assert photo._target().topLeft() == before + QPointF(-50, -30)


def test_the_heat_map_lies_over_the_photo_and_goes_with_it(photo: PhotoView) -> None:
    before = photo.grab().toImage()
    heat = QImage(8, 8, QImage.Format.Format_RGBA8888)
    heat.fill(Qt.GlobalColor.blue)
    assert before.pixelColor(200, 150).red() > 100
    photo.show_heat(heat, "Death cap")
    assert photo.grab().toImage() != before
    clear = QImage(heat.size(), QImage.Format.Format_RGBA8888)
    clear.fill(Qt.GlobalColor.transparent)
    photo.show_heat(clear)
    assert photo.grab().toImage().pixelColor(200, 150).saturation() == 0, "colours are those of the map alone"
    photo.show_heat(heat, "Death cap")
    photo.show_heat(None)
    assert photo.grab().toImage() == before


def test_candidates_are_compared_fact_by_fact(qtbot, theme: Theme, guide: Guide) -> None:
    dialog = CompareDialog(candidates(guide), guide)
    qtbot.addWidget(dialog)
    words = {made.text() for made in dialog.findChildren(QLabel)}
    assert {"1  Death cap", "2  Horse mushroom", text("identify.fact_features")} <= words
    assert not any("[note" in each for each in words)


def test_any_name_in_any_language_finds_a_taxon(qtbot, theme: Theme, guide: Guide) -> None:
    dialog = RelabelDialog(guide)
    qtbot.addWidget(dialog)
    qtbot.keyClicks(dialog.field, "fliegenpilz")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.taxon == taxon("Amanita muscaria", guide)


def test_a_taxon_without_a_record_is_no_relief(guide: Guide) -> None:
    from fieldguide.core.taxonomy import Rank, Taxon

    assert facts_of(Taxon("Nemo ignotus", Rank.SPECIES, "Nemo"), guide) == [
        (text("identify.fact_record"), text("identify.fact_no_record"))
    ]


def test_the_footer_tells_no_share_of_missed_dangers(qtbot, theme: Theme, guide: Guide) -> None:
    """Beside every result it would be read as "so few"; it stands on the page Models, with its ground."""
    footer = Footer()
    qtbot.addWidget(footer)
    labels = (taxon("Amanita phalloides", guide), taxon("Agaricus arvensis", guide))
    metrics = {"danger": {"harmful": {"recall": {"value": 0.99, "low": 0.97, "high": 1.0, "photos": 475}}}}
    footer.show_model(Manifest("id", "Starter", "3", labels, InputSpec(64, 72), metrics=metrics))
    assert "Starter 3" in words_in(footer)
    assert "%" not in words_in(footer)
