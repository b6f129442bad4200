"""The warning stays in sight: scrolled away, it becomes one line over the top edge of its column."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from fieldguide.core.danger import Danger
from fieldguide.ui.kit.alarm_strip import AlarmStrip
from fieldguide.ui.kit.banner import Alert, DangerBanner
from fieldguide.ui.kit.surfaces import ScrollColumn

DEADLY = Alert(Danger.DEADLY, "Deadly possible", "47 %", "Do not taste it.")


@pytest.fixture
def column(qtbot) -> ScrollColumn:
    made = ScrollColumn()
    banner, long = DangerBanner(), QWidget()
    long.setMinimumHeight(2000)
    made.column.addWidget(banner)
    AlarmStrip(banner, made)
    made.column.addWidget(long)
    qtbot.addWidget(made)
    banner.tell(DEADLY)
    made.resize(400, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_warning_that_is_scrolled_away_stays_in_one_line_and_leads_back(column: ScrollColumn, qtbot) -> None:
    strip, bar = column.findChild(AlarmStrip), column.verticalScrollBar()
    assert not strip.isVisible()
    bar.setValue(bar.maximum())
    assert strip.isVisible()
    assert strip.text() == "Deadly possible 47 %"
    assert column.childAt(QPoint(100, strip.height() // 2)) is strip, "nothing lies over it"
    assert strip.width() < column.viewport().width()
    assert column.covered == strip.height()
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton)
    assert bar.value() == 0
    assert not strip.isVisible()


def test_it_follows_the_warning_and_the_width(column: ScrollColumn, qtbot) -> None:
    strip, banner = column.findChild(AlarmStrip), column.findChild(DangerBanner)
    column.verticalScrollBar().setValue(600)
    banner.tell(Alert(Danger.POISONOUS, "Poisonous possible", "8 %", "Ask somebody."))
    assert strip.isVisible()
    assert strip.text() == "Poisonous possible 8 %"
    before = strip.width()
    column.resize(500, 500)
    qtbot.waitUntil(lambda: strip.width() == before + 100)


@pytest.mark.parametrize(
    "alert",
    [Alert(Danger.CAUTION, "Caution", "", "Look again."), Alert(Danger.UNKNOWN, "No fungus", "", "", quiet=True)],
)
def test_what_is_no_warning_makes_no_line(column: ScrollColumn, alert: Alert) -> None:
    column.findChild(DangerBanner).tell(alert)
    column.verticalScrollBar().setValue(600)
    assert not column.findChild(AlarmStrip).isVisible()
    assert column.covered == 0
