"""What a result says and shows: of danger, of lists, of photos, and in which language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.decision.lookalikes import dangerous_lookalikes
from fieldguide.core.guide import Guide
from fieldguide.core.hands import Seen
from fieldguide.core.hands.wording import answer_words
from fieldguide.core.records import Alarm, Reason, Verdict, VerdictKind
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.core.text import choose_language, text
from fieldguide.inference.explain import Way
from fieldguide.ui.identify.lookalikes_card import SHOWN_AT_FIRST, SHOWN_MORE, LookalikesCard
from fieldguide.ui.identify.page import IdentifyPage
from fieldguide.ui.identify.result_view import HEAT_WAYS
from fieldguide.ui.kit.danger import DangerChip
from fieldguide.ui.kit.drawings import KindDrawing
from fieldguide.ui.kit.naming import Name, know_brought_names, name_called, name_of
from fieldguide.ui.kit.wording import alert_of, set_words
from tests.helpers.finds import candidates, deadly_find, mild_find, taxon, unknown_find
from tests.helpers.guides import corrected
from tests.helpers.labels import pressed, words_on
from tests.helpers.turns import all_there

Pictures = tuple[Path, ...]


def test_a_list_is_promised_for_photos_like_those_of_its_promise_only(
    page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    find = unknown_find(guide, pictures[:1])
    assert find.identification is not None
    said = replace(find.identification, plausible=find.identification.candidates[:1], coverage=0.9)
    spread = replace(said, verdict=replace(said.verdict, reason=Reason.NOTHING_STANDS_OUT))
    assert set_words(said) == ""
    assert set_words(spread) == text("identify.set_one")
    assert "%" not in set_words(replace(spread, plausible=said.candidates)), "a share would need its ground"


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
    assert name_of(worst.taxon, guide).first in alert.brief


def test_under_deadly_stand_deadly_names_only(guide: Guide, pictures: Pictures) -> None:
    find = deadly_find(guide, pictures[:1])
    assert find.identification is not None
    fly = candidates(guide, (("Amanita muscaria", 0.5), ("Amanita phalloides", 0.1)))
    mixed = replace(find.identification, alarm=replace(find.identification.alarm, taxa=fly))
    alert = alert_of(replace(find, identification=mixed), guide)
    assert (alert.level, [each.scientific for each in alert.carriers]) == (Danger.DEADLY, ["Amanita phalloides"])
    assert alert.brief == ""


def test_a_worse_name_by_a_person_stands_on_the_banner(guide: Guide, pictures: Pictures) -> None:
    alert = alert_of(replace(mild_find(guide, pictures[:1]), verified=taxon("Amanita virosa", guide)), guide)
    assert alert.level is Danger.DEADLY
    assert [(each.scientific, each.share) for each in alert.carriers] == [
        ("Amanita virosa", text("identify.alert_by_you"))
    ]


def test_a_mild_name_opens_with_its_deadly_look_alike_and_the_check_that_parts_them(
    page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    page.open(mild_find(guide, pictures[:1]))
    panel = page.work.result.panel
    (card,) = panel.findChildren(LookalikesCard)
    said = words_on(card)
    assert text("danger.double", name="Destroying angel") in said
    assert text("danger.part_gills_and_base", name="Destroying angel") in said
    assert text("danger.part_limit") in said
    assert above(panel, panel.banner) < above(panel, card) < above(panel, panel.candidates)
    page.open(deadly_find(guide, pictures[:1]))
    words_on(panel)
    assert above(panel, card) > above(panel, panel.candidates)


def test_look_alikes_are_compared_by_characters_with_what_to_check_first(
    page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    page.open(mild_find(guide, pictures[:1]))
    (card,) = all_there(page).findChildren(LookalikesCard)
    next(each for each in card.findChildren(QAbstractButton) if each.text()).click()  # the rest is folded
    for opener in card.findChildren(QAbstractButton):
        if opener.isCheckable():
            opener.setChecked(True)
    said = words_on(card)
    answer = answer_words(Seen("base", ("sac",)))
    assert text("guide.check_means", name="Destroying angel", answer=answer) in said
    assert card.findChildren(KindDrawing)
    untold = text("identify.check_untold")
    assert f"{untold} {untold}" not in said.replace("\n", " "), "a line that nobody has"


def above(panel: QWidget, piece: QWidget) -> int:
    return piece.mapTo(panel, piece.rect().topLeft()).y()


def test_under_unknown_the_best_guess_stands_small(page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    find = unknown_find(guide, pictures[:2])
    assert find.identification is not None
    verdict = replace(find.identification.verdict, reason=Reason.PHOTOS_DISAGREE)
    page.open(replace(find, identification=replace(find.identification, verdict=verdict)))
    assert f"Death cap? 38 %, {text('identify.guess_reason_photos_disagree')}" in words_on(page.work.result.panel)
    page.open(deadly_find(guide, pictures[:1]))
    assert "?" not in words_on(page.work.result.panel).split(text("identify.candidates"))[0]


def test_what_is_no_fungus_offers_no_name_and_asks_for_no_view(
    qtbot, page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    find = unknown_find(guide, pictures[:1])
    assert find.identification is not None
    verdict = replace(find.identification.verdict, reason=Reason.NO_SUBJECT)
    something_else = replace(find, identification=replace(find.identification, verdict=verdict))
    page.open(something_else)
    result = page.work.result
    assert text("identify.alert_no_subject", alarm=text("identify.alert_unknown")) in words_on(result.panel.banner)
    assert not result.strip.isVisible()
    assert not result.panel.candidates.isVisible()
    assert "?" not in words_on(result.panel)
    assert {text("identify.verify"), text("identify.choose_first")}.isdisjoint(buttons_on(result))
    with qtbot.assertNotEmitted(page.verify_wanted):
        for key in (Qt.Key.Key_1, Qt.Key.Key_Return):
            qtbot.keyClick(page.work, key)
    deadly = replace(something_else.identification, alarm=Alarm(Danger.DEADLY, 0.3, 0.3, 0.3, raised=True))
    page.open(replace(something_else, id=9, identification=deadly))
    assert not result.panel.banner.quiet, "a deadly alarm is never one quiet line"


def buttons_on(widget: QWidget) -> set[str]:
    return {each.text() for each in widget.findChildren(QAbstractButton) if each.isVisible()}


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
    all_there(page)
    QApplication.processEvents()
    strip = page.work.result.strip
    tiles = [tile for tile in strip.findChildren(QAbstractButton) if tile.isVisible()]
    assert len(tiles) == 6
    for place, tile in enumerate(tiles):
        assert strip.rect().contains(tile.geometry()), "cut off"
        assert not any(tile.geometry().intersects(other.geometry()) for other in tiles[place + 1 :])


def test_look_alikes_come_a_few_at_a_time(page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    page.open(deadly_find(guide, pictures[:1]))
    (card,) = all_there(page).findChildren(LookalikesCard)

    def shown() -> int:
        QApplication.processEvents()
        return sum(chip.isVisible() for chip in card.findChildren(DangerChip))

    assert shown() == SHOWN_AT_FIRST
    pressed(card, text("identify.lookalikes_more", count=SHOWN_MORE)).click()
    assert shown() == SHOWN_AT_FIRST + SHOWN_MORE


def test_a_model_names_what_the_guide_does_not(page: IdentifyPage, guide: Guide, pictures: Pictures) -> None:
    emperor = Taxon("Anax imperator", Rank.SPECIES, "Anax")
    try:
        know_brought_names({"Anax imperator": "emperor", "Amanita phalloides": "Tasty"})
        assert name_of(emperor, guide) == Name("Emperor", "Anax imperator")
        assert name_called("Anax imperator", guide) == "Emperor"
        assert name_of(taxon("Amanita phalloides", guide), guide).common == "Death cap"
    finally:
        know_brought_names({})
    assert name_of(emperor, guide).first == "Anax imperator"


def test_in_another_language_it_is_said_that_the_texts_are_english(
    page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    page.open(deadly_find(guide, pictures[:1]))
    assert text("names.in_english") not in words_on(page)
    choose_language("pl")
    page.open(unknown_find(guide, pictures[:1]))
    assert text("names.in_english") in words_on(page)
