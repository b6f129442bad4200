"""Characters on the guide page: in a botanist's order, compared with look-alikes, drawn, searched."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QPushButton

from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.guide.characters import CHARACTERS, first_check, parting_characters
from fieldguide.core.guide.search import Wanted
from fieldguide.core.text import text
from fieldguide.ui.guide.lookalikes import LookalikeTable, compare_records, lookalikes_of
from fieldguide.ui.guide.page import GuidePage
from fieldguide.ui.guide.taxa import HitRole
from fieldguide.ui.kit.drawings import KindDrawing
from fieldguide.ui.kit.naming import name_of_record
from fieldguide.ui.kit.theme import Theme
from fieldguide.ui.kit.thumbnails import Thumbnails
from tests.helpers.comfort import comfort_in
from tests.helpers.labels import words_in

GUIDE = load_guide()


@pytest.fixture
def page(qtbot) -> GuidePage:
    made = GuidePage(GUIDE, Thumbnails())
    qtbot.addWidget(made)
    made.resize(1180, 760)
    made.show()
    return made


def listed(page: GuidePage) -> set[str]:
    model = page.browser.model
    return {model.index(row).data(HitRole).record.taxon.name for row in range(model.rowCount())}


def test_characters_stand_with_caveat_certainty_and_source(page: GuidePage) -> None:
    page.open_taxon("Amanita phalloides")
    words = words_in(page.detail)
    assert all(text(f"characters.{name}") in words for name in CHARACTERS)
    told = GUIDE.characters["Amanita phalloides"]
    assert told.caveat in words
    assert text("characters.certainty_high") in words
    assert text("characters.partly_read", count=2, all=4) in words


def test_a_species_without_a_row_says_whose_characters_these_are(page: GuidePage) -> None:
    heir = next(name for name in GUIDE.records if " " in name and name not in GUIDE.characters)
    page.open_taxon(heir)
    assert text("characters.inherited", name=heir.split()[0]) in words_in(page.detail)


def test_a_guide_without_characters_says_so_and_breaks_nothing(page: GuidePage, qtbot) -> None:
    bare = Guide(GUIDE.records.values(), GUIDE.syndromes.values(), GUIDE.centres, GUIDE.sources.values(), "bare")
    page.use_guide(bare)
    page.open_taxon("Agaricus campestris")
    qtbot.waitUntil(lambda: page.detail.whole)
    words = words_in(page.detail)
    assert text("characters.none_told") in words
    assert text("danger.check_cap") in words  # the key features are compared instead
    page.browser.list.viewport().grab()


def test_the_table_compares_characters_marks_what_parts_and_hides_what_nobody_has(qtbot) -> None:
    table = LookalikeTable(GUIDE.records["Agaricus campestris"], GUIDE)
    qtbot.addWidget(table)
    qtbot.waitUntil(lambda: table.whole)
    words = words_in(table)
    assert text("guide.parts", character=text("characters.gill_colour")) in words
    assert text("guide.check_first") in words
    assert text("danger.check_nothing_told") not in words
    bolete = LookalikeTable(GUIDE.records["Boletus edulis"], GUIDE)
    qtbot.addWidget(bolete)
    qtbot.waitUntil(lambda: bolete.whole)
    assert text("characters.gill_colour") not in words_in(bolete)
    assert comfort_in(words) == []


def openers(table: LookalikeTable) -> list[str]:
    return [each.text() for each in table.findChildren(QPushButton)]


def test_the_columns_of_a_table_come_one_by_one_and_all_come(qtbot) -> None:
    """Twelve look-alikes at once held the window for a quarter of a second at every kind that was leafed to."""
    table = LookalikeTable(GUIDE.records["Amanita phalloides"], GUIDE)
    qtbot.addWidget(table)
    assert not table.whole
    early = words_in(table)
    qtbot.waitUntil(lambda: table.whole)
    late = words_in(table)
    for lookalike in lookalikes_of(GUIDE.records["Amanita phalloides"], GUIDE):
        assert name_of_record(GUIDE.records[lookalike.taxon.name]).first in {*openers(table)}
    assert len(early) < len(late)


def test_the_sac_in_the_ground_is_what_to_check_first(qtbot) -> None:
    own, virosa = GUIDE.characters["Agaricus campestris"], GUIDE.characters["Amanita virosa"]
    check = first_check(own, virosa)
    assert check is not None
    assert check[0] == "base"
    assert "sac" in check[1]
    assert set(parting_characters(own, virosa)) >= {"gill_colour", "spore_print"}
    compared = compare_records([GUIDE.records["Agaricus campestris"], GUIDE.records["Amanita virosa"]], GUIDE)
    assert "sac" in compared[1].check


def test_what_is_told_of_the_whole_genus_is_no_mark_of_a_species(qtbot) -> None:
    """Over every look-alike of the guide: no check rests on a cell that is the genus's, but for the sac."""
    virosa = GUIDE.characters["Amanita virosa"]
    assert "base" in virosa.wide
    assert first_check(GUIDE.characters["Amanita phalloides"], virosa) is None  # not "a rooting base"
    for name, record in GUIDE.records.items():
        own = GUIDE.characters_of(name)
        for other in map(GUIDE.characters_of, record.lookalikes):
            check = first_check(own, other) if own and other else None
            if check is not None and other is not None and check[0] in other.wide:
                assert check == ("base", ("sac",))
    table = LookalikeTable(GUIDE.records["Amanita phalloides"], GUIDE)
    qtbot.addWidget(table)
    qtbot.waitUntil(lambda: table.whole)
    words = words_in(table)
    bases = "; ".join(text(f"characters.base_{value}") for value in virosa.states("base"))  # one has a comma of its own
    assert text("characters.varies", states=bases) in words
    assert f"{text('characters.base_rooting')}: " not in words


def test_a_species_told_by_its_genus_varies_as_it_does() -> None:
    heir = next(name for name in GUIDE.records if " " in name and name not in GUIDE.characters)
    told = GUIDE.characters_of(heir)
    assert told is not None
    assert told.wide == {name for name, states in told.values.items() if len(states) > 2}


def test_what_parts_is_ringed_in_the_drawings(page: GuidePage, qtbot) -> None:
    page.open_taxon("Agaricus campestris")
    qtbot.waitUntil(lambda: page.detail.whole)
    assert len(page.detail.findChildren(KindDrawing)) > 2


def test_characters_narrow_the_list_like_every_filter(page: GuidePage) -> None:
    page.browser.characters.choose(frozenset({("spore_print", "white"), ("ring", "skirt"), ("base", "sac")}))
    page.browser.characters.changed.emit()
    assert page.browser.wanted() == Wanted(characters=page.browser.characters.chosen)
    assert "Amanita phalloides" in listed(page)
    assert "Agaricus campestris" not in listed(page)
    assert page.browser.characters.text() == text("guide.filter_characters_chosen", count=3)
    page.browser.characters.clear()
    assert len(listed(page)) == len(GUIDE.records)


def test_characters_and_slips_are_typed_in_the_search(page: GuidePage) -> None:
    page.browser.field.setText("white print, ring, sac, on soil")
    assert "Amanita virosa" in listed(page)
    for typed in (
        "muchomor sromotnikowy",
        "Gruener Knollenblaetterpilz",
        "gruner knollenblatterpilz",
        "amanit phaloides",
    ):
        page.browser.field.setText(typed)
        assert page.browser.model.index(0).data(HitRole).record.taxon.name == "Amanita phalloides"
    page.browser.field.setText("death kap")
    assert page.browser.model.index(0).data(HitRole).record.taxon.name == "Amanita phalloides"


def test_the_drawings_in_the_menu_are_large_enough_to_tell_apart(theme: Theme, page: GuidePage) -> None:
    menu = next(action.menu() for action in page.browser.characters.menu().actions() if action.menu())
    menu.popup(QPoint())
    assert menu.sizeHint().height() > 36 * len(menu.actions())
    menu.close()
