"""The page Identify: what comes in is shown, danger first; what a person does goes out by a signal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.decision.season import SeasonNote
from fieldguide.core.guide import Guide
from fieldguide.core.text import text
from fieldguide.services.progress import Progress
from fieldguide.ui.identify.batch_panel import time_left
from fieldguide.ui.identify.finds import FindModel
from fieldguide.ui.identify.lookalikes_card import LookalikesCard
from fieldguide.ui.identify.page import IdentifyPage
from fieldguide.ui.identify.work_view import WorkView
from fieldguide.ui.kit.danger import UnknownSign, danger_word
from fieldguide.ui.kit.milder import MilderNameDialog
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.kit.turns import Turns
from tests.helpers.finds import deadly_find, mild_find, taxon, unknown_find
from tests.helpers.labels import pressed, words_on
from tests.helpers.turns import all_there

Pictures = tuple[Path, ...]
SEASON = [f"season_{note.value}" for note in SeasonNote]


def test_the_danger_stands_above_the_verdict_and_the_candidates(
    page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    page.open(deadly_find(guide, pictures[:1]))
    panel = page.work.result.panel
    words = words_on(panel)
    for part in ("Deadly possible", "41 %", "Death cap", "Amanita phalloides", "Probably a species of Amanita"):
        assert part in words
    heights = [each.mapTo(panel.widget(), each.rect().topLeft()).y() for each in (panel.banner, panel.candidates)]
    assert heights == sorted(heights)
    assert text("identify.no_permission") in words_on(page.footer)


def test_showing_a_find_opens_no_window_of_its_own(page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    page.open(deadly_find(guide, pictures[:2]))
    QApplication.processEvents()
    page.open(unknown_find(guide, pictures[:1]))
    assert [each for each in QApplication.topLevelWidgets() if each.isVisible()] == [page]
    assert QApplication.activeWindow() is page


def test_unknown_looks_like_a_warning(page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    page.open(unknown_find(guide, pictures[:1]))
    assert page.work.result.panel.banner.level is Danger.UNKNOWN
    assert text("identify.reason_unlike_training") in words_on(page.work.result.panel)
    (sign,) = page.work.result.panel.findChildren(UnknownSign)
    assert sign.isVisible()
    assert sign.accessibleName() == danger_word(Danger.UNKNOWN)
    assert not sign.grab().isNull()
    page.open(deadly_find(guide, pictures[:1]))
    assert not sign.isVisible()


def test_five_rows_speak_place_names_percent_and_danger(page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    page.open(deadly_find(guide, pictures[:1]))
    rows = page.work.result.panel.candidates.rows
    assert rows[0].accessibleName() == "1: Death cap, Amanita phalloides, 38 %, Deadly"
    assert not rows[0].grab().isNull()


def test_the_prediction_set_is_one_sentence_with_names_on_demand(
    page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    page.open(deadly_find(guide, pictures[:1]))
    card = page.work.result.panel.candidates
    assert text("identify.set_many", count=3) in words_on(card)
    pressed(card, text("identify.set_show")).click()
    assert "Death cap, Horse mushroom, False death cap" in words_on(card)


def test_look_alikes_tell_what_to_check_by_hand(page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    page.open(deadly_find(guide, pictures[:1]))
    words = words_on(page.work.result.panel)
    assert text("identify.lookalikes") in words
    assert text("identify.check_spore_print") in words
    assert text("identify.lookalike_not_known") not in words  # nobody told yet what the model knows


def test_digits_and_arrows_choose_a_candidate_and_enter_names_the_find(
    qtbot, page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    page.open(deadly_find(guide, pictures[:1], number=7))
    qtbot.keyClick(page.work, Qt.Key.Key_2)
    qtbot.keyClick(page.work, Qt.Key.Key_Down)
    assert page.work.result.panel.candidates.rows[2].isChecked()
    with qtbot.assertNotEmitted(page.verify_wanted):
        qtbot.keyClick(page.work, Qt.Key.Key_Return)  # milder than the alarm: asked about first
    with qtbot.waitSignal(page.verify_wanted) as told:
        asked(page).accept()
    assert told.args == [7, taxon("Amanita citrina", guide)]


def asked(page: IdentifyPage) -> MilderNameDialog:
    """The dialog that asks about a milder name."""
    return next(each for each in page.findChildren(MilderNameDialog) if each.isVisible())


def test_where_the_machine_warns_nothing_is_chosen_by_itself(
    qtbot, page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    page.open(deadly_find(guide, pictures[:1]))
    card = page.work.result.panel.candidates
    assert card.chosen_place == -1
    with qtbot.assertNotEmitted(page.verify_wanted):
        qtbot.keyClick(page.work, Qt.Key.Key_Return)
        assert not pressed(page.work.result, text("identify.choose_first")).isEnabled()
    qtbot.keyClick(page.work, Qt.Key.Key_1)
    assert card.chosen_place == 0
    with qtbot.waitSignal(page.verify_wanted) as told:
        qtbot.keyClick(page.work, Qt.Key.Key_Return)  # no milder than the alarm: no question
    assert told.args[1] == taxon("Amanita phalloides", guide)
    page.open(mild_find(guide, pictures[:1]))
    assert card.chosen_place == 0


def test_a_milder_name_is_asked_about_once_with_the_danger_by_name(
    qtbot, page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    find = deadly_find(guide, pictures[:1])
    page.open(find)
    qtbot.keyClick(page.work, Qt.Key.Key_3)
    with qtbot.assertNotEmitted(page.verify_wanted):
        qtbot.keyClick(page.work, Qt.Key.Key_Return)
        words = words_on(asked(page))
        for part in ("Deadly possible", "Death cap 38 %", "False death cap", text("identify.milder_stays")):
            assert part in words
        asked(page).reject()
    named = replace(find, verified=taxon("Amanita citrina", guide))
    page.take_change(named)
    assert card_chosen(page) == 2, "the choice stays where it was"
    with qtbot.waitSignal(page.verify_wanted):
        page.work.verify()  # it is called so already
    model = page.work.finds
    assert model.index(0).data() == text("identify.named_short", name="False death cap")
    assert "Machine: Deadly" in model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert page.work.result.panel.banner.level is Danger.DEADLY


def card_chosen(page: IdentifyPage) -> int:
    return page.work.result.panel.candidates.chosen_place


def test_u_takes_a_name_away_only_when_there_is_one(
    qtbot, page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    find = deadly_find(guide, pictures[:1])
    page.open(find)
    with qtbot.assertNotEmitted(page.verify_wanted):
        qtbot.keyClick(page.work, Qt.Key.Key_U)
    page.take_change(replace(find, verified=taxon("Amanita citrina", guide)))
    beside = text("identify.named_beside", name="False death cap", alarm=text("identify.alert_deadly"))
    assert beside in words_on(page.work.result.panel)
    with qtbot.waitSignal(page.verify_wanted) as told:
        qtbot.keyClick(page.work, Qt.Key.Key_U)
    assert told.args == [1, None]


def test_help_is_one_click_away(qtbot, page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    find = deadly_find(guide, pictures[:1])
    page.open(find)
    with qtbot.waitSignal(page.help_wanted) as told:
        pressed(page.work.result.panel.banner, text("identify.eaten_it")).click()
    assert told.args == [find]


def test_a_missing_view_is_asked_for(qtbot, page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    page.open(deadly_find(guide, pictures[:1]))
    all_there(page)
    asked = [each for each in page.work.result.strip.findChildren(QWidget) if "Base" in each.accessibleName()]
    with qtbot.waitSignal(page.view_wanted) as told:
        asked[0].click()
    assert told.args[1] == "base"


def test_one_photo_is_identified_at_once_and_shown_while_it_is(
    qtbot, page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    with qtbot.waitSignals([page.photo_wanted, page.identify_wanted]):
        page.offer([[pictures[0]]])
    assert page.work.result.path == pictures[0]
    assert not page.work.batch.isVisible()
    image = QImage(32, 24, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkRed)
    page.take_photo(pictures[0], image, QSize(64, 48))
    assert "find-0.jpg" in page.work.result.photo.accessibleName()
    page.take_result(0, deadly_find(guide, pictures[:1]))
    page.finish()
    assert page.work.result.panel.banner.isVisible()


def test_a_batch_fills_while_the_first_find_is_shown(page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    page.begin([[picture] for picture in pictures])
    batch = page.work.batch
    page.take_result(0, deadly_find(guide, pictures[:1], 1))
    page.take_progress(Progress(1, 4, 90.0))
    assert "1 of 4" in words_on(batch)
    assert "25 %" in words_on(batch)
    assert time_left(90) in words_on(batch)
    assert page.work.result.panel.banner.isVisible()
    waiting = page.work.finds.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text("identify.waiting") in waiting
    batch.choose(1)
    assert text("identify.looking") or text("identify.loading")
    page.take_result(1, unknown_find(guide, pictures[1:2], 2))
    assert page.work.result.panel.banner.level is Danger.UNKNOWN


def test_cancel_takes_what_waits_off_the_list(qtbot, page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    page.begin([[picture] for picture in pictures])
    page.take_result(0, deadly_find(guide, pictures[:1]))
    with qtbot.waitSignal(page.cancel_wanted):
        pressed(page.work.batch, text("identify.cancel")).click()
    page.finish()
    assert len(page.work.finds.entries) == 1
    page.begin([[pictures[1]]])
    page.finish()
    assert page.start.isVisible()


def test_a_file_that_cannot_be_read_is_named_with_the_reason(
    page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    page.begin([[pictures[0]], [pictures[1]]])
    page.take_result(1, replace(deadly_find(guide, (), 0, (pictures[1],)), identification=None))
    page.work.batch.choose(1)
    assert "find-1.jpg" in words_on(page.work.result)
    assert page.work.finds.index(1).data() == text("identify.unreadable")


def test_left_and_right_walk_the_finds_or_the_photos(
    qtbot, page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    page.open(deadly_find(guide, pictures[:3]))
    qtbot.keyClick(page.work, Qt.Key.Key_Right)
    assert page.work.result.path == pictures[1]
    page.begin([[pictures[2]], [pictures[3]]])
    qtbot.keyClick(page.work, Qt.Key.Key_Right)
    assert page.work.result.path == pictures[3]
    qtbot.keyClick(page.work, Qt.Key.Key_Left)
    assert page.work.result.path == pictures[2]


def test_the_newest_finds_invite_back(qtbot, page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    find = deadly_find(guide, pictures[:1])
    with qtbot.waitSignal(page.start_shown):
        page.show_start()
    page.show_recent([find])
    assert not page.start.grab().isNull()
    with qtbot.waitSignal(page.shown):
        page.start.find_wanted.emit(find)
    assert page.observation == find


def test_place_and_season_are_told_and_switched(qtbot, page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    find = deadly_find(guide, pictures[:1])
    assert find.identification is not None
    page.open(replace(find, identification=replace(find.identification, weighed=True)))
    panel = page.work.result.panel
    assert text("identify.place_in") in words_on(panel)
    with qtbot.waitSignal(page.place_wanted) as told:
        pressed(panel, text("identify.place_in_switch")).click()
    assert told.args[1] is False


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, ("no_place", "no_date")),
        ({"latitude": 0.0, "longitude": 0.0}, ("place_at_sea",)),
        ({"latitude": 48.0, "longitude": 11.0, "observed_at": datetime(2999, 1, 1)}, ("date_in_future",)),
        ({"latitude": -33.0, "longitude": 150.0, "observed_at": datetime(2026, 5, 1)}, ("outside_model",)),
    ],
)
def test_why_place_or_season_took_no_part_is_told(
    page: IdentifyPage, guide: Guide, pictures: Pictures, facts: dict[str, object], told: tuple[str, ...]
) -> None:
    page.use_place_and_season(True, "")
    page.work.result.panel.place.know_model(("europe",))
    find = deadly_find(guide, pictures[:1])
    bare = replace(find, latitude=None, longitude=None, observed_at=None)
    page.open(replace(bare, **facts))  # type: ignore[arg-type]
    said = words_on(page.work.result.panel.place)
    assert {f"season_{note}" for note in told} <= {key for key in SEASON if text(f"danger.{key}") in said}


def test_switched_off_it_says_so_and_only_warns_of_a_strange_region(
    page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    panel = page.work.result.panel
    panel.place.know_model(("europe",))
    find = replace(deadly_find(guide, pictures[:1]), latitude=-33.0, longitude=150.0, observed_at=None)
    page.open(find)
    said = words_on(panel.place)
    assert said == f"{text('identify.place_out')} {text('danger.season_outside_model')}"
    wanted: list[bool] = []
    page.place_wanted.connect(lambda _, used: wanted.append(used))
    pressed(panel, text("identify.place_out_switch")).click()
    assert wanted == [True]


def test_the_model_of_finds_keeps_the_rules(qtmodeltester, guide: Guide, pictures: Pictures) -> None:
    thumbnails = Thumbnails()
    model = FindModel(guide, thumbnails)
    model.begin([[picture] for picture in pictures])
    model.put(0, deadly_find(guide, pictures[:1]))
    qtmodeltester.check(model)


def test_what_arrives_finds_its_row_without_a_look_at_all_others(monkeypatch, guide: Guide, pictures: Pictures) -> None:
    """A window with a job of 50,000 stood still for half a minute."""
    thumbnails, looks, changed = Thumbnails(), list[object](), list[int]()
    key_of = Thumbnails.key_of
    monkeypatch.setattr(Thumbnails, "key_of", staticmethod(lambda source: looks.append(source) or key_of(source)))
    model = FindModel(guide, thumbnails)
    model.dataChanged.connect(lambda first, _: changed.append(first.row()))
    files = [pictures[0].with_name(f"{number}.jpg") for number in range(200)]
    model.begin([[file] for file in files])
    thumbnails.arrived.emit(str(files[7]))
    looks.clear()
    first, last = (replace(deadly_find(guide, pictures[:1]), id=number) for number in (1, 2))
    assert [model.put(150, last), model.put(3, first), model.put(200, first)] == [150, 3, -1]
    thumbnails.arrived.emit(key_of(first.photos[0]))
    assert len(looks) < 10
    assert changed == [7, 150, 3, 3, 150]
    model.sort_worst_first()
    assert [model.replace(first), model.replace(last)] == [0, 1]
    model.removeRows(0, 1)
    assert [model.replace(first), model.replace(last), model.put(0, first)] == [-1, 0, 1]


def test_of_many_deadly_finds_the_most_probable_stands_first(guide: Guide, pictures: Pictures) -> None:
    """Sixteen of eighteen finds rang, in the order of their files: a red list told nobody where to look."""
    model = FindModel(guide, Thumbnails())
    model.begin([[picture] for picture in pictures[:1] * 4])
    model.put(0, unknown_find(guide, pictures[:1], 1))
    for place, probable in ((1, 0.05), (2, 0.6), (3, 0.05)):
        find = deadly_find(guide, pictures[:1], place + 1)
        said = find.identification
        assert said is not None
        louder = replace(said, alarm=replace(said.alarm, probability=probable, deadly=probable))
        model.put(place, replace(find, identification=louder))
    model.sort_worst_first()
    assert [entry.place for entry in model.entries] == [2, 1, 3, 0]


@pytest.mark.parametrize(("seconds", "words"), [(3, "about 3 s"), (42, "about 40 s"), (150, "about 2 min")])
def test_a_time_left_is_said_as_people_say_it(seconds: float, words: str) -> None:
    assert words in time_left(seconds)


def test_what_finds_are_shown_in_is_built_a_part_at_a_time_and_not_again(
    qtbot, guide: Guide, pictures: Pictures
) -> None:
    page = IdentifyPage(Thumbnails())
    qtbot.addWidget(page)
    page.use_guide(guide)
    built: list[bool] = []
    page.work_built.connect(lambda: built.append(True))
    panel, work = page.ahead
    panel()
    assert not page.findChildren(WorkView)
    work()
    (made,) = page.findChildren(WorkView)
    page.open(deadly_find(guide, pictures[:1]))
    assert page.work is made
    assert built == [True]


def test_a_find_that_comes_before_its_views_are_built_is_shown_all_the_same(
    qtbot, guide: Guide, pictures: Pictures
) -> None:
    page = IdentifyPage(Thumbnails())
    qtbot.addWidget(page)
    page.use_guide(guide)
    panel, work = page.ahead
    panel()
    page.open(deadly_find(guide, pictures[:1]))
    work()
    assert page.work.result.panel.banner.level is Danger.DEADLY


def test_look_alikes_come_in_turns_behind_the_verdict(page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    page.open(deadly_find(guide, pictures[:1]))
    panel = page.work.result.panel
    (card,) = panel.findChildren(LookalikesCard)
    assert panel.banner.level is Danger.DEADLY
    assert card.isHidden()
    steps = [turns for turns in panel.findChildren(Turns) if turns.waiting]
    assert len(steps) == 1
    steps[0].finish()
    assert not card.isHidden()
    assert any(turns.waiting for turns in card.findChildren(Turns)), "what parts the first has a turn of its own"
    page.open(unknown_find(guide, pictures[:1]))
    assert card.isHidden(), "those of the find before are gone with it"


def test_a_deadly_double_of_a_mild_name_waits_for_no_turn(page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    page.open(mild_find(guide, pictures[:1]))
    (card,) = page.work.result.panel.findChildren(LookalikesCard)
    assert not card.isHidden()
    assert not any(turns.waiting for turns in page.work.result.panel.findChildren(Turns))
