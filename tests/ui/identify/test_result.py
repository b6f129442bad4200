"""What a result says and shows: of danger, of lists, of photos, and in which language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication

from fieldguide.core.danger import Danger
from fieldguide.core.decision.lookalikes import dangerous_lookalikes
from fieldguide.core.guide import Guide
from fieldguide.core.records import Alarm, Reason, Verdict, VerdictKind
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.core.text import choose_language, text
from fieldguide.inference.explain import Way
from fieldguide.ui.identify.lookalikes_card import SHOWN_AT_FIRST, SHOWN_MORE, LookalikesCard
from fieldguide.ui.identify.page import IdentifyPage
from fieldguide.ui.identify.result_view import HEAT_WAYS
from fieldguide.ui.kit.danger import DangerChip
from fieldguide.ui.kit.naming import Name, know_brought_names, name_called, name_of
from fieldguide.ui.kit.wording import alert_of, set_words
from tests.helpers.finds import candidates, deadly_find, mild_find, taxon, unknown_find
from tests.helpers.guides import corrected
from tests.helpers.labels import pressed, words_on

Pictures = tuple[Path, ...]


def test_a_list_is_promised_for_photos_like_those_of_its_promise_only(
    page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    find = unknown_find(guide, pictures[:1])
    assert find.identification is not None
    said = replace(find.identification, plausible=find.identification.candidates[:1], coverage=0.9)
    spread = replace(said, verdict=replace(said.verdict, reason=Reason.NOTHING_STANDS_OUT))
    assert set_words(said) == ""
    assert set_words(spread) == text("identify.set_one", missed="10 %")


def test_of_several_photos_the_worst_counts_and_that_is_said(
    page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    for photos, said in ((pictures[:1], False), (pictures[:2], True)):
        page.open(deadly_find(guide, photos))
        assert (text("identify.alert_worst_photo") in words_on(page.work.result.panel.banner)) is said


def test_a_danger_that_only_todays_guide_knows_is_named_on_the_banner(guide: Guide, pictures: Pictures) -> None:
    find = deadly_find(guide, pictures[:1])
    assert find.identification is not None
    mild = replace(find.identification, alarm=Alarm(Danger.CAUTION, 0.02, 0.0, 0.02), candidates=candidates(guide)[1:2])
    worse = corrected(guide, "Agaricus arvensis", danger=Danger.POISONOUS)
    wide = replace(mild, guide_version="before")
    alert = alert_of(replace(find, identification=wide), worse)
    assert (alert.level, [each.scientific for each in alert.carriers]) == (Danger.DEADLY, ["Amanita (genus)"])
    narrow = replace(wide, verdict=Verdict(VerdictKind.SPECIES, mild.candidates[0].taxon, Reason.CLEAR, 0.9))
    alert = alert_of(replace(find, identification=narrow), worse)
    assert (alert.level, [each.scientific for each in alert.carriers]) == (Danger.POISONOUS, ["Agaricus arvensis"])


def test_a_mild_name_never_stands_without_its_dangerous_lookalikes(guide: Guide, pictures: Pictures) -> None:
    alert = alert_of(mild_find(guide, pictures[:1]), guide)
    worst = dangerous_lookalikes([taxon("Agaricus arvensis", guide)], guide)[0]
    assert (alert.level, worst.danger) == (Danger.CAUTION, Danger.DEADLY)
    assert name_of(worst.taxon, guide).first in alert.advice


def test_the_heat_map_can_be_made_in_three_ways(qtbot, page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    page.open(deadly_find(guide, pictures[:1]))
    result = page.work.result
    assert not result.ways.isVisible()
    with qtbot.waitSignal(page.heat_wanted) as asked:
        qtbot.keyClick(page.work, Qt.Key.Key_W)
    assert asked.args[4] == "occlusion"
    assert result.ways.isVisible()
    with qtbot.waitSignal(page.heat_wanted) as asked:
        pressed(result.ways, "LIME").click()
    assert asked.args[2:] == [taxon("Amanita phalloides", guide), None, "lime"]
    with qtbot.waitSignal(page.heat_wanted) as asked:
        qtbot.keyClick(page.work, Qt.Key.Key_2)
    assert asked.args[3:] == [taxon("Agaricus arvensis", guide), "lime"]
    assert set(HEAT_WAYS) == {way.value for way in Way}
    with qtbot.waitSignal(page.heat_cancelled):
        qtbot.keyClick(page.work, Qt.Key.Key_W)
    assert not result.ways.isVisible()


def test_photos_and_missing_views_never_lie_over_each_other(
    page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    page.resize(900, 640)
    page.open(deadly_find(guide, pictures))
    QApplication.processEvents()
    strip = page.work.result.strip
    tiles = [tile for tile in strip.findChildren(QAbstractButton) if tile.isVisible()]
    assert len(tiles) == 6
    for place, tile in enumerate(tiles):
        assert strip.rect().contains(tile.geometry()), "cut off"
        assert not any(tile.geometry().intersects(other.geometry()) for other in tiles[place + 1 :])


def test_look_alikes_come_a_few_at_a_time(page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    page.open(deadly_find(guide, pictures[:1]))
    (card,) = page.work.result.panel.findChildren(LookalikesCard)

    def shown() -> int:
        QApplication.processEvents()
        return sum(chip.isVisible() for chip in card.findChildren(DangerChip))

    assert shown() == SHOWN_AT_FIRST
    pressed(card, text("identify.lookalikes_more", count=SHOWN_MORE)).click()
    assert shown() == SHOWN_AT_FIRST + SHOWN_MORE


def test_a_model_names_what_the_guide_does_not(page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    emperor = Taxon("Anax imperator", Rank.SPECIES, "Anax")
    try:
        know_brought_names(
            {
                **{"Anax imperator": "emperor", "Amanita phalloides": "Tasty", "Ischnura": 3, "Apis": "edible"},
                **{"Vespa": "<h1>Hornet</h1>", "Bombus": "B" * 10_000, "Musca": "Harmless fly"},
            }
        )
        assert name_of(emperor, guide) == Name("Emperor", "Anax imperator")
        assert name_called("Anax imperator", guide) == "Emperor"
        assert name_of(taxon("Amanita phalloides", guide), guide).common == "Death cap"
        for refused in ("Apis", "Vespa", "Bombus", "Musca"):
            assert name_called(refused, guide) == refused
    finally:
        know_brought_names(None)
    assert name_of(emperor, guide).first == "Anax imperator"


def test_in_another_language_it_is_said_that_the_texts_are_english(
    page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    page.open(deadly_find(guide, pictures[:1]))
    assert text("names.in_english") not in words_on(page)
    choose_language("pl")
    page.open(unknown_find(guide, pictures[:1]))
    assert text("names.in_english") in words_on(page)
