from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QPushButton, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.guide import load_guide
from fieldguide.core.guide.search import Wanted
from fieldguide.core.resources import resource
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text
from fieldguide.storage.guides import GuideDraft, GuideShelf
from fieldguide.ui.guide.lookalikes import LookalikeTable
from fieldguide.ui.guide.page import GuidePage
from fieldguide.ui.guide.season_bar import SeasonBar
from fieldguide.ui.guide.taxa import HitRole, TaxonModel
from fieldguide.ui.guide.wording import alert_of, features_of, members_of, reading_words
from fieldguide.ui.kit.banner import DangerBanner
from fieldguide.ui.kit.thumbnails import Thumbnails
from tests.helpers.guides import corrected
from tests.helpers.labels import words_in

GUIDE = load_guide()


@pytest.fixture
def page(qtbot) -> GuidePage:
    made = GuidePage(GUIDE, Thumbnails())
    qtbot.addWidget(made)
    made.resize(1180, 760)
    made.show()
    return made


def test_the_model_keeps_the_rules_of_models(qtmodeltester) -> None:
    model = TaxonModel(GUIDE)
    model.search(Wanted("amanita"))
    qtmodeltester.check(model)


def test_the_names_are_read_when_the_page_is_first_seen(qtbot) -> None:
    unseen = GuidePage(GUIDE, Thumbnails())
    qtbot.addWidget(unseen)
    assert not unseen.browser.model.listed
    unseen.use_guide(GUIDE)
    assert not unseen.browser.model.listed
    unseen.show()
    assert unseen.browser.model.rowCount() == len(GUIDE.records)


def test_every_taxon_is_listed_and_a_name_in_any_language_finds_it(page: GuidePage, qtbot) -> None:
    assert page.browser.model.rowCount() == len(GUIDE.records)
    qtbot.keyClicks(page.browser.field, "muchomor zielonawy")
    assert page.browser.model.index(0).data(HitRole).record.taxon.name == "Amanita phalloides"
    assert "Deadly" in page.browser.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_the_keyboard_goes_from_the_search_to_the_list_and_opens(page: GuidePage, qtbot) -> None:
    qtbot.keyClicks(page.browser.field, "death cap")
    qtbot.keyClick(page.browser.field, Qt.Key.Key_Down)
    assert page.detail.record.taxon.name == "Amanita phalloides"


def test_filters_narrow_and_say_what_they_are(page: GuidePage) -> None:
    page.browser.dangers.choose(frozenset({"deadly"}))
    page.browser.dangers.changed.emit()
    levels = {page.browser.model.index(row).data(HitRole).record.danger for row in range(page.browser.model.rowCount())}
    assert levels == {Danger.DEADLY}
    assert page.browser.dangers.text() == "Danger: Deadly"


def test_nothing_found_is_a_warning_and_no_comfort(page: GuidePage) -> None:
    page.browser.field.setText("zzzz")
    assert page.browser.list.isHidden()
    assert text("guide.nothing") in words_in(page.browser)


def test_a_search_without_result_leaves_everything_in_its_place(page: GuidePage, qtbot) -> None:
    QApplication.processEvents()
    before = page.browser.order.geometry()
    qtbot.keyClicks(page.browser.field, "xyzzy")
    QApplication.processEvents()
    assert page.browser.order.geometry() == before
    assert text("guide.nothing") in words_in(page.browser)


def test_a_wheel_over_the_table_turns_the_page_and_not_the_columns(page: GuidePage, qtbot) -> None:
    page.open_taxon("Amanita phalloides")
    QApplication.processEvents()
    (table,) = page.findChildren(LookalikeTable)
    qtbot.waitUntil(lambda: table.whole)
    assert table.horizontalScrollBar().maximum() > 0
    for delta, accepted in ((QPoint(0, -120), False), (QPoint(-120, 0), True)):
        where = QPointF(20, 20)
        event = QWheelEvent(
            where,
            where,
            QPoint(),
            delta,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        table.wheelEvent(event)
        assert event.isAccepted() is accepted
        assert (table.horizontalScrollBar().value() > 0) is accepted


def test_a_deadly_taxon_is_told_with_onset_and_why_delay_kills(page: GuidePage, qtbot) -> None:
    page.open_taxon("Amanita phalloides")
    qtbot.waitUntil(lambda: page.detail.whole)
    banner = page.detail.findChild(DangerBanner)
    assert banner.level is Danger.DEADLY
    assert text("guide.delay") in banner.accessibleDescription()
    assert "6 to 24 hours" in banner.accessibleDescription()
    assert "Amanita verna" in words_in(page.detail)


def test_asking_for_help_names_the_taxon(page: GuidePage, qtbot) -> None:
    page.open_taxon("Amanita phalloides")
    with qtbot.waitSignal(page.help_wanted) as asked:
        page.detail.findChild(DangerBanner).help_wanted.emit()
    assert asked.args == ["Amanita phalloides"]


def test_a_synonym_opens_the_accepted_taxon_and_back_leads_back(page: GuidePage) -> None:
    page.open_taxon("Agaricus phalloides")
    page.open_taxon("Boletus")
    assert page.detail.record.taxon.rank is Rank.GENUS
    page.go_back()
    assert page.detail.record.taxon.name == "Amanita phalloides"


def test_a_name_without_a_record_leads_to_the_search(page: GuidePage) -> None:
    page.open_taxon("Amanita inventata")
    assert page.browser.field.text() == "Amanita inventata"
    assert page.detail.record is None


def test_a_record_from_memory_says_so_plainly() -> None:
    recalled = next(record for record in GUIDE.records.values() if not GUIDE.rests_on_reading(record))
    assert reading_words(recalled, GUIDE) == text("guide.recalled")
    assert "read" in reading_words(GUIDE.record("Amanita phalloides"), GUIDE)


def test_the_mildest_level_is_told_as_caution_and_gives_no_leave() -> None:
    mild = next(record for record in GUIDE.records.values() if record.danger is Danger.EDIBLE)
    alert = alert_of(mild, GUIDE)
    assert alert.level is Danger.CAUTION
    assert alert.advice == text("guide.advice_caution")


def test_a_genus_lists_its_species_worst_first_and_its_note_stands_apart() -> None:
    genus = GUIDE.record("Amanita")
    levels = [member.danger.shown.severity for member in members_of(genus, GUIDE)]
    assert levels == sorted(levels, reverse=True)
    features, note = features_of(genus)
    assert "[note" not in features
    assert note.startswith("worst of")


def test_every_record_of_the_guide_can_be_put_into_words() -> None:
    for record in GUIDE.records.values():
        alert = alert_of(record, GUIDE)
        assert alert.headline
        assert alert.advice


def test_another_guide_shows_its_danger_at_once(page: GuidePage) -> None:
    page.open_taxon("Boletus edulis")
    page.use_guide(corrected(GUIDE, "Boletus edulis", danger=Danger.DEADLY))
    assert page.detail.findChildren(DangerBanner)[-1].level is Danger.DEADLY


def test_a_season_bar_says_its_months(qtbot) -> None:
    bar = SeasonBar(GUIDE.record("Amanita phalloides"), QDate(2026, 10, 1))
    qtbot.addWidget(bar)
    assert bar.accessibleName() == "July to November"


@pytest.fixture
def shelf(tmp_path: Path) -> GuideShelf:
    return GuideShelf(tmp_path / "guides")


def draft_of(shelf: GuideShelf, tmp_path: Path, old: str, new: str) -> GuideDraft:
    file = tmp_path / "species.csv"
    file.write_text(resource("guide", "species.csv").read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return shelf.read_draft(file)


def test_a_milder_danger_is_pointed_out_before_it_is_taken_over(
    page: GuidePage, shelf: GuideShelf, tmp_path: Path, qtbot
) -> None:
    page.take_draft(draft_of(shelf, tmp_path, ",psychoactive,", ",caution,"))
    said = words_in(page.draft)
    assert text("guide.draft_milder") in said
    use = next(each for each in page.draft.findChildren(QPushButton) if each.text() == text("guide.draft_use"))
    assert not use.isEnabled()  # nobody lowers a danger unasked
    page.draft.findChild(QCheckBox).setChecked(True)
    assert use.isEnabled()
    with qtbot.waitSignal(page.install_wanted) as agreed:
        page.draft.agreed.emit(shelf.read_draft(tmp_path / "species.csv"))
    assert agreed.args[0].guide is not None


def test_broken_rows_are_named_with_what_to_write(page: GuidePage, shelf: GuideShelf, tmp_path: Path) -> None:
    page.take_draft(draft_of(shelf, tmp_path, "olive to yellowish", 'olive" to'))
    page.take_draft(draft_of(shelf, tmp_path, ",deadly,", ",lethal,"))
    said = words_in(page.draft)
    assert text("guide.draft_refused") in said
    assert "species.csv, row 2 (Amanita phalloides): the danger is lethal." in said
    assert text("guide.draft_use") not in [
        each.text() for each in page.draft.findChildren(QWidget) if hasattr(each, "text")
    ]


def test_the_shelf_lists_guides_and_asks_for_another(page: GuidePage, shelf: GuideShelf, qtbot) -> None:
    with qtbot.waitSignal(page.versions_wanted):
        page.open_shelf()
    page.take_versions(shelf.every())
    assert text("guide.versions_shipped") in words_in(page.versions)
    assert text("guide.versions_in_use") in words_in(page.versions)
    with qtbot.waitSignal(page.draft_wanted):
        page.versions.brought.emit(Path("guide.zip"))


def test_a_poison_centre_is_offered_where_its_town_is_typed(qtbot, page: GuidePage) -> None:
    page.browser.field.setText("Muenchen")
    calls = [each for each in page.browser.findChildren(QPushButton) if "+49 89 19240" in each.text()]
    assert len(calls) == 1
    with qtbot.waitSignal(page.help_wanted) as asked:
        calls[0].click()
    assert asked.args == [""]
    page.browser.field.setText("amanita")
    assert not [each for each in page.browser.findChildren(QPushButton) if "+49" in each.text() and each.isVisible()]
